//! Numbers from text and to text.

use std::fmt;
use std::io::Write as _;

use super::{Number, power};
use crate::record::word;

impl Number {
    /// Reads a number: JSON's grammar, and also a leading `+`, leading zeros, `.5` and `5.`.
    #[inline(always)]
    pub fn parse(text: &[u8]) -> Option<Number> {
        // Nearly every number is a short run of digits with perhaps a point.
        if let Some(units) = short_digits(text) {
            return Some(Number::from(units));
        }
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
}

/// Whether all bytes are digits; true of an empty text.
#[inline(always)]
pub fn is_digits(text: &[u8]) -> bool {
    if text.len() <= 8 {
        text.is_empty() || are_digits(word(text), text.len())
    } else {
        text.iter().all(u8::is_ascii_digit)
    }
}

/// The value of one to eight digits, all of them at once: their number is different from line to line, so the end of a loop
/// over them could not be foreseen.
#[inline(always)]
fn short_digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    let word = word(text);
    if !are_digits(word, text.len()) {
        return None;
    }
    // The last digit in the highest byte, zeros before the first. Then each byte becomes a pair of digits with its
    // neighbour, pairs become fours, and fours eights.
    let digits = (word & 0x0f0f_0f0f_0f0f_0f0f) << (64 - 8 * text.len());
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

/// Whether the first `length` bytes of a word are digits; it has zeros after them.
#[inline(always)]
fn are_digits(word: u64, length: usize) -> bool {
    const SIX: u64 = 0x0606_0606_0606_0606;
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    // Of what lies between 0x30 and 0x3f, six more leaves the row exactly for what is above nine. No byte carries into the
    // next where the first test holds.
    let expected = 0x3030_3030_3030_3030 >> (64 - 8 * length);
    word & HIGH == expected && word.wrapping_add(SIX) & HIGH == expected
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
    // Zeros at the end are counted, not multiplied: in a fraction they need not count against the limits.
    let (mut units, mut zeros) = (Some(0_i128), 0_u32);
    let (mut fraction, mut digits, mut point) = (0_i64, 0_usize, false);
    for byte in mantissa {
        match byte {
            b'0' => {
                digits += 1;
                fraction += i64::from(point);
                zeros += u32::from(units != Some(0));
            }
            b'1'..=b'9' => {
                digits += 1;
                fraction += i64::from(point);
                units = units.and_then(|units| {
                    units
                        .checked_mul(10_i128.checked_pow(zeros + 1)?)?
                        .checked_add(i128::from(byte - b'0'))
                });
                zeros = 0;
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
        if units == 0 {
            let shown = u8::try_from(scale).ok();
            return Number::decimal(
                0,
                shown
                    .filter(|scale| *scale <= Number::MAX_SCALE)
                    .unwrap_or(0),
            );
        }
        if scale <= 0 {
            let power = 10_i128.checked_pow(zeros.checked_add(u32::try_from(-scale).ok()?)?)?;
            return Number::decimal(units.checked_mul(power)?, 0);
        }
        // As many zeros as the limits allow are kept, so that the number looks as it was written.
        let most = i64::from(zeros).min(scale);
        let least = (scale - i64::from(Number::MAX_SCALE)).max(0);
        (least..=most).find_map(|dropped| {
            let kept = 10_i128.checked_pow(zeros - u32::try_from(dropped).ok()?)?;
            Number::decimal(
                units.checked_mul(kept)?,
                u8::try_from(scale - dropped).ok()?,
            )
        })
    });
    // The standard library's parser rounds correctly and takes this grammar.
    exact.or_else(|| Number::float(std::str::from_utf8(text).ok()?.parse().ok()?))
}

/// A count with its noun: `1 chunk`, `1,200 chunks`.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(&count.to_string()))
}

/// Puts a comma after every three digits, counted from the end: `1,234,567`. A sign may come first.
pub fn grouped(integer: &str) -> String {
    let (sign, digits) = match integer.strip_prefix(['-', '+']) {
        Some(digits) => integer.split_at(integer.len() - digits.len()),
        None => ("", integer),
    };
    let mut out = String::with_capacity(integer.len() + digits.len() / 3);
    out.push_str(sign);
    let count = digits.chars().count();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (count - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Decimals digit for digit; floats in the fewest digits that give them back, with an exponent only where zeros would be
/// many.
impl Number {
    /// Appends it, as it is displayed.
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Number::Decimal { units, scale: 0 } => {
                out.extend_from_slice(itoa::Buffer::new().format(units).as_bytes());
            }
            // Writing to memory cannot fail.
            _ => drop(write!(out, "{self}")),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Number::Decimal { units, scale: 0 } => f.write_str(itoa::Buffer::new().format(units)),
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
