//! The engine of `jug walk`: every entry under some paths, in parallel, in an order that does not depend on the threads.
//!
//! [`mod@run`] walks a [`Plan`]. A directory is a unit of work: one worker lists it, decides about each entry
//! ([`crate::select`], then a [`Condition`]) and has a [`Recorder`] write the entries that are wanted straight into the output
//! bytes. `queue` gives directories to workers, the leftmost first; `stream` joins the bytes of finished directories as if one
//! worker had walked the tree alone. The records are written by [`text`], [`rows`], [`json_tree`] and [`totals`], made of
//! [`field`]s and [`event`]s. Directories themselves are read in `dirs`.

mod condition;
pub mod cumulative;
pub mod duplicates;
pub mod event;
pub mod field;
pub mod json_tree;
mod judge;
mod node;
#[cfg(test)]
mod panics;
mod plan;
mod queue;
pub mod ranking;
mod recorder;
pub mod rows;
pub mod run;
mod shared;
pub mod snapshot;
mod steps;
mod stream;
#[cfg(test)]
mod tests;
pub mod text;
pub mod totals;
mod visit;
mod worker;

pub use condition::Condition;
pub use cumulative::Cumulative;
pub use event::{Event, Events, Left};
pub use field::{Field, Needs};
pub use plan::{BACKLOG, Follow, Order, Plan};
pub use ranking::Ranking;
pub use recorder::{Output, Recorder};
pub use run::{Report, run};
