//! The names of records that bring their own: records with the same names in the same order share them.

use crate::record::records::Names;
use std::collections::HashMap;

/// How many different lists of names are remembered.
const REMEMBERED: usize = 1000;

/// The lists of names that were seen. Most records have the names of the one before, which costs a comparison for each.
pub(super) struct Shapes {
    known: Vec<Shape>,
    /// By the keys as they were written.
    by_keys: HashMap<Vec<u8>, usize>,
    /// The shape that the record at hand is compared with.
    current: usize,
    /// How many of its keys were the same so far.
    same: usize,
    /// The keys of the record at hand, once they differ.
    keys: Option<Vec<Box<[u8]>>>,
    /// What a key that was written so stands for.
    decode: fn(&[u8]) -> Vec<u8>,
}

struct Shape {
    keys: Vec<Box<[u8]>>,
    names: Names,
}

impl Shapes {
    /// `decode` says what a key stands for.
    pub(super) fn new(decode: fn(&[u8]) -> Vec<u8>) -> Shapes {
        Shapes {
            known: Vec::new(),
            by_keys: HashMap::new(),
            current: 0,
            same: 0,
            keys: None,
            decode,
        }
    }

    /// A record begins.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.same = 0;
        self.keys = None;
    }

    /// The next key of the record, as it is written.
    #[inline]
    pub(super) fn key(&mut self, key: &[u8]) {
        if self.keys.is_none()
            && let Some(shape) = self.known.get(self.current)
            && shape
                .keys
                .get(self.same)
                .is_some_and(|known| **known == *key)
        {
            self.same += 1;
            return;
        }
        self.other(key);
    }

    #[cold]
    fn other(&mut self, key: &[u8]) {
        let keys = self
            .keys
            .get_or_insert_with(|| match self.known.get(self.current) {
                Some(shape) => shape.keys[..self.same].to_vec(),
                None => Vec::new(),
            });
        keys.push(key.into());
    }

    /// The names of the record, whose keys have all come.
    #[inline]
    pub(super) fn names(&mut self) -> &Names {
        let is_same = self.keys.is_none()
            && self
                .known
                .get(self.current)
                .is_some_and(|shape| shape.keys.len() == self.same);
        if !is_same {
            self.look_up();
        }
        &self.known[self.current].names
    }

    #[cold]
    fn look_up(&mut self) {
        let keys = self
            .keys
            .take()
            .unwrap_or_else(|| match self.known.get(self.current) {
                Some(shape) => shape.keys[..self.same].to_vec(),
                None => Vec::new(),
            });
        let mut joined = Vec::new();
        for key in &keys {
            joined.extend_from_slice(&key.len().to_le_bytes());
            joined.extend_from_slice(key);
        }
        if let Some(known) = self.by_keys.get(&joined) {
            self.current = *known;
            return;
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
            self.by_keys.clear();
        }
        self.current = self.known.len();
        self.by_keys.insert(joined, self.current);
        let names = keys.iter().map(|key| (self.decode)(key).into());
        self.known.push(Shape {
            names: names.collect::<Vec<Box<[u8]>>>().into(),
            keys,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn names(shapes: &mut Shapes, keys: &[&str]) -> Names {
        shapes.begin();
        keys.iter().for_each(|key| shapes.key(key.as_bytes()));
        Arc::clone(shapes.names())
    }

    #[test]
    fn records_with_the_same_keys_share_their_names() {
        let mut shapes = Shapes::new(<[u8]>::to_ascii_uppercase);
        let first = names(&mut shapes, &["a", "b"]);
        assert_eq!(&*first, [b"A"[..].into(), b"B"[..].into()]);
        for keys in [
            &["a"][..],
            &["a", "b", "c"],
            &["b", "a"],
            &["ab"],
            &[],
            &["a", "c"],
        ] {
            let other = names(&mut shapes, keys);
            assert_eq!(other.len(), keys.len());
            assert!(!Arc::ptr_eq(&first, &other), "{keys:?}");
            assert!(Arc::ptr_eq(&other, &names(&mut shapes, keys)), "{keys:?}");
            assert!(Arc::ptr_eq(&first, &names(&mut shapes, &["a", "b"])));
        }
    }

    #[test]
    fn names_without_end_take_no_memory_without_end() {
        let mut shapes = Shapes::new(<[u8]>::to_vec);
        for number in 0..3 * REMEMBERED {
            let key = number.to_string();
            assert_eq!(*names(&mut shapes, &[&key])[0], *key.as_bytes());
        }
        assert!(shapes.known.len() <= REMEMBERED);
    }
}
