//! Groups with their states: what a worker fills, what is merged, what becomes rows.

mod alike;
mod keys;
mod numbers;
mod records;

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use super::aggregate::{Column as States, Rows};
use super::batch::{Alive, Matrix, ROWS, Values};
use super::plan::{Answer, Argument, Grouping, Takes};
use crate::group::{Groups, NOWHERE, Probe, TooMany};
use crate::record::key::Tag;
use crate::record::{Bad, Cell, Value};
use jiff::tz::TimeZone;

use keys::{Keys, probe_in_place};
use numbers::put_number;

pub use records::Unusable;

/// What is known of the groups so far.
pub struct Grouped {
    grouping: Arc<Grouping>,
    zone: TimeZone,
    groups: Groups,
    states: Vec<Box<dyn States>>,
    /// The computed arguments of the current rows, numbers or conditions, [`ROWS`] for each argument: checked before
    /// any state is touched, so that a bad row counts nowhere.
    ready: Vec<Value<'static>>,
    /// The computed keys of the current rows.
    keys: Keys,
    /// Groups with a key or an argument that is an approximation: which, and which of them.
    approximate: HashSet<(usize, Operand)>,
}

/// What something is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operand {
    Key(usize),
    Argument(usize),
}

/// Takes rows that nothing was added of: which one, and why.
pub type Refuse<'f> = &'f mut dyn FnMut(usize, Bad);

impl Clone for Grouped {
    /// A copy to read, without the buffers of the current rows.
    fn clone(&self) -> Grouped {
        let states = self.states.iter().map(|state| state.copy()).collect();
        Grouped {
            grouping: Arc::clone(&self.grouping),
            zone: self.zone.clone(),
            groups: self.groups.clone(),
            states,
            ready: vec![Value::Missing; self.ready.len()],
            keys: Keys::default(),
            approximate: self.approximate.clone(),
        }
    }
}

