//! What is kept for one group: the trait that an aggregate's author implements.

use super::row::Row;
use crate::record::Cell;

/// Constants in the name of a call: for `p99.9`, the share. Only the aggregate that parsed them knows what they mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub(super) [u32; 2]);

/// A value that an aggregate cannot take, such as text in a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

/// Bytes that are not the body of an encoded state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// What is kept for one group.
pub trait State: Clone + Default + Send + Sync + 'static {
    /// Adds a row. Rows whose first argument is missing are not added.
    ///
    /// # Errors
    /// If an argument is not what the spec's [`Takes`](super::Takes) says; the state is then unchanged.
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit>;

    /// Adds the same row `times` times.
    ///
    /// # Errors
    /// As [`State::add`].
    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        (0..times).try_for_each(|_| self.add(row))
    }

    /// Adds all rows that were added to `other`.
    fn merge(&mut self, other: Self);

    /// The answer, for the parameters in the name of the call.
    fn finish(&self, parameters: Parameters) -> Cell;

    /// Appends the state as bytes, the same for equal states. [`Family::encode`](super::Family::encode) puts id, version and
    /// length before them.
    fn encode(&self, out: &mut Vec<u8>);

    /// Reads all that [`State::encode`] wrote.
    ///
    /// # Errors
    /// If the bytes are not a state.
    fn decode(bytes: &[u8]) -> Result<Self, Damaged>;

    /// Whether it depends on where a row stands in the input, which means nothing beside rows of other runs.
    fn is_positional(&self) -> bool {
        false
    }

    /// Bytes on the heap, about.
    fn heap_bytes(&self) -> usize {
        0
    }
}
