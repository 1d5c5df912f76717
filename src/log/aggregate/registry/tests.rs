//! The names of aggregates, and what their specs say of them.

use super::*;
use crate::log::aggregate::spec::Pattern;

#[test]
fn names_are_sorted_and_summaries_well_worded() {
    // The pattern 'p' sorts between min and sum.
    assert!(
        AGGREGATES
            .windows(2)
            .all(|pair| pair[0].name < pair[1].name)
    );
    for spec in AGGREGATES {
        assert!(
            spec.name.bytes().all(|byte| byte.is_ascii_lowercase()),
            "{}",
            spec.name
        );
        assert!(
            spec.summary.starts_with(char::is_uppercase)
                && !spec.summary.ends_with('.')
                && !spec.summary.contains('\n'),
            "{}",
            spec.name
        );
        assert!(spec.required <= spec.takes.len(), "{}", spec.name);
    }
    for name in names() {
        assert!(find(name).is_some(), "{name}");
    }
    for wrong in [
        "p",
        "p101",
        "p100.1",
        "p99.",
        "p.5",
        "P99",
        "p99.99999",
        "p0000",
        "p9x",
        "p9.x",
        "Count",
        "countt",
    ] {
        assert!(find(wrong).is_none(), "{wrong}");
    }
    for (name, share) in [
        ("p0", [0, 100]),
        ("p100", [100, 100]),
        ("p99.9", [999, 1_000]),
        ("p99.9999", [999_999, 1_000_000]),
        ("p05", [5, 100]),
        ("p100.0", [1_000, 1_000]),
    ] {
        assert_eq!(
            find(name).map(|found| found.1),
            Some(Parameters(share)),
            "{name}"
        );
    }
}

#[test]
fn capabilities_decide_which_columns_are_amounts_and_which_names_are_reserved() {
    let rate = Spec {
        name: "rate",
        pattern: None,
        takes: &[],
        required: 0,
        is_amount: true,
        ..spec_of("sum")
    };
    assert!(!rate.needs_argument());
    for (column, is_amount) in [("rate", true), ("rate_2", true), ("rate_limit", false)] {
        assert_eq!(rate.names_amount(column), is_amount, "{column}");
    }
    for (column, is_amount) in [
        ("count", true),
        ("count_2", true),
        ("count_status_500", true),
        ("sum_bytes", true),
        ("p99_rt", true),
        ("p99_9_rt", true),
        ("max_bytes", true),
        ("p", false),
        ("counted", false),
        ("first_name", false),
        ("last_seen", false),
        ("list", false),
        ("", false),
    ] {
        assert_eq!(names_amount(column), is_amount, "{column}");
    }
    for word in ["count", "max", "median", "p50", "p99.9"] {
        assert!(find_bare(word).is_some(), "{word}");
    }
    assert!(find_bare("first").is_none());
    // Names that came later are words in queries that people have.
    let later = ["first", "last", "list", "rate", "stddev"];
    assert!(names().all(|name| later.contains(&name) != reserved_names().any(|word| word == name)));
    let pattern = spec_of("p").pattern;
    assert!(matches!(
        pattern,
        Some(Pattern {
            label: "p0 to p100",
            ..
        })
    ));
}

/// A copy of an entry.
fn spec_of(name: &str) -> Spec {
    let spec = AGGREGATES.iter().find(|spec| spec.name == name);
    let spec = spec.expect("it is in the list");
    Spec {
        pattern: spec.pattern.as_ref().map(|pattern| Pattern { ..*pattern }),
        ..**spec
    }
}
