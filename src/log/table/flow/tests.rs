//! Rows that flow through stages, with little memory and with any amount, against stages that each have the whole table.

use std::borrow::Cow;
use std::cell::RefCell;

use proptest::prelude::*;

use super::*;
use crate::expr::Clock;
use crate::log::plan::{Output, Plan, plan};
use crate::log::query::parse;
use crate::log::table::{finish, finish_groups, finish_spilled, keep_last};
use crate::record::{Timestamp, Value};

fn planned(query: &str) -> Plan {
    let clock = Clock {
        now: Timestamp::new(0, 0, 0).unwrap(),
        zone: TimeZone::UTC,
    };
    plan(&parse(query).unwrap(), query, &clock).unwrap()
}

/// What the stages make of a table, each after the other, as a reader of the manual would do it.
fn by_stages(stages: &[TableStage], mut rows: Table) -> Table {
    for stage in stages {
        let mut refused = Refused::default();
        match stage {
            TableStage::Sort(orders) => sort(&mut rows, orders, false),
            TableStage::Tail(count) => keep_last(&mut rows, *count),
            TableStage::Groups(grouping) => {
                let mut groups =
                    Grouped::new(Arc::clone(grouping), TimeZone::UTC, Groups::default());
                for (number, row) in (0..).zip(&rows) {
                    let _ = groups.add(&values(row), number, &|_| false);
                }
                rows = groups.into_rows().collect();
            }
            TableStage::Bins(_) | TableStage::Fill { .. } => {
                rows = run(stage, rows, &TimeZone::UTC, &|_| ());
            }
            _ => {
                let rows_before = std::mem::take(&mut rows);
                for (number, row) in (1..).zip(rows_before) {
                    rows.extend(one(stage, row, number, &mut refused));
                }
            }
        }
    }
    rows
}

fn groups(plan: &Plan, pairs: &[(String, u16)]) -> Grouped {
    let Output::Groups(grouping) = &plan.output else {
        panic!("groups")
    };
    let mut groups = Grouped::new(Arc::clone(grouping), TimeZone::UTC, Groups::default());
    let width = plan.first_field + plan.fields.len();
    for (number, (a, b)) in (0..).zip(pairs) {
        let mut line = vec![Value::Missing; width];
        for (slot, wanted) in line[plan.first_field..].iter_mut().zip(&plan.fields) {
            let text = match wanted.name.to_string().as_str() {
                "a" => a.clone(),
                _ => b.to_string(),
            };
            *slot = Value::Text(Cow::Owned(text.into_bytes()));
        }
        groups.add(&line, number, &|_| false).unwrap();
    }
    groups
}

const QUERIES: [&str; 16] = [
    "count by a | count",
    "count by a, b | count by a",
    "count, sum(b) by a | where count > 1 | sum(sum_b), max(count)",
    "count by a | where count > 1",
    "count by a | let twice = count * 2 | select twice, a",
    "count by a | select a | sort -a | head 3",
    "count by a | where a > \"b\" | sort -count | head 2",
    "count by a | sort -(count * 2), a | tail 3",
    "count by a | tail 4 | count",
    "count by a | head 5 | first(a), last(a)",
    "count by a | first(a), last(count)",
    "count by b | sort b | let n = lower(b) + 1",
    "sum(b) by a | count by sum_b | where count >= 1 | count by count",
    "count by a | sort count | head 3 | where count > 0",
    "count by a, b | sort -b, a | let c = count | sort c - count, -a",
    "count by a, b | head 20000 | where b > 2 | select b | head 4",
];

fn shown(answer: Result<Answer, SpillError>) -> String {
    format!("{:?}", answer.unwrap().into_table())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn rows_that_flow_are_those_of_whole_tables(pairs in prop::collection::vec(("[abc]{1,2}", 0_u16..5), 0..60), cut in 0_usize..60, memory in prop_oneof![Just(0_usize), Just(1_500), Just(usize::MAX)]) {
        for query in QUERIES {
            let plan = planned(query);
            let (warned, expected_rows) = (RefCell::new(Vec::new()), groups(&plan, &pairs).into_rows().collect());
            let warn = |message: &str| warned.borrow_mut().push(message.to_owned());
            let expected = format!("{:?}", by_stages(&plan.table, expected_rows));
            prop_assert_eq!(shown(finish_groups(&plan, groups(&plan, &pairs), memory, &warn)), expected.clone(), "{}", query);
            let said = std::mem::take(&mut *warned.borrow_mut());
            let rows = groups(&plan, &pairs).into_rows().collect();
            prop_assert_eq!(shown(finish(&plan, rows, memory, &warn)), expected.clone(), "{}", query);
            prop_assert_eq!(&*warned.borrow(), &said);
            warned.borrow_mut().clear();

            let Output::Groups(grouping) = &plan.output else { panic!("groups") };
            let (left, right) = pairs.split_at(cut.min(pairs.len()));
            let mut spilled = Spilled::default();
            for part in [left, right] {
                spilled.write(&groups(&plan, part), memory).unwrap();
            }
            prop_assert_eq!(shown(finish_spilled(&plan, grouping, spilled, memory, &warn)), expected, "{}", query);
            prop_assert_eq!(&*warned.borrow(), &said);
        }
    }
}

#[test]
fn many_rows_go_through_files_of_groups_and_of_rows() {
    let plan = planned("count by a | count by a | sort a | let b = a");
    let pairs: Vec<(String, u16)> = (0..(2 * LOOK + 5))
        .map(|n| (format!("{n:07}"), 0))
        .collect();
    let answer = finish_groups(&plan, groups(&plan, &pairs), 1 << 20, &|_| ()).unwrap();
    assert!(matches!(answer, Answer::Files(_)));
    assert_eq!(answer.len(), pairs.len());
    for (row, (a, _)) in answer.rows().zip(&pairs) {
        assert_eq!(row[0].value.bytes(), a.as_bytes());
        assert_eq!(row[2].value.bytes(), a.as_bytes());
    }
    assert!(answer.failure().is_none());
}
