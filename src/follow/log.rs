//! One log: the file that it is written to, and those that it was written to before.
//!
//! [`Log::look`] reads what there is: first what late writers add to rotated files, then the current file, then what has taken
//! its place. Old comes before new, each unit once. What is where is found out by [`crate::resume`].

mod listed;
mod names;
mod reading;

use std::collections::VecDeque;
use std::path::Path;

use super::cut::Cut;
use super::event::Receive;
use super::reader::Reader;
use super::start::Start;
use crate::error::Result;
use crate::io::buffer::Buffer;
use crate::io::growing::Status;
use crate::resume::{self, Files, Known, Piece, Place};
use listed::Names;

/// How much is read of a log before others have their turn, in bytes.
const TURN: usize = 4 << 20;

/// How soon to look again at what is unsettled, in nanoseconds.
const SOON: i128 = 20_000_000;

/// How logs are followed.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What they consist of.
    pub cut: Cut,
    /// How long a rotated file is held open after something was added to it, in nanoseconds.
    pub grace: i128,
    /// Whether files stay open for what comes later.
    pub is_live: bool,
    /// When following began, in nanoseconds since 1970.
    pub started: i128,
}

/// How a look ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// There may be more.
    More,
    /// Everything there is was read.
    Idle,
    /// The receiver wants no more.
    Stopped,
}

/// What is needed to look at a log.
pub struct Looking<'a, F, R> {
    /// The file system.
    pub files: &'a mut F,
    /// How logs are followed.
    pub options: &'a Options,
    /// Memory for reading.
    pub buffer: &'a mut Buffer,
    /// Who takes what is read.
    pub out: &'a mut R,
}

/// A log that is followed.
#[derive(Debug)]
pub struct Log<C> {
    place: Place,
    /// Where to begin; none once the log has been looked at.
    start: Option<Start>,
    /// Whether rotated files that are there at the beginning are read, too.
    with_rotated: bool,
    known: Known,
    /// What is read now.
    current: Option<Reader<C>>,
    /// Whether that is the file that the log is written to.
    is_active: bool,
    /// What is read after that, the oldest first.
    queue: VecDeque<Piece>,
    /// Rotated files to which somebody may still add something.
    held: Vec<Held<C>>,
    /// The last reason for which the path was not read: each is reported once.
    refused: Option<String>,
    is_waiting: bool,
    /// Whether there was a file that the log is written to, at the last look at names.
    has_active: bool,
    /// Whether the names are to be looked at again soon: files were renamed all the time, or one was only being made.
    is_unsettled: bool,
    /// When to look again, in nanoseconds since 1970.
    recheck: Option<i128>,
    /// The size of the current archive when it was found to be incomplete.
    incomplete: Option<u64>,
    /// How much of an unfinished unit there was when the current file was closed, in bytes.
    unfinished: usize,
    names: Names,
}

#[derive(Debug)]
struct Held<C> {
    reader: Reader<C>,
    /// When it is closed, in nanoseconds since 1970.
    until: i128,
    /// Whether the file had no name any more: nobody will find it again.
    is_gone: bool,
}

impl<C: resume::Content> Log<C> {
    /// A log of which nothing is known. With `with_rotated`, its rotated files belong to what is read from the beginning.
    pub fn new(place: Place, start: Start, with_rotated: bool) -> Log<C> {
        Log {
            place,
            start: Some(start),
            with_rotated,
            known: Known::default(),
            current: None,
            is_active: false,
            queue: VecDeque::new(),
            held: Vec::new(),
            refused: None,
            is_waiting: false,
            has_active: false,
            is_unsettled: false,
            recheck: None,
            incomplete: None,
            unfinished: 0,
            names: Names::default(),
        }
    }

    /// A log that was read before.
    pub fn resumed(place: Place, known: Known) -> Log<C> {
        Log {
            known,
            start: None,
            ..Log::new(place, Start::Begin, false)
        }
    }

    /// Where the log is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Whether its file is open.
    pub fn is_open(&self) -> bool {
        self.current.is_some()
    }

    /// Whether any file is there that belongs to it, as far as is known.
    pub fn has_files(&self) -> bool {
        !self.is_waiting
    }

    /// Whether something kept it from being read at the last look, which was reported.
    pub fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The files to which something may be added, also if they are closed at the moment, with the paths that they had.
    pub fn files(&self) -> Vec<(&Path, Status)> {
        let held = self.held.iter().map(|held| &held.reader);
        let open = held.chain(&self.current);
        let mut files: Vec<(&Path, Status)> = open
            .map(|reader| (reader.path.as_path(), reader.status))
            .collect();
        let closed = self
            .known
            .position
            .iter()
            .filter(|_| self.current.is_none());
        // Without a file that the log is written to, it may be a ring of files, of which each has its turn.
        let ring = self.known.finished.iter().filter(|_| !self.has_active);
        files.extend(
            closed
                .chain(ring)
                .map(|mark| (mark.path.as_path(), mark.status)),
        );
        files
    }

    /// Whether it was looked at, so that it is known where to begin.
    pub fn is_prepared(&self) -> bool {
        self.start.is_none()
    }

