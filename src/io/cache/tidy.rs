//! Keeps the cache to its maximum: removes what was used longest ago, and what killed processes left.
//!
//! One process does so at a time, and no process waits for it: one that finds it at work leaves its own surplus in the ledger, which the
//! worker looks at again when it is done. Readers need not know: an entry that goes is a miss, or is read to its end by who has
//! it open.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::SystemTime;

use super::key::Key;
use super::ledger::{Ledger, Locked};
use super::{CacheError, Removed, open_entry};
use crate::io::atomic::is_temporary_name;
use crate::io::lock::try_lock;

/// How often one process checks again for what others have left to it, so that it gets back to its own work.
const ROUNDS: usize = 8;

/// An entry, as it lies there.
pub(super) struct Kept {
    pub(super) key: Key,
    /// When it was stored or read last.
    pub(super) used: SystemTime,
    /// Of the file, in bytes.
    pub(super) size: u64,
}

/// Notes what was put, and makes room if the cache has outgrown `max`.
pub(super) fn after_put(directory: &Path, size: u64, max: u64) -> Result<(), CacheError> {
    let ledger = Ledger::of(directory);
    let mut total = ledger.add(size)?;
    // More room than needed, or each further put would have to count; but never so much that what was put goes too.
    let goal = (max - max / 10).max(size);
    for _ in 0..ROUNDS {
        if total.is_some_and(|total| total <= max) {
            return Ok(());
        }
        let Some(locked) = ledger.try_lock()? else {
            return Ok(());
        };
        sweep(directory, &locked, |kept| surplus(kept, max, goal))?;
        drop(locked);
        total = ledger.add(0)?;
    }
    Ok(())
}

/// Removes what was not used since `before`, and then what was used longest ago until `max` bytes are left.
pub(super) fn prune(
    directory: &Path,
    max: u64,
    before: Option<SystemTime>,
) -> Result<Removed, CacheError> {
    if !directory.is_dir() {
        return Ok(Removed::default());
    }
    let ledger = Ledger::of(directory);
    let locked = ledger.try_lock()?.ok_or(CacheError::Busy)?;
    sweep(directory, &locked, |kept| {
        let old = before.map_or(0, |before| kept.partition_point(|kept| kept.used < before));
        old + surplus(&kept[old..], max, max)
    })
}

/// Counts all entries, removes as many of those used longest ago as `choose` says, and notes what is left.
fn sweep(
    directory: &Path,
    locked: &Locked<'_>,
    choose: impl FnOnce(&[Kept]) -> usize,
) -> Result<Removed, CacheError> {
    locked.begin()?;
    remove_abandoned(directory)?;
    let mut kept = scan(directory)?;
    // By name where the times are equal, so that it does not hang on the order of the directory.
    kept.sort_by(|a, b| (a.used, a.key.as_bytes()).cmp(&(b.used, b.key.as_bytes())));
    let removed = remove(directory, &kept[..choose(&kept)]);
    let total: u64 = kept.iter().map(|kept| kept.size).sum();
    locked.end(total - removed.bytes)?;
    Ok(removed)
}

/// How many must go for `goal` bytes to be left; none as long as there are no more than `max`.
fn surplus(kept: &[Kept], max: u64, goal: u64) -> usize {
    let mut total: u64 = kept.iter().map(|kept| kept.size).sum();
    if total <= max {
        return 0;
    }
    let fits = |kept: &Kept| {
        let fits = total <= goal;
        total -= kept.size;
        fits
    };
    kept.iter().position(fits).unwrap_or(kept.len())
}

fn remove(directory: &Path, kept: &[Kept]) -> Removed {
    let mut removed = Removed::default();
    for kept in kept {
        match fs::remove_file(directory.join(kept.key.file_name())) {
            // Damaged, and removed by a reader.
            Err(error) if error.kind() != io::ErrorKind::NotFound => {}
            _ => {
                removed.entries += 1;
                removed.bytes += kept.size;
            }
        }
    }
    removed
}

/// Every entry there is, in no order. A directory that is not there has none.
pub(super) fn scan(directory: &Path) -> Result<Vec<Kept>, CacheError> {
    let mut found = Vec::new();
    each_name(directory, |name| {
        let Some(key) = Key::from_file_name(name.as_bytes()) else {
            return;
        };
        // Gone since: none of ours. Anything but a file is a stranger's.
        let status = fs::symlink_metadata(directory.join(name));
        if let Ok(status) = status
            && status.is_file()
        {
            found.push(Kept {
                key,
                used: status.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                size: status.len(),
            });
        }
    })?;
    Ok(found)
}

/// Removes temporary files of killed processes: those without a lock.
fn remove_abandoned(directory: &Path) -> Result<(), CacheError> {
    each_name(directory, |name| {
        if !is_temporary_name(name) {
            return;
        }
        let path = directory.join(name);
        let is_abandoned = open_entry(&path).is_ok_and(|file| try_lock(&file).unwrap_or(false));
        if is_abandoned {
            // If it cannot be removed, the next process tries again.
            let _ = fs::remove_file(&path);
        }
    })
}

fn each_name(directory: &Path, mut act: impl FnMut(&OsStr)) -> Result<(), CacheError> {
    let names = match fs::read_dir(directory) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CacheError::io("reading", directory, error)),
    };
    for entry in names {
        let entry = entry.map_err(|error| CacheError::io("reading", directory, error))?;
        act(&entry.file_name());
    }
    Ok(())
}
