//! Which paths matter: globs, types, sizes, times, owners, ignore files.
//!
//! A [`Selection`] decides which entries are shown. A [`Pruning`] decides which are left out with everything below them, and
//! which are shown but not entered. Both are made from arguments alone, then resolved once (a file's time, a user's ID, ignore
//! files), and from then on shared by any number of threads. A command that walks or watches passes a [`Subject`], such as
//! [`crate::dirs::Entry`], which is asked for no more than the tests need: the name first, then the type, the attributes, and
//! last what needs another look at the file system. The depth and other file systems are left to the command.
//!
//! Everything here works on bytes: `?` in a glob is one byte, and case is ignored for A to Z only.

pub mod attribute;
mod class;
pub mod compare;
mod error;
pub mod glob;
mod ignore_file;
mod ignoring;
mod kind;
mod mode;
mod nameless;
pub mod pruning;
pub mod rules;
pub mod selection;

pub use attribute::{Permissions, Test, Time};
pub use compare::{Comparison, Relation};
pub use error::SelectError;
pub use glob::{InvalidGlob, Pattern, Patterns};
pub use ignore_file::Problem;
pub use kind::Kind;
pub use mode::Bits;
pub use nameless::Nameless;
pub use pruning::Pruning;
pub use rules::{Ignores, Rules};
pub use selection::{Selection, extension};

use crate::dirs::{Entry, FileType, Stat};

/// An entry that is tested. Methods that take `&mut self` may call the system.
pub trait Subject {
    /// The last part of the path, also of a root.
    fn name(&self) -> &[u8];
    /// The path as it is printed.
    fn path(&self) -> &[u8];
    /// The path below its root; empty for the root itself.
    fn below(&self) -> &[u8];
    /// Its type, if known without its attributes.
    fn file_type(&self) -> FileType;
    /// Its attributes; `None` after an error, which the implementation has recorded.
    fn stat(&mut self) -> Option<&Stat>;
    /// Whether it is a directory with nothing in it; false if it cannot be read.
    fn is_empty_directory(&mut self) -> bool;
    /// Whether it is a link to nothing.
    fn is_broken_link(&mut self) -> bool;
    /// Whether the user may execute it; of a regular file.
    fn is_executable(&mut self) -> bool;
}

impl Subject for Entry<'_> {
    fn name(&self) -> &[u8] {
        self.place.name()
    }

    fn path(&self) -> &[u8] {
        self.place.path
    }

    fn below(&self) -> &[u8] {
        self.place.below()
    }

    fn file_type(&self) -> FileType {
        self.file_type
    }

    fn stat(&mut self) -> Option<&Stat> {
        Entry::stat(self)
    }

    fn is_empty_directory(&mut self) -> bool {
        Entry::is_empty_directory(self)
    }

    fn is_broken_link(&mut self) -> bool {
        Entry::is_broken_link(self)
    }

    fn is_executable(&mut self) -> bool {
        Entry::is_executable(self)
    }
}

#[cfg(test)]
mod tests;
