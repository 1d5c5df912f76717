//! What could not be read, and what that means for the run.

use std::fmt;
use std::io;

use rustix::io::Errno;

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What was to be read.
    pub path: Vec<u8>,
    /// What was tried.
    pub operation: Operation,
    /// Why it failed: the system's number for it.
    pub errno: i32,
}

/// What was tried when something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Opening a directory.
    Open,
    /// Listing it.
    Read,
    /// Asking for attributes.
    Stat,
    /// Reading where a link leads.
    ReadLink,
}

/// Faults that are none because the person says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tolerated {
    /// What there is no permission for.
    pub denied: bool,
    /// What is not there.
    pub missing: bool,
    /// Everything.
    pub all: bool,
}

impl Fault {
    /// A fault at this path.
    pub(super) fn new(path: &[u8], operation: Operation, error: &io::Error) -> Fault {
        Fault {
            path: path.to_vec(),
            operation,
            errno: error.raw_os_error().unwrap_or(Errno::IO.raw_os_error()),
        }
    }

    /// The system's name for why it failed: `EACCES`; its number where we know none.
    pub fn code(&self) -> String {
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

    /// Why it failed, in words.
    pub fn reason(&self) -> String {
        let error = io::Error::from_raw_os_error(self.errno);
        crate::error::Plain(&error).to_string()
    }
}

/// Whether an error says that something is not there any more, though it was when its directory was listed. What has gone
/// from /proc is no such process.
pub(super) fn is_gone(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(errno, Some(Errno::NOENT | Errno::NOTDIR | Errno::SRCH))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = String::from_utf8_lossy(&self.path);
        write!(f, "{path}: {}", self.reason())
    }
}

impl Operation {
    /// The call that failed.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Open => "open",
            Operation::Read => "read",
            Operation::Stat => "stat",
            Operation::ReadLink => "readlink",
        }
    }
}

impl Tolerated {
    /// Whether this fault is none.
    pub fn bears(self, fault: &Fault) -> bool {
        let errno = Errno::from_raw_os_error(fault.errno);
        self.all
            || (self.denied && matches!(errno, Errno::ACCESS | Errno::PERM))
            || (self.missing && matches!(errno, Errno::NOENT | Errno::NOTDIR))
    }
}
