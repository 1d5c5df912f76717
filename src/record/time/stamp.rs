//! Times as programs write them at the beginning of a line: 26 layouts, most of which no standard describes.
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

mod parts;

use jiff::tz::TimeZone;

use self::parts::Parts;
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

/// One way of writing a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StampLayout(&'static str);

impl StampLayout {
    /// As C's `ctime` writes it, perhaps with a fraction: `Sun May 17 10:05:03 2026`.
    pub const CTIME: StampLayout = StampLayout("w b e H:M:Sf Y");

    /// A time of day without a date, which is no time: `10:05:03.123`. Not among those that are tried.
    pub const TIME_OF_DAY: StampLayout = StampLayout("H:M:Sf");

    /// `2026/05/17 10:05:03`
    pub const SLASHES: StampLayout = StampLayout("Y/m/d H:M:Sfz");

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

    /// Whether times in this layout do not even say their day.
    pub fn lacks_day(self) -> bool {
        self == StampLayout::TIME_OF_DAY
    }

    /// The layout that has day and month in the other order, where nothing but numbers tells which is meant.
    pub fn other_order(self) -> Option<StampLayout> {
        match self.0 {
            "m/d/Y H:M:Sfz" => Some(StampLayout("d/m/Y H:M:Sfz")),
            _ => None,
        }
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
        let rest = parts.take_all(self.0, text)?;
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
            let rest = parts.take_all(self.after, rest)?;
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
        let rest = parts.take_all(before, text)?;
        let (kept, length) = (parts, text.len() - rest.len());
        let rest = parts.take_all(after, rest)?;
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

#[cfg(test)]
mod tests;
