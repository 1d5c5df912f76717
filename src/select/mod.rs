//! Which paths matter: globs, types, sizes, times, owners, ignore files.
//!
//! A [`Selection`] says which entries are shown, a [`Pruning`] which are left out with all that is below them, and which are
//! shown and not entered. Both are made from arguments alone, then resolved once against the system (a file's time, a
//! user's number, ignore files), and from then on shared by any number of threads. Whoever walks or watches implements
//! [`Subject`], and is asked for no more than the tests need: names first, types next, then attributes, and last what only
//! a look inside can tell. How deep to go and what is another file system is left to those who walk.
//!
//! Everything here is about bytes: `?` in a glob is one byte, and letters of either case are those from A to Z.

pub mod attribute;
pub mod compare;
pub mod glob;
pub mod ignoring;
pub mod pruning;
pub mod rules;
pub mod selection;

pub use attribute::{Permissions, Test, Time};
pub use compare::{Comparison, Relation};
pub use glob::{InvalidGlob, Pattern, Patterns};
pub use ignoring::{Ignores, Problem};
pub use pruning::Pruning;
pub use rules::Rules;
pub use selection::{Selection, extension};

use crate::dirs::{FileType, Stat};

/// What is asked about one entry; cheap answers are asked for first.
pub trait Subject {
    /// The last part of the path, of a root too.
    fn name(&self) -> &[u8];
    /// The path as it is printed.
    fn path(&self) -> &[u8];
    /// The path below its root; empty for the root itself.
    fn below(&self) -> &[u8];
    /// What sort of thing it is, as far as that is known without its attributes.
    fn file_type(&self) -> FileType;
    /// Its attributes; nothing if they could not be had, which whoever implements this has noted.
    fn stat(&mut self) -> Option<&Stat>;
    /// Whether there is nothing in this directory; no if it cannot be looked into.
    fn is_empty_directory(&mut self) -> bool;
    /// Whether this link leads nowhere.
    fn is_broken_link(&mut self) -> bool;
}

#[cfg(test)]
mod tests;
