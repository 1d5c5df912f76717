//! Merges any number of runs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read};

use super::RunReader;

/// Records of several runs in the order of their keys; those with equal keys follow each other.
#[derive(Debug)]
pub struct Merged<R> {
    readers: Vec<RunReader<R>>,
    /// The current key of each run that is not at its end, the smallest first.
    keys: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

/// Merges runs.
///
/// # Errors
/// As [`RunReader::advance`].
pub fn merge<R: Read>(runs: impl IntoIterator<Item = R>) -> io::Result<Merged<R>> {
    let mut merged = Merged {
        readers: runs.into_iter().map(RunReader::new).collect(),
        keys: BinaryHeap::new(),
    };
    for (number, reader) in merged.readers.iter_mut().enumerate() {
        if reader.advance()? {
            let key = reader.record().0.to_vec();
            merged.keys.push(Reverse((key, number)));
        }
    }
    Ok(merged)
}

impl<R: Read> Merged<R> {
    /// Hands the next record to `take`; false if there is none.
    ///
    /// # Errors
    /// As [`RunReader::advance`], and those of `take`.
    pub fn next<E: From<io::Error>>(
        &mut self,
        take: impl FnOnce(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<bool, E> {
        let Some(mut first) = self.keys.peek_mut() else {
            return Ok(false);
        };
        let number = first.0.1;
        let reader = &mut self.readers[number];
        let (key, value) = reader.record();
        take(key, value)?;
        if reader.advance()? {
            let key = &mut first.0.0;
            key.clear();
            key.extend_from_slice(reader.record().0);
        } else {
            std::collections::binary_heap::PeekMut::pop(first);
        }
        Ok(true)
    }
}
