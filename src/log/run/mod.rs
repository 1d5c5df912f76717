//! Inputs through a plan, on every core.
//!
//! Plain files are cut into pieces which workers take from one cursor (`pieces`); streams are cut into blocks by threads
//! of their own, which hand them to the workers (`blocks`). Workers are `rayon`'s and never wait for a stream. Each has
//! a scanner of its own (`workers`); groups are merged at the end, rows are put in order as they come (`order`).

mod blocks;
mod order;
mod pieces;
mod workers;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;

use super::account::Account;
use super::grouped::Grouped;
use super::input::{Body, Input};
use super::plan::{Output, Plan};
use super::scan::{Encoded, Rows, SLACK};
use super::table::{self, Table};
use crate::format::Writer;
use crate::observe::Observe;

use order::Order;
use workers::Workers;

/// How a run is done; nothing in it changes the answer.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many workers.
    pub threads: usize,
    /// How plain files are read.
    pub engine: Engine,
    /// Whether every line is looked at whole.
    pub strict: bool,
    /// The longest line that is no bad line, in bytes.
    pub max_line: usize,
}

/// How plain files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Mapped where that is safe and faster, read elsewhere.
    #[default]
    Auto,
    /// Mapped wherever it can be done.
    Mmap,
    /// Read.
    Read,
}

/// What a run found.
pub struct Report {
    /// The rows, unless they were written as they came.
    pub table: Table,
    /// What was seen.
    pub account: Account,
    /// How many rows were written as they came.
    pub streamed: u64,
    /// How many groups there were.
    pub groups: usize,
    /// How many pieces and blocks the inputs were cut into.
    pub chunks: u64,
    /// How many bytes were read, as they lie on disk.
    pub bytes: u64,
}

/// Where rows go that need no table: the writer that encodes them, and what takes the bytes.
pub struct Streaming<'a> {
    /// Makes the writers that workers encode rows with; `None` writes lines as they are.
    pub writer: Option<&'a (dyn Fn() -> Box<dyn Writer> + Sync)>,
    /// Takes encoded rows, in order: bytes, and where each row ends. False stops the run.
    pub take: &'a mut (dyn FnMut(&[u8], &[usize]) -> bool + Send),
}

/// Puts inputs through a plan. What cannot be read is told to `observe`, and what was read counts.
///
/// Files are mapped only where groups are wanted: should a mapped file turn out to have been cut short while it was read,
/// what was counted is thrown away, and everything is read again without maps. Rows that have gone out cannot be.
pub fn run(
    plan: &Plan,
    mut inputs: Vec<Input>,
    options: &Options,
    observe: &dyn Observe,
    streaming: Option<Streaming<'_>>,
) -> Report {
    let can_start_over = matches!(plan.output, Output::Groups(_))
        && inputs
            .iter()
            .all(|input| matches!(input.body, Body::Pieces(_)));
    if can_start_over {
        inputs
            .iter_mut()
            .for_each(|input| input.map(options.engine));
        let report = attempt(plan, &mut inputs, options, observe, None);
        if !inputs.iter().any(Input::was_cut) {
            return report;
        }
        inputs.iter_mut().for_each(Input::rewind);
    }
    attempt(plan, &mut inputs, options, observe, streaming)
}

