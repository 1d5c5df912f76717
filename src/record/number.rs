//! Numbers: decimals that stay exact for as long as that is possible, floats for the rest.

use std::cmp::Ordering;
use std::fmt;

use ethnum::I256;

use super::exact::ratio;

/// A number, computed or read.
///
/// A decimal is `units` × 10^-`scale`, as it was written: 1.50 has 150 units at scale 2. A float is never infinite and
/// never NaN; operations that would give one give nothing.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// `units` × 10^-`scale`, with |units| < [`Number::LIMIT`] and scale <= [`Number::MAX_SCALE`].
    Decimal {
        /// The digits.
        units: i128,
        /// How many of them stand after the point.
        scale: u8,
    },
    /// What no such decimal can hold.
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

    /// Reads a number: JSON's grammar, and also a leading `+`, leading zeros, `.5` and `5.`.
    #[inline(always)]
    pub fn parse(text: &[u8]) -> Option<Number> {
        // Nearly every number is a short run of digits with perhaps a point.
        let mut units: u64 = 0;
        let mut point = None;
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        if digits.len() > 18 {
            return parse_slowly(text);
        }
        for (position, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => units = units * 10 + u64::from(byte - b'0'),
                b'.' if point.is_none() => point = Some(position),
                _ => return parse_slowly(text),
            }
        }
        let scale = match point {
            Some(_) if digits.len() == 1 => return None,
            Some(point) => digits.len() - point - 1,
            None if digits.is_empty() => return None,
            None => 0,
        };
        let units = i128::from(units);
        // At most 17 digits after the point, since there are at most 18 bytes.
        #[allow(clippy::cast_possible_truncation)]
        Some(Number::Decimal {
            units: if digits.len() < text.len() {
                -units
            } else {
                units
            },
            scale: scale as u8,
        })
    }

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

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        match self {
            Number::Decimal { units, .. } => units == 0,
            Number::Float(value) => value == 0.0,
        }
    }

    /// How two numbers compare, exactly, whatever they are written as.
    pub fn numeric_cmp(self, other: Number) -> Ordering {
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
                if left_scale == right_scale {
                    return left.cmp(&right);
                }
                let (left, right) = aligned(left, left_scale, right, right_scale);
                left.cmp(&right)
            }
            (Number::Float(left), Number::Float(right)) => left.total_cmp(&right),
            (Number::Decimal { units, scale }, Number::Float(right)) => {
                decimal_float_cmp(units, scale, right)
            }
            (Number::Float(left), Number::Decimal { units, scale }) => {
                decimal_float_cmp(units, scale, left).reverse()
            }
        }
    }

    /// [`Number::numeric_cmp`], then fewer digits after the point first (1.5 before 1.50), then decimals before floats.
    pub fn total_cmp(self, other: Number) -> Ordering {
        let spelling = |number| match number {
            Number::Decimal { scale, .. } => scale,
            Number::Float(_) => u8::MAX,
        };
        self.numeric_cmp(other)
            .then_with(|| spelling(self).cmp(&spelling(other)))
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

    /// The quotient: a whole number if it is one, else the nearest float. Nothing for a division by zero.
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
            if left % right == I256::ZERO
                && let Ok(whole) = i128::try_from(left / right)
                && let Some(number) = Number::decimal(whole, 0)
            {
                return Some(number);
            }
            return Number::float(ratio(left, right));
        }
        Number::float(self.to_f64() / other.to_f64())
    }

    /// What a division leaves, with the sign of the dividend. Nothing for a division by zero.
    pub fn checked_rem(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return None;
        }
        self.exactly(other, |left, right| left.checked_rem(right))
            .or_else(|| Number::float(self.to_f64() % other.to_f64()))
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

