//! From finished directories to one stream: in order, or as they come.
//!
//! In order, the stream is what one worker would write who walks the tree alone. Directories are finished in any order;
//! whoever finishes the one that the stream waits for goes on with it as far as it then can. So nobody has to be woken for
//! writing, and with one thread nothing is ever held back.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::event::Sums;
use super::fault::{Fault, Tolerated};
use super::node::{Leaving, Node, Product};
use super::{Left, Output, Recorder};
use crate::error::Error;
use crate::observe::Observe;

/// How long records may lie in a buffer while nothing more comes: a reader may be watching.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// How many buffers a worker keeps for later, and how large, in bytes.
const SPARE: usize = 64;
const USUAL: usize = 64 << 10;

/// Where records, faults and repeats end up.
pub(super) struct Drain<'a> {
    output: &'a mut dyn Output,
    observe: &'a dyn Observe,
    tolerated: Tolerated,
    /// How many records are still wanted.
    wanted: Option<u64>,
    flushed: Instant,
    /// What became of the output.
    pub(super) error: Option<Error>,
    /// Records put out.
    pub(super) records: u64,
    /// Faults, and those that are borne.
    pub(super) faults: u64,
    pub(super) borne: u64,
    /// Directories met again.
    pub(super) repeats: u64,
}

impl<'a> Drain<'a> {
    pub(super) fn new(
        output: &'a mut dyn Output,
        observe: &'a dyn Observe,
        tolerated: Tolerated,
        wanted: Option<u64>,
    ) -> Drain<'a> {
        Drain {
            output,
            observe,
            tolerated,
            wanted,
            flushed: Instant::now(),
            error: None,
            records: 0,
            faults: 0,
            borne: 0,
            repeats: 0,
        }
    }

    /// Whether no more records are wanted, or none can be written.
    pub(super) fn is_full(&self) -> bool {
        self.error.is_some() || self.wanted == Some(0)
    }

    /// Puts records out, as many as are wanted: only so many are counted. Where a number is wanted, or the output wants to
    /// know, `ends` says where each ends.
    pub(super) fn put(&mut self, bytes: &[u8], ends: &[usize], records: u64) {
        if self.is_full() {
            return;
        }
        let (mut bytes, mut ends, mut records) = (bytes, ends, records);
        if let Some(wanted) = &mut self.wanted {
            records = records.min(*wanted);
            *wanted -= records;
            // No more than there are ends of.
            ends = &ends[..usize::try_from(records)
                .unwrap_or(ends.len())
                .min(ends.len())];
            bytes = &bytes[..ends.last().copied().unwrap_or(0)];
        }
        self.records += records;
        if bytes.is_empty() {
            return;
        }
        if let Err(error) = self.output.put(bytes, ends) {
            self.error = Some(error);
        }
    }

    /// Says what could not be read.
    pub(super) fn tell(&mut self, faults: &[Fault], repeats: &[String]) {
        for fault in faults {
            if self.tolerated.bears(fault) {
                self.borne += 1;
            } else {
                self.faults += 1;
                self.observe.missed(&fault.to_string());
            }
        }
        self.repeats += repeats.len() as u64;
        repeats
            .iter()
            .for_each(|repeat| self.observe.warned(repeat));
    }

    /// Nothing more is to be had at the moment: hands on what waits, if it has waited for long.
    pub(super) fn rest(&mut self) {
        if self.flushed.elapsed() >= PATIENCE && self.error.is_none() {
            if let Err(error) = self.output.flush() {
                self.error = Some(error);
            }
            self.flushed = Instant::now();
        }
    }
}

/// Puts directories together in order.
pub(super) struct Stream<'a, R> {
    pub(super) drain: Drain<'a>,
    /// The directories on the way from the list of roots to where the stream is.
    frames: Vec<Frame>,
    /// What writes the ends of directories.
    closer: R,
    scratch: Vec<u8>,
    /// All that came out.
    pub(super) sums: Sums,
}

/// A directory that has been put out in part.
struct Frame {
    product: Product,
    /// The next of its subdirectories.
    child: usize,
    /// The next of its records.
    record: usize,
    /// Up to where its bytes are out.
    at: usize,
}

