//! Reading the files of a log: the rotated ones that are held, and the current one.

use std::io;
use std::path::Path;

use super::{Log, Looking, Turn};
use crate::error::{Plain, Result};
use crate::follow::event::{Event, Receive};
use crate::follow::reader::{Reader, Step};
use crate::io::growing::Links;
use crate::resume::{self, Files, Piece, SETTLING};

impl<C: resume::Content> Log<C> {
    /// Reads what was added to rotated files, and closes those whose time is over.
    pub(super) fn read_held<F, R: Receive>(
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
            let step = held.reader.read(
                &self.place.path,
                with.options.cut,
                with.buffer,
                with.out,
                || true,
            );
            match step {
                Ok(Ok(Step::Read(bytes) | Step::End(bytes @ 1..))) => {
                    held.until = now + with.options.grace;
                    *left = left.saturating_sub(bytes);
                    if *left == 0 {
                        return Ok(Turn::More);
                    }
                    continue;
                }
                Ok(Ok(Step::Stopped)) => return Ok(Turn::Stopped),
                Ok(Err(error)) => return Err(error),
                Ok(Ok(Step::End(_))) if with.options.is_live && now < held.until => {
                    at += 1;
                    continue;
                }
                Ok(Ok(Step::End(_) | Step::Truncated | Step::NotYet)) | Err(_) => {}
            }
            let mut held = self.held.remove(at);
            let is_whole = step.is_ok_and(|step| step.is_ok_and(|step| step == Step::End(0)));
            let is_final = with.options.is_live
                || held.reader.is_archive()
                || now - held.reader.status_now().modified > with.options.grace;
            let goes_on = match is_whole && is_final {
                true => held.reader.finish(&self.place.path, with.out)?,
                false => true,
            };
            if let Some(mark) = held.reader.mark() {
                self.known.refresh(mark);
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
    pub(super) fn read_current<F, R: Receive>(
        &mut self,
        with: &mut Looking<'_, F, R>,
        left: &mut usize,
    ) -> Result<Turn>
    where
        F: Files<Content = C>,
    {
        let before = self.incomplete.take();
        while let Some(reader) = &mut self.current {
            let (place, names, files) = (&self.place, &mut self.names, &mut *with.files);
            let is_next = || !self.is_active || names.are_as_listed(place, files);
            let step = reader.read(
                &place.path,
                with.options.cut,
                with.buffer,
                with.out,
                is_next,
            );
            match step {
                Ok(step) => match step? {
                    Step::Read(bytes) => {
                        *left = left.saturating_sub(bytes);
                        if *left == 0 {
                            return Ok(Turn::More);
                        }
                    }
                    Step::End(_) => break,
                    Step::Stopped => return Ok(Turn::Stopped),
                    Step::Truncated => self.truncated(with)?,
                    // Since the last look at names more may have been written before this, copied to another file and truncated.
                    Step::NotYet => {
                        if reader.offset() > 0 {
                            self.settle();
                        }
                        self.current = None;
                        self.queue.clear();
                        self.resolve(with)?;
                        break;
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    return Ok(Turn::Stopped);
                }
                Err(error) => {
                    if self.is_incomplete(&error, before, with) {
                        break;
                    }
                    self.failed(&error, with)?;
                }
            }
        }
        Ok(Turn::Idle)
    }

    /// Whether an archive ends in the middle because it is still being written. If it has grown since `before`, it is read again.
    fn is_incomplete<F, R>(
        &mut self,
        error: &io::Error,
        before: Option<u64>,
        with: &mut Looking<'_, F, R>,
    ) -> bool
    where
        F: Files<Content = C>,
    {
        let Some(reader) = self
            .current
            .as_mut()
            .filter(|reader| reader.is_archive() && error.kind() == io::ErrorKind::UnexpectedEof)
        else {
            return false;
        };
        let status = reader.status_now();
        // The time of the last change is the kernel's; that of the content may be any, also one to come.
        if (with.files.now() - status.changed).abs() > SETTLING {
            return false;
        }
        if before != Some(status.size) {
            reader.again();
        }
        self.incomplete = Some(status.size);
        true
    }

    /// What was read is not in the current file any more: looks for it elsewhere.
    pub(super) fn truncated<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<()>
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
    pub(super) fn failed<F, R>(
        &mut self,
        error: &io::Error,
        with: &mut Looking<'_, F, R>,
    ) -> Result<()>
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
    pub(super) fn retire<F, R>(&mut self, with: &mut Looking<'_, F, R>) -> Result<bool>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        let Some(mut reader) = self.settle() else {
            return Ok(true);
        };
        let now = with.files.now();
        let bytes = reader.offset() + reader.pending() as u64;
        let is_final =
            reader.is_archive() || now - reader.status_now().modified > with.options.grace;
        let mut goes_on = true;
        if reader.is_archive() || (is_final && !with.options.is_live) {
            goes_on = reader.finish(&self.place.path, with.out)?;
            if let Some(mark) = reader.mark() {
                self.known.refresh(mark);
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
    pub(super) fn open<F, R>(&mut self, piece: &Piece, with: &mut Looking<'_, F, R>) -> Result<()>
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
                if piece.is_copy {
                    reader.drop_rest();
                }
                if piece.from == self.known.position {
                    self.known.position = None;
                }
                self.known
                    .finished
                    .retain(|mark| Some(mark) != piece.from.as_ref());
                if piece.is_late {
                    let until = piece.status.modified + with.options.grace;
                    self.hold(reader, until, false);
                    return Ok(());
                }
                self.current = Some(reader);
                self.is_active = piece.is_active;
                Ok(())
            }
            Ok(None) => self.moved(piece, with),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.moved(piece, with),
            Err(error) => {
                let reason = Plain(&error).to_string();
                self.refuse(&piece.path, reason, with)
            }
        }
    }

    /// A file is not there any more, or has another content: finds out again what is where.
    fn moved<F, R>(&mut self, piece: &Piece, with: &mut Looking<'_, F, R>) -> Result<()>
    where
        F: Files<Content = C>,
        R: Receive,
    {
        // It was put off while an older file was read: it is the newest content of which something was read.
        if let Some(mark) = piece.from.as_ref().filter(|_| piece.is_active)
            && self.known.finished.contains(mark)
        {
            self.known.supersede(mark.clone());
        }
        self.queue.clear();
        with.files.pause();
        self.resolve(with)
    }

    /// Reports that a path is not read, once for each reason.
    pub(super) fn refuse<F, R: Receive>(
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
}
