//! Watches over some paths: reads what the kernel reports, looks where it reports nothing, and finds what was lost.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use super::compare::Batch;
use super::hold::Hold;
use super::index::{Id, Index};
use super::record::{Kind, Output, Record, Status};
use super::resolve::Root;
use super::scan::{New, Pass};
use super::scope::Scope;
use super::tree::Tree;
use super::users::User;
use crate::dirs::FileType;
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
    pub(super) tree: Tree,
    pub(super) roots: Vec<Root>,
    batch: Batch,
    hold: Hold,
    interval: Duration,
    next_poll: Instant,
    /// Until when the kernel's reports may wait, since one file changes all the time.
    quiet_until: Option<Instant>,
    events: Vec<Event>,
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
        let roots = options.roots.iter().map(|path| Root::new(path));
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

    /// Everything that is there and selected as a record, each directory before what is in it, by name.
    pub fn existing(&self) -> impl Iterator<Item = Record> {
        let index = &self.tree.index;
        let mut left = self.root_ids();
        left.reverse();
        let next = move || {
            let id = left.pop()?;
            let first = left.len();
            left.extend(index.children(id));
            left[first..].sort_unstable_by(|one, other| index.name(*other).cmp(index.name(*one)));
            Some(id)
        };
        std::iter::from_fn(next).filter_map(|id| self.tree.record(Kind::Exists, id, None, None))
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
        for user in self.tree.users.of(event.watch) {
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
                    let root = root as usize;
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

    /// The kernel has removed a watch, with the directory.
    fn unwatched(&mut self, watch: Watch, roots: &mut BTreeMap<usize, Kinds>) {
        for user in self.tree.users.take(watch) {
            match user {
                User::Directory(id) => {
                    self.tree.index.set_watch(id, None);
                    if let Some(root) = self.root_of(id) {
                        roots.entry(root).or_default();
                    }
                }
                User::Root(root) => {
                    let root = root as usize;
                    self.roots[root]
                        .anchors
                        .retain(|(known, _)| *known != watch);
                    roots.entry(root).or_default();
                }
            }
        }
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