impl<'a, R: Recorder> Stream<'a, R> {
    /// Nothing yet.
    pub(super) fn new(drain: Drain<'a>, closer: R) -> Stream<'a, R> {
        Stream {
            drain,
            frames: Vec::new(),
            closer,
            scratch: Vec::new(),
            sums: Sums::default(),
        }
    }

    /// Goes on with a directory that it has waited for. Gives what it then waits for; nothing at the end. What it takes is
    /// taken off the backlog; buffers that are done with go to `spare`.
    pub(super) fn resume(
        &mut self,
        product: Product,
        backlog: &AtomicUsize,
        spare: &mut Vec<Vec<u8>>,
    ) -> Option<Arc<Node>> {
        self.enter(product, backlog);
        self.advance(backlog, spare)
    }

    fn enter(&mut self, product: Product, backlog: &AtomicUsize) {
        backlog.fetch_sub(product.bytes.len(), Relaxed);
        self.drain.tell(&product.faults, &product.repeats);
        self.frames.push(Frame {
            product,
            child: 0,
            record: 0,
            at: 0,
        });
    }

    fn advance(&mut self, backlog: &AtomicUsize, spare: &mut Vec<Vec<u8>>) -> Option<Arc<Node>> {
        while let Some(frame) = self.frames.last_mut() {
            match frame.product.children.get(frame.child) {
                Some((place, child)) => {
                    let (place, child) = (*place, Arc::clone(child));
                    frame.child += 1;
                    self.put_to(place);
                    match child.take() {
                        Some(product) => self.enter(product, backlog),
                        None => {
                            self.drain.rest();
                            return Some(child);
                        }
                    }
                }
                None => {
                    let end = frame.product.bytes.len();
                    self.put_to(end);
                    if let Some(buffer) = self.leave()
                        && spare.len() < SPARE
                    {
                        spare.push(buffer);
                    }
                }
            }
        }
        None
    }

    /// Puts out the records of the last frame up to a place.
    fn put_to(&mut self, place: usize) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let ends = &mut frame.product.ends[frame.record..];
        let count = ends.partition_point(|end| *end <= place);
        ends[..count].iter_mut().for_each(|end| *end -= frame.at);
        // Without ends it does not matter with which part of a directory its records are counted.
        let records = match frame.product.ends.is_empty() {
            true => mem::take(&mut frame.product.records),
            false => count as u64,
        };
        let ends = &frame.product.ends[frame.record..frame.record + count];
        let bytes = &frame.product.bytes[frame.at..place];
        self.drain.put(bytes, ends, records);
        frame.record += count;
        frame.at = place;
    }

    /// The walk is over. If it was stopped, directories are open: what came out of them counts, and if they nest, what has
    /// been begun is to be closed.
    pub(super) fn close(&mut self, nests: bool) {
        if self.frames.is_empty() {
            return;
        }
        if nests {
            // The one that the stream waited for is open, too.
            self.say_left(&Leaving::default(), Sums::default());
            while !self.frames.is_empty() {
                self.leave();
            }
        }
        for frame in self.frames.drain(..) {
            self.sums.add(frame.product.sums);
        }
    }

    fn say_left(&mut self, leaving: &Leaving, sums: Sums) {
        let left = Left {
            path: &leaving.path,
            sums,
            fault: leaving.fault.as_ref(),
        };
        self.scratch.clear();
        self.closer.left(&left, &mut self.scratch);
        let end = self.scratch.len();
        self.drain.put(&self.scratch, &[end], 1);
    }

    /// Leaves the last directory. Gives its buffer, emptied, if it is of a size that others are likely to need.
    fn leave(&mut self) -> Option<Vec<u8>> {
        let mut frame = self.frames.pop()?;
        let sums = frame.product.sums;
        if let Some(leaving) = &frame.product.leaving {
            self.say_left(leaving, sums);
        }
        match self.frames.last_mut() {
            Some(parent) => parent.product.sums.add(sums),
            None => self.sums = sums,
        }
        let mut buffer = mem::take(&mut frame.product.bytes);
        buffer.clear();
        Some(buffer).filter(|buffer| buffer.capacity() <= USUAL)
    }
}
