//! Numbers: decimals that stay exact for as long as that is possible, floats for the rest.

mod order;
mod text;

use ethnum::I256;

pub use order::cmp_texts;
pub use text::{counted, grouped, is_digits};

use super::ratio::ratio;

/// A number, computed or read.
///
/// A decimal is `units` × 10^-`scale`, as it was written: 1.50 has 150 units at scale 2. A float is never infinite and
/// never NaN; operations that would give one return `None`.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// `units` × 10^-`scale`, with |units| < [`Number::LIMIT`] and scale <= [`Number::MAX_SCALE`].
    Decimal {
        /// The digits.
        units: i128,
        /// How many of them stand after the point.
        scale: u8,
    },
    /// A number outside the limits of decimals.
    Float(f64),
}

/// 10^0 to 10^38: all that fit.
const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut index = 1;
    while index < 39 {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// 10 to the power of `exponent`, at most 38.
pub(super) fn power(exponent: u8) -> i128 {
    POWERS[usize::from(exponent)]
}

impl Number {
    /// A decimal's units are smaller than this, 10^36. With [`Number::MAX_SCALE`] it bounds how wide a sum can get.
    pub const LIMIT: i128 = POWERS[36];
    /// The most digits after the point.
    pub const MAX_SCALE: u8 = 18;

    /// A decimal, if it is within the limits.
    pub fn decimal(units: i128, scale: u8) -> Option<Number> {
        (scale <= Number::MAX_SCALE && units.unsigned_abs() < Number::LIMIT.unsigned_abs())
            .then_some(Number::Decimal { units, scale })
    }

    /// A float, if it is finite.
    pub fn float(value: f64) -> Option<Number> {
        // Minus zero is zero, so that equal numbers look equal.
        value
            .is_finite()
            .then_some(Number::Float(if value == 0.0 { 0.0 } else { value }))
    }

    /// The nearest float, ties to even.
    pub fn to_f64(self) -> f64 {
        match self {
            Number::Float(value) => value,
            Number::Decimal { units, scale } => {
                // Both are exact as floats, and one division rounds once.
                #[allow(clippy::cast_precision_loss)]
                if units.unsigned_abs() < 1 << 53 {
                    return units as f64 / power(scale) as f64;
                }
                ratio(I256::from(units), I256::from(power(scale)))
            }
        }
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        match self {
            Number::Decimal { units, .. } => units == 0,
            Number::Float(value) => value == 0.0,
        }
    }

    /// The sum: exact for decimals that stay within the limits.
    pub fn checked_add(self, other: Number) -> Option<Number> {
        self.exactly(other, |left, right| left.checked_add(right))
            .or_else(|| Number::float(self.to_f64() + other.to_f64()))
    }

    /// The difference: exact for decimals that stay within the limits.
    pub fn checked_sub(self, other: Number) -> Option<Number> {
        self.checked_add(other.negated())
    }

    /// The product: exact for decimals that stay within the limits.
    pub fn checked_mul(self, other: Number) -> Option<Number> {
        if let (
            Number::Decimal {
                units: left,
                scale: left_scale,
            },
            Number::Decimal {
                units: right,
                scale: right_scale,
            },
        ) = (self, other)
            && let Some(product) = left.checked_mul(right)
            && let Some(number) = Number::decimal(product, left_scale + right_scale)
        {
            return Some(number);
        }
        Number::float(self.to_f64() * other.to_f64())
    }

    /// The quotient: a decimal if its digits end within the limits, otherwise the nearest float. `None` for a division by zero.
    pub fn checked_div(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return None;
        }
        if let (
            Number::Decimal {
                units: left,
                scale: left_scale,
            },
            Number::Decimal {
                units: right,
                scale: right_scale,
            },
        ) = (self, other)
        {
            let (left, right) = aligned(left, left_scale, right, right_scale);
            // The divisor of a ratio is positive.
            let (left, right) = if right < I256::ZERO {
                (-left, -right)
            } else {
                (left, right)
            };
            return exact_quotient(left, right).or_else(|| Number::float(ratio(left, right)));
        }
        Number::float(self.to_f64() / other.to_f64())
    }

    /// The remainder, with the sign of the dividend: exact for decimals. `None` for a division by zero.
    pub fn checked_rem(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return None;
        }
        if let (
            Number::Decimal {
                units: left,
                scale: left_scale,
            },
            Number::Decimal {
                units: right,
                scale: right_scale,
            },
        ) = (self, other)
        {
            let (left, right) = aligned(left, left_scale, right, right_scale);
            // It is no larger than the dividend, and a multiple of the finer unit of the two.
            let rest = i128::try_from(left % right).ok()?;
            return Number::decimal(rest, left_scale.max(right_scale));
        }
        Number::float(self.to_f64() % other.to_f64())
    }

    /// The number with the other sign.
    pub fn negated(self) -> Number {
        match self {
            Number::Decimal { units, scale } => Number::Decimal {
                units: -units,
                scale,
            },
            Number::Float(value) => Number::Float(if value == 0.0 { 0.0 } else { -value }),
        }
    }

    /// The largest whole number that is not larger.
    pub fn floor(self) -> Option<Number> {
        match self {
            Number::Decimal { units, scale } => Number::decimal(units.div_euclid(power(scale)), 0),
            Number::Float(value) => Number::float(value.floor()),
        }
    }

    /// The same number without zeros at the end of its fraction.
    pub fn trimmed(self) -> Number {
        match self {
            Number::Decimal {
                mut units,
                mut scale,
            } => {
                while scale > 0 && units % 10 == 0 {
                    units /= 10;
                    scale -= 1;
                }
                Number::Decimal { units, scale }
            }
            Number::Float(_) => self,
        }
    }

    fn exactly(
        self,
        other: Number,
        operation: impl Fn(i128, i128) -> Option<i128>,
    ) -> Option<Number> {
        match (self, other) {
            (
                Number::Decimal {
                    units: left,
                    scale: left_scale,
                },
                Number::Decimal {
                    units: right,
                    scale: right_scale,
                },
            ) => {
                let scale = left_scale.max(right_scale);
                let left = left.checked_mul(power(scale - left_scale))?;
                let right = right.checked_mul(power(scale - right_scale))?;
                Number::decimal(operation(left, right)?, scale)
            }
            _ => None,
        }
    }
}

