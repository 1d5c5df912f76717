//! Groups with their states: what a worker fills, what is merged, what becomes rows.

use super::aggregate::{Column as States, Unfit};
use super::plan::{Bucket, Grouping, Takes};
use crate::expr::eval::number;
use crate::group::{Groups, TooMany};
use crate::record::key::Tag;
use crate::record::{Bad, Cell, Number, Timestamp, Value};
use jiff::tz::TimeZone;

/// What is known of the groups so far.
pub struct Grouped<'p> {
    grouping: &'p Grouping,
    zone: &'p TimeZone,
    groups: Groups,
    states: Vec<Box<dyn States>>,
    /// The arguments of the row at hand that are numbers or conditions, checked before any state is touched, so that a bad
    /// row counts nowhere.
    ready: Vec<Value<'static>>,
    key: Vec<u8>,
}

impl<'p> Grouped<'p> {
    /// No rows yet, and to be merged with others whose `groups` are siblings of these. Days are those of `zone`.
    pub fn new(grouping: &'p Grouping, zone: &'p TimeZone, groups: Groups) -> Grouped<'p> {
        let states = grouping
            .states
            .iter()
            .map(|state| (state.spec.column)())
            .collect();
        Grouped {
            grouping,
            zone,
            groups,
            states,
            ready: vec![Value::Missing; grouping.arguments.len()],
            key: Vec::new(),
        }
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If a key or an argument cannot be computed; nothing is added then.
    pub fn add(&mut self, row: &[Value<'_>]) -> Result<(), Bad> {
        self.prepare(row)?;
        let group = self.find(row)?;
        for (state, column) in self.states.iter_mut().zip(&self.grouping.states) {
            let fits = match column.argument {
                None => state.add(group, &Value::Bool(true)),
                Some(index) => match self.grouping.arguments[index].takes {
                    Takes::Any => self.grouping.arguments[index]
                        .program
                        .apply(row, |value| Ok(add(state, group, value)))?,
                    Takes::Number | Takes::Condition => add(state, group, &self.ready[index]),
                },
            };
            debug_assert!(
                fits.is_ok(),
                "arguments were made ready for what the aggregate takes"
            );
        }
        Ok(())
    }

    /// Adds so many rows that have neither keys nor arguments.
    pub fn add_rows(&mut self, rows: u64) {
        if rows == 0 || self.groups.group(Tag::Missing, &[]).is_err() {
            return;
        }
        self.grow();
        for state in &mut self.states {
            let fits = state.add_times(0, &Value::Bool(true), rows);
            debug_assert!(fits.is_ok(), "without arguments there are only conditions");
        }
    }

    /// Sees to it that there are states for all groups.
    #[cold]
    fn grow(&mut self) {
        for state in &mut self.states {
            state.grow_to(self.groups.len());
        }
    }

    fn prepare(&mut self, row: &[Value<'_>]) -> Result<(), Bad> {
        for (argument, ready) in self.grouping.arguments.iter().zip(&mut self.ready) {
            match argument.takes {
                Takes::Number => argument.program.apply(row, |value| {
                    if put_number(value, ready) {
                        return Ok(());
                    }
                    let reason = number(value)
                        .err()
                        .map(|bad| bad.reason)
                        .unwrap_or_default();
                    Err(Bad::new(format!("{}: {reason}", argument.text)))
                })?,
                Takes::Condition => *ready = Value::Bool(argument.program.holds(row)?),
                // A slot cannot fail; what is computed is tried here.
                Takes::Any if argument.program.as_slot().is_none() => {
                    argument.program.eval(row)?;
                }
                Takes::Any => {}
            }
        }
        Ok(())
    }

    fn find(&mut self, row: &[Value<'_>]) -> Result<usize, Bad> {
        let Grouped {
            grouping,
            zone,
            groups,
            key,
            ..
        } = self;
        let known = groups.len();
        key.clear();
        let group = match grouping.keys.as_slice() {
            [] => groups.group(Tag::Missing, &[]),
            [one] => one.program.apply(row, |value| {
                let start = started(value, one.bucket, zone);
                let (tag, key) = start.as_ref().unwrap_or(value).key(key);
                Ok(groups.group(tag, key))
            })?,
            several => {
                for one in several {
                    one.program.apply(row, |value| {
                        let start = started(value, one.bucket, zone);
                        start.as_ref().unwrap_or(value).push_key(key);
                        Ok(())
                    })?;
                }
                groups.group(Tag::Several, key)
            }
        };
        let group = group.map_err(|too_many| Bad::new(too_many.to_string()))?;
        if groups.len() > known {
            self.grow();
        }
        Ok(group)
    }

    /// Adds all that a sibling was given.
    ///
    /// # Errors
    /// If there are more groups than can be numbered.
    pub fn merge(&mut self, other: Grouped<'p>) -> Result<(), TooMany> {
        let groups = self.groups.absorb(&other.groups)?;
        self.grow();
        for (state, theirs) in self.states.iter_mut().zip(other.states) {
            state.merge(theirs, &groups);
        }
        Ok(())
    }

    /// A row for each group: its keys, then its results. Without keys there is one row, also of nothing.
    pub fn rows(mut self) -> Vec<Vec<Cell>> {
        if self.grouping.keys.is_empty()
            && self.groups.is_empty()
            && self.groups.group(Tag::Missing, &[]).is_ok()
        {
            self.grow();
        }
        (0..self.groups.len())
            .map(|group| self.row(group))
            .collect()
    }

    fn row(&self, group: usize) -> Vec<Cell> {
        let (tag, key) = self.groups.key(group);
        let mut keys: Vec<Value<'static>> = match self.grouping.keys.len() {
            0 => Vec::new(),
            1 => vec![Value::from_key(tag, key)],
            _ => Value::from_keys(key),
        };
        keys.resize(self.grouping.keys.len(), Value::Missing);
        let answers = self
            .grouping
            .answers
            .iter()
            .map(|(state, quantile)| self.states[*state].finish(group, *quantile));
        let answers: Vec<Cell> = answers.collect();
        let mut cells: Vec<Cell> = keys
            .into_iter()
            .map(|value| Cell {
                value,
                approx: false,
            })
            .collect();
        cells.extend(self.grouping.results(&answers));
        cells
    }
}

/// Puts the number that a value is into its place, or that there is none; false if the value is something else. The parts of
/// a number go straight to where they stay: copied in one piece right after, they would have to be waited for.
#[inline(always)]
fn put_number(value: &Value<'_>, ready: &mut Value<'static>) -> bool {
    match value {
        Value::Missing => *ready = Value::Missing,
        Value::Digits(text) | Value::Text(text) => match Number::parse(text) {
            Some(Number::Decimal { units, scale }) => {
                *ready = Value::Number(Number::Decimal { units, scale });
            }
            Some(Number::Float(float)) => *ready = Value::Number(Number::Float(float)),
            None if **text == *b"-" => *ready = Value::Missing,
            None => return false,
        },
        other => match other.number() {
            Some(number) => *ready = Value::Number(number),
            None => return false,
        },
    }
    true
}

/// Adds a value if there is one.
#[inline]
fn add(state: &mut Box<dyn States>, group: usize, value: &Value<'_>) -> Result<(), Unfit> {
    if value.is_missing() {
        Ok(())
    } else {
        state.add(group, value)
    }
}

/// The beginning of the stretch that a time lies in, if keys are stretches.
fn started(value: &Value<'_>, bucket: Option<Bucket>, zone: &TimeZone) -> Option<Value<'static>> {
    match (bucket, value) {
        (Some(bucket), Value::Time(time)) => Some(Value::Time(bucket.start(*time, zone))),
        _ => None,
    }
}

impl Bucket {
    /// The beginning of the stretch that a time lies in.
    pub fn start(self, time: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Bucket::Fixed(width) => time.floor_to(width),
            Bucket::Days(days) => time.floor_to_days(days, zone),
        }
    }

    /// The beginning of the stretch after the one that begins at `start`.
    pub fn following(self, start: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Bucket::Fixed(width) => start.plus(width),
            Bucket::Days(days) => start.plus_days(days, zone),
        }
    }
}
