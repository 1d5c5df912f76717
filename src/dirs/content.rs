//! What is in a regular file: its first bytes, and digests of all of them.
//!
//! A file that changes while it is read, or is not the one that was asked about before, has no content that could be told: that is
//! an error.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{self, FileType};
use rustix::io::Errno;

use crate::io::digest::{Function, Hasher};

/// The first bytes of a file that are kept.
pub const HEAD: usize = 4096;

/// The length of a BLAKE3 digest in hexadecimal digits.
pub const DIGEST: usize = 64;

/// How many bytes are read at once.
const BLOCK: usize = 128 << 10;

/// What is asked about the content of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentNeeds {
    /// Its first bytes.
    pub head: bool,
    /// The BLAKE3 digest of all.
    pub blake3: bool,
    /// The SHA-256 digest of all.
    pub sha256: bool,
}

impl ContentNeeds {
    /// Nothing is asked.
    pub const NOTHING: ContentNeeds = ContentNeeds {
        head: false,
        blake3: false,
        sha256: false,
    };

    /// The first bytes.
    pub const HEAD: ContentNeeds = ContentNeeds {
        head: true,
        ..ContentNeeds::NOTHING
    };

    /// The BLAKE3 digest.
    pub const BLAKE3: ContentNeeds = ContentNeeds {
        blake3: true,
        ..ContentNeeds::NOTHING
    };

    /// The SHA-256 digest.
    pub const SHA256: ContentNeeds = ContentNeeds {
        sha256: true,
        ..ContentNeeds::NOTHING
    };

    /// Whether anything is asked.
    pub fn any(self) -> bool {
        self.head || self.is_whole()
    }

    /// Whether all bytes are read.
    pub fn is_whole(self) -> bool {
        self.blake3 || self.sha256
    }

    /// What either asks.
    pub fn and(self, other: ContentNeeds) -> ContentNeeds {
        ContentNeeds {
            head: self.head || other.head,
            blake3: self.blake3 || other.blake3,
            sha256: self.sha256 || other.sha256,
        }
    }
}

/// What is in a file.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Its first bytes, at most [`HEAD`].
    pub head: Vec<u8>,
    /// Its BLAKE3 digest in hexadecimal digits, if that was asked for.
    pub blake3: Option<String>,
    /// Its SHA-256 digest.
    pub sha256: Option<String>,
}

/// Why the content of a file is not known.
#[derive(Debug)]
pub enum ContentError {
    /// What the system says.
    Io(io::Error),
    /// It has changed meanwhile, or is another file.
    Changed,
    /// Reading was stopped.
    Stopped,
}

impl From<Errno> for ContentError {
    fn from(error: Errno) -> ContentError {
        ContentError::Io(error.into())
    }
}

/// The BLAKE3 digest of some bytes.
pub fn blake3(bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(Function::Blake3);
    hasher.update(bytes);
    hasher.finish()
}

/// What changes when a file is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    id: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

fn version(file: &OwnedFd) -> Result<Version, ContentError> {
    let found = fs::fstat(file)?;
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
        return Err(ContentError::Changed);
    }
    Ok(Version {
        id: (found.st_dev, found.st_ino),
        size: found.st_size.cast_unsigned(),
        modified: (found.st_mtime, found.st_mtime_nsec.cast_signed()),
        changed: (found.st_ctime, found.st_ctime_nsec.cast_signed()),
    })
}

/// Reads a file that had this device and inode, and this size, when it was asked about. Stops when `is_stopping` says so.
///
/// # Errors
/// [`ContentError`].
pub fn read(
    file: &OwnedFd,
    id: (u64, u64),
    size: u64,
    needs: ContentNeeds,
    is_stopping: &dyn Fn() -> bool,
) -> Result<Content, ContentError> {
    let begun = version(file)?;
    if begun.id != id || begun.size != size {
        return Err(ContentError::Changed);
    }
    let mut content = Content::default();
    let hasher = |is_needed: bool, function| is_needed.then(|| Hasher::new(function));
    let mut blake3 = hasher(needs.blake3, Function::Blake3);
    let mut sha256 = hasher(needs.sha256, Function::Sha256);
    let most = if needs.is_whole() {
        u64::MAX
    } else {
        HEAD as u64
    };
    // Small files need a small buffer; files of /proc say that they are empty.
    let wanted = usize::try_from(begun.size.min(most)).unwrap_or(BLOCK);
    let mut buffer = vec![0; wanted.clamp(HEAD, BLOCK)];
    let mut total = 0_u64;
    while total < most {
        if is_stopping() {
            return Err(ContentError::Stopped);
        }
        let read = match rustix::io::read(file, &mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        let bytes = &buffer[..read];
        let missing = HEAD - content.head.len();
        content.head.extend_from_slice(&bytes[..read.min(missing)]);
        blake3
            .iter_mut()
            .chain(&mut sha256)
            .for_each(|hasher| hasher.update(bytes));
        total += read as u64;
    }
    let is_whole = !needs.is_whole() || total == begun.size || begun.size == 0;
    if !is_whole || version(file)? != begun {
        return Err(ContentError::Changed);
    }
    content.blake3 = blake3.map(|mut hasher| hasher.finish());
    content.sha256 = sha256.map(|mut hasher| hasher.finish());
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::Write as _;
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    /// Reads a file, and does something to it after the first block.
    fn read_while(
        change: impl Fn(&std::fs::File),
        needs: ContentNeeds,
    ) -> Result<Content, ContentError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![b'x'; 3 * BLOCK]).unwrap();
        let found = file.metadata().unwrap();
        let again = OwnedFd::from(file.try_clone().unwrap());
        fs::seek(&again, fs::SeekFrom::Start(0)).unwrap();
        let blocks = Cell::new(0);
        read(
            &again,
            (found.dev(), found.ino()),
            found.size(),
            needs,
            &|| {
                blocks.set(blocks.get() + 1);
                if blocks.get() == 2 {
                    change(&file);
                }
                false
            },
        )
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_has_no_digest() {
        assert!(read_while(|_| {}, ContentNeeds::BLAKE3).is_ok());
        let longer = |file: &std::fs::File| file.set_len(4 * BLOCK as u64).unwrap();
        let shorter = |file: &std::fs::File| file.set_len(2 * BLOCK as u64).unwrap();
        let touched = |file: &std::fs::File| file.set_modified(std::time::UNIX_EPOCH).unwrap();
        for found in [
            read_while(longer, ContentNeeds::BLAKE3),
            read_while(shorter, ContentNeeds::SHA256),
            read_while(touched, ContentNeeds::BLAKE3),
        ] {
            assert!(matches!(found, Err(ContentError::Changed)), "{found:?}");
        }
    }

    #[test]
    fn another_file_or_size_is_a_change() {
        let file = tempfile::tempfile().unwrap();
        let found = file.metadata().unwrap();
        let file = OwnedFd::from(file);
        let id = (found.dev(), found.ino());
        let read = |id, size| read(&file, id, size, ContentNeeds::HEAD, &|| false);
        assert!(read(id, 0).is_ok());
        assert!(matches!(read(id, 1), Err(ContentError::Changed)));
        assert!(matches!(
            read((id.0, id.1 + 1), 0),
            Err(ContentError::Changed)
        ));
    }

    #[test]
    fn reading_stops_when_asked() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(10).unwrap();
        let found = file.metadata().unwrap();
        let stopped = read(
            &OwnedFd::from(file),
            (found.dev(), found.ino()),
            10,
            ContentNeeds::BLAKE3,
            &|| true,
        );
        assert!(matches!(stopped, Err(ContentError::Stopped)));
    }
}
