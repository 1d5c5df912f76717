//! Files that others write while they are read: opened without following planted links, and read at any offset.
//!
//! An archive (gzip, zstd) is read as what it contains, so a log that has been compressed meanwhile is the same content as
//! before. Nothing is mapped, as such files are truncated at any time.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, SeekFrom, Statx, StatxFlags, openat, seek, statx,
};
use rustix::io::Errno;

use super::buffer::Buffer;
use super::magic::{self, Compression};
use super::stream::{Received, Stream};
use super::wait::{self, Until};

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

fn mask() -> StatxFlags {
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
        let found = statx(self.file.as_fd(), c"", AtFlags::EMPTY_PATH, mask())?;
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

/// The content of an archive, decoded as far as it was asked for.
#[derive(Debug)]
struct Archive {
    compression: Compression,
    /// None before the first read.
    stream: Option<Stream>,
    /// What was decoded last, and the offset of its first byte.
    block: Buffer,
    begin: u64,
    is_at_end: bool,
}

/// How much is decoded at once, in bytes.
const BLOCK: usize = 256 << 10;

impl Archive {
    fn new(compression: Compression) -> Archive {
        Archive {
            compression,
            stream: None,
            block: Buffer::new(),
            begin: 0,
            is_at_end: false,
        }
    }

    fn read_at(&mut self, file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        if self.stream.is_none() || offset < self.begin {
            let again = file.try_clone()?;
            seek(&again, SeekFrom::Start(0))?;
            self.stream = Some(Stream::from_file(again, None, Some(self.compression)));
            self.block.clear();
            (self.begin, self.is_at_end) = (0, false);
        }
        let mut have = 0;
        while have < into.len() {
            let wanted = offset + have as u64;
            let end = self.begin + self.block.len() as u64;
            if wanted < end {
                let from = usize::try_from(wanted - self.begin).unwrap_or(0);
                let count = (self.block.len() - from).min(into.len() - have);
                into[have..have + count].copy_from_slice(&self.block[from..from + count]);
                have += count;
                continue;
            }
            match self.decode_next() {
                Ok(true) => {}
                Ok(false) => break,
                // What was decoded before the damage comes first.
                Err(_) if have > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(have)
    }

    /// Decodes the next block; false at the end.
    fn decode_next(&mut self) -> io::Result<bool> {
        let Some(stream) = self.stream.as_mut().filter(|_| !self.is_at_end) else {
            return Ok(false);
        };
        self.begin += self.block.len() as u64;
        self.block.resize(BLOCK);
        let mut have = 0;
        let result = loop {
            if have == BLOCK {
                break Ok(true);
            }
            let until = Until::stopped(&wait::is_stopping);
            match stream.read_until(&mut self.block[have..], &until) {
                Ok(Received::Bytes(read)) => have += read,
                Ok(Received::End) => {
                    self.is_at_end = true;
                    break Ok(have > 0);
                }
                Ok(Received::Stopped | Received::Deadline) => {
                    break Err(io::ErrorKind::Interrupted.into());
                }
                // The next call finds the same damage.
                Err(_) if have > 0 => break Ok(true),
                Err(error) => break Err(error),
            }
        };
        self.block.truncate(have);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        fs::write(&path, bytes).unwrap();
        (directory, path)
    }

    #[test]
    fn an_archive_is_read_at_any_offset_as_its_content() {
        let content: Vec<u8> = (0..700_000_u32).map(|at| (at % 251) as u8).collect();
        for stored in [content.clone(), gzip(&content)] {
            let is_archive = stored.len() < content.len();
            let (_directory, path) = written(&stored);
            let mut file = Growing::open(&path, Links::Refused).unwrap();
            assert_eq!(file.is_archive(), is_archive);
            for (offset, length) in [
                (0, 10),
                (699_990, 100),
                (5, 300_000),
                (262_100, 200),
                (700_000, 1),
            ] {
                let mut into = vec![0; length];
                let read = file.read_at(offset, &mut into).unwrap();
                let from = usize::try_from(offset).unwrap();
                let to = content.len().min(from + length);
                assert!(into[..read] == content[from..to], "{offset} {length}");
            }
        }
    }

    #[test]
    fn damage_is_found_after_all_content_before_it() {
        let content: Vec<u8> = (0..400_000_u32)
            .flat_map(|at| (at ^ at << 7).to_le_bytes())
            .collect();
        let stored = gzip(&content);
        let (_directory, path) = written(&stored[..stored.len() / 2]);
        let mut file = Growing::open(&path, Links::Refused).unwrap();
        let (mut offset, mut into) = (0, vec![0; 100_000]);
        let error = loop {
            match file.read_at(offset, &mut into) {
                Ok(read) => {
                    assert!(read > 0);
                    let from = usize::try_from(offset).unwrap();
                    assert!(into[..read] == content[from..from + read]);
                    offset += read as u64;
                }
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(offset > 400_000, "{offset}");
        assert!(file.read_at(0, &mut into[..10]).is_ok());
    }

    #[test]
    fn links_and_other_files_are_refused() {
        let (directory, path) = written(b"text\n");
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(Growing::open(&link, Links::Followed).is_ok());
        let refused = Growing::open(&link, Links::Refused).unwrap_err();
        assert_eq!(Errno::from_io_error(&refused), Some(Errno::LOOP));
        assert_eq!(status(&link, Links::Refused).unwrap().kind, Kind::Link);
        assert_eq!(status(&link, Links::Followed).unwrap().kind, Kind::File);
        assert_eq!(read_link(&link).unwrap(), path);
        let refused = Growing::open(directory.path(), Links::Followed).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        let fifo = directory.path().join("fifo");
        rustix::fs::mkfifoat(CWD, &fifo, Mode::RUSR).unwrap();
        assert!(Growing::open(&fifo, Links::Refused).is_err());
    }

    #[test]
    fn holes_are_skipped_where_the_file_system_knows_them() {
        let (_directory, path) = written(b"");
        let file = File::options().write(true).open(&path).unwrap();
        file.write_all_at(b"x\n", 1 << 30).unwrap();
        let growing = Growing::open(&path, Links::Refused).unwrap();
        let data = growing.data_from(0).unwrap();
        assert!(
            data == 0 || (data <= 1 << 30 && data > (1 << 30) - (2 << 20)),
            "{data}"
        );
        assert_eq!(growing.data_from((1 << 30) + 1).unwrap(), (1 << 30) + 1);
        assert_eq!(growing.data_from((1 << 30) + 2).unwrap(), (1 << 30) + 2);
    }

    #[test]
    fn a_status_tells_files_apart_and_sees_growth() {
        let (directory, path) = written(b"text\n");
        let first = status(&path, Links::Refused).unwrap();
        File::options()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(b"more\n"))
            .unwrap();
        let grown = status(&path, Links::Refused).unwrap();
        assert!(grown.is_same_file(&first) && grown.size == 10 && first.size == 5);
        let other = directory.path().join("other");
        fs::write(&other, "text\n").unwrap();
        assert!(!status(&other, Links::Refused).unwrap().is_same_file(&first));
        let mut names = list(directory.path()).unwrap();
        names.sort();
        assert_eq!(names, [b"log".to_vec(), b"other".to_vec()]);
    }
}
