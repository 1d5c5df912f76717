//! What is known of the entries in scope: names, types, sizes, times and inodes, as a tree.
//!
//! An entry takes its name and less than 100 bytes: siblings are chained, nodes lie in blocks that never move, and one hash table
//! of numbers finds a name in a directory.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::dirs::handle::join;
use crate::dirs::{FileType, Stat};
use crate::io::inotify::Watch;
use crate::record::Timestamp;

/// The number of an entry in the index. It is given to another entry after the entry is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u32);

const NONE: u32 = u32::MAX;

/// Nodes in a block.
const BLOCK: usize = 4096;

/// What is known of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its type.
    pub file_type: FileType,
    /// Its length in bytes.
    pub size: u64,
    /// The last change of its content, in nanoseconds since 1970.
    pub mtime: i64,
    /// The last change of its attributes, in nanoseconds since 1970.
    pub ctime: i64,
    /// Its inode.
    pub ino: u64,
    /// Whether it changed just before it was looked at: then a later change may have left the same times.
    pub is_fresh: bool,
}

/// Longer than the step of the clock that stamps files, in nanoseconds.
const STEP: i64 = 20_000_000;

impl Facts {
    /// What is known from the attributes, looked at now.
    pub fn new(stat: &Stat) -> Facts {
        let nanos = |time: Option<Timestamp>| {
            let nanos = time.map_or(0, Timestamp::nanos_since_epoch);
            i64::try_from(nanos).unwrap_or(i64::MAX)
        };
        let (mtime, ctime) = (nanos(stat.mtime), nanos(stat.ctime));
        Facts {
            file_type: stat.file_type,
            size: stat.size,
            mtime,
            ctime,
            ino: stat.ino,
            is_fresh: nanos(Some(Timestamp::now())) - mtime.max(ctime) < STEP,
        }
    }

    /// Whether both are about the same file.
    pub fn is_same_file(&self, other: &Facts) -> bool {
        self.ino == other.ino && self.file_type == other.file_type
    }

    /// Whether nothing has changed since `before`, for sure.
    pub fn is_unchanged_since(&self, before: &Facts) -> bool {
        !before.is_fresh
            && self.is_same_file(before)
            && (self.size, self.mtime, self.ctime) == (before.size, before.mtime, before.ctime)
    }
}

#[derive(Debug)]
struct Node {
    name: Box<[u8]>,
    facts: Facts,
    parent: u32,
    first: u32,
    next: u32,
    previous: u32,
    watch: Option<Watch>,
}

/// The entries in scope.
#[derive(Debug, Default)]
pub struct Index {
    blocks: Vec<Vec<Node>>,
    free: Vec<u32>,
    /// Numbers of entries that were removed since [`Index::recycle`].
    removed: Vec<u32>,
    names: HashTable<u32>,
    hasher: FixedState,
}

impl Index {
    fn node(&self, id: u32) -> &Node {
        &self.blocks[id as usize / BLOCK][id as usize % BLOCK]
    }

    fn node_mut(&mut self, id: u32) -> &mut Node {
        &mut self.blocks[id as usize / BLOCK][id as usize % BLOCK]
    }

    fn hash(&self, parent: u32, name: &[u8]) -> u64 {
        self.hasher.hash_one((parent, name))
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The entry with this name in a directory; roots are in none and are named by their paths.
    pub fn find(&self, parent: Option<Id>, name: &[u8]) -> Option<Id> {
        let parent = parent.map_or(NONE, |id| id.0);
        let is_it = |id: &u32| {
            let node = self.node(*id);
            node.parent == parent && *node.name == *name
        };
        let found = self.names.find(self.hash(parent, name), is_it);
        found.map(|id| Id(*id))
    }

    /// Adds an entry that is not there.
    pub fn insert(&mut self, parent: Option<Id>, name: &[u8], facts: Facts) -> Id {
        let node = Node {
            name: name.into(),
            facts,
            parent: NONE,
            first: NONE,
            next: NONE,
            previous: NONE,
            watch: None,
        };
        let id = match self.free.pop() {
            Some(id) => {
                *self.node_mut(id) = node;
                id
            }
            None => {
                if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
                    self.blocks.push(Vec::with_capacity(BLOCK));
                }
                let at = self.blocks.len() - 1;
                self.blocks[at].push(node);
                u32::try_from(at * BLOCK + self.blocks[at].len() - 1)
                    .expect("four thousand million entries do not fit in memory")
            }
        };
        self.attach(id, parent.map_or(NONE, |id| id.0));
        Id(id)
    }

