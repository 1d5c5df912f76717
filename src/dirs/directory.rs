//! An open directory: what is in it, and what can be asked about that.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{self, AtFlags, CWD};

use super::{Handle, Listing, Stat, portable};

/// How directories are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By descriptors, with the calls of Linux.
    #[cfg(target_os = "linux")]
    Native,
    /// By paths, with `walkdir`.
    Portable,
}

impl Engine {
    /// The best that there is here.
    pub const BEST: Engine = {
        #[cfg(target_os = "linux")]
        {
            Engine::Native
        }
        #[cfg(not(target_os = "linux"))]
        {
            Engine::Portable
        }
    };
}

/// A directory that is open, or that paths begin at.
///
/// Entries are named twice: by their name in the directory, and by the path that leads there, for engines without
/// descriptors.
#[derive(Debug)]
pub struct Directory(Means);

#[derive(Debug)]
enum Means {
    #[cfg(target_os = "linux")]
    Descriptor(Arc<OwnedFd>),
    /// The working directory: names are paths.
    #[cfg(target_os = "linux")]
    Working,
    /// By path.
    Path,
}

impl Directory {
    /// Where paths begin.
    pub fn working(engine: Engine) -> Directory {
        Directory(match engine {
            #[cfg(target_os = "linux")]
            Engine::Native => Means::Working,
            Engine::Portable => Means::Path,
        })
    }

    /// Opens a directory.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn open(handle: &Handle, engine: Engine) -> io::Result<Directory> {
        Ok(Directory(match engine {
            #[cfg(target_os = "linux")]
            Engine::Native => Means::Descriptor(Arc::new(handle.open()?)),
            Engine::Portable => Means::Path,
        }))
    }

    /// Lets the directories in it be opened from its descriptor: so many more of them.
    pub fn keep(&self, handle: &Handle, subdirectories: u32) {
        match &self.0 {
            #[cfg(target_os = "linux")]
            Means::Descriptor(descriptor) => handle.keep(descriptor, subdirectories),
            #[cfg(target_os = "linux")]
            Means::Working => {}
            Means::Path => {}
        }
    }

    /// Adds all names to a listing, in the order in which the system has them. `path` leads to this directory.
    ///
    /// # Errors
    /// Those of getdents(2); the names before the error are in the listing.
    pub fn list(&self, path: &[u8], buffer: &mut Vec<u8>, listing: &mut Listing) -> io::Result<()> {
        match &self.0 {
            #[cfg(target_os = "linux")]
            Means::Descriptor(descriptor) => list(descriptor, buffer, listing),
            #[cfg(target_os = "linux")]
            Means::Working => portable::list(as_path(path), listing),
            Means::Path => portable::list(as_path(path), listing),
        }
    }

    /// Describes an entry; `follows` says whether a link stands for what it leads to. `path` leads to the entry.
    ///
    /// # Errors
    /// Those of statx(2).
    pub fn stat(&self, name: &[u8], path: &[u8], follows: bool) -> io::Result<Stat> {
        match &self.0 {
            #[cfg(target_os = "linux")]
            Means::Descriptor(descriptor) => statx(descriptor, name, follows),
            #[cfg(target_os = "linux")]
            Means::Working => statx(CWD, path, follows),
            Means::Path => portable::stat(as_path(path), follows),
        }
    }

    /// Where a link leads, as it is written in the link.
    ///
    /// # Errors
    /// Those of readlink(2).
    pub fn read_link(&self, name: &[u8], path: &[u8]) -> io::Result<Vec<u8>> {
        let target = match &self.0 {
            #[cfg(target_os = "linux")]
            Means::Descriptor(descriptor) => fs::readlinkat(descriptor, name, Vec::new()),
            _ => fs::readlinkat(CWD, path, Vec::new()),
        };
        Ok(target?.into_bytes())
    }

    /// Whether a directory in this one has nothing in it.
    ///
    /// # Errors
    /// Those of open(2) and getdents(2).
    pub fn is_empty(&self, name: &[u8], path: &[u8]) -> io::Result<bool> {
        match &self.0 {
            #[cfg(target_os = "linux")]
            Means::Descriptor(descriptor) => is_empty(descriptor, name),
            #[cfg(target_os = "linux")]
            Means::Working => is_empty(CWD, path),
            Means::Path => portable::is_empty(as_path(path)),
        }
    }
}

#[cfg(target_os = "linux")]
fn statx(directory: impl std::os::fd::AsFd, name: &[u8], follows: bool) -> io::Result<Stat> {
    let mut flags = AtFlags::NO_AUTOMOUNT;
    if !follows {
        flags |= AtFlags::SYMLINK_NOFOLLOW;
    }
    let mask = fs::StatxFlags::BASIC_STATS | fs::StatxFlags::BTIME | fs::StatxFlags::MNT_ID;
    Ok(Stat::from(&fs::statx(directory, name, flags, mask)?))
}

#[cfg(target_os = "linux")]
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

#[cfg(target_os = "linux")]
fn is_empty(directory: impl std::os::fd::AsFd, name: &[u8]) -> io::Result<bool> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let descriptor = fs::openat(directory, name, flags, Mode::empty())?;
    let mut buffer = Vec::with_capacity(LOOK);
    let mut entries = fs::RawDir::new(descriptor, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        if !matches!(entry?.file_name().to_bytes(), b"." | b"..") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How much is asked of getdents(2) at once: large directories cost few calls, and it stays in the processor's cache.
#[cfg(target_os = "linux")]
const BUFFER: usize = 64 << 10;

/// The same to find out whether there is anything at all; longer than any one entry.
#[cfg(target_os = "linux")]
const LOOK: usize = 1 << 10;

fn as_path(path: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(path))
}
