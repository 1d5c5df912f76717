//! Queries into stages, and their errors.

use super::*;
use crate::log::query::StageKind;

fn message(text: &str) -> (String, String) {
    let error = parse(text).unwrap_err();
    (error.message, error.hint.unwrap_or_default())
}

#[test]
fn every_stage_is_parsed() {
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
fn a_bare_word_alone_is_a_text_to_search_for() {
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
fn nearly_right_queries_are_rejected_with_a_hint() {
    for (text, wanted, hint) in [
        (
            "cuont",
            "'cuont' is close to 'count'",
            "to search for the text, put it in quotes: \"cuont\"",
        ),
        (
            "count by status | hed",
            "'hed' is close to 'head'",
            "to search for the text, put it in quotes: \"hed\"",
        ),
        (
            "where status = 500",
            "a single = does not compare",
            "use == to compare, or: let NAME = EXPR",
        ),
        (
            "status >= 500",
            "expected an aggregate, found a condition",
            "write: where status >= 500",
        ),
        (
            "summ(bytes) by path",
            "unknown aggregate 'summ'",
            "did you mean sum?",
        ),
        (
            "not found",
            "expected a \"text\", a /regex/ or a network",
            "put text in quotes: \"found\"; conditions on fields need: where",
        ),
        ("count by 0s", "a time bucket must be longer than zero", ""),
        (
            "head",
            "head needs a number of rows",
            "for example: head 20",
        ),
        (
            "",
            "expected a stage, but the query ends here",
            "for example: count by status",
        ),
        (
            "count |",
            "expected a stage, but the query ends here",
            "for example: count by status",
        ),
        (
            "error timeout",
            "unknown stage or aggregate",
            "to search for the text, put it in quotes: \"error\"",
        ),
    ] {
        assert_eq!(
            message(text),
            (wanted.to_owned(), hint.to_owned()),
            "{text}"
        );
    }
}
