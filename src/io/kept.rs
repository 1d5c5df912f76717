//! A file that is replaced while its last version is kept under another name.

use std::fs;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::path::Path;

use super::atomic;
use super::sink::{Durability, FileOptions, Mode, Sink};

/// Replaces a file atomically, and writes it to disk. The version before, if there is one, gets the name `previous` first: at no
/// time is there neither.
///
/// # Errors
/// Those of writing and renaming. The file is then as it was.
pub fn replace(path: &Path, previous: Option<&Path>, content: &[u8]) -> io::Result<()> {
    let options = FileOptions {
        mode: Mode::Replace,
        durability: Durability::Synced,
    };
    let mut sink = Sink::file(path, options)?;
    sink.write_all(content)?;
    sink.flush()?;
    if let Some(previous) = previous {
        keep(path, previous)?;
    }
    sink.commit()
}

/// Writes a file to disk, which another descriptor may have written.
///
/// # Errors
/// Those of open(2) and fsync(2).
pub fn sync(path: &Path) -> io::Result<()> {
    atomic::sync(fs::File::open(path)?.as_fd())
}

/// Cuts a file off at a length, in bytes.
///
/// # Errors
/// Those of open(2), ftruncate(2) and fsync(2).
pub fn cut(path: &Path, length: u64) -> io::Result<()> {
    let file = fs::File::options().write(true).open(path)?;
    file.set_len(length)?;
    atomic::sync(file.as_fd())
}

/// Removes a file.
///
/// # Errors
/// Those of unlink(2).
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Gives a file a second name, which may belong to another.
fn keep(path: &Path, previous: &Path) -> io::Result<()> {
    let linked = tempfile::Builder::new()
        .prefix(".previous.")
        .make_in(atomic::directory(previous), |name| {
            fs::hard_link(path, name)
        });
    match linked {
        Ok(linked) => linked
            .persist(previous)
            .map(drop)
            .map_err(|error| error.error),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // Some file systems have no second names.
        Err(_) => {
            let content = fs::read(path)?;
            replace(previous, None, &content)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_before_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let (path, previous) = (directory.path().join("a"), directory.path().join("b"));
        replace(&path, Some(&previous), b"one").unwrap();
        assert!(!previous.exists());
        for (content, before) in [("two", "one"), ("three", "two")] {
            replace(&path, Some(&previous), content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(fs::read_to_string(&previous).unwrap(), before);
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
        replace(&path, None, b"four").unwrap();
        assert_eq!(fs::read_to_string(&previous).unwrap(), "two");
    }
}
