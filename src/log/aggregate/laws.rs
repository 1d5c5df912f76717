//! The laws for every aggregate, tested for every entry of the list.

use std::borrow::Cow;

use proptest::prelude::*;

use super::column::Column;
use super::registry::{AGGREGATES, find};
use super::row::Rows;
use super::spec::{Family, ReadsTime, Spec, Takes};
use crate::log::batch::Values;
use crate::record::{Number, Timestamp, Value};

/// A value as a log writes it, converted to what the aggregate takes.
pub(super) fn fit(takes: Takes, text: &str) -> Option<Value<'static>> {
    match takes {
        Takes::Any => Some(match Number::parse(text.as_bytes()) {
            Some(_) => Value::Digits(Cow::Owned(text.as_bytes().to_vec())),
            None => Value::Text(Cow::Owned(text.as_bytes().to_vec())),
        }),
        Takes::Number => Number::parse(text.as_bytes()).map(Value::Number),
        Takes::Condition => Some(Value::Bool(text != "false")),
    }
}

/// Values for the first argument of an aggregate.
pub(super) fn fitting(spec: &Spec, texts: &[impl AsRef<str>]) -> Vec<Value<'static>> {
    let takes = spec.takes.first().copied().unwrap_or(Takes::Condition);
    texts
        .iter()
        .filter_map(|text| fit(takes, text.as_ref()))
        .collect()
}

/// A column of one group to which these values were added.
pub(super) fn filled(family: &Family, values: &[Value<'_>]) -> Box<dyn Column> {
    filled_from(family, values, 0)
}

fn time(seconds: u64) -> Value<'static> {
    let time = Timestamp::new(seconds.cast_signed(), 0, 0);
    Value::Time(time.expect("a time"))
}

