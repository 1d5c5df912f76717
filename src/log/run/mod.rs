//! Runs a plan over inputs on every core, in steps: [`Run::feed`] reads inputs, [`Run::snapshot`] returns the results so far,
//! and [`Run::finish`] returns the answer.
//!
//! Workers take chunks of plain files from one cursor (`chunks`). Separate threads cut streams into blocks and hand them to
//! the workers (`blocks`, `buffer_pool`). Lines that others read are handed over (`pushed`). Workers are `rayon` threads and
//! never wait for a stream. Each has a scanner with its own results (`workers`), which are merged at the end. Rows are put in
//! order as they are found (`order`, `delivery`). `job` holds the state that threads share.

mod blocks;
mod buffer_pool;
mod chunks;
mod delivery;
#[cfg(test)]
mod framing_tests;
mod job;
mod order;
mod pushed;
#[cfg(test)]
mod tests;
mod workers;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::account::Account;
use super::input::{Body, Input};
use super::options::Options;
use super::partial::{Partial, Unmergeable};
use super::plan::{Output, Plan};
use super::spill::{SpillError, Spilled};
use super::table::{self, Answer};
use crate::io::memory;
use crate::observe::Observe;

use buffer_pool::BufferPool;
use delivery::Delivery;
use job::{Job, Shared};
use order::Order;
use workers::All;

pub use delivery::TakeRows;
pub use job::MakeWriter;
pub use pushed::{Push, Pushing};

/// From this number of inputs on, threads pay off for small inputs too.
const MANY: usize = 64;

/// A plan that is run over inputs.
pub struct Run<'s> {
    shared: Shared<'s>,
    /// The workers' threads, started for the first input that is worth it; none if they could not be.
    pool: OnceLock<Option<ThreadPool>>,
}

/// The destination of rows that need no table: how they are encoded, and what takes the bytes.
pub struct Streaming<'s> {
    /// Makes the writers that encode rows; without it, lines are written as they are.
    pub writer: Option<MakeWriter<'s>>,
    /// Takes the rows.
    pub take: TakeRows<'s>,
}

/// The result of a run.
pub struct Report {
    /// The rows, unless they were streamed.
    pub table: Answer,
    /// The counts of lines that were read, and of bad lines.
    pub account: Account,
    /// Why there is no answer, if there is none.
    pub failure: Option<SpillError>,
    /// The number of streamed rows.
    pub streamed: u64,
    /// The number of groups.
    pub groups: usize,
    /// The number of chunks and blocks.
    pub chunks: u64,
    /// The number of bytes read, as stored on disk.
    pub bytes: u64,
}

/// The unfinished result of a run.
pub struct Unfinished {
    /// The groups and the counts of lines.
    pub partial: Partial,
    /// The lengths and hashes of streams, by the numbers of their inputs.
    pub hashes: BTreeMap<usize, (u64, [u8; 16])>,
    /// What is reported of a run; without rows.
    pub report: Report,
}

