//! How much the system lets us have.

use std::io;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors beside those of the files that are asked for: standard streams, the output, the threads' own.
const OTHERS: u64 = 64;

/// Asks for leave to have so many files open at once. Shells allow 1024 by default and far more to whoever asks, see
/// getrlimit(2). If there is less to be had, opening the files will tell.
pub fn allow_open_files(count: usize) {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = count as u64 + OTHERS;
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        // A refusal leaves the limit as it is.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// How many files may be open at once.
pub fn open_files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Whether something could not be opened because so much else is open.
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE)
    )
}