impl Grouped {
    /// No rows yet, and to be merged with others whose `groups` are siblings of these. Days are those of `zone`.
    pub fn new(grouping: Arc<Grouping>, zone: TimeZone, groups: Groups) -> Grouped {
        let states = grouping
            .states
            .iter()
            .map(|state| (state.family.column)())
            .collect();
        Grouped {
            ready: vec![Value::Missing; grouping.arguments.len() * ROWS],
            grouping,
            zone,
            groups,
            states,
            keys: Keys::default(),
            approximate: HashSet::new(),
        }
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// Adds a row of a table, with its number. `is_approximate` tests whether one of its values is an approximation.
    ///
    /// # Errors
    /// If a key or an argument cannot be computed; nothing is added then.
    pub fn add(
        &mut self,
        row: &[Value<'_>],
        number: u64,
        is_approximate: &dyn Fn(usize) -> bool,
    ) -> Result<(), Bad> {
        let (mut alive, mut done) = (Alive::first(1), Ok(()));
        let mut group = [NOWHERE];
        let rows = Matrix::of_row(row, &number);
        self.add_to(&mut group, rows, &mut alive, &mut |_, bad| done = Err(bad));
        done?;
        let Grouping {
            keys, arguments, ..
        } = &*self.grouping;
        let keys = keys.iter().map(|key| &key.program).enumerate();
        let keys = keys.map(|(number, program)| (Operand::Key(number), program));
        let arguments = arguments.iter().map(|argument| &argument.program);
        let arguments = arguments.enumerate();
        let arguments = arguments.map(|(number, program)| (Operand::Argument(number), program));
        let approximate = keys
            .chain(arguments)
            .filter(|(_, program)| program.reads(is_approximate));
        self.approximate
            .extend(approximate.map(|(operand, _)| (group[0] as usize, operand)));
        Ok(())
    }

    /// Adds the rows that are alive, of at most [`ROWS`]. Of those of which a key or an argument cannot be computed nothing is
    /// added: they go to `refuse`, and are alive no more.
    pub fn add_all(&mut self, rows: Matrix<'_>, alive: &mut Alive, refuse: Refuse<'_>) {
        let mut groups = [NOWHERE; ROWS];
        self.add_to(&mut groups[..rows.row_count()], rows, alive, refuse);
    }

    /// As [`Grouped::add_all`]; puts the group of each row into `groups`.
    #[inline(always)]
    fn add_to(
        &mut self,
        groups: &mut [u32],
        rows: Matrix<'_>,
        alive: &mut Alive,
        refuse: Refuse<'_>,
    ) {
        self.prepare(rows, alive, refuse);
        self.find(rows, groups, alive, refuse);
        let yes = Value::Bool(true);
        let none = [Values::same(&yes)];
        let mut arguments = Vec::new();
        for (state, column) in self.states.iter_mut().zip(&self.grouping.states) {
            arguments.clear();
            arguments.extend(column.arguments.iter().map(|&index| {
                match self.grouping.arguments[index].in_row() {
                    Some(slot) => rows.column(slot),
                    None => Values::each(&self.ready[index * ROWS..], 1),
                }
            }));
            let fits = state.add_all(
                groups,
                Rows {
                    arguments: if arguments.is_empty() {
                        &none
                    } else {
                        &arguments
                    },
                    times: self.grouping.time.map(|slot| rows.column(slot)),
                    input: rows.input,
                    offsets: rows.offsets,
                },
            );
            debug_assert!(fits.is_ok(), "arguments were converted to what it takes");
        }
    }

    /// Adds `rows` rows that have neither keys nor arguments.
    pub fn add_rows(&mut self, rows: u64) {
        if rows == 0 || !self.has_one_group() {
            return;
        }
        let yes = Value::Bool(true);
        let counted = Rows {
            arguments: &[Values::same(&yes)],
            times: None,
            input: 0,
            offsets: &[0],
        };
        for state in &mut self.states {
            let fits = state.add_times(0, counted.row(0), rows);
            debug_assert!(fits.is_ok(), "without arguments there are only conditions");
        }
    }

    /// Sees to it that there is the group of rows without keys; false if there cannot be.
    fn has_one_group(&mut self) -> bool {
        let probe = self.groups.probe(Tag::Missing, &[]);
        let found = self.groups.group(&probe);
        self.grow();
        found.is_ok()
    }

    /// Sees to it that there are states for all groups.
    #[cold]
    fn grow(&mut self) {
        for state in &mut self.states {
            state.grow_to(self.groups.len());
        }
    }

    /// Sees to it that there are states for a group.
    fn grow_to(&mut self, group: usize) {
        for state in &mut self.states {
            state.grow_to(group + 1);
        }
    }

    /// Makes arguments ready.
    fn prepare(&mut self, rows: Matrix<'_>, alive: &mut Alive, refuse: Refuse<'_>) {
        let ready = self.ready.chunks_exact_mut(ROWS);
        for (argument, ready) in self.grouping.arguments.iter().zip(ready) {
            let Argument { program, text, .. } = argument;
            match (argument.takes, program.as_slot()) {
                (Takes::Number, Some(slot)) => {
                    each(rows, ready, alive, refuse, |row, ready| {
                        put_number(&row[slot], ready, text)
                    });
                }
                (Takes::Number, None) => each(rows, ready, alive, refuse, |row, ready| {
                    put_number(program.eval(row)?.as_ref(), ready, text)
                }),
                (Takes::Condition, _) => each(rows, ready, alive, refuse, |row, ready| {
                    *ready = Value::Bool(program.holds(row)?);
                    Ok(())
                }),
                (Takes::Any, None) => each(rows, ready, alive, refuse, |row, ready| {
                    *ready = program.eval(row)?.into_owned().into_static();
                    Ok(())
                }),
                (Takes::Any, Some(_)) => {}
            }
        }
    }

    /// Finds the groups of the rows that are alive.
    fn find(&mut self, rows: Matrix<'_>, found: &mut [u32], alive: &mut Alive, refuse: Refuse<'_>) {
        let Grouped {
            grouping,
            zone,
            groups,
            keys,
            ..
        } = self;
        let known = groups.len();
        let mut probes = [Probe::default(); ROWS];
        let probes = &mut probes[..found.len()];
        if !probe_in_place(&grouping.keys, rows, groups, probes) {
            keys.clear();
            for (index, row) in rows.rows().enumerate() {
                if let Err(bad) = keys.push(&grouping.keys, row, zone)
                    && alive.has(index)
                {
                    alive.remove(index);
                    refuse(index, bad);
                }
            }
            for (probe, (tag, key)) in probes.iter_mut().zip(keys.iter()) {
                *probe = groups.probe(tag, key);
            }
        }
        for probe in &*probes {
            groups.approach(probe);
        }
        for (index, (probe, found)) in probes.iter().zip(found).enumerate() {
            if !alive.has(index) {
                continue;
            }
            match groups.group(probe) {
                Ok(group) => *found = group,
                Err(too_many) => {
                    alive.remove(index);
                    refuse(index, Bad::new(too_many.to_string()));
                }
            }
        }
        if groups.len() > known {
            self.grow();
        }
    }

    /// Adds all that a sibling was given.
    ///
    /// # Errors
    /// If there are more groups than can be numbered.
    pub fn merge(&mut self, mut other: Grouped) -> Result<(), TooMany> {
        // The order of merging cannot show, so fewer keys are moved to where there are more.
        if other.groups.len() > self.groups.len() {
            mem::swap(self, &mut other);
        }
        let groups = self.groups.absorb(other.groups)?;
        self.grow();
        for (state, theirs) in self.states.iter_mut().zip(other.states) {
            state.merge(theirs, &groups);
        }
        let approximate = other.approximate.into_iter();
        self.approximate
            .extend(approximate.map(|(group, operand)| (groups[group] as usize, operand)));
        Ok(())
    }

    /// Makes a group for rows without keys, if that is how they are grouped: it has a row even if there are none. Joins groups
    /// that look alike. Frees what only adding rows needs.
    pub fn complete(&mut self) {
        if self.grouping.keys.is_empty() {
            self.has_one_group();
        }
        let joined = self.join_alike();
        debug_assert!(joined.is_ok(), "joining makes fewer groups");
        self.groups.end_lookups();
        self.ready = Vec::new();
    }

    /// What others that can take the same rows are made with.
    pub fn model(&self) -> (Arc<Grouping>, TimeZone) {
        (Arc::clone(&self.grouping), self.zone.clone())
    }

    /// How the groups came about.
    pub fn grouping(&self) -> &Grouping {
        &self.grouping
    }

    /// The name of an aggregate of which a state depends on where a row stands in the input.
    pub fn positional(&self) -> Option<&'static str> {
        let mut states = self.states.iter().zip(&self.grouping.states);
        let found = states.find(|(state, _)| state.is_positional());
        found.map(|(_, column)| column.family.name)
    }

    /// Bytes on the heap, about.
    pub fn heap_bytes(&self) -> usize {
        let states: usize = self.states.iter().map(|state| state.heap_bytes()).sum();
        self.groups.heap_bytes() + states + self.ready.capacity() * size_of::<Value<'_>>()
    }

    /// One of the keys of a group.
    pub fn key(&self, group: usize, key: usize) -> Value<'_> {
        let (tag, bytes) = self.groups.key(group);
        match self.grouping.keys.len() {
            1 => Value::from_key(tag, bytes),
            _ => Value::from_keys(bytes).nth(key).unwrap_or_default(),
        }
    }

