//! Hash groups: rows with equal keys meet here, whatever is aggregated for them.
//!
//! [`Groups`] only numbers the keys; what is kept for a group is in columns elsewhere, at the group's number.

mod keys;

use std::hash::{BuildHasher as _, Hasher as _};
use std::mem;

use foldhash::fast::RandomState;

use crate::io::prefetch;
use crate::record::key::Tag;
use crate::record::word;
use keys::{Head, Keys};

/// Numbers distinct keys from 0, in the order in which they first came.
///
/// The hash has a new seed in each process, since keys are often chosen by strangers; nothing that is shown or stored may
/// depend on it. Tables that are to be merged must be [`Groups::sibling`]s, so that they share the seed.
///
/// A look-up touches as little memory as it can. A slot of the hash table distinguishes keys by their whole hash, and short
/// keys (a status, a method) by themselves; only a longer key that is very likely equal is compared with the stored one.
/// To look up several keys, prefetch the slots of all of them, then the keys, and compare last: [`Groups::probe`],
/// [`Groups::approach`], [`Groups::group`]. Prefetching needs the place of a slot at once, hence a plain table: open
/// addressing, linear probing.
///
/// Memory: 21 to 43 bytes of slots a group (64 while the table grows), 8 bytes and the key, rounded up to 4 bytes.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// A power of two of them, at least a quarter free; none before the first group. A key's slot is the first free one, or
    /// the one with its word, from the slot given by its hash on.
    slots: Vec<Slot>,
    /// Where the key of each group is stored.
    places: Vec<u32>,
    keys: Keys,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The hash of the key; of a short key, the key itself with its tag.
    word: u64,
    /// [`NOWHERE`] in a free slot.
    group: u32,
    /// Where the key is stored; [`SHORT`] if `word` is the key.
    place: u32,
}

const FREE: Slot = Slot {
    word: 0,
    group: NOWHERE,
    place: 0,
};

/// The place in the slots of short keys.
const SHORT: u32 = u32::MAX;
/// How many keys are looked up together when tables are merged.
const TOGETHER: usize = 32;

/// A key to look up.
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

/// More groups, or longer keys, than the table can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many groups: at most 4,294,967,295, with 16 GiB of keys")]
pub struct TooMany;

impl Groups {
    /// An empty table with the same hash.
    pub fn sibling(&self) -> Groups {
        Groups {
            hasher: self.hasher.clone(),
            ..Groups::default()
        }
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The key of a group.
    pub fn key(&self, group: usize) -> (Tag, &[u8]) {
        self.keys.get(self.places[group])
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
            + self.places.capacity() * size_of::<u32>()
            + self.keys.heap_bytes()
    }

    /// Frees what only look-ups need. The keys stay; a later look-up would not find them.
    pub fn end_lookups(&mut self) {
        self.slots = Vec::new();
        self.places.shrink_to_fit();
    }

    /// Prepares to look up a key, and prefetches its slot.
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

    /// Prefetches the stored key that a probe will probably be compared with.
    #[inline]
    pub fn approach(&self, probe: &Probe<'_>) {
        if let Some(slot) = self.slots.get(self.home(probe.hash)) {
            self.keys.approach(slot.place);
        }
    }

    /// The number of the group with this key, a new one if the key is new; never [`NOWHERE`].
    ///
    /// # Errors
    /// If the table is full.
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
        // All bits of the hash are equally good. Without slots this is out of range.
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    #[inline(always)]
    fn is_key(&self, slot: &Slot, probe: &Probe<'_>) -> bool {
        match probe.short {
            Some(word) => slot.word == word && slot.place == SHORT,
            None => {
                slot.word == probe.hash
                    && slot.place != SHORT
                    && self.keys.is(slot.place, probe.tag, probe.key)
            }
        }
    }

    #[cold]
    fn insert(&mut self, probe: &Probe<'_>) -> Result<u32, TooMany> {
        let group = u32::try_from(self.places.len())
            .ok()
            .filter(|group| *group != NOWHERE)
            .ok_or(TooMany)?;
        let head = Head::of(probe.tag, probe.key).ok_or(TooMany)?;
        let place = self.keys.push(head, probe.key).ok_or(TooMany)?;
        self.places.push(place);
        if group as usize >= self.slots.len() / 4 * 3 {
            self.grow();
        }
        let slot = Slot {
            word: probe.short.unwrap_or(probe.hash),
            group,
            place: if probe.short.is_some() { SHORT } else { place },
        };
        self.settle(slot, probe.hash);
        Ok(group)
    }

    /// Doubles the slots.
    fn grow(&mut self) {
        let twice = (self.slots.len() * 2).max(16);
        for slot in mem::replace(&mut self.slots, vec![FREE; twice]) {
            if slot.group != NOWHERE {
                let hash = if slot.place == SHORT {
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

    /// Merges the keys of a sibling: the result has, for each of its groups, the number in this table. The sibling's memory
    /// is freed on the way.
    ///
    /// # Errors
    /// If the table is full.
    pub fn absorb(&mut self, mut other: Groups) -> Result<Vec<u32>, TooMany> {
        other.end_lookups();
        let mut groups = Vec::with_capacity(other.len());
        let mut keys = other.keys;
        for places in other.places.chunks(TOGETHER) {
            let mut probes = [Probe::default(); TOGETHER];
            for (probe, place) in probes.iter_mut().zip(places) {
                let (tag, key) = keys.get(*place);
                *probe = self.probe(tag, key);
            }
            let probes = &probes[..places.len()];
            probes.iter().for_each(|probe| self.approach(probe));
            for probe in probes {
                groups.push(self.group(probe)?);
            }
            keys.free_before(places[0]);
        }
        Ok(groups)
    }
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
    fn keys_of_all_lengths_are_distinguished() {
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
        assert_eq!(groups.len(), keys.len() - 1, "there is only one empty key");
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
        assert_eq!(left.absorb(right), Ok(vec![2, 1, 3]));
        assert_eq!(left.len(), 4);
    }
}