/// Numbers with exponents, many digits or a plus sign.
fn parse_slowly(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let mantissa_end = rest
        .iter()
        .position(|byte| matches!(byte, b'e' | b'E'))
        .unwrap_or(rest.len());
    let (mantissa, exponent) = rest.split_at(mantissa_end);
    let (mut units, mut fraction, mut digits, mut point) = (Some(0_i128), 0_i64, 0_usize, false);
    for byte in mantissa {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                fraction += i64::from(point);
                units = units
                    .and_then(|units| units.checked_mul(10)?.checked_add(i128::from(byte - b'0')));
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    let exponent = match exponent.split_first() {
        None => 0,
        Some((_, exponent)) => {
            let unsigned = exponent
                .strip_prefix(b"-")
                .or_else(|| exponent.strip_prefix(b"+"))
                .unwrap_or(exponent);
            if unsigned.is_empty() || !unsigned.iter().all(u8::is_ascii_digit) {
                return None;
            }
            std::str::from_utf8(exponent)
                .ok()?
                .parse::<i64>()
                .unwrap_or(if exponent[0] == b'-' {
                    i64::MIN / 2
                } else {
                    i64::MAX / 2
                })
        }
    };
    let scale = fraction - exponent;
    let exact = units.and_then(|units| {
        let units = if negative { -units } else { units };
        match u8::try_from(scale) {
            Ok(scale) => Number::decimal(units, scale),
            Err(_) if units == 0 => Number::decimal(0, 0),
            Err(_) if (-36..0).contains(&scale) => {
                Number::decimal(units.checked_mul(power(u8::try_from(-scale).ok()?))?, 0)
            }
            Err(_) => None,
        }
    });
    // The standard library's parser rounds correctly and takes this grammar.
    exact.or_else(|| Number::float(std::str::from_utf8(text).ok()?.parse().ok()?))
}

/// Two decimals at one scale. 10^36 × 10^18 is far below 2^255.
fn aligned(left: i128, left_scale: u8, right: i128, right_scale: u8) -> (I256, I256) {
    let scale = left_scale.max(right_scale);
    let widen = |units: i128, from: u8| I256::from(units) * I256::from(power(scale - from));
    (widen(left, left_scale), widen(right, right_scale))
}

/// Compares a decimal with a float.
///
/// Rounding to the nearest float keeps the order, so a decimal that rounds to less than the float is less. Only where it
/// rounds to the float itself is there more to see.
fn decimal_float_cmp(units: i128, scale: u8, float: f64) -> Ordering {
    let rounded = Number::Decimal { units, scale }.to_f64();
    if rounded != float {
        return rounded.total_cmp(&float);
    }
    if float == 0.0 {
        return units.cmp(&0);
    }
    // float = mantissa × 2^exponent; compare units with mantissa × 2^exponent × 10^scale in whole numbers. The decimal is
    // 0 or at least 10^-18 and below 10^36, so the exponent lies between -112 and 68 and nothing overflows 256 bits.
    let bits = float.abs().to_bits();
    let mantissa = i128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let exponent = i32::try_from(bits >> 52).unwrap_or(0) - 1075;
    let float_side = I256::from(mantissa) * I256::from(power(scale));
    let decimal_side = I256::from(units.abs());
    let shift = exponent.unsigned_abs();
    let order = if exponent < 0 {
        (decimal_side << shift).cmp(&float_side)
    } else {
        decimal_side.cmp(&(float_side << shift))
    };
    if float < 0.0 { order.reverse() } else { order }
}

/// Decimals digit for digit; floats in the fewest digits that give them back, with an exponent only where zeros would be
/// many.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Number::Decimal { units, scale: 0 } => write!(f, "{units}"),
            Number::Decimal { units, scale } => {
                let sign = if units < 0 { "-" } else { "" };
                let (whole, fraction) = (
                    units.unsigned_abs() / power(scale).unsigned_abs(),
                    units.unsigned_abs() % power(scale).unsigned_abs(),
                );
                write!(
                    f,
                    "{sign}{whole}.{fraction:0width$}",
                    width = usize::from(scale)
                )
            }
            Number::Float(value) if value == 0.0 || (1e-5..1e17).contains(&value.abs()) => {
                write!(f, "{value}")
            }
            Number::Float(value) => write!(f, "{value:e}"),
        }
    }
}

macro_rules! from_whole {
    ($($whole:ty),*) => {$(
        impl From<$whole> for Number {
            fn from(whole: $whole) -> Number {
                Number::Decimal { units: i128::from(whole), scale: 0 }
            }
        }
    )*};
}
from_whole!(i64, u64, u32);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn keeps_digits_as_written() {
        for text in [
            "0",
            "-1",
            "1.50",
            "0.001",
            "123456789012345678",
            "12345678901234567890",
            "99999999999999999999999999999999999.9",
        ] {
            assert_eq!(number(text).to_string(), text);
        }
        for (text, shown) in [
            ("007", "7"),
            ("+5", "5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.5e3", "1500"),
            ("12e-3", "0.012"),
            ("1e300", "1e300"),
            ("0e999", "0"),
            ("1e-7", "0.0000001"),
        ] {
            assert_eq!(number(text).to_string(), shown, "{text}");
        }
        for text in [
            "", "-", ".", "1e", "1.2.3", "0x10", "1 ", "NaN", "inf", "1e+", "--1", "1e999", "1_0",
        ] {
            assert!(Number::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn has_one_order() {
        let sorted = [
            "-1e300",
            "-2",
            "-1.50",
            "0",
            "0.1",
            "1.5",
            "1.50",
            "2",
            "9007199254740993",
            "1e300",
        ];
        for (left, right) in sorted.iter().zip(&sorted[1..]) {
            assert_eq!(
                number(left).total_cmp(number(right)),
                Ordering::Less,
                "{left} {right}"
            );
        }
        // 0.1 is not a float: the nearest one is a little more.
        assert_eq!(
            number("0.1").numeric_cmp(Number::Float(0.1)),
            Ordering::Less
        );
        assert_eq!(
            number("0.5").numeric_cmp(Number::Float(0.5)),
            Ordering::Equal
        );
    }

    #[test]
    fn computes_exactly_where_it_can() {
        let show = |number: Option<Number>| {
            number.map_or_else(|| "nothing".to_owned(), |number| number.to_string())
        };
        assert_eq!(show(number("0.1").checked_add(number("0.2"))), "0.3");
        assert_eq!(show(number("1.5").checked_mul(number("-2.0"))), "-3.00");
        assert_eq!(show(number("6").checked_div(number("1.5"))), "4");
        assert_eq!(
            show(number("1").checked_div(number("3"))),
            "0.3333333333333333"
        );
        assert_eq!(show(number("1").checked_div(number("0.0"))), "nothing");
        assert_eq!(show(number("7.5").checked_rem(number("2"))), "1.5");
        assert_eq!(show(number("-1.5").floor()), "-2");
        assert_eq!(
            show(Number::float(1e300).and_then(|big| big.checked_mul(big))),
            "nothing"
        );
    }

    proptest! {
        #[test]
        fn floats_are_the_standard_librarys(text in "-?[0-9]{1,25}(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?") {
            let expected: f64 = text.parse().unwrap();
            prop_assert_eq!(number(&text).to_f64(), expected);
        }

        #[test]
        fn order_agrees_with_subtraction(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000, a in 0_u8..6, b in 0_u8..6) {
            let (left, right) = (Number::decimal(left.into(), a).unwrap(), Number::decimal(right.into(), b).unwrap());
            let difference = left.checked_sub(right).unwrap();
            prop_assert_eq!(left.numeric_cmp(right), difference.numeric_cmp(Number::from(0_u64)));
        }
    }
}
