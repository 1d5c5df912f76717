//! A cache of files that are expensive to make: content-addressed, limited in size, shared by any number of processes.
//!
//! An entry is a file named by its [`Key`], in one flat directory of mode 0700. Reading takes no lock: entries appear
//! complete (see `put`) and are checked (see `entry`), so a damaged one counts as missing and is removed. When the cache exceeds
//! its maximum, the least recently used entries are removed (see `tidy`).
//!
//! A cache that cannot be read or written does not stop its caller: each operation returns a [`CacheError`] with the reason, for a
//! note, and the caller continues without. Callers decide what to store, and what the key must contain.

mod entry;
mod key;
mod ledger;
mod place;
mod put;
#[cfg(test)]
mod tests;
mod tidy;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::OFlags;
use thiserror::Error;

pub use key::Key;
pub use place::root;

/// The default maximum of a cache, in bytes.
pub const DEFAULT_MAX: u64 = 256 << 20;

/// Why the cache did not do what was asked. The work itself can go on without it.
#[derive(Debug, Error)]
pub enum CacheError {
    /// The environment names no directory for it.
    #[error(
        "none of JUG_CACHE_DIR, XDG_CACHE_HOME and HOME names a place for the cache (HOME must exist)"
    )]
    NoPlace,
    /// Other users can write to the directory, so its content is not trusted.
    #[error("{}: not used, since other users can write to it", .0.display())]
    Foreign(PathBuf),
    /// The entry is not what was stored. It has been removed, if possible.
    #[error("{}: damaged, so not used", .0.display())]
    Damaged(PathBuf),
    /// The entry is larger than the maximum of the cache.
    #[error("{size} bytes are more than the cache may hold, {max}")]
    TooLarge {
        /// Of the entry, in bytes.
        size: u64,
        /// Of the cache, in bytes.
        max: u64,
    },
    /// Another process is removing entries.
    #[error("another process is tidying the cache")]
    Busy,
    /// A system call failed.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        /// What was tried, such as `reading`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl CacheError {
    fn io(doing: &'static str, path: &Path, source: io::Error) -> CacheError {
        CacheError::Io {
            doing,
            path: path.into(),
            source,
        }
    }
}

/// What is in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// How many entries.
    pub entries: u64,
    /// What they take, headers and all, in bytes.
    pub bytes: u64,
    /// When the entry that goes first was used last.
    pub oldest: Option<SystemTime>,
    /// When an entry was used last.
    pub newest: Option<SystemTime>,
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many entries.
    pub entries: u64,
    /// What they took, in bytes.
    pub bytes: u64,
}

/// What a check of every entry found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries are as they were stored.
    pub good: u64,
    /// The files that were not, now removed if they could be.
    pub damaged: Vec<PathBuf>,
    /// The files that could not be read.
    pub unreadable: Vec<PathBuf>,
}

/// A cache in a directory.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
    max: u64,
}

impl Cache {
    /// The cache below `root`, kept to `max` bytes. Nothing is made before something is stored.
    ///
    /// # Errors
    /// [`CacheError::Foreign`] where others could have written it; [`CacheError::Io`] where it cannot be looked at.
    pub fn open(root: &Path, max: u64) -> Result<Cache, CacheError> {
        let directory = place::trusted(root)?;
        Ok(Cache { directory, max })
    }

    /// The directory of the entries, which need not exist.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What it is kept to, in bytes.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The content stored under `key`; `None` where there is none. Counts as a use.
    ///
    /// # Errors
    /// [`CacheError::Damaged`], [`CacheError::Io`]. To the caller's work they are the same as `None`.
    pub fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, CacheError> {
        let path = self.path(*key);
        let failed = |error| CacheError::io("reading", &path, error);
        let file = match open_entry(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let Some(content) = entry::read(*key, &file).map_err(failed)? else {
            // Should another process have put a good one in place just now, that one is made again some day.
            let _ = fs::remove_file(&path);
            return Err(CacheError::Damaged(path));
        };
        // The time of the last use. Where it cannot be set, the entry only goes sooner.
        let _ = file.set_modified(SystemTime::now());
        Ok(Some(content))
    }

    /// Stores `content` under `key`, and removes the least recently used entries if the cache has become too large.
    ///
    /// # Errors
    /// [`CacheError::TooLarge`], [`CacheError::Io`].
    pub fn put(&self, key: &Key, content: &[u8]) -> Result<(), CacheError> {
        let size = (entry::HEADER + content.len()) as u64;
        if size > self.max {
            return Err(CacheError::TooLarge {
                size,
                max: self.max,
            });
        }
        put::put(&self.directory, *key, content)?;
        tidy::after_put(&self.directory, size, self.max)
    }

    /// Counts what is there.
    ///
    /// # Errors
    /// [`CacheError::Io`].
    pub fn stat(&self) -> Result<Stat, CacheError> {
        let kept = tidy::scan(&self.directory)?;
        Ok(Stat {
            entries: kept.len() as u64,
            bytes: kept.iter().map(|kept| kept.size).sum(),
            oldest: kept.iter().map(|kept| kept.used).min(),
            newest: kept.iter().map(|kept| kept.used).max(),
        })
    }

    /// Removes the entries not used for `unused_for`, and then those not used for longest until `max` bytes are left; and what
    /// killed processes left half written.
    ///
    /// # Errors
    /// [`CacheError::Busy`], [`CacheError::Io`].
    pub fn prune(&self, max: u64, unused_for: Option<Duration>) -> Result<Removed, CacheError> {
        let before = unused_for.and_then(|age| SystemTime::now().checked_sub(age));
        tidy::prune(&self.directory, max, before)
    }

    /// Removes every entry, and what killed processes left half written.
    ///
    /// # Errors
    /// [`CacheError::Busy`], [`CacheError::Io`].
    pub fn clear(&self) -> Result<Removed, CacheError> {
        tidy::prune(&self.directory, 0, None)
    }

    /// Reads every entry and removes the damaged ones. Counts as no use.
    ///
    /// # Errors
    /// [`CacheError::Io`] where the directory cannot be read.
    pub fn verify(&self) -> Result<Verdict, CacheError> {
        let mut verdict = Verdict::default();
        for kept in tidy::scan(&self.directory)? {
            let path = self.path(kept.key);
            match open_entry(&path).and_then(|file| entry::read(kept.key, &file)) {
                Ok(Some(_)) => verdict.good += 1,
                Ok(None) => {
                    let _ = fs::remove_file(&path);
                    verdict.damaged.push(path);
                }
                // Evicted since the scan.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => verdict.unreadable.push(path),
            }
        }
        Ok(verdict)
    }

    fn path(&self, key: Key) -> PathBuf {
        self.directory.join(key.file_name())
    }
}

/// Opens the file of an entry. If something else is there, such as a FIFO, this does not block.
fn open_entry(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(path)
}