impl<'s> Run<'s> {
    /// A run of the plan that has read nothing yet. Only plans that [stream](Plan::streams) have rows to stream.
    pub fn new(plan: Arc<Plan>, options: Options, streaming: Option<Streaming<'s>>) -> Run<'s> {
        let (encoding, take) = match streaming {
            Some(Streaming { writer, take }) => (Some(writer), Some(take)),
            None => (None, None),
        };
        let order = match plan.output {
            Output::Rows(_) => {
                let delivery = Delivery::new(Arc::clone(&plan), take);
                // Beyond a chunk for each worker, a few may be finished before their turn.
                Some(Order::new(options.threads + 2, delivery))
            }
            Output::Groups(_) => {
                memory::return_when_freed();
                None
            }
        };
        Run {
            shared: Shared::new(plan, options, order, encoding),
            pool: OnceLock::new(),
        }
    }

    /// Reads inputs to their end, or until no more input is needed. Reports read errors to `observe`; bytes that were read
    /// before an error count.
    ///
    /// # Panics
    /// If a worker panics, after all threads have stopped.
    pub fn feed(&self, mut inputs: Vec<Input>, observe: &dyn Observe) {
        let is_small = inputs.len() < MANY && inputs.iter().all(Input::is_small);
        let pool = if is_small {
            None
        } else {
            self.pool
                .get_or_init(|| start(self.shared.options.threads, observe))
                .as_ref()
        };
        let job = Job {
            shared: &self.shared,
            workers: &self.shared.workers,
            observe,
        };
        if self.shared.order.is_some() {
            // Rows come out in the order of the inputs, so one input is read after the other.
            let mut carried = None;
            for input in &mut inputs {
                if carried.is_some() {
                    input.framing = carried.take();
                }
                job.restart();
                read(&job, pool, std::slice::from_mut(input));
                if input.goes_on {
                    carried = input.framing.take();
                }
            }
        } else {
            for input in &mut inputs {
                self.read_mapped(input, pool, observe);
            }
            read(&job, pool, &mut inputs);
        }
        self.shared.resume_panic();
    }

    /// Maps an input, if the engine allows it, and reads it to its end. If the file became shorter meanwhile, its results are
    /// dropped, and the caller reads it again without a map.
    fn read_mapped(&self, input: &mut Input, pool: Option<&ThreadPool>, observe: &dyn Observe) {
        if !input.map(self.shared.options.engine) {
            return;
        }
        let workers = self.shared.workers.sibling();
        let job = Job {
            shared: &self.shared,
            workers: &workers,
            observe,
        };
        read(&job, pool, std::slice::from_mut(input));
        if input.was_cut() {
            input.rewind();
            return;
        }
        input.unmap();
        let merged = workers
            .merge()
            .and_then(|found| self.shared.workers.absorb(found));
        report(merged, observe);
    }

    /// The results so far. May be called while [`Run::feed`] runs.
    ///
    /// # Errors
    /// If there are more groups than can be numbered.
    pub fn snapshot(&self) -> Result<Partial, Unmergeable> {
        self.shared.workers.snapshot()
    }

    /// An upper bound of the number of groups so far.
    pub fn group_count(&self) -> usize {
        self.shared.workers.group_count()
    }

    /// The groups, before anything is computed of them.
    ///
    /// # Errors
    /// If there are more groups than can be numbered.
    pub fn unfinished(self) -> Result<Unfinished, Unmergeable> {
        let Shared {
            plan,
            workers,
            hashes,
            chunks,
            bytes,
            ..
        } = self.shared;
        let All {
            mut partial,
            spilled,
            mut failure,
            ..
        } = workers.merge()?;
        if let Output::Groups(grouping) = &plan.output
            && !spilled.is_empty()
        {
            // Written as one, they are in memory anyway.
            let read = spilled
                .batches(grouping, &plan.clock.zone, usize::MAX)
                .and_then(|mut batches| batches.next_batch());
            match read {
                Ok(all) => partial.groups = all,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let report = Report {
            failure,
            table: Answer::Rows(Vec::new()),
            account: partial.account.clone(),
            streamed: 0,
            groups: partial.group_count(),
            chunks: chunks.into_inner(),
            bytes: bytes.into_inner(),
        };
        Ok(Unfinished {
            partial,
            hashes: hashes.into_inner().unwrap_or_else(PoisonError::into_inner),
            report,
        })
    }

    /// The answer. Reports to `observe` if a part cannot be computed.
    pub fn finish(self, observe: &dyn Observe) -> Report {
        let Run { shared, pool } = self;
        let Shared {
            plan,
            workers,
            order,
            chunks,
            bytes,
            ..
        } = shared;
        let all = report(workers.merge(), observe).unwrap_or_else(|| All {
            partial: Partial::new(&plan, crate::group::Groups::default()),
            spilled: Spilled::default(),
            failure: None,
            memory: usize::MAX,
        });
        let All {
            partial: found,
            spilled,
            mut failure,
            memory,
        } = all;
        let (account, groups) = (found.account.clone(), found.group_count());
        let delivery = order.map(Order::into_delivery);
        let streamed = delivery.as_ref().map_or(0, |delivery| delivery.streamed);
        let warn = |message: &str| observe.missed(message);
        let were_spilled = !spilled.is_empty();
        let complete = || match (delivery, &plan.output, found.groups) {
            (Some(delivery), ..) => table::finish(&plan, delivery.rows, memory, &warn),
            (None, Output::Groups(grouping), _) if were_spilled => {
                table::finish_spilled(&plan, grouping, spilled, memory, &warn)
            }
            (None, _, Some(groups)) => table::finish_groups(&plan, groups, memory, &warn),
            (None, _, None) => Ok(Answer::Rows(Vec::new())),
        };
        let table = match pool.into_inner().flatten() {
            Some(pool) => pool.install(complete),
            None => complete(),
        };
        let groups = if were_spilled {
            table.as_ref().map_or(0, Answer::len)
        } else {
            groups
        };
        let table = table.unwrap_or_else(|error| {
            failure.get_or_insert(error);
            Answer::Rows(Vec::new())
        });
        Report {
            table,
            failure,
            account,
            streamed,
            groups,
            chunks: chunks.into_inner(),
            bytes: bytes.into_inner(),
        }
    }
}

/// Runs a plan over all inputs.
pub fn run(
    plan: Arc<Plan>,
    inputs: Vec<Input>,
    options: Options,
    observe: &dyn Observe,
    streaming: Option<Streaming<'_>>,
) -> Report {
    let run = Run::new(plan, options, streaming);
    run.feed(inputs, observe);
    run.finish(observe)
}

fn start(threads: usize, observe: &dyn Observe) -> Option<ThreadPool> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    if pool.is_err() {
        observe.warned("could not start worker threads; continuing with one");
    }
    pool.ok()
}

fn report<T>(merged: Result<T, Unmergeable>, observe: &dyn Observe) -> Option<T> {
    merged
        .map_err(|error| observe.missed(&error.to_string()))
        .ok()
}

/// Reads inputs: on all workers at once, or without a pool on this thread, one after the other.
fn read(job: &Job<'_, '_>, pool: Option<&ThreadPool>, inputs: &mut [Input]) {
    match pool {
        Some(pool) => read_together(job, pool, inputs),
        None => job.guard(|| {
            for input in &*inputs {
                chunks::take_all(job, input);
            }
            blocks::read_alone(job, inputs);
        }),
    }
}

fn read_together(job: &Job<'_, '_>, pool: &ThreadPool, inputs: &mut [Input]) {
    let (files, streams): (Vec<&mut Input>, Vec<&mut Input>) = inputs
        .iter_mut()
        .partition(|input| matches!(input.body, Body::Chunks(_)));
    let files: Vec<&Input> = files.into_iter().map(|input| &*input).collect();
    let threads = job.shared.options.threads;
    let streams = in_sequences(streams);
    let decoders = streams.len().min(threads);
    let streams = Mutex::new(streams.into_iter());
    let buffers = BufferPool::new(threads + decoders);
    pool.in_place_scope(|workers| {
        if !files.is_empty() {
            for _ in 0..threads {
                workers.spawn(|_| {
                    job.guard(|| files.iter().for_each(|input| chunks::take_all(job, input)));
                });
            }
        }
        thread::scope(|decoding| {
            for _ in 0..decoders {
                decoding.spawn(|| {
                    job.guard(|| {
                        let next = || {
                            let mut streams =
                                streams.lock().unwrap_or_else(PoisonError::into_inner);
                            streams.next()
                        };
                        while let Some(sequence) = next() {
                            blocks::feed(job, &buffers, workers, sequence);
                        }
                    });
                });
            }
        });
    });
}

/// Streams in sequences: each but the last of a sequence goes on in the next.
fn in_sequences(streams: Vec<&mut Input>) -> Vec<Vec<&mut Input>> {
    let mut sequences: Vec<Vec<&mut Input>> = Vec::new();
    let mut goes_on = false;
    for stream in streams {
        let next_goes_on = stream.goes_on;
        match sequences.last_mut() {
            Some(sequence) if goes_on => sequence.push(stream),
            _ => sequences.push(vec![stream]),
        }
        goes_on = next_goes_on;
    }
    sequences
}