fn filled_without_times(family: &Family, values: &[Value<'_>]) -> Box<dyn Column> {
    let mut column = (family.column)();
    column.grow_to(1);
    let offsets: Vec<u64> = (0..).take(values.len()).collect();
    let rows = Rows {
        arguments: &[Values::each(values, 1)],
        times: None,
        input: 0,
        offsets: &offsets,
    };
    let groups = vec![0; values.len()];
    column.add_all(&groups, rows).expect("the values fit");
    column
}

/// The same for values that stand behind `before` others.
fn filled_from(family: &Family, values: &[Value<'_>], before: usize) -> Box<dyn Column> {
    let mut column = (family.column)();
    column.grow_to(1);
    let offsets: Vec<u64> = (before as u64..).take(values.len()).collect();
    let times: Vec<Value<'_>> = offsets
        .iter()
        .map(|offset| time(offset * 37 % 101))
        .collect();
    let rows = Rows {
        arguments: &[Values::each(values, 1)],
        times: Some(Values::each(&times, 1)),
        input: 0,
        offsets: &offsets,
    };
    column
        .add_all(&vec![0; values.len()], rows)
        .expect("the values fit");
    column
}

/// The state of the first group of a column.
pub(super) fn bytes(family: &Family, column: &dyn Column) -> Vec<u8> {
    let mut out = Vec::new();
    family.encode(column, 0, &mut out);
    out
}

/// What `finish` gives for every aggregate of the family.
fn answers(family: &Family, column: &dyn Column) -> String {
    let specs = AGGREGATES.iter().filter(|spec| spec.family == family);
    let parameters =
        specs.flat_map(|spec| spec.names().filter_map(|name| spec.parameters_of(name)));
    let answers = parameters.map(|parameters| column.finish(0, parameters));
    format!("{:?}", answers.collect::<Vec<_>>())
}

/// Parts of the values, split at the cuts and merged in the order given, are the whole.
fn check_merging(
    spec: &Spec,
    values: &[Value<'_>],
    cuts: &[usize],
    order: &[(prop::sample::Index, prop::sample::Index)],
) {
    let family = spec.family;
    let whole = filled(family, values);
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| (*cut).min(values.len())).collect();
    cuts.extend([0, values.len()]);
    cuts.sort_unstable();
    let mut parts: Vec<Box<dyn Column>> = cuts
        .windows(2)
        .map(|pair| filled_from(family, &values[pair[0]..pair[1]], pair[0]))
        .collect();
    // Any two parts, until there is one: every order, and every tree.
    for (into, from) in order {
        if parts.len() > 1 {
            let part = parts.swap_remove(from.index(parts.len()));
            let into = into.index(parts.len());
            parts[into].merge(part, &[0]);
        }
    }
    assert_eq!(parts.len(), 1);
    let merged = parts.remove(0);
    let expected = bytes(family, &*whole);
    assert_eq!(bytes(family, &*merged), expected, "{}", spec.name);
    assert_eq!(
        answers(family, &*merged),
        answers(family, &*whole),
        "{}",
        spec.name
    );

    let mut with_nothing = whole.copy();
    with_nothing.merge(filled(family, &[]), &[0]);
    assert_eq!(bytes(family, &*with_nothing), expected, "{}", spec.name);
    let mut from_nothing = filled(family, &[]);
    from_nothing.merge(whole.copy(), &[0]);
    assert_eq!(bytes(family, &*from_nothing), expected, "{}", spec.name);

    let mut back = filled(family, &[]);
    let rest = family.decode(&mut *back, 0, &expected);
    assert_eq!(rest, Ok(&[][..]), "{}", spec.name);
    assert_eq!(bytes(family, &*back), expected, "{} decoded", spec.name);
    assert_eq!(answers(family, &*back), answers(family, &*whole));
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
    fn any_split_and_any_merge_order_give_the_same_bytes(texts in texts(), cuts in prop::collection::vec(0_usize..30, 0..4), order in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 5)) {
        for spec in AGGREGATES {
            check_merging(spec, &fitting(spec, &texts), &cuts, &order);
        }
    }

    #[test]
    fn damaged_states_are_refused_or_work(damaged in prop::collection::vec(any::<u8>(), 0..80), texts in texts(), cut in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>()) {
        for spec in AGGREGATES {
            let family = spec.family;
            let mut column = filled(family, &fitting(spec, &texts));
            let good = bytes(family, &*column);
            // A whole state with one bit changed, a cut one, and noise behind a good head.
            let mut changed = good.clone();
            let at = bit.index(changed.len() * 8);
            changed[at / 8] ^= 1 << (at % 8);
            let cut = &good[..cut.index(good.len())];
            prop_assert_eq!(family.decode(&mut *column, 0, cut), Err(super::Refused::Damaged(family.name)));
            prop_assert_eq!(bytes(family, &*column), good);
            let noise = [b'e', b'b', b'h', 0].map(|first| {
                let length = damaged.len() as u32 + 1;
                [&[family.id, family.version][..], &length.to_le_bytes(), &[first], &damaged].concat()
            });
            for bytes in noise.iter().chain([&changed]) {
                if family.decode(&mut *column, 0, bytes).is_ok() {
                    let _ = answers(family, &*column);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn the_laws_hold_for_many_distinct_values(cuts in prop::collection::vec(0_usize..70_000, 1..4), order in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 5), factor in 1_u64..35_000) {
        for count in [5_000_u64, 70_000] {
            // An odd factor below 70,001, a prime, permutes the numbers.
            let texts: Vec<String> = (1..=count).map(|n| (n * factor % 70_001).to_string()).collect();
            let cuts: Vec<usize> = cuts.iter().map(|cut| cut % count as usize).collect();
            for spec in AGGREGATES {
                check_merging(spec, &fitting(spec, &texts), &cuts, &order);
            }
        }
    }
}

#[test]
fn the_same_row_many_times_is_added_as_often() {
    for spec in AGGREGATES {
        for text in ["3", "false"] {
            for value in fitting(spec, &[text]) {
                let mut one_by_one = filled(spec.family, &[]);
                let mut at_once = filled(spec.family, &[]);
                let rows = Rows {
                    arguments: &[Values::same(&value)],
                    times: None,
                    input: 0,
                    offsets: &[0],
                };
                at_once.add_times(0, rows.row(0), 0).expect("it fits");
                assert_eq!(
                    bytes(spec.family, &*at_once),
                    bytes(spec.family, &*filled(spec.family, &[])),
                );
                at_once.add_times(0, rows.row(0), 7).expect("it fits");
                for _ in 0..7 {
                    one_by_one.add_all(&[0], rows).expect("it fits");
                }
                assert_eq!(
                    bytes(spec.family, &*at_once),
                    bytes(spec.family, &*one_by_one),
                    "{}",
                    spec.name
                );
            }
        }
    }
}

#[test]
fn missing_values_and_unknown_groups_are_skipped() {
    for spec in AGGREGATES {
        let mut values = fitting(spec, &["3", "3", "3"]);
        let expected = bytes(spec.family, &*filled(spec.family, &values[..1]));
        values[1] = Value::Missing;
        let now = time(0);
        let mut column = (spec.family.column)();
        column.grow_to(1);
        let rows = Rows {
            arguments: &[Values::each(&values, 1)],
            times: Some(Values::same(&now)),
            input: 0,
            offsets: &[0, 1, 2],
        };
        column
            .add_all(&[0, 0, crate::group::NOWHERE], rows)
            .expect("the values fit");
        assert_eq!(bytes(spec.family, &*column), expected, "{}", spec.name);
    }
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    let text = Value::Text(Cow::Borrowed(b"x"));
    for spec in AGGREGATES {
        let takes_any = spec.takes.first() == Some(&Takes::Any);
        let mut column = (spec.family.column)();
        column.grow_to(1);
        let rows = Rows {
            arguments: &[Values::same(&text)],
            times: None,
            input: 0,
            offsets: &[0],
        };
        assert_eq!(
            column.add_all(&[0], rows).is_ok(),
            takes_any,
            "{}",
            spec.name
        );
        if !takes_any {
            let empty = filled(spec.family, &[]);
            assert_eq!(bytes(spec.family, &*column), bytes(spec.family, &*empty));
        }
    }
}

#[test]
fn memory_is_counted() {
    for spec in AGGREGATES {
        let mut column = (spec.family.column)();
        assert_eq!(column.heap_bytes(), 0, "{}", spec.name);
        column.grow_to(1_000);
        let empty = column.heap_bytes();
        assert!((8_000..64_000).contains(&empty), "{} {empty}", spec.name);
        let texts: Vec<String> = (0..3_000).map(|n| format!("{n}e300")).collect();
        let one = filled(spec.family, &[]).heap_bytes();
        let many = filled(spec.family, &fitting(spec, &texts)).heap_bytes();
        assert!(
            many > one || spec.takes == [Takes::Condition],
            "{}: {many}",
            spec.name
        );
    }
}

#[test]
fn every_example_is_true() {
    for spec in AGGREGATES {
        assert!(!spec.examples.is_empty(), "{} has no example", spec.name);
        for example in spec.examples {
            let (found, parameters) =
                find(example.name).unwrap_or_else(|| panic!("{} is not found", example.name));
            assert_eq!(found.name, spec.name);
            let values = fitting(spec, example.values);
            let column = match spec.family.time {
                // Examples show what their order does.
                ReadsTime::IfAny => filled_without_times(spec.family, &values),
                ReadsTime::No | ReadsTime::Always => filled(spec.family, &values),
            };
            let answer = column.finish(0, parameters).value;
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
