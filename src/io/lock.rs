//! Files by which processes exclude one another (flock(2)). A lock ends with its process, however that ends.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Tries to lock an open file, until it is closed or unlocked; false if another process or descriptor has locked it.
///
/// # Errors
/// Those of flock(2), such as `ENOLCK`.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A file that this process has locked until the value is dropped.
#[derive(Debug)]
pub struct LockFile {
    file: File,
}

impl LockFile {
    /// Opens a file for reading and appending, creates it if there is none, and locks it. None if another process has locked it.
    ///
    /// # Errors
    /// Those of open(2) and flock(2).
    pub fn try_lock(path: &Path) -> io::Result<Option<LockFile>> {
        loop {
            let lock = LockFile { file: open(path)? };
            if !try_lock(&lock.file)? {
                return Ok(None);
            }
            // Removed or replaced before it was locked, it would exclude nobody.
            match fs::symlink_metadata(path) {
                Ok(found) if found.ino() == lock.file.metadata()?.ino() => return Ok(Some(lock)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }

    /// The file, open for reading and appending.
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // Closing is not enough: a child process that is being started may have a copy of the descriptor for a moment.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Opens a file for reading and appending, for its owner alone if it is created. Links are not followed.
pub(super) fn open(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_file_is_locked_once_until_it_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let lock = LockFile::try_lock(&path).unwrap().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert!(LockFile::try_lock(&path).unwrap().is_none());
        assert!(!try_lock(&File::open(&path).unwrap()).unwrap());
        lock.file().write_all(b"content").unwrap();
        drop(lock);
        let lock = LockFile::try_lock(&path).unwrap().unwrap();
        lock.file().write_all(b" kept").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"content kept");
    }

    #[test]
    fn a_copy_of_the_descriptor_does_not_keep_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let lock = LockFile::try_lock(&path).unwrap().unwrap();
        let _copy = lock.file().try_clone().unwrap();
        drop(lock);
        assert!(LockFile::try_lock(&path).unwrap().is_some());
    }

    #[test]
    fn a_removed_lock_file_locks_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let _removed = LockFile::try_lock(&path).unwrap().unwrap();
        fs::remove_file(&path).unwrap();
        let _new = LockFile::try_lock(&path).unwrap().unwrap();
        assert!(LockFile::try_lock(&path).unwrap().is_none());
    }
}
