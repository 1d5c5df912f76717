//! One log: the file that it is written to, and those that it was written to before.
//!
//! [`Log::look`] reads what there is: first what late writers add to rotated files, then the current file, then what has taken
//! its place. Old comes before new, each unit once. What is where is found out by [`crate::resume`].

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use super::cut::Cut;
use super::event::{Event, Receive};
use super::reader::{Reader, Step};
use super::start::{self, Start};
use crate::error::{Plain, Result};
use crate::io::buffer::Buffer;
use crate::io::growing::{Kind, Links, Status};
use crate::resume::{self, Files, Known, Loss, Mark, Piece, Place, Resolved, Seen};

/// How much is read of a log before others have their turn, in bytes.
const TURN: usize = 4 << 20;

/// Changes within this time may have the same time stamp, in nanoseconds: the kernel's clock for files ticks at 100 Hz at least.
const COARSE: i128 = 50_000_000;

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
    /// When the names in its directory had changed last, at the last look at them.
    names_changed: Option<i128>,
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
            names_changed: None,
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

    /// The file that is open as the current one, or was last.
    pub fn current_status(&self) -> Option<Status> {
        let closed = || self.known.position.as_ref().map(|mark| mark.status);
        self.current
            .as_ref()
            .map(|reader| reader.status)
            .or_else(closed)
    }

    /// When the next rotated file is closed, in nanoseconds since 1970.
    pub fn next_deadline(&self) -> Option<i128> {
        self.held.iter().map(|held| held.until).min()
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
                refresh(&mut known, mark);
            }
        }
        if let Some(mark) = self.current.as_ref().and_then(Reader::mark) {
            supersede(&mut known, mark);
        }
        Some(known)
    }

    /// Closes the current file until something happens to it. What was read of an unfinished unit is read again then.
    pub fn suspend(&mut self) {
        if self.is_active && self.queue.is_empty() {
            self.settle();
        }
    }

    /// Makes what is read now a part of what is known, and closes it.
    fn settle(&mut self) -> Option<Reader<C>> {
        let reader = self.current.take()?;
        if let Some(mark) = reader.mark() {
            supersede(&mut self.known, mark);
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
        let mut looks_at_names = looks_at_names || self.start.is_some();
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
            if let Some(piece) = self.queue.pop_front() {
                if !self.is_late(&piece) && !self.retire(with)? {
                    return Ok(Turn::Stopped);
                }
                self.open(piece, with)?;
                continue;
            }
            if self.current.is_some() && !self.is_active && !self.retire(with)? {
                return Ok(Turn::Stopped);
            }
            if !looks_at_names {
                return Ok(Turn::Idle);
            }
            looks_at_names = false;
            self.look_at_names(with)?;
        }
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

    /// Reads what was added to rotated files, and closes those whose time is over.
    fn read_held<F, R: Receive>(
        &mut self,
        with: &mut Looking<'_, F, R>,
        left: &mut usize,
    ) -> Result<Turn>
    where
        F: Files<Content = C>,
    {
        let now = with.files.now();
        let mut at = 0;
        while let Some(held) = self.held.get_mut(at) {
            let step = held
                .reader
                .read(&self.place.path, with.options.cut, with.buffer, with.out);
            match step {
                Ok(Ok(Step::Read(bytes))) => {
                    held.until = now + with.options.grace;
                    *left = left.saturating_sub(bytes);
                    if *left == 0 {
                        return Ok(Turn::More);
                    }
                    continue;
                }
                Ok(Ok(Step::Stopped)) => return Ok(Turn::Stopped),
                Ok(Err(error)) => return Err(error),
                Ok(Ok(Step::End)) if with.options.is_live && now < held.until => {
                    at += 1;
                    continue;
                }
                Ok(Ok(Step::End | Step::Truncated)) | Err(_) => {}
            }
            let mut held = self.held.remove(at);
            let is_whole = step.is_ok_and(|step| step.is_ok_and(|step| step == Step::End));
            let is_final = with.options.is_live
                || held.reader.is_archive()
                || now - held.reader.status.modified > with.options.grace;
            let goes_on = match is_whole && is_final {
                true => held.reader.finish(&self.place.path, with.out)?,
                false => true,
            };
            if let Some(mark) = held.reader.mark() {
                refresh(&mut self.known, mark);
            }
            let position = self.known.position.as_ref().map(|mark| mark.status);
            if held.is_gone
                && position.is_some_and(|status| status.is_same_file(&held.reader.status))
            {
                self.known.position = None;
            }
            if !goes_on {
                return Ok(Turn::Stopped);
            }
        }
        Ok(Turn::Idle)
    }

    /// Reads the current file to its end.
    fn read_current<F, R: Receive>(
        &mut self,
        with: &mut Looking<'_, F, R>,
        left: &mut usize,
    ) -> Result<Turn>
    where
        F: Files<Content = C>,
    {
        while let Some(reader) = &mut self.current {
            let step = reader.read(&self.place.path, with.options.cut, with.buffer, with.out);
            match step {
                Ok(step) => match step? {
                    Step::Read(bytes) => {
                        *left = left.saturating_sub(bytes);
                        if *left == 0 {
                            return Ok(Turn::More);
                        }
                    }
                    Step::End => break,
                    Step::Stopped => return Ok(Turn::Stopped),
                    Step::Truncated => self.truncated(with)?,
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    return Ok(Turn::Stopped);
                }
                Err(error) => self.failed(&error, with)?,
            }
        }
        Ok(Turn::Idle)
    }

    /// What was read is not in the current file any more: looks for it elsewhere.
    fn truncated<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let is_active = self.is_active;
        let Some(reader) = self.settle() else {
            return Ok(());
        };
        let dropped = reader.pending() as u64;
        drop(reader);
        if let Some(position) = &mut self.known.position {
            // What is still to come of it is at least what was seen.
            position.status.size = position.status.size.max(position.offset + dropped);
        }
        if is_active || self.queue.is_empty() {
            return self.resolve(with);
        }
        Ok(())
    }

    /// The current content cannot be read on.
    fn failed<F, R>(&mut self, error: &io::Error, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Some(reader) = self.settle() else {
            return Ok(());
        };
        let event = Event::Gap {
            offset: Some(reader.offset()),
            at_least: 0,
            reason: format!("{}: {}", reader.path.display(), Plain(error)),
        };
        with.out.event(&self.place.path, &event)
    }

    /// Puts away what is read now, since something newer comes; false if the receiver stops.
    fn retire<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<bool>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Some(mut reader) = self.settle() else {
            return Ok(true);
        };
        let now = with.files.now();
        let bytes = reader.offset() + reader.pending() as u64;
        let is_final = reader.is_archive() || now - reader.status.modified > with.options.grace;
        let mut goes_on = true;
        if reader.is_archive() || (is_final && !with.options.is_live) {
            goes_on = reader.finish(&self.place.path, with.out)?;
            if let Some(mark) = reader.mark() {
                refresh(&mut self.known, mark);
            }
        } else if with.options.is_live {
            let until = now + with.options.grace;
            self.hold(reader, until, false);
        }
        with.out
            .event(&self.place.path, &Event::Rotated { bytes })?;
        Ok(goes_on)
    }

    /// Opens what is to be read next.
    fn open<F, R>(&mut self, piece: Piece, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let links = match piece.is_active {
            true => self.place.links,
            false => Links::Refused,
        };
        let opened = with.files.open(&piece.path, links).and_then(|content| {
            let is_same = content.status()?.is_same_file(&piece.status);
            match &piece.from {
                _ if !is_same => Ok(None),
                Some(mark) => Reader::from_mark(content, &piece.path, mark),
                None => Reader::from_begin(content, &piece.path).map(Some),
            }
        });
        match opened {
            Ok(Some(mut reader)) => {
                if piece.is_truncated {
                    reader.skip_nuls();
                }
                let is_late = self.is_late(&piece);
                if piece.from == self.known.position {
                    self.known.position = None;
                }
                self.known
                    .finished
                    .retain(|mark| Some(mark) != piece.from.as_ref());
                if is_late {
                    let until = piece.status.modified + with.options.grace;
                    self.hold(reader, until, false);
                    return Ok(());
                }
                self.current = Some(reader);
                self.is_active = piece.is_active;
                Ok(())
            }
            // Moved meanwhile: what is where is found out again.
            Ok(None) => self.again(with),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.again(with),
            Err(error) => {
                let reason = Plain(&error).to_string();
                self.refuse(&piece.path, reason, with)
            }
        }
    }

    /// Finds out again what is to be read: files were moved.
    fn again<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        self.queue.clear();
        with.files.pause();
        self.resolve(with)
    }

    /// Reports that a path is not read, once for each reason.
    fn refuse<F, R: Receive>(
        &mut self,
        path: &Path,
        reason: String,
        with: &mut Looking<'_, F, R>,
    ) -> Result<()> {
        let reason = match path == self.place.path {
            true => reason,
            false => format!("{}: {reason}", path.display()),
        };
        if self.refused.as_ref() == Some(&reason) {
            return Ok(());
        }
        self.refused = Some(reason.clone());
        with.out.event(&self.place.path, &Event::Refused(reason))
    }

    /// Whether the path leads to another file than the one that was read to its end, or files were renamed around it.
    fn has_other_file<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<bool>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Some(reader) = &self.current else {
            return Ok(true);
        };
        let Ok(status) = with.files.status(&self.place.path, self.place.links) else {
            return Ok(true);
        };
        let is_same = status.kind == Kind::File && status.is_same_file(&reader.status);
        Ok(!is_same
            || self.names_changed.is_none()
            || self.names_changed != self.names_now(with.files))
    }

    /// When the names in the directory changed last; none if they may change once more without changing that time.
    fn names_now<F: Files<Content = C>>(&self, files: &mut F) -> Option<i128> {
        let target = match self.place.links {
            Links::Followed => files.target(&self.place.path),
            Links::Refused => self.place.path.clone(),
        };
        let status = files
            .status(resume::directory_of(&target), Links::Followed)
            .ok()?;
        (files.now() - status.modified > COARSE).then_some(status.modified)
    }

    /// Finds out what is to be read next.
    fn resolve<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let known = match self.start {
            Some(_) => Known::default(),
            None => self.known().unwrap_or_default(),
        };
        let held = self.held.iter().map(|held| &held.reader);
        let open: Vec<Status> = held
            .chain(&self.current)
            .map(|reader| reader.status)
            .collect();
        self.names_changed = self.names_now(with.files);
        let resolved = match resume::resolve(with.files, &self.place, &known, &open) {
            Ok(resolved) => resolved,
            Err(error) => {
                let path = self.place.path.clone();
                return self.refuse(&path, Plain(&error).to_string(), with);
            }
        };
        let is_there = resolved.has_active || !resolved.pieces.is_empty();
        if !is_there && !self.is_waiting && self.current.is_none() {
            with.out.event(&self.place.path, &Event::Waiting)?;
        }
        self.is_waiting = !is_there && self.current.is_none();
        self.report(&resolved.losses, &known, with)?;
        let late = self.late_pieces(&resolved, with);
        self.known.finished = resolved.finished;
        self.known.archives = resolved.archives;
        if let Some(start) = self.start.take() {
            return self.begin(start, resolved.pieces, with);
        }
        self.queue = late.into_iter().chain(resolved.pieces).collect();
        match (&self.current, resolved.has_active) {
            (Some(_), false) if self.queue.is_empty() => self.release(with),
            (Some(reader), true) if self.is_active => self.keep_last(reader.status, with),
            _ => {}
        }
        Ok(())
    }

    /// Files that were rotated a moment ago, before this run: somebody may still add something.
    fn late_pieces<F, R>(&self, resolved: &Resolved, with: &mut Looking<'_, F, R>) -> Vec<Piece>
    where
        F: Files<Content = C>,
    {
        let recent = with.files.now() - with.options.grace;
        let is_recent = |mark: &&Mark| with.options.is_live && mark.status.modified > recent;
        let is_known = |mark: &Mark| {
            let held = self.held.iter().map(|held| held.reader.status);
            let pieces = resolved.pieces.iter().map(|piece| piece.status);
            held.chain(pieces)
                .any(|status| status.is_same_file(&mark.status))
        };
        let finished = resolved.finished.iter().filter(is_recent);
        let finished = finished.filter(|mark| !is_known(mark));
        finished
            .map(|mark| Piece {
                path: mark.path.clone(),
                status: mark.status,
                from: Some(mark.clone()),
                is_active: false,
                is_truncated: false,
            })
            .collect()
    }

    /// If the current file is still the one that the log is written to, what is older is read before the rest of it.
    fn keep_last<F, R>(&mut self, status: Status, with: &mut Looking<'_, F, R>)
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let now = with.files.status(&self.place.path, self.place.links);
        let has_older = self.queue.iter().any(|piece| !self.is_late(piece));
        if has_older && now.is_ok_and(|now| now.is_same_file(&status)) {
            let path = self.place.path.clone();
            let from = self.settle().and_then(|reader| reader.mark());
            self.queue.push_back(Piece {
                path,
                status,
                from,
                is_active: true,
                is_truncated: false,
            });
        }
    }

    /// Whether a piece was added to an older file: it is read beside the current one.
    fn is_late(&self, piece: &Piece) -> bool {
        !piece.is_active && piece.from.is_some() && piece.from != self.known.position
    }

    /// The log's file is gone and nothing has taken its place: it is held like a rotated one.
    fn release<F, R>(&mut self, with: &mut Looking<'_, F, R>)
    where
        F: Files<Content = C>,
        R: Receive,
    {
        if let Some(reader) = self.settle().filter(|_| with.options.is_live) {
            let until = with.files.now() + with.options.grace;
            self.hold(reader, until, true);
        }
    }

    /// Reports what is lost.
    fn report<F, R>(
        &mut self,
        losses: &[Loss],
        known: &Known,
        with: &mut Looking<'_, F, R>,
    ) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let position = known.position.as_ref();
        let path = self.place.path.clone();
        let mut has_refused = false;
        for loss in losses {
            let event = match loss {
                Loss::Truncated {
                    offset,
                    at_least,
                    size,
                    has_copy,
                } => {
                    // What is open is not the content any more that was read.
                    if self.is_active {
                        self.settle();
                    }
                    if !has_copy {
                        self.known.position = None;
                    }
                    Event::Truncated {
                        offset: *offset,
                        size: *size,
                        at_least: *at_least,
                        has_copy: *has_copy,
                    }
                }
                Loss::Gone { offset, at_least } => {
                    self.known.position = None;
                    Event::Gap {
                        offset: Some(*offset),
                        at_least: *at_least,
                        reason: "the file that was read is gone".to_owned(),
                    }
                }
                Loss::Missing { files } => Event::Gap {
                    offset: position.map(|mark| mark.offset),
                    at_least: 0,
                    reason: match files {
                        1 => "a rotated file is missing".to_owned(),
                        _ => format!("{files} rotated files are missing"),
                    },
                },
                Loss::BecameLink | Loss::NotAFile | Loss::Unreadable(..) => {
                    has_refused = true;
                    let reason = match loss {
                        Loss::BecameLink => {
                            "a link has taken the place of the file; it is not followed".to_owned()
                        }
                        Loss::Unreadable(_, reason) => reason.clone(),
                        _ => "not a regular file".to_owned(),
                    };
                    self.refuse(&path, reason, with)?;
                    continue;
                }
            };
            with.out.event(&path, &event)?;
        }
        if !has_refused {
            self.refused = None;
        }
        Ok(())
    }

    /// The first look: decides where to begin.
    fn begin<F, R>(
        &mut self,
        start: Start,
        pieces: Vec<Piece>,
        with: &mut Looking<'_, F, R>,
    ) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        for piece in pieces {
            // What was rotated after following began is new, whatever it is called.
            let is_new = self.with_rotated && start == Start::Begin
                || piece.status.modified >= with.options.started;
            if !piece.is_active && !is_new {
                self.take_as_read(&piece, with);
                continue;
            }
            if !piece.is_active || start == Start::Begin {
                self.queue.push_back(piece);
                continue;
            }
            let opened = with.files.open(&piece.path, self.place.links);
            let found = opened.and_then(|mut content| {
                let offset = start::offset(&mut content, start, with.options.cut)?;
                Reader::from_offset(content, &piece.path, offset)
            });
            match found {
                Ok(reader) => {
                    self.current = Some(reader);
                    self.is_active = true;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.refuse(&piece.path, Plain(&error).to_string(), with)?,
            }
        }
        Ok(())
    }

    /// A rotated file that was there before following began.
    fn take_as_read<F, R>(&mut self, piece: &Piece, with: &mut Looking<'_, F, R>)
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Ok(content) = with.files.open(&piece.path, Links::Refused) else {
            return;
        };
        if content.is_archive() {
            let status = piece.status;
            self.known.archives.push(Seen { status });
            return;
        }
        let size = piece.status.size;
        let reader = Reader::from_offset(content, &piece.path, size);
        if let Some(mark) = reader.ok().and_then(|reader| reader.mark()) {
            self.known.finished.push(mark);
        }
    }
}

/// Makes a mark the position. What was the position before is finished then.
fn supersede(known: &mut Known, mark: Mark) {
    if let Some(before) = known.position.take() {
        retire(known, before);
    }
    known
        .finished
        .retain(|other| !other.status.is_same_file(&mark.status));
    known.position = Some(mark);
}

/// Keeps a content as finished.
fn retire(known: &mut Known, mark: Mark) {
    let name = mark.path.file_name().unwrap_or_default();
    if resume::without_packing(std::os::unix::ffi::OsStrExt::as_bytes(name)).1 {
        known.archives.push(Seen {
            status: mark.status,
        });
        return;
    }
    known
        .finished
        .retain(|other| !other.status.is_same_file(&mark.status));
    known.finished.push(mark);
}

/// Puts a newer mark of a file in place of the older one.
fn refresh(known: &mut Known, mark: Mark) {
    match &mut known.position {
        Some(position) if position.status.is_same_file(&mark.status) => *position = mark,
        _ => retire(known, mark),
    }
}
