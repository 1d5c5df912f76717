//! Moments as users type them: `2026-01-01`, `2h`, `-2h`, `yesterday`, `@1767225600`.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::duration;
use crate::record::Timestamp;

/// What "now" and "here" mean. Read once a run, so that every line is judged by the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The moment the run began.
    pub now: Timestamp,
    /// The zone of `yesterday`, of day buckets, and of times that name none.
    pub zone: TimeZone,
}

impl Clock {
    /// The moment that `text` names: RFC 3339, a date (its first instant), `now`, `today`, `yesterday`, a time ago, or
    /// `@` and seconds since 1970.
    pub fn moment(&self, text: &str) -> Option<Timestamp> {
        let day = |back: i64| {
            let today = self.now.floor_to_days(1, &self.zone);
            (0..back).fold(today, |day, _| {
                day.minus(Duration::from_secs(1))
                    .floor_to_days(1, &self.zone)
            })
        };
        match text {
            "now" => Some(self.now),
            "today" => Some(day(0)),
            "yesterday" => Some(day(1)),
            _ if text.starts_with('@') => Timestamp::new(text[1..].parse().ok()?, 0, 0),
            _ => match duration::parse(text.strip_prefix('-').unwrap_or(text)) {
                Some(ago) => Some(self.now.minus(ago)),
                None => Timestamp::parse(text.as_bytes(), &self.zone),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_several_spellings() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = Timestamp::parse(b"2026-03-29T12:00:00Z", &zone).unwrap();
        let clock = Clock { now, zone };
        let cases = [
            ("2026-01-01", "2025-12-31T23:00:00Z"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            ("2h", "2026-03-29T10:00:00Z"),
            ("-90s", "2026-03-29T11:58:30Z"),
            ("1d12h", "2026-03-28T00:00:00Z"),
            // The clocks went forward that night: today began at 23:00 UTC, and was 23 hours long.
            ("today", "2026-03-28T23:00:00Z"),
            ("yesterday", "2026-03-27T23:00:00Z"),
            ("now", "2026-03-29T12:00:00Z"),
            ("20260101", "2025-12-31T23:00:00Z"),
            ("@1767225600", "2026-01-01T00:00:00Z"),
            ("@0", "1970-01-01T00:00:00Z"),
            ("@-1", "1969-12-31T23:59:59Z"),
        ];
        for (text, moment) in cases {
            assert_eq!(clock.moment(text).unwrap().to_string(), moment, "{text}");
        }
        // Half an hour after a day of 23 hours, 24 hours ago is two days ago.
        let now = Timestamp::parse(b"2026-03-29T22:30:00Z", &TimeZone::UTC).unwrap();
        let zone = clock.zone.clone();
        let yesterday = Clock { now, zone }.moment("yesterday").unwrap();
        assert_eq!(yesterday.to_string(), "2026-03-28T23:00:00Z");
        assert_eq!(
            clock.moment("tomorrowish").map(|moment| moment.to_string()),
            None
        );
    }
}
