//! A walk from beginning to end: workers, what they share, and what is known when they are done.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;
use std::{ptr, thread};

use super::event::Sums;
use super::node::{Node, Product, Work};
use super::order::{Drain, PATIENCE, Stream};
use super::queue::{Allowed, Queue, Task};
use super::visit::Worker;
use super::{Follow, Needs, Order, Output, Plan, Recorder};
use crate::dirs::handle;
use crate::dirs::mounts::Mounts;
use crate::error::{Error, Result};
use crate::observe::Observe;
use crate::select::{Ignores, Problem, Rules};

/// From how many waiting directories on more threads are started: for less, starting them takes longer.
const WORTH_THREADS: usize = 8;

/// How many bytes of finished directories may wait for their turn, unless somebody says otherwise.
pub const BACKLOG: usize = 64 << 20;

/// Without an order, how many bytes a worker collects before it puts them out.
const BATCH: usize = 32 << 10;

/// What a walk found out, besides its records.
#[derive(Debug)]
pub struct Report {
    /// What came out, added up.
    pub sums: Sums,
    /// Records put out.
    pub records: u64,
    /// Directories read.
    pub directories: u64,
    /// What could not be read.
    pub faults: u64,
    /// What could not be read and is borne.
    pub borne: u64,
    /// Entries that went while they were looked at.
    pub vanished: u64,
    /// Directories met again, and not entered again.
    pub repeats: u64,
    /// What became of the output.
    pub error: Option<Error>,
}

/// What workers share.
pub(super) struct Shared<'p, R> {
    pub(super) plan: &'p Plan,
    pub(super) needs: Needs,
    /// Whether it matters on which file system a directory is.
    pub(super) watches_mounts: bool,
    /// Whether directories may be met again.
    pub(super) watches_repeats: bool,
    /// Whether large directories are worth to be split: asking about entries costs far more than their names, and what is
    /// in one part needs nothing from another.
    pub(super) splits: bool,
    pub(super) directories: AtomicU64,
    pub(super) vanished: AtomicU64,
    observe: &'p dyn Observe,
    pub(super) queue: Queue,
    stream: Mutex<Stream<'p, R>>,
    /// The directory that the stream waits for; beside it, to be asked without waiting for a lock, its address.
    awaited: Mutex<Option<Arc<Node>>>,
    awaited_address: AtomicPtr<Node>,
    backlog: AtomicUsize,
    met: Mutex<HashMap<(u64, u64), Vec<u8>>>,
    mounts: OnceLock<Mounts>,
    /// Ignore rules that hold everywhere, if there are any.
    ignores: Option<Ignores>,
    odd: AtomicU64,
}

impl Report {
    /// What there is to count besides entries, by name.
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        [
            ("errors", self.faults),
            ("vanished", self.vanished),
            ("loops", self.repeats),
        ]
    }
}

/// Walks. `recorder` makes a recorder for each worker, which come back with what they have collected; records go to
/// `output`.
///
/// # Errors
/// If a file that says what to leave out cannot be read.
pub fn run<R: Recorder>(
    plan: &Plan,
    recorder: &(impl Fn() -> R + Sync),
    output: &mut dyn Output,
    observe: &dyn Observe,
) -> Result<(Vec<R>, Report)> {
    let condition = plan.condition.as_ref();
    let needs = condition.map_or(plan.needs, |condition| plan.needs.and(condition.needs()));
    let mut problems = Vec::new();
    let ignores = match plan.pruning.needs_rules() {
        true => Some(Ignores::read(&plan.pruning, &mut problems)?),
        false => None,
    };
    let drain = Drain::new(output, observe, plan.tolerated, plan.limit);
    let root = Node::new(Work {
        handle: None,
        root: 0,
        rules: None,
        file_system: None,
        part: None,
    });
    let shared = Shared {
        plan,
        needs,
        watches_mounts: plan.one_file_system
            || plan.events.mount
            || !plan.skipped_file_systems.is_empty(),
        splits: (needs.stat || needs.target || plan.selection.needs_stat())
            && plan.order != Order::Path
            && !plan.nests,
        watches_repeats: plan.follow == Follow::Always,
        directories: AtomicU64::new(0),
        vanished: AtomicU64::new(0),
        observe,
        queue: Queue::default(),
        stream: Mutex::new(Stream::new(drain, recorder())),
        awaited: Mutex::new(Some(Arc::clone(&root))),
        awaited_address: AtomicPtr::new(address(&root)),
        backlog: AtomicUsize::new(0),
        met: Mutex::default(),
        mounts: OnceLock::new(),
        ignores,
        odd: AtomicU64::new(0),
    };
    shared.warn(&problems);
    let most_threads = handle::allow(plan.threads);
    shared.queue.add(std::iter::once(root));
    let recorders = shared.work(recorder, most_threads);
    let odd = shared.odd.load(Relaxed);
    if odd > 0 {
        observe.missed(&format!(
            "for {odd} entries the condition could not be decided"
        ));
    }
    let mut stream = shared
        .stream
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    stream.close(plan.nests);
    let report = Report {
        sums: stream.sums,
        records: stream.drain.records,
        directories: shared.directories.load(Relaxed),
        faults: stream.drain.faults,
        borne: stream.drain.borne,
        vanished: shared.vanished.load(Relaxed),
        repeats: stream.drain.repeats,
        error: stream.drain.error,
    };
    Ok((recorders, report))
}

