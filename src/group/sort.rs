//! Sorts records by their keys; those that need more memory than a [`Sorter`] may use go to temporary files as runs.
//!
//! Records with equal keys are all kept, in the order in which they were put into one sorter. No key may be the beginning of another:
//! a key that varies in length needs a byte at its end that is not inside others.

use std::collections::BinaryHeap;
use std::io;

use super::run::{RunReader, RunWriter};
use crate::io::spool::Spool;

/// With more runs than this, they are merged into one: each takes a descriptor and a buffer.
const MOST_RUNS: usize = 64;

/// The bytes by which equal keys differ, at the end of each key in memory and in runs.
const SERIAL: usize = 8;

/// Takes records in any order.
#[derive(Debug)]
pub struct Sorter {
    /// Keys and values, one after the other.
    bytes: Vec<u8>,
    records: Vec<Place>,
    serial: u64,
    runs: Vec<Spool>,
    /// The bytes that records may take in memory.
    memory: usize,
}

/// Where a record is in the memory of a sorter.
#[derive(Clone, Copy, Debug)]
struct Place {
    begin: usize,
    value: usize,
    end: usize,
}

impl Sorter {
    /// No records; they may use about this many bytes of memory.
    pub fn new(memory: usize) -> Sorter {
        Sorter {
            bytes: Vec::new(),
            records: Vec::new(),
            serial: 0,
            runs: Vec::new(),
            memory,
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// Those of writing a temporary file.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(&self.serial.to_be_bytes());
        self.serial += 1;
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.records.push(Place {
            begin,
            value: middle,
            end: self.bytes.len(),
        });
        let used = self.bytes.len() + self.records.len() * size_of::<Place>();
        match used > self.memory {
            true => self.spill(),
            false => Ok(()),
        }
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        let key = |place: &Place| &bytes[place.begin..place.value];
        self.records
            .sort_unstable_by(|one, other| key(one).cmp(key(other)));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        if self.runs.len() >= MOST_RUNS {
            let runs = std::mem::take(&mut self.runs);
            let mut one = RunWriter::new(Spool::new()?);
            let mut sorted = Sorted::of(runs.into_iter().map(Source::run).collect())?;
            while sorted.advance_inner(&mut |key, value| one.put(key, value))? {}
            self.runs.push(rewound(one)?);
        }
        let mut run = RunWriter::new(Spool::new()?);
        for place in &self.records {
            let key = &self.bytes[place.begin..place.value];
            run.put(key, &self.bytes[place.value..place.end])?;
        }
        self.runs.push(rewound(run)?);
        self.bytes.clear();
        self.records.clear();
        Ok(())
    }

    /// All records of some sorters in the order of their keys.
    ///
    /// # Errors
    /// Those of reading temporary files.
    pub fn sorted(sorters: impl IntoIterator<Item = Sorter>) -> io::Result<Sorted> {
        let mut sources = Vec::new();
        for mut sorter in sorters {
            sorter.sort();
            sources.extend(sorter.runs.into_iter().map(Source::run));
            if !sorter.records.is_empty() {
                sources.push(Source::Memory {
                    bytes: sorter.bytes,
                    records: sorter.records.into_iter(),
                    current: None,
                });
            }
        }
        Sorted::of(sources)
    }
}

fn rewound(run: RunWriter<Spool>) -> io::Result<Spool> {
    let file = run.end()?;
    file.rewind()?;
    Ok(file)
}

/// Records in order.
#[derive(Debug)]
enum Source {
    Memory {
        bytes: Vec<u8>,
        records: std::vec::IntoIter<Place>,
        current: Option<Place>,
    },
    Run(Box<RunReader<Spool>>),
}

impl Source {
    fn run(run: Spool) -> Source {
        Source::Run(Box::new(RunReader::new(run)))
    }

    fn advance(&mut self) -> io::Result<bool> {
        match self {
            Source::Memory {
                records, current, ..
            } => {
                *current = records.next();
                Ok(current.is_some())
            }
            Source::Run(reader) => reader.advance(),
        }
    }

