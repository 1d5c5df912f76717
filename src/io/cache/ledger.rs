//! How full the cache is, without looking at every entry after each put.
//!
//! A file of lines that are only ever appended, so that no lock is needed: `=N` is a count of all bytes, `+N` what was added
//! since. Counts begin with emptying it, before the entries are looked at; what another process adds meanwhile may then be
//! counted twice, but is never missed. The file is also the lock of the process that counts and evicts.

use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::CacheError;
use crate::io::lock::{self, LockFile};

pub(super) const NAME: &str = "ledger";

/// From this many bytes on it is shortened by a new count: reading it must stay cheaper than what it saves.
const LONG: u64 = 16 << 10;

/// The ledger of a cache, open.
pub(super) struct Ledger {
    path: PathBuf,
}

impl Ledger {
    pub(super) fn of(directory: &Path) -> Ledger {
        Ledger {
            path: directory.join(NAME),
        }
    }

    fn failed(&self, error: io::Error) -> CacheError {
        CacheError::io("keeping", &self.path, error)
    }

    /// Notes that bytes were added, and returns the sum of all; `None` if they must be counted again.
    pub(super) fn add(&self, bytes: u64) -> Result<Option<u64>, CacheError> {
        let add = || {
            let mut file = lock::open(&self.path)?;
            file.write_all(format!("+{bytes}\n").as_bytes())?;
            file.rewind()?;
            let mut text = String::new();
            match file.take(LONG).read_to_string(&mut text) {
                Err(error) if error.kind() != io::ErrorKind::InvalidData => Err(error),
                _ => Ok(sum(&text)),
            }
        };
        add().map_err(|error| self.failed(error))
    }

    /// Becomes the one process that counts; `None` if another one is.
    pub(super) fn try_lock(&self) -> Result<Option<Locked<'_>>, CacheError> {
        let lock = LockFile::try_lock(&self.path).map_err(|error| self.failed(error))?;
        Ok(lock.map(|lock| Locked { ledger: self, lock }))
    }
}

/// The right to count, held until it is dropped or its process ends.
pub(super) struct Locked<'a> {
    ledger: &'a Ledger,
    lock: LockFile,
}

impl Locked<'_> {
    /// Forgets what was noted; to be called before counting.
    pub(super) fn begin(&self) -> Result<(), CacheError> {
        let emptied = self.lock.file().set_len(0);
        emptied.map_err(|error| self.ledger.failed(error))
    }

    /// Notes what was counted, in bytes.
    pub(super) fn end(&self, bytes: u64) -> Result<(), CacheError> {
        let written = self.lock.file().write_all(format!("={bytes}\n").as_bytes());
        written.map_err(|error| self.ledger.failed(error))
    }
}

/// The bytes that a ledger speaks of; `None` if it is damaged, too long, or lacks a count.
fn sum(text: &str) -> Option<u64> {
    if text.len() as u64 >= LONG {
        return None;
    }
    let mut is_counted = false;
    let mut total = 0_u64;
    for line in text.lines() {
        let (sign, number) = line.split_at_checked(1)?;
        match sign {
            "=" => is_counted = true,
            "+" => {}
            _ => return None,
        }
        total = total.checked_add(number.parse().ok()?)?;
    }
    is_counted.then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_need_one_count_and_sound_lines() {
        for (text, expected) in [
            ("", None),
            ("+5\n", None),
            ("=5\n", Some(5)),
            ("+1\n=5\n+20\n", Some(26)),
            ("=5\n+\n", None),
            ("=5\n+x\n", None),
            ("=5\n\n", None),
            ("=5\n-1\n", None),
            ("=5\n+18446744073709551615\n", None),
            ("\u{e9}5\n", None),
        ] {
            assert_eq!(sum(text), expected, "{text}");
        }
        let long = format!("=1\n{}", "+1\n".repeat(LONG as usize));
        assert_eq!(sum(&long[..LONG as usize]), None);
    }

    #[test]
    fn one_process_counts_while_others_add() {
        let directory = tempfile::tempdir().unwrap();
        let ledger = Ledger::of(directory.path());
        assert_eq!(ledger.add(3).unwrap(), None);
        let locked = ledger.try_lock().unwrap().unwrap();
        assert!(ledger.try_lock().unwrap().is_none());
        locked.begin().unwrap();
        assert_eq!(ledger.add(4).unwrap(), None);
        locked.end(3).unwrap();
        assert_eq!(ledger.add(5).unwrap(), Some(12));
        drop(locked);
        assert!(ledger.try_lock().unwrap().is_some());
    }
}
