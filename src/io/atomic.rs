//! Files that are replaced atomically: a reader sees the old content or the new, whatever happens in between.
//!
//! The new content is written to a file in the target's directory, since rename(2) is atomic only within a file system. It has
//! no name (`O_TMPFILE`, open(2)), so it disappears with a process that is killed; [`AtomicFile::commit`] links it to a name. Where
//! the file system or a missing /proc does not allow that, it has a hidden temporary name from the start. As long as it
//! exists it is locked, so a temporary file without a lock was left by a killed process.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, Gid, OFlags, Uid, linkat};
use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::direct::close;
use super::lock;
use super::open::open_for_writing;

/// How many links are followed before the path counts as a loop, as in the kernel (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// How many characters of the target's name a temporary name contains, so that it is never too long.
const PREFIX_LENGTH: usize = 32;

/// The end of temporary names.
const SUFFIX: &str = ".tmp";

/// What survives a power failure once the file is in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is promised: for what can be made again.
    #[default]
    Unsynced,
    /// The content and the name: both are written to disk (fsync(2)) before the commit returns.
    Synced,
}

/// Where an output goes.
pub(super) enum Destination {
    /// A pipe, a device, or an open descriptor of some process: it is written directly.
    Direct(File),
    /// A regular file, or none yet: the path after following all links.
    File(PathBuf),
}

/// Follows links to the file that is to be written.
pub(super) fn resolve(path: &Path) -> io::Result<Destination> {
    if path.as_os_str().is_empty() {
        return Err(Errno::NOENT.into());
    }
    match fs::metadata(path) {
        Ok(status) if status.is_dir() => return Err(Errno::ISDIR.into()),
        Ok(status) if !status.is_file() => {
            return open_for_writing(path).map(Destination::Direct);
        }
        _ => {}
    }
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        // `/dev/stdout` and the like, when they are files: a descriptor that its owner continues to use.
        if path.starts_with("/proc") {
            return OpenOptions::new()
                .append(true)
                .open(path)
                .map(Destination::Direct);
        }
        match fs::read_link(&path) {
            Ok(link) => path = directory(&path).join(link),
            Err(_) => return Ok(Destination::File(path)),
        }
    }
    Err(Errno::LOOP.into())
}

/// The directory of a path, never an empty path.
pub(super) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// How to put a file in place.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtomicOptions {
    /// Leave the target untouched if it has the same content.
    pub(super) if_changed: bool,
    /// Fail if the target exists.
    pub(super) is_exclusive: bool,
    pub(super) durability: Durability,
    /// The mode of a file that replaces none, before the umask.
    pub(super) mode: u32,
}

/// A file that takes the place of another when it is committed. If it is dropped before, the target stays as it was and nothing
/// is left of it.
#[derive(Debug)]
pub(super) struct AtomicFile {
    content: Content,
    target: PathBuf,
    options: AtomicOptions,
}

/// The new content until it is in place.
#[derive(Debug)]
enum Content {
    /// Without a name.
    Unnamed(File),
    /// With a temporary name.
    Named(NamedTempFile),
}

impl AtomicFile {
    /// Starts to replace `target`, which must not be a link.
    ///
    /// # Errors
    /// Those of open(2) in the target's directory; `EACCES` if the target is write-protected; `EEXIST` if it exists and must not.
    pub(super) fn new(target: PathBuf, options: AtomicOptions) -> io::Result<AtomicFile> {
        AtomicFile::with(target, options, Content::new)
    }

