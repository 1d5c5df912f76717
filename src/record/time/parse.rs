//! Text to instants, without a library: two digits at a time, every field checked.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::offset::{Offset, numeric, two};
use super::{DAY, Timestamp, day_number};
use crate::record::Number;

/// A time in any of the accepted forms.
pub(super) fn moment(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    match text {
        [_, _, b'/', ..] => access(text),
        [_, _, _, _, b'-', ..] => rfc3339(text, zone),
        _ => basic(text, zone).or_else(|| epoch(text)),
    }
}

/// `2026-01-31T10:00:00.123Z`: `T`, `t` or a blank; a zone as [`Offset`] reads it, or none; also the date alone.
fn rfc3339(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let (date, time) = text.split_at_checked(10)?;
    let year = i64::from(two(date, 0)?) * 100 + i64::from(two(date, 2)?);
    let (month, day) = (two(date, 5)?, two(date, 8)?);
    if date[7] != b'-' || !is_date(year, month, day) {
        return None;
    }
    let Some((separator, time)) = time.split_first() else {
        return local(year, month, day, 0, 0, zone);
    };
    if !matches!(separator, b'T' | b't' | b' ') {
        return None;
    }
    // People leave the seconds out.
    if let &[h, i, b':', m, n] = time {
        let second = clock_seconds(&[h, i, b':', m, n, b':', b'0', b'0'])?;
        return local(year, month, day, second, 0, zone);
    }
    let (clock, rest) = time.split_at_checked(8)?;
    let second = clock_seconds(clock)?;
    let (nanos, digits, rest) = fraction(rest)?;
    let own = match rest.strip_prefix(b" ").unwrap_or(rest) {
        _ if rest.is_empty() => None,
        text => Some(Offset::parse(text)?),
    };
    let named;
    let zone = match own {
        None => zone,
        Some(Offset::Zone(found)) => {
            named = found;
            &named
        }
        Some(Offset::Seconds(east)) => {
            let days = day_number(year, i64::from(month), i64::from(day));
            return Timestamp::new(days * DAY + second - east, nanos, digits);
        }
    };
    let local = local(year, month, day, second, nanos, zone)?;
    Timestamp::new(local.seconds, nanos, digits)
}

/// The basic format of ISO 8601: `20260131`, `20260131T100000Z`; also without the letter: `20260131100000`.
fn basic(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let (date, clock) = text.split_at_checked(8)?;
    if !date.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let clock = match clock {
        [b'T' | b't', clock @ ..] if clock.len() >= 4 => clock,
        // Of as many digits as a date and a clock have, years near ours are dates; other numbers count from 1970.
        _ if matches!(text.len(), 8 | 12 | 14) && matches!(&date[..2], b"19" | b"20") => clock,
        _ => return None,
    };
    let mut extended = [&date[..4], &date[4..6], &date[6..]].join(&b'-');
    let digits = clock.iter().take_while(|byte| byte.is_ascii_digit());
    let (clock, rest) = clock.split_at(digits.count());
    match clock.len() {
        0 if rest.is_empty() => {}
        4 | 6 => {
            extended.push(b'T');
            let parts: Vec<&[u8]> = clock.chunks(2).collect();
            extended.extend(parts.join(&b':'));
            extended.extend_from_slice(rest);
        }
        _ => return None,
    }
    rfc3339(&extended, zone)
}

/// `17/May/2015:10:05:03 +0000`
fn access(text: &[u8]) -> Option<Timestamp> {
    if text.len() != 26 {
        return None;
    }
    Timestamp::new(access_minute(text)? + i64::from(access_second(text)?), 0, 0)
}

