//! Streams: a thread reads and decodes, and hands whole lines to the workers.

use std::cell::RefCell;
use std::sync::{Condvar, Mutex, PoisonError};

use super::Job;
use crate::log::input::{Block, Blocks, Body, Input, Wanted};
use crate::log::scan::{Bound, too_long};

/// Lets so many blocks be under way at once: what bounds the memory of a stream.
pub(super) struct Gate {
    free: Mutex<Spares>,
    freed: Condvar,
}

struct Spares {
    places: usize,
    buffers: Vec<Vec<u8>>,
}

impl Gate {
    /// A gate with so many places.
    pub(super) fn new(places: usize) -> Gate {
        Gate {
            free: Mutex::new(Spares {
                places,
                buffers: Vec::new(),
            }),
            freed: Condvar::new(),
        }
    }

    /// Waits for a place; gives a buffer that an earlier block has left.
    fn enter(&self) -> Vec<u8> {
        let mut spares = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while spares.places == 0 {
            spares = self
                .freed
                .wait(spares)
                .unwrap_or_else(PoisonError::into_inner);
        }
        spares.places -= 1;
        spares.buffers.pop().unwrap_or_default()
    }

    fn leave(&self, buffer: Vec<u8>) {
        let mut spares = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        spares.places += 1;
        spares.buffers.push(buffer);
        self.freed.notify_one();
    }
}

/// Reads a stream on this thread, which is none of the workers', and has its blocks scanned on theirs.
pub(super) fn feed<'s>(
    job: &'s Job<'_, '_>,
    gate: &'s Gate,
    workers: &rayon::Scope<'s>,
    input: &'s mut Input,
) {
    let Input {
        name,
        bound,
        body: Body::Blocks(blocks),
        ..
    } = input
    else {
        return;
    };
    let bound: &'s Bound = bound;
    read_all(
        job,
        &name.to_string(),
        blocks,
        || gate.enter(),
        |block, number| match block {
            Some(block) => workers.spawn(move |_| gate.leave(scan(job, bound, block, number))),
            // The end took a place, too: kept, it would be lacking for the streams that follow.
            None => gate.leave(Vec::new()),
        },
    );
}

/// Reads a stream on this thread and scans its blocks on it too.
pub(super) fn read_alone(job: &Job<'_, '_>, input: &mut Input) {
    let Input {
        name,
        bound,
        body: Body::Blocks(blocks),
        ..
    } = input
    else {
        return;
    };
    let buffer = RefCell::new(Vec::new());
    read_all(
        job,
        &name.to_string(),
        blocks,
        || buffer.take(),
        |block, number| {
            if let Some(block) = block {
                buffer.replace(scan(job, bound, block, number));
            }
        },
    );
}

/// Reads a stream to its end. Each buffer that `spare` gives is handed on, filled, or as nothing at the end.
fn read_all(
    job: &Job<'_, '_>,
    name: &str,
    blocks: &mut Blocks,
    spare: impl Fn() -> Vec<u8>,
    hand_on: impl Fn(Option<Block>, u64),
) {
    let wanted = Wanted {
        any_bytes: job.counts_newlines(),
        eager: job.order.is_some(),
        max_line: job.options.max_line,
    };
    let mut number = 0;
    // A signal ends the reading, in `next_block`; what has been read by then is still looked at.
    while !job.wants_no_more() {
        let block = blocks.next_block(spare(), wanted, &|| job.is_stopping());
        let is_end = block.is_none();
        hand_on(block, number);
        if is_end {
            break;
        }
        job.advanced(blocks.newly_consumed());
        number += 1;
    }
    if let Some(damage) = blocks.take_damage() {
        job.observe.missed(&format!("{name}: {damage}"));
    }
}

/// Scans a block on this worker; gives its buffer back.
fn scan(job: &Job<'_, '_>, bound: &Bound, block: Block, number: u64) -> Vec<u8> {
    let mut rows = job.new_rows();
    job.workers.with_scanner(|scanner| {
        if job.counts_newlines() {
            scanner.count(&block.bytes, block.is_last);
        } else {
            scanner.scan(bound, &block.bytes, block.offset, &mut rows);
        }
        if let Some(offset) = block.too_long {
            scanner.account.judged += 1;
            scanner
                .account
                .bad(bound.input, offset, &too_long(job.options.max_line));
        }
    });
    job.deliver(number, rows);
    block.bytes
}
