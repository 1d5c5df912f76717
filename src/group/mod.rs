//! Hash groups: rows with equal keys meet here, whatever is counted about them.
//!
//! [`Groups`] only numbers the keys; what is kept for a group lies in columns elsewhere, at the group's number.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher as _;

use crate::record::key::Tag;

/// Numbers distinct keys from 0, in the order in which they first came.
///
/// The hash is seeded anew in each process, since keys are often chosen by strangers; nothing that is shown or stored may
/// depend on it. Tables that are to be merged must be [`Groups::sibling`]s, so that hashes can be handed over.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    table: HashTable<u32>,
    entries: Vec<Entry>,
    keys: Vec<u8>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    start: usize,
    length: u32,
    tag: Tag,
}

/// More groups than can be numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than four thousand million groups")]
pub struct TooMany;

impl Groups {
    /// An empty table with the same hash.
    pub fn sibling(&self) -> Groups {
        Groups {
            hasher: self.hasher.clone(),
            ..Groups::default()
        }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The key of a group.
    pub fn key(&self, group: usize) -> (Tag, &[u8]) {
        let entry = self.entries[group];
        (
            entry.tag,
            &self.keys[entry.start..entry.start + entry.length as usize],
        )
    }

    /// The number of the group with this key, a new one if it is new.
    ///
    /// # Errors
    /// If there are no numbers left.
    #[inline]
    pub fn group(&mut self, tag: Tag, key: &[u8]) -> Result<usize, TooMany> {
        // The tag is compared, not hashed: keys that differ in nothing else are rare.
        let hash = self.hasher.hash_one(key);
        self.hashed(hash, tag, key)
    }

    #[inline]
    fn hashed(&mut self, hash: u64, tag: Tag, key: &[u8]) -> Result<usize, TooMany> {
        let Groups {
            table,
            entries,
            keys,
            ..
        } = self;
        let is_same = |index: &u32| {
            let entry = &entries[*index as usize];
            entry.hash == hash
                && entry.tag == tag
                && &keys[entry.start..entry.start + entry.length as usize] == key
        };
        if let Some(index) = table.find(hash, is_same) {
            return Ok(*index as usize);
        }
        let index = u32::try_from(entries.len()).map_err(|_| TooMany)?;
        let length = u32::try_from(key.len()).map_err(|_| TooMany)?;
        entries.push(Entry {
            hash,
            start: keys.len(),
            length,
            tag,
        });
        keys.extend_from_slice(key);
        table.insert_unique(hash, index, |index| entries[*index as usize].hash);
        Ok(index as usize)
    }

    /// Takes over the keys of a sibling: the result says which of our groups each of its groups is.
    ///
    /// # Errors
    /// If there are no numbers left.
    pub fn absorb(&mut self, other: &Groups) -> Result<Vec<u32>, TooMany> {
        let mut groups = Vec::with_capacity(other.len());
        for (index, entry) in other.entries.iter().enumerate() {
            let group = self.hashed(entry.hash, entry.tag, other.key(index).1)?;
            groups.push(u32::try_from(group).map_err(|_| TooMany)?);
        }
        Ok(groups)
    }

    /// Bytes of memory in use, about.
    pub fn bytes(&self) -> usize {
        self.keys.capacity()
            + self.entries.capacity() * size_of::<Entry>()
            + self.table.capacity() * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_are_one_group() {
        let mut groups = Groups::default();
        assert_eq!(groups.group(Tag::Text, b"a"), Ok(0));
        assert_eq!(groups.group(Tag::Text, b"b"), Ok(1));
        assert_eq!(groups.group(Tag::Text, b"a"), Ok(0));
        assert_eq!(
            groups.group(Tag::Number, b"a"),
            Ok(2),
            "the kind is part of the key"
        );
        assert_eq!(groups.key(1), (Tag::Text, &b"b"[..]));
    }

    #[test]
    fn absorbs_a_sibling() {
        let mut left = Groups::default();
        let mut right = left.sibling();
        for key in ["a", "b"] {
            left.group(Tag::Text, key.as_bytes()).unwrap();
        }
        for key in ["c", "b", ""] {
            right.group(Tag::Text, key.as_bytes()).unwrap();
        }
        assert_eq!(left.absorb(&right), Ok(vec![2, 1, 3]));
        assert_eq!(left.len(), 4);
    }
}
