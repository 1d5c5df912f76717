//! Looking at directories: what is there is compared with the index.
//!
//! A directory is watched before it is listed, so nothing that comes later is missed; what comes in between is seen twice, and
//! the index tells. Names that have gone and names that are new are paired by inode: then the entry was renamed.

use std::collections::{HashMap, HashSet};

use rustix::io::Errno;

use super::index::{Facts, Id};
use super::record::{Kind, Reason};
use super::tree::Tree;
use crate::dirs::{FileType, Listing, is_gone};

/// What a pass reports of entries that the index did not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum New {
    /// They are new.
    Create,
    /// They were there at the start.
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
    /// Looks at a directory and all below that are new to the index; with a deep pass, at all below.
    pub(super) fn scan(&mut self, directory: Id, pass: &mut Pass) {
        let mut left = vec![directory];
        while let Some(id) = left.pop() {
            if self.enters(id) {
                self.scan_one(id, pass, &mut left);
            }
        }
    }

    fn scan_one(&mut self, id: Id, pass: &mut Pass, left: &mut Vec<Id>) {
        let path = self.index.path(id);
        let directory = match self.open(id) {
            Ok(directory) => directory,
            Err(error) => {
                let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
                if !is_gone(&error) && !is_link {
                    self.missed(&path, &error);
                }
                return;
            }
        };
        if self.index.watch(id).is_none() {
            self.watch(id, &directory);
        }
        let mut listing = Listing::default();
        let mut buffer = std::mem::take(&mut self.listing_buffer);
        let listed = directory.list(&path, &mut buffer, &mut listing);
        self.listing_buffer = buffer;
        if let Err(error) = listed {
            if !is_gone(&error) {
                self.missed(&path, &error);
            }
            return;
        }
        listing.sort();
        self.enter_rules(id, &path, &listing);
        let mut unseen: HashSet<Id> = self.index.children(id).into_iter().collect();
        let mut below = Vec::new();
        for at in 0..listing.len() {
            let (name, listed_type) = listing.get(at);
            let known = self.index.find(Some(id), name);
            if listed_type != FileType::Unknown && self.excludes(id, name, listed_type) {
                if let Some(known) = known.filter(|known| unseen.contains(known))
                    && self.index.facts(known).file_type == listed_type
                {
                    // The rules have changed, not the entry.
                    unseen.remove(&known);
                    self.drop_below(known, None);
                }
                continue;
            }
            let Ok(stat) = directory.stat(name, &path, false) else {
                continue;
            };
            if listed_type != stat.file_type && self.excludes(id, name, stat.file_type) {
                continue;
            }
            let facts = Facts::new(&stat);
            match known {
                Some(known) => {
                    let before = self.index.facts(known);
                    if before.is_same_file(&facts) {
                        unseen.remove(&known);
                        self.index.set_facts(known, facts);
                        self.compare_looks(known, &before, &facts);
                        let is_directory = facts.file_type == FileType::Directory;
                        let is_unwatched = self.index.watch(known).is_none();
                        if is_directory
                            && (pass.is_deep || (is_unwatched && self.inotify.is_some()))
                        {
                            below.push(known);
                        }
                    } else if before.file_type != FileType::Directory
                        && facts.file_type != FileType::Directory
                    {
                        unseen.remove(&known);
                        self.index.set_facts(known, facts);
                        self.report(Kind::Modify, known, None, Some(Reason::Replaced));
                    } else {
                        unseen.remove(&known);
                        self.drop_below(known, Some(None));
                        let new = self.add(id, name, &stat);
                        pass.fresh.push(new);
                        if facts.file_type == FileType::Directory {
                            below.push(new);
                        }
                    }
                }
                None => {
                    let new = self.add(id, name, &stat);
                    pass.fresh.push(new);
                    if facts.file_type == FileType::Directory {
                        below.push(new);
                    }
                }
            }
        }
        pass.gone.extend(unseen);
        left.extend(below.into_iter().rev());
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

    /// The rules for the entries of a directory that was just listed.
    fn enter_rules(&mut self, id: Id, path: &[u8], listing: &Listing) {
        let Some(ignores) = &self.scope.ignores else {
            return;
        };
        let mut problems = Vec::new();
        let outer = match self.index.parent(id) {
            Some(parent) => self.rules.get(&parent).cloned(),
            None => Some(ignores.at_root(path, &mut problems)),
        };
        if let Some(outer) = outer {
            let (root, _) = self.index.root(id);
            let root = self.index.name(root);
            let start = root.len() + usize::from(!root.ends_with(b"/"));
            let below = path.get(start..).unwrap_or_default();
            let rules = outer.enter(path, below, listing, &mut problems);
            self.rules.insert(id, rules);
        }
        self.warn(&problems);
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
        let kind = match new {
            New::Create => Kind::Create,
            New::Exists => Kind::Exists,
            New::Nothing => return,
        };
        for id in fresh {
            if !silent.contains(&id) {
                self.report(kind, id, None, None);
                self.closed_before(kind, id);
            }
        }
    }

    /// A file that was found by looking may have been closed before; if it is still written to, its end is reported again.
    fn closed_before(&mut self, kind: Kind, id: Id) {
        if kind == Kind::Create && self.index.facts(id).file_type == FileType::File {
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
