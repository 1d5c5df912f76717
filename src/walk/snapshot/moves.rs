//! What was moved: entries that are gone and entries that are new, of the same file.

use std::io;

use super::change::{Kind, Pending};
use crate::group::sort::Sorter;

/// How many names of one file that are gone wait for new ones.
const MOST_NAMES: usize = 4096;

/// Which side an entry was on.
const OLD: u8 = 0;
const NEW: u8 = 1;

/// Entries that are on one side only, by what identifies their files.
#[derive(Debug)]
pub(super) struct Movable {
    sorter: Sorter,
    key: Vec<u8>,
}

impl Movable {
    pub(super) fn new(memory: usize) -> Movable {
        Movable {
            sorter: Sorter::new(memory),
            key: Vec::new(),
        }
    }

    pub(super) fn put(
        &mut self,
        identity: &[u8],
        is_new: bool,
        key: &[u8],
        value: &[u8],
    ) -> io::Result<()> {
        self.key.clear();
        self.key.extend_from_slice(identity);
        self.key.push(if is_new { NEW } else { OLD });
        self.key.extend_from_slice(key);
        self.key.push(0);
        self.sorter.put(&self.key, value)
    }

    /// Pairs them off, in the order of their keys, and hands on what has happened to each with its key. `identity` is the length
    /// of what identifies a file.
    pub(super) fn resolve(
        self,
        identity: usize,
        take: &mut dyn FnMut(&[u8], &Pending) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut sorted = Sorter::sorted([self.sorter])?;
        let mut file = Vec::new();
        let mut gone: std::collections::VecDeque<(Vec<u8>, Vec<u8>)> = Default::default();
        let mut is_more = true;
        while is_more {
            is_more = sorted.next(|record, value| {
                let (this, rest) = record.split_at(identity);
                let key = &rest[1..rest.len() - 1];
                if this != file {
                    remove(&mut gone, take)?;
                    file.clear();
                    file.extend_from_slice(this);
                }
                if rest[0] == OLD {
                    gone.push_back((key.to_vec(), value.to_vec()));
                    if gone.len() > MOST_NAMES
                        && let Some((key, value)) = gone.pop_front()
                    {
                        take(&key, &removed(value))?;
                    }
                    return Ok(());
                }
                let (kind, from, old) = match gone.pop_front() {
                    Some((from, old)) => (Kind::Moved, from, old),
                    None => (Kind::Added, Vec::new(), Vec::new()),
                };
                let new = value.to_vec();
                take(
                    key,
                    &Pending {
                        kind,
                        from,
                        old,
                        new,
                    },
                )
            })?;
        }
        remove(&mut gone, take)
    }
}

fn remove(
    gone: &mut std::collections::VecDeque<(Vec<u8>, Vec<u8>)>,
    take: &mut dyn FnMut(&[u8], &Pending) -> io::Result<()>,
) -> io::Result<()> {
    gone.drain(..)
        .try_for_each(|(key, value)| take(&key, &removed(value)))
}

fn removed(old: Vec<u8>) -> Pending {
    Pending {
        kind: Kind::Removed,
        from: Vec::new(),
        old,
        new: Vec::new(),
    }
}