impl<'p, R: Recorder> Shared<'p, R> {
    /// Works until there is nothing left to do: alone at first, and with more threads once there is work for them.
    fn work(&self, recorder: &(impl Fn() -> R + Sync), most_threads: usize) -> Vec<R> {
        let mut first = Worker::new(self, recorder());
        let is_parallel = !(self.plan.threads == Some(1)
            || self.watches_repeats && self.plan.order != Order::None);
        let is_done = first.work(|| is_parallel && self.queue.len() >= WORTH_THREADS);
        let mut recorders = Vec::new();
        if !is_done {
            // Asking how many cores there are costs more than a small walk does.
            let cores = || thread::available_parallelism().map_or(1, Into::into);
            let threads = self.plan.threads.unwrap_or_else(cores);
            let more = threads.min(most_threads) - 1;
            let others = Mutex::new(&mut recorders);
            // Of no threads rayon makes as many as there are cores.
            let pool = (more > 0).then(|| rayon::ThreadPoolBuilder::new().num_threads(more));
            match pool.map(rayon::ThreadPoolBuilder::build) {
                Some(Ok(pool)) => pool.in_place_scope(|scope| {
                    for _ in 0..more {
                        scope.spawn(|_| {
                            let mut worker = Worker::new(self, recorder());
                            worker.work(|| false);
                            let mut others = others.lock().unwrap_or_else(PoisonError::into_inner);
                            others.push(worker.recorder);
                        });
                    }
                    first.work(|| false);
                }),
                _ => drop(first.work(|| false)),
            }
        }
        recorders.push(first.recorder);
        recorders
    }

    /// Whether to stop: by a signal, or since no more records are wanted.
    pub(super) fn is_stopping(&self) -> bool {
        self.queue.is_over() || self.observe.stopping()
    }

    /// Whether much has been read that cannot be put out yet.
    pub(super) fn is_crowded(&self) -> bool {
        self.backlog.load(Relaxed) > self.plan.backlog
    }

    /// A record has been written.
    pub(super) fn end_record(&self, product: &mut Product) {
        product.records += 1;
        if self.plan.wants_ends || self.plan.limit.is_some() {
            product.ends.push(product.bytes.len());
        }
    }

    /// So many entries have been looked at.
    pub(super) fn advanced(&self, entries: usize) {
        self.observe.advanced(entries as u64);
    }

    fn stop(&self) {
        self.queue.end();
    }

    /// Takes what came of a directory, and goes on with the stream if it waited for that.
    pub(super) fn finish(&self, node: &Arc<Node>, product: Product, spare: &mut Vec<Vec<u8>>) {
        self.backlog.fetch_add(product.bytes.len(), Relaxed);
        node.finish(product);
        // Whoever lets the stream wait sets the address before it looks at the node for the last time, and here the node is
        // finished before the address is read; so one of the two sees the other.
        if self.awaited_address.load(SeqCst) != address(node) {
            return;
        }
        let Some(mut stream) = self.stream() else {
            return;
        };
        while let Some(awaited) = self.awaited() {
            let Some(product) = awaited.take() else { break };
            let next = stream.resume(product, &self.backlog, spare);
            let at = next.as_ref().map_or(ptr::null_mut(), address);
            *self.awaited.lock().unwrap_or_else(PoisonError::into_inner) = next;
            self.awaited_address.store(at, SeqCst);
            if stream.drain.is_full() {
                self.stop();
                break;
            }
            self.queue.resume();
        }
    }

