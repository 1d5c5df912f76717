//! The file system, as far as logs are looked for in it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::io::growing::{self, Growing, Kind, Links, Status};

/// What an open file contains, decompressed.
pub trait Content {
    /// Its status now.
    ///
    /// # Errors
    /// Those of statx(2).
    fn status(&self) -> io::Result<Status>;
    /// Whether the content is decompressed, so that its length is not the file's.
    fn is_archive(&self) -> bool;
    /// Reads as much as there is and fits.
    ///
    /// # Errors
    /// As [`Growing::read_at`].
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
    /// Reads as much as there is and fits; an archive that is cut off ends there.
    ///
    /// # Errors
    /// As `read_at`.
    fn read_available(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        match self.read_at(offset, into) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            read => read,
        }
    }
    /// Reads what there is, with one call, so that it is one content.
    ///
    /// # Errors
    /// As [`Growing::read_at`].
    fn read_once(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
    /// Decodes an archive from its beginning at the next read, as it was incomplete and may have grown.
    fn again(&mut self);
    /// The first offset that is not in a hole.
    ///
    /// # Errors
    /// As [`Growing::data_from`].
    fn data_from(&self, offset: u64) -> io::Result<u64>;
}

/// A file system.
pub trait Files {
    /// An open file.
    type Content: Content;
    /// The names in a directory.
    ///
    /// # Errors
    /// Those of the system.
    fn list(&mut self, directory: &Path) -> io::Result<Vec<Vec<u8>>>;
    /// The status of what a path leads to.
    ///
    /// # Errors
    /// Those of the system.
    fn status(&mut self, path: &Path, links: Links) -> io::Result<Status>;
    /// Opens a regular file.
    ///
    /// # Errors
    /// Those of the system.
    fn open(&mut self, path: &Path, links: Links) -> io::Result<Self::Content>;
    /// The path after all links at its end; the path itself if it is none.
    fn target(&mut self, path: &Path) -> PathBuf;
    /// Waits a moment: another process is moving files.
    fn pause(&mut self);
    /// The time, in nanoseconds since 1970.
    fn now(&self) -> i128;
}

impl Content for Growing {
    fn status(&self) -> io::Result<Status> {
        Growing::status(self)
    }

    fn is_archive(&self) -> bool {
        Growing::is_archive(self)
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        Growing::read_at(self, offset, into)
    }

    fn read_once(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        Growing::read_once(self, offset, into)
    }

    fn again(&mut self) {
        Growing::again(self);
    }

    fn data_from(&self, offset: u64) -> io::Result<u64> {
        Growing::data_from(self, offset)
    }
}

/// The real one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

/// How many links are followed, as by the kernel (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// How long a rotator gets to finish what it has begun.
const PAUSE: Duration = Duration::from_millis(10);

impl Files for Disk {
    type Content = Growing;

    fn list(&mut self, directory: &Path) -> io::Result<Vec<Vec<u8>>> {
        growing::list(directory)
    }

    fn status(&mut self, path: &Path, links: Links) -> io::Result<Status> {
        growing::status(path, links)
    }

    fn open(&mut self, path: &Path, links: Links) -> io::Result<Growing> {
        Growing::open(path, links)
    }

    fn target(&mut self, path: &Path) -> PathBuf {
        let mut path = path.to_path_buf();
        for _ in 0..MAX_LINKS {
            match growing::status(&path, Links::Refused) {
                Ok(status) if status.kind == Kind::Link => {}
                _ => break,
            }
            match growing::read_link(&path) {
                Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
                Err(_) => break,
            }
        }
        path
    }

    fn pause(&mut self) {
        std::thread::sleep(PAUSE);
    }

    fn now(&self) -> i128 {
        let since = std::time::UNIX_EPOCH.elapsed();
        since.map_or(0, |since| since.as_nanos().try_into().unwrap_or(i128::MAX))
    }
}
