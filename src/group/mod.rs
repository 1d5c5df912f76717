//! Hash groups: rows with equal keys meet here, whatever is counted about them.
//!
//! [`Groups`] only numbers the keys; what is kept for a group lies in columns elsewhere, at the group's number.

use std::hash::{BuildHasher as _, Hasher as _};
use std::mem;

use foldhash::fast::RandomState;

use crate::io::prefetch;
use crate::record::key::Tag;
use crate::record::word;

/// Numbers distinct keys from 0, in the order in which they first came.
///
/// The hash is seeded anew in each process, since keys are often chosen by strangers; nothing that is shown or stored may
/// depend on it. Tables that are to be merged must be [`Groups::sibling`]s, so that hashes can be handed over.
///
/// A look-up touches as little memory as it can. A slot of the hash table tells different keys apart by their whole hash,
/// and short keys (a status, a method) by themselves; only a longer key that is very likely equal is looked up among the
/// keys. Where several keys are looked for, memory can be asked for the slots of all of them, then for the keys, and only
/// then are they compared: [`Groups::probe`], [`Groups::approach`], [`Groups::group`]. For the sake of the first of these
/// the table is a plain one, in which the place of a slot is known at once: open addressing, linear probing.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// A power of two of them, at least a quarter free; none before the first group. A key's slot is the first free one, or
    /// the one with its word, from the slot that its hash says on.
    slots: Vec<Slot>,
    /// Where each group's key is.
    entries: Vec<Entry>,
    keys: Vec<u8>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The hash of the key; of a short key, the key itself with its tag.
    word: u64,
    /// [`NOWHERE`] in a free slot.
    group: u32,
    /// Where the key begins among the keys, in units of [`ALIGN`]; [`SHORT`] if `word` is the key.
    start: u32,
}

const FREE: Slot = Slot {
    word: 0,
    group: NOWHERE,
    start: 0,
};

/// The place of keys that need none.
const SHORT: u32 = u32::MAX;
/// Keys begin at multiples of this, so that 32 bits reach 32 GiB of them.
const ALIGN: usize = 8;
/// Before each key: its length, four bytes, and its tag.
const HEAD: usize = 5;

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: usize,
    length: u32,
    tag: Tag,
}

/// A key that is to be looked for.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'k> {
    tag: Tag,
    key: &'k [u8],
    hash: u64,
    /// A short key as one word.
    short: Option<u64>,
}

/// The number that no group has.
pub const NOWHERE: u32 = u32::MAX;

