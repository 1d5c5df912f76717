//! Ranked groups against rows that are made first and sorted then.

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::expr::Clock;
use crate::group::Groups;
use crate::log::plan::{Output, Plan, TableStage, plan};
use crate::log::query::parse;
use crate::log::table::{Answer, finish, finish_groups};
use crate::record::Timestamp;
use jiff::tz::TimeZone;

fn planned(query: &str) -> Plan {
    let clock = Clock {
        now: Timestamp::new(0, 0, 0).unwrap(),
        zone: TimeZone::UTC,
    };
    plan(&parse(query).unwrap(), query, &clock).unwrap()
}

fn grouped(plan: &Plan, lines: &[Vec<Value<'static>>]) -> Grouped {
    let Output::Groups(grouping) = &plan.output else {
        panic!("groups")
    };
    let mut groups = Grouped::new(Arc::clone(grouping), TimeZone::UTC, Groups::default());
    for (number, line) in (0..).zip(lines) {
        // Text in a sum is refused, as it would be in a log.
        let _ = groups.add(line, number, &|_| false);
    }
    groups
}

fn value() -> impl Strategy<Value = Value<'static>> {
    let owned = |text: &str| Cow::Owned(text.as_bytes().to_vec());
    prop_oneof![
        Just(Value::Missing),
        any::<bool>().prop_map(Value::Bool),
        (-3_i64..3).prop_map(move |n| Value::Digits(owned(&n.to_string()))),
        "[0-9]{14,19}(\\.0{0,2})?".prop_map(move |text| Value::Digits(owned(&text))),
        "[0-9]{1,3}\\.[0-9]{1,3}".prop_map(move |text| Value::Digits(owned(&text))),
        "[ab]{0,9}".prop_map(move |text| Value::Text(owned(&text))),
        (-2_i64..2, 0_u32..2).prop_map(|(s, n)| Value::Time(Timestamp::new(s, n, 9).unwrap())),
        "\\[[0-9]\\]".prop_map(move |text| Value::Json(owned(&text))),
    ]
}

const QUERIES: [&str; 8] = [
    "count by a",
    "count, sum(b) by a, b | sort -sum(b)",
    "max(b) by a",
    "min(b) by a | sort min(b) | head 5",
    "sum(b) / count as mean by a | sort mean, -a",
    "count by a, b | head 7",
    "count by a | sort a",
    "count by a | sort -a | head 0",
];

proptest! {
    #[test]
    fn rows_come_in_the_order_of_the_sorted_table(pairs in prop::collection::vec((value(), value()), 0..60), query in 0..QUERIES.len(), cut in 0_usize..60) {
        let plan = planned(QUERIES[query]);
        let width = plan.first_field + plan.fields.len();
        let lines: Vec<Vec<Value<'static>>> = pairs.into_iter().map(|(a, b)| {
            let mut line = vec![Value::Missing; width];
            for (slot, wanted) in line[plan.first_field..].iter_mut().zip(&plan.fields) {
                *slot = if wanted.name.to_string() == "a" { a.clone() } else { b.clone() };
            }
            line
        }).collect();
        let warn = |_: &str| panic!("nothing to report");
        let rows = grouped(&plan, &lines).into_rows().collect();
        let expected = finish(&plan, rows, usize::MAX, &warn).unwrap().into_table();
        let answer = finish_groups(&plan, grouped(&plan, &lines), usize::MAX, &warn).unwrap();
        prop_assert!(matches!(answer, Answer::Groups(_)));
        prop_assert_eq!(answer.len(), expected.len());
        prop_assert_eq!(answer.is_empty(), expected.is_empty());
        let rows: Vec<Vec<Cell>> = answer.rows().map(Cow::into_owned).collect();
        prop_assert_eq!(format!("{rows:?}"), format!("{expected:?}"));
        prop_assert_eq!(format!("{:?}", answer.into_table()), format!("{expected:?}"));

        // Groups of two parts are the groups of the whole, whichever is the larger.
        let Output::Groups(grouping) = &plan.output else { panic!("groups") };
        let model = Groups::default();
        let part = |lines: &[Vec<Value<'static>>]| {
            let mut groups = Grouped::new(Arc::clone(grouping), TimeZone::UTC, model.sibling());
            for (number, line) in (0..).zip(lines) {
                let _ = groups.add(line, number, &|_| false);
            }
            groups
        };
        let (left, right) = lines.split_at(cut.min(lines.len()));
        let mut merged = part(left);
        merged.merge(part(right)).unwrap();
        prop_assert!(merged.heap_bytes() > 0 || lines.is_empty());
        let merged = finish_groups(&plan, merged, usize::MAX, &warn).unwrap().into_table();
        prop_assert_eq!(format!("{merged:?}"), format!("{expected:?}"));
    }

    #[test]
    fn ranks_keep_the_order(left in value(), right in value(), descending in any::<bool>()) {
        let order = compare(&left, &right, descending);
        let ranks = rank(&left, descending).cmp(&rank(&right, descending));
        prop_assert!(ranks == order || ranks.is_eq(), "{left:?} {right:?}");
    }
}

#[test]
fn small_whole_numbers_have_ranks_of_their_own() {
    let rank = |units: i128| rank(&Value::Number(Number::decimal(units, 0).unwrap()), true);
    for units in [0, 1, 999, EXACT - 2, -EXACT + 1] {
        assert!(rank(units) > rank(units + 1), "{units}");
        assert!(is_small(&Value::Number(Number::decimal(units, 0).unwrap())));
    }
    for value in [
        Value::Number(Number::decimal(EXACT, 0).unwrap()),
        Value::Number(Number::decimal(1, 1).unwrap()),
        Value::Text(Cow::Borrowed(b"a")),
    ] {
        assert!(!is_small(&value), "{value:?}");
    }
}

#[test]
fn other_stages_need_all_rows() {
    for (query, is_ranked) in [
        ("count by a", true),
        ("count by a | head 3", true),
        ("count by a | sort -a | head 3", true),
        ("count by a | tail 3", false),
        ("count by a | where count > 1", false),
        ("count by a | head 3 | select a", false),
        ("count by a | sort count + 1", false),
        ("count by 5m", false),
    ] {
        let plan = planned(query);
        let answer = finish_groups(&plan, grouped(&plan, &[]), usize::MAX, &|_| ()).unwrap();
        assert_eq!(matches!(answer, Answer::Groups(_)), is_ranked, "{query}");
    }
    let without_keys = planned("count");
    let answer = finish_groups(
        &without_keys,
        grouped(&without_keys, &[]),
        usize::MAX,
        &|_| (),
    )
    .unwrap();
    assert_eq!(answer.len(), 1, "without keys there is always a row");
    assert!(matches!(without_keys.table[..], [TableStage::Sort(_)]));
}
