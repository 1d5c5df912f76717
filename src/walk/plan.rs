//! What to walk, and how.

use super::condition::Condition;
use super::cumulative::Cumulative;
use super::event::Events;
use super::field::Needs;
use crate::dirs::{DescriptorBudget, Engine, FileSystems, Tolerated};
use crate::select::{Ignores, Pruning, Selection};

/// The default of [`Plan::backlog`], in bytes.
pub const BACKLOG: usize = 64 << 20;

/// What to walk, and how.
pub struct Plan {
    /// The paths to start from.
    pub roots: Vec<Vec<u8>>,
    /// Which links are followed.
    pub follow: Follow,
    /// The order of the entries.
    pub order: Order,
    /// The number of levels to descend below a root.
    pub depth: u32,
    /// Which entries are recorded.
    pub selection: Selection,
    /// Which directories are not entered.
    pub pruning: Pruning,
    /// The ignore rules that `pruning` names, if any.
    pub ignores: Option<Ignores>,
    /// Whether directories that are marked as caches are left out, unless they are roots.
    pub is_without_caches: bool,
    /// Conditions of which one must hold for entries to be recorded, besides `selection`; none if there are none.
    pub conditions: Vec<Condition>,
    /// Which file systems are entered.
    pub file_systems: FileSystems,
    /// The name of the temporary file that the output is written to, which is not recorded.
    pub own_file: Option<Vec<u8>>,
    /// Which errors are not reported.
    pub tolerated: Tolerated,
    /// What is recorded besides entries.
    pub events: Events,
    /// What the records need to know of an entry.
    pub needs: Needs,
    /// Whether directories are recorded even if they are not selected, since their entries are nested in them.
    pub nests: bool,
    /// Set if the sums of directories are recorded in place of entries. The order is then [`Order::Directory`].
    pub cumulative: Option<Cumulative>,
    /// Whether the output needs to know where each record ends.
    pub wants_ends: bool,
    /// The most records to write.
    pub limit: Option<u64>,
    /// How many bytes of finished directories may wait for their turn. Beyond that, only the directory that the output waits
    /// for is read.
    pub backlog: usize,
    /// How directories are read.
    pub engine: Engine,
    /// The number of threads; by default one for each core.
    pub threads: Option<usize>,
    /// The most threads that there are descriptors for.
    pub max_threads: usize,
    /// The descriptors of directories that may be kept.
    pub descriptors: DescriptorBudget,
}

/// Which links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// None.
    Never,
    /// Roots that are links.
    Roots,
    /// All.
    Always,
}

/// The order of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By the bytes of names within a directory; a directory comes before its entries.
    Directory,
    /// By the bytes of whole paths.
    Path,
    /// As they are found.
    None,
}