    /// One of the results of a group.
    pub fn result(&self, group: usize, result: usize) -> Cell {
        let grouping = &*self.grouping;
        match grouping.results[result].as_slot() {
            Some(slot) => self.answer(group, grouping.answers[slot - grouping.keys.len()]),
            None => grouping.result(result, &self.answers(group)),
        }
    }

    fn answer(&self, group: usize, answer: Answer) -> Cell {
        let mut cell = self.states[answer.state].finish(group, answer.parameters);
        if !self.approximate.is_empty() {
            let arguments = &self.grouping.states[answer.state].arguments;
            cell.approx |= arguments
                .iter()
                .any(|argument| self.is_approximate(group, Operand::Argument(*argument)));
        }
        cell
    }

    fn is_approximate(&self, group: usize, operand: Operand) -> bool {
        self.approximate.contains(&(group, operand))
    }

    fn answers(&self, group: usize) -> Vec<Cell> {
        let answers = self.grouping.answers.iter();
        answers.map(|answer| self.answer(group, *answer)).collect()
    }

    /// The row of a group: its keys, then its results.
    pub fn row(&self, group: usize) -> Vec<Cell> {
        let Grouping { keys, results, .. } = &*self.grouping;
        let mut cells = Vec::with_capacity(keys.len() + results.len());
        cells.extend((0..keys.len()).map(|key| Cell {
            value: self.key(group, key).into_static(),
            approx: self.is_approximate(group, Operand::Key(key)),
        }));
        cells.extend(self.grouping.results(&self.answers(group)));
        cells
    }

    /// The rows of all groups.
    pub fn into_rows(mut self) -> impl Iterator<Item = Vec<Cell>> {
        self.complete();
        (0..self.groups.len()).map(move |group| self.row(group))
    }

    /// Whether a key or an argument of any group is an approximation.
    pub fn has_approximations(&self) -> bool {
        !self.approximate.is_empty()
    }
}

/// Prepares each row that is alive, and refuses those for which that fails.
#[inline(always)]
fn each(
    rows: Matrix<'_>,
    ready: &mut [Value<'static>],
    alive: &mut Alive,
    refuse: Refuse<'_>,
    prepare: impl Fn(&[Value<'_>], &mut Value<'static>) -> Result<(), Bad>,
) {
    for (index, (row, ready)) in rows.rows().zip(ready).enumerate() {
        if alive.has(index)
            && let Err(bad) = prepare(row, ready)
        {
            alive.remove(index);
            refuse(index, bad);
        }
    }
}
