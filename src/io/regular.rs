//! Regular files that are not compressed: read at any offset, by any number of threads.
//!
//! Reads are positional, so no thread disturbs another, and the size is the one at opening, so that a log that grows has an
//! end. Whether to map a file instead is decided above, with the help of [`Regular::is_settled`].

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::fs::SeekFrom;
use rustix::io::Errno;

use super::buffer::Buffer;
use super::file_systems::{self, FileSystemKind};
use super::growing::Growing;
use super::mapped::Mapped;
use super::origin::Origin;
use super::stream::Stream;

/// How long a file must have been left alone to count as settled.
const SETTLED_AFTER: Duration = Duration::from_secs(600);

/// A regular file to read.
#[derive(Debug)]
pub struct Regular {
    /// Where it can be opened again.
    path: Option<PathBuf>,
    begin: u64,
    end: u64,
    descriptor: Mutex<Descriptor>,
}

#[derive(Debug)]
enum Descriptor {
    Open(Arc<File>),
    /// Until the next use.
    Suspended(Origin),
    /// For good.
    Closed,
}

impl Regular {
    pub(super) fn new(file: File, path: Option<PathBuf>, begin: u64, size: u64) -> Regular {
        Regular {
            path,
            begin,
            end: size.max(begin),
            descriptor: Mutex::new(Descriptor::Open(Arc::new(file))),
        }
    }

    /// Closes the file until it is next used. That use fails with a [`Changed`](super::identity::Changed) in the error if
    /// another file or other content is found then. Standard input stays open, since it has no path.
    ///
    /// # Errors
    /// Those of fstat(2) and pread(2); the file stays open then.
    pub fn suspend(&self) -> io::Result<()> {
        let mut descriptor = self.descriptor();
        if let (Descriptor::Open(file), Some(path)) = (&*descriptor, &self.path) {
            let origin = Origin::of_path(path.clone(), file)?;
            *descriptor = Descriptor::Suspended(origin);
        }
        Ok(())
    }

    /// Closes the file for good. Later uses fail with `EBADF`.
    pub fn close(&self) {
        *self.descriptor() = Descriptor::Closed;
    }

    /// The same file, read once from its beginning to its end. Its descriptor is shared with this one.
    ///
    /// # Errors
    /// Those of dup(2), lseek(2) and of opening the file again.
    pub fn stream(&self) -> io::Result<Stream> {
        let file = self.file()?.try_clone()?;
        rustix::fs::seek(&file, SeekFrom::Start(self.begin))?;
        let origin = match &self.path {
            Some(path) => Origin::of_path(path.clone(), &file)?,
            None => Origin::of_descriptor(&file)?,
        };
        let size = self.end - self.begin;
        Ok(Stream::from_file(file, Some(size), None).with_origin(origin))
    }

    /// The open file. It is opened again if it is suspended.
    fn file(&self) -> io::Result<Arc<File>> {
        let mut descriptor = self.descriptor();
        match &*descriptor {
            Descriptor::Open(file) => Ok(Arc::clone(file)),
            Descriptor::Suspended(origin) => {
                let file = Arc::new(origin.reopen()?);
                *descriptor = Descriptor::Open(Arc::clone(&file));
                Ok(file)
            }
            Descriptor::Closed => Err(Errno::BADF.into()),
        }
    }

    fn descriptor(&self) -> MutexGuard<'_, Descriptor> {
        self.descriptor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The offset of the first byte to read: standard input may be a file of which others have read a part.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// The size at opening, or [`Regular::begin`] where that is more.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Replaces `into` by the `length` bytes at `offset`, or by fewer where the file ends before.
    ///
    /// # Errors
    /// Those of pread(2), interruptions aside; `OutOfMemory`; those of opening the file again after [`Regular::suspend`].
    /// `into` then holds what was read before.
    pub fn read_at(&self, offset: u64, length: usize, into: &mut Buffer) -> io::Result<()> {
        into.clear();
        read_at(&*self.file()?, offset, length, into)
    }

    /// The size right now, in bytes: less than [`Regular::end`] means that the file was cut meanwhile.
    ///
    /// # Errors
    /// Those of fstat(2), and of opening the file again.
    pub fn size_now(&self) -> io::Result<u64> {
        Ok(self.file()?.metadata()?.len())
    }

    /// Whether it may be mapped without much risk: on a local file system, and left alone for ten minutes.
    pub fn is_settled(&self) -> bool {
        let Ok(file) = self.file() else {
            return false;
        };
        let quiet = || {
            let changed = file.metadata().ok()?.modified().ok()?;
            SystemTime::now().duration_since(changed).ok()
        };
        let local = || {
            let kind = file_systems::of_file(&*file).ok()?;
            Some(kind != FileSystemKind::Remote)
        };
        quiet().is_some_and(|age| age >= SETTLED_AFTER) && local().unwrap_or(false)
    }

    /// The file, to look at what is stored of it.
    ///
    /// # Errors
    /// Those of opening the file again and of dup(2).
    pub fn stored(&self) -> io::Result<Growing> {
        Ok(Growing::of(self.file()?.try_clone()?))
    }

    /// Maps the file into memory, up to [`Regular::end`].
    ///
    /// # Errors
    /// Those of mmap(2) and of opening the file again; `OutOfMemory` where too many files are mapped already.
    pub fn map(&self) -> io::Result<Mapped> {
        Mapped::new(&*self.file()?, self.end)
    }
}

