//! Watches over some paths: reads what the kernel reports, looks where it reports nothing, and finds what was lost.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use super::compare::Batch;
use super::hold::Hold;
use super::index::{Facts, Id, Index};
use super::record::{Kind, Output, Reason, Record, Status};
use super::root::{Resolved, resolve};
use super::scan::{New, Pass};
use super::scope::Scope;
use super::tree::{Tree, User};
use crate::dirs::{FileType, Stat};
use crate::io::inotify::{Event, Inotify, Kinds, Watch};
use crate::io::wait::{self, Interest, Wakers, Woken};

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By the kernel's reports; where these are incomplete, by looking from time to time.
    Auto,
    /// By the kernel's reports, on any file system.
    Inotify,
    /// By looking from time to time.
    Poll,
}

/// What to watch, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The paths to be watched.
    pub roots: Vec<Vec<u8>>,
    /// How changes are noticed.
    pub engine: Engine,
    /// The time between two looks at what is not reported.
    pub interval: Duration,
    /// Whether reading is reported.
    pub reads: bool,
}

/// How a pause has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Something may have happened.
    Over,
    /// SIGUSR1 came.
    Asked,
    /// A signal asks to stop, or the reader has gone.
    Stopped,
}

/// Watches over some paths.
#[derive(Debug)]
pub struct Watcher {
    tree: Tree,
    roots: Vec<Root>,
    batch: Batch,
    hold: Hold,
    interval: Duration,
    next_poll: Instant,
    /// Until when the kernel's reports may wait, since one file changes all the time.
    quiet_until: Option<Instant>,
    events: Vec<Event>,
}

/// A path that is watched.
#[derive(Debug)]
struct Root {
    path: Vec<u8>,
    node: Option<Id>,
    device: u64,
    anchors: Vec<(Watch, Vec<u8>)>,
    /// Whether a directory on the way cannot be watched.
    is_polled: bool,
}

/// How long reports wait while one file changes all the time.
const BUSY: Duration = Duration::from_millis(10);

impl Watcher {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// If the kernel reports nothing although that was asked for.
    pub fn new(options: &Options, scope: Scope) -> io::Result<Watcher> {
        let inotify = match options.engine {
            Engine::Poll => None,
            Engine::Inotify => Some(Inotify::new()?),
            Engine::Auto => Inotify::new().ok(),
        };
        let is_auto = options.engine == Engine::Auto;
        let roots = options.roots.iter().map(|path| Root {
            path: path.clone(),
            node: None,
            device: 0,
            anchors: Vec::new(),
            is_polled: false,
        });
        Ok(Watcher {
            tree: Tree::new(scope, inotify, options.reads, is_auto),
            roots: roots.collect(),
            batch: Batch::default(),
            hold: Hold::default(),
            interval: options.interval,
            next_poll: Instant::now() + options.interval,
            quiet_until: None,
            events: Vec::new(),
        })
    }

    /// Watches everything, and looks at what is there.
    pub fn start(&mut self) {
        for root in 0..self.roots.len() {
            self.check_root(root, Kinds::default(), New::Exists);
        }
        self.next_poll = Instant::now() + self.interval;
    }

    /// The number of watches.
    pub fn watches(&self) -> usize {
        self.tree.users.len()
    }

    /// The number of directories that are looked at from time to time.
    pub fn polled(&self) -> usize {
        self.tree.polled.len()
    }

    /// What is known of the entries.
    pub fn index(&self) -> &Index {
        &self.tree.index
    }

    /// The number of paths that are watched.
    pub fn roots(&self) -> usize {
        self.roots.len()
    }

    /// The paths that are there, in the index.
    pub fn root_ids(&self) -> Vec<Id> {
        self.roots.iter().filter_map(|root| root.node).collect()
    }

    /// Whether nothing waits to be reported.
    pub fn is_settled(&self) -> bool {
        self.batch.deadline().is_none() && self.hold.deadline().is_none()
    }

    /// The paths of all regular files.
    pub fn files(&self) -> impl Iterator<Item = Vec<u8>> {
        let index = &self.tree.index;
        let below = self.root_ids().into_iter();
        let below = below.flat_map(|root| index.below(root));
        below
            .filter(|id| index.facts(*id).file_type == FileType::File)
            .map(|id| index.path(id))
    }

    /// Whether every path is there.
    pub fn are_all_there(&self) -> bool {
        self.roots.iter().all(|root| root.node.is_some())
    }

    /// The paths that are not there.
    pub fn missing(&self) -> impl Iterator<Item = &[u8]> {
        let missing = self.roots.iter().filter(|root| root.node.is_none());
        missing.map(|root| &*root.path)
    }

