//! The parts of a time, taken from its text by the letters of a pattern.

use std::ops::RangeInclusive;

use super::super::offset::{named, numeric, two};
use super::super::parse::{fraction, is_date, month};

const WEEKDAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// The parts of a time, as they stand in its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) year: Option<i64>,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) nanos: u32,
    pub(super) digits: u8,
    /// Seconds east of UTC.
    pub(super) east: Option<i64>,
    pub(super) epoch: Option<i64>,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts {
            year: None,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
            digits: 0,
            east: None,
            epoch: None,
        }
    }
}

impl Parts {
    /// Takes what a pattern stands for from the beginning of a text; gives the rest.
    #[inline]
    pub(super) fn take_all<'a>(&mut self, pattern: &str, text: &'a [u8]) -> Option<&'a [u8]> {
        let mut letters = pattern.bytes();
        letters.try_fold(text, |rest, letter| self.take(letter, rest))
    }

    /// Takes what a letter of a pattern stands for from the beginning of a text; gives the rest.
    #[inline]
    fn take<'a>(&mut self, letter: u8, text: &'a [u8]) -> Option<&'a [u8]> {
        let rest = match letter {
            b'Y' => {
                self.year = Some(i64::from(two(text, 0)? * 100 + two(text, 2)?));
                &text[4..]
            }
            b'y' => {
                let year = i64::from(two(text, 0)?);
                self.year = Some(if year < 70 { 2000 + year } else { 1900 + year });
                &text[2..]
            }
            b'm' => digits(text, &mut self.month)?,
            b'd' => digits(text, &mut self.day)?,
            b'H' => digits(text, &mut self.hour)?,
            b'M' => digits(text, &mut self.minute)?,
            b'S' => digits(text, &mut self.second)?,
            b'h' => few_digits(
                text.strip_prefix(b" ").unwrap_or(text),
                1..=2,
                &mut self.hour,
            )?,
            b'i' => few_digits(text, 1..=2, &mut self.minute)?,
            b's' => few_digits(text, 1..=2, &mut self.second)?,
            b'e' => few_digits(
                text.strip_prefix(b" ").unwrap_or(text),
                1..=2,
                &mut self.day,
            )?,
            b'b' => {
                self.month = i64::from(month(text)?);
                &text[3..]
            }
            b'w' => {
                let name = WEEKDAYS.iter().find(|name| text.starts_with(**name))?;
                &text[name.len()..]
            }
            b'T' => match text {
                [b'T' | b't' | b' ', rest @ ..] => rest,
                _ => return None,
            },
            b'p' => {
                let hour = self
                    .hour
                    .checked_rem(12)
                    .filter(|_| (1..=12).contains(&self.hour))?;
                let (half, rest) = text.split_first_chunk()?;
                self.hour = match half {
                    b" AM" | b" am" => hour,
                    b" PM" | b" pm" => hour + 12,
                    _ => return None,
                };
                rest
            }
            b'f' => self.take_fraction(text),
            b'l' => {
                let mut millis = 0;
                let rest = few_digits(text, 1..=3, &mut millis)?;
                self.nanos = u32::try_from(millis).ok()? * 1_000_000;
                self.digits = 3;
                rest
            }
            b'z' => self.take_zone(text),
            b'Z' => {
                let rest = self.take_zone(text);
                self.east?;
                rest
            }
            b'@' => self.take_epoch(text)?,
            byte => text.strip_prefix(&[byte])?,
        };
        Some(rest)
    }

    fn take_fraction<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        // A point without digits is not of the time.
        let Some((nanos, digits, rest)) = fraction(text) else {
            return text;
        };
        (self.nanos, self.digits) = (nanos, digits);
        rest
    }

    /// `Z`, `+02:00`, `-0330`, `+02`, or after a blank also a name.
    fn take_zone<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let after_blank = text.strip_prefix(b" ").unwrap_or(text);
        let length = match after_blank.first() {
            Some(b'+' | b'-') => {
                let is_of_offset = |byte: &&u8| byte.is_ascii_digit() || **byte == b':';
                1 + after_blank[1..].iter().take_while(is_of_offset).count()
            }
            Some(byte) if byte.is_ascii_uppercase() => after_blank
                .iter()
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count(),
            _ => return text,
        };
        let (zone, rest) = after_blank.split_at(length);
        let named = || Some(named(zone)? * 60);
        // A single letter after a blank may be a level.
        let is_letter_alone = zone == b"Z" && after_blank.len() < text.len();
        match numeric(zone).filter(|_| !is_letter_alone).or_else(named) {
            Some(east) => {
                self.east = Some(east);
                rest
            }
            None => text,
        }
    }

    fn take_epoch<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = text.split_at(length);
        let unit = match length {
            10 => 1,
            13 => 1_000,
            16 => 1_000_000,
            _ => return None,
        };
        let number = number
            .iter()
            .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        self.epoch = Some(number / unit);
        if unit == 1 {
            return Some(self.take_fraction(rest));
        }
        self.nanos = u32::try_from(number % unit * (1_000_000_000 / unit)).ok()?;
        self.digits = length as u8 - 10;
        Some(rest)
    }

    pub(super) fn is_valid(&self) -> bool {
        const EPOCH: RangeInclusive<i64> = 1_000_000_000..=4_102_444_800;
        match self.epoch {
            Some(epoch) => EPOCH.contains(&epoch),
            None => {
                let date = (u32::try_from(self.month), u32::try_from(self.day));
                let is_date =
                    |year| matches!(date, (Ok(month), Ok(day)) if is_date(year, month, day));
                // A year that is not known may be a leap year.
                is_date(self.year.unwrap_or(2000))
                    && self.year.is_none_or(|year| (1970..2100).contains(&year))
                    && self.hour <= 23
                    && self.minute <= 59
                    && self.second <= 60
            }
        }
    }
}

/// Two digits.
#[inline(always)]
fn digits<'a>(text: &'a [u8], number: &mut i64) -> Option<&'a [u8]> {
    *number = i64::from(two(text, 0)?);
    Some(&text[2..])
}

/// As many digits as there are, if that is as many as allowed.
fn few_digits<'a>(
    text: &'a [u8],
    allowed: RangeInclusive<usize>,
    number: &mut i64,
) -> Option<&'a [u8]> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !allowed.contains(&length) {
        return None;
    }
    *number = text[..length]
        .iter()
        .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Some(&text[length..])
}