/// The quotient as a decimal without needless zeros, if its digits end within the limits. The divisor is positive.
fn exact_quotient(dividend: I256, divisor: I256) -> Option<Number> {
    // Digits end if the dividend has all prime factors of the divisor besides 2 and 5.
    let ends = match (i128::try_from(dividend), i128::try_from(divisor)) {
        (Ok(dividend), Ok(divisor)) => {
            let mut others = divisor >> divisor.trailing_zeros();
            while others % 5 == 0 {
                others /= 5;
            }
            dividend % others == 0
        }
        _ => true,
    };
    if !ends {
        return None;
    }
    let (mut units, mut rest) = (dividend / divisor, dividend % divisor);
    let mut scale = 0;
    while rest != I256::ZERO {
        if scale == Number::MAX_SCALE {
            return None;
        }
        scale += 1;
        rest *= I256::from(10);
        units = units * I256::from(10) + rest / divisor;
        rest %= divisor;
    }
    Number::decimal(i128::try_from(units).ok()?, scale)
}

/// Two decimals at one scale. 10^36 × 10^18 is far below 2^255.
fn aligned(left: i128, left_scale: u8, right: i128, right_scale: u8) -> (I256, I256) {
    let scale = left_scale.max(right_scale);
    let widen = |units: i128, from: u8| I256::from(units) * I256::from(power(scale - from));
    (widen(left, left_scale), widen(right, right_scale))
}

#[cfg(test)]
mod tests;
