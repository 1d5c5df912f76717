//! A file that takes the place of another in one step.
//!
//! It is written in the target's own directory, since only there rename(2) is one step, under a hidden name that nobody
//! guesses. Whoever reads the target sees the old content or the new, whatever happens in between.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, Gid, Uid};
use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::direct::close;

/// How many links are followed before it is taken for a loop, as the kernel does (path_resolution(7)).
const LINKS: usize = 40;

/// Where an output goes.
pub(super) enum Place {
    /// A pipe, a device, an open descriptor of some process: written as it is.
    AsItIs(File),
    /// A regular file, or none yet: the path behind all links.
    File(PathBuf),
}

/// Follows links to where the file is or would be.
pub(super) fn resolve(path: &Path) -> io::Result<Place> {
    if path.as_os_str().is_empty() {
        return Err(Errno::NOENT.into());
    }
    match fs::metadata(path) {
        Ok(status) if status.is_dir() => return Err(Errno::ISDIR.into()),
        Ok(status) if !status.is_file() => {
            // A terminal must not become the one that controls us; no file is ever made or cut by this.
            let flags = rustix::fs::OFlags::NOCTTY.bits() as i32;
            return OpenOptions::new()
                .write(true)
                .custom_flags(flags)
                .open(path)
                .map(Place::AsItIs);
        }
        _ => {}
    }
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        // `/dev/stdout` and the like, when they are files: a descriptor that its owner goes on using.
        if path.starts_with("/proc") {
            return OpenOptions::new()
                .append(true)
                .open(path)
                .map(Place::AsItIs);
        }
        match fs::read_link(&path) {
            Ok(link) => path = directory(&path).join(link),
            Err(_) => return Ok(Place::File(path)),
        }
    }
    Err(Errno::LOOP.into())
}

/// The directory of a path, never an empty path.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The new file, until it is in place; dropped before, it is removed.
#[derive(Debug)]
pub(super) struct Replacement {
    new: NamedTempFile,
    target: PathBuf,
    if_changed: bool,
}

impl Replacement {
    pub(super) fn new(target: PathBuf, if_changed: bool) -> io::Result<Replacement> {
        let old = match fs::metadata(&target) {
            Ok(old) => {
                // Renaming asks the directory only; a file that is write-protected is meant to stay.
                rustix::fs::access(&target, Access::WRITE_OK)?;
                Some(old)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let name = target.file_name().ok_or(Errno::ISDIR)?;
        let mut prefix = std::ffi::OsString::from(".");
        // Shortened, as the name must still fit with what is added to it.
        prefix.push(name.to_string_lossy().chars().take(32).collect::<String>());
        prefix.push(".");
        // Asked here, since the error of making a temporary file would speak of that.
        rustix::fs::access(directory(&target), Access::WRITE_OK | Access::EXEC_OK)?;
        // A file that replaces another is nobody's but ours until it has the other's owner and mode; a new one has the usual
        // mode, less the umask.
        let mode = if old.is_some() { 0o600 } else { 0o666 };
        let new = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(".tmp")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory(&target))
            .map_err(|error| plain_error(&error))?;
        if let Some(old) = old {
            take_after(new.as_file(), &old)?;
        }
        Ok(Replacement {
            new,
            target,
            if_changed,
        })
    }

    pub(super) fn file(&self) -> &File {
        self.new.as_file()
    }

    /// The name it has until it is in place.
    pub(super) fn name(&self) -> Option<&OsStr> {
        self.new.path().file_name()
    }

    /// Puts the file in place, unless it is to be left and is equal.
    pub(super) fn put_in_place(self) -> io::Result<()> {
        if self.if_changed && is_equal(self.new.path(), &self.target) {
            return Ok(());
        }
        let (file, path) = self.new.into_parts();
        close(file.into())?;
        path.persist(&self.target).map_err(|error| error.error)
    }
}

/// Gives `new` the owner and the mode of `old`; where the owner cannot be given, not the bits that act in his name.
fn take_after(new: &File, old: &fs::Metadata) -> io::Result<()> {
    let status = new.metadata()?;
    let same_owner = (status.uid(), status.gid()) == (old.uid(), old.gid())
        || rustix::fs::fchown(
            new,
            Some(Uid::from_raw(old.uid())),
            Some(Gid::from_raw(old.gid())),
        )
        .is_ok();
    let bits = if same_owner { 0o7777 } else { 0o777 };
    new.set_permissions(Permissions::from_mode(old.mode() & bits))
}

/// The error without the temporary name around it, which means nothing to a person.
pub(super) fn plain_error(error: &io::Error) -> io::Error {
    error
        .raw_os_error()
        .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// Whether two files hold the same bytes; what cannot be read is not equal.
fn is_equal(one: &Path, other: &Path) -> bool {
    let compare = || -> io::Result<bool> {
        let (mut one, mut other) = (File::open(one)?, File::open(other)?);
        if one.metadata()?.len() != other.metadata()?.len() {
            return Ok(false);
        }
        let (mut here, mut there) = (Vec::new(), Vec::new());
        loop {
            here.clear();
            there.clear();
            one.by_ref().take(1 << 16).read_to_end(&mut here)?;
            other.by_ref().take(1 << 16).read_to_end(&mut there)?;
            if here != there {
                return Ok(false);
            }
            if here.is_empty() {
                return Ok(true);
            }
        }
    };
    compare().unwrap_or(false)
}
