//! Streams: a thread reads and decodes, and hands blocks of whole lines to the workers.

use xxhash_rust::xxh3::Xxh3;

use super::buffer_pool::{BufferPool, PooledBuffer};
use super::job::Job;
use crate::format::{Framed, Framing, Records};
use crate::io::buffer::Buffer;
use crate::io::source::InputName;
use crate::io::wait::Until;
use crate::log::input::{Block, Blocks, Body, Bound, Input, Wanted};

/// A stream to read, without what makes records of its lines.
struct Source<'j> {
    name: &'j InputName,
    bound: &'j Bound,
    blocks: &'j mut Blocks,
}

/// Reads streams one after the other on this thread, which is not a worker, and has their blocks scanned by the workers.
pub(super) fn feed<'j>(
    job: &'j Job<'j, '_>,
    buffers: &'j BufferPool,
    workers: &rayon::Scope<'j>,
    inputs: impl IntoIterator<Item = &'j mut Input>,
) {
    read_all(job, buffers, inputs, |bound, pooled, block, number| {
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

/// Reads streams and scans their blocks, all on this thread.
pub(super) fn read_alone<'j>(
    job: &'j Job<'j, '_>,
    inputs: impl IntoIterator<Item = &'j mut Input>,
) {
    let buffers = BufferPool::new(1);
    read_all(job, &buffers, inputs, |bound, mut pooled, block, number| {
        let (rows, buffer) = scan(job, bound, block);
        pooled.buffer = buffer;
        job.deliver(job.ticket(number), rows);
    });
}

/// A block, and its records if they are not its lines.
struct Taken {
    block: Block,
    records: Option<Vec<Records>>,
}

/// Reads streams of which each but the last goes on in the next, or just one.
fn read_all<'j, 'g>(
    job: &Job<'_, '_>,
    buffers: &'g BufferPool,
    inputs: impl IntoIterator<Item = &'j mut Input>,
    hand_on: impl Fn(&'j Bound, PooledBuffer<'g>, Taken, u64),
) {
    let mut before: Option<&mut Option<Box<dyn Framing>>> = None;
    for input in inputs {
        let Input {
            name,
            bound,
            body: Body::Blocks(blocks),
            framing,
            goes_on,
            ..
        } = input
        else {
            continue;
        };
        if let Some(carried) = before.and_then(Option::take) {
            *framing = Some(carried);
        }
        let source = Source {
            name,
            bound,
            blocks,
        };
        read_one(job, buffers, source, framing, *goes_on, &hand_on);
        before = goes_on.then_some(framing);
    }
}

/// Reads a stream to its end, or until no more is needed. If the next goes on with it, records that are not complete stay with
/// `framing`.
fn read_one<'j, 'g>(
    job: &Job<'_, '_>,
    buffers: &'g BufferPool,
    source: Source<'j>,
    framing: &mut Option<Box<dyn Framing>>,
    goes_on: bool,
    hand_on: &impl Fn(&'j Bound, PooledBuffer<'g>, Taken, u64),
) {
    let Source {
        name,
        bound,
        blocks,
    } = source;
    let options = job.shared.options;
    let advanced = |bytes| job.advanced(bytes);
    let wanted = Wanted {
        advanced: &advanced,
        any_bytes: job.counts_newlines() && framing.is_none(),
        eager: job.shared.order.is_some() || options.live,
        max_line: options.max_line,
    };
    let mut number = 0;
    let mut hasher = options.hashes_streams.then(Xxh3::new);
    let mut length = 0;
    // Kept from block to block, with the schema of the records.
    let mut framed = Framed::default();
    let is_stopping = || job.is_stopping();
    let until = Until {
        event: Some(&job.shared.stopped),
        ..Until::stopped(&is_stopping)
    };
    // A signal ends the reading, in `next_block`; what has been read by then is still scanned.
    while !job.is_done() {
        let mut pooled = buffers.acquire();
        let buffer = std::mem::take(&mut pooled.buffer);
        let Some(block) = blocks.next_block(buffer, wanted, &until) else {
            break;
        };
        if let Some(hasher) = &mut hasher {
            hasher.update(&block.bytes);
            length += block.bytes.len() as u64;
        }
        let records = framing.as_mut().map(|framing| {
            frame(&mut **framing, &block, &mut framed);
            framed.take()
        });
        let taken = Taken { block, records };
        hand_on(bound, pooled, taken, number);
        number += 1;
    }
    if let Some(hasher) = hasher {
        job.hashed(bound.input, length, hasher.digest128().to_be_bytes());
    }
    match framing {
        Some(framing) if goes_on => framing.go_on(),
        Some(framing) => {
            framing.end(&mut framed);
            let taken = Taken {
                block: Block::empty(),
                records: Some(framed.take()),
            };
            hand_on(bound, buffers.acquire(), taken, number);
        }
        None => {}
    }
    if let Some(damage) = blocks.take_damage() {
        job.observe.missed(&format!("{name}: {damage}"));
    }
}

/// Adds the records that the lines of a block complete.
fn frame(framing: &mut dyn Framing, block: &Block, framed: &mut Framed) {
    let bytes: &[u8] = &block.bytes;
    let mut start = 0;
    while start < bytes.len() {
        let newline = memchr::memchr(b'\n', &bytes[start..]);
        let end = newline.map_or(bytes.len(), |newline| start + newline);
        framing.line(&bytes[start..end], block.offset + start as u64, framed);
        start = end + 1;
    }
    if let Some(offset) = block.too_long {
        framing.long_line(offset, framed);
    }
}

/// Scans a block on this worker; returns its rows and its buffer.
fn scan(
    job: &Job<'_, '_>,
    bound: &Bound,
    Taken { block, records }: Taken,
) -> (crate::log::rows::Rows, Buffer) {
    let mut rows = job.new_rows();
    job.workers.with_scanner(|scanner| {
        if let Some(records) = &records {
            return scanner.scan_records(bound, records, &mut rows);
        }
        if job.counts_newlines() {
            scanner.count(&block.bytes, block.is_last);
        } else {
            scanner.scan(bound, &block.bytes, block.offset, &mut rows);
        }
        if let Some(offset) = block.too_long {
            scanner.skip_long(bound, offset);
        }
    });
    (rows, block.bytes)
}
