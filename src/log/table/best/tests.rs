//! The best rows against all rows, sorted.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::expr::Clock;
use crate::log::plan::plan;
use crate::log::query::parse;
use crate::log::table::finish;
use crate::record::Timestamp;
use jiff::tz::TimeZone;

fn planned(query: &str) -> Plan {
    let clock = Clock {
        now: Timestamp::new(0, 0, 0).unwrap(),
        zone: TimeZone::UTC,
    };
    plan(&parse(query).unwrap(), query, &clock).unwrap()
}

/// A line's values: its text, its file, then the fields.
fn values(number: usize, fields: [&str; 2]) -> Vec<Value<'static>> {
    let value = |text: &str| {
        let bytes = Cow::Owned(text.as_bytes().to_vec());
        match Number::parse(text.as_bytes()) {
            _ if text.is_empty() => Value::Missing,
            Some(_) => Value::Digits(bytes),
            None => Value::Text(bytes),
        }
    };
    let text = format!("line {}", number % 3).into_bytes();
    vec![
        Value::Text(Cow::Owned(text)),
        Value::Missing,
        value(fields[0]),
        value(fields[1]),
    ]
}

fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let field = || {
        prop_oneof![
            "-?[0-9]{1,2}",
            "[0-9]\\.[0-9]{0,2}0?",
            "[ab]?",
            Just(String::new())
        ]
    };
    prop::collection::vec((field(), field()), 0..300)
}

fn shown(rows: &[Vec<Cell>]) -> String {
    format!("{rows:?}")
}

proptest! {
    #[test]
    fn every_worker_keeps_what_the_answer_needs(fields in fields(), wanted in 1_usize..30, workers in 1_usize..4, by in 0_usize..6) {
        let by = ["top {} a", "sort -a, b | head {}", "sort a, -b | head {}", "sort a | tail {}", "sort -b, a | tail {}", "sort b | head {} | select a"][by];
        let plan = planned(&by.replace("{}", &wanted.to_string()));
        let Output::Rows(programs) = &plan.output else { panic!("rows") };
        let lines: Vec<Vec<Value<'_>>> = fields.iter().enumerate().map(|(number, (a, b))| values(number, [a, b])).collect();
        let row = |line: &Vec<Value<'static>>| -> Vec<Cell> {
            programs.iter().map(|program| Cell::exact(program.eval(line).unwrap().into_owned().into_static())).collect()
        };
        let all: Vec<Vec<Cell>> = lines.iter().map(row).collect();
        let mut best: Vec<Best> = (0..workers).map(|_| Best::of(&plan).unwrap()).collect();
        let kept: Vec<Vec<Cell>> = lines.iter().enumerate().filter_map(|(number, line)| best[number % workers].offer(line)).collect();
        let warn = |_: &str| panic!("nothing to report");
        prop_assert_eq!(shown(&finish(&plan, kept, usize::MAX, &warn).unwrap().into_table()), shown(&finish(&plan, all, usize::MAX, &warn).unwrap().into_table()));
        for best in best {
            prop_assert!(best.rows.len() < 2 * wanted.max(ROOM));
        }
    }
}

#[test]
fn worse_rows_are_not_materialised() {
    let plan = planned("top 3 a");
    let mut best = Best::of(&plan).unwrap();
    let made = (0..10_000)
        .rev()
        .filter(|number| best.offer(&values(0, [&number.to_string(), ""])).is_some())
        .count();
    assert_eq!(made, 2 * ROOM);
}

#[test]
fn rows_that_tie_with_the_worst_are_compared_by_their_other_columns() {
    for query in ["sort a | head 1", "sort -a | head 1"] {
        let plan = planned(query);
        let mut best = Best::of(&plan).unwrap();
        for _ in 0..2 * ROOM {
            best.offer(&values(1, ["5", ""]));
        }
        assert!(best.offer(&values(2, ["5", ""])).is_none(), "{query}");
        assert!(best.offer(&values(0, ["5", ""])).is_some(), "{query}");
        assert!(best.offer(&values(1, ["5", ""])).is_none(), "{query}");
    }
}

#[test]
fn only_sorted_and_cut_fields_are_kept_so() {
    for (query, is_best) in [
        ("top 3 a", true),
        ("select a, b | sort a | head 3", true),
        ("sort -a | tail 10000", true),
        ("top 10001 a", false),
        ("top 0 a", false),
        ("head 3", false),
        ("sort a", false),
        ("top 3 a + 1", false),
        ("select a + 1 as c | top 3 c", false),
        ("count by a | head 3", false),
    ] {
        assert_eq!(Best::of(&planned(query)).is_some(), is_best, "{query}");
    }
}