    fn attach(&mut self, id: u32, parent: u32) {
        self.node_mut(id).parent = parent;
        if parent != NONE {
            let first = std::mem::replace(&mut self.node_mut(parent).first, id);
            self.node_mut(id).next = first;
            self.node_mut(id).previous = NONE;
            if first != NONE {
                self.node_mut(first).previous = id;
            }
        }
        let hash = self.hash(parent, &self.node(id).name);
        let mut names = std::mem::take(&mut self.names);
        names.insert_unique(hash, id, |id| {
            let node = self.node(*id);
            self.hash(node.parent, &node.name)
        });
        self.names = names;
    }

    fn detach(&mut self, id: u32) {
        let node = self.node(id);
        let (parent, next, previous) = (node.parent, node.next, node.previous);
        let hash = self.hash(parent, &node.name);
        if let Ok(entry) = self.names.find_entry(hash, |found| *found == id) {
            entry.remove();
        }
        if previous != NONE {
            self.node_mut(previous).next = next;
        } else if parent != NONE {
            self.node_mut(parent).first = next;
        }
        if next != NONE {
            self.node_mut(next).previous = previous;
        }
        let node = self.node_mut(id);
        (node.next, node.previous) = (NONE, NONE);
    }

    /// Removes an entry without entries below it.
    pub fn remove(&mut self, id: Id) {
        self.detach(id.0);
        self.node_mut(id.0).name = Box::default();
        self.removed.push(id.0);
    }

    /// From now on the numbers of entries that were removed may be given to others.
    pub fn recycle(&mut self) {
        self.free.append(&mut self.removed);
    }

    /// Whether an entry was not removed; to be asked before [`Index::recycle`].
    pub fn is_alive(&self, id: Id) -> bool {
        !self.node(id.0).name.is_empty()
    }

    /// Renames an entry, with everything below it.
    pub fn rename(&mut self, id: Id, parent: Id, name: &[u8]) {
        self.detach(id.0);
        self.node_mut(id.0).name = name.into();
        self.attach(id.0, parent.0);
    }

    /// The entries of a directory.
    pub fn children(&self, id: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut at = self.node(id.0).first;
        while at != NONE {
            found.push(Id(at));
            at = self.node(at).next;
        }
        found
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
        Some(self.node(id.0).parent)
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
        &self.node(id.0).name
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
        self.node(id.0).facts
    }

    /// Notes what is known of it now.
    pub fn set_facts(&mut self, id: Id, facts: Facts) {
        self.node_mut(id.0).facts = facts;
    }

    /// The watch on a directory.
    pub fn watch(&self, id: Id) -> Option<Watch> {
        self.node(id.0).watch
    }

    /// Notes the watch on a directory.
    pub fn set_watch(&mut self, id: Id, watch: Option<Watch>) {
        self.node_mut(id.0).watch = watch;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn facts(ino: u64) -> Facts {
        Facts {
            file_type: FileType::File,
            size: 0,
            mtime: 0,
            ctime: 0,
            ino,
            is_fresh: false,
        }
    }

    #[test]
    fn an_entry_takes_at_most_a_hundred_bytes() {
        // A place in the table is five bytes, and at least seven sixteenths of the places are taken.
        assert!(size_of::<Node>() + 5 * 16 / 7 <= 100);
    }

    #[test]
    fn names_are_found_like_in_a_map() {
        let mut index = Index::default();
        let root = index.insert(None, b"top", facts(0));
        let other = index.insert(Some(root), b"d", facts(1));
        let mut model: BTreeMap<(bool, u64), u64> = BTreeMap::new();
        let mut seed = 12_345_u64;
        for step in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (which, name) = (seed >> 40 & 1 == 1, seed >> 50 & 63);
            let directory = |which| if which { other } else { root };
            let text = name.to_string();
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
        let id = index.insert(Some(other), b"x", facts(9));
        assert_eq!(index.path(id), b"top/d/x");
        assert_eq!(index.root(id), (root, 2));
    }
}
