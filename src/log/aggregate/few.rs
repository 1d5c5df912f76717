//! Distinct keys with counts in little memory: of most aggregates there are many groups, and of most groups few values.
//!
//! An entry is a key above `BITS` bits of its count. Entries are sorted, but for some at the end that came since: sorting them in
//! costs as much as there are others, so it waits until that is a small part of what adding them cost.

/// At least this number of entries waits.
const WAITING: usize = 16;

/// A count that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overflow;

/// Keys below 2^(64 - `BITS`), each with a count below 2^`BITS`.
#[derive(Clone, Debug, Default)]
pub(super) struct Few<const BITS: u32> {
    entries: Vec<u64>,
    /// How many of them are sorted; the keys of those differ from each other and from all others.
    sorted: usize,
}

impl<const BITS: u32> Few<BITS> {
    const COUNT: u64 = (1 << BITS) - 1;

    /// Counts above this are sorted in at once, so that those that wait cannot overflow together.
    const SMALL: u64 = Self::COUNT >> 12;

    /// Adds to the count of a key.
    ///
    /// # Errors
    /// If the sum does not fit; nothing was added then.
    #[inline]
    pub(super) fn add(&mut self, key: u64, count: u64) -> Result<(), Overflow> {
        match self.find(key) {
            Ok(at) => self.increase(at, count),
            Err(_) if count > Self::SMALL => {
                self.tidy();
                match self.find(key) {
                    Ok(at) => self.increase(at, count),
                    Err(_) if count > Self::COUNT => Err(Overflow),
                    Err(at) => {
                        self.entries.insert(at, (key << BITS) | count);
                        self.sorted += 1;
                        Ok(())
                    }
                }
            }
            Err(_) => {
                if self.entries.len() == self.entries.capacity() {
                    self.entries.reserve_exact((self.entries.len() / 4).max(4));
                }
                self.entries.push((key << BITS) | count);
                if self.entries.len() - self.sorted >= (self.sorted / 4).clamp(WAITING, 1 << 10) {
                    self.tidy();
                }
                Ok(())
            }
        }
    }

    /// The place of a key among the sorted entries, or where it would be.
    fn find(&self, key: u64) -> Result<usize, usize> {
        let sorted = &self.entries[..self.sorted];
        let at = sorted.partition_point(|entry| entry >> BITS < key);
        match sorted.get(at) {
            Some(entry) if entry >> BITS == key => Ok(at),
            _ => Err(at),
        }
    }

    fn increase(&mut self, at: usize, count: u64) -> Result<(), Overflow> {
        let entry = &mut self.entries[at];
        if count > Self::COUNT - (*entry & Self::COUNT) {
            return Err(Overflow);
        }
        *entry += count;
        Ok(())
    }

    /// Sorts all entries.
    pub(super) fn tidy(&mut self) {
        if self.sorted == self.entries.len() {
            return;
        }
        self.entries[self.sorted..].sort_unstable();
        // Two sorted parts are merged.
        self.entries.sort();
        self.entries.dedup_by(|later, earlier| {
            let is_same = *later >> BITS == *earlier >> BITS;
            if is_same {
                *earlier += *later & Self::COUNT;
            }
            is_same
        });
        self.sorted = self.entries.len();
    }

    /// How many entries there are: at least as many as keys, and as many after [`Few::tidy`].
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The keys in ascending order, with their counts.
    pub(super) fn tidied(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut all = self.clone();
        all.tidy();
        let entries = all.entries.into_iter();
        entries.map(|entry| (entry >> BITS, entry & Self::COUNT))
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_and_counts_are_those_of_a_map(added in prop::collection::vec((0_u64..300, prop_oneof![1_u64..4, 0x7ff0_u64..0x8010, 1_u64 << 20..1 << 27]), 0..900)) {
            let mut few = Few::<27>::default();
            let mut map = BTreeMap::new();
            for (key, count) in added {
                let sum: &mut u64 = map.entry(key).or_default();
                let fits = *sum + count < 1 << 27;
                prop_assert_eq!(few.add(key, count).is_ok(), fits);
                *sum += if fits { count } else { 0 };
                prop_assert!(few.len() >= map.len());
            }
            map.retain(|_, count| *count > 0);
            prop_assert_eq!(few.tidied().collect::<Vec<_>>(), map.iter().map(|(key, count)| (*key, *count)).collect::<Vec<_>>());
            few.tidy();
            prop_assert_eq!(few.len(), map.len());
        }

        #[test]
        fn whole_words_are_keys_without_counts(added in prop::collection::vec(prop_oneof![0_u64..40, any::<u64>()], 0..300)) {
            let mut few = Few::<0>::default();
            for key in &added {
                prop_assert!(few.add(*key, 0).is_ok());
            }
            let set: std::collections::BTreeSet<u64> = added.into_iter().collect();
            prop_assert_eq!(few.tidied().map(|(key, _)| key).collect::<Vec<_>>(), set.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn little_more_memory_is_kept_than_is_used() {
        let mut few = Few::<0>::default();
        assert_eq!(few.heap_bytes(), 0);
        for key in 0..1000 {
            few.add(key * 7 % 1000, 0).unwrap();
            assert!(few.heap_bytes() <= (few.len() * 10).max(few.len() * 8 + 128));
        }
    }
}
