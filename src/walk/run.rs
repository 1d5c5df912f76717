//! A walk from beginning to end.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::event::Sums;
use super::plan::{Order, Plan};
use super::queue::Task;
use super::recorder::{Output, Recorder};
use super::shared::Shared;
use super::stream::Destination;
use super::worker::Worker;
use crate::observe::Observe;

/// The number of waiting directories from which on more threads are started: for fewer it takes longer than reading them.
const WORTH_THREADS: usize = 8;

/// The result of a walk, besides its records.
#[derive(Debug, Default)]
pub struct Report {
    /// The sums of the recorded entries.
    pub sums: Sums,
    /// Records written.
    pub records: u64,
    /// Directories read.
    pub directories: u64,
    /// Errors that were reported.
    pub errors: u64,
    /// Errors that were tolerated.
    pub tolerated: u64,
    /// Entries that disappeared during the walk.
    pub vanished: u64,
    /// Directories that were reached again, and not entered again.
    pub repeats: u64,
}

impl Report {
    /// The counts of the summary besides the sums, by name.
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        [
            ("errors", self.errors),
            ("vanished", self.vanished),
            ("loops", self.repeats),
        ]
    }
}

/// Walks. `recorder` makes a recorder for each worker, which are returned with what they have collected; records go to
/// `output`. A panic of a worker ends the walk and is passed on.
pub fn run<R: Recorder>(
    plan: &Plan,
    recorder: &(impl Fn() -> R + Sync),
    output: &mut dyn Output,
    observe: &dyn Observe,
) -> (Vec<R>, Report) {
    let destination = Destination::new(output, observe, plan.tolerated, plan.limit);
    let shared = Shared::new(plan, destination, recorder(), observe);
    let recorders = work(&shared, recorder);
    let undecided = shared.undecided.load(Relaxed);
    if undecided > 0 {
        let entries = if undecided == 1 { "entry" } else { "entries" };
        observe.missed(&format!(
            "the condition could not be evaluated for {undecided} {entries}"
        ));
    }
    let (directories, vanished) = (
        shared.directories.load(Relaxed),
        shared.vanished.load(Relaxed),
    );
    let stream = shared.into_stream();
    let destination = &stream.destination;
    let report = Report {
        sums: stream.sums,
        records: destination.records,
        directories,
        errors: destination.errors,
        tolerated: destination.tolerated_errors,
        vanished,
        repeats: destination.repeats,
    };
    (recorders, report)
}

/// Works until nothing is left to do: with one thread at first, and with more once there is work for them.
fn work<R: Recorder>(shared: &Shared<'_, R>, recorder: &(impl Fn() -> R + Sync)) -> Vec<R> {
    let plan = shared.plan;
    let mut first = Worker::new(shared, recorder());
    // By which path a directory is entered first must not depend on the threads.
    let is_parallel =
        plan.threads != Some(1) && !(shared.checks_repeats && plan.order != Order::None);
    let is_done = first.work(|| is_parallel && shared.queue.len() >= WORTH_THREADS);
    let mut recorders = Vec::new();
    if !is_done {
        // Counting the cores costs more than a small walk does.
        let cores = || thread::available_parallelism().map_or(1, Into::into);
        let threads = plan.threads.unwrap_or_else(cores);
        let more = threads.min(plan.max_threads) - 1;
        let others = Mutex::new(&mut recorders);
        // With zero threads rayon makes one for each core.
        let pool = (more > 0).then(|| rayon::ThreadPoolBuilder::new().num_threads(more));
        match pool.map(rayon::ThreadPoolBuilder::build) {
            Some(Ok(pool)) => pool.in_place_scope(|scope| {
                for _ in 0..more {
                    scope.spawn(|_| {
                        let mut worker = Worker::new(shared, recorder());
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

impl<R: Recorder> Worker<'_, '_, R> {
    /// Reads directories until none is left, or `pauses` returns true. Whether none is left.
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
                if self.is_batch_full() {
                    self.write_batch();
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
        self.write_batch();
        true
    }
}
