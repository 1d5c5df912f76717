//! Exact comparison of numbers: decimals and floats.

use std::cmp::Ordering;

use super::{Number, aligned};

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

/// Compares a decimal with a float, which counts as the shortest decimal that gives it back: as it is written, so that a
/// float that was written and read again is the same number.
#[cold]
fn decimal_float_cmp(units: i128, scale: u8, float: f64) -> Ordering {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    Number::Decimal { units, scale }.write(&mut left);
    Number::Float(float).write(&mut right);
    cmp_texts(&left, &right)
}

/// Compares two texts that are numbers by their exact values, however many digits they have.
pub fn cmp_texts(left: &[u8], right: &[u8]) -> Ordering {
    let (left, right) = (Digits::of(left), Digits::of(right));
    match (left.sign(), right.sign()) {
        (-1, -1) => right.cmp_size(&left),
        (1, 1) => left.cmp_size(&right),
        (left, right) => left.cmp(&right),
    }
}

/// A number as 0.DIGITS × 10^exponent; the first digit and the last one are not zero.
struct Digits {
    is_negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Digits {
    fn of(text: &[u8]) -> Digits {
        let is_negative = text.first() == Some(&b'-');
        let end = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
        let (mantissa, power) = match end {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (text, &b"0"[..]),
        };
        // Exponents that do not fit are of texts that are no numbers here.
        let power = std::str::from_utf8(power).ok();
        let power = power.and_then(|power| power.parse::<i64>().ok());
        let point = mantissa.iter().position(|byte| *byte == b'.');
        let before = mantissa[..point.unwrap_or(mantissa.len())].iter();
        let whole = before.filter(|byte| byte.is_ascii_digit()).count();
        let mut digits: Vec<u8> = mantissa
            .iter()
            .copied()
            .filter(u8::is_ascii_digit)
            .collect();
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        Digits {
            is_negative,
            digits,
            exponent: power
                .unwrap_or(0)
                .saturating_add(whole as i64)
                .saturating_sub(zeros as i64),
        }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Compares the absolute values of two that are not zero.
    fn cmp_size(&self, other: &Digits) -> Ordering {
        let by_size = self.exponent.cmp(&other.exponent);
        by_size.then_with(|| self.digits.cmp(&other.digits))
    }
}
