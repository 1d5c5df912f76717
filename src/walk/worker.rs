//! A worker: it takes directories from the queue until there are no more.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use super::node::{Records, Work};
use super::plan::Order;
use super::recorder::Recorder;
use super::shared::Shared;
use super::steps::Step;
use super::stream::FLUSH_AFTER;
use crate::dirs::owners::Owners;
use crate::dirs::{Directory, Handle, Listing};
use crate::select::Rules;

/// Without an order: the bytes that a worker collects before it writes them.
const BATCH: usize = 32 << 10;

/// A worker: its recorder, and memory that is reused for each directory.
pub(super) struct Worker<'s, 'p, R> {
    pub(super) shared: &'s Shared<'p, R>,
    pub(super) recorder: R,
    pub(super) owners: Owners,
    pub(super) listing: Listing,
    pub(super) buffer: Vec<u8>,
    pub(super) path: Vec<u8>,
    pub(super) steps: Vec<Step>,
    /// Buffers of directories that this worker has written. They are reused by the same thread, because memory that another
    /// thread frees makes both wait for the allocator.
    pub(super) spare: Vec<Vec<u8>>,
    /// Without an order: records that are not written yet.
    pub(super) batch: Records,
    /// When the last batch was written.
    written: Instant,
}

/// A directory whose entries are judged.
pub(super) struct Context<'a> {
    pub(super) directory: &'a Directory,
    /// `None` for the list of roots.
    pub(super) handle: Option<&'a Arc<Handle>>,
    pub(super) work: &'a Work,
    /// The ignore rules for its entries.
    pub(super) rules: Option<&'a Arc<Rules>>,
    pub(super) records: &'a mut Records,
    /// The number of records before its own.
    pub(super) records_before: u64,
}

impl<'s, 'p, R: Recorder> Worker<'s, 'p, R> {
    /// A worker that writes records with `recorder`.
    pub(super) fn new(shared: &'s Shared<'p, R>, recorder: R) -> Worker<'s, 'p, R> {
        Worker {
            shared,
            recorder,
            owners: Owners::default(),
            listing: Listing::default(),
            buffer: Vec::new(),
            path: Vec::new(),
            steps: Vec::new(),
            spare: Vec::new(),
            batch: Records::default(),
            written: Instant::now(),
        }
    }

    /// Without an order: whether the batch is to be written because of its size or age, or because of what is in it.
    pub(super) fn is_batch_full(&self) -> bool {
        let plan = self.shared.plan;
        plan.order == Order::None
            && (self.batch.bytes.len() >= BATCH
                || !self.batch.errors.is_empty()
                || plan.limit.is_some()
                || self.written.elapsed() >= FLUSH_AFTER)
    }

    /// Without an order: writes the batch.
    pub(super) fn write_batch(&mut self) {
        let shared = self.shared;
        if shared.plan.order != Order::None {
            return;
        }
        let Some(mut stream) = shared.stream() else {
            return;
        };
        let batch = &mut self.batch;
        let destination = &mut stream.destination;
        destination.report(&batch.errors, &batch.repeats);
        destination.put(&batch.bytes, &batch.ends, batch.count);
        destination.pause();
        let is_full = destination.is_full();
        stream.sums.add(batch.sums);
        drop(stream);
        let (mut bytes, mut ends) = (mem::take(&mut batch.bytes), mem::take(&mut batch.ends));
        bytes.clear();
        ends.clear();
        *batch = Records {
            ends,
            ..Records::with_buffer(bytes)
        };
        self.written = Instant::now();
        if is_full {
            shared.stop();
        }
    }
}