    /// Waits until something may have happened, at most until the deadline; also for `others`.
    ///
    /// # Errors
    /// Those of poll(2).
    pub fn pause(&self, deadline: Option<Instant>, others: Vec<Interest<'_>>) -> io::Result<Pause> {
        let deadlines = [deadline, self.deadline(), self.quiet_until];
        let mut interests = others;
        if let Some(inotify) = self.tree.inotify.as_ref()
            && self.quiet_until.is_none()
        {
            interests.push(Interest::read(inotify));
        }
        let wakers = Wakers {
            stop_signals: true,
            progress: true,
            reader: true,
            event: None,
            deadline: deadlines.into_iter().flatten().min(),
        };
        Ok(match wait::wait(&mut interests, &wakers)? {
            Woken::StopSignal | Woken::ReaderGone => Pause::Stopped,
            Woken::Progress => Pause::Asked,
            Woken::Event | Woken::Ready | Woken::Deadline => Pause::Over,
        })
    }

    fn deadline(&self) -> Option<Instant> {
        let polls = !self.tree.polled.is_empty()
            || self.tree.inotify.is_none()
            || self.roots.iter().any(|root| root.is_polled);
        let poll = polls.then_some(self.next_poll);
        let deadlines = [poll, self.batch.deadline(), self.hold.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Takes what has happened; what is to be reported goes to `out`.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn collect(&mut self, out: &mut Vec<Output>) -> io::Result<()> {
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        if let Some(inotify) = &mut self.tree.inotify {
            inotify.drain(&mut events)?;
        }
        let mut roots: BTreeMap<usize, Kinds> = BTreeMap::new();
        let mut has_overflowed = false;
        for event in &events {
            match event.kinds {
                kinds if kinds.has(Kinds::OVERFLOW) => has_overflowed = true,
                kinds if kinds.has(Kinds::UNWATCHED) => self.unwatched(event.watch, &mut roots),
                _ => self.take(event, &mut roots),
            }
        }
        let now = Instant::now();
        self.tree.settle(&mut self.batch, now);
        for (root, kinds) in roots {
            self.check_root(root, kinds, New::Create);
        }
        self.events = events;
        if has_overflowed {
            self.tree.out.push(Output::Status(Status::Overflow));
            self.rescan();
        }
        if self.next_poll <= now {
            self.poll();
            self.next_poll = Instant::now() + self.interval;
        }
        self.fold(Instant::now(), out);
        let is_busy = self.hold.is_busy() && !self.events.is_empty();
        self.quiet_until = is_busy.then(|| Instant::now() + BUSY);
        Ok(())
    }

    /// Passes on what was found, through the fold.
    fn fold(&mut self, now: Instant, out: &mut Vec<Output>) {
        let mut records: Vec<Record> = Vec::new();
        for output in std::mem::take(&mut self.tree.out) {
            match output {
                Output::Change(record) => self.hold.put(record, now, &mut records),
                other => {
                    out.extend(records.drain(..).map(Output::Change));
                    out.push(other);
                }
            }
        }
        self.hold.due(now, &mut records);
        out.extend(records.into_iter().map(Output::Change));
    }

    /// Takes what the start has found.
    pub fn take_found(&mut self, out: &mut Vec<Output>) {
        out.append(&mut self.tree.out);
    }

    /// What is still held back, at the end.
    pub fn finish(&mut self, out: &mut Vec<Output>) {
        let mut records = Vec::new();
        self.hold.finish(&mut records);
        out.extend(records.into_iter().map(Output::Change));
    }

    fn take(&mut self, event: &Event, roots: &mut BTreeMap<usize, Kinds>) {
        let users = self.tree.users.get(&event.watch).cloned();
        for user in users.unwrap_or_default() {
            match (user, &event.name) {
                (User::Directory(id), Some(name)) => {
                    self.tree
                        .take(&mut self.batch, id, name, event.kinds, event.cookie);
                }
                (User::Directory(id), None) => {
                    if event.kinds.has(Kinds::SELF_GONE)
                        && let Some(root) = self.root_of(id)
                    {
                        roots.entry(root).or_default();
                    }
                }
                (User::Root(root), name) => {
                    let anchors = &self.roots[root].anchors;
                    let concerns = |name: &Vec<u8>| {
                        anchors
                            .iter()
                            .any(|(watch, anchor)| *watch == event.watch && anchor == name)
                    };
                    let is_last = anchors.last().is_some_and(|(watch, anchor)| {
                        *watch == event.watch && Some(anchor) == name.as_ref()
                    });
                    if name.as_ref().is_none_or(concerns) {
                        let kinds = roots.entry(root).or_default();
                        if is_last {
                            *kinds = kinds.and(event.kinds);
                        }
                    }
                }
            }
        }
    }

    fn root_of(&self, id: Id) -> Option<usize> {
        self.roots.iter().position(|root| root.node == Some(id))
    }

    /// The kernel has removed a watch, with the directory.
    fn unwatched(&mut self, watch: Watch, roots: &mut BTreeMap<usize, Kinds>) {
        for user in self.tree.users.remove(&watch).unwrap_or_default() {
            match user {
                User::Directory(id) => {
                    self.tree.index.set_watch(id, None);
                    if let Some(root) = self.root_of(id) {
                        roots.entry(root).or_default();
                    }
                }
                User::Root(root) => {
                    self.roots[root]
                        .anchors
                        .retain(|(known, _)| *known != watch);
                    roots.entry(root).or_default();
                }
            }
        }
    }

    /// Finds out where a path leads now, watches the names that decide it, and reports what has changed.
    fn check_root(&mut self, root: usize, kinds: Kinds, new: New) {
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
                let is_directory = self.tree.index.facts(id).file_type == FileType::Directory;
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
        let id = self.tree.index.insert(None, &path, Facts::new(stat));
        self.roots[root].node = Some(id);
        self.roots[root].device = stat.dev;
        let is_directory = stat.file_type == FileType::Directory;
        if new == New::Create && is_directory {
            self.tree
                .out
                .push(Output::Status(Status::RootBack { path }));
        }
        let kind = match new {
            New::Exists => Kind::Exists,
            _ => Kind::Create,
        };
        self.tree.report(kind, id, None, None);
        if is_directory {
            let mut pass = Pass::new(new, true);
            self.tree.scan(id, &mut pass);
            self.tree.end_pass(pass);
        }
    }

    fn root_stays(&mut self, root: usize, id: Id, stat: &Stat, kinds: Kinds) {
        let (before, now) = (self.tree.index.facts(id), Facts::new(stat));
        let is_same = before.is_same_file(&now)
            && self.roots[root].device == stat.dev
            && !kinds.has(Kinds::DELETED.and(Kinds::MOVED_TO));
        let are_directories = [before, now]
            .iter()
            .all(|facts| facts.file_type == FileType::Directory);
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
        } else if before.file_type != FileType::Directory && now.file_type != FileType::Directory {
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
        let before = std::mem::take(&mut self.roots[root].anchors);
        let mut anchors = Vec::new();
        let mut is_polled = false;
        for anchor in &resolved.anchors {
            match self.tree.watch_anchor(&anchor.directory, root) {
                Some(watch) => anchors.push((watch, anchor.name.clone())),
                None => is_polled = true,
            }
        }
        let is_new = anchors
            .iter()
            .any(|(watch, _)| before.iter().all(|(known, _)| known != watch));
        for (watch, _) in before {
            if anchors.iter().all(|(known, _)| *known != watch) {
                self.tree.release(watch, User::Root(root));
            }
        }
        self.roots[root].anchors = anchors;
        self.roots[root].is_polled = is_polled;
        is_new
    }

    /// Looks at everything again, and reports the difference.
    pub fn rescan(&mut self) {
        self.tree.out.push(Output::Status(Status::RescanBegin));
        let before = self.tree.out.len();
        for root in 0..self.roots.len() {
            self.check_root(root, Kinds::default(), New::Create);
        }
        let mut pass = Pass::new(New::Create, true);
        for root in 0..self.roots.len() {
            if let Some(id) = self.roots[root].node
                && self.tree.index.facts(id).file_type == FileType::Directory
            {
                self.tree.scan(id, &mut pass);
            }
        }
        self.tree.end_pass(pass);
        let found = &self.tree.out[before..];
        let changes = found
            .iter()
            .filter(|output| matches!(output, Output::Change(_)));
        let changes = changes.count() as u64;
        self.tree
            .out
            .push(Output::Status(Status::RescanDone { changes }));
    }

    /// Looks at what the kernel does not report.
    fn poll(&mut self) {
        for root in 0..self.roots.len() {
            let is_file = self.roots[root]
                .node
                .is_none_or(|id| self.tree.index.facts(id).file_type != FileType::Directory);
            if self.roots[root].is_polled || (is_file && self.tree.inotify.is_none()) {
                self.check_root(root, Kinds::default(), New::Create);
            }
        }
        let mut pass = Pass::new(New::Create, false);
        for id in self.tree.polled.clone() {
            if self.tree.polled.contains(&id) {
                self.tree.scan(id, &mut pass);
            }
        }
        self.tree.end_pass(pass);
    }
}
