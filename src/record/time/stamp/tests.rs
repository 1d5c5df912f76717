//! Times in every layout against what date(1) says, and against jiff.

use proptest::prelude::*;

use super::*;

fn reference() -> Timestamp {
    Timestamp::parse(b"2026-03-20T09:46:40Z", &TimeZone::UTC).unwrap()
}

/// The time that a text begins with, and its length, by the likeliest layout.
fn read(text: &str, zone: &str) -> Option<(String, usize)> {
    let (layout, _) = StampLayout::all(text.as_bytes()).next()?;
    let zone = TimeZone::get(zone).unwrap();
    let mut stamps = Stamps::new(layout, &zone, Years::Until(reference()));
    let (time, length) = stamps.read(text.as_bytes())?;
    Some((time.to_string(), length))
}

#[test]
fn reads_what_programs_write() {
    // Expected: date -u -d, with TZ=Europe/Berlin where the text names no zone.
    for (text, time, rest) in [
        (
            "2026-03-15 10:00:00,123 INFO",
            "2026-03-15T09:00:00.123Z",
            " INFO",
        ),
        ("2026-03-15T10:00:00Z x", "2026-03-15T10:00:00Z", " x"),
        ("2026-03-15 10:00:00 +0530 x", "2026-03-15T04:30:00Z", " x"),
        (
            "2026-03-15 10:00:00.5 UTC [7]",
            "2026-03-15T10:00:00.5Z",
            " [7]",
        ),
        ("2026-03-15 10:00:00 CEST", "2026-03-15T08:00:00Z", ""),
        ("2026-03-15 10:00:00 WARN", "2026-03-15T09:00:00Z", " WARN"),
        (
            "2026-03-15-10.00.00.250000 a",
            "2026-03-15T09:00:00.250000Z",
            " a",
        ),
        ("2026/03/15 10:00:00 a", "2026-03-15T09:00:00Z", " a"),
        ("2026.03.15 10:00:00 a", "2026-03-15T09:00:00Z", " a"),
        ("20260315T100000Z a", "2026-03-15T10:00:00Z", " a"),
        ("20260315 10:00:00.25 a", "2026-03-15T09:00:00.25Z", " a"),
        ("20260315-9:5:3:44|a", "2026-03-15T08:05:03.044Z", "|a"),
        ("26/03/15 10:00:00 INFO", "2026-03-15T09:00:00Z", " INFO"),
        ("99/12/31 10:00:00 INFO", "1999-12-31T09:00:00Z", " INFO"),
        (
            "260315 100000 148 INFO",
            "2026-03-15T09:00:00Z",
            " 148 INFO",
        ),
        (
            "260315  9:00:00 1 Query",
            "2026-03-15T08:00:00Z",
            " 1 Query",
        ),
        ("15/Mar/2026:10:00:00 +0200 x", "2026-03-15T08:00:00Z", " x"),
        (
            "15-Mar-2026 10:00:00 UTC] PHP",
            "2026-03-15T10:00:00Z",
            "] PHP",
        ),
        (
            "15 Mar 2026 10:00:00.123 * x",
            "2026-03-15T09:00:00.123Z",
            " * x",
        ),
        ("Sun, 15 Mar 2026 10:00:00 GMT", "2026-03-15T10:00:00Z", ""),
        (
            "Sun Mar 15 10:00:00.123456 2026] [a]",
            "2026-03-15T09:00:00.123456Z",
            "] [a]",
        ),
        (
            "Sun Mar 15 10:00:00 UTC 2026 x",
            "2026-03-15T10:00:00Z",
            " x",
        ),
        ("Mar 15 10:00:00 host a", "2026-03-15T09:00:00Z", " host a"),
        ("Mar  5 10:00:00 host a", "2026-03-05T09:00:00Z", " host a"),
        (
            "Mar 21 09:00:00 at most a day after",
            "2026-03-21T08:00:00Z",
            " at most a day after",
        ),
        (
            "Dec 31 10:00:00 last year",
            "2025-12-31T09:00:00Z",
            " last year",
        ),
        (
            "Feb 29 10:00:00 last leap year",
            "2024-02-29T09:00:00Z",
            " last leap year",
        ),
        ("Mar 15 2026 10:00:00 a", "2026-03-15T09:00:00Z", " a"),
        ("03/15/2026 10:00:00 a", "2026-03-15T09:00:00Z", " a"),
        ("03/15/2026 12:05:00 AM a", "2026-03-14T23:05:00Z", " a"),
        ("03/15/2026 1:05:00 PM a", "2026-03-15T12:05:00Z", " a"),
        ("15/03/2026 10:00:00 a", "2026-03-15T09:00:00Z", " a"),
        ("15.03.2026 10:00:00 a", "2026-03-15T09:00:00Z", " a"),
        (
            "03-15 10:00:00.811  1702",
            "2026-03-15T09:00:00.811Z",
            "  1702",
        ),
        ("03.15 10:00:00] a", "2026-03-15T09:00:00Z", "] a"),
        (
            "0315 10:00:00.123456   12 a.go:1]",
            "2026-03-15T09:00:00.123456Z",
            "   12 a.go:1]",
        ),
        ("1773568800 a", "2026-03-15T10:00:00Z", " a"),
        ("1773568800.25 a", "2026-03-15T10:00:00.25Z", " a"),
        ("1773568800250 a", "2026-03-15T10:00:00.250Z", " a"),
        ("2026-03-15T10:00:60Z", "2026-03-15T10:00:59Z", ""),
    ] {
        let expected = Some((time.to_owned(), text.len() - rest.len()));
        assert_eq!(read(text, "Europe/Berlin"), expected, "{text}");
    }
}

