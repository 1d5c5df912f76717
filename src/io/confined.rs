//! Files named by untrusted text, such as an SVG: they are read only inside a given directory.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

/// Why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not exist, or a directory of its path does not.
    Missing,
    /// Its path leaves the directory: with `..`, as an absolute path, or through a link.
    Outside,
    /// It is a directory, a pipe or a device.
    NotRegular,
    /// It has more bytes than are allowed.
    TooLarge,
    /// Opening or reading it failed.
    Unreadable,
}

impl Refusal {
    /// The reason for a message about the file.
    pub fn why(self) -> &'static str {
        match self {
            Refusal::Missing => "not found",
            Refusal::Outside => "outside the directory of resources",
            Refusal::NotRegular => "not a regular file",
            Refusal::TooLarge => "too large",
            Refusal::Unreadable => "unreadable",
        }
    }
}

/// The bytes of the file `name` in a directory, which must be given without links in it; at most `most` of them.
///
/// # Errors
/// [`Refusal`].
pub fn read_within(directory: &Path, name: &str, most: usize) -> Result<Vec<u8>, Refusal> {
    // Links and `..` are followed first.
    let path = directory
        .join(name)
        .canonicalize()
        .map_err(|_| Refusal::Missing)?;
    if !path.starts_with(directory) {
        return Err(Refusal::Outside);
    }
    // If it has been replaced by a link or a FIFO since, that is not followed and does not block.
    read_file(&path, most).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Refusal::NotRegular,
        io::ErrorKind::FileTooLarge => Refusal::TooLarge,
        _ => Refusal::Unreadable,
    })
}

/// The bytes of a regular file in a place where others can create files: links are not followed, a FIFO does not block, and at
/// most `most` bytes are read.
///
/// # Errors
/// Those of open(2) and read(2); `InvalidInput` if it is not a regular file; `FileTooLarge`.
pub fn read_file(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let file = File::options()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32)
        .open(path)?;
    if !file.metadata()?.is_file() {
        let kind = io::ErrorKind::InvalidInput;
        return Err(io::Error::new(kind, "not a regular file"));
    }
    let mut data = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut data)?;
    if data.len() > most {
        let kind = io::ErrorKind::FileTooLarge;
        return Err(io::Error::new(kind, "too large"));
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_files_inside_are_read() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        let inside = top.join("inside");
        fs::create_dir_all(inside.join("deeper")).unwrap();
        fs::write(top.join("secret"), "no").unwrap();
        fs::write(inside.join("a"), "yes").unwrap();
        symlink("../secret", inside.join("out")).unwrap();
        symlink("../a", inside.join("deeper/in")).unwrap();
        let read = |name| read_within(&inside, name, 3);
        assert_eq!(read("a").unwrap(), b"yes");
        assert_eq!(read("deeper/../a").unwrap(), b"yes");
        assert_eq!(read("deeper/in").unwrap(), b"yes");
        let absolute = top.join("secret");
        for name in ["../secret", "out", absolute.to_str().unwrap()] {
            assert_eq!(read(name), Err(Refusal::Outside), "{name}");
        }
        assert_eq!(read("deeper"), Err(Refusal::NotRegular));
        assert_eq!(read("b"), Err(Refusal::Missing));
        assert_eq!(read_within(&inside, "a", 2), Err(Refusal::TooLarge));
    }
}
