//! A place in a content, and hashes by which that content is recognised.

use std::fmt;
use std::path::PathBuf;

use crate::io::growing::Status;

/// How many bytes at the beginning of a content are hashed, at most.
pub const HEAD: usize = 4096;

/// How many bytes before an offset are hashed, at most.
pub const TAIL: usize = 64;

/// A hash of some bytes: the first 16 bytes of their BLAKE3.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        let mut first = [0; 16];
        first.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        Digest(first)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

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
}

impl Mark {
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
