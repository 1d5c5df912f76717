//! What the kernel reports, compared with the index.
//!
//! Events only say where to look. All that is queued is read before anything is looked at; then each name that an event is about
//! is looked at once. Renames are the exception: their two halves have a number in common, and the index follows at once.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::facts::Facts;
use super::index::Id;
use super::record::{Kind, Reason};
use super::scan::{New, Pass};
use super::tree::Tree;
use crate::dirs::{FileType, is_gone};
use crate::io::inotify::Kinds;

/// How long the first half of a rename waits for the second.
const PAIRING: Duration = Duration::from_millis(20);

/// `ELOOP`.
const LOOP: i32 = rustix::io::Errno::LOOP.raw_os_error();

/// What events were about, until it is looked at.
#[derive(Debug, Default)]
pub(super) struct Batch {
    touched: Vec<(Id, Vec<u8>, Kinds)>,
    places: HashMap<(Id, Vec<u8>), usize>,
    moved: Vec<Moved>,
    /// Directories whose ignore files have changed.
    rules: Vec<Id>,
}

/// The first half of a rename.
#[derive(Debug)]
struct Moved {
    cookie: u32,
    directory: Id,
    name: Vec<u8>,
    known: Option<Id>,
    /// What else has happened to it before.
    kinds: Kinds,
    until: Instant,
}

impl Batch {
    fn touch(&mut self, directory: Id, name: &[u8], kinds: Kinds) {
        let next = self.touched.len();
        let place = self.places.entry((directory, name.to_vec()));
        let at = place.or_insert(next);
        match self.touched.get_mut(*at) {
            // What came in between was before the end of the name: an editor removes its backup once the file is written.
            Some((.., known)) if kinds.has(Kinds::DELETED) && *at + 1 < next => {
                let all = std::mem::take(known).and(kinds);
                *at = next;
                self.touched.push((directory, name.to_vec(), all));
            }
            Some((.., known)) => *known = known.and(kinds),
            None => self.touched.push((directory, name.to_vec(), kinds)),
        }
    }

    fn take(&mut self, directory: Id, name: &[u8]) -> Kinds {
        let place = self.places.get(&(directory, name.to_vec()));
        place.map_or(Kinds::default(), |at| {
            std::mem::take(&mut self.touched[*at].2)
        })
    }

    /// When a half of a rename has waited for long enough.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.moved.iter().map(|moved| moved.until).min()
    }
}

impl Tree {
    /// Takes an event about an entry of a directory of the index.
    pub(super) fn take(
        &mut self,
        batch: &mut Batch,
        directory: Id,
        name: &[u8],
        kinds: Kinds,
        cookie: u32,
    ) {
        if name == b".gitignore" && self.ground.scope.pruning.reads_gitignore {
            batch.rules.push(directory);
        }
        let writing = Kinds::CREATED
            .and(Kinds::MODIFIED)
            .and(Kinds::CLOSED)
            .and(Kinds::MOVED_TO);
        if kinds.has(writing) && !kinds.has(Kinds::DIRECTORY) {
            self.written.note(directory, name, Instant::now());
        }
        if kinds.has(Kinds::MOVED_FROM) {
            let moved = Moved {
                cookie,
                directory,
                name: name.to_vec(),
                known: self.index.find(Some(directory), name),
                kinds: batch.take(directory, name),
                until: Instant::now() + PAIRING,
            };
            batch.moved.push(moved);
            return;
        }
        // Its first half is nearly always the last that came.
        let first = batch.moved.iter().rposition(|moved| moved.cookie == cookie);
        match first {
            Some(at) if kinds.has(Kinds::MOVED_TO) => {
                let moved = batch.moved.remove(at);
                self.rename(batch, &moved, directory, name, kinds);
            }
            _ => batch.touch(directory, name, kinds),
        }
    }

    fn rename(
        &mut self,
        batch: &mut Batch,
        moved: &Moved,
        directory: Id,
        name: &[u8],
        kinds: Kinds,
    ) {
        let renewed = Kinds::CREATED.and(Kinds::DELETED).and(Kinds::MOVED_TO);
        let known = moved.known.filter(|known| {
            self.index.is_alive(*known)
                && self.index.is_alive(moved.directory)
                && self.index.find(Some(moved.directory), &moved.name) == Some(*known)
        });
        let Some(source) = known.filter(|_| !moved.kinds.has(renewed)) else {
            // It is not known yet, or what is known of it has gone before.
            if known.is_some() {
                batch.touch(moved.directory, &moved.name, moved.kinds);
            }
            return batch.touch(directory, name, moved.kinds.and(kinds));
        };
        let file_type = self.index.facts(source).file_type;
        if self.excludes(directory, name, file_type) {
            return self.drop_below(source, Some(Some(Reason::MovedOut)));
        }
        let target = self.index.find(Some(directory), name);
        if target == Some(source) {
            return;
        }
        batch.take(directory, name);
        let replaced = target
            .filter(|_| file_type != FileType::Directory)
            .is_some();
        if let Some(target) = target {
            // A directory may have lost its entries just before.
            let is_directory = self.index.facts(target).file_type == FileType::Directory;
            self.drop_below(target, is_directory.then_some(None));
        }
        let from = self.index.path(source);
        self.index.rename(source, directory, name);
        if let Ok(facts) = self.stat(directory, name)
            && facts.ino == self.index.facts(source).ino
        {
            self.index.set_facts(source, facts);
        }
        match replaced {
            true => self.report(Kind::Modify, source, Some(from), Some(Reason::Replaced)),
            false => self.report(Kind::Rename, source, Some(from), None),
        }
        // What was written before belongs to the replacement.
        let kinds = match replaced {
            true => moved.kinds.only(Kinds::CLOSED),
            false => moved.kinds,
        };
        batch.touch(directory, name, kinds);
        let scope = &self.ground.scope;
        let has_limits = scope.depth != u32::MAX || scope.ignores.is_some();
        if file_type == FileType::Directory && has_limits {
            self.reread_rules(source);
        }
    }

