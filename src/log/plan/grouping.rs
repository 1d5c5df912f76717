//! Grouping: keys, the states kept for each group, and the columns computed from them.

use super::bucket::Bucket;
use crate::expr::Program;
use crate::log::aggregate::{Family, Parameters, Takes};
use crate::record::{Cell, Value};

/// How rows are grouped and what is computed for each group.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// What rows are grouped by.
    pub keys: Vec<GroupKey>,
    /// What is computed of each row for the states, each once.
    pub arguments: Vec<Argument>,
    /// What is kept for each group.
    pub states: Vec<StateColumn>,
    /// What is computed from the states.
    pub answers: Vec<Answer>,
    /// The slot of a row's time, if an aggregate looks at it.
    pub time: Option<usize>,
    /// The columns after the keys, over a row of the keys and then the answers.
    pub results: Vec<Program>,
}

/// A key.
#[derive(Clone, Debug)]
pub struct GroupKey {
    /// Its value.
    pub program: Program,
    /// How it is rounded down, if it is a time bucket.
    pub bucket: Option<Bucket>,
}

/// What is computed of each row for the states.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its value.
    pub program: Program,
    /// What it must be.
    pub takes: Takes,
    /// The text as typed, for messages.
    pub text: String,
}

impl Argument {
    /// The slot of the row that it is, if it needs no conversion.
    pub fn in_row(&self) -> Option<usize> {
        self.program.as_slot().filter(|_| self.takes == Takes::Any)
    }
}

/// What is kept for each group.
#[derive(Clone, Debug, PartialEq)]
pub struct StateColumn {
    /// Of which aggregates.
    pub family: &'static Family,
    /// Which of the arguments they have; none for `count` alone.
    pub arguments: Vec<usize>,
}

/// What is computed from a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The number of the state.
    pub state: usize,
    /// How.
    pub parameters: Parameters,
}

impl Grouping {
    /// Whether there is a group for each day, which begins when the zone says.
    pub fn has_days(&self) -> bool {
        let mut buckets = self.keys.iter().map(|key| key.bucket);
        buckets.any(|bucket| matches!(bucket, Some(Bucket::Days(_))))
    }

    /// The results of a group, from the answers of its states. They do not depend on its keys.
    pub fn results(&self, answers: &[Cell]) -> impl Iterator<Item = Cell> {
        (0..self.results.len()).map(|result| self.result(result, answers))
    }

    /// One of the results.
    pub fn result(&self, result: usize, answers: &[Cell]) -> Cell {
        let program = &self.results[result];
        if let Some(slot) = program.as_slot() {
            return answers[slot - self.keys.len()].clone();
        }
        let mut row = vec![Value::Missing; self.keys.len()];
        row.extend(answers.iter().map(|answer| answer.value.borrowed()));
        let approx = program.reads(&|slot| {
            let answer = slot.checked_sub(self.keys.len());
            answer.is_some_and(|answer| answers[answer].approx)
        });
        let value = program
            .eval(&row)
            .map_or(Value::Missing, |value| value.into_owned().into_static());
        Cell { value, approx }
    }

    /// Gives the slots of rows other numbers.
    pub(super) fn renumber(&mut self, number: &dyn Fn(usize) -> usize) {
        for key in &mut self.keys {
            key.program.renumber(number);
        }
        for argument in &mut self.arguments {
            argument.program.renumber(number);
        }
        self.time = self.time.map(number);
    }

    /// The results of a group without rows.
    pub(super) fn empty_results(&self) -> Vec<Cell> {
        let answer = |answer: &Answer| {
            let mut states = (self.states[answer.state].family.column)();
            states.grow_to(1);
            states.finish(0, answer.parameters)
        };
        let answers: Vec<Cell> = self.answers.iter().map(answer).collect();
        self.results(&answers).collect()
    }

    /// Whether it looks at nothing of a row, as `count` alone.
    pub(super) fn only_counts(&self) -> bool {
        self.time.is_none() && self.states.iter().all(|state| state.arguments.is_empty())
    }
}