/// Replaces `into` by the `length` bytes at `offset` of a file, or by fewer where the file ends before. After an error it holds
/// what was read before.
pub(super) fn read_at(
    file: &File,
    offset: u64,
    length: usize,
    into: &mut Buffer,
) -> io::Result<()> {
    into.clear();
    into.try_resize(length)?;
    let mut have = 0;
    let result = loop {
        if have == length {
            break Ok(());
        }
        let at = offset.saturating_add(have as u64);
        match rustix::io::pread(file, &mut into[have..], at) {
            Ok(0) => break Ok(()),
            Ok(read) => have += read,
            Err(Errno::INTR) => {}
            Err(error) => break Err(error.into()),
        }
    };
    into.truncate(have);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::identity::Changed;
    use std::fs;
    use std::path::Path;

    fn regular(content: &[u8]) -> Regular {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, content).unwrap();
        Regular::new(file, None, 0, content.len() as u64)
    }

    #[test]
    fn reads_anywhere_and_no_more_than_asked() {
        let content: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
        let regular = regular(&content);
        let mut into = Buffer::new();
        for (offset, length) in [
            (0, 0),
            (0, 10),
            (99_990, 100),
            (5, 99_000),
            (200_000, 5),
            (0, 100_000),
        ] {
            regular.read_at(offset, length, &mut into).unwrap();
            let from = content.len().min(offset as usize);
            let to = content.len().min(offset as usize + length);
            assert!(into[..] == content[from..to], "{offset} {length}");
        }
        assert_eq!(
            regular
                .read_at(0, usize::MAX, &mut into)
                .unwrap_err()
                .kind(),
            io::ErrorKind::OutOfMemory
        );
    }

    #[test]
    fn only_files_left_alone_are_settled() {
        let regular = regular(b"x");
        assert!(!regular.is_settled());
        regular
            .file()
            .unwrap()
            .set_modified(SystemTime::now() + Duration::from_secs(3600))
            .unwrap();
        assert!(!regular.is_settled());
        regular
            .file()
            .unwrap()
            .set_modified(SystemTime::now() - Duration::from_secs(3600))
            .unwrap();
        let kind = file_systems::of_file(&*regular.file().unwrap()).unwrap();
        assert_eq!(regular.is_settled(), kind != FileSystemKind::Remote);
    }

    #[test]
    fn a_shrunk_file_shows_its_size() {
        let regular = regular(b"0123456789");
        regular.file().unwrap().set_len(4).unwrap();
        assert_eq!((regular.end(), regular.size_now().unwrap()), (10, 4));
        let mut into = Buffer::new();
        regular.read_at(2, 8, &mut into).unwrap();
        assert_eq!(&into[..], b"23");
    }
    /// A suspended regular file in a directory.
    fn suspended(directory: &Path, content: &[u8]) -> Regular {
        let path = directory.join("file");
        fs::write(&path, content).unwrap();
        let file = File::open(&path).unwrap();
        let regular = Regular::new(file, Some(path), 0, content.len() as u64);
        regular.suspend().unwrap();
        assert!(matches!(*regular.descriptor(), Descriptor::Suspended(_)));
        regular
    }

    fn read(regular: &Regular) -> io::Result<Vec<u8>> {
        let mut into = Buffer::new();
        regular.read_at(0, 100, &mut into)?;
        Ok(into.to_vec())
    }

    #[test]
    fn a_suspended_file_is_opened_again_by_each_use() {
        let directory = tempfile::tempdir().unwrap();
        let regular = suspended(directory.path(), b"content");
        for _ in 0..2 {
            assert_eq!(read(&regular).unwrap(), b"content");
            regular.suspend().unwrap();
            assert_eq!(regular.size_now().unwrap(), 7);
            regular.suspend().unwrap();
            assert_eq!(regular.map().unwrap().window(0, 7), b"content");
            regular.suspend().unwrap();
        }
        File::options()
            .append(true)
            .open(directory.path().join("file"))
            .and_then(|mut file| io::Write::write_all(&mut file, b" and more"))
            .unwrap();
        assert_eq!(read(&regular).unwrap(), b"content and more");
        regular.close();
        assert_eq!(
            read(&regular).unwrap_err().raw_os_error(),
            Some(Errno::BADF.raw_os_error())
        );
    }

    #[test]
    fn a_suspended_file_that_has_changed_is_not_read() {
        type Change<'a> = &'a dyn Fn(&Path);
        let replace: Change<'_> = &|path| {
            let other = path.with_file_name("other");
            fs::write(&other, "content").unwrap();
            fs::rename(&other, path).unwrap();
        };
        let overwrite: Change<'_> = &|path| fs::write(path, "CONTENT").unwrap();
        let truncate: Change<'_> = &|path| fs::write(path, "cont").unwrap();
        let remove: Change<'_> = &|path| fs::remove_file(path).unwrap();
        for (change, expected) in [
            (replace, Changed::Replaced),
            (overwrite, Changed::Replaced),
            (truncate, Changed::Shortened),
            (remove, Changed::Removed),
        ] {
            let directory = tempfile::tempdir().unwrap();
            let regular = suspended(directory.path(), b"content");
            change(&directory.path().join("file"));
            let error = read(&regular).unwrap_err();
            let found = error.get_ref().and_then(|inner| inner.downcast_ref());
            assert_eq!(found, Some(&expected));
            assert!(regular.size_now().is_err() && regular.map().is_err());
            assert!(!regular.is_settled());
        }
    }

    #[test]
    fn a_file_without_a_path_stays_open() {
        let regular = regular(b"content");
        regular.suspend().unwrap();
        assert_eq!(read(&regular).unwrap(), b"content");
        assert!(matches!(*regular.descriptor(), Descriptor::Open(_)));
    }
}
