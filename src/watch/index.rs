//! What is known of the entries in scope: names, types, sizes, times and inodes, as a tree.
//!
//! An entry takes its name and less than 100 bytes: siblings are chained, nodes lie in blocks that never move, names lie one after
//! the other, and one hash table of numbers finds a name in a directory.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::facts::Facts;
use super::names::{Name, Names};
use crate::dirs::FileType;
use crate::dirs::handle::join;
use crate::io::inotify::Watch;

/// The number of an entry in the index. It is given to another entry after the entry is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u32);

const NONE: u32 = u32::MAX;

/// Nodes in a block.
const BLOCK: usize = 4096;

/// An entry. What is known of it is a [`Facts`], which alone would be longer by its padding.
#[derive(Debug)]
struct Node {
    name: Name,
    size: u64,
    mtime: i64,
    ctime: i64,
    ino: u64,
    /// The directory that it is in.
    parent: u32,
    first: u32,
    next: u32,
    previous: u32,
    watch: Option<Watch>,
    file_type: FileType,
    is_fresh: bool,
    is_removed: bool,
}

impl Node {
    fn facts(&self) -> Facts {
        Facts {
            size: self.size,
            mtime: self.mtime,
            ctime: self.ctime,
            ino: self.ino,
            file_type: self.file_type,
            is_fresh: self.is_fresh,
        }
    }

    fn set_facts(&mut self, facts: Facts) {
        self.size = facts.size;
        self.mtime = facts.mtime;
        self.ctime = facts.ctime;
        self.ino = facts.ino;
        self.file_type = facts.file_type;
        self.is_fresh = facts.is_fresh;
    }
}

/// Nodes by their numbers.
#[derive(Debug, Default)]
struct Nodes(Vec<Vec<Node>>);

impl Nodes {
    fn get(&self, id: u32) -> &Node {
        &self.0[id as usize / BLOCK][id as usize % BLOCK]
    }

    fn get_mut(&mut self, id: u32) -> &mut Node {
        &mut self.0[id as usize / BLOCK][id as usize % BLOCK]
    }

    fn push(&mut self, node: Node) -> u32 {
        if self.0.last().is_none_or(|block| block.len() == BLOCK) {
            self.0.push(Vec::with_capacity(BLOCK));
        }
        let at = self.0.len() - 1;
        self.0[at].push(node);
        u32::try_from(at * BLOCK + self.0[at].len() - 1)
            .expect("four thousand million entries do not fit in memory")
    }
}

/// The entries in scope.
#[derive(Debug, Default)]
pub struct Index {
    nodes: Nodes,
    names: Names,
    free: Vec<u32>,
    /// Numbers of entries that were removed since [`Index::recycle`].
    removed: Vec<u32>,
    /// All entries, by their directories and names.
    places: HashTable<u32>,
    hasher: RandomState,
}

impl Index {
    fn node(&self, id: Id) -> &Node {
        self.nodes.get(id.0)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The entry with this name in a directory; roots are in none and are named by their paths.
    pub fn find(&self, parent: Option<Id>, name: &[u8]) -> Option<Id> {
        let parent = parent.map_or(NONE, |id| id.0);
        let is_it = |id: &u32| {
            let node = self.nodes.get(*id);
            node.parent == parent && self.names.get(node.name) == name
        };
        let hash = self.hasher.hash_one((parent, name));
        self.places.find(hash, is_it).map(|id| Id(*id))
    }

    /// Adds an entry that is not there.
    pub fn insert(&mut self, parent: Option<Id>, name: &[u8], facts: Facts) -> Id {
        let mut node = Node {
            name: self.names.add(name),
            size: 0,
            mtime: 0,
            ctime: 0,
            ino: 0,
            parent: NONE,
            first: NONE,
            next: NONE,
            previous: NONE,
            watch: None,
            file_type: FileType::Unknown,
            is_fresh: false,
            is_removed: false,
        };
        node.set_facts(facts);
        let id = match self.free.pop() {
            Some(id) => {
                *self.nodes.get_mut(id) = node;
                id
            }
            None => self.nodes.push(node),
        };
        self.attach(id, parent.map_or(NONE, |id| id.0));
        Id(id)
    }

    fn attach(&mut self, id: u32, parent: u32) {
        let Index { nodes, names, .. } = self;
        nodes.get_mut(id).parent = parent;
        if parent != NONE {
            let first = std::mem::replace(&mut nodes.get_mut(parent).first, id);
            nodes.get_mut(id).next = first;
            if first != NONE {
                nodes.get_mut(first).previous = id;
            }
        }
        let hash = |id: u32| {
            let node = nodes.get(id);
            self.hasher.hash_one((node.parent, names.get(node.name)))
        };
        self.places.insert_unique(hash(id), id, |id| hash(*id));
    }

    fn detach(&mut self, id: u32) {
        let node = self.nodes.get_mut(id);
        let (parent, next, previous) = (node.parent, node.next, node.previous);
        (node.next, node.previous) = (NONE, NONE);
        let name = node.name;
        let hash = self.hasher.hash_one((parent, self.names.get(name)));
        if let Ok(entry) = self.places.find_entry(hash, |found| *found == id) {
            entry.remove();
        }
        if previous != NONE {
            self.nodes.get_mut(previous).next = next;
        } else if parent != NONE {
            self.nodes.get_mut(parent).first = next;
        }
        if next != NONE {
            self.nodes.get_mut(next).previous = previous;
        }
        self.names.remove(name);
    }

    /// Removes an entry without entries below it.
    pub fn remove(&mut self, id: Id) {
        self.detach(id.0);
        self.nodes.get_mut(id.0).is_removed = true;
        self.removed.push(id.0);
    }

    /// From now on the numbers and the names of entries that were removed may be given to others.
    pub fn recycle(&mut self) {
        self.free.append(&mut self.removed);
        if let Some(before) = self.names.begin_again() {
            for id in &self.places {
                let node = self.nodes.get_mut(*id);
                node.name = self.names.add(before.get(node.name));
            }
        }
    }

    /// Whether an entry was not removed; to be asked before [`Index::recycle`].
    pub fn is_alive(&self, id: Id) -> bool {
        !self.node(id).is_removed
    }

    /// Renames an entry, with everything below it.
    pub fn rename(&mut self, id: Id, parent: Id, name: &[u8]) {
        self.detach(id.0);
        self.nodes.get_mut(id.0).name = self.names.add(name);
        self.attach(id.0, parent.0);
    }

    /// The entries of a directory.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let child = |id: u32| (id != NONE).then_some(id);
        let first = child(self.node(id).first);
        std::iter::successors(first, move |id| child(self.nodes.get(*id).next)).map(Id)
    }

