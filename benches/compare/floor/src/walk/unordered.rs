//! `floor names DIR` and `floor stats DIR`: paths, or paths with size and time of modification, in no order.
//!
//! A line of `stats` is path, size, and seconds since 1970 with nine decimals, with tabs in between.

use super::directory::{self, BUFFER, Job};
use super::{OUTPUT, flush, queue};
use std::ffi::CStr;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

struct Worker {
    entries: Vec<u64>,
    output: Vec<u8>,
}

pub fn names(root: &str) -> io::Result<()> {
    walk::<false>(root)
}

pub fn stats(root: &str) -> io::Result<()> {
    walk::<true>(root)
}

fn walk<const STATS: bool>(root: &str) -> io::Result<()> {
    let job = Job::root(root)?;
    let mut first = root.as_bytes().to_vec();
    if STATS {
        push_stat(&mut first, &job.open()?, c"")?;
    }
    first.push(b'\n');
    flush(&mut first)?;
    let new = || Worker {
        entries: vec![0; BUFFER / 8],
        output: Vec::with_capacity(2 * OUTPUT),
    };
    for mut worker in queue::run(job, new, read::<STATS>)? {
        flush(&mut worker.output)?;
    }
    Ok(())
}

fn read<const STATS: bool>(worker: &mut Worker, job: Job, found: &mut Vec<Job>) -> io::Result<()> {
    let directory = Arc::new(job.open()?);
    let output = &mut worker.output;
    directory::read(&directory, &mut worker.entries, |entry| {
        let name = entry.name.to_bytes();
        output.extend_from_slice(job.path());
        output.push(b'/');
        output.extend_from_slice(name);
        if STATS {
            push_stat(output, &directory, entry.name)?;
        }
        output.push(b'\n');
        if output.len() >= OUTPUT {
            flush(output)?;
        }
        if entry.is_directory {
            found.push(job.child(&directory, name));
        }
        Ok(())
    })
}

fn push_stat(output: &mut Vec<u8>, directory: &OwnedFd, name: &CStr) -> io::Result<()> {
    let (size, seconds, nanoseconds) = directory::stat(directory, name)?;
    let seconds = u64::try_from(seconds).map_err(io::Error::other)?;
    let mut digits = [b'0'; 64];
    let mut at = digits.len();
    let mut push = |mut value: u64, least: usize, before: u8| {
        let end = at;
        while value > 0 || end - at < least {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
        }
        at -= 1;
        digits[at] = before;
    };
    push(u64::from(nanoseconds), 9, b'.');
    push(seconds, 1, b'\t');
    push(size, 1, b'\t');
    output.extend_from_slice(&digits[at..]);
    Ok(())
}
