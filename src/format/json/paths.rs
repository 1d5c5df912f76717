//! The wanted paths as a tree, so that a line is compared with all of them at once.

use super::super::Step;
use super::super::wanted::put;
use crate::record::Value;

/// A tree of paths; node 0 is the whole line.
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// The slots of all nodes.
    slots: Vec<usize>,
}

#[derive(Default)]
struct Node {
    /// Places in the list of wanted fields that get the value here.
    slots: Vec<usize>,
    keys: Vec<Key>,
    /// Bit n says that there is a key of n bytes, the last bit also of more: most keys are none of ours at a glance.
    lengths: u64,
    items: Vec<(usize, usize)>,
    /// How many nodes from here on have slots.
    fields: usize,
}

/// A key of an object, and the node that it leads to.
struct Key {
    /// See [`beginning`].
    beginning: u64,
    text: Box<[u8]>,
    child: usize,
}

impl Key {
    #[inline]
    fn is(&self, beginning: u64, text: &[u8]) -> bool {
        // The beginning of a short key is all of it, so that most keys need no call to compare them.
        self.beginning == beginning
            && self.text.len() == text.len()
            && (text.len() <= 8 || *self.text == *text)
    }
}

/// The first eight bytes of the key that a text begins with, with zeros after a shorter key.
#[inline(always)]
fn beginning(text: &[u8], length: usize) -> u64 {
    let word = match text.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => slow_word(text),
    };
    if length < 8 {
        word & !(u64::MAX << (8 * length))
    } else {
        word
    }
}

/// The bytes of a text of fewer than eight.
fn slow_word(text: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..text.len()].copy_from_slice(text);
    u64::from_le_bytes(word)
}

/// The bit in [`Node::lengths`] of keys this long.
#[inline]
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

impl Paths {
    /// The tree of these paths, each with its place in the list of wanted fields.
    pub(super) fn new<'p>(paths: impl Iterator<Item = (usize, &'p [Step])>) -> Paths {
        let mut tree = Paths {
            nodes: vec![Node::default()],
            slots: Vec::new(),
        };
        for (slot, path) in paths {
            let mut trail = vec![0];
            for step in path {
                let node = tree.child(trail[trail.len() - 1], step);
                trail.push(node);
            }
            let node = &mut tree.nodes[trail[trail.len() - 1]];
            node.slots.push(slot);
            tree.slots.push(slot);
            if node.slots.len() == 1 {
                trail.iter().for_each(|node| tree.nodes[*node].fields += 1);
            }
        }
        tree
    }

    /// The child of a node, made if there is none.
    fn child(&mut self, node: usize, step: &Step) -> usize {
        let new = self.nodes.len();
        let parent = &mut self.nodes[node];
        let there = match step {
            Step::Key(key) => parent
                .keys
                .iter()
                .find(|known| *known.text == *key.as_bytes())
                .map(|known| known.child),
            Step::Index(index) => parent
                .items
                .iter()
                .find(|(known, _)| known == index)
                .map(|(_, child)| *child),
        };
        if let Some(child) = there {
            return child;
        }
        match step {
            Step::Key(key) => {
                parent.lengths |= length_bit(key.len());
                parent.keys.push(Key {
                    beginning: beginning(key.as_bytes(), key.len()),
                    text: key.as_bytes().into(),
                    child: new,
                });
            }
            Step::Index(index) => parent.items.push((*index, new)),
        }
        self.nodes.push(Node::default());
        new
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many different fields are wanted from a node on.
    #[inline]
    pub(super) fn fields(&self, node: usize) -> usize {
        self.nodes[node].fields
    }

    /// The node under the key that a text begins with. That the text goes on makes it fast.
    #[inline(always)]
    pub(super) fn key(&self, node: usize, text: &[u8], length: usize) -> Option<usize> {
        let node = &self.nodes[node];
        if node.lengths & length_bit(length) == 0 {
            return None;
        }
        let beginning = beginning(text, length);
        let key = &text[..length];
        let known = node.keys.iter().find(|known| known.is(beginning, key));
        known.map(|known| known.child)
    }

    /// The node under an index.
    #[inline]
    pub(super) fn item(&self, node: usize, index: usize) -> Option<usize> {
        self.nodes[node]
            .items
            .iter()
            .find(|(known, _)| *known == index)
            .map(|(_, child)| *child)
    }

    /// The bracket that closes the container at a node, if one begins with this byte and paths lead into it.
    #[inline]
    pub(super) fn enters(&self, node: usize, first: Option<&u8>) -> Option<u8> {
        let node = &self.nodes[node];
        match first {
            Some(b'{') if !node.keys.is_empty() => Some(b'}'),
            Some(b'[') if !node.items.is_empty() => Some(b']'),
            _ => None,
        }
    }

    /// Puts a value where it is wanted.
    #[inline(always)]
    pub(super) fn put<'a>(&self, node: usize, value: Value<'a>, out: &mut [Value<'a>]) {
        if let Some((first, others)) = self.nodes[node].slots.split_first() {
            for slot in others {
                put(value.clone(), &mut out[*slot]);
            }
            put(value, &mut out[*first]);
        }
    }

    /// Makes all wanted values missing.
    #[inline(always)]
    pub(super) fn clear(&self, out: &mut [Value<'_>]) {
        for slot in &self.slots {
            put(Value::Missing, &mut out[*slot]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = String> {
        // Many share their first eight bytes, and some are longer than the bits of `lengths` distinguish.
        let end = "[ab\0]{0,3}";
        prop_oneof![
            end,
            "(keykeyk|keykeyke|keykeykey)[ab\0]{0,2}",
            (60_usize..70).prop_map(|length| "k".repeat(length)),
        ]
    }

    proptest! {
        #[test]
        fn a_key_is_found_if_all_of_it_is_equal(
            keys in prop::collection::vec(key(), 1..6),
            found in key(),
            after in "[ab\0\":]{0,9}",
        ) {
            let paths: Vec<_> = keys.iter().map(|key| [Step::Key(key.clone())]).collect();
            let tree = Paths::new(paths.iter().map(<[Step; 1]>::as_slice).enumerate());
            let mut distinct: Vec<&String> = Vec::new();
            for key in &keys {
                if !distinct.contains(&key) {
                    distinct.push(key);
                }
            }
            // Node 0 is the line; the others were made in the order of the keys.
            let expected = distinct.iter().position(|key| **key == found).map(|place| place + 1);
            let text = format!("{found}{after}");
            prop_assert_eq!(tree.key(0, text.as_bytes(), found.len()), expected);
        }
    }
}
