//! From finished directories to one stream: in order, or as they come.
//!
//! In order, the stream is what one worker would write who walks the tree alone. Directories are finished in any order;
//! whoever finishes the one that the stream waits for goes on with it as far as it then can. So nobody has to be woken for
//! writing, and with one thread nothing is ever held back.

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
const PATIENCE: Duration = Duration::from_millis(100);

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

    /// Puts records out, as many as are wanted.
    pub(super) fn put(&mut self, bytes: &[u8], ends: &[usize]) {
        if self.is_full() || bytes.is_empty() {
            // Records without bytes are counted all the same: somebody only wants to know whether there are any.
            self.count(ends.len());
            return;
        }
        let (mut bytes, mut ends) = (bytes, ends);
        if let Some(wanted) = self.wanted.and_then(|wanted| usize::try_from(wanted).ok())
            && wanted < ends.len()
        {
            ends = &ends[..wanted];
            bytes = &bytes[..ends.last().copied().unwrap_or(0)];
        }
        self.count(ends.len());
        if let Err(error) = self.output.put(bytes, ends) {
            self.error = Some(error);
        }
    }

    fn count(&mut self, records: usize) {
        self.records += records as u64;
        if let Some(wanted) = &mut self.wanted {
            *wanted = wanted.saturating_sub(records as u64);
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
    /// taken off the backlog.
    pub(super) fn resume(&mut self, product: Product, backlog: &AtomicUsize) -> Option<Arc<Node>> {
        self.enter(product, backlog);
        self.advance(backlog)
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

    fn advance(&mut self, backlog: &AtomicUsize) -> Option<Arc<Node>> {
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
                    self.leave();
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
        self.drain
            .put(&frame.product.bytes[frame.at..place], &ends[..count]);
        frame.record += count;
        frame.at = place;
    }

    /// Leaves all directories that are open, since the walk was stopped: what has been begun is to be closed.
    pub(super) fn close(&mut self) {
        if self.frames.is_empty() {
            return;
        }
        // The one that the stream waited for is open, too.
        self.say_left(&Leaving::default(), Sums::default());
        while !self.frames.is_empty() {
            self.leave();
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
        self.drain.put(&self.scratch, &[end]);
    }

    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let sums = frame.product.sums;
        if let Some(leaving) = &frame.product.leaving {
            self.say_left(leaving, sums);
        }
        match self.frames.last_mut() {
            Some(parent) => parent.product.sums.add(sums),
            None => self.sums = sums,
        }
    }
}
