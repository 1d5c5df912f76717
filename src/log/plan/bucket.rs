//! Time buckets: intervals of equal length that times are rounded down to.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::record::Timestamp;
use crate::record::time::clock_shift;

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
    pub(super) fn width(self) -> Duration {
        match self {
            Bucket::Fixed(width, _) => width,
            Bucket::Days(days) => Duration::from_secs(86_400) * days,
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
