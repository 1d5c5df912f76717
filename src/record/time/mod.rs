//! Instants: parsed by hand where lines come by the million, by `jiff` where zones matter.

mod clock;
mod offset;
mod parse;
mod stamp;
pub mod zone;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use jiff::ZonedDateTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use clock::{begins_days, clock_shift};
pub use parse::AccessTimes;
pub use stamp::{StampLayout, Stamps, Years};

/// An instant, and how many digits of its second are known. Years 1 to 9999.
///
/// Instants compare by their time alone, not by their digits.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    seconds: i64,
    /// Nanoseconds after that.
    nanos: u32,
    /// Digits after the second's point, 0 to 9.
    digits: u8,
}

const DAY: i64 = 86_400;
/// The last Monday before 1970, in days from its beginning.
const MONDAY: i64 = -3;
/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

impl Timestamp {
    /// An instant within the years 1 to 9999.
    pub fn new(seconds: i64, nanos: u32, digits: u8) -> Option<Timestamp> {
        (RANGE.contains(&seconds) && nanos < 1_000_000_000 && digits <= 9).then_some(Timestamp {
            seconds,
            nanos,
            digits,
        })
    }

    /// This moment.
    pub fn now() -> Timestamp {
        let now = jiff::Timestamp::now();
        Timestamp::new(now.as_second(), now.subsec_nanosecond().unsigned_abs(), 9).unwrap_or(
            Timestamp {
                seconds: 0,
                nanos: 0,
                digits: 0,
            },
        )
    }

    /// Reads a time by a format as of `strptime(3)`; `zone` is that of times that name none. What the format leaves out of the time of
    /// the day is zero. `%f` and `%.f` read fractions of seconds, `%s` seconds since 1970.
    pub fn parse_as(format: &[u8], text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
        let parsed = jiff::fmt::strtime::BrokenDownTime::parse(format, text).ok()?;
        let stamp = match parsed.to_timestamp() {
            Ok(stamp) => stamp,
            Err(_) => {
                let date = parsed.to_date().ok()?;
                let time = parsed.to_time().unwrap_or_default();
                zone.to_timestamp(date.to_datetime(time)).ok()?
            }
        };
        let nanos = u32::try_from(stamp.subsec_nanosecond().rem_euclid(1_000_000_000)).ok()?;
        let seconds = stamp.as_nanosecond().div_euclid(1_000_000_000);
        let digits = match nanos {
            0 => 0,
            _ if nanos.is_multiple_of(1_000_000) => 3,
            _ if nanos.is_multiple_of(1_000) => 6,
            _ => 9,
        };
        Timestamp::new(i64::try_from(seconds).ok()?, nanos, digits)
    }

    /// Reads RFC 3339 (with `T` or a blank, with or without a zone), a date, the same in ISO 8601's basic format (`20260131`),
    /// the time of an access log, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970 that lies in the
    /// plausible range of its unit. What has no zone is taken to be in `zone`.
    pub fn parse(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
        parse::moment(text, zone)
    }

