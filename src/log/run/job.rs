//! The state that the threads of a run share.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use super::order::{Order, Ticket};
use super::workers::Workers;
use crate::format::Writer;
use crate::io::wait::Event;
use crate::log::input::Input;
use crate::log::options::Options;
use crate::log::plan::Plan;
use crate::log::rows::{Encoded, Rows};
use crate::log::table;
use crate::observe::Observe;

/// Makes the writers that workers encode rows with.
pub type MakeWriter<'s> = &'s (dyn Fn() -> Box<dyn Writer> + Sync);

/// The state of a whole run.
pub(super) struct Shared<'s> {
    pub(super) plan: Arc<Plan>,
    pub(super) options: Options,
    pub(super) workers: Workers,
    /// Puts rows in order; none if the query groups.
    pub(super) order: Option<Order<'s>>,
    /// None if rows are not encoded; otherwise the writers that encode them, or none to output the lines unchanged.
    pub(super) encoding: Option<Option<MakeWriter<'s>>>,
    /// Set once no more input is needed: enough rows were found, or the run has failed.
    pub(super) stopped: Event,
    pub(super) chunks: AtomicU64,
    pub(super) bytes: AtomicU64,
    /// The lengths and hashes of streams, by the numbers of their inputs.
    pub(super) hashes: Mutex<BTreeMap<usize, (u64, [u8; 16])>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl<'s> Shared<'s> {
    pub(super) fn new(
        plan: Arc<Plan>,
        options: Options,
        order: Option<Order<'s>>,
        encoding: Option<Option<MakeWriter<'s>>>,
    ) -> Shared<'s> {
        let stopped = Event::new();
        if plan.rows_wanted() == Some(0) {
            stopped.set();
        }
        Shared {
            workers: Workers::new(Arc::clone(&plan), options),
            stopped,
            plan,
            options,
            order,
            encoding,
            chunks: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            hashes: Mutex::default(),
            panic: Mutex::new(None),
        }
    }

    /// Continues the panic of a thread on this one, if there was any.
    pub(super) fn resume_panic(&self) {
        let mut panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(payload) = panic.take() {
            drop(panic);
            resume_unwind(payload);
        }
    }
}

/// The state for some of the inputs of a run.
pub(super) struct Job<'j, 's> {
    pub(super) shared: &'j Shared<'s>,
    /// The workers that take part.
    pub(super) workers: &'j Workers,
    pub(super) observe: &'j dyn Observe,
}

impl<'j, 's> Job<'j, 's> {
    /// Whether no more input is needed.
    pub(super) fn is_done(&self) -> bool {
        self.shared.stopped.is_set() || self.workers.has_failed()
    }

    /// Whether to stop reading, also because of a signal or a reader that has gone.
    pub(super) fn is_stopping(&self) -> bool {
        self.is_done() || self.observe.stopping()
    }

    /// Does the work of a thread. If it panics, all others stop; [`Shared::resume_panic`] continues the panic afterwards.
    ///
    /// Other threads may see state that a panic left inconsistent, but the results of such a run are dropped.
    pub(super) fn guard(&self, work: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(work)) {
            let mut panic = self
                .shared
                .panic
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            panic.get_or_insert(payload);
            self.stop();
        }
    }

    fn stop(&self) {
        self.shared.stopped.set();
    }

    /// Counts bytes that have been read from streams, or scanned of files.
    pub(super) fn advanced(&self, bytes: u64) {
        self.shared.bytes.fetch_add(bytes, Relaxed);
        self.observe.advanced(bytes);
    }

    /// Keeps the length and the hash of a stream.
    pub(super) fn hashed(&self, input: usize, length: u64, hash: [u8; 16]) {
        let hashes = self.shared.hashes.lock();
        let mut hashes = hashes.unwrap_or_else(PoisonError::into_inner);
        hashes.insert(input, (length, hash));
    }

    /// Whether only newlines are counted, so that lines may be cut anywhere.
    pub(super) fn counts_newlines(&self) -> bool {
        self.shared.plan.counts_lines() && !self.shared.options.strict
    }

    /// The duty to deliver the rows of a chunk or block; chunks of an input are numbered from 0. None if the query groups.
    pub(super) fn ticket(&self, number: u64) -> Option<Ticket<'j, 's>> {
        self.shared.order.as_ref().map(|order| order.ticket(number))
    }

    /// Begins with chunk 0 of another input.
    pub(super) fn restart(&self) {
        if let Some(order) = &self.shared.order {
            order.restart();
        }
    }

    pub(super) fn new_rows(&self) -> Rows {
        match self.shared.encoding {
            Some(writer) => Rows::Bytes(Encoded::new(writer.map(|make| make()))),
            None => Rows::Cells(Vec::new()),
        }
    }

    /// Delivers the rows of a chunk or block.
    pub(super) fn deliver(&self, ticket: Option<Ticket<'j, 's>>, mut rows: Rows) {
        if let Rows::Cells(cells) = &mut rows {
            table::reduce(&self.shared.plan, cells, 0);
        }
        self.shared.chunks.fetch_add(1, Relaxed);
        if let Some(ticket) = ticket
            && !ticket.deliver(rows)
        {
            self.stop();
        }
    }

    /// Reports once why a part of an input could not be read.
    pub(super) fn report_unread(&self, input: &Input, reason: &str) {
        if !input.is_reported.swap(true, Relaxed) {
            self.observe.missed(&format!("{}: {reason}", input.name));
        }
    }
}
