//! Hash groups: rows with equal keys meet here, whatever is aggregated for them.
//!
//! [`Groups`] only numbers the keys; what is kept for a group is in columns elsewhere, at the group's number.

mod keys;
pub mod run;
mod short;
pub mod sort;

use std::hash::{BuildHasher as _, Hasher as _};
use std::mem;

use foldhash::fast::RandomState;

use crate::io::prefetch;
use crate::record::key::Tag;
use keys::{END, Head, Keys};
use short::{ShortKeys, short};

/// Numbers distinct keys from 0, in the order in which they first came.
///
/// The hash has a new seed in each process, since keys are often chosen by strangers; nothing that is shown or stored may
/// depend on it. Tables that are to be merged must be [`Groups::sibling`]s, so that they share the seed.
///
/// A look-up touches as little memory as it can: a slot of the hash table, which distinguishes keys by 32 bits of their hash,
/// and the stored key that is very likely equal, with its group's number beside it. The first short keys have a small table of
/// their own. To look up several keys, prefetch the
/// slots of all of them, then the keys, and compare last: [`Groups::probe`], [`Groups::approach`], [`Groups::group`].
/// Prefetching needs the place of a slot at once, hence a plain table: open addressing, linear probing.
///
/// Memory: 11 to 21 bytes of slots a group (32 while the table grows), 12 bytes and the key, rounded up to 4 bytes.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// A power of two of them, at least a quarter free; none before the first group. A key's slot is the first free one, or
    /// the one of its place, from the slot given by its hash on.
    slots: Vec<Slot>,
    /// Where the key of each group is stored.
    places: Vec<u32>,
    keys: Keys,
    short: ShortKeys,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The low bits of the key's hash.
    hash: u32,
    /// Where the key is stored; [`END`] in a free slot.
    place: u32,
}

const FREE: Slot = Slot {
    hash: 0,
    place: END,
};

/// How many keys are looked up together when tables are merged.
const TOGETHER: usize = 32;

/// A key to look up.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'k> {
    tag: Tag,
    key: &'k [u8],
    hash: u32,
    /// The group, if it is known already, or [`NOWHERE`].
    group: u32,
}

/// The number that no group has.
pub const NOWHERE: u32 = u32::MAX;

impl Default for Probe<'_> {
    fn default() -> Self {
        Probe {
            tag: Tag::Missing,
            key: &[],
            hash: 0,
            group: NOWHERE,
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
            + self.short.heap_bytes()
    }

    /// Frees what only look-ups need. The keys stay; a later look-up would not find them.
    pub fn end_lookups(&mut self) {
        self.slots = Vec::new();
        self.short = ShortKeys::default();
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
        let hash = hasher.finish() as u32;
        let group = short.map_or(NOWHERE, |word| self.short.find(word, hash));
        if group == NOWHERE {
            prefetch::place(&self.slots, self.home(hash));
        }
        Probe {
            tag,
            key,
            hash,
            group,
        }
    }

    /// Prefetches the stored key that a probe will probably be compared with.
    #[inline]
    pub fn approach(&self, probe: &Probe<'_>) {
        if probe.group == NOWHERE
            && let Some(slot) = self.slots.get(self.home(probe.hash))
        {
            self.keys.approach(slot.place);
        }
    }

    /// The number of the group with this key, a new one if the key is new; never [`NOWHERE`].
    ///
    /// # Errors
    /// If the table is full.
    #[inline]
    pub fn group(&mut self, probe: &Probe<'_>) -> Result<u32, TooMany> {
        if probe.group != NOWHERE {
            return Ok(probe.group);
        }
        let mut at = self.home(probe.hash);
        // There is always a free slot, so this ends.
        while let Some(slot) = self.slots.get(at)
            && slot.place != END
        {
            if slot.hash == probe.hash
                && let Some(group) = self.keys.find(slot.place, probe.tag, probe.key)
            {
                return Ok(group);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.insert(probe)
    }

    /// Where the search for a key begins.
    #[inline(always)]
    fn home(&self, hash: u32) -> usize {
        // All bits of the hash are equally good. Without slots this is out of range.
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    #[cold]
    fn insert(&mut self, probe: &Probe<'_>) -> Result<u32, TooMany> {
        let group = u32::try_from(self.places.len())
            .ok()
            .filter(|group| *group != NOWHERE)
            .ok_or(TooMany)?;
        let head = Head::of(probe.tag, probe.key).ok_or(TooMany)?;
        let place = self.keys.push(head, group, probe.key).ok_or(TooMany)?;
        self.places.push(place);
        if group as usize >= self.slots.len() / 4 * 3 {
            self.grow();
        }
        self.settle(Slot {
            hash: probe.hash,
            place,
        });
        if let Some(word) = short(probe.tag, probe.key) {
            self.short.add(word, probe.hash, group);
        }
        Ok(group)
    }

    /// Doubles the slots.
    fn grow(&mut self) {
        let twice = (self.slots.len() * 2).max(16);
        for slot in mem::replace(&mut self.slots, vec![FREE; twice]) {
            if slot.place != END {
                self.settle(slot);
            }
        }
    }

    /// Puts a slot into the first free place.
    fn settle(&mut self, slot: Slot) {
        let mut at = self.home(slot.hash);
        while self.slots[at].place != END {
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
