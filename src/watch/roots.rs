//! The paths that are watched: they come, change and go, and lead elsewhere.

use super::facts::{self, Facts};
use super::index::Id;
use super::record::{Kind, Output, Reason, Status};
use super::resolve::{Resolved, resolve};
use super::scan::{New, Pass};
use super::users::User;
use super::watcher::Watcher;
use crate::dirs::Stat;
use crate::io::inotify::Kinds;

impl Watcher {
    pub(super) fn root_of(&self, id: Id) -> Option<usize> {
        self.roots.iter().position(|root| root.node == Some(id))
    }

    /// Finds out where a path leads now, watches the names that decide it, and reports what has changed.
    pub(super) fn check_root(&mut self, root: usize, kinds: Kinds, new: New) {
        let path = self.roots[root].path.clone();
        let mut resolved = resolve(&path);
        while self.watch_anchors(root, &resolved) {
            // A name may have changed before it was watched.
            resolved = resolve(&path);
        }
        let known = self.roots[root].node;
        match (known, resolved.found) {
            (None, Ok(stat)) => self.root_appears(root, &stat, new),
            (Some(id), Ok(stat)) => self.root_stays(root, id, &stat, kinds),
            (Some(id), Err(_)) => {
                let is_directory = self.tree.index.facts(id).is_directory();
                self.tree.drop_below(id, Some(None));
                self.roots[root].node = None;
                if is_directory {
                    self.tree
                        .out
                        .push(Output::Status(Status::RootGone { path }));
                }
            }
            (None, Err(_)) => {}
        }
    }

    fn root_appears(&mut self, root: usize, stat: &Stat, new: New) {
        let path = self.roots[root].path.clone();
        let facts = Facts::new(stat, facts::now());
        let id = self.tree.index.insert(None, &path, facts);
        self.roots[root].node = Some(id);
        self.roots[root].device = stat.dev;
        let is_directory = facts.is_directory();
        if new == New::Create && is_directory {
            self.tree
                .out
                .push(Output::Status(Status::RootBack { path }));
        }
        if new == New::Create {
            self.tree.report(Kind::Create, id, None, None);
        }
        if is_directory {
            let mut pass = Pass::new(new, true);
            self.tree.scan(id, &mut pass);
            self.tree.end_pass(pass);
        }
    }

    fn root_stays(&mut self, root: usize, id: Id, stat: &Stat, kinds: Kinds) {
        let (before, now) = (self.tree.index.facts(id), Facts::new(stat, facts::now()));
        let is_same = before.is_same_file(&now)
            && self.roots[root].device == stat.dev
            && !kinds.has(Kinds::DELETED.and(Kinds::MOVED_TO));
        let are_directories = before.is_directory() && now.is_directory();
        self.roots[root].device = stat.dev;
        self.tree.index.set_facts(id, now);
        if are_directories {
            let is_watched = self.tree.index.watch(id).is_some() || self.tree.inotify.is_none();
            if is_same && is_watched {
                return;
            }
            for id in self.tree.index.below(id) {
                self.tree.forget(id);
            }
            let mut pass = Pass::new(New::Create, true);
            self.tree.scan(id, &mut pass);
            self.tree.end_pass(pass);
        } else if is_same {
            self.tree.change(id, &before, &now, kinds);
            if kinds == Kinds::default() && (before.size, before.mtime) != (now.size, now.mtime) {
                self.tree.report(Kind::Modify, id, None, None);
            }
        } else if !before.is_directory() && !now.is_directory() {
            self.tree
                .report(Kind::Modify, id, None, Some(Reason::Replaced));
            if kinds.has(Kinds::CLOSED) {
                self.tree.report(Kind::Close, id, None, None);
            }
        } else {
            self.tree.index.set_facts(id, before);
            self.tree.drop_below(id, Some(None));
            self.root_appears(root, stat, New::Create);
        }
    }

    /// Watches the directories of the anchors of a root; whether one is newly watched.
    fn watch_anchors(&mut self, root: usize, resolved: &Resolved) -> bool {
        if self.tree.inotify.is_none() {
            self.roots[root].is_polled = true;
            return false;
        }
        let user = u32::try_from(root).expect("arguments take more than a byte each");
        let before = std::mem::take(&mut self.roots[root].anchors);
        let mut anchors = Vec::new();
        let mut is_polled = false;
        for anchor in &resolved.anchors {
            match self.tree.watch_anchor(&anchor.directory, user) {
                Some(watch) => anchors.push((watch, anchor.name.clone())),
                None => is_polled = true,
            }
        }
        let is_new = anchors
            .iter()
            .any(|(watch, _)| before.iter().all(|(known, _)| known != watch));
        for (watch, _) in before {
            if anchors.iter().all(|(known, _)| *known != watch) {
                self.tree.release(watch, User::Root(user));
            }
        }
        self.roots[root].anchors = anchors;
        self.roots[root].is_polled = is_polled;
        is_new
    }
}
