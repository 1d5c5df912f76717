//! From finished directories to one stream: in order, or as they come.
//!
//! In order, the stream is what one worker would write that walks the tree alone. Directories are finished in any order; the
//! worker that finishes the one that the stream waits for writes as much as is then possible. So no thread is woken for
//! writing, and with one thread nothing is ever held back.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::event::{Left, Sums};
use super::node::{Leaving, Node, Records};
use super::recorder::{Output, Recorder};
use crate::dirs::{EntryError, Tolerated};
use crate::observe::Observe;

/// The longest time that records stay in a buffer while there are no more.
pub(super) const FLUSH_AFTER: Duration = Duration::from_millis(100);

/// The number of buffers that a worker keeps for later, and their largest size in bytes.
const SPARE_BUFFERS: usize = 64;
const SPARE_SIZE: usize = 64 << 10;

/// Where records, errors and repeats go.
pub(super) struct Destination<'a> {
    output: &'a mut dyn Output,
    observe: &'a dyn Observe,
    tolerated: Tolerated,
    /// How many more records may be written.
    left: Option<u64>,
    flushed: Instant,
    /// The output takes no more.
    is_closed: bool,
    /// Records written.
    pub(super) records: u64,
    /// Errors that were reported, and those that were tolerated.
    pub(super) errors: u64,
    pub(super) tolerated_errors: u64,
    /// Directories that were reached again.
    pub(super) repeats: u64,
}

impl<'a> Destination<'a> {
    pub(super) fn new(
        output: &'a mut dyn Output,
        observe: &'a dyn Observe,
        tolerated: Tolerated,
        limit: Option<u64>,
    ) -> Destination<'a> {
        Destination {
            output,
            observe,
            tolerated,
            left: limit,
            flushed: Instant::now(),
            is_closed: false,
            records: 0,
            errors: 0,
            tolerated_errors: 0,
            repeats: 0,
        }
    }

    /// Whether no more records are wanted, or none can be written.
    pub(super) fn is_full(&self) -> bool {
        self.is_closed || self.left == Some(0)
    }

    /// Writes records up to the limit, and counts those. With a limit, or if the output wants it, `ends` are their ends.
    pub(super) fn put(&mut self, bytes: &[u8], ends: &[usize], records: u64) {
        if self.is_full() {
            return;
        }
        let (mut bytes, mut ends, mut records) = (bytes, ends, records);
        if let Some(left) = &mut self.left {
            records = records.min(*left);
            *left -= records;
            ends = &ends[..usize::try_from(records)
                .unwrap_or(ends.len())
                .min(ends.len())];
            bytes = &bytes[..ends.last().copied().unwrap_or(0)];
        }
        self.records += records;
        if !bytes.is_empty() && self.output.put(bytes, ends).is_break() {
            self.is_closed = true;
        }
    }

    /// Reports errors and repeats.
    pub(super) fn report(&mut self, errors: &[EntryError], repeats: &[String]) {
        for error in errors {
            if self.tolerated.covers(error) {
                self.tolerated_errors += 1;
            } else {
                self.errors += 1;
                self.observe.missed(&error.to_string());
            }
        }
        self.repeats += repeats.len() as u64;
        repeats.iter().for_each(|repeat| self.observe.noted(repeat));
    }

    /// There are no more records at the moment: hands on those in the buffer, if they have been there for long.
    pub(super) fn pause(&mut self) {
        if self.flushed.elapsed() >= FLUSH_AFTER && !self.is_closed {
            self.is_closed = self.output.flush().is_break();
            self.flushed = Instant::now();
        }
    }
}

/// Joins directories in order.
pub(super) struct Stream<'a, R> {
    pub(super) destination: Destination<'a>,
    /// The directories from the list of roots down to the one that is being written.
    frames: Vec<Frame>,
    /// Writes the ends of directories.
    recorder: R,
    scratch: Vec<u8>,
    /// The sums of everything that was recorded.
    pub(super) sums: Sums,
    /// Entries that may be reached again and were counted, by device and inode.
    counted: HashSet<(u64, u64)>,
}

/// A directory that has been written in part.
struct Frame {
    records: Records,
    /// The next of its subdirectories.
    child: usize,
    /// The next of its records.
    record: usize,
    /// How many of its bytes are written.
    written: usize,
}

