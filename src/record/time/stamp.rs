//! Times as programs write them at the beginning of a line: some thirty layouts, most of which no standard describes.
//!
//! A layout is a short pattern, in which a letter stands for a part of a time and every other byte for itself:
//!
//! | letter | part |
//! |---|---|
//! | `Y` `y` | the year, of four digits or of two (70 to 99 are of the last century) |
//! | `m` `b` | the month, of two digits or by its English name of three letters |
//! | `d` `e` | the day, of two digits or of one or two with a blank for the missing one |
//! | `w` | the day of the week, by its English name of three letters |
//! | `H` `M` `S` | hour, minute, second of two digits |
//! | `h` `i` `s` | the same, of one or two digits; a blank may stand for the first digit of `h` |
//! | `T` | a `T`, a `t` or a blank |
//! | `p` | ` AM` or ` PM` |
//! | `f` | a fraction after a point or comma, or nothing |
//! | `l` | milliseconds as a number of one to three digits |
//! | `z` | a zone, perhaps after a blank, or nothing |
//! | `@` | seconds since 1970 of ten digits, milliseconds of 13 or microseconds of 16 |

use std::ops::RangeInclusive;

use jiff::tz::TimeZone;

use super::offset::{numeric, two};
use super::parse::{is_date, local};
use super::{DAY, Timestamp, day_number};

/// The layouts, in the order in which they are tried: one that is the beginning of another comes after it.
const LAYOUTS: [&str; 26] = [
    "Y-m-dTH:M:Sfz",
    "Y-m-d-H.M.Sf",
    "Y/m/d H:M:Sfz",
    "Y.m.d H:M:Sfz",
    "YmdTHMSfz",
    "Ymd H:M:Sfz",
    "Ymd-h:i:s:l",
    "y/m/d H:M:Sfz",
    "ymd HMSf",
    "ymd h:M:Sf",
    "d/b/Y:H:M:Sfz",
    "d-b-Y H:M:Sfz",
    "e b Y H:M:Sfz",
    "w, e b Y H:M:Sfz",
    "w b e H:M:Sf Y",
    "w b e H:M:SZ Y",
    "b e Y H:M:Sfz",
    "b e H:M:Sfz",
    "m/d/Y h:M:Sp",
    "m/d/Y H:M:Sfz",
    "d/m/Y H:M:Sfz",
    "d.m.Y H:M:Sfz",
    "m-d H:M:Sf",
    "m.d H:M:S",
    "md H:M:Sf",
    "@",
];

/// The zones that logs name by letters, in minutes east of UTC. Names that several zones share are not here.
fn named_zone(name: &[u8]) -> Option<i64> {
    Some(match name {
        b"UTC" | b"GMT" | b"WET" => 0,
        b"WEST" | b"CET" | b"MEZ" => 60,
        b"CEST" | b"MESZ" | b"EET" => 120,
        b"EEST" | b"MSK" => 180,
        b"EST" | b"CDT" => -300,
        b"EDT" => -240,
        b"MST" | b"PDT" => -420,
        b"MDT" => -360,
        b"PST" => -480,
        b"JST" | b"KST" => 540,
        b"AEST" => 600,
        b"AEDT" => 660,
        b"NZST" => 720,
        b"NZDT" => 780,
        _ => return None,
    })
}

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];
const WEEKDAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// One way of writing a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StampLayout(&'static str);

impl StampLayout {
    /// The layouts of the time that a text begins with, the likeliest first, each with the length of that time. None if a letter or
    /// a digit follows, so that it is the beginning of something else.
    pub fn all(text: &[u8]) -> impl Iterator<Item = (StampLayout, usize)> {
        let ends = |length: usize| {
            text.get(length)
                .is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        let may_be = text
            .first()
            .is_some_and(|first| first.is_ascii_digit() || first.is_ascii_uppercase());
        let layouts = LAYOUTS.iter().filter(move |_| may_be);
        layouts.filter_map(move |&pattern| {
            let layout = StampLayout(pattern);
            let (_, length) = layout.parts(text)?;
            ends(length).then_some((layout, length))
        })
    }

    /// The length of the time that a text begins with.
    #[inline]
    pub fn length(self, text: &[u8]) -> Option<usize> {
        Some(self.parts(text)?.1)
    }

    /// Whether times in this layout do not say their year.
    pub fn lacks_year(self) -> bool {
        !self.0.contains(['Y', 'y', '@'])
    }

    /// Whether it is the layout of RFC 3164, `Mar  5 10:00:00`.
    pub fn is_of_syslog(self) -> bool {
        self.0.starts_with('b') && self.lacks_year()
    }

    /// Whether times in this layout are the same everywhere: seconds since 1970.
    pub fn is_epoch(self) -> bool {
        self.0 == "@"
    }

    /// The parts of the time that a text begins with, and the length of that time.
    fn parts(self, text: &[u8]) -> Option<(Parts, usize)> {
        let mut parts = Parts::default();
        let mut rest = text;
        for letter in self.0.bytes() {
            rest = parts.take(letter, rest)?;
        }
        parts.is_valid().then_some((parts, text.len() - rest.len()))
    }
}

/// What the reading of times without a year goes by.
#[derive(Clone, Copy, Debug)]
pub enum Years {
    /// They are of this year.
    Known(i64),
    /// They are the latest that are at most a day after this instant.
    Until(Timestamp),
}

/// Reads times of one layout. Lines of one minute come together, so the text of the last one up to its seconds is remembered.
#[derive(Clone, Debug)]
pub struct Stamps {
    layout: StampLayout,
    zone: TimeZone,
    years: Years,
    /// The text before the seconds of the time that was read last, and its parts.
    before: Vec<u8>,
    parts: Parts,
    /// What follows in the pattern, from the seconds on; empty if no text was read or the pattern has no seconds.
    after: &'static str,
    minute: [i64; 6],
    start: i64,
}

impl Stamps {
    /// A reader for times that are in `zone` unless they say otherwise.
    pub fn new(layout: StampLayout, zone: &TimeZone, years: Years) -> Stamps {
        Stamps {
            layout,
            zone: zone.clone(),
            years,
            before: Vec::new(),
            parts: Parts::default(),
            after: "",
            minute: [i64::MIN; 6],
            start: 0,
        }
    }

