//! The tree that is watched: the index, the watches, the rules of each directory, and the records that are made.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::facts::{self, Facts};
use super::index::{Id, Index};
use super::look::{self, Ground, Task, Watched};
use super::record::{Kind, Output, Reason, Record, Status};
use super::saving::{self, Written};
use super::scope::Scope;
use super::users::{User, Users};
use crate::dirs::handle::join;
use crate::dirs::{DescriptorBudget, Directory, Engine, FileType, Handle, Place};
use crate::error::Plain;
use crate::io::inotify::{Inotify, Interest, Watch};
use crate::io::limits;
use crate::select::{Problem, Rules};

/// How long a path may be for the system; see path_resolution(7).
const PATH_MAX: usize = 4000;

/// The most directories that are kept open for those below them.
const MOST_OPEN: usize = 512;

/// Why a directory is looked at although it could be watched.
const REMOTE: &str = "remote_fs";

/// The tree that is watched.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) index: Index,
    pub(super) ground: Arc<Ground>,
    /// The rules for the entries of a directory, if there are ignore files.
    pub(super) rules: HashMap<Id, Arc<Rules>>,
    pub(super) inotify: Option<Inotify>,
    pub(super) users: Users,
    /// Directories that are looked at from time to time.
    pub(super) polled: BTreeSet<Id>,
    /// Names that were written of late.
    pub(super) written: Written,
    pub(super) out: Vec<Output>,
    is_degraded: BTreeSet<&'static str>,
}

impl Tree {
    pub(super) fn new(
        scope: Scope,
        inotify: Option<Inotify>,
        reads: bool,
        checks_kinds: bool,
    ) -> Tree {
        let free = usize::try_from(limits::open_files()).unwrap_or(usize::MAX);
        let ground = Ground {
            scope,
            watches: inotify.as_ref().map(|inotify| inotify.watches().clone()),
            reads,
            checks_kinds,
            descriptors: DescriptorBudget::new((free / 2).min(MOST_OPEN)),
        };
        Tree {
            index: Index::default(),
            ground: Arc::new(ground),
            rules: HashMap::new(),
            inotify,
            users: Users::default(),
            polled: BTreeSet::new(),
            written: Written::default(),
            out: Vec::new(),
            is_degraded: BTreeSet::new(),
        }
    }

    /// The path of an entry of a directory.
    pub(super) fn path_in(&self, directory: Id, name: &[u8]) -> Vec<u8> {
        let mut path = self.index.path(directory);
        join(&mut path, name);
        path
    }

    /// Where an entry of a directory is; `path` is its path.
    pub(super) fn place<'a>(&'a self, directory: Id, name: &[u8], path: &'a [u8]) -> Place<'a> {
        let (root, depth) = self.index.root(directory);
        let start = path.len() - name.len();
        look::place(self.index.name(root), path, start, depth + 1)
    }

    /// Where an entry of the index is.
    pub(super) fn place_of<'a>(&'a self, id: Id, path: &'a [u8]) -> Place<'a> {
        match self.index.parent(id) {
            Some(parent) => self.place(parent, self.index.name(id), path),
            None => Place::root(path),
        }
    }

    /// What is known of an entry, as it is now.
    pub(super) fn stat(&self, directory: Id, name: &[u8]) -> io::Result<Facts> {
        let path = self.path_in(directory, name);
        let looked = facts::now();
        let stat = match path.len() < PATH_MAX {
            true => Directory::working(Engine::Native).stat(&path, &path, false),
            false => {
                Directory::open(&self.handle(directory), Engine::Native)?.stat(name, &path, false)
            }
        };
        Ok(Facts::new(&stat?, looked))
    }

    /// A directory of the index, to be opened.
    fn handle(&self, id: Id) -> Arc<Handle> {
        let path = self.index.path(id);
        let is_root = self.index.parent(id).is_none();
        if path.len() < PATH_MAX {
            return Handle::root(&path, is_root);
        }
        let mut chain = vec![id];
        while let Some(parent) = self.index.parent(chain[chain.len() - 1]) {
            chain.push(parent);
        }
        let mut handle = Handle::root(self.index.name(chain[chain.len() - 1]), true);
        for id in chain.iter().rev().skip(1) {
            handle = handle.child(self.index.name(*id), false);
        }
        handle
    }

    /// A directory of the index, to be looked into.
    pub(super) fn task(&mut self, id: Id) -> Task {
        let (root, depth) = self.index.root(id);
        let outer = match (&self.ground.scope.ignores, self.index.parent(id)) {
            (None, _) => None,
            (Some(_), Some(parent)) => self.rules.get(&parent).cloned(),
            (Some(ignores), None) => {
                let mut problems = Vec::new();
                let rules = ignores.at_root(self.index.name(root), &mut problems);
                self.warn(&problems);
                Some(rules)
            }
        };
        Task {
            id,
            handle: self.handle(id),
            root: self.index.name(root).into(),
            depth,
            outer,
            is_watched: self.index.watch(id).is_some(),
            file_system: None,
        }
    }