impl<'a, R: Recorder> Stream<'a, R> {
    /// An empty stream; `recorder` writes the ends of directories.
    pub(super) fn new(destination: Destination<'a>, recorder: R) -> Stream<'a, R> {
        Stream {
            destination,
            frames: Vec::new(),
            recorder,
            scratch: Vec::new(),
            sums: Sums::default(),
            counted: HashSet::new(),
        }
    }

    /// Continues with a directory that it waited for. Gives the one that it waits for next; `None` at the end. Its bytes are
    /// subtracted from `backlog`; buffers that are no longer used go to `spare`.
    pub(super) fn resume(
        &mut self,
        records: Records,
        backlog: &AtomicUsize,
        spare: &mut Vec<Vec<u8>>,
    ) -> Option<Arc<Node>> {
        self.enter(records, backlog);
        self.advance(backlog, spare)
    }

    fn enter(&mut self, mut records: Records, backlog: &AtomicUsize) {
        backlog.fetch_sub(records.weight(), Relaxed);
        for share in mem::take(&mut records.shares) {
            let is_first = |id| self.counted.insert(id);
            if share.repeated_id().is_none_or(is_first) {
                records.sums.add(share.sums());
            }
        }
        self.destination.report(&records.errors, &records.repeats);
        self.frames.push(Frame {
            records,
            child: 0,
            record: 0,
            written: 0,
        });
    }

    fn advance(&mut self, backlog: &AtomicUsize, spare: &mut Vec<Vec<u8>>) -> Option<Arc<Node>> {
        while let Some(frame) = self.frames.last_mut() {
            match frame.records.children.get(frame.child) {
                Some((offset, child)) => {
                    let (offset, child) = (*offset, Arc::clone(child));
                    frame.child += 1;
                    self.put_up_to(offset);
                    match child.take() {
                        Some(records) => self.enter(records, backlog),
                        None => {
                            self.destination.pause();
                            return Some(child);
                        }
                    }
                }
                None => {
                    let end = frame.records.bytes.len();
                    self.put_up_to(end);
                    if let Some(buffer) = self.leave()
                        && spare.len() < SPARE_BUFFERS
                    {
                        spare.push(buffer);
                    }
                }
            }
        }
        None
    }

    /// Writes the records of the last frame up to an offset.
    fn put_up_to(&mut self, offset: usize) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let ends = &mut frame.records.ends[frame.record..];
        let count = ends.partition_point(|end| *end <= offset);
        ends[..count]
            .iter_mut()
            .for_each(|end| *end -= frame.written);
        // Without ends it does not matter with which part of a directory its records are counted.
        let records = match frame.records.ends.is_empty() {
            true => mem::take(&mut frame.records.count),
            false => count as u64,
        };
        let ends = &frame.records.ends[frame.record..frame.record + count];
        let bytes = &frame.records.bytes[frame.written..offset];
        self.destination.put(bytes, ends, records);
        frame.record += count;
        frame.written = offset;
    }

    /// Ends the stream. If the walk was stopped, directories are open: their sums count, and with `nests` their ends are
    /// written.
    pub(super) fn close(&mut self, nests: bool) {
        if self.frames.is_empty() {
            return;
        }
        if nests {
            // The directory that the stream waited for is open, too.
            self.put_left(&Leaving::default(), Sums::default());
            while !self.frames.is_empty() {
                self.leave();
            }
        }
        for frame in self.frames.drain(..) {
            self.sums.add(frame.records.sums);
        }
    }

    fn put_left(&mut self, leaving: &Leaving, sums: Sums) {
        let left = Left {
            path: &leaving.path,
            sums,
            error: leaving.error.as_ref(),
        };
        self.scratch.clear();
        self.recorder.left(&left, &mut self.scratch);
        let end = self.scratch.len();
        if end > 0 {
            self.destination.put(&self.scratch, &[end], 1);
        }
    }

    /// Leaves the last directory. Gives its buffer, emptied, if it has a size that others are likely to need.
    fn leave(&mut self) -> Option<Vec<u8>> {
        let mut frame = self.frames.pop()?;
        let sums = frame.records.sums;
        if let Some(leaving) = &frame.records.leaving {
            self.put_left(leaving, sums);
        }
        match self.frames.last_mut() {
            Some(parent) => parent.records.sums.add(sums),
            None => self.sums = sums,
        }
        let mut buffer = mem::take(&mut frame.records.bytes);
        buffer.clear();
        Some(buffer).filter(|buffer| buffer.capacity() <= SPARE_SIZE)
    }
}
