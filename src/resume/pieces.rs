//! Where a log is, what is known of it, and what is to be read of it.

use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use super::listing::Listing;
use super::mark::Mark;
use super::names::without_packing;
use crate::io::growing::{Links, Status};

/// Where a log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path that it is written to.
    pub path: PathBuf,
    /// Whether that path is a link, whose target changes.
    pub links: Links,
}

/// What is known of a log from reading it so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Where reading goes on. None as long as there was nothing to read.
    pub position: Option<Mark>,
    /// The ends of older contents that are not compressed: late writers may still add to them.
    pub finished: Vec<Mark>,
    /// Archives whose content has been read, or is too old to be read.
    pub archives: Vec<Seen>,
}

impl Known {
    /// Makes a mark the position. What was the position before is finished then.
    pub fn supersede(&mut self, mark: Mark) {
        if let Some(before) = self.position.take() {
            self.finish(before);
        }
        let is_other = |other: &Mark| !other.status.is_same_file(&mark.status);
        self.finished.retain(is_other);
        self.position = Some(mark);
    }

    /// Puts a newer mark of a file in place of the older one.
    pub fn refresh(&mut self, mark: Mark) {
        match &mut self.position {
            Some(position) if position.status.is_same_file(&mark.status) => *position = mark,
            _ => self.finish(mark),
        }
    }

    /// Keeps a content as finished.
    fn finish(&mut self, mark: Mark) {
        let name = mark.path.file_name().unwrap_or_default();
        if without_packing(name.as_bytes()).1 {
            self.archives.push(Seen {
                status: mark.status,
            });
            return;
        }
        let is_other = |other: &Mark| !other.status.is_same_file(&mark.status);
        self.finished.retain(is_other);
        self.finished.push(mark);
    }
}

/// A file that needs no further look as long as it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it was. Its path may change.
    pub status: Status,
}

impl Seen {
    /// Whether it is this file, unchanged apart from its name.
    pub fn is(&self, status: &Status) -> bool {
        self.status.is_same_file(status) && self.status.size == status.size
    }
}

/// A part of a log that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The file.
    pub path: PathBuf,
    /// What it was when it was found.
    pub status: Status,
    /// Where to begin; none for the beginning.
    pub from: Option<Mark>,
    /// Whether it is the one that the log is written to.
    pub is_active: bool,
    /// Whether it was added to an older file, after that was done with: it is read beside the current one.
    pub is_late: bool,
    /// Whether a rotator copied it: the rest of a line that it ends with is nowhere.
    pub is_copy: bool,
    /// Whether its content begins where a truncation has left it, so that a hole at its beginning means nothing.
    pub is_truncated: bool,
}

/// What cannot be read any more, or may not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The file was truncated and written again.
    Truncated {
        /// Where reading had stopped.
        offset: u64,
        /// How many bytes after that were seen, but not read; there may have been more.
        at_least: u64,
        /// Its size now.
        size: u64,
        /// Whether what it had before was found in another file.
        has_copy: bool,
    },
    /// What was read last is in no file any more.
    Gone {
        /// Where reading had stopped.
        offset: u64,
        /// How many bytes after that were seen, but not read; there may have been more.
        at_least: u64,
    },
    /// Rotated files between those that are there are missing.
    Missing {
        /// How many.
        files: u64,
    },
    /// A link has taken the place of the file.
    BecameLink,
    /// Something else has taken its place.
    NotAFile,
    /// A file that could not be read, and why.
    Unreadable(PathBuf, String),
}

/// What to do next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// What to read, in this order.
    pub pieces: Vec<Piece>,
    /// What is lost.
    pub losses: Vec<Loss>,
    /// Older contents that are still there, where they are now.
    pub finished: Vec<Mark>,
    /// Archives that need no further look.
    pub archives: Vec<Seen>,
    /// Whether the file that the log is written to exists.
    pub has_active: bool,
    /// Whether the file with the position was found, by whatever name.
    pub has_position: bool,
    /// Whether a file is only being made, so that nothing can be told of it yet: look again soon.
    pub is_unsettled: bool,
    /// The files that were there.
    pub listing: Option<Listing>,
}
