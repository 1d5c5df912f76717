//! Streams: a thread reads and decodes, and hands blocks of whole lines to the workers.

use xxhash_rust::xxh3::Xxh3;

use super::buffer_pool::{BufferPool, PooledBuffer};
use super::job::Job;
use crate::io::buffer::Buffer;
use crate::io::wait::Until;
use crate::log::input::{Block, Blocks, Body, Bound, Input, Wanted};

/// Reads a stream on this thread, which is not a worker, and has its blocks scanned by the workers.
pub(super) fn feed<'j>(
    job: &'j Job<'j, '_>,
    buffers: &'j BufferPool,
    workers: &rayon::Scope<'j>,
    input: &'j mut Input,
) {
    read_all(job, buffers, input, |bound, pooled, block, number| {
        let ticket = job.ticket(number);
        workers.spawn(move |_| {
            job.guard(move || {
                let mut pooled = pooled;
                let (rows, buffer) = scan(job, bound, block);
                pooled.buffer = buffer;
                job.deliver(ticket, rows);
            });
        });
    });
}

/// Reads a stream and scans its blocks, all on this thread.
pub(super) fn read_alone<'j>(job: &'j Job<'j, '_>, input: &'j mut Input) {
    let buffers = BufferPool::new(1);
    read_all(job, &buffers, input, |bound, mut pooled, block, number| {
        let (rows, buffer) = scan(job, bound, block);
        pooled.buffer = buffer;
        job.deliver(job.ticket(number), rows);
    });
}

/// A block, and how many bytes were read for it, as they are on disk.
struct Taken {
    block: Block,
    consumed: u64,
}

/// Reads a stream to its end, or until no more is needed.
fn read_all<'j, 'g>(
    job: &Job<'_, '_>,
    buffers: &'g BufferPool,
    input: &'j mut Input,
    hand_on: impl Fn(&'j Bound, PooledBuffer<'g>, Taken, u64),
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
    let (bound, blocks): (&'j Bound, &mut Blocks) = (bound, blocks);
    let options = job.shared.options;
    let wanted = Wanted {
        any_bytes: job.counts_newlines(),
        eager: job.shared.order.is_some() || options.live,
        max_line: options.max_line,
    };
    let mut number = 0;
    let mut hasher = options.hashes_streams.then(Xxh3::new);
    let mut length = 0;
    let is_stopping = || job.is_stopping();
    let until = Until {
        event: Some(&job.shared.stopped),
        ..Until::stopped(&is_stopping)
    };
    // A signal ends the reading, in `next_block`; what has been read by then is still scanned.
    while !job.is_done() {
        let mut pooled = buffers.acquire();
        let buffer = std::mem::take(&mut pooled.buffer);
        let block = blocks.next_block(buffer, wanted, &until);
        let consumed = blocks.newly_consumed();
        let Some(block) = block else {
            job.advanced(consumed);
            break;
        };
        if let Some(hasher) = &mut hasher {
            hasher.update(&block.bytes);
            length += block.bytes.len() as u64;
        }
        hand_on(bound, pooled, Taken { block, consumed }, number);
        number += 1;
    }
    if let Some(hasher) = hasher {
        job.hashed(bound.input, length, hasher.digest128().to_be_bytes());
    }
    if let Some(damage) = blocks.take_damage() {
        job.observe.missed(&format!("{name}: {damage}"));
    }
}

/// Scans a block on this worker; returns its rows and its buffer.
fn scan(
    job: &Job<'_, '_>,
    bound: &Bound,
    Taken { block, consumed }: Taken,
) -> (crate::log::rows::Rows, Buffer) {
    let mut rows = job.new_rows();
    job.workers.with_scanner(|scanner| {
        if job.counts_newlines() {
            scanner.count(&block.bytes, block.is_last);
        } else {
            scanner.scan(bound, &block.bytes, block.offset, &mut rows);
        }
        if let Some(offset) = block.too_long {
            scanner.skip_long(bound, offset);
        }
    });
    job.advanced(consumed);
    (rows, block.bytes)
}
