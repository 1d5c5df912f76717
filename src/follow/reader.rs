//! Reads one content: whole units only, and never on from a place before which something has changed.
//!
//! Each read begins with the last bytes of the one before. If they are not what they were, the file was truncated and written
//! again, however long it is now.

mod beginning;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::cut::Cut;
use super::event::{Event, Receive, Units};
use crate::error::Result;
use crate::io::buffer::Buffer;
use crate::io::growing::Status;
use crate::resume::{Content, Digest, Mark, Samples, TAIL};
use beginning::Beginning;

/// How much is read at once, in bytes: little while a log grows by a few lines, more with each read that finds more.
const BLOCKS: RangeInclusive<usize> = 64 << 10..=1 << 20;

/// Contents of a log may begin alike up to here, in bytes, as where programs write a banner.
const ALIKE: u64 = 16 << 10;

/// The longest line that is held, in bytes; a longer one is cut.
const LONGEST: usize = 16 << 20;

/// The number of the next content.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A content that is being read.
#[derive(Debug)]
pub(super) struct Reader<C> {
    /// No other reader has it.
    number: u64,
    content: C,
    pub(super) path: PathBuf,
    /// The file's status when it was last looked at.
    pub(super) status: Status,
    /// Where the first unit begins that has not been handed on.
    offset: u64,
    /// How much the next read asks for, in bytes; one of [`BLOCKS`].
    block: usize,
    /// What was read of it.
    pending: Vec<u8>,
    /// The last bytes before `offset`, [`TAIL`] at most.
    tail: Vec<u8>,
    beginning: Beginning,
    samples: Samples,
    /// Whether NULs at the next place stand for what was truncated.
    skips_nuls: bool,
    /// Whether an unfinished unit at the end is not handed on.
    drops_rest: bool,
}

/// What a read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Some bytes; there may be more.
    Read(usize),
    /// This many bytes, and there is nothing more yet.
    End(usize),
    /// What was read before is not there any more.
    Truncated,
    /// The receiver wants no more.
    Stopped,
    /// It is not certain that it is the turn of what was read: nothing was handed on.
    NotYet,
}

impl<C: Content> Reader<C> {
    /// Reads a content from its beginning.
    pub(super) fn from_begin(mut content: C, path: &Path) -> io::Result<Reader<C>> {
        let status = content.status()?;
        let beginning = Beginning::of(&mut content)?;
        Ok(Reader::new(content, path, status, beginning))
    }

    /// A reader at the beginning. The status is from before the beginning was read, so that a file with this status has it.
    fn new(content: C, path: &Path, status: Status, beginning: Beginning) -> Reader<C> {
        Reader {
            number: NEXT.fetch_add(1, Relaxed),
            status,
            content,
            path: path.to_owned(),
            offset: 0,
            block: *BLOCKS.start(),
            pending: Vec::new(),
            tail: Vec::new(),
            beginning,
            samples: Samples::default(),
            skips_nuls: false,
            drops_rest: false,
        }
    }

    /// Reads a content from an offset, where a unit begins.
    pub(super) fn from_offset(content: C, path: &Path, offset: u64) -> io::Result<Reader<C>> {
        let mut reader = Reader::from_begin(content, path)?;
        reader.go_to(offset)?;
        if !reader.is_archive() {
            reader.samples = Samples::of(&mut reader.content, reader.offset)?;
        }
        Ok(reader)
    }

    /// Reads on from a mark; none if it is not the content that was marked.
    pub(super) fn from_mark(
        mut content: C,
        path: &Path,
        mark: &Mark,
    ) -> io::Result<Option<Reader<C>>> {
        let status = content.status()?;
        if mark.offset == 0 && !Beginning::is_at(mark.head, &mut content)? {
            return Ok(None);
        }
        let beginning = Beginning::known(mark.head, &mut content)?;
        let mut reader = Reader::new(content, path, status, beginning);
        reader.go_to(mark.offset)?;
        if reader.offset < mark.offset || Digest::of(&reader.tail) != mark.tail {
            return Ok(None);
        }
        reader.samples = mark.samples.clone();
        reader.samples.truncate(mark.offset);
        Ok(Some(reader))
    }

