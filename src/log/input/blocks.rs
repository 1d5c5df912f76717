//! Streams cut into blocks of whole lines.

use crate::io::buffer::Buffer;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use std::{io, mem};

use super::beginning::SAMPLE;
use crate::io::source::{Received, Stream};
use crate::io::wait::Until;

/// A stream, cut into blocks of whole lines.
pub struct Blocks {
    stream: Stream,
    /// Room for bytes, of which the first `filled` have been read. It keeps its length from block to block, so that it is
    /// cleared only once.
    room: Buffer,
    filled: usize,
    at_end: bool,
    /// A signal ended the reading, perhaps inside a line.
    was_stopped: bool,
    offset: u64,
    /// The number of bytes to skip before the first block.
    behind: usize,
    reported: u64,
    damage: Option<io::Error>,
    /// How many bytes a block has, more or less.
    chunk: usize,
}

/// How long a complete line of live input waits for more lines: a quarter of the 100 ms after which it must be out.
const PATIENCE: Duration = Duration::from_millis(25);

/// What blocks are asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'w> {
    /// Whether they need not end with a line.
    pub any_bytes: bool,
    /// Whether whole lines are given out though more may come: at most 50 ms after the first.
    pub eager: bool,
    /// Longer lines are passed over.
    pub max_line: usize,
    /// Told of bytes that came from disk or pipe, as soon as they have been read.
    pub advanced: &'w dyn Fn(u64),
}

/// Some bytes of a stream.
pub struct Block {
    /// The bytes: whole lines, but for an unterminated last one.
    pub bytes: Buffer,
    /// Where they begin, after decompression.
    pub offset: u64,
    /// Whether nothing comes after them.
    pub is_last: bool,
    /// Whether a line was longer than allowed; its bytes are not there. It began at this place.
    pub too_long: Option<u64>,
}

impl Block {
    /// A block of nothing, in which lines of blocks before it may end.
    pub fn empty() -> Block {
        Block {
            bytes: Buffer::new(),
            offset: 0,
            is_last: true,
            too_long: None,
        }
    }
}

impl Blocks {
    pub(super) fn new(stream: Stream, chunk: usize) -> Blocks {
        Blocks {
            stream,
            room: Buffer::new(),
            filled: 0,
            at_end: false,
            was_stopped: false,
            offset: 0,
            behind: 0,
            reported: 0,
            damage: None,
            chunk,
        }
    }

    /// A stream of which some bytes come before the first block.
    pub(super) fn behind(stream: Stream, chunk: usize, bytes: usize) -> Blocks {
        Blocks {
            behind: bytes,
            ..Blocks::new(stream, chunk)
        }
    }

    /// What has been read and not yet given out.
    pub(super) fn pending(&self) -> &[u8] {
        &self.room[..self.filled]
    }

    /// Reads what comes next, however little it is.
    pub(super) fn read_more(&mut self, until: &Until<'_>) {
        // Room for as much again, so that long lines are not searched again and again.
        let room = (2 * self.filled).max(SAMPLE);
        if self.room.len() < room {
            self.room.resize(room);
        }
        self.read(until);
    }

