//! The states of all groups, one after the other, with their type forgotten.
//!
//! A grouping has columns of several types. The only place that knows them again is here, where a column takes over another
//! of its own type.

use std::any::Any;

use super::{Damaged, Quantile, State, Unfit};
use crate::log::batch::Values;
use crate::record::{Cell, Value};

/// States, one for each group.
pub trait Column: Send {
    /// Makes sure that there are so many states.
    fn grow_to(&mut self, groups: usize);

    /// Adds a value to each of some groups, or nothing where there is none. A group that does not exist, such as
    /// [`NOWHERE`], gets nothing either.
    ///
    /// # Errors
    /// If the aggregate cannot take one of the values; the others are added.
    ///
    /// [`NOWHERE`]: crate::group::NOWHERE
    fn add_all(&mut self, groups: &[u32], values: Values<'_>) -> Result<(), Unfit>;

    /// Adds a value to a group so many times.
    ///
    /// # Errors
    /// If the aggregate cannot take it.
    fn add_times(&mut self, group: usize, value: &Value<'_>, times: u64) -> Result<(), Unfit>;

    /// Takes over the states of a column of the same aggregate: its group i is our group `groups[i]`.
    fn merge(&mut self, other: Box<dyn Column>, groups: &[u32]);

    /// The same states, for an answer while more values are added.
    fn copy(&self) -> Box<dyn Column>;

    /// The answer of a group.
    fn finish(&self, group: usize, quantile: Quantile) -> Cell;

    /// Appends the state of a group as bytes.
    fn encode(&self, group: usize, out: &mut Vec<u8>);

    /// Merges a state that was encoded into a group.
    ///
    /// # Errors
    /// If the bytes are no state.
    fn decode(&mut self, group: usize, bytes: &[u8]) -> Result<(), Damaged>;

    /// The states with their type, for [`Column::merge`].
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// No groups yet, of the aggregate whose state is `S`.
pub(super) fn column<S: State>() -> Box<dyn Column> {
    Box::new(States::<S>(Vec::new()))
}

struct States<S>(Vec<S>);

impl<S: State> States<S> {
    #[inline(always)]
    fn add_each<'v>(
        &mut self,
        groups: &[u32],
        values: impl IntoIterator<Item = &'v Value<'v>>,
    ) -> Result<(), Unfit> {
        let mut fits = Ok(());
        for (group, value) in groups.iter().zip(values) {
            if let Some(state) = self.0.get_mut(*group as usize)
                && !value.is_missing()
            {
                fits = fits.and(state.add(value));
            }
        }
        fits
    }
}

impl<S: State> Column for States<S> {
    #[inline]
    fn grow_to(&mut self, groups: usize) {
        if self.0.len() < groups {
            self.0.resize_with(groups, S::default);
        }
    }

    fn add_all(&mut self, groups: &[u32], values: Values<'_>) -> Result<(), Unfit> {
        match values {
            Values::Same(value) => self.add_each(groups, std::iter::repeat(value)),
            Values::Each { values, stride: 1 } => self.add_each(groups, values),
            Values::Each { values, stride } => self.add_each(groups, values.iter().step_by(stride)),
        }
    }

    fn add_times(&mut self, group: usize, value: &Value<'_>, times: u64) -> Result<(), Unfit> {
        self.0[group].add_times(value, times)
    }

    fn merge(&mut self, other: Box<dyn Column>, groups: &[u32]) {
        let other = other
            .into_any()
            .downcast::<States<S>>()
            .expect("a column is merged with one of the same aggregate");
        for (state, group) in other.0.into_iter().zip(groups) {
            self.0[*group as usize].merge(state);
        }
    }

    fn copy(&self) -> Box<dyn Column> {
        Box::new(States(self.0.clone()))
    }

    fn finish(&self, group: usize, quantile: Quantile) -> Cell {
        self.0[group].finish(quantile)
    }

    fn encode(&self, group: usize, out: &mut Vec<u8>) {
        self.0[group].encode(out);
    }

    fn decode(&mut self, group: usize, bytes: &[u8]) -> Result<(), Damaged> {
        self.0[group].merge(S::decode(bytes)?);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