    /// Takes NULs at the beginning for a hole that a truncation has left.
    pub(super) fn skip_nuls(&mut self) {
        self.skips_nuls = true;
    }

    /// Takes an unfinished unit at the end for the part of one that a rotator was just copying.
    pub(super) fn drop_rest(&mut self) {
        self.drops_rest = true;
    }

    /// The status of the file now.
    pub(super) fn status_now(&self) -> Status {
        self.content.status().unwrap_or(self.status)
    }

    pub(super) fn is_archive(&self) -> bool {
        self.content.is_archive()
    }

    /// How many bytes of the content were handed on or passed over.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes of an unfinished unit were read.
    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Reads once, and hands on whole units. Near the beginning of a content, `is_next` is asked after reading whether it is their
    /// turn.
    pub(super) fn read(
        &mut self,
        log: &Path,
        cut: Cut,
        buffer: &mut Buffer,
        out: &mut impl Receive,
        is_next: impl FnOnce() -> bool,
    ) -> io::Result<Result<Step>> {
        let checked = self.checked();
        buffer.try_resize(TAIL + self.block)?;
        // The new bytes begin at a cache line of the buffer.
        let space = &mut buffer[TAIL - checked.len()..];
        let position = self.offset + self.pending.len() as u64;
        let begin = position - checked.len() as u64;
        // Before reading, so that a file with this status has what was read.
        let status = self.content.status()?;
        let read = self.content.read_once(begin, space)?;
        let Some(new) = read
            .checked_sub(checked.len())
            .filter(|_| space.starts_with(&checked))
        else {
            return Ok(Ok(Step::Truncated));
        };
        let block = &space[checked.len()..read];
        if position == 0 && !self.beginning.is_of(block) {
            return Ok(Ok(Step::Truncated));
        }
        self.status = status;
        if new == 0 {
            return Ok(Ok(Step::End(0)));
        }
        // The same bytes as before at the same place: it goes on with what was read, unless contents begin alike.
        if position < ALIKE && !is_next() {
            return Ok(Ok(Step::NotYet));
        }
        if self.pending.is_empty() && block[0] == 0 {
            let skipped = self.nuls(position, block)?;
            if skipped > 0 {
                self.pass(position + skipped)?;
                return Ok(Ok(Step::Read(0)));
            }
        }
        self.skips_nuls = false;
        self.beginning.extend(position, block);
        self.samples.extend(begin, &space[..read], new);
        // A file that has less than was asked for has no more now; an archive may.
        let is_full = read == space.len();
        let is_at_end = !is_full && !self.is_archive();
        let handed = self.hand_on(log, cut, block, out);
        self.block = if is_full {
            (self.block * 2).min(*BLOCKS.end())
        } else {
            *BLOCKS.start()
        };
        Ok(handed.map(|goes_on| match (goes_on, is_at_end) {
            (true, false) => Step::Read(new),
            (true, true) => Step::End(new),
            (false, _) => Step::Stopped,
        }))
    }

    /// Hands on the units that end in a block; false if the receiver stops.
    fn hand_on(
        &mut self,
        log: &Path,
        cut: Cut,
        block: &[u8],
        out: &mut impl Receive,
    ) -> Result<bool> {
        let mut block = block;
        if !self.pending.is_empty() {
            let Some(end) = cut.first_end(self.pending.len(), block) else {
                return self.keep(log, block, out);
            };
            self.pending.extend_from_slice(&block[..end]);
            block = &block[end..];
            let unit = std::mem::take(&mut self.pending);
            if !self.give(log, &unit, out)? {
                return Ok(false);
            }
        }
        let end = cut.last_end(block);
        if end > 0 && !self.give(log, &block[..end], out)? {
            return Ok(false);
        }
        self.keep(log, &block[end..], out)
    }

