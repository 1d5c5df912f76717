//! Whether a file is the one that was opened before, and still has what it had.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;

use rustix::fs::{AtFlags, StatxFlags, fstat, statx};

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

impl Identity {
    /// The identity of an open file.
    ///
    /// # Errors
    /// Those of fstat(2) and pread(2).
    pub fn of(file: &File) -> io::Result<Identity> {
        let length = file.metadata()?.len();
        Identity::up_to(file, length)
    }

    /// Whether `file` is the same file and may have grown since, but not shrunk.
    ///
    /// # Errors
    /// Those of fstat(2) and pread(2).
    pub fn is_of(&self, file: &File) -> io::Result<bool> {
        let length = file.metadata()?.len();
        Ok(length >= self.length && Identity::up_to(file, self.length)? == *self)
    }

    /// The identity of a file of which only the first `length` bytes count.
    fn up_to(file: &File, length: u64) -> io::Result<Identity> {
        let status = fstat(file)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn open(path: &Path) -> File {
        File::open(path).unwrap()
    }

    /// Whether the identity of `old` content is that of the file after `change`.
    fn is_same_after(old: &[u8], change: impl FnOnce(&Path)) -> bool {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, old).unwrap();
        let identity = Identity::of(&open(&path)).unwrap();
        assert!(identity.is_of(&open(&path)).unwrap());
        change(&path);
        identity.is_of(&open(&path)).unwrap()
    }

    #[test]
    fn a_file_may_grow_and_be_renamed() {
        for old in [&b""[..], b"one\n", &[b'x'; 3 * HEAD]] {
            assert!(is_same_after(old, |path| {
                let file = File::options().append(true).open(path).unwrap();
                io::Write::write_all(&mut &file, b"more").unwrap();
                let other = path.with_file_name("other");
                fs::rename(path, &other).unwrap();
                fs::rename(&other, path).unwrap();
            }));
        }
    }

    #[test]
    fn a_file_that_shrinks_or_starts_differently_is_another() {
        let old = [b'x'; 3 * HEAD];
        let truncate = |length| {
            move |path: &Path| {
                let file = File::options().write(true).open(path).unwrap();
                file.set_len(length).unwrap();
            }
        };
        assert!(!is_same_after(&old, truncate(3 * HEAD as u64 - 1)));
        assert!(!is_same_after(b"x", truncate(0)));
        for place in [0, 1, HEAD as u64 - 1] {
            assert!(!is_same_after(&old, |path| {
                let file = File::options().write(true).open(path).unwrap();
                file.write_all_at(b"y", place).unwrap();
            }));
        }
    }

    #[test]
    fn an_equal_file_in_its_place_is_another() {
        assert!(!is_same_after(b"one\n", |path| {
            let other = path.with_file_name("other");
            fs::write(&other, "one\n").unwrap();
            fs::rename(&other, path).unwrap();
        }));
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
            assert!(!other.is_of(&file).unwrap(), "{other:?}");
        }
    }
}