/// The number of the month whose English name of three letters a text begins with.
pub(super) fn month(text: &[u8]) -> Option<u32> {
    const MONTHS: [&[u8; 3]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    (1..)
        .zip(MONTHS)
        .find_map(|(number, name)| text.starts_with(name).then_some(number))
}

/// The instant at which the minute of an access log's time began.
fn access_minute(text: &[u8]) -> Option<i64> {
    let day = two(text, 0)?;
    let month = month(&text[3..])?;
    let year = i64::from(two(text, 7)?) * 100 + i64::from(two(text, 9)?);
    let (hour, minute) = (two(text, 12)?, two(text, 15)?);
    let separators = [text[2], text[6], text[11], text[14], text[17], text[20]];
    if separators != *b"//::: " || !is_date(year, month, day) || hour > 23 || minute > 59 {
        return None;
    }
    let days = day_number(year, i64::from(month), i64::from(day));
    Some(days * DAY + i64::from(hour) * 3600 + i64::from(minute) * 60 - numeric(&text[21..])?)
}

/// The second of an access log's time; a leap second counts as the one before.
fn access_second(text: &[u8]) -> Option<u32> {
    two(text, 18)
        .filter(|second| *second <= 60)
        .map(|second| second.min(59))
}

/// Reads the times of an access log. Lines of one minute come together, so the last minute is remembered.
#[derive(Clone, Debug, Default)]
pub struct AccessTimes {
    minute: [u8; 17],
    zone: [u8; 6],
    start: i64,
}

impl AccessTimes {
    /// The instant of `17/May/2015:10:05:03 +0000`.
    #[inline]
    pub fn parse(&mut self, text: &[u8]) -> Option<Timestamp> {
        let text: &[u8; 26] = text.try_into().ok()?;
        if text[..17] != self.minute || text[20..] != self.zone {
            self.start = access_minute(text)?;
            self.minute.copy_from_slice(&text[..17]);
            self.zone.copy_from_slice(&text[20..]);
        }
        if text[17] != b':' {
            return None;
        }
        Timestamp::new(self.start + i64::from(access_second(text)?), 0, 0)
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by their size: times from 1973 to 2286, of
/// milliseconds from 1990 on, since twelve digits are more likely a date. Other numbers are no times.
fn epoch(text: &[u8]) -> Option<Timestamp> {
    let Number::Decimal { units, scale } = Number::parse(text)? else {
        return None;
    };
    let whole = units / 10_i128.pow(u32::from(scale));
    let (exponent, unit_digits) = match whole {
        100_000_000..10_000_000_000 => (9_u32, 0),
        631_152_000_000..10_000_000_000_000 => (6, 3),
        100_000_000_000_000..10_000_000_000_000_000 => (3, 6),
        100_000_000_000_000_000..10_000_000_000_000_000_000 => (0, 9),
        _ => return None,
    };
    let nanos = match exponent.checked_sub(u32::from(scale)) {
        Some(more) => units.checked_mul(10_i128.pow(more))?,
        None => units.div_euclid(10_i128.pow(u32::from(scale) - exponent)),
    };
    Timestamp::from_nanos(nanos, (unit_digits + scale).min(9))
}

/// A civil time in a zone; in a gap the later, in a fold the earlier.
pub(super) fn local(
    year: i64,
    month: u32,
    day: u32,
    second: i64,
    nanos: u32,
    zone: &TimeZone,
) -> Option<Timestamp> {
    if *zone == TimeZone::UTC {
        return Timestamp::new(
            day_number(year, i64::from(month), i64::from(day)) * DAY + second,
            nanos,
            0,
        );
    }
    let part = |value: i64| i8::try_from(value).ok();
    let time = DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        part(second / 3600)?,
        part(second / 60 % 60)?,
        part(second % 60)?,
        0,
    );
    let instant = zone.to_ambiguous_timestamp(time.ok()?).compatible().ok()?;
    Timestamp::new(instant.as_second(), nanos, 0)
}

/// `10:05:03` in seconds; a leap second counts as the one before.
fn clock_seconds(text: &[u8]) -> Option<i64> {
    let (hour, minute, second) = (two(text, 0)?, two(text, 3)?, two(text, 6)?);
    let is_clock = text[2] == b':' && text[5] == b':' && hour <= 23 && minute <= 59 && second <= 60;
    is_clock.then(|| i64::from(hour * 3600 + minute * 60 + second.min(59)))
}

/// `.123` in nanoseconds, with its number of digits and what follows. Digits after the ninth are dropped.
pub(super) fn fraction(text: &[u8]) -> Option<(u32, u8, &[u8])> {
    let Some(rest) = text.strip_prefix(b".").or_else(|| text.strip_prefix(b",")) else {
        return Some((0, 0, text));
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let mut nanos = 0;
    for place in 0..9 {
        nanos = nanos * 10
            + rest
                .get(place)
                .filter(|_| place < length)
                .map_or(0, |digit| u32::from(digit - b'0'));
    }
    Some((
        nanos,
        u8::try_from(length.min(9)).unwrap_or(9),
        &rest[length..],
    ))
}

pub(super) fn is_date(year: i64, month: u32, day: u32) -> bool {
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    year >= 1 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str, zone: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        Timestamp::parse(text.as_bytes(), &zone).map(|time| time.to_string())
    }

    #[test]
    fn reads_what_logs_write() {
        for (text, time) in [
            ("17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03Z"),
            ("01/Jan/2016:00:30:00 +0200", "2015-12-31T22:30:00Z"),
            ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
            ("2026-01-31t10:00:00.5z", "2026-01-31T10:00:00.5Z"),
            ("2026-01-31 10:00:00,123 +0100", "2026-01-31T09:00:00.123Z"),
            (
                "2026-01-31T10:00:00.1234567890-03:30",
                "2026-01-31T13:30:00.123456789Z",
            ),
            ("2026-01-31", "2026-01-30T23:00:00Z"),
            ("2026-07-01 12:00:00", "2026-07-01T10:00:00Z"),
            ("2026-07-01T12:00", "2026-07-01T10:00:00Z"),
            // The clocks went from two to three.
            ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
            ("2026-03-29 01:59:59", "2026-03-29T00:59:59Z"),
            ("2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
            // The clocks went from three to two, so that this was twice.
            ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
            ("2026-10-25 01:59:59", "2026-10-24T23:59:59Z"),
            ("2026-10-25 03:00:00", "2026-10-25T02:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("1431857103", "2015-05-17T10:05:03Z"),
            ("1431857103.250", "2015-05-17T10:05:03.250Z"),
            ("1431857103250", "2015-05-17T10:05:03.250Z"),
            ("1431857103250000", "2015-05-17T10:05:03.250000Z"),
            ("1431857103250000000", "2015-05-17T10:05:03.250000000Z"),
            // The first and the last of each unit.
            ("100000000", "1973-03-03T09:46:40Z"),
            ("9999999999", "2286-11-20T17:46:39Z"),
            ("631152000000", "1990-01-01T00:00:00.000Z"),
            ("9999999999999", "2286-11-20T17:46:39.999Z"),
            ("100000000000000", "1973-03-03T09:46:40.000000Z"),
            ("9999999999999999", "2286-11-20T17:46:39.999999Z"),
            ("100000000000000000", "1973-03-03T09:46:40.000000000Z"),
            ("9999999999999999999", "2286-11-20T17:46:39.999999999Z"),
            // ISO 8601's basic format.
            ("20260131", "2026-01-30T23:00:00Z"),
            ("20260131T100000Z", "2026-01-31T10:00:00Z"),
            ("20260131T100000.25+0200", "2026-01-31T08:00:00.25Z"),
            ("20260131T1000", "2026-01-31T09:00:00Z"),
            ("202601311000", "2026-01-31T09:00:00Z"),
            ("20260131100007", "2026-01-31T09:00:07Z"),
            // Zones by name.
            ("2026-03-15 10:00:00 +0530", "2026-03-15T04:30:00Z"),
            ("2026-03-15 10:00:00 UTC", "2026-03-15T10:00:00Z"),
            ("2026-03-15 10:00:00.5 gmt", "2026-03-15T10:00:00.5Z"),
            ("2026-03-15T10:00:00 EST", "2026-03-15T15:00:00Z"),
            ("2026-03-15 10:00:00 PDT", "2026-03-15T17:00:00Z"),
            ("2026-07-01 10:00:00 CEST", "2026-07-01T08:00:00Z"),
            ("2026-07-01 10:00:00 Asia/Kolkata", "2026-07-01T04:30:00Z"),
            (
                "2026-07-01 10:00:00 America/New_York",
                "2026-07-01T14:00:00Z",
            ),
            (
                "2026-01-01 10:00:00 America/New_York",
                "2026-01-01T15:00:00Z",
            ),
            ("2026-01-31T10:00:00-00:30", "2026-01-31T10:30:00Z"),
        ] {
            assert_eq!(
                shown(text, "Europe/Berlin").as_deref(),
                Some(time),
                "{text}"
            );
        }
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-01-31T24:00:00Z",
            "2026-01-31T10:00:00.Z",
            "31/Feb/2015:10:05:03 +0000",
            "17/may/2015:10:05:03 +0000",
            "17/May/2015:10:05:03",
            "2026-01-31T10:00:00+25:00",
            "0000-01-01",
            "soon",
            "1e400",
            "-1",
            "0",
            "99999999",
            "20260230",
            "20261301",
            "18000101",
            "10000000000",
            "20260131T10",
            "20260131T25",
            "20260131T100000X",
            "12345678901234567890",
            "2026-03-15 10:00:00 IST",
            "2026-03-15 10:00:00 Europe/Nowhere",
            "2026-03-15 10:00:00 ",
        ] {
            assert_eq!(shown(text, "UTC"), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_remembered_minute_changes_no_result(times in prop::collection::vec((0_u32..3, 0_u32..60, 0_u32..2), 1..20)) {
            let mut remembered = AccessTimes::default();
            for (minute, second, zone) in times {
                let text = format!("17/May/2015:10:{minute:02}:{second:02} +0{zone}00");
                prop_assert_eq!(remembered.parse(text.as_bytes()), Timestamp::parse(text.as_bytes(), &TimeZone::UTC));
            }
        }

        #[test]
        fn a_remembered_minute_hides_no_damage(place in 0_usize..26, byte in any::<u8>()) {
            let mut remembered = AccessTimes::default();
            let text = b"17/May/2015:10:05:03 +0000";
            prop_assert!(remembered.parse(text).is_some());
            let mut damaged = *text;
            damaged[place] = byte;
            let alone = Timestamp::parse(&damaged, &TimeZone::UTC);
            prop_assert_eq!(remembered.parse(&damaged), alone, "{}", damaged.escape_ascii());
        }

        #[test]
        fn nothing_panics(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Timestamp::parse(&text, &TimeZone::UTC);
            let _ = AccessTimes::default().parse(&text);
        }

        #[test]
        fn mutated_times_do_not_panic(place in 0_usize..35, byte in any::<u8>()) {
            for time in ["2026-01-31T10:00:00.123456789+02:00", "17/May/2015:10:05:03 +0000"] {
                let mut text = time.as_bytes().to_vec();
                if let Some(target) = text.get_mut(place) {
                    *target = byte;
                }
                let _ = Timestamp::parse(&text, &TimeZone::UTC);
            }
        }
    }
}
