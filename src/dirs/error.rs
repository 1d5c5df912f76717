//! What could not be read of a directory or an entry.

use std::fmt;
use std::io;

use rustix::io::Errno;

use crate::error::Plain;

/// A directory or an entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryError {
    /// Its path.
    pub path: Vec<u8>,
    /// What was tried.
    pub operation: Operation,
    /// Why it failed: the number in errno(3).
    pub errno: i32,
}

/// In place of an error of the system: a file changed while it was read.
const CHANGED: i32 = -1;

/// What was tried when something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Opening a directory.
    Open,
    /// Listing it.
    Read,
    /// Asking for attributes.
    Stat,
    /// Reading the target of a link.
    ReadLink,
    /// Reading the file that marks a cache.
    ReadMark,
    /// Opening or reading a file.
    ReadFile,
}

/// Errors that are not reported.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tolerated {
    /// `EACCES` and `EPERM`: no permission.
    pub denied: bool,
    /// `ENOENT` and `ENOTDIR`: not found.
    pub missing: bool,
    /// All.
    pub all: bool,
}

impl EntryError {
    /// An error at this path; one without a number counts as `EIO`.
    pub fn new(path: &[u8], operation: Operation, error: &io::Error) -> EntryError {
        EntryError {
            path: path.to_vec(),
            operation,
            errno: error.raw_os_error().unwrap_or(Errno::IO.raw_os_error()),
        }
    }

    /// An error of opening or reading a file.
    pub fn of_file(path: &[u8], error: &io::Error) -> EntryError {
        EntryError::new(path, Operation::ReadFile, error)
    }

    /// A file that changed while it was read.
    pub fn changed(path: &[u8]) -> EntryError {
        EntryError {
            path: path.to_vec(),
            operation: Operation::ReadFile,
            errno: CHANGED,
        }
    }

    /// The name of the error in errno(3), such as `EACCES`; its number if we have no name for it.
    pub fn code(&self) -> String {
        if self.errno == CHANGED {
            return "CHANGED".to_owned();
        }
        let name = match Errno::from_raw_os_error(self.errno) {
            Errno::ACCESS => "EACCES",
            Errno::PERM => "EPERM",
            Errno::NOENT => "ENOENT",
            Errno::NOTDIR => "ENOTDIR",
            Errno::LOOP => "ELOOP",
            Errno::NAMETOOLONG => "ENAMETOOLONG",
            Errno::MFILE => "EMFILE",
            Errno::NFILE => "ENFILE",
            Errno::IO => "EIO",
            Errno::STALE => "ESTALE",
            Errno::TIMEDOUT => "ETIMEDOUT",
            Errno::NOTCONN => "ENOTCONN",
            Errno::INVAL => "EINVAL",
            _ => return self.errno.to_string(),
        };
        name.to_owned()
    }

    /// The system's message for the error.
    pub fn reason(&self) -> String {
        if self.errno == CHANGED {
            return "it changed while it was read".to_owned();
        }
        Plain(&io::Error::from_raw_os_error(self.errno)).to_string()
    }
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = String::from_utf8_lossy(&self.path);
        write!(f, "{path}: {}", self.reason())
    }
}

impl std::error::Error for EntryError {}

/// Whether an error means that an entry no longer exists, though its directory listed it. A process that has ended leaves
/// `ESRCH` behind in /proc.
pub fn is_gone(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(errno, Some(Errno::NOENT | Errno::NOTDIR | Errno::SRCH))
}

impl Operation {
    /// Its name in records: that of the system call.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Open | Operation::ReadMark => "open",
            Operation::Read | Operation::ReadFile => "read",
            Operation::Stat => "stat",
            Operation::ReadLink => "readlink",
        }
    }
}

impl Tolerated {
    /// Whether this error is not reported.
    pub fn covers(self, error: &EntryError) -> bool {
        if error.errno == CHANGED {
            return self.all;
        }
        let errno = Errno::from_raw_os_error(error.errno);
        self.all
            || (self.denied && matches!(errno, Errno::ACCESS | Errno::PERM))
            || (self.missing && matches!(errno, Errno::NOENT | Errno::NOTDIR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(errno: Errno) -> EntryError {
        EntryError::new(b"a/b", Operation::Open, &errno.into())
    }

    #[test]
    fn errors_have_a_code_and_a_reason() {
        // Codes as errno(1) lists them, messages of the C library.
        for (errno, code, text) in [
            (Errno::ACCESS, "EACCES", "a/b: Permission denied"),
            (Errno::PERM, "EPERM", "a/b: Operation not permitted"),
            (Errno::NOENT, "ENOENT", "a/b: No such file or directory"),
            (Errno::NOTDIR, "ENOTDIR", "a/b: Not a directory"),
            (
                Errno::LOOP,
                "ELOOP",
                "a/b: Too many levels of symbolic links",
            ),
            (
                Errno::NAMETOOLONG,
                "ENAMETOOLONG",
                "a/b: File name too long",
            ),
            (Errno::MFILE, "EMFILE", "a/b: Too many open files"),
            (Errno::NFILE, "ENFILE", "a/b: Too many open files in system"),
            (Errno::IO, "EIO", "a/b: Input/output error"),
            (Errno::STALE, "ESTALE", "a/b: Stale file handle"),
            (Errno::TIMEDOUT, "ETIMEDOUT", "a/b: Connection timed out"),
            (
                Errno::NOTCONN,
                "ENOTCONN",
                "a/b: Transport endpoint is not connected",
            ),
            (Errno::INVAL, "EINVAL", "a/b: Invalid argument"),
            (Errno::NOMEM, "12", "a/b: Cannot allocate memory"),
        ] {
            assert_eq!(
                (error(errno).code().as_str(), error(errno).to_string()),
                (code, text.to_owned())
            );
        }
        let other = EntryError::new(b"a", Operation::Read, &io::Error::other("x"));
        assert_eq!(
            (other.code(), other.operation.name()),
            ("EIO".to_owned(), "read")
        );
    }

    #[test]
    fn causes_are_tolerated_one_by_one() {
        let (denied, missing, all) = (
            Tolerated {
                denied: true,
                ..Tolerated::default()
            },
            Tolerated {
                missing: true,
                ..Tolerated::default()
            },
            Tolerated {
                all: true,
                ..Tolerated::default()
            },
        );
        for (errno, by_denied, by_missing) in [
            (Errno::ACCESS, true, false),
            (Errno::PERM, true, false),
            (Errno::NOENT, false, true),
            (Errno::NOTDIR, false, true),
            (Errno::IO, false, false),
        ] {
            let error = error(errno);
            assert_eq!(denied.covers(&error), by_denied, "{errno:?}");
            assert_eq!(missing.covers(&error), by_missing, "{errno:?}");
            assert!(all.covers(&error) && !Tolerated::default().covers(&error));
        }
    }

    #[test]
    fn only_missing_entries_count_as_vanished() {
        for (errno, gone) in [
            (Errno::NOENT, true),
            (Errno::NOTDIR, true),
            (Errno::SRCH, true),
            (Errno::ACCESS, false),
            (Errno::IO, false),
        ] {
            assert_eq!(is_gone(&errno.into()), gone, "{errno:?}");
        }
        assert!(!is_gone(&io::Error::other("x")));
    }
}