    fn record(&self) -> (&[u8], &[u8]) {
        match self {
            Source::Memory { bytes, current, .. } => current.map_or((&[], &[]), |place| {
                (
                    &bytes[place.begin..place.value],
                    &bytes[place.value..place.end],
                )
            }),
            Source::Run(reader) => reader.record(),
        }
    }
}

/// The records of sorters, merged.
#[derive(Debug)]
pub struct Sorted {
    sources: Vec<Source>,
    /// The current key of each source that is not at its end, the smallest first.
    keys: BinaryHeap<std::cmp::Reverse<(Vec<u8>, usize)>>,
}

impl Sorted {
    fn of(sources: Vec<Source>) -> io::Result<Sorted> {
        let mut sorted = Sorted {
            sources,
            keys: BinaryHeap::new(),
        };
        for (number, source) in sorted.sources.iter_mut().enumerate() {
            if source.advance()? {
                let key = source.record().0.to_vec();
                sorted.keys.push(std::cmp::Reverse((key, number)));
            }
        }
        Ok(sorted)
    }

    /// Hands the next record to `take`; false if there is none.
    ///
    /// # Errors
    /// Those of reading, and of `take`.
    pub fn next<E: From<io::Error>>(
        &mut self,
        take: impl FnOnce(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut take = Some(take);
        self.advance_inner(&mut |key, value| match take.take() {
            Some(take) => take(&key[..key.len() - SERIAL], value),
            None => Ok(()),
        })
    }

    fn advance_inner<E: From<io::Error>>(
        &mut self,
        take: &mut impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<bool, E> {
        let Some(mut first) = self.keys.peek_mut() else {
            return Ok(false);
        };
        let source = &mut self.sources[first.0.1];
        let (key, value) = source.record();
        take(key, value)?;
        if source.advance()? {
            let key = &mut first.0.0;
            key.clear();
            key.extend_from_slice(source.record().0);
        } else {
            std::collections::binary_heap::PeekMut::pop(first);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Record = (Vec<u8>, Vec<u8>);

    fn all(sorters: Vec<Sorter>) -> Vec<Record> {
        let mut sorted = Sorter::sorted(sorters).unwrap();
        let mut found = Vec::new();
        while sorted
            .next(|key, value| {
                found.push((key.to_vec(), value.to_vec()));
                Ok::<(), io::Error>(())
            })
            .unwrap()
        {}
        found
    }

    proptest! {
        #[test]
        fn records_come_in_order_whatever_fits_into_memory(
            records in prop::collection::vec((prop::collection::vec(0_u8..3, 0..4), prop::collection::vec(any::<u8>(), 0..5)), 0..200),
            memory in 0_usize..4_000,
            parts in 1_usize..4,
        ) {
            let mut sorters: Vec<Sorter> = (0..parts).map(|_| Sorter::new(memory)).collect();
            let mut records = records;
            records.iter_mut().for_each(|(key, _)| key.push(9));
            for (number, (key, value)) in records.iter().enumerate() {
                sorters[number % parts].put(key, value).unwrap();
            }
            let found = all(sorters);
            let mut expected = records;
            prop_assert!(found.is_sorted_by_key(|(key, _)| key.clone()));
            let mut same = found.clone();
            same.sort();
            expected.sort();
            prop_assert_eq!(same, expected);
        }
    }

    #[test]
    fn records_with_equal_keys_stay_in_their_order() {
        for memory in [0, 1_000, 1 << 20] {
            let mut sorter = Sorter::new(memory);
            for number in 0..300_u32 {
                sorter.put(b"same", &number.to_be_bytes()).unwrap();
            }
            let values: Vec<Vec<u8>> = all(vec![sorter])
                .into_iter()
                .map(|(_, value)| value)
                .collect();
            let expected: Vec<Vec<u8>> = (0..300_u32)
                .map(|number| number.to_be_bytes().to_vec())
                .collect();
            assert_eq!(values, expected, "{memory}");
        }
    }
}