    fn with(
        target: PathBuf,
        options: AtomicOptions,
        create: impl FnOnce(&Path, u32) -> io::Result<Content>,
    ) -> io::Result<AtomicFile> {
        let old = match fs::symlink_metadata(&target) {
            Ok(_) if options.is_exclusive => return Err(Errno::EXIST.into()),
            Ok(old) => {
                // rename(2) needs permission for the directory only, but a write-protected file must not be replaced.
                rustix::fs::access(&target, Access::WRITE_OK)?;
                Some(old)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        // Nobody else may open the new content until it has the old file's owner and mode.
        let mode = if old.is_some() { 0o600 } else { options.mode };
        let content = create(&target, mode)?;
        if let Some(old) = old {
            copy_owner_and_mode(&old, content.file())?;
        }
        // Some file systems have no locks; then nobody can tell that the file was left behind.
        let _ = lock::try_lock(content.file());
        Ok(AtomicFile {
            content,
            target,
            options,
        })
    }

    pub(super) fn file(&self) -> &File {
        self.content.file()
    }

    /// The temporary name, if there is one.
    pub(super) fn temporary_name(&self) -> Option<&OsStr> {
        match &self.content {
            Content::Unnamed(_) => None,
            Content::Named(file) => file.path().file_name(),
        }
    }

    /// Puts the file in place.
    ///
    /// # Errors
    /// Those of fsync(2), close(2), link(2) and rename(2); `EEXIST` if the target exists and must not. The target is then as it was,
    /// unless only its directory could not be synced.
    pub(super) fn commit(self) -> io::Result<()> {
        self.commit_with(&mut sync)
    }

    fn commit_with(self, sync: &mut dyn FnMut(BorrowedFd<'_>) -> io::Result<()>) -> io::Result<()> {
        let is_synced = self.options.durability == Durability::Synced;
        if self.options.if_changed && is_equal(self.file(), &self.target) {
            return Ok(());
        }
        if is_synced {
            sync(self.file().as_fd())?;
        }
        // Network file systems report some errors only at closing. The descriptor itself keeps the lock.
        close(self.file().as_fd().try_clone_to_owned()?)?;
        // Opened before the rename: nothing may fail after it that can be known before.
        let parent = is_synced.then(|| File::open(directory(&self.target)));
        self.content
            .put_in_place(&self.target, self.options.is_exclusive)?;
        match parent {
            // A directory that can be written but not read cannot be synced.
            Some(Ok(parent)) => sync(parent.as_fd()),
            Some(Err(_)) | None => Ok(()),
        }
    }
}

impl Content {
    fn new(target: &Path, mode: u32) -> io::Result<Content> {
        match Content::unnamed(target, mode) {
            Ok(Some(content)) => Ok(content),
            Ok(None) => Content::named(target, mode),
            Err(error) => Err(error),
        }
    }

    /// A file without a name; none if there cannot be one here.
    fn unnamed(target: &Path, mode: u32) -> io::Result<Option<Content>> {
        if target.file_name().is_none() {
            return Err(Errno::ISDIR.into());
        }
        let opened = File::options()
            .read(true)
            .write(true)
            .mode(mode)
            .custom_flags(OFlags::TMPFILE.bits() as i32)
            .open(directory(target));
        match opened {
            // It could not be linked without /proc.
            Ok(file) => Ok(fs::symlink_metadata(path_of(&file))
                .is_ok()
                .then_some(Content::Unnamed(file))),
            // What file systems and kernels answer that do not know O_TMPFILE.
            Err(error)
                if [Errno::OPNOTSUPP, Errno::ISDIR, Errno::INVAL]
                    .map(Errno::raw_os_error)
                    .contains(&error.raw_os_error().unwrap_or(0)) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn named(target: &Path, mode: u32) -> io::Result<Content> {
        let directory = directory(target);
        // Checked here, since the error of creating a temporary file would name that.
        rustix::fs::access(directory, Access::WRITE_OK | Access::EXEC_OK)?;
        tempfile::Builder::new()
            .prefix(&prefix(target.file_name().ok_or(Errno::ISDIR)?))
            .suffix(SUFFIX)
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory)
            .map(Content::Named)
            .map_err(|error| plain_error(&error))
    }

    fn file(&self) -> &File {
        match self {
            Content::Unnamed(file) => file,
            Content::Named(file) => file.as_file(),
        }
    }

    fn put_in_place(self, target: &Path, is_exclusive: bool) -> io::Result<()> {
        match self {
            Content::Named(file) if is_exclusive => {
                file.persist_noclobber(target)
                    .map_err(|error| error.error)?;
            }
            Content::Named(file) => {
                file.persist(target).map_err(|error| error.error)?;
            }
            Content::Unnamed(file) => match link(&file, target) {
                Err(Errno::EXIST) if !is_exclusive => {
                    // Only rename(2) replaces a file, so the new one needs a name first.
                    let linked = tempfile::Builder::new()
                        .prefix(&prefix(target.file_name().unwrap_or_default()))
                        .suffix(SUFFIX)
                        .make_in(directory(target), |path| Ok(link(&file, path)?))
                        .map_err(|error| plain_error(&error))?;
                    linked.persist(target).map_err(|error| error.error)?;
                }
                linked => linked?,
            },
        }
        Ok(())
    }
}

/// Gives a name to a file without one.
fn link(file: &File, path: &Path) -> rustix::io::Result<()> {
    linkat(CWD, path_of(file), CWD, path, AtFlags::SYMLINK_FOLLOW)
}

/// A path by which this process finds an open file.
fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// How temporary names for a target begin.
fn prefix(name: &OsStr) -> OsString {
    let shortened: String = name.to_string_lossy().chars().take(PREFIX_LENGTH).collect();
    OsString::from(format!(".{shortened}."))
}

/// Whether a file has a name that only temporary files have.
pub(super) fn is_temporary_name(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".") && name.as_bytes().ends_with(SUFFIX.as_bytes())
}

/// Writes a file or directory to disk.
pub(super) fn sync(descriptor: BorrowedFd<'_>) -> io::Result<()> {
    match rustix::fs::fsync(descriptor) {
        // It is not on a disk: fsync(2), "EROFS, EINVAL".
        Err(Errno::INVAL | Errno::ROFS) => Ok(()),
        synced => Ok(synced?),
    }
}

/// Gives `new` the owner and the mode of `old`. If the owner cannot be set, the bits that act in the owner's name are left out.
fn copy_owner_and_mode(old: &fs::Metadata, new: &File) -> io::Result<()> {
    let status = new.metadata()?;
    let has_same_owner = (status.uid(), status.gid()) == (old.uid(), old.gid())
        || rustix::fs::fchown(
            new,
            Some(Uid::from_raw(old.uid())),
            Some(Gid::from_raw(old.gid())),
        )
        .is_ok();
    let bits = if has_same_owner { 0o7777 } else { 0o777 };
    new.set_permissions(Permissions::from_mode(old.mode() & bits))
}

/// The error without the temporary name, which means nothing to the user.
fn plain_error(error: &io::Error) -> io::Error {
    error
        .raw_os_error()
        .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// Whether the file at `path` has the same content. One that cannot be read is not equal.
fn is_equal(new: &File, path: &Path) -> bool {
    let compare = || -> io::Result<bool> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let old = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits() as i32)
            .open(path)?;
        let length = new.metadata()?.len();
        if old.metadata()?.len() != length {
            return Ok(false);
        }
        let (mut here, mut there) = (vec![0; 64 << 10], vec![0; 64 << 10]);
        let mut offset = 0;
        while offset < length {
            let size = (length - offset).min(here.len() as u64) as usize;
            new.read_exact_at(&mut here[..size], offset)?;
            old.read_exact_at(&mut there[..size], offset)?;
            if here[..size] != there[..size] {
                return Ok(false);
            }
            offset += size as u64;
        }
        Ok(true)
    };
    compare().unwrap_or(false)
}

#[cfg(test)]
mod tests;