    /// Looks at everything that events were about.
    pub(super) fn settle(&mut self, batch: &mut Batch, now: Instant) {
        while let Some(at) = batch.moved.iter().position(|moved| moved.until <= now) {
            let moved = batch.moved.remove(at);
            let kinds = moved.kinds.and(Kinds::MOVED_FROM);
            batch.touch(moved.directory, &moved.name, kinds);
        }
        batch.places.clear();
        for (directory, name, kinds) in std::mem::take(&mut batch.touched) {
            if kinds == Kinds::default() || !self.index.is_alive(directory) {
                continue;
            }
            let awaited = |moved: &Moved| {
                (moved.directory, &moved.name) == (directory, &name) && moved.known.is_some()
            };
            if let Some(at) = batch.moved.iter().position(awaited)
                && self.stat(directory, &name).is_ok()
            {
                // The name is taken again; what had it has gone elsewhere, and is missed from now on.
                batch.moved.remove(at);
            }
            self.look(directory, &name, kinds);
        }
        for directory in std::mem::take(&mut batch.rules) {
            if self.index.is_alive(directory) {
                self.reread_rules(directory);
            }
        }
        if batch.moved.is_empty() {
            self.index.recycle();
        }
    }

    /// Looks at an entry to which something has happened.
    fn look(&mut self, directory: Id, name: &[u8], kinds: Kinds) {
        let known = self.index.find(Some(directory), name);
        let now = match self.stat(directory, name) {
            Ok(now) => now,
            // A link that leads in a circle has taken the place of a directory above.
            Err(error) if is_gone(&error) || error.raw_os_error() == Some(LOOP) => {
                let reason = kinds.has(Kinds::MOVED_FROM).then_some(Reason::MovedOut);
                if let Some(known) = known {
                    self.drop_below(known, Some(reason));
                }
                return;
            }
            Err(error) => {
                let path = self.path_in(directory, name);
                return self.missed(&path, &error);
            }
        };
        if self.excludes(directory, name, now.file_type) {
            if let Some(known) = known {
                self.drop_below(known, Some(None));
            }
            return;
        }
        let Some(known) = known else {
            let reason = kinds.has(Kinds::MOVED_TO).then_some(Reason::MovedIn);
            return self.appear(directory, name, now, kinds, reason);
        };
        let before = self.index.facts(known);
        let renewed = Kinds::DELETED.and(Kinds::MOVED_FROM).and(Kinds::MOVED_TO);
        let is_directory = before.is_directory() || now.is_directory();
        if before.is_same_file(&now) && !kinds.has(renewed) {
            self.index.set_facts(known, now);
            return self.change(known, &before, &now, kinds);
        }
        if is_directory {
            let is_there = before.is_same_file(&now) && self.index.watch(known).is_some();
            if is_there && !kinds.has(Kinds::DELETED) {
                return;
            }
            self.drop_below(known, Some(None));
            return self.appear(directory, name, now, kinds, None);
        }
        self.index.set_facts(known, now);
        self.report(Kind::Modify, known, None, Some(Reason::Replaced));
        self.closed(known, kinds);
    }

    fn appear(
        &mut self,
        directory: Id,
        name: &[u8],
        facts: Facts,
        kinds: Kinds,
        reason: Option<Reason>,
    ) {
        let id = self.index.insert(Some(directory), name, facts);
        self.report(Kind::Create, id, None, reason);
        if facts.is_directory() {
            let mut pass = Pass::new(New::Create, false);
            self.scan(id, &mut pass);
            self.end_pass(pass);
        } else {
            self.closed(id, kinds);
        }
    }

    fn closed(&mut self, id: Id, kinds: Kinds) {
        if kinds.has(Kinds::CLOSED) {
            self.report(Kind::Close, id, None, None);
        }
    }

    /// Reports what has happened to an entry that is still the same.
    pub(super) fn change(&mut self, id: Id, before: &Facts, now: &Facts, kinds: Kinds) {
        let is_changed = !now.is_unchanged_since(before);
        if now.file_type == FileType::Directory {
            if kinds.has(Kinds::ATTRIBUTES) && is_changed {
                self.report(Kind::Attrib, id, None, None);
            }
            if self.index.watch(id).is_none() && self.inotify.is_some() {
                // The kernel has removed the watch: it is another directory with the same inode.
                let mut pass = Pass::new(New::Create, true);
                self.scan(id, &mut pass);
                self.end_pass(pass);
            }
        } else {
            if kinds.has(Kinds::MODIFIED) && is_changed {
                self.report(Kind::Modify, id, None, None);
            }
            if kinds.has(Kinds::ATTRIBUTES) && is_changed {
                self.report(Kind::Attrib, id, None, None);
            }
            self.closed(id, kinds);
        }
        // Directories are listed by the watcher itself.
        if kinds.has(Kinds::READ) && now.file_type != FileType::Directory {
            self.report(Kind::Access, id, None, None);
        }
    }
}