    /// When to look again whatever happens, in nanoseconds since 1970: to close a rotated file, or because something was unsettled.
    pub fn next_deadline(&self) -> Option<i128> {
        let held = self.held.iter().map(|held| held.until);
        held.chain(self.recheck).min()
    }

    /// The offset at which reading goes on, of what was read last.
    pub fn offset(&self) -> Option<u64> {
        let current = self.current.as_ref().map(Reader::offset);
        current.or_else(|| self.known.position.as_ref().map(|mark| mark.offset))
    }

    /// What is known, for a state; none if the log was never looked at.
    pub fn known(&self) -> Option<Known> {
        if self.start.is_some() {
            return None;
        }
        let mut known = self.known.clone();
        for held in &self.held {
            if let Some(mark) = held.reader.mark() {
                known.refresh(mark);
            }
        }
        if let Some(mark) = self.current.as_ref().and_then(Reader::mark) {
            known.supersede(mark);
        }
        Some(known)
    }

    /// Closes the current file until something happens to it. What was read of an unfinished unit is read again then.
    pub fn suspend(&mut self) {
        if self.is_active && self.queue.is_empty() {
            self.unfinished = self.settle().map_or(0, |reader| reader.pending());
        }
    }

    /// How many bytes there are of a unit whose end has not been written yet.
    pub fn unfinished(&self) -> usize {
        let current = self.current.as_ref();
        current.map_or(self.unfinished, Reader::pending)
    }

    /// Makes what is read now a part of what is known, and closes it.
    fn settle(&mut self) -> Option<Reader<C>> {
        let reader = self.current.take()?;
        if let Some(mark) = reader.mark() {
            self.known.supersede(mark);
        }
        Some(reader)
    }

    /// Reads what there is. With `looks_at_names`, also finds out whether other files have taken the place of the current one.
    ///
    /// # Errors
    /// Those of the receiver. What cannot be read is reported as an event.
    pub fn look<F, R>(&mut self, with: &mut Looking<'_, F, R>, looks_at_names: bool) -> Result<Turn>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let mut left = TURN;
        self.recheck = None;
        let is_again = std::mem::take(&mut self.is_unsettled);
        if is_again {
            self.names.changed = None;
        }
        let mut looks_at_names = looks_at_names || is_again || self.start.is_some();
        loop {
            match self.read_held(with, &mut left)? {
                Turn::Idle => {}
                turn => return Ok(turn),
            }
            // Lines in files that appeared beside the current one may be older than what is still to be read of it.
            if looks_at_names && self.queue.is_empty() && self.is_in_place(with) {
                looks_at_names = false;
                self.look_at_names(with)?;
            }
            match self.read_current(with, &mut left)? {
                Turn::Idle => {}
                turn => return Ok(turn),
            }
            if self.incomplete.is_some() {
                return Ok(self.soon(with));
            }
            if let Some(piece) = self.queue.pop_front() {
                if !piece.is_late && !self.retire(with)? {
                    return Ok(Turn::Stopped);
                }
                self.open(&piece, with)?;
                continue;
            }
            if self.current.is_some() && !self.is_active && !self.retire(with)? {
                return Ok(Turn::Stopped);
            }
            if self.is_unsettled {
                return Ok(self.soon(with));
            }
            if !looks_at_names {
                return Ok(Turn::Idle);
            }
            looks_at_names = false;
            self.look_at_names(with)?;
        }
    }

    /// Arranges for another look in a moment.
    fn soon<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Turn
    where
        F: Files<Content = C>,
    {
        if with.options.is_live {
            self.recheck = Some(with.files.now() + SOON);
            return Turn::Idle;
        }
        with.files.pause();
        Turn::More
    }

    /// Decides where to begin, if that is not decided yet, and opens the first file, so that a state can be kept before anything
    /// is read.
    ///
    /// # Errors
    /// As [`Log::look`].
    pub fn prepare<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        if self.start.is_none() {
            return Ok(());
        }
        self.look_at_names(with)?;
        if self.current.is_none()
            && let Some(piece) = self.queue.pop_front()
        {
            self.open(&piece, with)?;
        }
        Ok(())
    }

    /// Whether the current file is the one that the log is written to.
    fn is_in_place<F, R>(&self, with: &mut Looking<'_, F, R>) -> bool
    where
        F: Files<Content = C>,
    {
        let status = with.files.status(&self.place.path, self.place.links);
        self.current.as_ref().is_some_and(|reader| {
            self.is_active && status.is_ok_and(|status| status.is_same_file(&reader.status))
        })
    }

    /// Finds out whether other files have taken the place of the current one, or have appeared beside it.
    fn look_at_names<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let is_intact = self
            .current
            .as_mut()
            .is_none_or(|reader| reader.is_intact().unwrap_or(true));
        if !is_intact {
            return self.truncated(with);
        }
        if !self.has_other_file(with)? {
            return Ok(());
        }
        let is_empty = |reader: &Reader<C>| reader.mark().is_none();
        if self.is_active && self.current.as_ref().is_some_and(is_empty) {
            // Nothing tells whether a file that was empty is still the same content.
            self.current = None;
        }
        self.resolve(with)
    }

    fn hold(&mut self, reader: Reader<C>, until: i128, is_gone: bool) {
        self.held.push(Held {
            reader,
            until,
            is_gone,
        });
    }
}
