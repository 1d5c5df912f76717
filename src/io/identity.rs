//! Whether a file is the one that was opened before, and still has what it had.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;
use std::{fmt, io};

use rustix::fs::{AtFlags, FileType, Stat, StatxFlags, fstat, statx};

/// How many bytes of the beginning are compared, at most.
const HEAD: usize = 4096;

/// What identifies a file and its content up to a length. The inode alone does not: file systems give it to another file
/// soon after a file is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
    /// Seconds and nanoseconds, where the file system records it.
    birth: Option<(i64, u32)>,
    length: u64,
    /// The hash of the first bytes, [`HEAD`] at most.
    head: blake3::Hash,
}

/// How a file differs from the one that was opened before; inside errors of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is another file, or its content begins differently.
    Replaced,
    /// It is the same file with fewer bytes.
    Shortened,
    /// There is no file.
    Removed,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Changed::Replaced => "the file was replaced while it was read",
            Changed::Shortened => "the file became shorter while it was read",
            Changed::Removed => "the file was removed while it was read",
        })
    }
}

impl std::error::Error for Changed {}

impl From<Changed> for io::Error {
    fn from(changed: Changed) -> io::Error {
        io::Error::other(changed)
    }
}

impl Identity {
    /// The identity of an open file.
    ///
    /// # Errors
    /// Those of fstat(2) and pread(2).
    pub fn of(file: &File) -> io::Result<Identity> {
        let status = fstat(file)?;
        Identity::up_to(file, &status, length(&status))
    }

    /// How `file` differs from the file with this identity. The same file may have grown.
    ///
    /// # Errors
    /// Those of fstat(2) and pread(2).
    pub fn change_to(&self, file: &File) -> io::Result<Option<Changed>> {
        let status = fstat(file)?;
        // Nothing is read of a pipe that stands in the file's place.
        if !FileType::from_raw_mode(status.st_mode).is_file() {
            return Ok(Some(Changed::Replaced));
        }
        let now = Identity::up_to(file, &status, self.length.min(length(&status)))?;
        let is_same_file =
            (now.device, now.inode, now.birth) == (self.device, self.inode, self.birth);
        Ok(match is_same_file {
            true if now.length < self.length => Some(Changed::Shortened),
            true if now.head == self.head => None,
            _ => Some(Changed::Replaced),
        })
    }

    /// The identity of a file of which only the first `length` bytes count.
    fn up_to(file: &File, status: &Stat, length: u64) -> io::Result<Identity> {
        let birth = statx(file.as_fd(), c"", AtFlags::EMPTY_PATH, StatxFlags::BTIME)
            .ok()
            .filter(|found| found.stx_mask & StatxFlags::BTIME.bits() != 0)
            .map(|found| (found.stx_btime.tv_sec, found.stx_btime.tv_nsec));
        let mut head = [0; HEAD];
        let wanted = usize::try_from(length).unwrap_or(HEAD).min(HEAD);
        let mut read = 0;
        while read < wanted {
            match file.read_at(&mut head[read..wanted], read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Identity {
            device: status.st_dev,
            inode: status.st_ino,
            birth,
            length,
            head: blake3::hash(&head[..read]),
        })
    }
}

fn length(status: &Stat) -> u64 {
    u64::try_from(status.st_size).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn open(path: &Path) -> File {
        File::open(path).unwrap()
    }

    /// How a file with `old` content differs after `change`.
    fn changed_by(old: &[u8], change: impl FnOnce(&Path)) -> Option<Changed> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, old).unwrap();
        let identity = Identity::of(&open(&path)).unwrap();
        assert_eq!(identity.change_to(&open(&path)).unwrap(), None);
        change(&path);
        identity.change_to(&open(&path)).unwrap()
    }

    #[test]
    fn a_file_may_grow_and_be_renamed() {
        for old in [&b""[..], b"one\n", &[b'x'; 3 * HEAD]] {
            let changed = changed_by(old, |path| {
                let file = File::options().append(true).open(path).unwrap();
                io::Write::write_all(&mut &file, b"more").unwrap();
                let other = path.with_file_name("other");
                fs::rename(path, &other).unwrap();
                fs::rename(&other, path).unwrap();
            });
            assert_eq!(changed, None);
        }
    }

    #[test]
    fn a_file_that_shrinks_or_starts_differently_has_changed() {
        let old = [b'x'; 3 * HEAD];
        let truncate = |length| {
            move |path: &Path| {
                let file = File::options().write(true).open(path).unwrap();
                file.set_len(length).unwrap();
            }
        };
        for (old, length) in [(&old[..], 3 * HEAD as u64 - 1), (&old, 1), (b"x", 0)] {
            assert_eq!(changed_by(old, truncate(length)), Some(Changed::Shortened));
        }
        for place in [0, 1, HEAD as u64 - 1] {
            let changed = changed_by(&old, |path| {
                let file = File::options().write(true).open(path).unwrap();
                file.write_all_at(b"y", place).unwrap();
            });
            assert_eq!(changed, Some(Changed::Replaced), "{place}");
        }
    }

    #[test]
    fn an_equal_file_in_its_place_is_another() {
        for content in ["one\n", "", "one\ntwo\n"] {
            let changed = changed_by(b"one\n", |path| {
                let other = path.with_file_name("other");
                fs::write(&other, content).unwrap();
                fs::rename(&other, path).unwrap();
            });
            assert_eq!(changed, Some(Changed::Replaced), "{content:?}");
        }
    }

    #[test]
    fn a_directory_in_its_place_is_another_file() {
        let changed = changed_by(b"", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        });
        assert_eq!(changed, Some(Changed::Replaced));
    }

    #[test]
    fn each_part_counts() {
        let file = tempfile::tempfile().unwrap();
        let identity = Identity::of(&file).unwrap();
        let others = [
            Identity {
                device: identity.device + 1,
                ..identity.clone()
            },
            Identity {
                inode: identity.inode + 1,
                ..identity.clone()
            },
            Identity {
                birth: Some((1, 2)),
                ..identity.clone()
            },
        ];
        for other in others {
            assert_eq!(
                other.change_to(&file).unwrap(),
                Some(Changed::Replaced),
                "{other:?}"
            );
        }
    }
}
