//! `list`: the distinct values, in byte order. Of more than are wanted the first stay, so that the order of adding does not show.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, Gives, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Number, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "list",
    summary: "List distinct values in byte order, the first 10 or N: list(ip, N)",
    required: 1,
    gives: Gives::Text,
    is_reserved: false,
    is_amount: false,
    constants: Some((1, MAX_VALUES)),
    examples: &[
        Example {
            name: "list",
            values: &["b", "10", "a", "b", "9", "say \"no\""],
            answer: "[\"10\",\"9\",\"a\",\"b\",\"say \\\"no\\\"\"]",
        },
        Example {
            name: "list",
            values: &["k", "j", "i", "h", "g", "f", "e", "d", "c", "b", "a"],
            answer: "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"…\"]",
        },
    ],
    ..Spec::usual(&[Takes::Any, Takes::Number], &FAMILY)
};

static FAMILY: Family = Family {
    name: "list",
    id: 12,
    version: 1,
    oldest: 1,
    time: ReadsTime::No,
    column: column::<List>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("some", Sample::Values(&["b", "a", "c", "a"])),
        ("more", Sample::UpTo(30)),
    ],
};

/// How many values are listed unless it is said.
const USUAL: usize = 10;
/// The most that can be listed.
const MAX_VALUES: u32 = 1000;

/// What is kept: nothing, or how many are wanted, and the texts: one more than are wanted, which shows that there are more.
#[derive(Clone, Default)]
struct List(Option<Box<(usize, BTreeSet<Vec<u8>>)>>);

impl List {
    fn kept(&mut self, wanted: usize) -> &mut BTreeSet<Vec<u8>> {
        let kept = self
            .0
            .get_or_insert_with(|| Box::new((wanted, BTreeSet::new())));
        &mut kept.1
    }
}

fn keep(texts: &mut BTreeSet<Vec<u8>>, wanted: usize, text: Cow<'_, [u8]>) {
    let is_late = texts.len() > wanted && texts.last().is_some_and(|last| **last <= *text);
    if !is_late && !texts.contains(&*text) {
        texts.insert(text.into_owned());
        if texts.len() > wanted + 1 {
            texts.pop_last();
        }
    }
}

impl State for List {
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        let wanted = match row.argument(1) {
            Some(Value::Number(Number::Decimal { units, .. })) => *units,
            _ => USUAL as i128,
        };
        let wanted = usize::try_from(wanted.clamp(1, MAX_VALUES.into())).unwrap_or(USUAL);
        keep(self.kept(wanted), wanted, row.value().bytes());
        Ok(())
    }

    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        if times > 0 { self.add(row) } else { Ok(()) }
    }

    fn merge(&mut self, other: List) {
        let Some(theirs) = other.0 else {
            return;
        };
        let (wanted, texts) = *theirs;
        let kept = self.kept(wanted);
        for text in texts {
            keep(kept, wanted, Cow::Owned(text));
        }
    }

    /// An array of JSON: its texts can hold anything.
    fn finish(&self, _: Parameters) -> Cell {
        let Some((wanted, texts)) = self.0.as_deref() else {
            return Cell::default();
        };
        let mut array = vec![b'['];
        for (number, text) in texts.iter().enumerate() {
            if number > 0 {
                array.push(b',');
            }
            let text = match number == *wanted {
                true => Value::Text(Cow::Borrowed("…".as_bytes())),
                false => Value::Text(Cow::Borrowed(text.as_slice())),
            };
            text.write_json(&mut array);
        }
        array.push(b']');
        Cell::exact(Value::Json(Cow::Owned(array)))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let Some((wanted, texts)) = self.0.as_deref() else {
            return;
        };
        let length = |length: usize| u32::try_from(length).expect("a line is shorter than 4 GiB");
        out.extend_from_slice(&length(*wanted).to_le_bytes());
        for text in texts {
            out.extend_from_slice(&length(text.len()).to_le_bytes());
            out.extend_from_slice(text);
        }
    }

    fn decode(bytes: &[u8]) -> Result<List, Damaged> {
        if bytes.is_empty() {
            return Ok(List(None));
        }
        let (wanted, mut rest) = bytes.split_first_chunk().ok_or(Damaged)?;
        let wanted = u32::from_le_bytes(*wanted);
        if !(1..=MAX_VALUES).contains(&wanted) {
            return Err(Damaged);
        }
        let mut texts = BTreeSet::new();
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk().ok_or(Damaged)?;
            let length = u32::from_le_bytes(*length) as usize;
            let (text, after) = after.split_at_checked(length).ok_or(Damaged)?;
            if texts.last().is_some_and(|last: &Vec<u8>| **last >= *text) {
                return Err(Damaged);
            }
            texts.insert(text.to_vec());
            rest = after;
        }
        let wanted = wanted as usize;
        match (1..=wanted + 1).contains(&texts.len()) {
            true => Ok(List(Some(Box::new((wanted, texts))))),
            false => Err(Damaged),
        }
    }

    fn heap_bytes(&self) -> usize {
        self.0.as_deref().map_or(0, |(_, texts)| {
            let bytes: usize = texts.iter().map(Vec::len).sum();
            bytes + texts.len() * 2 * size_of::<Vec<u8>>()
        })
    }
}
