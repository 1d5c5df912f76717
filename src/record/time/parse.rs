//! Text to instants, without a library: two digits at a time, every field checked.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{DAY, Timestamp, day_number};
use crate::record::Number;

/// A time in any of the accepted forms.
pub(super) fn moment(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    match text {
        [_, _, b'/', ..] => access(text),
        [_, _, _, _, b'-', ..] => rfc3339(text, zone),
        _ => epoch(text),
    }
}

/// `2026-01-31T10:00:00.123Z`: `T`, `t` or a blank; `Z`, `+02:00`, `+0200`, `+02` or no zone; also the date alone.
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
    let days = day_number(year, i64::from(month), i64::from(day));
    if rest.is_empty() {
        let local = local(year, month, day, second, nanos, zone)?;
        return Timestamp::new(local.seconds, nanos, digits);
    }
    Timestamp::new(
        days * DAY + second - offset(rest.strip_prefix(b" ").unwrap_or(rest))?,
        nanos,
        digits,
    )
}

/// `17/May/2015:10:05:03 +0000`
fn access(text: &[u8]) -> Option<Timestamp> {
    if text.len() != 26 {
        return None;
    }
    Timestamp::new(access_minute(text)? + i64::from(access_second(text)?), 0, 0)
}

/// The instant at which the minute of an access log's time began.
fn access_minute(text: &[u8]) -> Option<i64> {
    const MONTHS: [&[u8; 3]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let day = two(text, 0)?;
    let month = u32::try_from(MONTHS.iter().position(|month| text[3..6] == month[..])?).ok()? + 1;
    let year = i64::from(two(text, 7)?) * 100 + i64::from(two(text, 9)?);
    let (hour, minute) = (two(text, 12)?, two(text, 15)?);
    let separators = [text[2], text[6], text[11], text[14], text[17], text[20]];
    if separators != *b"//::: " || !is_date(year, month, day) || hour > 23 || minute > 59 {
        return None;
    }
    let days = day_number(year, i64::from(month), i64::from(day));
    Some(days * DAY + i64::from(hour) * 3600 + i64::from(minute) * 60 - offset(&text[21..])?)
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

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by their size: below 10^11 seconds (the year
/// 5138), below 10^14 milliseconds, below 10^17 microseconds.
fn epoch(text: &[u8]) -> Option<Timestamp> {
    let Number::Decimal { units, scale } = Number::parse(text)? else {
        return None;
    };
    let whole = (units / 10_i128.pow(u32::from(scale))).unsigned_abs();
    let (exponent, unit_digits) = match whole {
        0..100_000_000_000 => (9_u32, 0),
        100_000_000_000..100_000_000_000_000 => (6, 3),
        100_000_000_000_000..100_000_000_000_000_000 => (3, 6),
        _ => (0, 9),
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
fn fraction(text: &[u8]) -> Option<(u32, u8, &[u8])> {
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

/// `Z`, `+02:00`, `-0330` or `+02` in seconds east of UTC.
pub(super) fn offset(text: &[u8]) -> Option<i64> {
    let (hours, minutes) = match text {
        b"Z" | b"z" => return Some(0),
        [b'+' | b'-', _, _] => (two(text, 1)?, 0),
        [b'+' | b'-', _, _, _, _] => (two(text, 1)?, two(text, 3)?),
        [b'+' | b'-', _, _, b':', _, _] => (two(text, 1)?, two(text, 4)?),
        _ => return None,
    };
    let seconds = i64::from(hours * 3600 + minutes * 60);
    (hours <= 23 && minutes <= 59).then_some(if text[0] == b'-' { -seconds } else { seconds })
}

/// Two digits as a number.
pub(super) fn two(text: &[u8], at: usize) -> Option<u32> {
    let (tens, ones) = (
        text.get(at)?.wrapping_sub(b'0'),
        text.get(at + 1)?.wrapping_sub(b'0'),
    );
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
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
            ("-1", "1969-12-31T23:59:59Z"),
            // The last of each unit.
            ("99999999999", "5138-11-16T09:46:39Z"),
            ("99999999999999", "5138-11-16T09:46:39.999Z"),
            ("99999999999999999", "5138-11-16T09:46:39.999999Z"),
            ("100000000000000000", "1973-03-03T09:46:40.000000000Z"),
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