    /// How many digits of the second are known.
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// The instant earlier by a duration; the earliest of the range if it would be before that.
    pub fn minus(self, duration: Duration) -> Timestamp {
        let nanos =
            self.nanos_since_epoch() - i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX / 2);
        Timestamp::from_nanos(nanos, self.digits).unwrap_or(Timestamp {
            seconds: *RANGE.start(),
            nanos: 0,
            digits: self.digits,
        })
    }

    /// The instant later by a duration; none if it would be after the range.
    pub fn plus(self, duration: Duration) -> Option<Timestamp> {
        Timestamp::from_nanos(
            self.nanos_since_epoch()
                .checked_add(i128::try_from(duration.as_nanos()).ok()?)?,
            self.digits,
        )
    }

    /// The latest multiple of `width` since the epoch, `shift` seconds early, that is not later. The shift is for widths of
    /// whole seconds, see [`clock_shift`].
    #[inline]
    pub fn floor_to(self, width: Duration, shift: i64) -> Timestamp {
        let whole = i64::try_from(width.as_secs()).unwrap_or(i64::MAX).max(1);
        if width.subsec_nanos() == 0 {
            let seconds = (self.seconds + shift).div_euclid(whole) * whole - shift;
            return Timestamp {
                seconds,
                nanos: 0,
                digits: 0,
            };
        }
        let width = i128::try_from(width.as_nanos()).unwrap_or(i128::MAX);
        let nanos = self.nanos_since_epoch().div_euclid(width) * width;
        // As many digits as the width has.
        let digits = (0..=9)
            .find(|digits| width % 10_i128.pow(9 - digits) == 0)
            .unwrap_or(9);
        Timestamp::from_nanos(nanos, u8::try_from(digits).unwrap_or(9)).unwrap_or(self)
    }

    /// The beginning of the day in `zone`, or of a group of `days` days counted from Monday, 1969-12-29, so that seven days
    /// are a week of ISO 8601. Times too near the ends of the range for zones use the days of UTC.
    pub fn floor_to_days(self, days: u32, zone: &TimeZone) -> Timestamp {
        let days = i64::from(days.max(1));
        let floor = |day: i64| (day - MONDAY).div_euclid(days) * days + MONDAY;
        let local = Some(zone).filter(|zone| **zone != TimeZone::UTC);
        local
            .and_then(|zone| start_of_day(floor(self.day_in(zone)?), zone))
            .unwrap_or(Timestamp {
                seconds: floor(self.seconds.div_euclid(DAY)) * DAY,
                nanos: 0,
                digits: 0,
            })
    }

    /// The beginning of the day that is `days` days after the day of this time in `zone`.
    pub fn plus_days(self, days: u32, zone: &TimeZone) -> Option<Timestamp> {
        start_of_day(self.day_in(zone)? + i64::from(days), zone)
    }

    /// The day in `zone`, counted from 1970-01-01.
    fn day_in(self, zone: &TimeZone) -> Option<i64> {
        let date = self.in_zone(zone)?.date();
        Some(day_number(
            i64::from(date.year()),
            i64::from(date.month()),
            i64::from(date.day()),
        ))
    }

    /// The instant as clocks in `zone` show it; nothing for the last day of the year 9999 and what else is too near the
    /// ends of time to be shown in all zones.
    pub fn in_zone(self, zone: &TimeZone) -> Option<ZonedDateTime> {
        let nanos = i32::try_from(self.nanos).ok()?;
        let instant = jiff::Timestamp::new(self.seconds, nanos).ok()?;
        Some(instant.to_zoned_datetime(zone.clone()))
    }

    /// Nanoseconds since the epoch.
    pub fn nanos_since_epoch(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)
    }

    fn from_nanos(nanos: i128, digits: u8) -> Option<Timestamp> {
        let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
        Timestamp::new(
            seconds,
            u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?,
            digits,
        )
    }

    /// The instant and its digits as bytes, for keys of groups.
    pub fn to_bytes(self) -> [u8; 13] {
        let mut bytes = [0; 13];
        bytes[..8].copy_from_slice(&self.seconds.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.nanos.to_be_bytes());
        bytes[12] = self.digits;
        bytes
    }

    /// Reads what [`Timestamp::to_bytes`] wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Timestamp> {
        let (seconds, rest) = bytes.split_first_chunk()?;
        let (nanos, rest) = rest.split_first_chunk()?;
        match rest {
            [digits] => Timestamp::new(
                i64::from_be_bytes(*seconds),
                u32::from_be_bytes(*nanos),
                *digits,
            ),
            _ => None,
        }
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Timestamp) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timestamp {}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.seconds, self.nanos).hash(state);
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Timestamp) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Timestamp) -> Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

/// RFC 3339 in UTC, with as many digits as were known.
impl Timestamp {
    /// Appends it as RFC 3339 has it, in UTC, with as many digits as were known.
    pub fn write(self, out: &mut Vec<u8>) {
        let (text, length) = self.text();
        out.extend_from_slice(&text[..length]);
    }

    /// Its text, and how long that is. By hand: listings of files are made of these.
    fn text(self) -> ([u8; LONGEST], usize) {
        let (year, month, day) = date_of(self.seconds.div_euclid(DAY));
        let second = self.seconds.rem_euclid(DAY);
        let mut text = *b"0000-00-00T00:00:00.000000000Z";
        put(&mut text[..4], year);
        put(&mut text[5..7], month);
        put(&mut text[8..10], day);
        put(&mut text[11..13], second / 3600);
        put(&mut text[14..16], second / 60 % 60);
        put(&mut text[17..19], second % 60);
        put(&mut text[FRACTION..LONGEST - 1], i64::from(self.nanos));
        let end = match self.digits {
            0 => FRACTION - 1,
            digits => FRACTION + usize::from(digits),
        };
        text[end] = b'Z';
        (text, end + 1)
    }
}

/// The length of the longest text of an instant, and where its fraction begins.
const LONGEST: usize = 30;
const FRACTION: usize = 20;

