//! Exact comparison of numbers: decimals and floats.

use std::cmp::Ordering;

use ethnum::I256;

use super::{Number, aligned, power};

impl Number {
    /// Compares the exact values.
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