    /// Whether anything is known to be in a directory.
    pub fn has_children(&self, id: Id) -> bool {
        self.node(id).first != NONE
    }

    /// An entry and all below it, each after the directory that it is in.
    pub fn below(&self, id: Id) -> Vec<Id> {
        let mut found = vec![id];
        let mut at = 0;
        while at < found.len() {
            found.extend(self.children(found[at]));
            at += 1;
        }
        found
    }

    /// The directory that an entry is in; none for a root.
    pub fn parent(&self, id: Id) -> Option<Id> {
        Some(self.node(id).parent)
            .filter(|parent| *parent != NONE)
            .map(Id)
    }

    /// The root that it is below, and the number of levels between them.
    pub fn root(&self, id: Id) -> (Id, u32) {
        let (mut at, mut depth) = (id, 0);
        while let Some(parent) = self.parent(at) {
            (at, depth) = (parent, depth + 1);
        }
        (at, depth)
    }

    /// Its name; of a root, its path.
    pub fn name(&self, id: Id) -> &[u8] {
        self.names.get(self.node(id).name)
    }

    /// Its path, as find(1) prints it.
    pub fn path(&self, id: Id) -> Vec<u8> {
        let mut chain = vec![id];
        while let Some(parent) = self.parent(chain[chain.len() - 1]) {
            chain.push(parent);
        }
        let mut path = Vec::new();
        for id in chain.into_iter().rev() {
            join(&mut path, self.name(id));
        }
        path
    }

    /// What is known of it.
    pub fn facts(&self, id: Id) -> Facts {
        self.node(id).facts()
    }

    /// Notes what is known of it now.
    pub fn set_facts(&mut self, id: Id, facts: Facts) {
        self.nodes.get_mut(id.0).set_facts(facts);
    }

    /// The watch on a directory.
    pub fn watch(&self, id: Id) -> Option<Watch> {
        self.node(id).watch
    }

    /// Notes the watch on a directory.
    pub fn set_watch(&mut self, id: Id, watch: Option<Watch>) {
        self.nodes.get_mut(id.0).watch = watch;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn facts(ino: u64) -> Facts {
        Facts {
            size: 0,
            mtime: 0,
            ctime: 0,
            ino,
            file_type: FileType::File,
            is_fresh: false,
        }
    }

    #[test]
    fn an_entry_takes_at_most_a_hundred_bytes() {
        // A place in the table is five bytes, and at least seven sixteenths of the places are taken.
        assert!(size_of::<Node>() + 5 * 16 / 7 <= 80);
    }

    #[test]
    fn names_are_found_like_in_a_map() {
        let mut index = Index::default();
        let root = index.insert(None, b"top", facts(0));
        let other = index.insert(Some(root), b"d", facts(1));
        let mut model: BTreeMap<(bool, u64), u64> = BTreeMap::new();
        // Long names, so that those in use are gathered again now and then.
        let tail = "x".repeat(200);
        let mut seed = 12_345_u64;
        for step in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (which, name) = (seed >> 40 & 1 == 1, seed >> 50 & 63);
            let directory = |which| if which { other } else { root };
            let text = format!("{name}{tail}");
            let found = index.find(Some(directory(which)), text.as_bytes());
            assert_eq!(
                found.map(|id| index.facts(id).ino),
                model.get(&(which, name)).copied()
            );
            match found {
                None => {
                    index.insert(Some(directory(which)), text.as_bytes(), facts(step));
                    model.insert((which, name), step);
                }
                Some(id) if seed >> 60 & 1 == 1 => {
                    index.remove(id);
                    assert!(!index.is_alive(id));
                    index.recycle();
                    model.remove(&(which, name));
                }
                Some(id) => {
                    let target = index.find(Some(directory(!which)), text.as_bytes());
                    if target.is_none() {
                        index.rename(id, directory(!which), text.as_bytes());
                        let ino = model.remove(&(which, name)).unwrap();
                        model.insert((!which, name), ino);
                    }
                }
            }
        }
        assert_eq!(index.len(), model.len() + 2);
        assert_eq!(index.below(root).len(), model.len() + 2);
        let names: usize = index
            .below(root)
            .iter()
            .map(|id| index.name(*id).len())
            .sum();
        assert!(names > 10_000, "{names}");
        let id = index.insert(Some(other), b"x", facts(9));
        assert_eq!(index.path(id), b"top/d/x");
        assert_eq!(index.root(id), (root, 2));
    }
}