fn attempt(
    plan: &Plan,
    inputs: &mut [Input],
    options: &Options,
    observe: &dyn Observe,
    streaming: Option<Streaming<'_>>,
) -> Report {
    let rows_in_order = matches!(plan.output, Output::Rows(_));
    let is_small = inputs.len() < 64 && inputs.iter().all(Input::is_small);
    let mut rows = Table::new();
    let (mut streamed, mut writer, mut take) = (0, None, None);
    if let Some(streaming) = streaming {
        writer = Some(streaming.writer);
        take = Some(streaming.take);
    }
    let mut wanted = plan.rows_wanted();
    let mut deliver = |found: Rows| match found {
        Rows::Cells(cells) => {
            rows.extend(cells);
            table::reduce(plan, &mut rows, SLACK);
            wanted.is_none_or(|wanted| rows.len() < wanted)
        }
        Rows::Bytes(mut encoded) => {
            if let Some(wanted) = &mut wanted {
                encoded.ends.truncate(*wanted);
                encoded
                    .bytes
                    .truncate(encoded.ends.last().copied().unwrap_or(0));
                *wanted -= encoded.ends.len();
            }
            streamed += encoded.ends.len() as u64;
            let goes_on = take
                .as_mut()
                .is_none_or(|take| take(&encoded.bytes, &encoded.ends));
            goes_on && wanted != Some(0)
        }
    };
    let job = Job {
        plan,
        options,
        observe,
        order: rows_in_order.then(|| Order::new(options.threads + 2, &mut deliver)),
        writer,
        workers: Workers::new(plan, options, if is_small { 1 } else { options.threads }),
        stopped: AtomicBool::new(plan.rows_wanted() == Some(0)),
        chunks: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
    };
    let pool = if is_small {
        None
    } else {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .build();
        if pool.is_err() {
            observe.warned("no threads are to be had: working with one");
        }
        pool.ok()
    };
    if let Some(pool) = &pool {
        // Rows come out in the order of the inputs, so those are done one after the other; groups are done all at once.
        let together = if rows_in_order {
            1
        } else {
            inputs.len().max(1)
        };
        for some in inputs.chunks_mut(together) {
            job.together(pool, some);
        }
    } else {
        for input in &mut *inputs {
            job.alone(input);
        }
    }
    let Job {
        workers,
        chunks,
        bytes,
        ..
    } = job;
    let (account, grouped) = workers.merge(observe);
    let groups = grouped.as_ref().map_or(0, Grouped::group_count);
    let finish = || {
        let rows = grouped.map_or(rows, Grouped::rows);
        table::finish(plan, rows, &|message| {
            observe.missed(message);
        })
    };
    let table = match &pool {
        Some(pool) => pool.install(finish),
        None => finish(),
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

/// What all workers of a run share.
struct Job<'p, 'd> {
    plan: &'p Plan,
    options: &'p Options,
    observe: &'d dyn Observe,
    order: Option<Order<'d>>,
    writer: Option<Option<&'d (dyn Fn() -> Box<dyn Writer> + Sync)>>,
    workers: Workers<'p>,
    stopped: AtomicBool,
    chunks: AtomicU64,
    bytes: AtomicU64,
}

impl Job<'_, '_> {
    /// Whether the rows that there are will do.
    fn wants_no_more(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    fn is_stopping(&self) -> bool {
        self.wants_no_more() || self.observe.stopping()
    }

    /// So many bytes of an input have been read.
    fn advanced(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
        self.observe.advanced(bytes);
    }

    /// Whether newlines are all that is looked at, so that no line needs to be whole.
    fn counts_newlines(&self) -> bool {
        self.plan.counts_lines() && !self.options.strict
    }

    fn new_rows(&self) -> Rows {
        match self.writer {
            Some(writer) => Rows::Bytes(Encoded::new(writer.map(|make| make()))),
            None => Rows::Cells(Vec::new()),
        }
    }

    /// A file got shorter while it was read: said once.
    fn shrank(&self, input: &Input) {
        if !input.is_cut.swap(true, Relaxed) {
            self.observe.missed(&format!(
                "{}: the file got shorter while it was read",
                input.name
            ));
        }
    }

    /// Hands on what a piece or block gave; pieces of an input are numbered from 0.
    fn deliver(&self, number: u64, mut rows: Rows) {
        if let Rows::Cells(cells) = &mut rows {
            table::reduce(self.plan, cells, 0);
        }
        self.chunks.fetch_add(1, Relaxed);
        if let Some(order) = &self.order
            && !order.put(number, rows)
        {
            self.stopped.store(true, Relaxed);
        }
    }

    /// One input, on the calling thread.
    fn alone(&self, input: &mut Input) {
        if let Some(order) = &self.order {
            order.restart();
        }
        match &input.body {
            Body::Pieces(_) => pieces::take_all(self, input),
            Body::Blocks(_) => blocks::read_alone(self, input),
        }
    }

    /// Some inputs, on all workers at once.
    fn together(&self, pool: &rayon::ThreadPool, inputs: &mut [Input]) {
        if let Some(order) = &self.order {
            order.restart();
        }
        let (files, streams): (Vec<&mut Input>, Vec<&mut Input>) = inputs
            .iter_mut()
            .partition(|input| matches!(input.body, Body::Pieces(_)));
        let files: Vec<&Input> = files.into_iter().map(|input| &*input).collect();
        let decoders = streams.len().min(self.options.threads);
        let streams = Mutex::new(streams.into_iter());
        let gate = blocks::Gate::new(self.options.threads + decoders);
        pool.in_place_scope(|workers| {
            if !files.is_empty() {
                for _ in 0..self.options.threads {
                    workers.spawn(|_| files.iter().for_each(|input| pieces::take_all(self, input)));
                }
            }
            thread::scope(|threads| {
                for _ in 0..decoders {
                    threads.spawn(|| {
                        let next = || {
                            streams
                                .lock()
                                .unwrap_or_else(std::sync::PoisonError::into_inner)
                                .next()
                        };
                        while let Some(input) = next() {
                            blocks::feed(self, &gate, workers, input);
                        }
                    });
                }
            });
        });
    }
}
