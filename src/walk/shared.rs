//! What the workers of a walk share.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::field::Needs;
use super::node::{Node, PART, Records, SMALL_PART, Work};
use super::plan::{Follow, Order, Plan};
use super::queue::{Allowed, Queue};
use super::recorder::Recorder;
use super::stream::{Destination, Stream};
use crate::dirs::Visited;
use crate::observe::Observe;
use crate::select::{Problem, Rules};

/// What the workers of a walk share.
pub(super) struct Shared<'p, R> {
    pub(super) plan: &'p Plan,
    pub(super) needs: Needs,
    /// What conditions need to know of an entry, and records of each that meets them.
    pub(super) condition_needs: Needs,
    /// The number of entries in a part of a directory that several workers read.
    pub(super) part: usize,
    /// Whether the file system of a directory matters.
    pub(super) checks_mounts: bool,
    /// Whether directories may be reached again.
    pub(super) checks_repeats: bool,
    /// Whether large directories are read in parts: asking about entries costs far more than listing them, and no part needs
    /// anything from another.
    pub(super) splits: bool,
    pub(super) directories: AtomicU64,
    pub(super) vanished: AtomicU64,
    /// Entries for which the condition failed.
    pub(super) undecided: AtomicU64,
    pub(super) visited: Visited,
    pub(super) queue: Queue,
    observe: &'p dyn Observe,
    stream: Mutex<Stream<'p, R>>,
    /// The directory that the stream waits for, and its address, which can be compared without a lock.
    awaited: Mutex<Option<Arc<Node>>>,
    awaited_address: AtomicPtr<Node>,
    /// Bytes of finished directories that wait for their turn.
    backlog: AtomicUsize,
}

impl<'p, R: Recorder> Shared<'p, R> {
    /// A walk that begins with the list of roots. `recorder` writes the ends of directories.
    pub(super) fn new(
        plan: &'p Plan,
        destination: Destination<'p>,
        recorder: R,
        observe: &'p dyn Observe,
    ) -> Shared<'p, R> {
        let conditions = plan.conditions.iter();
        let condition_needs = conditions.fold(Needs::default(), |needs, condition| {
            needs.and(condition.needs())
        });
        let needs = plan.needs.and(condition_needs);
        // What is read is read once, for all that needs it.
        let condition_needs = match condition_needs.content.any() || plan.conditions.is_empty() {
            true => needs,
            false => condition_needs,
        };
        let root = Node::new(Work {
            handle: None,
            root: 0,
            rules: None,
            file_system: None,
            own: None,
            part: None,
        });
        let shared = Shared {
            plan,
            needs,
            condition_needs,
            part: match needs.content.any() {
                true => SMALL_PART,
                false => PART,
            },
            checks_mounts: plan.events.mount || !plan.file_systems.are_all_entered(),
            checks_repeats: plan.follow == Follow::Always,
            splits: (needs.stat || needs.target || plan.selection.needs_stat())
                && plan.order != Order::Path
                && !plan.nests,
            directories: AtomicU64::new(0),
            vanished: AtomicU64::new(0),
            undecided: AtomicU64::new(0),
            visited: Visited::default(),
            queue: Queue::default(),
            observe,
            stream: Mutex::new(Stream::new(destination, recorder)),
            awaited_address: AtomicPtr::new(address(&root)),
            awaited: Mutex::new(Some(Arc::clone(&root))),
            backlog: AtomicUsize::new(0),
        };
        shared.queue.add(std::iter::once(root));
        shared
    }

    /// Ends the walk: gives the stream with everything that was written.
    pub(super) fn into_stream(self) -> Stream<'p, R> {
        let mut stream = self
            .stream
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        stream.close(self.plan.nests);
        stream
    }

    /// Whether to stop: a signal came, no more records are wanted, or a worker panicked.
    pub(super) fn is_stopping(&self) -> bool {
        self.queue.is_over() || self.observe.stopping()
    }

    /// Ends the walk early.
    pub(super) fn stop(&self) {
        self.queue.end();
    }

    /// Whether much has been read that cannot be written yet.
    pub(super) fn is_crowded(&self) -> bool {
        self.backlog.load(Relaxed) > self.plan.backlog
    }

    /// A record has been added.
    pub(super) fn end_record(&self, records: &mut Records) {
        records.count += 1;
        if self.plan.wants_ends || self.plan.limit.is_some() {
            records.ends.push(records.bytes.len());
        }
    }

    /// Entries have been read.
    pub(super) fn advanced(&self, entries: usize) {
        self.observe.advanced(entries as u64);
    }

    /// Stores the records of a directory, and continues the stream if it waited for them.
    pub(super) fn finish(&self, node: &Arc<Node>, records: Records, spare: &mut Vec<Vec<u8>>) {
        self.backlog.fetch_add(records.weight(), Relaxed);
        node.finish(records);
        // The stream sets the address before it looks at the node for the last time, and here the node is finished before the
        // address is read; so one of the two sees the other.
        if self.awaited_address.load(SeqCst) != address(node) {
            return;
        }
        let Some(mut stream) = self.stream() else {
            return;
        };
        while let Some(awaited) = self.awaited() {
            let Some(records) = awaited.take() else { break };
            let next = stream.resume(records, &self.backlog, spare);
            let address = next.as_ref().map_or(ptr::null_mut(), address);
            *self.awaited.lock().unwrap_or_else(PoisonError::into_inner) = next;
            self.awaited_address.store(address, SeqCst);
            if stream.destination.is_full() {
                self.stop();
                break;
            }
            self.queue.resume();
        }
    }

    /// The stream; `None` if a worker panicked while it wrote, because it may be in an inconsistent state.
    pub(super) fn stream(&self) -> Option<MutexGuard<'_, Stream<'p, R>>> {
        let stream = self.stream.lock().ok();
        if stream.is_none() {
            self.stop();
        }
        stream
    }

    fn awaited(&self) -> Option<Arc<Node>> {
        self.awaited
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Which directory may be read next: while much waits for its turn, only the one that the output waits for.
    pub(super) fn allowed(&self) -> Allowed {
        if !self.is_crowded() {
            return Allowed::Any;
        }
        match self.awaited() {
            Some(node) if node.is_unclaimed() => Allowed::Only(node),
            _ => Allowed::Nothing,
        }
    }

    /// The ignore rules at a root.
    pub(super) fn rules_at(&self, root: &[u8]) -> Option<Arc<Rules>> {
        let mut problems = Vec::new();
        let rules = self.plan.ignores.as_ref()?.at_root(root, &mut problems);
        self.warn(&problems);
        Some(rules)
    }

    /// Reports ignore rules that do not apply.
    pub(super) fn warn(&self, problems: &[Problem]) {
        for problem in problems {
            match problem.is_unread {
                true => self.observe.missed(&problem.to_string()),
                false => self.observe.warned(&problem.to_string()),
            }
        }
    }

    /// Reports an entry for which the condition failed.
    pub(super) fn report_undecided(&self, path: &[u8], reason: &str) {
        self.undecided.fetch_add(1, Relaxed);
        self.observe
            .warned(&format!("{}: {reason}", String::from_utf8_lossy(path)));
    }
}

fn address(node: &Arc<Node>) -> *mut Node {
    Arc::as_ptr(node).cast_mut()
}
