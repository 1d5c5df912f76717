//! What is reported: a change of an entry, or what the watcher itself did.

use super::facts::Facts;

/// A change of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What has happened.
    pub kind: Kind,
    /// The path, as find(1) prints it.
    pub path: Vec<u8>,
    /// The path before, if a rename has led to it.
    pub from: Option<Vec<u8>>,
    /// What is known of the entry; of one that is gone, what was known.
    pub facts: Facts,
    /// How it came about, if the kind does not tell.
    pub reason: Option<Reason>,
    /// Whether the name that ends with it may come back at once, as when an editor saves.
    pub may_return: bool,
}

/// What has happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It is new.
    Create,
    /// Its content has changed.
    Modify,
    /// Its attributes have changed.
    Attrib,
    /// It is gone.
    Remove,
    /// It has another path.
    Rename,
    /// A file that was open for writing was closed.
    Close,
    /// It was read.
    Access,
    /// It was there at the start.
    Exists,
}

impl Kind {
    /// Its name in records and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Create => "create",
            Kind::Modify => "modify",
            Kind::Attrib => "attrib",
            Kind::Remove => "remove",
            Kind::Rename => "rename",
            Kind::Close => "close",
            Kind::Access => "access",
            Kind::Exists => "exists",
        }
    }
}

/// How a change came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Another file has taken the name, as editors save.
    Replaced,
    /// It came from where nothing is watched.
    MovedIn,
    /// It went to where nothing is watched.
    MovedOut,
}

impl Reason {
    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Replaced => "replaced",
            Reason::MovedIn => "moved_in",
            Reason::MovedOut => "moved_out",
        }
    }
}

/// What the watcher itself did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The kernel has lost events.
    Overflow,
    /// Everything is looked at again.
    RescanBegin,
    /// Everything was looked at again.
    RescanDone {
        /// The number of changes found.
        changes: u64,
    },
    /// Part of the tree is looked at from time to time, as it cannot be watched.
    Degraded {
        /// The directory.
        path: Vec<u8>,
        /// Why: `ENOSPC`, `remote_fs`, or another error.
        reason: String,
    },
    /// A directory to be watched is gone.
    RootGone {
        /// Its path.
        path: Vec<u8>,
    },
    /// It is there.
    RootBack {
        /// Its path.
        path: Vec<u8>,
    },
}

/// What comes out of a watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A change.
    Change(Record),
    /// What the watcher did.
    Status(Status),
    /// Something could not be read.
    Missed(String),
    /// A warning about ignore files.
    Warning(String),
}
