//! How an entry comes into its place: whole or not at all, and without a trace should the process be killed.
//!
//! On Linux it is written to a file without a name (`O_TMPFILE`, open(2)), which is gone with its process, and then given its
//! name. Where the file system or a missing /proc does not allow that, it is written beside and renamed. Such a file is locked
//! while it is written, so that one that nobody locks is known to have been left by a killed process (see `tidy`).

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::{FlockOperation, flock};

use super::key::Key;
use super::{Fault, entry, place};
use crate::io::replace::plain_error;

/// What names of files begin with that are being written.
pub(super) const TEMPORARY: &str = "tmp.";

/// Stores an entry, and makes the directory if there is none.
pub(super) fn put(directory: &Path, key: Key, content: &[u8]) -> Result<(), Fault> {
    let path = directory.join(key.file_name());
    let stored = match store(&path, key, content) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            place::make(directory)?;
            store(&path, key, content)
        }
        stored => stored,
    };
    stored.map_err(|error| Fault::io("writing", &path, error))
}

fn store(path: &Path, key: Key, content: &[u8]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if store_unnamed(path, key, content).is_ok() {
        return Ok(());
    }
    store_named(path, key, content)
}

#[cfg(target_os = "linux")]
fn store_unnamed(path: &Path, key: Key, content: &[u8]) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::{AtFlags, CWD, OFlags, linkat};
    use rustix::io::Errno;

    let file = File::options()
        .write(true)
        .mode(0o600)
        .custom_flags(OFlags::TMPFILE.bits() as i32)
        .open(directory(path))?;
    write(key, content, &file)?;
    let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
    let link = || linkat(CWD, &unnamed, CWD, path, AtFlags::SYMLINK_FOLLOW);
    match link() {
        Err(Errno::EXIST) if holds(path, key, content) => Ok(()),
        Err(Errno::EXIST) => {
            std::fs::remove_file(path)?;
            match link() {
                // Another process has done the same in between.
                Err(Errno::EXIST) => Ok(()),
                linked => Ok(linked?),
            }
        }
        linked => Ok(linked?),
    }
}

/// Whether the entry is there already, as when several processes made it at once.
#[cfg(target_os = "linux")]
fn holds(path: &Path, key: Key, content: &[u8]) -> bool {
    super::open_entry(path)
        .and_then(|file| entry::read(key, &file))
        .is_ok_and(|found| found.as_deref() == Some(content))
}

fn store_named(path: &Path, key: Key, content: &[u8]) -> io::Result<()> {
    // Made for nobody but us, mode 0600.
    let file = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(directory(path))
        .map_err(|error| plain_error(&error))?;
    flock(file.as_file(), FlockOperation::NonBlockingLockExclusive)?;
    write(key, content, file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn write(key: Key, content: &[u8], file: &File) -> io::Result<()> {
    entry::write(key, content, file)?;
    // The kernel's own stamps are too coarse to order what was stored in quick succession.
    file.set_modified(SystemTime::now())
}

fn directory(path: &Path) -> &Path {
    path.parent().expect("an entry is in a directory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    type Way = fn(&Path, Key, &[u8]) -> io::Result<()>;

    /// Both must do the same.
    const WAYS: [Way; 2] = [store, store_named];

    #[test]
    fn whatever_was_there_is_replaced_and_nothing_else_is_left() {
        let key = Key::of("x", &[]);
        for way in WAYS {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(key.file_name());
            for before in [None, Some("damaged"), Some("")] {
                if let Some(before) = before {
                    fs::write(&path, before).unwrap();
                }
                for content in [b"one", b"one", b"two"] {
                    way(&path, key, content).unwrap();
                    let file = File::open(&path).unwrap();
                    assert_eq!(entry::read(key, &file).unwrap().unwrap(), content);
                }
            }
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn entries_are_for_their_owner_alone() {
        use std::os::unix::fs::MetadataExt;
        let key = Key::of("x", &[]);
        for way in WAYS {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(key.file_name());
            way(&path, key, b"content").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        }
    }

    #[test]
    fn what_cannot_be_stored_leaves_nothing() {
        let key = Key::of("x", &[]);
        for way in WAYS {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(key.file_name());
            fs::create_dir(&path).unwrap();
            assert!(way(&path, key, b"content").is_err());
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        }
    }
}
