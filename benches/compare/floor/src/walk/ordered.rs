//! `floor names-ordered DIR`: paths, each directory's by their bytes, and the entries of a directory right behind it.
//!
//! Each directory becomes its finished lines and the places in them where those of a directory inside belong, whichever
//! thread reads it when. A thread that has finished one writes all that can be written by then, unless another thread does so.

use super::directory::{self, BUFFER, Job};
use super::{OUTPUT, flush, queue};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec;

struct Listing {
    lines: Vec<u8>,
    /// Behind how many bytes of the lines the lines of which directory come.
    inside: Vec<(usize, Slot)>,
}

/// Where a directory's listing will be, from when it has been read until it is being written.
type Slot = Arc<Mutex<Option<Listing>>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Worker {
    entries: Vec<u64>,
    /// The names of a directory one after the other, and what to sort.
    names: Vec<u8>,
    keys: Vec<Key>,
}

/// A name to sort: its first eight bytes as a number, then where it is among the names.
struct Key {
    head: u64,
    start: u32,
    length: u16,
    is_directory: bool,
}

pub fn names(root: &str) -> io::Result<()> {
    let slot = Slot::default();
    let writer = Mutex::new(Writer {
        open: Vec::new(),
        next: Some(Arc::clone(&slot)),
        output: format!("{root}\n").into_bytes(),
    });
    let new = || Worker {
        entries: vec![0; BUFFER / 8],
        names: Vec::new(),
        keys: Vec::new(),
    };
    queue::run((Job::root(root)?, slot), new, |worker, job, found| {
        read(worker, job, found)?;
        writer
            .try_lock()
            .map_or(Ok(()), |mut writer| writer.advance())
    })?;
    let mut writer = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
    writer.advance()?;
    flush(&mut writer.output)
}

fn read(
    worker: &mut Worker,
    (job, slot): (Job, Slot),
    found: &mut Vec<(Job, Slot)>,
) -> io::Result<()> {
    let directory = Arc::new(job.open()?);
    let Worker {
        entries,
        names,
        keys,
    } = worker;
    names.clear();
    keys.clear();
    directory::read(&directory, entries, |entry| {
        let name = entry.name.to_bytes();
        keys.push(Key {
            head: head(name),
            start: names.len() as u32,
            length: name.len() as u16,
            is_directory: entry.is_directory,
        });
        names.extend_from_slice(name);
        Ok(())
    })?;
    let name = |key: &Key| &names[key.start as usize..][..usize::from(key.length)];
    keys.sort_unstable_by(|one, other| {
        one.head
            .cmp(&other.head)
            .then_with(|| name(one).cmp(name(other)))
    });
    let prefix = job.path();
    let mut listing = Listing {
        lines: Vec::with_capacity(names.len() + keys.len() * (prefix.len() + 2)),
        inside: Vec::new(),
    };
    for key in &*keys {
        listing.lines.extend_from_slice(prefix);
        listing.lines.push(b'/');
        listing.lines.extend_from_slice(name(key));
        listing.lines.push(b'\n');
        if key.is_directory {
            let inside = Slot::default();
            found.push((job.child(&directory, name(key)), Arc::clone(&inside)));
            listing.inside.push((listing.lines.len(), inside));
        }
    }
    *lock(&slot) = Some(listing);
    Ok(())
}

/// The first eight bytes, so that numbers compare as the names do; shorter names are filled up with the least there is.
fn head(name: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = name.len().min(8);
    bytes[..length].copy_from_slice(&name[..length]);
    u64::from_be_bytes(bytes)
}

/// How far the output has come.
struct Writer {
    /// The directories from the root down to the one whose lines come next.
    open: Vec<Open>,
    /// The directory that comes next, until it has been read.
    next: Option<Slot>,
    output: Vec<u8>,
}

/// A directory of which some has been written.
struct Open {
    lines: Vec<u8>,
    written: usize,
    inside: vec::IntoIter<(usize, Slot)>,
}

impl Writer {
    /// Writes up to the first directory that has not been read yet.
    fn advance(&mut self) -> io::Result<()> {
        loop {
            if let Some(slot) = &self.next {
                let Some(listing) = lock(slot).take() else {
                    return Ok(());
                };
                self.open.push(Open {
                    lines: listing.lines,
                    written: 0,
                    inside: listing.inside.into_iter(),
                });
            }
            let Some(open) = self.open.last_mut() else {
                return Ok(());
            };
            let (end, inside) = open
                .inside
                .next()
                .map_or((open.lines.len(), None), |(end, slot)| (end, Some(slot)));
            self.output
                .extend_from_slice(&open.lines[open.written..end]);
            open.written = end;
            if inside.is_none() {
                self.open.pop();
            }
            self.next = inside;
            if self.output.len() >= OUTPUT {
                flush(&mut self.output)?;
            }
        }
    }
}
