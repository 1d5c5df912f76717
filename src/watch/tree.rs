//! The tree that is watched: the index, the watches, the rules of each directory, and the records that are made.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustix::io::Errno;

use super::index::{Facts, Id, Index};
use super::record::{Kind, Output, Reason, Record, Status};
use super::scope::Scope;
use crate::dirs::handle::join;
use crate::dirs::{Directory, Engine as Reading, FileType, Handle, Place, Stat};
use crate::error::Plain;
use crate::io::file_systems::{self, FileSystemKind};
use crate::io::inotify::{Inotify, Interest, Watch, is_out_of_watches};
use crate::select::{Problem, Rules};

/// Who is interested in a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum User {
    /// A directory in the index.
    Directory(Id),
    /// A root, by its number: a name in the directory decides where it leads.
    Root(usize),
}

/// How long a path may be for the system; see path_resolution(7).
const PATH_MAX: usize = 4000;

/// The tree that is watched.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) index: Index,
    pub(super) scope: Scope,
    /// The rules for the entries of a directory, if there are ignore files.
    pub(super) rules: HashMap<Id, Arc<Rules>>,
    pub(super) inotify: Option<Inotify>,
    /// Whether reading is reported.
    pub(super) reads: bool,
    /// Whether file systems decide how to watch.
    pub(super) checks_kinds: bool,
    pub(super) users: HashMap<Watch, Vec<User>>,
    /// Directories that are looked at from time to time.
    pub(super) polled: BTreeSet<Id>,
    pub(super) out: Vec<Output>,
    pub(super) listing_buffer: Vec<u8>,
    is_degraded: BTreeSet<&'static str>,
}

impl Tree {
    pub(super) fn new(
        scope: Scope,
        inotify: Option<Inotify>,
        reads: bool,
        checks_kinds: bool,
    ) -> Tree {
        Tree {
            index: Index::default(),
            scope,
            rules: HashMap::new(),
            inotify,
            reads,
            checks_kinds,
            users: HashMap::new(),
            polled: BTreeSet::new(),
            out: Vec::new(),
            listing_buffer: Vec::new(),
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
        let root = self.index.name(root);
        Place {
            path,
            name: (path.len() - name.len(), path.len()),
            below: root.len() + usize::from(!root.ends_with(b"/")),
            root,
            depth: depth + 1,
        }
    }

    /// Where an entry of the index is.
    pub(super) fn place_of<'a>(&'a self, id: Id, path: &'a [u8]) -> Place<'a> {
        match self.index.parent(id) {
            Some(parent) => self.place(parent, self.index.name(id), path),
            None => Place::root(path),
        }
    }

    /// The attributes of an entry, as they are now.
    pub(super) fn stat(&self, directory: Id, name: &[u8]) -> io::Result<Stat> {
        let path = self.path_in(directory, name);
        if path.len() < PATH_MAX {
            return Directory::working(Reading::Native).stat(&path, &path, false);
        }
        self.open(directory)?.stat(name, &path, false)
    }

    /// Opens a directory of the index.
    pub(super) fn open(&self, id: Id) -> io::Result<Directory> {
        let path = self.index.path(id);
        let is_root = self.index.parent(id).is_none();
        if path.len() < PATH_MAX {
            return Directory::open(&Handle::root(&path, is_root), Reading::Native);
        }
        let mut chain = vec![id];
        while let Some(parent) = self.index.parent(chain[chain.len() - 1]) {
            chain.push(parent);
        }
        let mut handle = Handle::root(self.index.name(chain[chain.len() - 1]), true);
        for id in chain.iter().rev().skip(1) {
            handle = handle.child(self.index.name(*id), false);
        }
        Directory::open(&handle, Reading::Native)
    }

    /// Reports a change, if it is selected.
    pub(super) fn report(
        &mut self,
        kind: Kind,
        id: Id,
        from: Option<Vec<u8>>,
        reason: Option<Reason>,
    ) {
        let path = self.index.path(id);
        let facts = self.index.facts(id);
        let place = self.place_of(id, &path);
        if self
            .scope
            .reports(place, facts.file_type, kind == Kind::Remove)
        {
            self.out.push(Output::Change(Record {
                kind,
                path,
                from,
                facts,
                reason,
            }));
        }
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
        let Some(users) = self.users.get_mut(&watch) else {
            return;
        };
        users.retain(|other| *other != user);
        if users.is_empty() {
            self.users.remove(&watch);
            if let Some(inotify) = &self.inotify {
                inotify.remove(watch);
            }
        }
    }

    /// Watches an open directory of the index, or has it looked at from time to time.
    pub(super) fn watch(&mut self, id: Id, directory: &Directory) {
        let descriptor = directory.descriptor();
        let Some((inotify, descriptor)) = self.inotify.as_ref().zip(descriptor) else {
            self.polled.insert(id);
            return;
        };
        if self.checks_kinds {
            let kind = file_systems::of_file(descriptor);
            // What is stacked on others is reported for files that are written here.
            if matches!(kind, Ok(FileSystemKind::Remote | FileSystemKind::Unknown)) {
                self.polled.insert(id);
                self.degrade("remote_fs", "remote_fs".to_owned(), id);
                return;
            }
        }
        let interest = Interest::Tree { reads: self.reads };
        match inotify.add_open(descriptor, interest) {
            Ok(watch) => {
                self.polled.remove(&id);
                self.index.set_watch(id, Some(watch));
                let users = self.users.entry(watch).or_default();
                if !users.contains(&User::Directory(id)) {
                    users.push(User::Directory(id));
                }
            }
            Err(error) => {
                self.polled.insert(id);
                let reason = match is_out_of_watches(&error) {
                    true => errno_name(&error),
                    false => Plain(&error).to_string(),
                };
                self.degrade("watches", reason, id);
            }
        }
    }

    /// Watches the directory of an anchor of a root.
    pub(super) fn watch_anchor(&mut self, directory: &[u8], root: usize) -> Option<Watch> {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(directory));
        let interest = Interest::Tree { reads: self.reads };
        let watch = self.inotify.as_ref()?.add(path, interest).ok()?;
        let users = self.users.entry(watch).or_default();
        if !users.contains(&User::Root(root)) {
            users.push(User::Root(root));
        }
        Some(watch)
    }

    /// Says once for each cause that part of the tree is polled.
    fn degrade(&mut self, cause: &'static str, reason: String, id: Id) {
        if self.is_degraded.insert(cause) {
            let path = self.index.path(id);
            self.out
                .push(Output::Status(Status::Degraded { path, reason }));
        }
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

    /// Adds an entry; its directory is in the index.
    pub(super) fn add(&mut self, directory: Id, name: &[u8], stat: &Stat) -> Id {
        self.index.insert(Some(directory), name, Facts::new(stat))
    }

    /// Whether an entry with this type is left out.
    pub(super) fn excludes(&self, directory: Id, name: &[u8], file_type: FileType) -> bool {
        let path = self.path_in(directory, name);
        let place = self.place(directory, name, &path);
        let rules = self.rules.get(&directory);
        self.scope
            .excludes(&place, file_type, rules.map(AsRef::as_ref))
    }

    /// Whether the entries of a directory of the index are in scope.
    pub(super) fn enters(&self, id: Id) -> bool {
        let path = self.index.path(id);
        self.scope.enters(&self.place_of(id, &path))
    }
}

fn errno_name(error: &io::Error) -> String {
    match Errno::from_io_error(error) {
        Some(Errno::NOSPC) => "ENOSPC".to_owned(),
        Some(Errno::MFILE) => "EMFILE".to_owned(),
        _ => Plain(error).to_string(),
    }
}
