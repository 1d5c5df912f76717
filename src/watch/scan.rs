//! Looking at directories: what is there is compared with the index.
//!
//! A directory is watched before it is listed, so nothing that comes later is missed; what comes in between is seen twice, and
//! the index tells. Names that have gone and names that are new are paired by inode: then the entry was renamed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::facts::Facts;
use super::index::Id;
use super::look::{Look, Seen, Task};
use super::record::{Kind, Reason};
use super::tree::Tree;
use crate::dirs::FileType;

/// What a pass reports of entries that the index did not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum New {
    /// They are new.
    Create,
    /// Nothing: they were there at the start.
    Exists,
    /// Nothing: rules have changed, not entries.
    Nothing,
}

/// A pass over some directories.
#[derive(Debug)]
pub(super) struct Pass {
    new: New,
    /// Whether directories that are in the index already are looked at, too.
    is_deep: bool,
    gone: Vec<Id>,
    fresh: Vec<Id>,
}

impl Pass {
    pub(super) fn new(new: New, is_deep: bool) -> Pass {
        Pass {
            new,
            is_deep,
            gone: Vec::new(),
            fresh: Vec::new(),
        }
    }
}

impl Tree {
    /// Compares what was seen of a directory with the index; adds directories below that are to be looked into to `left`.
    pub(super) fn compare(
        &mut self,
        task: &Task,
        look: &mut Look,
        pass: &mut Pass,
        left: &mut Vec<Task>,
    ) {
        let id = task.id;
        if let Some(watched) = look.watched.take() {
            self.watched(id, watched);
        }
        if let Some(error) = look.error.take() {
            self.missed(&look.path, &error);
        }
        self.warn(&look.problems);
        if !look.is_listed {
            return;
        }
        if let Some(rules) = &look.rules {
            self.rules.insert(id, Arc::clone(rules));
        }
        let is_new = !self.index.has_children(id);
        let mut unseen: HashSet<Id> = self.index.children(id).collect();
        let first = left.len();
        for (at, seen) in look.seen.drain(..).enumerate() {
            let (name, _) = look.listing.get(at);
            let known = match is_new {
                true => None,
                false => self.index.find(Some(id), name),
            };
            let (facts, file_system) = match seen {
                Seen::There(facts, file_system) => (facts, file_system),
                Seen::Excluded(file_type) => {
                    if let Some(known) = known.filter(|known| unseen.contains(known))
                        && self.index.facts(known).file_type == file_type
                    {
                        // The rules have changed, not the entry.
                        unseen.remove(&known);
                        self.drop_below(known, None);
                    }
                    continue;
                }
                Seen::Gone => continue,
                Seen::Failed => {
                    known.map(|known| unseen.remove(&known));
                    continue;
                }
            };
            let entered = match known {
                Some(known) => {
                    unseen.remove(&known);
                    self.compare_known(id, name, known, facts, pass)
                }
                None => Some(self.add_fresh(id, name, facts, pass)),
            };
            if let Some(entered) = entered.filter(|_| facts.is_directory()) {
                left.push(Task {
                    id: entered,
                    handle: task.handle.child(name, false),
                    root: Arc::clone(&task.root),
                    depth: task.depth + 1,
                    outer: look.rules.clone(),
                    is_watched: self.index.watch(entered).is_some(),
                    file_system: look.file_system.filter(|known| *known == file_system),
                });
            }
        }
        pass.gone.extend(unseen);
        left[first..].reverse();
    }

    /// Compares an entry with what is known of it. Returns the directory that it is if that is to be looked into.
    fn compare_known(
        &mut self,
        directory: Id,
        name: &[u8],
        known: Id,
        facts: Facts,
        pass: &mut Pass,
    ) -> Option<Id> {
        let before = self.index.facts(known);
        if before.is_same_file(&facts) {
            self.index.set_facts(known, facts);
            self.compare_looks(known, &before, &facts);
            let is_unwatched = self.inotify.is_some() && self.index.watch(known).is_none();
            return (pass.is_deep || is_unwatched).then_some(known);
        }
        if before.is_directory() || facts.is_directory() {
            self.drop_below(known, Some(None));
            return Some(self.add_fresh(directory, name, facts, pass));
        }
        self.index.set_facts(known, facts);
        self.report(Kind::Modify, known, None, Some(Reason::Replaced));
        None
    }

