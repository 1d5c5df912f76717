//! The groups of the first short keys (a status, a method, a level): few, and found without a look at the stored keys.

use super::NOWHERE;
use crate::record::key::Tag;
use crate::record::word;

/// A power of two.
const SLOTS: usize = 256;
/// The most keys, so that searches are short and end.
const MOST: usize = SLOTS / 2;
/// The longest key.
const LONGEST: usize = 7;

/// Groups by short keys: open addressing, linear probing.
#[derive(Clone, Debug, Default)]
pub(super) struct ShortKeys {
    slots: Option<Box<[Slot; SLOTS]>>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    word: u64,
    /// [`NOWHERE`] in a free slot.
    group: u32,
}

const FREE: Slot = Slot {
    word: 0,
    group: NOWHERE,
};

impl ShortKeys {
    /// The group of a key, or [`NOWHERE`]. The hash may be any function of the word.
    #[inline(always)]
    pub(super) fn find(&self, word: u64, hash: u32) -> u32 {
        let Some(slots) = &self.slots else {
            return NOWHERE;
        };
        let mut at = hash as usize % SLOTS;
        // Half of the slots are free, so this ends.
        while slots[at].group != NOWHERE && slots[at].word != word {
            at = (at + 1) % SLOTS;
        }
        slots[at].group
    }

    /// Adds a key that is not there, unless there are too many already.
    pub(super) fn add(&mut self, word: u64, hash: u32, group: u32) {
        if self.len == MOST {
            return;
        }
        self.len += 1;
        let slots = self.slots.get_or_insert_with(|| Box::new([FREE; SLOTS]));
        let mut at = hash as usize % SLOTS;
        while slots[at].group != NOWHERE {
            at = (at + 1) % SLOTS;
        }
        slots[at] = Slot { word, group };
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.as_deref().map_or(0, size_of_val)
    }
}

/// A key of up to seven bytes as one word: its bytes, and in the highest byte its length and tag, so that no two are the
/// same.
#[inline(always)]
pub(super) fn short(tag: Tag, key: &[u8]) -> Option<u64> {
    (key.len() <= LONGEST).then(|| word(key) | (key.len() as u64 | (tag as u64) << 4) << 56)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_equal_hashes_are_distinguished() {
        let mut keys = ShortKeys::default();
        assert_eq!(keys.heap_bytes(), 0);
        // All of them begin at the last slot.
        let hash = SLOTS as u32 - 1;
        for group in 0..3 {
            assert_eq!(keys.find(u64::from(group), hash), NOWHERE);
            keys.add(u64::from(group), hash, 10 + group);
        }
        for group in 0..3 {
            assert_eq!(keys.find(u64::from(group), hash), 10 + group);
        }
        assert_eq!(keys.heap_bytes(), 16 * SLOTS);
    }

    #[test]
    fn with_too_many_keys_the_first_ones_stay() {
        let mut keys = ShortKeys::default();
        let word = |number: u32| short(Tag::Number, number.to_string().as_bytes()).unwrap();
        for number in 0..1_000 {
            keys.add(word(number), number, number);
        }
        for number in 0..1_000 {
            let expected = if number < 128 { number } else { NOWHERE };
            assert_eq!(keys.find(word(number), number), expected, "{number}");
        }
    }

    #[test]
    fn no_two_short_keys_are_the_same_word() {
        let keys = [
            (Tag::Missing, &b""[..]),
            (Tag::Text, b""),
            (Tag::Text, b"\0"),
            (Tag::Text, b"\0\0"),
            (Tag::Text, b"7"),
            (Tag::Number, b"7"),
            (Tag::Text, b"7\0"),
            (Tag::Text, b"sevenxx"),
        ];
        let words: Vec<u64> = keys.map(|(tag, key)| short(tag, key).unwrap()).to_vec();
        for (index, word) in words.iter().enumerate() {
            assert!(!words[..index].contains(word), "{index}");
        }
        assert_eq!(short(Tag::Text, b"12345678"), None);
    }
}