#[test]
fn what_is_no_time_is_not_read() {
    for text in [
        "",
        "x",
        "Marble",
        "2026-02-30 10:00:00",
        "2026-03-15 24:00:00",
        "2026-03-15",
        "2026-03-15 10:00:00x",
        "03/32/2026 10:00:00",
        "13/13/2026 10:00:00",
        "03/15/2026 13:05:00PM",
        "03/15/2026 0:05:00 PM",
        "12345 a",
        "999999999 a",
        "17735688001 a",
        "Mar 32 10:00:00",
        "Mai 15 10:00:00",
        "Son Mar 15 10:00:00 2026",
    ] {
        assert_eq!(read(text, "UTC"), None, "{text}");
    }
}

#[test]
fn a_known_year_is_that_of_all_times_without_one() {
    let layout = StampLayout::all(b"Dec 31 10:00:00").next().unwrap().0;
    assert!(layout.lacks_year());
    let mut stamps = Stamps::new(layout, &TimeZone::UTC, Years::Known(2015));
    let mut year_of = |text: &str| {
        stamps
            .read(text.as_bytes())
            .map(|(time, _)| time.to_string())
    };
    assert_eq!(
        year_of("Dec 31 10:00:00").as_deref(),
        Some("2015-12-31T10:00:00Z")
    );
    assert_eq!(year_of("Feb 29 10:00:00"), None);
}

#[test]
fn every_layout_has_a_time_that_it_is_the_likeliest_for() {
    let texts = include_str!("tests.rs");
    for pattern in LAYOUTS {
        let mut examples = texts.lines().filter_map(|line| {
            let line = line.trim();
            line.strip_prefix('(').unwrap_or(line).strip_prefix('"')
        });
        let found = examples.any(|text| {
            let first = StampLayout::all(text.as_bytes()).next();
            first.is_some_and(|(layout, _)| layout.0 == pattern)
        });
        assert!(found, "{pattern}");
    }
}

proptest! {
    #[test]
    fn a_remembered_minute_changes_no_result(times in prop::collection::vec((1_u32..3, 1_u32..3, 0_u32..2, 0_u32..2, 0_u32..60), 1..20)) {
        let layout = StampLayout::all(b"Mar 15 10:00:00").next().unwrap().0;
        let new = || Stamps::new(layout, &TimeZone::UTC, Years::Until(reference()));
        let mut remembered = new();
        for (month, day, hour, minute, second) in times {
            let month = ["Jan", "Feb", "Mar"][month as usize];
            let text = format!("{month} {day:2} 0{hour}:0{minute}:{second:02}");
            prop_assert_eq!(remembered.read(text.as_bytes()), new().read(text.as_bytes()));
        }
    }

    #[test]
    fn dates_match_those_of_jiff(seconds in 0_i64..3_155_760_000) {
        let time = jiff::Timestamp::from_second(seconds).unwrap();
        for format in ["%Y-%m-%d %H:%M:%S", "%y/%m/%d %H:%M:%S", "%a %b %d %H:%M:%S %Y", "%d/%m/%Y %H:%M:%S", "%b %e %Y %H:%M:%S"] {
            let text = time.strftime(format).to_string();
            let read = StampLayout::all(text.as_bytes()).any(|(layout, length)| {
                let mut stamps = Stamps::new(layout, &TimeZone::UTC, Years::Until(reference()));
                stamps.read(text.as_bytes()) == Timestamp::new(seconds, 0, 0).map(|time| (time, length))
            });
            prop_assert!(read, "{}", text);
        }
    }

    #[test]
    fn nothing_panics(text in prop::collection::vec(any::<u8>(), 0..40), place in 0_usize..30, byte in any::<u8>()) {
        let _ = StampLayout::all(&text).count();
        for time in ["2026-03-15 10:00:00.123456789 +02:00", "Sun Mar 15 10:00:00.5 2026", "03/15/2026 1:05:00 PM", "1773568800.25"] {
            let mut text = time.as_bytes().to_vec();
            if let Some(target) = text.get_mut(place) {
                *target = byte;
            }
            for (layout, _) in StampLayout::all(&text) {
                let _ = Stamps::new(layout, &TimeZone::UTC, Years::Known(2026)).read(&text);
            }
        }
    }
}