/// Fills `place` with the last digits of a number.
fn put(place: &mut [u8], mut number: i64) {
    for digit in place.iter_mut().rev() {
        // A digit is no greater than 9.
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, length) = self.text();
        f.write_str(std::str::from_utf8(&text[..length]).map_err(|_| fmt::Error)?)
    }
}

fn start_of_day(days: i64, zone: &TimeZone) -> Option<Timestamp> {
    let (year, month, day) = date_of(days);
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    let start = date.to_zoned_datetime(zone.clone()).ok()?.timestamp();
    Timestamp::new(start.as_second(), 0, 0)
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar. After Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms": years begin in March, so that leap days come last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date `days` days after 1970-01-01: the inverse of [`day_number`], from the same source.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text.as_bytes(), &TimeZone::UTC).unwrap()
    }

    #[test]
    fn the_last_day_of_the_range_has_a_start() {
        let time = Timestamp::parse(b"9999-12-31T23:59:59Z", &TimeZone::UTC).unwrap();
        for zone in [TimeZone::UTC, TimeZone::get("Asia/Kolkata").unwrap()] {
            let day = time.floor_to_days(1, &zone);
            assert_eq!(day.to_string(), "9999-12-31T00:00:00Z");
            assert_eq!(day.plus_days(1, &zone), None);
        }
    }

    #[test]
    fn times_before_the_range_are_its_first() {
        let time = at("2026-03-15T00:00:00.5Z");
        let earliest = time.minus(Duration::from_secs(u64::MAX));
        assert_eq!(earliest.to_string(), "0001-01-01T00:00:00.0Z");
        assert_eq!(time.plus(Duration::from_secs(u64::MAX)), None);
        let second = Duration::from_millis(1_500);
        assert_eq!(time.minus(second).to_string(), "2026-03-14T23:59:59.0Z");
        assert_eq!(
            time.plus(second).unwrap().to_string(),
            "2026-03-15T00:00:02.0Z"
        );
    }

    #[test]
    fn weeks_begin_on_mondays() {
        for zone in [TimeZone::UTC, TimeZone::get("Asia/Kolkata").unwrap()] {
            for text in ["2026-03-16T12:00:00Z", "2026-03-22T12:00:00Z"] {
                let time = Timestamp::parse(text.as_bytes(), &zone).unwrap();
                let monday = time.floor_to_days(7, &zone).in_zone(&zone).unwrap();
                assert_eq!(monday.date(), jiff::civil::date(2026, 3, 16), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn dates_match_those_of_jiff(seconds in RANGE, nanos in 0_u32..1_000_000_000) {
            let time = Timestamp::new(seconds, nanos, 9).unwrap();
            let oracle = jiff::Timestamp::new(seconds, i32::try_from(nanos).unwrap()).unwrap();
            prop_assert_eq!(time.to_string(), format!("{oracle:.9}"));
            prop_assert_eq!(at(&time.to_string()), time);
            prop_assert_eq!(Timestamp::from_bytes(&time.to_bytes()), Some(time));
        }

        #[test]
        fn days_begin_as_in_jiff(seconds in 0_i64..2_000_000_000) {
            let zone = TimeZone::get("America/Sao_Paulo").unwrap();
            let time = Timestamp::new(seconds, 5, 9).unwrap();
            let oracle = time.in_zone(&zone).unwrap().start_of_day().unwrap().timestamp();
            prop_assert_eq!(time.floor_to_days(1, &zone).nanos_since_epoch(), oracle.as_nanosecond());
            let next = time.floor_to_days(1, &zone).plus_days(1, &zone).unwrap();
            prop_assert!(next > time);
        }
    }

    #[test]
    fn buckets_begin_at_multiples_of_their_width() {
        let floor = |text: &str, width| {
            at(text)
                .floor_to(Duration::from_millis(width), 0)
                .to_string()
        };
        assert_eq!(
            floor("2026-05-17T10:07:59Z", 300_000),
            "2026-05-17T10:05:00Z"
        );
        assert_eq!(
            floor("2026-05-17T10:07:59.789Z", 250),
            "2026-05-17T10:07:59.75Z"
        );
        let half = at("2026-05-17T10:07:59Z").floor_to(Duration::from_secs(3600), 1800);
        assert_eq!(half.to_string(), "2026-05-17T09:30:00Z");
        assert_eq!(
            floor("1969-12-31T23:59:59Z", 60_000),
            "1969-12-31T23:59:00Z"
        );
        assert_eq!(
            at("2026-05-17T10:07:59Z")
                .floor_to_days(1, &TimeZone::UTC)
                .to_string(),
            "2026-05-17T00:00:00Z"
        );
    }
}
