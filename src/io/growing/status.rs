//! The attributes that distinguish files, and that show changes.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Statx, StatxFlags, statx};

/// Whether the last part of a path may be a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// A link leads to its target.
    Followed,
    /// A link is not opened.
    Refused,
}

/// What kind of thing a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A symbolic link, if links are not followed.
    Link,
    /// A directory.
    Directory,
    /// A pipe, socket or device.
    Other,
}

/// The attributes of a file that tell whether it is the same, and whether it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// What it is.
    pub kind: Kind,
    /// The device it is on.
    pub device: u64,
    /// Its number there. It is given to another file soon after this one is removed.
    pub inode: u64,
    /// When it was created, in nanoseconds since 1970, where the file system records it.
    pub birth: Option<i128>,
    /// Its length in bytes, as stored.
    pub size: u64,
    /// The last change of the content, in nanoseconds since 1970.
    pub modified: i128,
    /// The last change of anything, in nanoseconds since 1970.
    pub changed: i128,
}

impl Status {
    /// Whether both are the same file, as far as the system tells.
    pub fn is_same_file(&self, other: &Status) -> bool {
        (self.device, self.inode, self.birth) == (other.device, other.inode, other.birth)
    }
}

impl From<&Statx> for Status {
    fn from(found: &Statx) -> Status {
        let nanos =
            |seconds: i64, nanos: u32| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        let has_birth = found.stx_mask & StatxFlags::BTIME.bits() != 0;
        let (birth, modified, changed) = (&found.stx_btime, &found.stx_mtime, &found.stx_ctime);
        Status {
            kind: match FileType::from_raw_mode(u32::from(found.stx_mode)) {
                FileType::RegularFile => Kind::File,
                FileType::Symlink => Kind::Link,
                FileType::Directory => Kind::Directory,
                _ => Kind::Other,
            },
            device: rustix::fs::makedev(found.stx_dev_major, found.stx_dev_minor),
            inode: found.stx_ino,
            birth: has_birth.then(|| nanos(birth.tv_sec, birth.tv_nsec)),
            size: found.stx_size,
            modified: nanos(modified.tv_sec, modified.tv_nsec),
            changed: nanos(changed.tv_sec, changed.tv_nsec),
        }
    }
}

pub(super) fn mask() -> StatxFlags {
    StatxFlags::BASIC_STATS | StatxFlags::BTIME
}

/// The status of what a path leads to.
///
/// # Errors
/// Those of statx(2).
pub fn status(path: &Path, links: Links) -> io::Result<Status> {
    let flags = match links {
        Links::Followed => AtFlags::empty(),
        Links::Refused => AtFlags::SYMLINK_NOFOLLOW,
    };
    Ok(Status::from(&statx(CWD, path, flags, mask())?))
}

/// The text of a link.
///
/// # Errors
/// Those of readlink(2).
pub fn read_link(path: &Path) -> io::Result<PathBuf> {
    std::fs::read_link(path)
}
