//! What is recorded besides entries, and what entries add up to.

use crate::dirs::EntryError;

/// Which events are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// A directory is entered.
    pub enter: bool,
    /// A directory is left, with everything below it.
    pub leave: bool,
    /// Something could not be read.
    pub error: bool,
    /// A directory was reached again through a link.
    pub repeat: bool,
    /// Another file system begins.
    pub mount: bool,
    /// The walk is over.
    pub summary: bool,
}

/// An event.
#[derive(Debug)]
pub enum Event<'a> {
    /// A directory is entered.
    Enter {
        /// Its path.
        path: &'a [u8],
    },
    /// Something could not be read.
    Error(&'a EntryError),
    /// A directory was reached again through a link, and is not entered again.
    Repeat {
        /// Its path this time.
        path: &'a [u8],
        /// The path by which it was entered.
        first: &'a [u8],
    },
    /// Another file system begins.
    Mount {
        /// The path of its top.
        path: &'a [u8],
        /// Its kind, if known.
        kind: Option<&'a str>,
        /// Whether it is entered.
        entered: bool,
    },
}

/// A directory that has been left.
#[derive(Debug)]
pub struct Left<'a> {
    /// Its path; empty unless [`Events::leave`].
    pub path: &'a [u8],
    /// The sums of the entries recorded below it.
    pub sums: Sums,
    /// Why it could not be read, or not to its end.
    pub error: Option<&'a EntryError>,
}

/// Sums of the recorded entries. Sizes are those of entries whose attributes were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The number of entries that are not directories.
    pub files: u64,
    /// The number of directories.
    pub dirs: u64,
    /// Their sizes in bytes.
    pub size: u128,
    /// The bytes that they take on disk.
    pub allocated: u128,
}

impl Sums {
    /// Adds other sums.
    pub fn add(&mut self, other: Sums) {
        self.files += other.files;
        self.dirs += other.dirs;
        self.size += other.size;
        self.allocated += other.allocated;
    }
}
