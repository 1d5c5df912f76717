//! Cuts a file into segments and hands them, as whole lines, to one thread a core.
//!
//! All threads take 2 MiB segments from one atomic cursor. A line belongs to the segment in which it begins: a worker starts
//! behind the first newline at or after the byte before its segment, and ends behind the first one at or after the
//! segment's last byte. No thread looks for newlines on behalf of others.
//!
//! Ways to get at the bytes, chosen with `FLOOR_IO`, because which is fastest differs between kernels and file systems:
//! - `mmap`: one map of the file, pages come by faults;
//! - `populate`: the same, each segment's pages brought in by one `madvise(MADV_POPULATE_READ)`;
//! - `release`: as `populate`, and given back by `MADV_DONTNEED` when done, in parallel, so that the exit has no map to tear down;
//! - `pread`: copied into a buffer of each thread, which stays in its cache.

use crate::find::PADDING;
use memchr::memchr;
use memmap2::{Advice, Mmap, UncheckedAdvice};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Bytes a worker takes at once.
const SEGMENT: usize = 2 << 20;
/// Longest line there is in the data, with room to spare.
const LINE: usize = 16 << 10;
/// The way that was measured fastest.
const BEST: &str = "populate";

/// Runs `work` over all segments of `path` and returns each thread's state. What `work` gets ends with a newline and has
/// [`PADDING`] readable bytes behind it; behind the file's last byte they are quotes, so that a search for a quote ends there.
pub fn segments<T: Send>(
    path: &str,
    new: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, &[u8]) + Sync,
) -> io::Result<Vec<T>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len() as usize;
    let way = std::env::var("FLOOR_IO").unwrap_or_else(|_| BEST.to_owned());
    let size = match std::env::var("FLOOR_SEGMENT") {
        Ok(text) => text.parse().map_err(io::Error::other)?,
        Err(_) => SEGMENT,
    };
    let cursor = AtomicUsize::new(0);
    let next = || Some(cursor.fetch_add(size, Relaxed)).filter(|&low| low < length);
    let advice = match way.as_str() {
        "pread" => None,
        "mmap" => Some((false, false)),
        "populate" => Some((true, false)),
        "release" => Some((true, true)),
        _ => {
            return Err(io::Error::other(
                "FLOOR_IO is mmap, populate, release or pread",
            ));
        }
    };
    let Some((populate, release)) = advice else {
        return threads(|| {
            let mut state = new();
            let mut buffer = vec![0; size + LINE + PADDING];
            while let Some(low) = next() {
                let from = low.saturating_sub(1);
                let wanted = (size + LINE).min(length - from);
                file.read_exact_at(&mut buffer[..wanted], from as u64)?;
                let end = terminate(&mut buffer, wanted, from + wanted == length);
                let first = if low == 0 {
                    0
                } else {
                    after_newline(&buffer[..end], 0)
                };
                let last = (low + size - from).min(end);
                work(
                    &mut state,
                    &buffer[first..after_newline(&buffer[..end], last - 1)],
                );
            }
            Ok(state)
        });
    };
    if length == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the benchmark's own data, which nothing changes while it runs.
    let map = unsafe { Mmap::map(&file)? };
    let states = threads(|| {
        let mut state = new();
        while let Some(low) = next() {
            let high = (low + size).min(length);
            if populate {
                map.advise_range(Advice::PopulateRead, low, high - low)?;
            }
            let first = if low == 0 {
                0
            } else {
                after_newline(&map, low - 1)
            };
            if high + LINE < length {
                work(&mut state, &map[first..after_newline(&map, high - 1)]);
            } else {
                // Vector loads would run over the end of the map, so the last lines move to where there is padding.
                let last = after_newline(&map, high - 1).max(first);
                let mut tail = map[first..last].to_vec();
                tail.resize(tail.len() + 1 + PADDING, 0);
                let end = terminate(&mut tail, last - first, last == length);
                work(&mut state, &tail[..end]);
            }
            if release {
                // SAFETY: a read-only map of a file: a page given back is read again if somebody needs it.
                unsafe { map.unchecked_advise_range(UncheckedAdvice::DontNeed, low, high - low)? };
            }
        }
        Ok(state)
    });
    // The exit of the process unmaps too, and nothing has to wait for it here.
    std::mem::forget(map);
    states
}

/// Where the line after the first newline at or after `at` begins, or the end.
fn after_newline(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found + 1)
}

/// Puts the newline behind the file's last line where it has none, and the padding; returns the new length.
fn terminate(buffer: &mut [u8], length: usize, at_end: bool) -> usize {
    let missing = at_end && length > 0 && buffer[length - 1] != b'\n';
    if missing {
        buffer[length] = b'\n';
    }
    let end = length + usize::from(missing);
    buffer[end..][..PADDING].fill(b'"');
    end
}

/// Runs the same closure on as many threads as there are cores, this one among them.
pub fn threads<T: Send>(run: impl Fn() -> io::Result<T> + Sync) -> io::Result<Vec<T>> {
    let cores = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(&run)).collect();
        let mut states = vec![run()?];
        for other in others {
            states.push(other.join().expect("panics abort")?);
        }
        Ok(states)
    })
}
