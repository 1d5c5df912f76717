//! No query and no log makes jug panic, hang or overflow its stack.

use std::fs;
use std::path::Path;

use jug::format::FORMATS;
use jug::log::plan::Plan;
use proptest::prelude::*;

use crate::fuzz::bodies::{self, engine, engine::try_plan};
use crate::support::{case_queries, deadline};

/// Tokens of queries, valid and invalid.
const TOKENS: &[&str] = &[
    "where",
    "let",
    "sort",
    "top",
    "head",
    "tail",
    "select",
    "by",
    "as",
    "and",
    "or",
    "not",
    "in",
    "contains",
    "count",
    "sum",
    "avg",
    "min",
    "p99",
    "p101",
    "uniq",
    "median",
    "status",
    "bytes",
    "path",
    "time",
    "line",
    "file",
    "a.b[0]",
    "[\"odd name\"]",
    "$1",
    "$NF",
    "$0",
    "(",
    ")",
    "[",
    "]",
    ",",
    "|",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    "=~",
    "!~",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "!",
    "5m",
    "1h",
    "1d",
    "0s",
    "10M",
    "1.50",
    "1e9",
    "1e999",
    "-7",
    "007",
    "\"GET\"",
    "'text'",
    "\"\\n",
    "\"",
    "'",
    "/ab+/",
    "/(/",
    "10.0.0.0/8",
    "::1/128",
    "10.0.0.0/99",
    "lower(",
    "subnet(ip,24)",
    "if(",
    "date(time)",
    "hour_of(time)",
    "bucket(bytes,100)",
    "param(url,\"q\")",
    "true",
    "null",
    "é",
    "\u{202e}",
    "\0",
    "#",
    ";",
    "{",
    "}",
    "\\",
    "@",
    "9223372036854775808",
    "340282366920938463463374607431768211456",
    "\t",
    "\n",
];

/// Whether a text is a query. Whatever is wrong with it lies inside it, between characters.
fn is_query(text: &str) -> bool {
    bodies::query(text.as_bytes());
    try_plan(text).is_some()
}

/// Rows, and how many lines were looked at and were bad.
fn answered(plan: &Plan, file: &Path, from: &str, threads: usize) -> Option<String> {
    engine::answer(plan, file, Some(from), threads, 1 << 10)
}

#[test]
fn mutated_queries_do_not_panic() {
    let _deadline = deadline::for_this_test();
    let queries = case_queries();
    let mut runner = proptest::test_runner::TestRunner::default();
    let strategy = (
        0..queries.len(),
        0..queries.len(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    let checked = runner.run(&strategy, |(one, other, cut, paste)| {
        let (one, other) = (&queries[one], &queries[other]);
        let border = |text: &str, index: &prop::sample::Index| {
            let at = index.index(text.len() + 1);
            (0..=at)
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0)
        };
        let (cut, paste) = (border(one, &cut), border(other, &paste));
        is_query(one);
        is_query(&one[..cut]);
        is_query(&one[cut..]);
        is_query(&format!("{}{}", &one[..cut], &other[paste..]));
        is_query(&format!("{}|{}", one, &other[..paste]));
        Ok(())
    });
    checked.expect("no query panics");
}

proptest! {
    #[test]
    fn any_text_is_a_query_or_an_error(text in any::<String>()) {
        let _deadline = deadline::for_this_test();
        is_query(&text);
    }

    #[test]
    fn any_tokens_are_a_query_or_an_error(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..12), glue in prop::sample::select(&["", " "][..])) {
        let _deadline = deadline::for_this_test();
        is_query(&tokens.join(glue));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_give_one_answer(
        format in 0..FORMATS.len(),
        noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let _deadline = deadline::for_this_test();
        let format = FORMATS[format];
        // Lines as they should be first, so that the format is accepted; behind them the same again, damaged.
        let example = format.example.as_bytes();
        let mut damaged = example.repeat(3);
        for (at, byte) in &noise {
            let at = at.index(damaged.len());
            damaged[at] = *byte;
        }
        damaged.truncate(cut.index(damaged.len() + 1));
        let text = [&example.repeat(20), damaged.as_slice()].concat();
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("log");
        fs::write(&file, &text).expect("a file");
        for query in ["count, uniq(line), min($1), max($NF) by $2", "where line contains \"1\" | select $1, line", "let x = len(line) * 1.5 | sum(x), p50(x) by x > 100"] {
            let plan = engine::planned(query);
            let (one, three) = (answered(&plan, &file, format.name, 1), answered(&plan, &file, format.name, 3));
            prop_assert_eq!(one, three);
        }
    }
}

#[test]
fn deep_and_long_queries_do_not_overflow_the_stack() {
    let _deadline = deadline::for_this_test();
    for query in [
        format!("where {}1{}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("{}\"a\"{}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("where {}status", "not ".repeat(50_000)),
        format!("{}\"a\"", "not ".repeat(50_000)),
        format!("where {}1", "-".repeat(50_000)),
        format!("where 1{}", "+1".repeat(50_000)),
        format!("count{}", "/count".repeat(50_000)),
        format!("where {}", "lower(".repeat(50_000)),
        format!("where a{}", "[0]".repeat(50_000)),
        format!("where a{}", ".b".repeat(50_000)),
        format!("count{}", "|head 1".repeat(20_000)),
    ] {
        is_query(&query);
    }
    // What scripts write is answered, however long it is.
    for joint in [" or ", " and "] {
        let conditions = vec!["status == 200"; 20_000].join(joint);
        assert!(is_query(&format!("where {conditions} | count")));
        let texts = vec!["\"200\""; 20_000].join(joint);
        assert!(is_query(&format!("{texts} | count")));
    }
}

#[test]
fn deep_json_does_not_overflow_the_stack() {
    let _deadline = deadline::for_this_test();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("deep.ndjson");
    let deep = 200_000;
    let text = [
        "{\"a\":1}\n".repeat(50),
        format!("{{\"a\":{}1{}}}\n", "[".repeat(deep), "]".repeat(deep)),
        format!("{{\"a\":{}\n", "{\"a\":".repeat(deep)),
        "[".repeat(deep),
    ]
    .concat();
    fs::write(&file, text).expect("a file");
    let plan = engine::planned("count, uniq(a) by a.b[0]");
    assert!(answered(&plan, &file, "json", 2).is_some());
}