impl Default for Probe<'_> {
    fn default() -> Self {
        Probe {
            tag: Tag::Missing,
            key: &[],
            hash: 0,
            short: None,
        }
    }
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

    /// Prepares to look for a key, and asks memory for its slot.
    #[inline]
    pub fn probe<'k>(&self, tag: Tag, key: &'k [u8]) -> Probe<'k> {
        let short = short(tag, key);
        let mut hasher = self.hasher.build_hasher();
        match short {
            Some(word) => hasher.write_u64(word),
            // The tag is compared, not hashed: keys that differ in nothing else are rare.
            None => hasher.write(key),
        }
        let hash = hasher.finish();
        prefetch::place(&self.slots, self.home(hash));
        Probe {
            tag,
            key,
            hash,
            short,
        }
    }

    /// Asks memory for the key that a prepared one is likely to be compared with.
    #[inline]
    pub fn approach(&self, probe: &Probe<'_>) {
        if let Some(slot) = self.slots.get(self.home(probe.hash)) {
            prefetch::place(&self.keys, slot.start as usize * ALIGN);
        }
    }

    /// The number of the group with this key, a new one if it is new; never [`NOWHERE`].
    ///
    /// # Errors
    /// If there are no numbers left.
    #[inline]
    pub fn group(&mut self, probe: &Probe<'_>) -> Result<u32, TooMany> {
        let mut at = self.home(probe.hash);
        // There is always a free slot, so this ends.
        while let Some(slot) = self.slots.get(at)
            && slot.group != NOWHERE
        {
            if self.is_key(slot, probe) {
                return Ok(slot.group);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.insert(probe)
    }

    /// Where the search for a key begins.
    #[inline(always)]
    fn home(&self, hash: u64) -> usize {
        // All bits of the hash are equally good. Without slots this is a place that there is not.
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    #[inline(always)]
    fn is_key(&self, slot: &Slot, probe: &Probe<'_>) -> bool {
        let Probe { tag, key, .. } = *probe;
        match probe.short {
            Some(word) => slot.word == word && slot.start == SHORT,
            None => {
                slot.word == probe.hash && slot.start != SHORT && {
                    let at = slot.start as usize * ALIGN;
                    let head = head(tag, key);
                    self.keys.get(at..at + HEAD) == Some(&head)
                        && self.keys.get(at + HEAD..at + HEAD + key.len()) == Some(key)
                }
            }
        }
    }

    #[cold]
    fn insert(&mut self, probe: &Probe<'_>) -> Result<u32, TooMany> {
        let Probe {
            tag,
            key,
            hash,
            short,
        } = *probe;
        let group = u32::try_from(self.entries.len())
            .ok()
            .filter(|group| *group != NOWHERE)
            .ok_or(TooMany)?;
        let length = u32::try_from(key.len()).map_err(|_| TooMany)?;
        let place = u32::try_from(self.keys.len() / ALIGN)
            .ok()
            .filter(|place| *place < SHORT)
            .ok_or(TooMany)?;
        if self.entries.len() >= self.slots.len() / 4 * 3 {
            self.grow();
        }
        self.keys.extend_from_slice(&head(tag, key));
        self.entries.push(Entry {
            start: self.keys.len(),
            length,
            tag,
        });
        self.keys.extend_from_slice(key);
        self.keys.resize(self.keys.len().next_multiple_of(ALIGN), 0);
        let slot = Slot {
            word: short.unwrap_or(hash),
            group,
            start: if short.is_some() { SHORT } else { place },
        };
        self.settle(slot, hash);
        Ok(group)
    }

    /// Doubles the slots.
    fn grow(&mut self) {
        let twice = (self.slots.len() * 2).max(16);
        for slot in mem::replace(&mut self.slots, vec![FREE; twice]) {
            if slot.group != NOWHERE {
                let hash = if slot.start == SHORT {
                    let mut hasher = self.hasher.build_hasher();
                    hasher.write_u64(slot.word);
                    hasher.finish()
                } else {
                    slot.word
                };
                self.settle(slot, hash);
            }
        }
    }

    /// Puts a slot into the first free place.
    fn settle(&mut self, slot: Slot, hash: u64) {
        let mut at = self.home(hash);
        while self.slots[at].group != NOWHERE {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = slot;
    }

    /// Takes over the keys of a sibling: the result says which of our groups each of its groups is.
    ///
    /// # Errors
    /// If there are no numbers left.
    pub fn absorb(&mut self, other: &Groups) -> Result<Vec<u32>, TooMany> {
        let mut groups = Vec::with_capacity(other.len());
        for index in 0..other.len() {
            let (tag, key) = other.key(index);
            groups.push(self.group(&self.probe(tag, key))?);
        }
        Ok(groups)
    }
}

/// What stands before a key.
#[inline]
fn head(tag: Tag, key: &[u8]) -> [u8; HEAD] {
    // Longer keys than can be numbered are refused before they are stored, so a cut length finds none of them.
    let [a, b, c, d] = (key.len() as u32).to_le_bytes();
    [a, b, c, d, tag as u8]
}

/// A key of up to seven bytes as one word: its bytes, and in the highest byte its length and tag, so that no two are the
/// same.
#[inline]
fn short(tag: Tag, key: &[u8]) -> Option<u64> {
    if key.len() > 7 {
        return None;
    }
    let word = word(key);
    Some(word | (key.len() as u64 | (tag as u64) << 4) << 56)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(groups: &mut Groups, tag: Tag, key: &[u8]) -> u32 {
        groups.group(&groups.probe(tag, key)).unwrap()
    }

    #[test]
    fn equal_keys_are_one_group() {
        let mut groups = Groups::default();
        assert_eq!(group(&mut groups, Tag::Text, b"a"), 0);
        assert_eq!(group(&mut groups, Tag::Text, b"b"), 1);
        assert_eq!(group(&mut groups, Tag::Text, b"a"), 0);
        assert_eq!(
            group(&mut groups, Tag::Number, b"a"),
            2,
            "the kind is part of the key"
        );
        assert_eq!(groups.key(1), (Tag::Text, &b"b"[..]));
    }

    #[test]
    fn keys_of_all_lengths_are_told_apart() {
        let mut groups = Groups::default();
        let keys: Vec<Vec<u8>> = (0..20)
            .flat_map(|length| [vec![0; length], vec![b'x'; length]])
            .collect();
        for _ in 0..2 {
            for key in &keys {
                let group = group(&mut groups, Tag::Text, key);
                assert_eq!(groups.key(group as usize).1, key);
            }
        }
        assert_eq!(
            groups.len(),
            keys.len() - 1,
            "of no bytes there is only one key"
        );
    }

    #[test]
    fn absorbs_a_sibling() {
        let mut left = Groups::default();
        let mut right = left.sibling();
        for key in ["a", "b"] {
            group(&mut left, Tag::Text, key.as_bytes());
        }
        for key in ["c", "b", ""] {
            group(&mut right, Tag::Text, key.as_bytes());
        }
        assert_eq!(left.absorb(&right), Ok(vec![2, 1, 3]));
        assert_eq!(left.len(), 4);
    }
}
