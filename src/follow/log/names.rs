//! Finding out which files a log has now, what to read of them, and where to begin.

use std::io;

use super::listed::Names;
use super::{Log, Looking};
use crate::error::{Plain, Result};
use crate::follow::event::{Event, Receive};
use crate::follow::reader::Reader;
use crate::follow::start::{self, Start};
use crate::io::growing::{Kind, Links, Status};
use crate::resume::{self, Files, Known, Loss, Mark, Piece, Resolved, Seen};

impl<C: resume::Content> Log<C> {
    /// Whether the path leads to another file than the one that was read to its end, or files were renamed around it.
    pub(super) fn has_other_file<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<bool>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Ok(status) = with.files.status(&self.place.path, self.place.links) else {
            return Ok(true);
        };
        let is_same = match (&self.current, &self.known.position) {
            (Some(reader), _) => status.is_same_file(&reader.status),
            (None, Some(mark)) => mark.is_unchanged(&status) && mark.unread() == 0,
            (None, None) => false,
        };
        let is_same = is_same && status.kind == Kind::File;
        Ok(!is_same || !self.names.are_unchanged(&self.place, with.files))
    }

    /// Finds out what is to be read next.
    pub(super) fn resolve<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let known = match self.start {
            Some(_) => Known::default(),
            None => self.known().unwrap_or_default(),
        };
        let held = self.held.iter().map(|held| &held.reader);
        let open: Vec<Status> = held.chain(&self.current).map(Reader::status_now).collect();
        self.names = Names::now(&self.place, with.files);
        let resolved = match resume::resolve(with.files, &self.place, &known, &open) {
            Ok(resolved) => {
                self.names.listing = resolved.listing;
                // Files may have been renamed between the listing and the look at each.
                if !self.names.are_as_listed(&self.place, with.files) {
                    self.is_unsettled = true;
                    return Ok(());
                }
                resolved
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.is_unsettled = true;
                return Ok(());
            }
            Err(error) => {
                let path = self.place.path.clone();
                return self.refuse(&path, Plain(&error).to_string(), with);
            }
        };
        self.is_unsettled = resolved.is_unsettled;
        self.has_active = resolved.has_active;
        let is_there = resolved.has_active || !resolved.pieces.is_empty();
        if !is_there && !self.is_waiting && self.current.is_none() {
            with.out.event(&self.place.path, &Event::Waiting)?;
        }
        self.is_waiting = !is_there && self.current.is_none();
        self.report(&resolved.losses, &known, with)?;
        let is_continued = |piece: &Piece| piece.from.is_some() && piece.from == known.position;
        if is_truncated(&resolved) && !resolved.pieces.iter().any(is_continued) {
            self.known.position = None;
        }
        let late = self.late_pieces(&resolved, with);
        self.known.finished = resolved.finished;
        self.known.archives = resolved.archives;
        if let Some(start) = self.start.take() {
            return self.begin(start, resolved.pieces, with);
        }
        self.queue = late.into_iter().chain(resolved.pieces).collect();
        match (&self.current, resolved.has_active) {
            (Some(_), false) if self.queue.is_empty() => self.release(resolved.has_position, with),
            (Some(reader), true) if self.is_active => self.keep_last(reader.status, with),
            _ => {}
        }
        Ok(())
    }

    /// Files that were rotated a moment ago, before this run: somebody may still add something.
    pub(super) fn late_pieces<F, R>(
        &self,
        resolved: &Resolved,
        with: &mut Looking<'_, F, R>,
    ) -> Vec<Piece>
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
                is_late: true,
                is_copy: false,
                is_truncated: false,
            })
            .collect()
    }

    /// If the current file is still the one that the log is written to, what is older is read before the rest of it.
    pub(super) fn keep_last<F, R>(&mut self, status: Status, with: &mut Looking<'_, F, R>)
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let now = with.files.status(&self.place.path, self.place.links);
        let has_older = self.queue.iter().any(|piece| !piece.is_late);
        if has_older && now.is_ok_and(|now| now.is_same_file(&status)) {
            let path = self.place.path.clone();
            let from = self.settle().and_then(|reader| reader.mark());
            self.queue.push_back(Piece {
                path,
                status,
                from,
                is_active: true,
                is_late: false,
                is_copy: false,
                is_truncated: false,
            });
        }
    }

    /// The log's file is gone and nothing has taken its place: it is held like a rotated one.
    pub(super) fn release<F, R>(&mut self, has_name: bool, with: &mut Looking<'_, F, R>)
    where
        F: Files<Content = C>,
        R: Receive,
    {
        if let Some(reader) = self.settle().filter(|_| with.options.is_live) {
            let until = with.files.now() + with.options.grace;
            self.hold(reader, until, !has_name);
        }
    }

    /// Reports what is lost.
    pub(super) fn report<F, R>(
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
    pub(super) fn begin<F, R>(
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
    pub(super) fn take_as_read<F, R>(&mut self, piece: &Piece, with: &mut Looking<'_, F, R>)
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Ok(mut content) = with.files.open(&piece.path, Links::Refused) else {
            return;
        };
        if content.is_archive() {
            let status = piece.status;
            self.known.archives.push(Seen { status });
            return;
        }
        let mark = Mark::of(&piece.path, &mut content, piece.status.size);
        self.known.finished.extend(mark.ok().flatten());
    }
}

fn is_truncated(resolved: &Resolved) -> bool {
    let mut losses = resolved.losses.iter();
    losses.any(|loss| matches!(loss, Loss::Truncated { .. }))
}
