//! What happens on a walk besides entries, for those who want it in the stream.

use super::Fault;

/// Which events are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// A directory is entered.
    pub enter: bool,
    /// A directory is left, with all that is below it.
    pub leave: bool,
    /// Something could not be read.
    pub error: bool,
    /// A directory was met again, through a link.
    pub repeat: bool,
    /// Another file system begins.
    pub mount: bool,
    /// The walk is over.
    pub summary: bool,
}

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A directory is entered.
    Enter {
        /// Its path.
        path: &'a [u8],
    },
    /// Something could not be read.
    Error(&'a Fault),
    /// A directory was met again, through a link: it is not entered again.
    Repeat {
        /// The path it was met by.
        path: &'a [u8],
        /// The path that it was entered by.
        first: &'a [u8],
    },
    /// Another file system begins.
    Mount {
        /// Where it begins.
        path: &'a [u8],
        /// Of what kind it is, if the system tells.
        kind: Option<&'a str>,
        /// Whether it is entered.
        entered: bool,
    },
}

/// A directory that has been left.
#[derive(Debug)]
pub struct Left<'a> {
    /// Its path; empty where no event asks for it.
    pub path: &'a [u8],
    /// What came out below it.
    pub sums: Sums,
    /// Why it could not be read, or not to its end.
    pub fault: Option<&'a Fault>,
}

/// What came out, added up. Sizes are those of entries whose attributes were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Entries that are no directories.
    pub files: u64,
    /// Directories.
    pub dirs: u64,
    /// Bytes in all of them.
    pub size: u128,
    /// Bytes that they take on disk.
    pub allocated: u128,
}

impl Sums {
    /// Adds what was found elsewhere.
    pub fn add(&mut self, other: Sums) {
        self.files += other.files;
        self.dirs += other.dirs;
        self.size += other.size;
        self.allocated += other.allocated;
    }
}
