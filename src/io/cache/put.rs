//! How an entry is stored: complete or not at all, and without a trace if the process is killed (see `io::atomic`).

use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::key::Key;
use super::{CacheError, entry, place};
use crate::io::atomic::{AtomicFile, AtomicOptions, Durability};

/// Entries can be made again, and damage shows (see `entry`), so they are not synced. One that several processes store at once is
/// stored once.
const OPTIONS: AtomicOptions = AtomicOptions {
    if_changed: true,
    is_exclusive: false,
    durability: Durability::Unsynced,
    mode: 0o600,
};

/// Stores an entry, and makes the directory if there is none.
pub(super) fn put(directory: &Path, key: Key, content: &[u8]) -> Result<(), CacheError> {
    let path = directory.join(key.file_name());
    let stored = match store(&path, key, content) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            place::make(directory)?;
            store(&path, key, content)
        }
        stored => stored,
    };
    stored.map_err(|error| CacheError::io("writing", &path, error))
}

fn store(path: &Path, key: Key, content: &[u8]) -> io::Result<()> {
    let new = AtomicFile::new(path.into(), OPTIONS)?;
    entry::write(key, content, new.file())?;
    // The kernel's own time stamps are too coarse to order entries that are stored in quick succession.
    new.file().set_modified(SystemTime::now())?;
    new.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn any_earlier_content_is_replaced_and_no_other_file_is_left() {
        let key = Key::of("x", &[]);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(key.file_name());
        for before in [None, Some("damaged"), Some("")] {
            if let Some(before) = before {
                fs::write(&path, before).unwrap();
            }
            for content in [b"one", b"one", b"two"] {
                store(&path, key, content).unwrap();
                let file = File::open(&path).unwrap();
                assert_eq!(entry::read(key, &file).unwrap().unwrap(), content);
            }
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn entries_are_for_their_owner_alone() {
        use std::os::unix::fs::MetadataExt;
        let key = Key::of("x", &[]);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(key.file_name());
        store(&path, key, b"content").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    }

    #[test]
    fn an_entry_that_cannot_be_stored_leaves_nothing() {
        let key = Key::of("x", &[]);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(key.file_name());
        fs::create_dir(&path).unwrap();
        assert!(store(&path, key, b"content").is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