    /// Reads until there are `target` bytes, or the end; or, if eager, for a while after the first whole line. Damage is kept for
    /// [`Blocks::take_damage`]: what came before counts.
    fn fill(&mut self, target: usize, wanted: Wanted<'_>, until: &Until<'_>) {
        let (mut searched, mut deadline) = (0, None);
        while self.filled < target && !self.at_end {
            if self.room.len() < target {
                self.room.resize(target);
            }
            if wanted.eager && deadline.is_none() {
                let new = &self.room[searched..self.filled];
                let has_line = memchr::memchr(b'\n', new).is_some();
                deadline = has_line.then(|| Instant::now() + PATIENCE);
                searched = self.filled;
            }
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return;
            }
            self.read(&Until {
                deadline: deadline.or(until.deadline),
                ..*until
            });
            (wanted.advanced)(self.newly_consumed());
        }
    }

    /// Reads once.
    fn read(&mut self, until: &Until<'_>) {
        match self.stream.read_until(&mut self.room[self.filled..], until) {
            Ok(Received::Bytes(read)) => self.filled += read,
            Ok(Received::Deadline) => {}
            Ok(Received::End) => self.at_end = true,
            Ok(Received::Stopped) => {
                self.was_stopped = true;
                self.at_end = true;
            }
            Err(error) => {
                self.damage = Some(error);
                self.at_end = true;
            }
        }
    }

    /// Drops the first bytes that have been read.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.room.copy_within(bytes..self.filled, 0);
        self.filled -= bytes;
        self.offset += bytes as u64;
    }

    /// Closes the stream and frees what has been read of it, if it can be read again when its turn comes. What cannot be read
    /// again is kept; its stream is closed if it has ended.
    pub(super) fn suspend(&mut self) {
        let is_sound = self.damage.is_none() && !self.was_stopped;
        if is_sound && self.stream.rewind() {
            self.behind = usize::try_from(mem::take(&mut self.offset)).unwrap_or(usize::MAX);
            self.room = Buffer::new();
            self.filled = 0;
            self.at_end = false;
            self.reported = self.stream.consumed().load(Relaxed);
        } else if self.at_end {
            self.stream.close();
        }
    }

    /// Returns the first bytes that have been read. The rest is copied into `spare`, which becomes the new room.
    fn give(&mut self, length: usize, mut spare: Buffer) -> Buffer {
        let rest = self.filled - length;
        if spare.len() < rest {
            spare.resize(rest);
        }
        spare[..rest].copy_from_slice(&self.room[length..self.filled]);
        let mut bytes = mem::replace(&mut self.room, spare);
        bytes.truncate(length);
        self.filled = rest;
        self.offset += length as u64;
        bytes
    }

    /// Whether all of it has been read, if not given out.
    pub(super) fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// The bytes on disk, where that is known.
    pub(super) fn total(&self) -> Option<u64> {
        self.stream.total()
    }

    /// What went wrong at the end, if anything did.
    pub fn take_damage(&mut self) -> Option<io::Error> {
        self.damage.take()
    }

    /// Bytes that came from disk or pipe since this was last asked.
    fn newly_consumed(&mut self) -> u64 {
        let consumed = self.stream.consumed().load(Relaxed);
        let new = consumed - self.reported;
        self.reported = consumed;
        new
    }

    /// The next block; none at the end. `spare` is an old block's buffer.
    pub fn next_block(
        &mut self,
        spare: Buffer,
        wanted: Wanted<'_>,
        until: &Until<'_>,
    ) -> Option<Block> {
        let any_bytes = wanted.any_bytes;
        let patient = Wanted {
            eager: false,
            ..wanted
        };
        // What was read to find the format.
        (wanted.advanced)(self.newly_consumed());
        if self.behind > 0 {
            let behind = mem::take(&mut self.behind);
            self.fill(behind, patient, until);
            self.skip(behind.min(self.filled));
        }
        let mut target = self.chunk;
        loop {
            // Where bytes are only counted, one is held back until another follows: the last must be known as such.
            self.fill(target + usize::from(any_bytes), wanted, until);
            let offset = self.offset;
            let last_newline = memchr::memrchr(b'\n', self.pending());
            let whole_lines = last_newline.map_or(0, |newline| newline + 1);
            if self.at_end || any_bytes {
                // After damage or a signal, the last line may be incomplete.
                let is_broken = (self.damage.is_some() || self.was_stopped) && !any_bytes;
                let length = match (is_broken, self.at_end) {
                    (true, _) => whole_lines,
                    (false, true) => self.filled,
                    (false, false) => self.filled - 1,
                };
                let bytes = self.give(length, spare);
                if self.at_end {
                    // What has been read lives on until the last of many streams has been.
                    self.filled = 0;
                    self.room = Buffer::new();
                    self.stream.close();
                }
                let is_last = self.at_end && !self.was_stopped && self.damage.is_none();
                return (!bytes.is_empty()).then_some(Block {
                    bytes,
                    offset,
                    is_last,
                    too_long: None,
                });
            }
            if whole_lines > 0 {
                let bytes = self.give(whole_lines, spare);
                return Some(Block {
                    bytes,
                    offset,
                    is_last: false,
                    too_long: None,
                });
            }
            if self.filled > wanted.max_line {
                self.skip_line(patient, until);
                let bytes = Buffer::new();
                return Some(Block {
                    bytes,
                    offset,
                    is_last: false,
                    too_long: Some(offset),
                });
            }
            target = self.filled + self.chunk;
        }
    }

    /// Drops the bytes up to and including the next newline.
    fn skip_line(&mut self, wanted: Wanted<'_>, until: &Until<'_>) {
        loop {
            if let Some(newline) = memchr::memchr(b'\n', self.pending()) {
                return self.skip(newline + 1);
            }
            self.skip(self.filled);
            if self.at_end {
                return;
            }
            self.fill(self.chunk, wanted, until);
        }
    }
}
