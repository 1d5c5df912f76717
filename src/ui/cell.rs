//! A cell as text for people: thousands separators, rounded fractions, local times. Machine formats write exact values
//! instead.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::escape::escape;
use super::fit;
use crate::record::number::grouped;
use crate::record::{Cell, Timestamp, Value};

/// How a cell is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// In any way.
    Missing,
    /// At the decimal point.
    Number,
    /// Left, never cut.
    Fixed,
    /// Left, cut if the table is too wide.
    Text,
}

/// A cell as text, escaped for a terminal.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) sort: Sort,
    /// Width of the text, in columns.
    pub(super) width: usize,
    /// Width of the fraction of a number with its point, in columns.
    pub(super) fraction: usize,
}

/// The text of a cell, escaped for a terminal.
pub(super) fn show(cell: &Cell, zone: &TimeZone) -> Shown {
    let (sort, mut text) = match &cell.value {
        Value::Missing => (Sort::Missing, "-".to_owned()),
        Value::Bool(bool) => (Sort::Fixed, bool.to_string()),
        Value::Digits(digits) => (Sort::Number, escape(digits).into_owned()),
        Value::Number(number) => (Sort::Number, readable(&number.to_string())),
        Value::Time(time) => (Sort::Fixed, in_zone(*time, zone)),
        text => (Sort::Text, escape(&text.bytes()).into_owned()),
    };
    if cell.approx {
        text.insert(0, '~');
    }
    let width = fit::width(&text);
    let fraction = match sort {
        Sort::Number => text.find('.').map_or(0, |point| fit::width(&text[point..])),
        _ => 0,
    };
    Shown {
        text,
        sort,
        width,
        fraction,
    }
}

/// Rounds a computed number for reading. Fractions of up to four digits stay as they are, since sums of prices are
/// exact; longer ones are cut to seven digits that count, between one and four of them after the point.
fn readable(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
        return scientific(number);
    }
    let places = if fraction.len() <= 4 {
        fraction.len()
    } else {
        7_usize.saturating_sub(whole.len()).clamp(1, 4)
    };
    let (whole, fraction) = round(whole, fraction, places);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() && whole == "0" {
        let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        return if is_zero { whole } else { scientific(number) };
    }
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(&whole))
}

/// Rounds the decimal digits `whole.fraction` to `places` digits, halves away from zero.
fn round(whole: &str, fraction: &str, places: usize) -> (String, String) {
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    if fraction
        .as_bytes()
        .get(places)
        .is_some_and(|digit| *digit >= b'5')
    {
        let nines = digits
            .iter()
            .rev()
            .take_while(|digit| **digit == b'9')
            .count();
        let keep = digits.len() - nines;
        digits[keep..].fill(b'0');
        match keep.checked_sub(1) {
            Some(last) => digits[last] += 1,
            None => digits.insert(0, b'1'),
        }
    }
    let text: String = digits.into_iter().map(char::from).collect();
    let point = text.len() - places.min(fraction.len());
    (text[..point].to_owned(), text[point..].to_owned())
}

/// A number too large or too small to be written out, to five digits: `1.2346e21`.
fn scientific(number: &str) -> String {
    let Ok(value) = number.parse::<f64>() else {
        return escape(number.as_bytes()).into_owned();
    };
    if !value.is_finite() {
        return number.to_owned();
    }
    let text = format!("{value:.4e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let digits = digits.trim_end_matches('0').trim_end_matches('.');
            format!("{digits}e{exponent}")
        }
        None => text,
    }
}

/// `2015-05-17 10:05:03`, with as much of the second as is not zero, to the millisecond: file systems know nine digits, and
/// nobody reads them.
fn in_zone(time: Timestamp, zone: &TimeZone) -> String {
    match time.floor_to(Duration::from_millis(1), 0).in_zone(zone) {
        Some(local) => local.strftime("%Y-%m-%d %H:%M:%S%.f").to_string(),
        // Beyond the years that zones know: as machines write it.
        None => time.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_rounded_for_reading() {
        let cases = [
            ("0", "0"),
            ("-0", "0"),
            ("1234567", "1,234,567"),
            ("-1234.5", "-1,234.5"),
            ("1234567.89", "1,234,567.89"),
            ("0.30000000000000004", "0.3"),
            ("0.33333333333333", "0.3333"),
            ("10245.333333333", "10,245.33"),
            ("1234567.89123", "1,234,567.9"),
            ("999999.99999", "1,000,000"),
            ("9.99999", "10"),
            ("0.00004567", "4.567e-5"),
            ("-0.00001", "-1e-5"),
            ("0.00005", "0.0001"),
            ("1.23456789e21", "1.2346e21"),
            ("1e400", "1e400"),
            ("NaN", "NaN"),
        ];
        for (exact, shown) in cases {
            assert_eq!(readable(exact), shown, "{exact}");
        }
    }

    #[test]
    fn times_are_read_to_the_millisecond() {
        for (nanos, shown) in [
            (0, "1970-01-01 00:00:00"),
            (500_000_000, "1970-01-01 00:00:00.5"),
            (123_456_789, "1970-01-01 00:00:00.123"),
            (999_999_999, "1970-01-01 00:00:00.999"),
            (1_000, "1970-01-01 00:00:00"),
        ] {
            let time = Timestamp::new(0, nanos, 9).unwrap();
            assert_eq!(in_zone(time, &TimeZone::UTC), shown);
        }
    }

    proptest! {
        #[test]
        fn reading_loses_little(value in -1e9_f64..1e9) {
            let shown = readable(&value.to_string());
            let back: f64 = shown.replace(',', "").parse().unwrap();
            prop_assert!((back - value).abs() <= (value.abs() * 1e-6).max(0.00005 + 1e-12), "{value} {shown}");
        }
    }
}
