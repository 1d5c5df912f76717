//! The engine of `jug walk`: every entry under some paths, in parallel, in an order that is always the same.
//!
//! [`mod@run`] walks. A directory is a piece of work: one worker lists it, judges each entry ([`crate::select`], then a
//! condition in the expression language) and has a [`Recorder`] write what is wanted of it, straight into the bytes that go
//! out. `queue` hands directories to workers, the leftmost first; `order` puts the bytes of finished directories
//! together as if one worker had walked the tree alone. What records look like is in [`text`], [`rows`], [`json_tree`] and
//! [`totals`], made of [`field`]s and [`event`]s. Directories themselves are read in `dirs`.

mod condition;
pub mod entry;
pub mod event;
mod fault;
pub mod field;
pub mod json_tree;
mod judge;
mod node;
mod order;
#[cfg(test)]
mod panics;
mod queue;
pub mod rows;
pub mod run;
mod steps;
#[cfg(test)]
mod tests;
pub mod text;
pub mod totals;
mod visit;

use crate::dirs::Engine;
use crate::error::Result;
use crate::select::{Pruning, Selection};

pub use condition::Condition;
pub use entry::Entry;
pub use event::{Event, Events, Left};
pub use fault::{Fault, Operation, Tolerated};
pub use field::Field;
pub use run::{BACKLOG, Report, run};

/// What to walk, and how.
pub struct Plan {
    /// Where to begin.
    pub roots: Vec<Vec<u8>>,
    /// Which links are followed.
    pub follow: Follow,
    /// In which order entries come out.
    pub order: Order,
    /// How many steps below a root entries are looked for.
    pub depth: u32,
    /// Which entries come out.
    pub selection: Selection,
    /// Which directories are not entered.
    pub pruning: Pruning,
    /// What must hold for an entry that comes out, too.
    pub condition: Option<Condition>,
    /// Whether other file systems than the root's are left alone.
    pub one_file_system: bool,
    /// Kinds of file systems that are left alone.
    pub skipped_file_systems: Vec<String>,
    /// The name of the file that is being written, which is there only for as long as we write it.
    pub own_file: Option<Vec<u8>>,
    /// Which faults are none.
    pub tolerated: Tolerated,
    /// What is wanted in the stream besides entries.
    pub events: Events,
    /// What the records need to know of an entry.
    pub needs: Needs,
    /// Whether directories are recorded whether or not they are selected, since what is below is written into them.
    pub nests: bool,
    /// Whether whoever puts records out wants to know where each ends.
    pub wants_ends: bool,
    /// How many records are wanted.
    pub limit: Option<u64>,
    /// How many bytes of finished directories may wait for their turn. When there are more, only what the output waits for is
    /// read.
    pub backlog: usize,
    /// How directories are read.
    pub engine: Engine,
    /// How many threads work; if nothing is said, one for each core.
    pub threads: Option<usize>,
}

/// Which links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// None.
    Never,
    /// Those that the walk begins at.
    Roots,
    /// All.
    Always,
}

/// In which order entries come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By bytes within a directory, a directory before what is in it.
    Directory,
    /// By the bytes of whole paths.
    Path,
    /// As they are found.
    None,
}

/// What has to be asked about an entry before it can be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Its attributes.
    pub stat: bool,
    /// Where it leads, if it is a link.
    pub target: bool,
}

impl Needs {
    /// What either needs.
    pub fn and(self, other: Needs) -> Needs {
        Needs {
            stat: self.stat || other.stat,
            target: self.target || other.target,
        }
    }
}

/// Writes records. Each worker has its own.
pub trait Recorder: Send {
    /// An entry that comes out. `nested` says whether what is below it will follow; `is_first` whether it is the first record
    /// of its directory.
    fn entry(&mut self, entry: &Entry<'_>, nested: bool, is_first: bool, out: &mut Vec<u8>);

    /// Something else that happened; only what [`Plan::events`] asks for.
    fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        let _ = (event, out);
    }

    /// A directory has been left, with all that is below it. Called in order, by one worker at a time.
    fn left(&mut self, left: &Left<'_>, out: &mut Vec<u8>) {
        let _ = (left, out);
    }
}

/// Where records go. Called by one worker at a time.
pub trait Output: Send {
    /// Some records, and where each of them ends if [`Plan::wants_ends`].
    ///
    /// # Errors
    /// If they cannot be written; the walk ends then.
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> Result<()>;

    /// Hands on what has been put so far: nothing more is to be had for a while.
    ///
    /// # Errors
    /// As [`Output::put`].
    fn flush(&mut self) -> Result<()>;
}
