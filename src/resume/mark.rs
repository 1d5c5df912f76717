//! A place in a content, and hashes by which that content is recognised.

use std::io;
use std::path::{Path, PathBuf};

use super::digest::{Digest, TAIL};
use super::files::Content;
use super::samples::Samples;
use crate::io::growing::Status;

/// How many bytes at the beginning of a content are hashed, at most.
pub const HEAD: usize = 4096;

/// The beginning of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many bytes were hashed: all there were, [`HEAD`] at most.
    pub length: usize,
    /// Their hash.
    pub digest: Digest,
}

impl Head {
    /// The head of a content that begins with these bytes.
    pub fn of(first: &[u8]) -> Head {
        let length = first.len().min(HEAD);
        Head {
            length,
            digest: Digest::of(&first[..length]),
        }
    }

    /// Whether a content that begins with `first` has this head.
    pub fn is_at(&self, first: &[u8]) -> bool {
        first
            .get(..self.length)
            .is_some_and(|first| Digest::of(first) == self.digest)
    }
}

/// A place in a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where the content was last seen.
    pub path: PathBuf,
    /// The file that had it then. Hints only: inodes are used again, and contents move to other files.
    pub status: Status,
    /// How many bytes of the content come before the place.
    pub offset: u64,
    /// How the content begins. It may reach beyond the place.
    pub head: Head,
    /// The hash of the last bytes before the place, [`TAIL`] at most.
    pub tail: Digest,
    /// Hashes of more of the content. They may reach beyond the place.
    pub samples: Samples,
}

impl Mark {
    /// A mark in an open file; none if that is empty.
    ///
    /// # Errors
    /// Those of reading.
    pub fn of(path: &Path, content: &mut impl Content, offset: u64) -> io::Result<Option<Mark>> {
        // Before reading, so that a file with this status has what was read.
        let status = content.status()?;
        let mut first = [0; HEAD];
        let read = content.read_available(0, &mut first)?;
        let mut tail = [0; TAIL];
        let tail = &mut tail[..offset.min(TAIL as u64) as usize];
        let before = content.read_available(offset - tail.len() as u64, tail)?;
        if read == 0 || before < tail.len() {
            return Ok(None);
        }
        Ok(Some(Mark {
            path: path.to_owned(),
            status,
            offset,
            head: Head::of(&first[..read]),
            tail: Digest::of(tail),
            samples: Samples::of(content, offset)?,
        }))
    }

    /// Whether a file has not changed in any way since it was marked.
    pub fn is_unchanged(&self, status: &Status) -> bool {
        self.status.is_same_file(status)
            && (self.status.size, self.status.changed) == (status.size, status.changed)
    }

    /// How many bytes the file had after the place when it was last seen.
    pub fn unread(&self) -> u64 {
        self.status.size.saturating_sub(self.offset)
    }
}
