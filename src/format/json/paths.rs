//! The wanted paths as a tree, so that a line is compared with all of them at once.

use super::super::Step;
use crate::record::Value;

/// A tree of paths; node 0 is the whole line.
pub(super) struct Paths {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// Places in the list of wanted fields that get the value here.
    slots: Vec<usize>,
    keys: Vec<(Box<[u8]>, usize)>,
    /// Bit n says that there is a key of n bytes, the last bit also of more: most keys are none of ours at a glance.
    lengths: u64,
    items: Vec<(usize, usize)>,
    /// How many nodes from here on have slots.
    fields: usize,
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
        };
        for (slot, path) in paths {
            let mut trail = vec![0];
            for step in path {
                let node = tree.child(trail[trail.len() - 1], step);
                trail.push(node);
            }
            let node = &mut tree.nodes[trail[trail.len() - 1]];
            node.slots.push(slot);
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
                .find(|(known, _)| **known == *key.as_bytes())
                .map(|(_, child)| *child),
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
                parent.keys.push((key.as_bytes().into(), new));
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

    /// The node under a key.
    #[inline]
    pub(super) fn key(&self, node: usize, key: &[u8]) -> Option<usize> {
        let node = &self.nodes[node];
        if node.lengths & length_bit(key.len()) == 0 {
            return None;
        }
        node.keys
            .iter()
            .find(|(known, _)| **known == *key)
            .map(|(_, child)| *child)
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
    #[inline]
    pub(super) fn put<'a>(&self, node: usize, value: Value<'a>, out: &mut [Value<'a>]) {
        if let Some((first, others)) = self.nodes[node].slots.split_first() {
            for slot in others {
                out[*slot] = value.clone();
            }
            out[*first] = value;
        }
    }

    /// Makes all wanted values missing.
    #[inline]
    pub(super) fn clear(&self, out: &mut [Value<'_>]) {
        for slot in self.nodes.iter().flat_map(|node| &node.slots) {
            out[*slot] = Value::Missing;
        }
    }
}
