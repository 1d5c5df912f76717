//! An open directory: its names, and the attributes of its entries.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{self, AtFlags, CWD, Mode, OFlags};

use super::{DescriptorBudget, Handle, Listing, Stat, cache_tag, portable};

/// How directories are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Through descriptors, with getdents(2) and statx(2).
    Native,
    /// By path, with `walkdir`.
    Portable,
}

/// A directory that is open, or the one that paths begin at.
///
/// Entries are named twice: by their name in the directory, and by their path, for the engine without descriptors.
#[derive(Debug)]
pub struct Directory(Access);

#[derive(Debug)]
enum Access {
    Descriptor(Arc<OwnedFd>),
    /// The working directory: names are paths.
    Working,
    /// By path.
    Path,
}

impl Directory {
    /// The directory that paths begin at.
    pub fn working(engine: Engine) -> Directory {
        Directory(match engine {
            Engine::Native => Access::Working,
            Engine::Portable => Access::Path,
        })
    }

    /// Opens a directory.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn open(handle: &Handle, engine: Engine) -> io::Result<Directory> {
        Ok(Directory(match engine {
            Engine::Native => Access::Descriptor(Arc::new(handle.open()?)),
            Engine::Portable => Access::Path,
        }))
    }

    /// Its descriptor, if it has one.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        match &self.0 {
            Access::Descriptor(descriptor) => Some(descriptor.as_fd()),
            Access::Working | Access::Path => None,
        }
    }

    /// Keeps its descriptor, if the budget allows, until `subdirectories` more of its directories have been opened.
    pub fn keep(&self, handle: &Handle, subdirectories: u32, budget: &DescriptorBudget) {
        if let Access::Descriptor(descriptor) = &self.0 {
            handle.keep(descriptor, subdirectories, budget);
        }
    }

    /// Adds all names to a listing, in the order of the file system. `path` is that of this directory.
    ///
    /// # Errors
    /// Those of getdents(2); the names before the error are in the listing.
    pub fn list(&self, path: &[u8], buffer: &mut Vec<u8>, listing: &mut Listing) -> io::Result<()> {
        match &self.0 {
            Access::Descriptor(descriptor) => list(descriptor, buffer, listing),
            Access::Working | Access::Path => portable::list(as_path(path), listing),
        }
    }

    /// The attributes of an entry, or with `follows` those of what a link leads to. `path` is that of the entry.
    ///
    /// # Errors
    /// Those of statx(2).
    pub fn stat(&self, name: &[u8], path: &[u8], follows: bool) -> io::Result<Stat> {
        match &self.0 {
            Access::Descriptor(descriptor) => statx(descriptor, name, follows),
            Access::Working => statx(CWD, path, follows),
            Access::Path => portable::stat(as_path(path), follows),
        }
    }

    /// The text of a link.
    ///
    /// # Errors
    /// Those of readlink(2).
    pub fn read_link(&self, name: &[u8], path: &[u8]) -> io::Result<Vec<u8>> {
        let target = match &self.0 {
            Access::Descriptor(descriptor) => fs::readlinkat(descriptor, name, Vec::new()),
            Access::Working | Access::Path => fs::readlinkat(CWD, path, Vec::new()),
        };
        Ok(target?.into_bytes())
    }

    /// Whether a directory in this one is marked as a cache.
    ///
    /// # Errors
    /// Those of open(2) and read(2) about the file that would mark it.
    pub fn is_cache(&self, name: &[u8], path: &[u8]) -> io::Result<bool> {
        match &self.0 {
            Access::Descriptor(descriptor) => cache_tag::is_marked(descriptor, name),
            Access::Working | Access::Path => cache_tag::is_marked(CWD, path),
        }
    }

    /// Opens a file for reading; a link only with `follows`. A FIFO is not waited for.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn open_file(&self, name: &[u8], path: &[u8], follows: bool) -> io::Result<OwnedFd> {
        let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        if !follows {
            flags |= OFlags::NOFOLLOW;
        }
        Ok(match &self.0 {
            Access::Descriptor(descriptor) => fs::openat(descriptor, name, flags, Mode::empty())?,
            Access::Working | Access::Path => fs::openat(CWD, path, flags, Mode::empty())?,
        })
    }

    /// Whether the user may execute an entry, or what a link leads to.
    pub fn may_execute(&self, name: &[u8], path: &[u8]) -> bool {
        let access = |directory: BorrowedFd<'_>, name: &[u8]| {
            fs::accessat(directory, name, fs::Access::EXEC_OK, AtFlags::EACCESS).is_ok()
        };
        match &self.0 {
            Access::Descriptor(descriptor) => access(descriptor.as_fd(), name),
            Access::Working | Access::Path => access(CWD, path),
        }
    }

    /// Whether a directory in this one has nothing in it.
    ///
    /// # Errors
    /// Those of open(2) and getdents(2).
    pub fn is_empty(&self, name: &[u8], path: &[u8]) -> io::Result<bool> {
        match &self.0 {
            Access::Descriptor(descriptor) => is_empty(descriptor, name),
            Access::Working => is_empty(CWD, path),
            Access::Path => portable::is_empty(as_path(path)),
        }
    }
}

fn statx(directory: impl std::os::fd::AsFd, name: &[u8], follows: bool) -> io::Result<Stat> {
    let mut flags = AtFlags::NO_AUTOMOUNT;
    if !follows {
        flags |= AtFlags::SYMLINK_NOFOLLOW;
    }
    let mask = fs::StatxFlags::BASIC_STATS | fs::StatxFlags::BTIME | fs::StatxFlags::MNT_ID;
    Ok(Stat::from(&fs::statx(directory, name, flags, mask)?))
}

fn list(descriptor: &OwnedFd, buffer: &mut Vec<u8>, listing: &mut Listing) -> io::Result<()> {
    buffer.clear();
    buffer.reserve(BUFFER);
    let mut entries = fs::RawDir::new(descriptor, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            listing.push(name, entry.file_type().into());
        }
    }
    Ok(())
}

fn is_empty(directory: impl std::os::fd::AsFd, name: &[u8]) -> io::Result<bool> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let descriptor = fs::openat(directory, name, flags, Mode::empty())?;
    let mut buffer = Vec::with_capacity(SMALL_BUFFER);
    let mut entries = fs::RawDir::new(descriptor, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        if !matches!(entry?.file_name().to_bytes(), b"." | b"..") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The buffer of getdents(2), in bytes: large directories need few calls, and it stays in the processor's cache.
const BUFFER: usize = 64 << 10;

/// The buffer that shows whether there is any entry, in bytes; longer than any one entry.
const SMALL_BUFFER: usize = 1 << 10;

fn as_path(path: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(path))
}