    /// The stream, unless a worker panicked while it wrote: what is in it then must not be written.
    fn stream(&self) -> Option<MutexGuard<'_, Stream<'p, R>>> {
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

    /// Which directory may be read next: while much has been read that cannot be put out yet, only the one that the output
    /// waits for.
    fn allowed(&self) -> Allowed {
        if !self.is_crowded() {
            return Allowed::Any;
        }
        match self.awaited() {
            Some(node) if node.is_unclaimed() => Allowed::Only(node),
            _ => Allowed::Nothing,
        }
    }

    /// The path by which a directory was entered before, if it was.
    pub(super) fn met_before(&self, id: (u64, u64), path: &[u8]) -> Option<Vec<u8>> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        match met.entry(id) {
            Slot::Occupied(first) => Some(first.get().clone()),
            Slot::Vacant(free) => {
                free.insert(path.to_vec());
                None
            }
        }
    }

    /// What is mounted.
    pub(super) fn mounts(&self) -> &Mounts {
        self.mounts.get_or_init(Mounts::read)
    }

    /// The ignore rules in force at a root.
    pub(super) fn rules_of(&self, root: &[u8]) -> Option<Arc<Rules>> {
        let mut problems = Vec::new();
        let rules = self.ignores.as_ref()?.at_root(root, &mut problems);
        self.warn(&problems);
        Some(rules)
    }

    /// Says which ignore rules do not hold, and why.
    pub(super) fn warn(&self, problems: &[Problem]) {
        problems
            .iter()
            .for_each(|problem| self.observe.warned(&problem.to_string()));
    }

    /// An entry for which the condition could not be decided.
    pub(super) fn odd(&self, path: &[u8], reason: &str) {
        self.odd.fetch_add(1, Relaxed);
        self.observe
            .warned(&format!("{}: {reason}", String::from_utf8_lossy(path)));
    }
}

impl<R: Recorder> Worker<'_, '_, R> {
    /// Reads directories until there are none left, or `pauses` says so. Whether there are none left.
    fn work(&mut self, pauses: impl Fn() -> bool) -> bool {
        let shared = self.shared;
        let mut mine: Option<Task<'_>> = None;
        loop {
            if shared.is_stopping() {
                shared.stop();
                mine = None;
            }
            let next = || shared.queue.next(|| shared.allowed());
            let Some(task) = mine.take().or_else(next) else {
                break;
            };
            let child = task.node().claim().and_then(|work| {
                let child = self.visit(task.node(), &work);
                if self.is_laden() {
                    self.put_out();
                }
                child
            });
            mine = child.map(|child| task.replaced_by(child));
            if pauses() {
                if let Some(mine) = mine {
                    mine.put_back();
                }
                return false;
            }
        }
        self.put_out();
        true
    }

    /// Without an order: whether this worker has collected so much, or for so long, that it is to be put out.
    fn is_laden(&self) -> bool {
        let plan = self.shared.plan;
        plan.order == Order::None
            && (self.carried.bytes.len() >= BATCH
                || !self.carried.faults.is_empty()
                || plan.limit.is_some()
                || self.put_out_at.elapsed() >= PATIENCE)
    }

    /// Without an order: puts out what this worker has collected.
    fn put_out(&mut self) {
        let shared = self.shared;
        if shared.plan.order != Order::None {
            return;
        }
        let carried = &mut self.carried;
        let Some(mut stream) = shared.stream() else {
            return;
        };
        stream.drain.tell(&carried.faults, &carried.repeats);
        stream
            .drain
            .put(&carried.bytes, &carried.ends, carried.records);
        stream.sums.add(carried.sums);
        stream.drain.rest();
        let is_full = stream.drain.is_full();
        drop(stream);
        carried.bytes.clear();
        carried.ends.clear();
        carried.records = 0;
        carried.faults.clear();
        carried.repeats.clear();
        carried.sums = Sums::default();
        self.put_out_at = Instant::now();
        if is_full {
            shared.stop();
        }
    }
}

fn address(node: &Arc<Node>) -> *mut Node {
    Arc::as_ptr(node).cast_mut()
}
