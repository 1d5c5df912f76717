//! Where time buckets shorter than a day begin, so that hours are those of the clocks of a zone.

use std::time::Duration;

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;

/// The years in which clock changes are looked up: 2000 to 2039, in seconds since 1970.
const YEARS: std::ops::Range<i64> = 946_684_800..2_208_988_800;

/// How many seconds before a multiple of `width` since the epoch time buckets begin, so that they begin when the clocks of
/// `zone` show a multiple of `width`: half an hour for hours in India. If clock changes are not multiples of `width`, no shift
/// fits the whole year, and the buckets of UTC are used.
pub fn clock_shift(width: Duration, zone: &TimeZone) -> i64 {
    let seconds = i64::try_from(width.as_secs()).unwrap_or(i64::MAX);
    if *zone == TimeZone::UTC || seconds == 0 || width.subsec_nanos() != 0 {
        return 0;
    }
    let mut offsets = offsets(zone).map(|east| east.rem_euclid(seconds));
    let first = offsets.next().unwrap_or(0);
    if offsets.all(|shift| shift == first) {
        first
    } else {
        0
    }
}

/// Whether days of the zone begin where time buckets of this width and shift do.
pub fn begins_days(width: Duration, shift: i64, zone: &TimeZone) -> bool {
    let seconds = i64::try_from(width.as_secs()).unwrap_or(i64::MAX);
    if width.subsec_nanos() != 0 {
        return Duration::from_secs(1)
            .as_nanos()
            .is_multiple_of(width.as_nanos());
    }
    let mut offsets = offsets(zone).map(|east| east.rem_euclid(seconds));
    86_400 % seconds == 0 && offsets.all(|east| east == shift)
}

/// How many seconds the zone is east of UTC: first, and after each change of its clocks.
fn offsets(zone: &TimeZone) -> impl Iterator<Item = i64> {
    let begin = Instant::from_second(YEARS.start).expect("it is within the range");
    let first = zone.to_offset(begin);
    let changes = zone
        .following(begin)
        .take_while(|change| change.timestamp().as_second() < YEARS.end)
        .map(|change| change.offset());
    let offsets: Vec<i64> = std::iter::once(first)
        .chain(changes)
        .map(|offset| i64::from(offset.seconds()))
        .collect();
    offsets.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_begin_where_clocks_show_multiples_of_their_width() {
        const HOUR: u64 = 3_600;
        for (zone, seconds, shift) in [
            ("UTC", HOUR, 0),
            ("Europe/Berlin", HOUR, 0),
            ("Europe/Berlin", HOUR / 4, 0),
            ("Asia/Kolkata", HOUR, 1_800),
            ("Asia/Kolkata", HOUR / 4, 0),
            ("Asia/Kathmandu", HOUR, 2_700),
            ("Asia/Kathmandu", HOUR / 2, 900),
            ("America/St_Johns", HOUR, 1_800),
            ("Australia/Adelaide", HOUR, 1_800),
            ("Asia/Tokyo", 12 * HOUR, 9 * 3_600),
            // Summer time moves the twelve hours.
            ("America/New_York", 12 * HOUR, 0),
            // Summer time of half an hour moves the hours.
            ("Australia/Lord_Howe", HOUR, 0),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let width = Duration::from_secs(seconds);
            assert_eq!(clock_shift(width, &zone), shift, "{zone:?} {seconds}");
        }
        let offset = jiff::tz::Offset::from_seconds(-12_600).unwrap();
        let west = TimeZone::fixed(offset);
        assert_eq!(clock_shift(Duration::from_secs(HOUR), &west), 1_800);
        assert_eq!(clock_shift(Duration::from_millis(1_500), &west), 0);
    }
}
