//! Aggregates, one file each: what `count`, `sum(bytes)` or `p99(rt)` keep of the rows of a group.
//!
//! An author writes a [`State`]: a value that adds rows, merges, encodes and finishes. The answer must be a function of the
//! *multiset* of added rows alone; then threads, chunks, files and machines can be merged in any order. Laws test this for
//! every entry of [`AGGREGATES`]. What an aggregate can do is data in its [`Spec`]; no other code compares names.

mod avg;
mod column;
mod count;
mod encoding;
mod ends;
mod extreme;
mod few;
mod hyperloglog;
mod kept;
#[cfg(test)]
mod laws;
mod list;
mod quantile;
mod rate;
mod registry;
mod row;
mod spec;
mod state;
mod stddev;
mod sum;
mod uniq;
#[cfg(test)]
mod wire;

pub use column::Column;
pub use encoding::Refused;
pub use registry::{AGGREGATES, find, find_bare, names, names_amount, reserved_names};
pub use row::{Position, Row, Rows};
pub use spec::{Example, Family, Gives, Pattern, ReadsTime, Spec, Takes};
pub use state::{Damaged, Parameters, State, Unfit};
