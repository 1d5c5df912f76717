//! Regular files that are not compressed: read at any offset, by any number of threads.
//!
//! Reads are positional, so no thread disturbs another, and the size is the one at opening, so that a log that grows has an
//! end. Whether to map a file instead is decided above, with the help of [`Regular::is_settled`].

use std::fs::File;
use std::io;
use std::time::{Duration, SystemTime};

use rustix::io::Errno;

use super::buffer::Buffer;
use super::mapped::Mapped;

/// How long a file must have been left alone to count as settled.
const SETTLED_AFTER: Duration = Duration::from_secs(600);

/// The `f_type` (statfs(2), linux/magic.h) of file systems whose files change behind the kernel's back.
const REMOTE: [u32; 14] = [
    0x6969,      // NFS
    0x517b,      // SMB
    0xff53_4d42, // CIFS
    0xfe53_4d42, // SMB2
    0x6573_5546, // FUSE
    0x0102_1997, // 9P
    0x5346_414f, // AFS (kernel)
    0x6b41_4653, // AFS (module)
    0x00c3_6400, // Ceph
    0x7375_7245, // Coda
    0x0bd0_0bd0, // Lustre
    0x0116_1970, // GFS2
    0x7461_636f, // OCFS2
    0x786f_4256, // VirtualBox shared folders
];

/// A regular file, open for reading.
#[derive(Debug)]
pub struct Regular {
    file: File,
    begin: u64,
    end: u64,
}

impl Regular {
    pub(super) fn new(file: File, begin: u64, size: u64) -> Regular {
        Regular {
            file,
            begin,
            end: size.max(begin),
        }
    }

    pub(super) fn into_file(self) -> File {
        self.file
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
    /// Those of pread(2), interruptions aside; `OutOfMemory`. `into` then holds what was read before.
    pub fn read_at(&self, offset: u64, length: usize, into: &mut Buffer) -> io::Result<()> {
        into.clear();
        into.try_resize(length)?;
        let mut have = 0;
        let result = loop {
            if have == length {
                break Ok(());
            }
            let at = offset.saturating_add(have as u64);
            match rustix::io::pread(&self.file, &mut into[have..], at) {
                Ok(0) => break Ok(()),
                Ok(read) => have += read,
                Err(Errno::INTR) => {}
                Err(error) => break Err(error.into()),
            }
        };
        into.truncate(have);
        result
    }

    /// The size right now, in bytes: less than [`Regular::end`] means that the file was cut meanwhile.
    ///
    /// # Errors
    /// Those of fstat(2).
    pub fn size_now(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Whether it may be mapped without much risk: on a local file system, and left alone for ten minutes.
    pub fn is_settled(&self) -> bool {
        let quiet = || {
            let changed = self.file.metadata().ok()?.modified().ok()?;
            SystemTime::now().duration_since(changed).ok()
        };
        // The type's width and sign differ between architectures; the magics have 32 bits.
        let local = || {
            let magic = rustix::fs::fstatfs(&self.file).ok()?.f_type as u32;
            Some(!REMOTE.contains(&magic))
        };
        quiet().is_some_and(|age| age >= SETTLED_AFTER) && local().unwrap_or(false)
    }

    /// Maps the file into memory, up to [`Regular::end`].
    ///
    /// # Errors
    /// Those of mmap(2); `OutOfMemory` where too many files are mapped already. Reading works in either case.
    pub fn map(&self) -> io::Result<Mapped> {
        Mapped::new(&self.file, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regular(content: &[u8]) -> Regular {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, content).unwrap();
        Regular::new(file, 0, content.len() as u64)
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
            .file
            .set_modified(SystemTime::now() + Duration::from_secs(3600))
            .unwrap();
        assert!(!regular.is_settled());
        regular
            .file
            .set_modified(SystemTime::now() - Duration::from_secs(3600))
            .unwrap();
        let magic = rustix::fs::fstatfs(&regular.file).unwrap().f_type as u32;
        assert_eq!(regular.is_settled(), !REMOTE.contains(&magic));
    }

    #[test]
    fn a_shrunk_file_shows_its_size() {
        let regular = regular(b"0123456789");
        regular.file.set_len(4).unwrap();
        assert_eq!((regular.end(), regular.size_now().unwrap()), (10, 4));
        let mut into = Buffer::new();
        regular.read_at(2, 8, &mut into).unwrap();
        assert_eq!(&into[..], b"23");
    }
}
