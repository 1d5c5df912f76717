//! The bytes of keys, one after the other, in segments that never move.
//!
//! A single vector would be copied whenever it grows, and could not be freed in parts while another table takes its keys.

use crate::io::prefetch;
use crate::record::equal;
use crate::record::key::Tag;

/// Bytes of a segment; a longer key has one for itself.
const SEGMENT: usize = 1 << 20;
/// Keys begin at multiples of this, so that 32 bits reach 16 GiB of them.
const ALIGN: usize = 4;
/// Places in a segment.
const PLACES: u32 = (SEGMENT / ALIGN) as u32;
/// Bytes before a key: its head and the number of its group.
const BEFORE: usize = 2 * size_of::<u32>();
/// No key is at this place.
pub(super) const END: u32 = u32::MAX;
/// Bits of a head that hold the tag.
const TAG_BITS: u32 = 3;

/// Keys by their places, with the numbers of their groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    segments: Vec<Vec<u8>>,
    /// How many segments at the beginning have been freed.
    freed: usize,
}

/// The length and the tag of a key, stored before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head(u32);

impl Head {
    /// The head of a key; none for a key of 512 MiB and more.
    #[inline]
    pub(super) fn of(tag: Tag, key: &[u8]) -> Option<Head> {
        let length = u32::try_from(key.len()).ok()?;
        (length < 1 << (u32::BITS - TAG_BITS)).then_some(Head(length << TAG_BITS | tag as u32))
    }

    fn length(self) -> usize {
        (self.0 >> TAG_BITS) as usize
    }

    fn tag(self) -> Tag {
        Tag::of((self.0 & ((1 << TAG_BITS) - 1)) as u8).expect("it was made from a tag")
    }
}

impl Keys {
    /// Stores the key of a group and returns its place; none if there is no room left.
    pub(super) fn push(&mut self, head: Head, group: u32, key: &[u8]) -> Option<u32> {
        let needed = (BEFORE + key.len()).next_multiple_of(ALIGN);
        if self
            .segments
            .last()
            .is_none_or(|last| last.len() + needed > SEGMENT)
        {
            // The first segment grows as it is needed, since most tables are small.
            let room = if self.segments.is_empty() {
                0
            } else {
                needed.max(SEGMENT)
            };
            self.segments.push(Vec::with_capacity(room));
        }
        let number = u32::try_from(self.segments.len() - 1).ok()?;
        let segment = self.segments.last_mut()?;
        let inside = u32::try_from(segment.len() / ALIGN).ok()?;
        let place = number.checked_mul(PLACES)?.checked_add(inside)?;
        if place == END {
            return None;
        }
        segment.extend_from_slice(&head.0.to_le_bytes());
        segment.extend_from_slice(&group.to_le_bytes());
        segment.extend_from_slice(key);
        segment.resize(segment.len().next_multiple_of(ALIGN), 0);
        Some(place)
    }

    /// The key at a place.
    pub(super) fn get(&self, place: u32) -> (Tag, &[u8]) {
        let (segment, at) = self.at(place);
        let head = &segment[at..at + BEFORE];
        let head = Head(u32::from_le_bytes([head[0], head[1], head[2], head[3]]));
        (head.tag(), &segment[at + BEFORE..][..head.length()])
    }

    /// The group of this key, if the key is at that place.
    #[inline(always)]
    pub(super) fn find(&self, place: u32, tag: Tag, key: &[u8]) -> Option<u32> {
        // A longer key than a head can hold was never stored, and its cut length finds none of them.
        let head = (key.len() as u32) << TAG_BITS | tag as u32;
        let (segment, at) = self.at(place);
        let (before, rest) = segment[at..].split_first_chunk::<BEFORE>()?;
        let before = u64::from_le_bytes(*before);
        let is_equal = before as u32 == head
            && rest
                .get(..key.len())
                .is_some_and(|stored| equal(stored, key));
        is_equal.then_some((before >> u32::BITS) as u32)
    }

    /// Prefetches a place, which need not exist.
    #[inline(always)]
    pub(super) fn approach(&self, place: u32) {
        if let Some(segment) = self.segments.get((place / PLACES) as usize) {
            prefetch::place(segment, (place % PLACES) as usize * ALIGN);
        }
    }

    #[inline(always)]
    fn at(&self, place: u32) -> (&[u8], usize) {
        (
            &self.segments[(place / PLACES) as usize],
            (place % PLACES) as usize * ALIGN,
        )
    }

    /// Frees the segments before the one of a place.
    pub(super) fn free_before(&mut self, place: u32) {
        let end = (place / PLACES) as usize;
        while self.freed < end {
            self.segments[self.freed] = Vec::new();
            self.freed += 1;
        }
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let segments: usize = self.segments.iter().map(Vec::capacity).sum();
        segments + self.segments.capacity() * size_of::<Vec<u8>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(keys: &mut Keys, group: u32, key: &[u8]) -> u32 {
        let head = Head::of(Tag::Text, key).unwrap();
        keys.push(head, group, key).unwrap()
    }

    #[test]
    fn keys_of_many_segments_are_found_again() {
        let mut keys = Keys::default();
        // Shorter and longer than a segment, and such as just fit.
        let lengths = [
            0,
            1,
            SEGMENT - BEFORE,
            7,
            SEGMENT - BEFORE + 1,
            3 * SEGMENT,
            5,
        ];
        let stored: Vec<(u32, Vec<u8>)> = lengths
            .iter()
            .enumerate()
            .map(|(index, length)| {
                let key = vec![index as u8; *length];
                (push(&mut keys, 70_000 + index as u32, &key), key)
            })
            .collect();
        for (group, (place, key)) in (70_000..).zip(&stored) {
            assert_eq!(keys.find(*place, Tag::Text, key), Some(group));
            assert_eq!(keys.find(*place, Tag::Json, key), None);
            assert_eq!(keys.get(*place), (Tag::Text, &key[..]));
        }
        assert_eq!(keys.find(stored[1].0, Tag::Text, b"x"), None);
        assert_eq!(keys.find(stored[6].0, Tag::Text, &[6; 4]), None);
        assert_eq!(keys.find(stored[6].0, Tag::Text, &[6; 6]), None);
    }

    #[test]
    fn freed_segments_leave_the_later_ones() {
        let mut keys = Keys::default();
        let places: Vec<u32> = (0..5_u8)
            .map(|n| push(&mut keys, n.into(), &vec![n; SEGMENT / 2]))
            .collect();
        let before = keys.heap_bytes();
        assert!(before >= 5 * SEGMENT / 2, "{before}");
        keys.free_before(places[4]);
        assert_eq!(keys.get(places[4]).1[0], 4);
        let after = keys.heap_bytes();
        assert!((SEGMENT / 2..=2 * SEGMENT).contains(&after), "{after}");
    }
}
