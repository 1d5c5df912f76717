//! An aggregate for tests that reads all that a row has: two arguments, the event time and the position.

use std::borrow::Cow;

use super::column::column;
use super::row::{Position, Row, Rows};
use super::spec::{Family, Gives, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::log::batch::Values;
use crate::record::{Cell, Timestamp, Value};

/// An aggregate that picks a value by event time, else by position. Its name is a word that people search for and
/// begin the names of columns with.
static LATEST: Spec = Spec {
    name: "latest",
    pattern: None,
    parameters: Parameters([0; 2]),
    family: &Family {
        name: "latest",
        id: 255,
        version: 1,
        reads_time: true,
        column: column::<Latest>,
        forms: &[("empty", Sample::Values(&[]))],
    },
    summary: "Give the value of the last row",
    takes: &[Takes::Any, Takes::Number],
    required: 1,
    constants: None,
    gives: Gives::Argument,
    is_reserved: false,
    is_amount: false,
    examples: &[],
};

#[derive(Clone, Default)]
struct Latest(Option<(Option<Timestamp>, Position, Vec<u8>)>);

impl State for Latest {
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        let mut text = row.value().bytes().into_owned();
        if let Some(more) = row.argument(1) {
            text.extend_from_slice(&more.bytes());
        }
        let found = Some((row.time(), row.position(), text));
        self.merge(Latest(found));
        Ok(())
    }

    fn merge(&mut self, other: Latest) {
        let order = |latest: &Latest| {
            let found = latest.0.as_ref()?;
            Some((found.0.map(Timestamp::nanos_since_epoch), found.1))
        };
        if order(&other) > order(self) {
            *self = other;
        }
    }

    fn finish(&self, _: Parameters) -> Cell {
        let text = self.0.as_ref().map(|found| found.2.clone());
        Cell::exact(text.map_or(Value::Missing, |text| Value::Text(Cow::Owned(text))))
    }

    fn encode(&self, _: &mut Vec<u8>) {}

    fn decode(_: &[u8]) -> Result<Latest, Damaged> {
        Err(Damaged)
    }
}

#[test]
fn aggregates_see_all_arguments_the_time_and_the_position() {
    let text = |text: &'static str| Value::Text(Cow::Borrowed(text.as_bytes()));
    let time = |seconds| Value::Time(Timestamp::new(seconds, 0, 0).expect("a time"));
    // Two arguments and a time for each of three rows.
    let table = [
        [text("a"), text("1"), time(30)],
        [text("b"), text("2"), time(20)],
        [text("c"), text("3"), time(30)],
    ]
    .concat();
    let latest = |times, offsets: [u64; 3]| {
        let mut column = (LATEST.family.column)();
        column.grow_to(1);
        let rows = Rows {
            arguments: &[Values::each(&table, 3), Values::each(&table[1..], 3)],
            times,
            input: 0,
            offsets: &offsets,
        };
        column.add_all(&[0, 0, 0], rows).expect("they fit");
        let answer = column.finish(0, Parameters::default());
        String::from_utf8_lossy(&answer.value.bytes()).into_owned()
    };
    let times = Some(Values::each(&table[2..], 3));
    assert_eq!(latest(times, [1, 2, 3]), "c3");
    assert_eq!(latest(times, [9, 20, 3]), "a1");
    assert_eq!(latest(None, [9, 20, 3]), "b2");
}

#[test]
fn a_name_that_is_not_reserved_stays_a_word_to_search_for() {
    assert_eq!(LATEST.parameters_of("latest"), Some(Parameters::default()));
    assert!(!LATEST.names_amount("latest_name") && !LATEST.names_amount("latest"));
    assert!(LATEST.needs_argument());
}
