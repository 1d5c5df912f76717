//! Inputs as they are stored, for one reader from the beginning, whatever they are.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{FileType, OFlags, SeekFrom};
use rustix::io::Errno;

use super::open::open_again;
use super::source::{InputName, open_file};

/// An input whose bytes are read as they are stored.
#[derive(Debug)]
pub struct Raw {
    file: File,
    may_wait: bool,
    may_block: bool,
    /// The size of a regular file when it was opened, in bytes.
    size: u64,
    /// How many of them have not been read yet.
    left: u64,
}

impl Raw {
    /// Opens an input; standard input is read from where it stands. Nothing is waited for.
    ///
    /// # Errors
    /// Those of open(2); "Is a directory"; `EBADF` if standard input was closed at the start.
    pub fn open(name: &InputName) -> io::Result<Raw> {
        let (mut file, status) = open_file(name)?;
        let (mut size, mut left) = (0, 0);
        if FileType::from_raw_mode(status.st_mode).is_file() {
            let begin = rustix::fs::seek(&file, SeekFrom::Current(0))?;
            size = u64::try_from(status.st_size).unwrap_or(0);
            left = size.saturating_sub(begin);
        }
        let kind = FileType::from_raw_mode(status.st_mode);
        if kind == FileType::Directory {
            return Err(Errno::ISDIR.into());
        }
        // A pipe that is read without blocking need not be asked first whether there is something.
        let nonblocking = match (kind, name) {
            (FileType::Fifo, InputName::Stdin) => open_again(&file, OFlags::RDONLY),
            _ => None,
        };
        let is_path = matches!(name, InputName::Path(_));
        let may_block = nonblocking.is_none() && !(kind == FileType::Fifo && is_path);
        if let Some(nonblocking) = nonblocking {
            file = nonblocking;
        }
        Ok(Raw {
            file,
            may_wait: kind != FileType::RegularFile,
            may_block,
            size,
            left,
        })
    }

    /// Whether reading blocks until there is something, unless that was waited for.
    pub fn may_block(&self) -> bool {
        self.may_wait && self.may_block
    }

    /// Whether reading may have to wait for somebody: it is not a regular file.
    pub fn may_wait(&self) -> bool {
        self.may_wait
    }

    /// Whether a regular file that has been read to its end became shorter meanwhile. The files of /sys have less than their size
    /// says, but do not change it.
    pub fn has_shrunk(&self) -> bool {
        let is_smaller = |status: rustix::fs::Stat| {
            u64::try_from(status.st_size).is_ok_and(|size| size < self.size)
        };
        self.left > 0 && rustix::fs::fstat(&self.file).is_ok_and(is_smaller)
    }

    /// Reads what there is, at most as much as fits. No bytes are the end; none at all, if the read was interrupted or there is
    /// nothing yet.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn read(&mut self, buf: &mut [u8]) -> io::Result<Option<usize>> {
        match self.file.read(buf) {
            Ok(read) => {
                self.left = self.left.saturating_sub(read as u64);
                Ok(Some(read))
            }
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => Ok(None),
                _ => Err(error),
            },
        }
    }
}

impl AsFd for Raw {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_and_a_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.gz");
        std::fs::write(&path, b"\x1f\x8bnot gzip").unwrap();
        let mut raw = Raw::open(&InputName::Path(path)).unwrap();
        assert!(!raw.may_wait());
        let mut buf = [0; 100];
        assert_eq!(raw.read(&mut buf).unwrap(), Some(10));
        assert_eq!(&buf[..10], b"\x1f\x8bnot gzip");
        assert_eq!(raw.read(&mut buf).unwrap(), Some(0));
        assert!(!raw.has_shrunk());
        let name = InputName::Path(directory.path().to_owned());
        assert_eq!(
            Raw::open(&name).unwrap_err().kind(),
            io::ErrorKind::IsADirectory
        );
    }

    #[test]
    fn a_file_that_became_shorter_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        std::fs::write(&path, [b'x'; 100]).unwrap();
        let mut raw = Raw::open(&InputName::Path(path.clone())).unwrap();
        assert_eq!(raw.read(&mut [0; 10]).unwrap(), Some(10));
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(30)
            .unwrap();
        assert_eq!(raw.read(&mut [0; 100]).unwrap(), Some(20));
        assert_eq!(raw.read(&mut [0; 9]).unwrap(), Some(0));
        assert!(raw.has_shrunk());
    }

    #[test]
    fn a_fifo_has_nothing_yet() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fifo");
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            &path,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        )
        .unwrap();
        // A writer, without which a read finds the end.
        let writer = File::options().read(true).write(true).open(&path).unwrap();
        let mut raw = Raw::open(&InputName::Path(path)).unwrap();
        assert!(raw.may_wait() && !raw.may_block());
        assert_eq!(raw.read(&mut [0; 9]).unwrap(), None);
        drop(writer);
    }
}
