//! Limits of the system: how many files may be open.

use std::io;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors besides those files: standard streams, the output, those of threads.
const OTHERS: u64 = 64;

/// Raises the soft limit of open files for `count` files, as far as the hard limit allows (getrlimit(2)). Shells set a soft limit of
/// 1024 by default. If the limit stays too low, opening a file fails.
pub fn allow_open_files(count: usize) {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = count as u64 + OTHERS;
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        // If it fails, the limit stays as it is.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// How many files may be open at once.
pub fn open_files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Whether a file could not be opened because too many are open.
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE)
    )
}
