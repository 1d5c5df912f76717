//! Records in the order of an attribute: all of them, or the first few.
//!
//! With a limit, a worker keeps only as many records as are wanted. Without one, records that need more memory than a worker may use
//! go to temporary files.

use std::collections::BinaryHeap;
use std::io;

use super::recorder::Recorder;
use crate::dirs::{Entry, Stat};
use crate::group::sort::Sorter;

/// The memory for records that a worker may use before it writes them to a file, in bytes.
const MEMORY: usize = 32 << 20;

/// As many records are kept in memory.
const FEW: usize = 1 << 16;

/// What records are ordered by. Ties are in the order of their paths, and so are entries that do not have it, which come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// The attribute.
    pub attribute: Attribute,
    /// Whether the largest comes first.
    pub is_descending: bool,
    /// The most records.
    pub limit: Option<usize>,
}

/// An attribute that entries are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// The size.
    Size,
    /// The space on disk.
    Allocated,
    /// The time of the last modification.
    Modified,
}

impl Ranking {
    /// The key of an entry: bytes that are in the order of the records, and of which none begins with another.
    fn key_of(&self, stat: Option<&Stat>, path: &[u8], key: &mut Vec<u8>) {
        let number = stat.and_then(|stat| match self.attribute {
            Attribute::Size => Some(u128::from(stat.size)),
            Attribute::Allocated => Some(u128::from(stat.allocated)),
            // Times before 1970 are negative.
            Attribute::Modified => stat
                .mtime
                .map(|time| time.nanos_since_epoch().cast_unsigned() ^ (1 << 127)),
        });
        self.key(number, path, key);
    }

    /// The key for a number.
    fn key(&self, number: Option<u128>, path: &[u8], key: &mut Vec<u8>) {
        let number = match self.is_descending {
            true => number.map(|number| !number),
            false => number,
        };
        key.clear();
        key.push(u8::from(number.is_none()));
        key.extend_from_slice(&number.unwrap_or(0).to_be_bytes());
        key.extend_from_slice(path);
        key.push(0);
    }
}

/// Records that are in the order of their keys in the end.
#[derive(Debug)]
pub struct Ranked {
    ranking: Ranking,
    kept: Kept,
    key: Vec<u8>,
    error: Option<io::Error>,
}

#[derive(Debug)]
enum Kept {
    /// The first few; the last of them on top.
    First(BinaryHeap<(Vec<u8>, Vec<u8>)>, usize),
    All(Sorter),
}

impl Ranked {
    /// No records.
    pub fn new(ranking: Ranking) -> Ranked {
        Ranked {
            ranking,
            kept: match ranking.limit {
                Some(limit) if limit <= FEW => Kept::First(BinaryHeap::new(), limit),
                _ => Kept::All(Sorter::new(MEMORY)),
            },
            key: Vec::new(),
            error: None,
        }
    }

    /// Adds a record with a number and a path, if it is among the first. `write` writes it.
    pub fn put(&mut self, number: u128, path: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
        let mut key = std::mem::take(&mut self.key);
        self.ranking.key(Some(number), path, &mut key);
        self.keep(key, write);
    }

    fn put_entry(&mut self, entry: &Entry<'_>, write: impl FnOnce(&mut Vec<u8>)) {
        let mut key = std::mem::take(&mut self.key);
        let path = entry.place.path;
        self.ranking.key_of(entry.known_stat(), path, &mut key);
        self.keep(key, write);
    }

    fn keep(&mut self, key: Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        let mut record = Vec::new();
        match &mut self.kept {
            Kept::First(heap, limit) => {
                let is_full = heap.len() >= *limit;
                if is_full && heap.peek().is_none_or(|(last, _)| *last <= key) {
                    self.key = key;
                    return;
                }
                write(&mut record);
                heap.push((key, record));
                if is_full && let Some((key, _)) = heap.pop() {
                    self.key = key;
                }
            }
            Kept::All(sorter) => {
                write(&mut record);
                if self.error.is_none() {
                    self.error = sorter.put(&key, &record).err();
                }
                self.key = key;
            }
        }
    }

    /// Hands the records of all workers to `take`, in order.
    ///
    /// # Errors
    /// Those of temporary files, and of `take`.
    pub fn in_order<E: From<io::Error>>(
        workers: Vec<Ranked>,
        take: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut first = Vec::new();
        let limit = workers.first().and_then(|worker| worker.ranking.limit);
        let mut left = limit.unwrap_or(usize::MAX);
        let mut sorters = Vec::new();
        for worker in workers {
            if let Some(error) = worker.error {
                return Err(error.into());
            }
            match worker.kept {
                Kept::First(heap, _) => first.extend(heap),
                Kept::All(sorter) => sorters.push(sorter),
            }
        }
        first.sort_unstable();
        for (_, record) in first.iter().take(left) {
            take(record)?;
        }
        let mut sorted = Sorter::sorted(sorters)?;
        while left > 0 && sorted.next(|_, record| take(record))? {
            left -= 1;
        }
        Ok(())
    }
}

/// Keeps what another recorder writes, for [`Ranked::in_order`].
pub struct RankedRecorder<R> {
    /// The other recorder.
    pub inner: R,
    /// The records.
    pub ranked: Ranked,
}

impl<R: Recorder> Recorder for RankedRecorder<R> {
    fn entry(&mut self, entry: &Entry<'_>, nested: bool, _: bool, _: &mut Vec<u8>) {
        let inner = &mut self.inner;
        self.ranked
            .put_entry(entry, |record| inner.entry(entry, nested, true, record));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(ranking: Ranking, numbers: &[u128], workers: usize) -> Vec<String> {
        let mut all: Vec<Ranked> = (0..workers).map(|_| Ranked::new(ranking)).collect();
        for (at, number) in numbers.iter().enumerate() {
            let path = format!("{}", at % 7);
            let record = format!("{number} {path}");
            all[at % workers].put(*number, path.as_bytes(), |out| {
                out.extend_from_slice(record.as_bytes());
            });
        }
        let mut found = Vec::new();
        Ranked::in_order::<io::Error>(all, &mut |record| {
            found.push(String::from_utf8_lossy(record).into_owned());
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn the_first_are_those_of_all_in_order() {
        let numbers: Vec<u128> = (0..200_u128).map(|at| at * 7919 % 40).collect();
        for is_descending in [false, true] {
            let mut expected: Vec<(u128, String)> = numbers
                .iter()
                .enumerate()
                .map(|(at, number)| (*number, format!("{}", at % 7)))
                .collect();
            expected.sort_by(|one, other| {
                let numbers = one.0.cmp(&other.0);
                let numbers = if is_descending {
                    numbers.reverse()
                } else {
                    numbers
                };
                numbers.then(one.1.cmp(&other.1))
            });
            let expected: Vec<String> = expected
                .into_iter()
                .map(|(number, path)| format!("{number} {path}"))
                .collect();
            for limit in [None, Some(0), Some(1), Some(13), Some(500), Some(FEW + 1)] {
                for workers in [1, 3] {
                    let ranking = Ranking {
                        attribute: Attribute::Size,
                        is_descending,
                        limit,
                    };
                    let found = ranked(ranking, &numbers, workers);
                    let most = limit.unwrap_or(usize::MAX).min(expected.len());
                    assert_eq!(found, expected[..most], "{ranking:?} {workers}");
                }
            }
        }
    }
}
