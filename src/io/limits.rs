//! Limits of the system: how many files may be open.

use std::io;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit, setrlimit};

/// The memory that this process may use, in bytes: that of the machine, of its control group (cgroups(7)), and of its address space
/// (getrlimit(2)), whichever is least; none if nothing is known.
pub fn memory() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kilobytes.checked_mul(1024)
    });
    let group = read("/proc/self/cgroup").and_then(|text| {
        let path = text
            .lines()
            .find_map(|line| line.strip_prefix("0::"))?
            .to_owned();
        read(&format!("/sys/fs/cgroup{path}/memory.max"))
    });
    let group = group.or_else(|| read("/sys/fs/cgroup/memory.max"));
    let group = group.and_then(|limit| limit.trim().parse().ok());
    let space = getrlimit(Resource::As).current;
    [machine, group, space].into_iter().flatten().min()
}

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
