//! Where a run stopped, so that the next one goes on there: file identity, rotation, state files.
//!
//! A [`Mark`] is a place in a content: an offset, with hashes of what is before it. It is recognised in whatever file that content
//! is found later: renamed, copied, compressed. [`resolve()`] compares the marks of a log with the files that are there now, and
//! tells what to read, in which order, and what is lost. A [`State`] keeps the marks of many logs, and a [`Store`] the state
//! on disk. Reading lines, and when to look, is left to the commands.
//!
//! The file system is behind the trait [`Files`], so that rotations can be tried out in any order.

mod candidates;
mod compare;
mod digest;
mod files;
mod listing;
mod mark;
mod names;
mod pieces;
mod resolve;
mod samples;
mod search;
mod state;
mod state_text;
mod store;
#[cfg(test)]
pub(crate) mod testing;

pub use candidates::{directory_of, is_rotated_name, listing};
pub use compare::{Comparison, compare};
pub use digest::{Digest, TAIL};
pub use files::{Content, Disk, Files};
pub use listing::Listing;
pub use mark::{HEAD, Head, Mark};
pub use names::without_packing;
pub use pieces::{Known, Loss, Piece, Place, Resolved, Seen};
pub use resolve::resolve;
pub use samples::Samples;
pub use search::SETTLING;
pub use state::{LogState, OutputState, State};
pub use store::{Condition, Loaded, Mismatch, OpenError, Store};
