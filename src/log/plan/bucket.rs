//! Time buckets: intervals of equal length that times are rounded down to.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::record::Timestamp;
use crate::record::time::{begins_days, clock_shift};

/// The width of time buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// A fixed length, counted from the epoch in UTC less these seconds, so that the zone's clocks show a multiple.
    Fixed(Duration, i64),
    /// Days of the zone, counted from the epoch's.
    Days(u32),
}

impl Bucket {
    /// Buckets of this width.
    pub(super) fn of(width: Duration, zone: &TimeZone) -> Bucket {
        const DAY: u64 = 86_400;
        let days = width.as_secs() / DAY;
        if width.subsec_nanos() == 0 && days > 0 && width.as_secs().is_multiple_of(DAY) {
            Bucket::Days(u32::try_from(days).unwrap_or(u32::MAX))
        } else {
            Bucket::Fixed(width, clock_shift(width, zone))
        }
    }

    /// The width; that of days is 24 hours each.
    pub fn width(self) -> Duration {
        match self {
            Bucket::Fixed(width, _) => width,
            Bucket::Days(days) => Duration::from_secs(86_400) * days,
        }
    }

    /// Whether each of these buckets lies within one bucket of a multiple of their width.
    pub fn joins_into(self, width: Duration, zone: &TimeZone) -> bool {
        match (self, Bucket::of(width, zone)) {
            // Groups of several days are counted from one Monday for all widths.
            (Bucket::Days(days), Bucket::Days(more)) => more.is_multiple_of(days),
            (Bucket::Fixed(width, shift), Bucket::Days(_)) => begins_days(width, shift, zone),
            (Bucket::Fixed(width, shift), Bucket::Fixed(_, other)) => {
                let apart = Duration::from_secs(shift.abs_diff(other));
                apart.as_nanos().is_multiple_of(width.as_nanos().max(1))
            }
            (Bucket::Days(_), Bucket::Fixed(..)) => false,
        }
    }

    /// The beginning of the bucket of a time.
    pub fn start(self, time: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Bucket::Fixed(width, shift) => time.floor_to(width, shift),
            Bucket::Days(days) => time.floor_to_days(days, zone),
        }
    }

    /// The beginning of the bucket after the one that begins at `start`.
    pub fn following(self, start: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Bucket::Fixed(width, _) => start.plus(width),
            Bucket::Days(days) => start.plus_days(days, zone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_join_into_longer_ones_that_begin_when_they_do() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        for (zone, short, long, joins) in [
            ("UTC", 60, 1_440, true),
            ("UTC", 5, 60, true),
            ("UTC", 7, 1_440, false),
            ("Europe/Berlin", 60, 1_440, true),
            ("Europe/Berlin", 180, 1_440, false),
            ("Asia/Kolkata", 60, 1_440, true),
            ("Asia/Kolkata", 30, 60, true),
            ("Asia/Kathmandu", 30, 60, true),
            ("Australia/Lord_Howe", 60, 1_440, false),
            ("Europe/Berlin", 1_440, 10_080, true),
            ("Europe/Berlin", 2 * 1_440, 10_080, false),
            ("UTC", 1_440, 60, false),
        ] {
            let zone = TimeZone::get(zone).expect("a zone");
            let bucket = Bucket::of(minutes(short), &zone);
            assert_eq!(
                bucket.joins_into(minutes(long), &zone),
                joins,
                "{zone:?} {short} {long}"
            );
            if !joins {
                continue;
            }
            // Through a year with changes of the clocks, half a bucket at a time.
            let longer = Bucket::of(minutes(long), &zone);
            let begin = Timestamp::new(1_767_225_600, 0, 0).expect("a time");
            for step in 0..200_000 / short {
                let time = begin
                    .plus(minutes(short * 3 * step + step % short))
                    .expect("a time");
                let start = bucket.start(time, &zone);
                assert_eq!(
                    longer.start(start, &zone),
                    longer.start(time, &zone),
                    "{time}"
                );
            }
        }
    }
}
