//! The states of all groups, one after the other, behind a trait: a grouping has columns of several types.

use std::any::Any;

use super::row::{Row, Rows};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::Cell;

/// States, one for each group.
pub trait Column: Send + Sync {
    /// Adds empty states until there is one for each of this many groups.
    fn grow_to(&mut self, groups: usize);

    /// Adds each row to the group at its place in `groups`, unless its first argument is missing. A row of a group that does
    /// not exist, such as [`NOWHERE`], is ignored.
    ///
    /// # Errors
    /// If the aggregate cannot take one of the rows; the others are added.
    ///
    /// [`NOWHERE`]: crate::group::NOWHERE
    fn add_all(&mut self, groups: &[u32], rows: Rows<'_>) -> Result<(), Unfit>;

    /// Adds the same row to a group `times` times.
    ///
    /// # Errors
    /// If the aggregate cannot take it.
    fn add_times(&mut self, group: usize, row: Row<'_>, times: u64) -> Result<(), Unfit>;

    /// Merges the states of a column of the same aggregate: its group i is our group `groups[i]`.
    fn merge(&mut self, other: Box<dyn Column>, groups: &[u32]);

    /// The same states, for an answer while more rows are added.
    fn copy(&self) -> Box<dyn Column>;

    /// The answer of a group.
    fn finish(&self, group: usize, parameters: Parameters) -> Cell;

    /// Appends the state of a group as bytes, without its head.
    fn encode(&self, group: usize, out: &mut Vec<u8>);

    /// Merges a state that was encoded without its head into a group.
    ///
    /// # Errors
    /// If the bytes are not a state.
    fn decode(&mut self, group: usize, bytes: &[u8]) -> Result<(), Damaged>;

    /// Whether the state of any group depends on where a row stands in the input.
    fn is_positional(&self) -> bool;

    /// Bytes on the heap, about.
    fn heap_bytes(&self) -> usize;

    /// The states with their type, for [`Column::merge`].
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// No groups yet, of the aggregate whose state is `S`.
pub(super) fn column<S: State>() -> Box<dyn Column> {
    Box::new(States::<S>(Vec::new()))
}

struct States<S>(Vec<S>);

impl<S: State> Column for States<S> {
    #[inline]
    fn grow_to(&mut self, groups: usize) {
        if self.0.len() < groups {
            self.0.resize_with(groups, S::default);
        }
    }

    fn add_all(&mut self, groups: &[u32], rows: Rows<'_>) -> Result<(), Unfit> {
        let mut fits = Ok(());
        let is_there = rows.arguments[0]
            .shared()
            .is_some_and(|value| !value.is_missing());
        for (index, group) in groups.iter().enumerate() {
            let row = rows.row(index);
            if let Some(state) = self.0.get_mut(*group as usize)
                && (is_there || !row.value().is_missing())
            {
                fits = fits.and(state.add(row));
            }
        }
        fits
    }

    fn add_times(&mut self, group: usize, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        self.0[group].add_times(row, times)
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

    fn finish(&self, group: usize, parameters: Parameters) -> Cell {
        self.0[group].finish(parameters)
    }

    fn encode(&self, group: usize, out: &mut Vec<u8>) {
        self.0[group].encode(out);
    }

    fn decode(&mut self, group: usize, bytes: &[u8]) -> Result<(), Damaged> {
        self.0[group].merge(S::decode(bytes)?);
        Ok(())
    }

    fn is_positional(&self) -> bool {
        self.0.iter().any(S::is_positional)
    }

    fn heap_bytes(&self) -> usize {
        let states: usize = self.0.iter().map(S::heap_bytes).sum();
        self.0.capacity() * size_of::<S>() + states
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
