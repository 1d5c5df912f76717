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
            "to search for the text, put it in quotes: \"error timeout\"",
        ),
    ] {
        assert_eq!(
            message(text),
            (wanted.to_owned(), hint.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn hints_work_when_they_are_followed() {
    for (typed, written) in [
        ("count by status | sort count desc", "sort -count"),
        ("count by status | sort count asc", "sort count"),
        ("count by status order by count", "sort -count"),
        ("count by status limit 5", "head 10"),
        ("count by status having count > 1", "where count > 10"),
        ("count distinct ip", "uniq(ip)"),
        ("count(distinct ip)", "uniq(ip)"),
        ("uniq ip", "uniq(ip)"),
        ("avg bytes by status", "avg(bytes)"),
        ("select distinct ip", "count by ip"),
        ("distinct ip", "count by ip"),
        ("top 5 count by ip", "count by ip | head 5"),
        ("stats count by status", "count by status"),
        ("status by path", "count by path"),
        ("limit 10", "head 10"),
        ("filter status == 200", "where status == 200"),
        ("project ip, status", "select ip, status"),
        ("(GET or POST)", "\"GET\" or \"POST\""),
        (
            "GET and not (POST or PUT)",
            "\"GET\" and not (\"POST\" or \"PUT\")",
        ),
        ("status == 200", "where status == 200"),
        ("GET POST", "\"GET POST\""),
        ("\"level\":\"a\"", "where level == \"TEXT\""),
        (
            "where status between 200 and 300",
            "status >= 200 and status <= 300",
        ),
        ("where url startswith \"/a\"", "url =~ /^TEXT/"),
        ("where url matches \"a\"", "url =~ /REGEX/"),
        ("where url == /a/", "FIELD =~ /a/"),
        ("where status in [200,404]", "(200, 404)"),
        ("where bytes > 1,000", "1000"),
        ("mean(bytes)", "avg"),
        ("quantile(bytes, 0.9)", "p99"),
    ] {
        let (_, hint) = message(typed);
        assert!(hint.contains(written), "{typed}: {hint}");
        // What can stand alone is a query; the rest is a part of one.
        let query = match written {
            "avg" | "p99" => format!("{written}(bytes)"),
            "(200, 404)" => format!("where status in {written}"),
            "1000" => format!("where bytes > {written}"),
            _ if written.contains("=~") || written.contains(">= 200") => format!("where {written}"),
            _ => written.to_owned(),
        };
        assert!(parse(&query).is_ok(), "{typed}: {query}");
    }
}

#[test]
fn a_regex_may_ignore_case() {
    for text in [
        "/error/i",
        "/error/i | count",
        "(/a/i or /b/)",
        "where line =~ /x/i and a == 1",
    ] {
        assert!(parse(text).is_ok(), "{text}");
    }
    let query = parse("/a/i").unwrap();
    let StageKind::Filter(filter) = &query.stages[0].kind else {
        panic!("a filter");
    };
    assert!(filter.passes(b"xAx") && !filter.passes(b"b"));
}
