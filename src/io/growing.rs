//! Files that others write while they are read: opened without following planted links, and read at any offset.
//!
//! An archive (gzip, zstd) is read as what it contains, so a log that has been compressed meanwhile is the same content as
//! before. Nothing is mapped, as such files are truncated at any time.

mod archive;
mod status;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, SeekFrom, openat, seek, statx};
use rustix::io::Errno;

use super::magic;
use archive::Archive;
pub use status::{Kind, Links, Status, read_link, status};

/// The names in a directory, in no order.
///
/// # Errors
/// Those of open(2) and getdents(2).
pub fn list(directory: &Path) -> io::Result<Vec<Vec<u8>>> {
    use std::os::unix::ffi::OsStringExt as _;
    let entries = std::fs::read_dir(directory)?;
    entries
        .map(|entry| Ok(entry?.file_name().into_vec()))
        .collect()
}

/// A file that is open for reading at any offset.
#[derive(Debug)]
pub struct Growing {
    file: File,
    archive: Option<Archive>,
}

impl Growing {
    /// Opens a regular file.
    ///
    /// # Errors
    /// Those of open(2), `ELOOP` for a link that is refused; `InvalidInput` if it is not a regular file; a
    /// [`magic::Unsupported`] inside the error for a compression that jug does not read.
    pub fn open(path: &Path, links: Links) -> io::Result<Growing> {
        let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        if links == Links::Refused {
            flags |= OFlags::NOFOLLOW;
        }
        let file = File::from(openat(CWD, path, flags, Mode::empty())?);
        let mut growing = Growing {
            file,
            archive: None,
        };
        if growing.status()?.kind != Kind::File {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        let mut first = [0; magic::LONGEST];
        let length = read_at(&growing.file, 0, &mut first)?;
        growing.archive = magic::recognise(&first[..length])?.map(Archive::new);
        Ok(growing)
    }

    /// An open file, whose bytes are read as they are stored.
    pub fn of(file: File) -> Growing {
        Growing {
            file,
            archive: None,
        }
    }

    /// Opens a regular file, following links, whose bytes are read as they are stored.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn open_raw(path: &Path) -> io::Result<Growing> {
        Ok(Growing {
            file: File::open(path)?,
            archive: None,
        })
    }

    /// Its status now; the size is that of the stored bytes.
    ///
    /// # Errors
    /// Those of statx(2).
    pub fn status(&self) -> io::Result<Status> {
        let found = statx(self.file.as_fd(), c"", AtFlags::EMPTY_PATH, status::mask())?;
        Ok(Status::from(&found))
    }

    /// Whether it is read as what it contains.
    pub fn is_archive(&self) -> bool {
        self.archive.is_some()
    }

    /// Reads content at an offset, as much as there is and fits. An archive is decoded from its beginning where the offset
    /// is before the last that was read.
    ///
    /// # Errors
    /// Those of pread(2); for an archive a `decode::Damage` inside the error, once everything before it has been read;
    /// `Interrupted` if a signal asks to stop meanwhile.
    pub fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.archive {
            None => read_at(&self.file, offset, into),
            Some(archive) => archive.read_at(&self.file, offset, into),
        }
    }

    /// Reads content at an offset with one call: what a truncation and a new content leave there meanwhile is not mixed with it.
    ///
    /// # Errors
    /// As [`Growing::read_at`].
    pub fn read_once(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        if self.archive.is_some() {
            return self.read_at(offset, into);
        }
        loop {
            match self.file.read_at(into, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Decodes an archive from its beginning at the next read: it was incomplete, and may have grown.
    pub fn again(&mut self) {
        if let Some(archive) = &mut self.archive {
            archive.again();
        }
    }

    /// The first offset from `offset` on that is not in a hole (lseek(2), `SEEK_DATA`). The end of the file if there is only
    /// a hole; `offset` itself where the file system knows no holes.
    ///
    /// # Errors
    /// Those of lseek(2).
    pub fn data_from(&self, offset: u64) -> io::Result<u64> {
        if self.archive.is_some() {
            return Ok(offset);
        }
        match seek(&self.file, SeekFrom::Data(offset)) {
            Ok(found) => Ok(found.max(offset)),
            Err(Errno::NXIO) => Ok(self.status()?.size.max(offset)),
            Err(Errno::INVAL) => Ok(offset),
            Err(error) => Err(error.into()),
        }
    }
}

fn read_at(file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < into.len() {
        match file.read_at(&mut into[have..], offset + have as u64) {
            Ok(0) => break,
            Ok(read) => have += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}
