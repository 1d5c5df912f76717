//! Groups come back from records, and those that look alike follow each other.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::expr::Clock;
use crate::group::run::{Frames, records};
use crate::log::grouped::Grouping;
use crate::log::plan::{Output, plan};
use crate::log::query::parse;

fn grouping(query: &str) -> Arc<Grouping> {
    let clock = Clock {
        now: Timestamp::new(0, 0, 0).unwrap(),
        zone: TimeZone::UTC,
    };
    let plan = plan(&parse(query).unwrap(), query, &clock).unwrap();
    match plan.output {
        Output::Groups(grouping) => grouping,
        Output::Rows(_) => panic!("{query} has groups"),
    }
}

fn grouped(query: &str) -> Grouped {
    Grouped::new(grouping(query), TimeZone::UTC, Groups::default())
}

fn written(groups: &Grouped) -> Vec<u8> {
    let mut run = RunWriter::new(Vec::new());
    groups.write(&mut run).unwrap();
    run.end().unwrap()
}

fn read_into(groups: &mut Grouped, run: &[u8], width: usize) -> Result<(), Unusable> {
    let mut frames = Frames::default();
    frames.feed(run);
    while frames.advance()? {
        for (key, value) in records(frames.body()) {
            groups.add_record(key, value, width, &mut |_| true)?;
        }
    }
    Ok(())
}

fn value(kind: u8, text: &str) -> Value<'static> {
    let bytes = Cow::Owned(text.as_bytes().to_vec());
    match kind {
        0 => Value::Missing,
        1 => Value::Bool(text.len().is_multiple_of(2)),
        2 => Value::Digits(Cow::Owned(text.len().to_string().into_bytes())),
        3 => Value::Time(Timestamp::new(text.len() as i64 * 1_000_000, 5_000_000, 3).unwrap()),
        4 => Value::Text(bytes),
        _ => Value::Json(bytes),
    }
}

proptest! {
    #[test]
    fn groups_come_back_with_all_kinds_of_keys(rows in prop::collection::vec((0_u8..6, "[ab\\x00é]{0,3}|[x]{126,130}", 0_u8..6, "[ab]{0,2}"), 0..40)) {
        for (query, width) in [("count by a, b", 2), ("count by a", 1), ("count", 0)] {
            let mut groups = grouped(query);
            for (number, (kind, text, other, more)) in (0..).zip(&rows) {
                let (one, two) = (value(*kind, text), value(*other, more));
                // The slots of the line and of the file come first.
                let row = [Value::Missing, Value::Missing, one, two];
                groups.add(&row, number, &|_| false).unwrap();
            }
            let run = written(&groups);
            let mut back = grouped(query);
            read_into(&mut back, &run, width).unwrap();
            prop_assert_eq!(written(&back), run.clone());
            let shown = |groups: Grouped| {
                let mut rows: Vec<String> = groups.into_rows().map(|row| format!("{row:?}")).collect();
                rows.sort();
                rows
            };
            prop_assert_eq!(shown(back), shown(groups));
            // Twice the same is twice as much.
            let mut twice = grouped(query);
            read_into(&mut twice, &run, width).unwrap();
            read_into(&mut twice, &run, width).unwrap();
            let counts = |groups: &Grouped| (0..groups.group_count()).map(|group| groups.result(group, 0).value.number().unwrap().to_f64()).sum::<f64>();
            prop_assert_eq!(counts(&twice), 2.0 * rows.len() as f64);
        }
    }
}

#[test]
fn keys_that_look_alike_follow_each_other() {
    let mut groups = grouped("count by a");
    let text = |text: &'static str| Value::Text(Cow::Borrowed(text.as_bytes()));
    let digits = |text: &'static str| Value::Digits(Cow::Borrowed(text.as_bytes()));
    for key in [
        text("300"),
        text("200"),
        digits("300"),
        Value::Missing,
        digits("200"),
        text(""),
        text("x"),
    ] {
        groups
            .add(&[Value::Missing, Value::Missing, key], 0, &|_| false)
            .unwrap();
    }
    let run = written(&groups);
    let mut frames = Frames::default();
    frames.feed(&run);
    assert_eq!(frames.advance(), Ok(true));
    let keys: Vec<&[u8]> = records(frames.body()).map(|(key, _)| key).collect();
    assert_eq!(
        keys,
        [
            &b"\x00\x00"[..],
            b"\x00\x04",
            b"\x01x\x04",
            b"\x03200\x02",
            b"\x03200\x04",
            b"\x03300\x02",
            b"\x03300\x04"
        ]
    );
}

#[test]
fn records_that_do_not_fit_are_refused() {
    let mut value = Vec::new();
    let counted = grouping("count");
    let mut column = (counted.states[0].family.column)();
    column.grow_to(1);
    counted.states[0].family.encode(&*column, 0, &mut value);
    let mut groups = grouped("count by a");
    let mut add = |key: &[u8], value: &[u8]| groups.add_record(key, value, 1, &mut |_| true);
    assert_eq!(add(b"\x01x\x04", &value), Ok(()));
    for key in [
        &b""[..],
        b"\x01",
        b"\x01x",
        b"\x02x\x04",
        b"\x01x\x06",
        b"\x01x\x07",
        b"\x01x\x00",
        b"\x01x\x01",
        b"\x01x\x03",
        b"\x01x\x04\x04",
    ] {
        assert_eq!(add(key, &value), Err(Unusable::Damaged(Damaged)), "{key:?}");
    }
    assert!(add(b"\x01x\x04", &value[1..]).is_err());
    assert!(add(b"\x01x\x04", &[&value[..], &value].concat()).is_err());
}
