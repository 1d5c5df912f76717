//! The laws that every aggregate keeps, run for every entry of the list.

use std::borrow::Cow;

use proptest::prelude::*;

use super::{AGGREGATES, Column, Quantile, Spec, Takes, find};
use crate::log::batch::Values;
use crate::record::{Number, Value};

const HALF: Quantile = Quantile {
    numerator: 1,
    denominator: 2,
};

/// A value as a log writes it, made into what the aggregate takes.
fn fit(spec: &Spec, text: &str) -> Option<Value<'static>> {
    match spec.takes {
        Takes::Any => Some(match Number::parse(text.as_bytes()) {
            Some(_) => Value::Digits(Cow::Owned(text.as_bytes().to_vec())),
            None => Value::Text(Cow::Owned(text.as_bytes().to_vec())),
        }),
        Takes::Number => Number::parse(text.as_bytes()).map(Value::Number),
        Takes::Condition => Some(Value::Bool(text != "false")),
    }
}

fn filled(spec: &Spec, values: &[Value<'_>]) -> Box<dyn Column> {
    let mut column = (spec.column)();
    column.grow_to(1);
    let groups = vec![0; values.len()];
    let values = Values::Each { values, stride: 1 };
    column
        .add_all(&groups, values)
        .expect("values were made to fit");
    column
}

fn bytes(column: &dyn Column) -> Vec<u8> {
    let mut out = Vec::new();
    column.encode(0, &mut out);
    out
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let text = prop_oneof![
        "[a-c]{0,2}",
        "-?[0-9]{1,4}(\\.[0-9]{1,3})?",
        "[0-9]{15,40}",
        "-?[0-9]e-?[0-9]{1,2}",
        Just("false".to_owned()),
    ];
    prop::collection::vec(text, 0..30)
}

proptest! {
    #[test]
    fn every_cut_and_every_order_gives_the_same_bytes(texts in texts(), cuts in prop::collection::vec(0_usize..30, 0..4), order in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 5)) {
        for spec in AGGREGATES {
            let values: Vec<Value<'_>> = texts.iter().filter_map(|text| fit(spec, text)).collect();
            let whole = filled(spec, &values);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| (*cut).min(values.len())).collect();
            cuts.extend([0, values.len()]);
            cuts.sort_unstable();
            let mut parts: Vec<Box<dyn Column>> = cuts.windows(2).map(|pair| filled(spec, &values[pair[0]..pair[1]])).collect();
            // Any two parts, until there is one: every order, and every tree.
            for (into, from) in &order {
                if parts.len() > 1 {
                    let part = parts.swap_remove(from.index(parts.len()));
                    let into = into.index(parts.len());
                    parts[into].merge(part, &[0]);
                }
            }
            prop_assert_eq!(parts.len(), 1);
            let merged = parts.remove(0);
            prop_assert_eq!(bytes(&*merged), bytes(&*whole), "{}", spec.name);
            prop_assert_eq!(format!("{:?}", merged.finish(0, HALF)), format!("{:?}", whole.finish(0, HALF)), "{}", spec.name);

            let mut with_nothing = filled(spec, &values);
            with_nothing.merge(filled(spec, &[]), &[0]);
            prop_assert_eq!(bytes(&*with_nothing), bytes(&*whole), "{} and nothing", spec.name);

            let mut back = filled(spec, &[]);
            back.decode(0, &bytes(&*whole)).expect("what was encoded is a state");
            prop_assert_eq!(bytes(&*back), bytes(&*whole), "{} decoded", spec.name);
        }
    }

    #[test]
    fn damaged_states_are_refused_or_work(damaged in prop::collection::vec(any::<u8>(), 0..80), texts in texts()) {
        for spec in AGGREGATES {
            let values: Vec<Value<'_>> = texts.iter().filter_map(|text| fit(spec, text)).collect();
            let mut column = filled(spec, &values);
            for first in [b'e', b'b', b'h', 0] {
                let mut bytes = damaged.clone();
                bytes.insert(0, first);
                if column.decode(0, &bytes).is_ok() {
                    let _ = column.finish(0, HALF);
                }
            }
        }
    }
}

#[test]
fn every_example_is_true() {
    for spec in AGGREGATES {
        assert!(!spec.examples.is_empty(), "{} has no example", spec.name);
        for example in spec.examples {
            let (found, quantile) =
                find(example.name).unwrap_or_else(|| panic!("{} is not found", example.name));
            assert_eq!(found.name, spec.name);
            let values: Vec<Value<'_>> = example
                .values
                .iter()
                .filter_map(|text| fit(spec, text))
                .collect();
            let answer = filled(spec, &values).finish(0, quantile).value;
            assert_eq!(
                String::from_utf8_lossy(&answer.bytes()),
                example.answer,
                "{} of {:?}",
                example.name,
                example.values
            );
        }
    }
}

#[test]
fn names_are_sorted_and_summaries_well_worded() {
    // «p» stands between min and sum.
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
    }
    for name in super::names() {
        assert!(find(name).is_some(), "{name}");
    }
    for wrong in [
        "p",
        "p101",
        "p99.",
        "p.5",
        "P99",
        "p99.99999",
        "Count",
        "countt",
    ] {
        assert!(find(wrong).is_none(), "{wrong}");
    }
}