    fn add_fresh(&mut self, directory: Id, name: &[u8], facts: Facts, pass: &mut Pass) -> Id {
        let id = self.index.insert(Some(directory), name, facts);
        if pass.new != New::Exists {
            pass.fresh.push(id);
        }
        id
    }

    /// Reports what has changed of an entry between two looks.
    fn compare_looks(&mut self, id: Id, before: &Facts, now: &Facts) {
        if now.file_type == FileType::Directory {
            return;
        }
        if (before.size, before.mtime) != (now.size, now.mtime) {
            self.report(Kind::Modify, id, None, None);
        } else if before.ctime != now.ctime {
            self.report(Kind::Attrib, id, None, None);
        }
    }

    /// Reports what a pass has found: renames, what has gone, what is new.
    pub(super) fn end_pass(&mut self, pass: Pass) {
        let Pass {
            new,
            mut gone,
            mut fresh,
            ..
        } = pass;
        // Something else may have taken their place during the pass.
        gone.retain(|id| self.index.is_alive(*id));
        fresh.retain(|id| self.index.is_alive(*id));
        let mut by_inode: HashMap<(u64, FileType), Id> = HashMap::new();
        if !gone.is_empty() {
            for id in &fresh {
                let facts = self.index.facts(*id);
                by_inode.insert((facts.ino, facts.file_type), *id);
            }
        }
        let mut renamed: HashMap<Id, Id> = HashMap::new();
        let mut silent: HashSet<Id> = HashSet::new();
        // Only the topmost: what is below them comes with them.
        for top in gone {
            if !self.index.is_alive(top) {
                continue;
            }
            let below = self.index.below(top);
            for id in &below {
                let before = self.index.facts(*id);
                let found = by_inode.get(&(before.ino, before.file_type)).copied();
                let is_it = found.is_some_and(|found| {
                    let now = self.index.facts(found);
                    before.file_type == FileType::Directory
                        || (before.size, before.mtime) == (now.size, now.mtime)
                });
                if let Some(found) = found.filter(|_| is_it) {
                    renamed.insert(*id, found);
                    silent.insert(found);
                    by_inode.remove(&(before.ino, before.file_type));
                }
            }
            for id in below.iter().rev() {
                match renamed.get(id).copied() {
                    Some(found) => {
                        let parents = self.index.parent(*id).zip(self.index.parent(found));
                        let is_carried = parents
                            .is_some_and(|(before, now)| renamed.get(&before) == Some(&now))
                            && self.index.name(*id) == self.index.name(found);
                        if !is_carried {
                            let from = self.index.path(*id);
                            self.report(Kind::Rename, found, Some(from), None);
                        }
                    }
                    None => self.report(Kind::Remove, *id, None, None),
                }
            }
            for id in below.into_iter().rev() {
                self.forget(id);
                self.index.remove(id);
                renamed.remove(&id);
            }
        }
        if new == New::Create {
            fresh.retain(|id| !silent.contains(id));
            for id in fresh {
                self.report(Kind::Create, id, None, None);
                self.closed_before(id);
            }
        }
    }

    /// A file that was found by looking may have been closed before; if it is still written to, its end is reported again.
    fn closed_before(&mut self, id: Id) {
        if self.index.facts(id).file_type == FileType::File {
            self.report(Kind::Close, id, None, None);
        }
    }

    /// Reads the ignore files of a directory again, and of all below it.
    pub(super) fn reread_rules(&mut self, directory: Id) {
        let mut pass = Pass::new(New::Nothing, true);
        self.scan(directory, &mut pass);
        self.end_pass(pass);
    }
}
