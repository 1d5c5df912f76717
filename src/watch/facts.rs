//! What is known of an entry.

use crate::dirs::{FileType, Stat};
use crate::record::Timestamp;

/// What is known of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its length in bytes.
    pub size: u64,
    /// The last change of its content, in nanoseconds since 1970.
    pub mtime: i64,
    /// The last change of its attributes, in nanoseconds since 1970.
    pub ctime: i64,
    /// Its inode.
    pub ino: u64,
    /// Its type.
    pub file_type: FileType,
    /// Whether it changed just before it was looked at: then a later change may have left the same times.
    pub is_fresh: bool,
}

/// Longer than the step of the clock that stamps files, in nanoseconds.
const STEP: i64 = 20_000_000;

/// A point in time, in nanoseconds since 1970.
fn nanos(time: Option<Timestamp>) -> i64 {
    let nanos = time.map_or(0, Timestamp::nanos_since_epoch);
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// The present, for [`Facts::new`].
pub fn now() -> i64 {
    nanos(Some(Timestamp::now()))
}

impl Facts {
    /// What is known from the attributes; `looked` is when they were asked for, or a little earlier.
    pub fn new(stat: &Stat, looked: i64) -> Facts {
        let (mtime, ctime) = (nanos(stat.mtime), nanos(stat.ctime));
        Facts {
            size: stat.size,
            mtime,
            ctime,
            ino: stat.ino,
            file_type: stat.file_type,
            is_fresh: looked.saturating_sub(mtime.max(ctime)) < STEP,
        }
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.file_type == FileType::Directory
    }

    /// Whether both are about the same file.
    pub fn is_same_file(&self, other: &Facts) -> bool {
        self.ino == other.ino && self.file_type == other.file_type
    }

    /// Whether nothing has changed since `before`, for sure.
    pub fn is_unchanged_since(&self, before: &Facts) -> bool {
        !before.is_fresh
            && self.is_same_file(before)
            && (self.size, self.mtime, self.ctime) == (before.size, before.mtime, before.ctime)
    }
}