    /// The time that a text begins with, and the length of its text.
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Option<(Timestamp, usize)> {
        let (parts, length) = self.parts(text)?;
        Some((self.instant(&parts)?, length))
    }

    /// The length of the time that a text begins with.
    #[inline]
    pub fn length(&mut self, text: &[u8]) -> Option<usize> {
        Some(self.parts(text)?.1)
    }

    #[inline]
    fn parts(&mut self, text: &[u8]) -> Option<(Parts, usize)> {
        if !self.after.is_empty()
            && let Some(rest) = text.strip_prefix(&*self.before)
        {
            let mut parts = self.parts;
            let mut rest = rest;
            for letter in self.after.bytes() {
                rest = parts.take(letter, rest)?;
            }
            return parts.is_valid().then_some((parts, text.len() - rest.len()));
        }
        self.read_whole(text)
    }

    fn read_whole(&mut self, text: &[u8]) -> Option<(Parts, usize)> {
        let (before, after) = match self.layout.0.find(['S', 's']) {
            Some(seconds) => self.layout.0.split_at(seconds),
            None => (self.layout.0, ""),
        };
        let mut parts = Parts::default();
        let mut rest = text;
        for letter in before.bytes() {
            rest = parts.take(letter, rest)?;
        }
        let (kept, length) = (parts, text.len() - rest.len());
        for letter in after.bytes() {
            rest = parts.take(letter, rest)?;
        }
        if !parts.is_valid() {
            return None;
        }
        self.before.clear();
        self.before.extend_from_slice(&text[..length]);
        (self.parts, self.after) = (kept, after);
        Some((parts, text.len() - rest.len()))
    }

    fn instant(&mut self, parts: &Parts) -> Option<Timestamp> {
        if let Some(seconds) = parts.epoch {
            return Timestamp::new(seconds, parts.nanos, parts.digits);
        }
        let east = parts.east.unwrap_or(i64::MIN);
        let minute = [
            parts.year.unwrap_or(i64::MIN),
            parts.month,
            parts.day,
            parts.hour,
            parts.minute,
            east,
        ];
        if minute != self.minute {
            self.start = self.minute_start(parts)?;
            self.minute = minute;
        }
        // A leap second counts as the one before.
        Timestamp::new(self.start + parts.second.min(59), parts.nanos, parts.digits)
    }

    /// When the minute of a time began, in seconds since 1970.
    fn minute_start(&self, parts: &Parts) -> Option<i64> {
        let of_year = |year: i64| -> Option<i64> {
            let (month, day) = (
                u32::try_from(parts.month).ok()?,
                u32::try_from(parts.day).ok()?,
            );
            if !is_date(year, month, day) {
                return None;
            }
            let second = parts.hour * 3600 + parts.minute * 60;
            match parts.east {
                Some(east) => Some(day_number(year, parts.month, parts.day) * DAY + second - east),
                None => Some(local(year, month, day, second, 0, &self.zone)?.seconds),
            }
        };
        match (parts.year, self.years) {
            (Some(year), _) | (None, Years::Known(year)) => of_year(year),
            (None, Years::Until(reference)) => {
                let year = i64::from(reference.in_zone(&self.zone)?.year());
                let mut years = (year - 8..=year + 1).rev();
                years
                    .find_map(|year| of_year(year).filter(|start| start - DAY <= reference.seconds))
            }
        }
    }
}

/// The parts of a time, as they stand in its text.
#[derive(Clone, Copy, Debug)]
struct Parts {
    year: Option<i64>,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: u32,
    digits: u8,
    /// Seconds east of UTC.
    east: Option<i64>,
    epoch: Option<i64>,
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
                let month = MONTHS.iter().position(|name| text.starts_with(*name))?;
                self.month = i64::try_from(month).ok()? + 1;
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

    /// Digits after the ninth are dropped.
    fn take_fraction<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let [b'.' | b',', after_point @ ..] = text else {
            return text;
        };
        let length = after_point
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if length == 0 {
            return text;
        }
        let known = length.min(9);
        let number = after_point[..known].iter();
        let number = number.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        self.nanos = number * 10_u32.pow(9 - known as u32);
        self.digits = known as u8;
        &after_point[length..]
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
        let named = || Some(named_zone(zone)? * 60);
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

    fn is_valid(&self) -> bool {
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

#[cfg(test)]
mod tests;
