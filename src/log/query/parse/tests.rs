//! Queries into stages, and their faults.

use super::*;

fn message(text: &str) -> (String, String) {
    let fault = parse(text).unwrap_err();
    (fault.message, fault.hint.unwrap_or_default())
}

#[test]
fn reads_stages() {
    let query = parse("\"GET\" and not /bot/ | where status >= 500 | count, p99(rt) as slow by path, 5m | sort -slow | head 20").unwrap();
    let kinds: Vec<&str> = query
        .stages
        .iter()
        .map(|stage| match &stage.kind {
            StageKind::Filter(_) => "filter",
            StageKind::Where(_) => "where",
            StageKind::Aggregate(items, keys) if items.len() == 2 && keys.len() == 2 => "aggregate",
            StageKind::Sort(orders) if orders[0].descending => "sort",
            StageKind::Head(20) => "head",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["filter", "where", "aggregate", "sort", "head"]);
}

#[test]
fn a_bare_word_alone_is_a_text_to_look_for() {
    assert!(matches!(
        parse("timeout | count").unwrap().stages[0].kind,
        StageKind::Filter(_)
    ));
    assert!(matches!(
        parse("count").unwrap().stages[0].kind,
        StageKind::Aggregate(..)
    ));
}

#[test]
fn guesses_nothing() {
    for (text, wanted, hint) in [
        (
            "cuont",
            "«cuont» is nearly «count»",
            "to look for the text, put it in quotes: \"cuont\"",
        ),
        (
            "count by status | hed",
            "«hed» is nearly «head»",
            "to look for the text, put it in quotes: \"hed\"",
        ),
        (
            "where status = 500",
            "a single = compares nothing",
            "write == to compare, or: let NAME = EXPR",
        ),
        (
            "status >= 500",
            "this is a condition, not an aggregate",
            "write: where status >= 500",
        ),
        (
            "summ(bytes) by path",
            "unknown aggregate «summ»",
            "did you mean sum?",
        ),
        (
            "not found",
            "a filter is made of \"texts\", /regexes/ and networks",
            "put text in quotes: \"found\"; conditions on fields go after: where",
        ),
        ("count by 0s", "a time bucket wants some width", ""),
        ("head", "head wants a number of rows", "such as: head 20"),
        (
            "",
            "a stage expected, but the query ends here",
            "such as: count by status",
        ),
        (
            "count |",
            "a stage expected, but the query ends here",
            "such as: count by status",
        ),
        (
            "error timeout",
            "this is neither a stage nor an aggregate",
            "to look for a text, put it in quotes: \"error\"",
        ),
    ] {
        assert_eq!(
            message(text),
            (wanted.to_owned(), hint.to_owned()),
            "{text}"
        );
    }
}
