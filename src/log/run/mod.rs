//! Inputs through a plan, on every core, in steps: [`Run::feed`] takes inputs, [`Run::snapshot`] says what has been found so
//! far, [`Run::finish`] gives the answer.
//!
//! Plain files are cut into chunks that workers take from one cursor (`pieces`); streams are cut into blocks by threads of
//! their own, which hand them to the workers (`blocks`, `gate`). Workers are `rayon`'s and never wait for a stream. Each has
//! a scanner with results of its own (`workers`), which are merged at the end; rows are put in order as they come (`order`,
//! `delivery`). What threads share is in `job`.

mod blocks;
mod delivery;
mod gate;
mod job;
mod order;
mod pieces;
#[cfg(test)]
mod tests;
mod workers;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::account::Account;
use super::input::{Body, Input};
use super::options::Options;
use super::partial::{Partial, Unmergeable};
use super::plan::{Output, Plan};
use super::table::{self, Answer};
use crate::observe::Observe;

use delivery::Delivery;
use gate::Gate;
use job::{Job, Shared};
use order::Order;

pub use delivery::TakeRows;
pub use job::MakeWriter;

/// From this many inputs on, threads are worth starting for small ones too.
const MANY: usize = 64;

/// A query being answered.
pub struct Run<'s> {
    shared: Shared<'s>,
    /// The workers' threads, started for the first input that is worth it; none if they could not be.
    pool: OnceLock<Option<ThreadPool>>,
}

/// Where rows go that need no table: how they are encoded, and what takes the bytes.
pub struct Streaming<'s> {
    /// Makes the writers that encode rows; without it, lines are written as they are.
    pub writer: Option<MakeWriter<'s>>,
    /// Takes the rows.
    pub take: TakeRows<'s>,
}

/// What a run found.
pub struct Report {
    /// The rows, unless they were streamed.
    pub table: Answer,
    /// Which lines were read, and how many were bad.
    pub account: Account,
    /// How many rows were streamed.
    pub streamed: u64,
    /// How many groups there were.
    pub groups: usize,
    /// How many chunks and blocks the inputs were cut into.
    pub chunks: u64,
    /// How many bytes were read, as they are on disk.
    pub bytes: u64,
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
            Output::Groups(_) => None,
        };
        Run {
            shared: Shared::new(plan, options, order, encoding),
            pool: OnceLock::new(),
        }
    }

    /// Reads inputs to their end, or until no more is needed. What cannot be read is reported to `observe`; what was read
    /// before counts.
    ///
    /// # Panics
    /// If a worker does, once all threads have stopped.
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
            for input in &mut inputs {
                job.restart();
                read(&job, pool, std::slice::from_mut(input));
            }
        } else {
            for input in &mut inputs {
                self.read_mapped(input, pool, observe);
            }
            read(&job, pool, &mut inputs);
        }
        self.shared.resume_panic();
    }

    /// Maps an input, if that is wanted, and reads it to its end. If the file turns out to have become shorter, what was
    /// found in it is dropped, and it is left to be read again without a map.
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

    /// What has been found so far; may be called while [`Run::feed`] runs.
    ///
    /// # Errors
    /// If there are more groups than can be numbered.
    pub fn snapshot(&self) -> Result<Partial, Unmergeable> {
        self.shared.workers.snapshot()
    }

    /// About how many groups have been found so far, at least as many as there are.
    pub fn group_count(&self) -> usize {
        self.shared.workers.group_count()
    }

    /// The answer. What cannot be computed is reported to `observe`.
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
        let nothing = Partial::new(&plan, crate::group::Groups::default());
        let found = report(workers.merge(), observe).unwrap_or(nothing);
        let (account, groups) = (found.account.clone(), found.group_count());
        let delivery = order.map(Order::into_delivery);
        let streamed = delivery.as_ref().map_or(0, |delivery| delivery.streamed);
        let warn = |message: &str| observe.missed(message);
        let complete = || match delivery {
            Some(delivery) => Answer::Rows(table::finish(&plan, delivery.rows, &warn)),
            None => found.into_answer(&plan, &warn),
        };
        let table = match pool.into_inner().flatten() {
            Some(pool) => pool.install(complete),
            None => complete(),
        };
        Report {
            table,
            account,
            streamed,
            groups,
            chunks: chunks.into_inner(),
            bytes: bytes.into_inner(),
        }
    }
}

/// Puts all inputs through a plan at once.
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
            for input in inputs {
                match &input.body {
                    Body::Pieces(_) => pieces::take_all(job, input),
                    Body::Blocks(_) => blocks::read_alone(job, input),
                }
            }
        }),
    }
}

fn read_together(job: &Job<'_, '_>, pool: &ThreadPool, inputs: &mut [Input]) {
    let (files, streams): (Vec<&mut Input>, Vec<&mut Input>) = inputs
        .iter_mut()
        .partition(|input| matches!(input.body, Body::Pieces(_)));
    let files: Vec<&Input> = files.into_iter().map(|input| &*input).collect();
    let threads = job.shared.options.threads;
    let decoders = streams.len().min(threads);
    let streams = Mutex::new(streams.into_iter());
    let gate = Gate::new(threads + decoders);
    pool.in_place_scope(|workers| {
        if !files.is_empty() {
            for _ in 0..threads {
                workers.spawn(|_| {
                    job.guard(|| files.iter().for_each(|input| pieces::take_all(job, input)));
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
                        while let Some(input) = next() {
                            blocks::feed(job, &gate, workers, input);
                        }
                    });
                });
            }
        });
    });
}