    /// Keeps the beginning of a unit.
    fn keep(&mut self, log: &Path, rest: &[u8], out: &mut impl Receive) -> Result<bool> {
        self.pending.extend_from_slice(rest);
        if self.pending.len() < LONGEST {
            return Ok(true);
        }
        let part = std::mem::take(&mut self.pending);
        let goes_on = self.give(log, &part, out)?;
        let offset = self.offset;
        out.event(log, &Event::Split { offset })?;
        Ok(goes_on)
    }

    fn give(&mut self, log: &Path, units: &[u8], out: &mut impl Receive) -> Result<bool> {
        let taken = out.take(Units {
            log,
            file: &self.path,
            offset: self.offset,
            bytes: units,
            content: &mut self.content,
            number: self.number,
        })?;
        self.offset += taken as u64;
        let taken = &units[..taken];
        self.tail
            .extend_from_slice(&taken[taken.len().saturating_sub(TAIL)..]);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);
        Ok(taken.len() == units.len())
    }

    /// Hands on the rest of a content to which nobody adds any more; false if the receiver stops.
    pub(super) fn finish(&mut self, log: &Path, out: &mut impl Receive) -> Result<bool> {
        if self.pending.is_empty() || self.drops_rest {
            return Ok(true);
        }
        let rest = std::mem::take(&mut self.pending);
        self.give(log, &rest, out)
    }

    /// What the next read must find before the new bytes.
    fn checked(&self) -> Vec<u8> {
        if self.content.is_archive() {
            return Vec::new();
        }
        let pending = &self.pending[self.pending.len().saturating_sub(TAIL)..];
        let tail = &self.tail[self.tail.len().saturating_sub(TAIL - pending.len())..];
        [tail, pending].concat()
    }

    /// Whether what was read last is still there.
    pub(super) fn is_intact(&mut self) -> io::Result<bool> {
        let checked = self.checked();
        let mut found = vec![0; checked.len()];
        let begin = self.offset + self.pending.len() as u64 - checked.len() as u64;
        let read = self.content.read_at(begin, &mut found)?;
        Ok(read == checked.len() && found == checked)
    }

    /// How many NULs there are at a place that stand for nothing: those of a hole, or any after a truncation.
    fn nuls(&self, position: u64, block: &[u8]) -> io::Result<u64> {
        let data = self.content.data_from(position)?;
        if data == position && !self.skips_nuls {
            return Ok(0);
        }
        let hole = data - position;
        let here = usize::try_from(hole).unwrap_or(usize::MAX);
        let rest = block.get(here..).unwrap_or_default();
        // What has been written shares its first block with the end of the hole.
        let nuls = rest.iter().take_while(|byte| **byte == 0).count();
        Ok(hole + nuls as u64)
    }

    /// Goes on at another place, where NULs came before.
    fn pass(&mut self, position: u64) -> io::Result<()> {
        self.go_to(position)?;
        // The rest of the hole may end in a block that is still to be read.
        self.skips_nuls = true;
        if let Beginning::Bytes(bytes) = &self.beginning
            && bytes.is_empty()
        {
            self.beginning = Beginning::of(&mut self.content)?;
        }
        Ok(())
    }

    /// Goes on at an offset, or at the end if the content is shorter.
    fn go_to(&mut self, offset: u64) -> io::Result<()> {
        let length = offset.min(TAIL as u64);
        self.tail = vec![0; length as usize];
        let read = self.content.read_at(offset - length, &mut self.tail)?;
        self.tail.truncate(read);
        self.offset = offset - length + read as u64;
        Ok(())
    }

    /// Decodes an archive again that was incomplete, since it may have grown.
    pub(super) fn again(&mut self) {
        self.content.again();
    }

    /// Where reading stands; none if there was nothing to read.
    pub(super) fn mark(&self) -> Option<Mark> {
        Some(Mark {
            path: self.path.clone(),
            status: self.status,
            offset: self.offset,
            head: self.beginning.head()?,
            tail: Digest::of(&self.tail),
            samples: self.samples.clone(),
        })
    }
}