    /// A change as a record, if it is selected.
    pub(super) fn record(
        &self,
        kind: Kind,
        id: Id,
        from: Option<Vec<u8>>,
        reason: Option<Reason>,
    ) -> Option<Record> {
        let path = self.index.path(id);
        let facts = self.index.facts(id);
        let place = self.place_of(id, &path);
        let is_gone = kind == Kind::Remove;
        let is_selected = self.ground.scope.reports(place, facts.file_type, is_gone);
        let may_return = match (kind, &from) {
            (Kind::Rename, Some(from)) => {
                saving::is_backup(&path, from) || self.is_other_written(id)
            }
            (Kind::Remove, _) => reason == Some(Reason::MovedOut) || self.is_other_written(id),
            _ => false,
        };
        is_selected.then_some(Record {
            kind,
            path,
            from,
            facts,
            reason,
            may_return,
        })
    }

    /// Whether something else in the directory was written just now; of what is beside a root nothing is known.
    fn is_other_written(&self, id: Id) -> bool {
        let name = self.index.name(id);
        self.index
            .parent(id)
            .is_none_or(|parent| self.written.has_other(parent, name, Instant::now()))
    }

    /// Reports a change, if it is selected.
    pub(super) fn report(
        &mut self,
        kind: Kind,
        id: Id,
        from: Option<Vec<u8>>,
        reason: Option<Reason>,
    ) {
        let record = self.record(kind, id, from, reason);
        self.out.extend(record.map(Output::Change));
    }

    /// Removes an entry and everything below it, the deepest first, with the watches; reports it if there is a reason to.
    pub(super) fn drop_below(&mut self, id: Id, report: Option<Option<Reason>>) {
        for id in self.index.below(id).into_iter().rev() {
            if let Some(reason) = report {
                self.report(Kind::Remove, id, None, reason);
            }
            self.forget(id);
            self.index.remove(id);
        }
    }

    /// Stops watching a directory.
    pub(super) fn forget(&mut self, id: Id) {
        self.polled.remove(&id);
        self.rules.remove(&id);
        if let Some(watch) = self.index.watch(id) {
            self.index.set_watch(id, None);
            self.release(watch, User::Directory(id));
        }
    }

    /// A user of a watch needs it no more.
    pub(super) fn release(&mut self, watch: Watch, user: User) {
        if self.users.remove(watch, user)
            && let Some(inotify) = &self.inotify
        {
            inotify.remove(watch);
        }
    }

    /// Notes what has become of the watch on a directory.
    pub(super) fn watched(&mut self, id: Id, watched: Watched) {
        let (cause, reason) = match watched {
            Watched::Newly(watch) => {
                self.polled.remove(&id);
                self.index.set_watch(id, Some(watch));
                return self.users.add(watch, User::Directory(id));
            }
            Watched::Never => ("", String::new()),
            Watched::Remote => (REMOTE, REMOTE.to_owned()),
            Watched::Failed(reason) => ("watches", reason),
        };
        self.polled.insert(id);
        // Once for each cause.
        if !cause.is_empty() && self.is_degraded.insert(cause) {
            let path = self.index.path(id);
            self.out
                .push(Output::Status(Status::Degraded { path, reason }));
        }
    }

    /// Watches the directory of an anchor of a root.
    pub(super) fn watch_anchor(&mut self, directory: &[u8], root: u32) -> Option<Watch> {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(directory));
        let reads = self.ground.reads;
        let watch = self.inotify.as_ref()?.add(path, Interest::Tree { reads });
        let watch = watch.ok()?;
        self.users.add(watch, User::Root(root));
        Some(watch)
    }

    /// Reports ignore rules that do not apply.
    pub(super) fn warn(&mut self, problems: &[Problem]) {
        for problem in problems {
            let text = problem.to_string();
            self.out.push(match problem.is_unread {
                true => Output::Missed(text),
                false => Output::Warning(text),
            });
        }
    }

    /// Reports that something could not be read.
    pub(super) fn missed(&mut self, path: &[u8], error: &io::Error) {
        let path = String::from_utf8_lossy(path);
        let message = format!("{path}: {}", Plain(error));
        self.out.push(Output::Missed(message));
    }

    /// Whether an entry with this type is left out.
    pub(super) fn excludes(&self, directory: Id, name: &[u8], file_type: FileType) -> bool {
        let scope = &self.ground.scope;
        if !scope.excludes_some() {
            return false;
        }
        let path = self.path_in(directory, name);
        let place = self.place(directory, name, &path);
        let rules = self.rules.get(&directory);
        scope.excludes(&place, file_type, rules.map(AsRef::as_ref))
    }
}
