//! One comparison of what is known of a log with the files that are there.

mod losses;

use std::io;

use super::candidates::{Candidate, is_missing};
use super::compare::{Comparison, compare, is_beginning, is_distinctive};
use super::digest::Digest;
use super::files::{Content as _, Files};
use super::mark::Mark;
use super::pieces::{Known, Loss, Piece, Place, Resolved, Seen};
use crate::io::growing::{Links, Status};

/// For how long after its last change a file that is empty may be one that is only being made, in nanoseconds.
pub const SETTLING: i128 = 2_000_000_000;

/// The length of the shortest archive with something in it, in bytes.
const SHORTEST_ARCHIVE: u64 = 20;

/// What a candidate contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Something new, as far as is known.
    New,
    /// The content at the position.
    Position,
    /// An older content.
    Finished(usize),
    /// The same as another file, or an old archive.
    Nothing,
    /// A copy of what is read, which ends before the position.
    ShortCopy,
    /// As much of the file that is read as a rotator has copied, or nothing yet: what it is shows later.
    Unfinished,
}

/// One comparison of what is known with what is there.
pub(super) struct Search<'a, F> {
    files: &'a mut F,
    place: &'a Place,
    known: &'a Known,
    open: &'a [Status],
    candidates: &'a [Candidate],
    holds: Vec<Holds>,
    /// Whether a file is only being made.
    is_unsettled: bool,
    /// Whether a file was no longer where it was listed.
    pub(super) has_moved: bool,
}

impl<'a, F: Files> Search<'a, F> {
    pub(super) fn new(
        files: &'a mut F,
        place: &'a Place,
        known: &'a Known,
        open: &'a [Status],
        candidates: &'a [Candidate],
    ) -> Search<'a, F> {
        Search {
            files,
            place,
            known,
            open,
            holds: vec![Holds::New; candidates.len()],
            candidates,
            is_unsettled: false,
            has_moved: false,
        }
    }

    pub(super) fn run(&mut self) -> io::Result<Resolved> {
        let place = self.recognise()?;
        let mut resolved = Resolved {
            has_active: self.active().is_some(),
            has_position: place.is_some(),
            ..Resolved::default()
        };
        let place = self.find_losses(place, &mut resolved.losses)?;
        self.find_copies(place)?;
        self.collect(place, &mut resolved)?;
        resolved.is_unsettled = self.is_unsettled;
        Ok(resolved)
    }

    /// Assigns known contents to candidates; returns the one with the position.
    fn recognise(&mut self) -> io::Result<Option<usize>> {
        let (known, candidates) = (self.known, self.candidates);
        let mut place = None;
        for (at, candidate) in candidates.iter().enumerate() {
            let status = &candidate.status;
            if let Some(position) = &known.position
                && position.status.is_same_file(status)
                && place.is_none()
                && self.has(at, position)?
            {
                self.holds[at] = Holds::Position;
                place = Some(at);
            } else if let Some(older) = self.older_by_file(at)? {
                self.holds[at] = Holds::Finished(older);
            } else if known.archives.iter().any(|seen| seen.is(status)) {
                self.holds[at] = Holds::Nothing;
            }
        }
        let Some(position) = known.position.as_ref() else {
            return Ok(place);
        };
        if let Some(found) = place {
            return self.older_twin(found, position).map(Some);
        }
        // Renamed by copying, compressed, or restored. The oldest first: too much is better than too little.
        for (at, candidate) in candidates.iter().enumerate() {
            if !self.continues(at, position)? {
                continue;
            }
            let is_active = candidate.age.is_none();
            if (is_active && !self.is_certain(at, position)?)
                || self.is_longer_than_open(at, position)?
            {
                continue;
            }
            self.holds[at] = Holds::Position;
            return Ok(Some(at));
        }
        Ok(None)
    }

    /// Where lines repeat, a file that was truncated and written again may have the same bytes at the position. Then an older file
    /// with these bytes is the copy of what it had before.
    fn older_twin(&mut self, found: usize, position: &Mark) -> io::Result<usize> {
        let is_new = |holds: &Holds| *holds == Holds::New;
        if !self.holds[..found].iter().any(is_new) || self.is_certain(found, position)? {
            return Ok(found);
        }
        for at in 0..found {
            if self.continues(at, position)? && !self.is_copy_of(at, found)? {
                self.holds[at] = Holds::Position;
                self.holds[found] = Holds::New;
                return Ok(at);
            }
        }
        Ok(found)
    }

    /// Whether a file has more than the one of a mark, which is open: then it is no copy of that.
    fn is_longer_than_open(&mut self, at: usize, mark: &Mark) -> io::Result<bool> {
        // If it was found by its name, and not with the content of the mark, that was truncated.
        let mut all = self.candidates.iter();
        if all.any(|one| one.status.is_same_file(&mark.status)) {
            return Ok(false);
        }
        let mut open = self.open.iter();
        let Some(open) = open.find(|open| open.is_same_file(&mark.status)) else {
            return Ok(false);
        };
        let size = open.size.max(mark.offset);
        let found = self.with_content(at, |content| content.read_at(size, &mut [0]))?;
        Ok(found.is_some_and(|read| read > 0))
    }

    /// Whether a new file has the content at the position, and not one that was finished and begins in the same way.
    fn continues(&mut self, at: usize, position: &Mark) -> io::Result<bool> {
        if self.holds[at] != Holds::New || !self.has(at, position)? {
            return Ok(false);
        }
        let longer = self.known.finished.iter();
        for mark in longer.filter(|mark| mark.offset > position.offset) {
            if self.has(at, mark)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The finished content that a candidate has, if it is in the same file as before.
    fn older_by_file(&mut self, at: usize) -> io::Result<Option<usize>> {
        let known = self.known;
        for (index, mark) in known.finished.iter().enumerate() {
            if mark.status.is_same_file(&self.candidates[at].status) && self.has(at, mark)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Whether a candidate has the content of a mark.
    fn has(&mut self, at: usize, mark: &Mark) -> io::Result<bool> {
        if mark.is_unchanged(&self.candidates[at].status) {
            return Ok(true);
        }
        Ok(self.compared(at, mark)? == Comparison::Same)
    }

    fn compared(&mut self, at: usize, mark: &Mark) -> io::Result<Comparison> {
        let compared = self.with_content(at, |content| compare(mark, content))?;
        Ok(compared.unwrap_or(Comparison::Different))
    }

    /// Whether a candidate has the beginning of a marked content.
    fn begins_like(&mut self, at: usize, mark: &Mark) -> io::Result<bool> {
        let begin = Mark {
            offset: 0,
            tail: Digest::of(b""),
            ..mark.clone()
        };
        let found = self.with_content(at, |content| compare(&begin, content))?;
        Ok(found == Some(Comparison::Same))
    }

    /// Whether bytes that are equal cannot be so by chance.
    fn is_certain(&mut self, at: usize, mark: &Mark) -> io::Result<bool> {
        let found = self.with_content(at, |content| is_distinctive(mark, content))?;
        Ok(found.unwrap_or(false))
    }

    /// Looks into a candidate; none if it is not there any more, or cannot be read: that is reported when it is to be read.
    fn with_content<T>(
        &mut self,
        at: usize,
        look: impl FnOnce(&mut F::Content) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let candidate = &self.candidates[at];
        let opened = self.files.open(&candidate.path, self.links_of(at));
        match opened {
            Ok(mut content) if content.status()?.is_same_file(&candidate.status) => {
                match look(&mut content) {
                    Ok(found) => Ok(Some(found)),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
                    Err(_) => Ok(None),
                }
            }
            Ok(_) => {
                self.has_moved = true;
                Ok(None)
            }
            Err(error) if is_missing(&error) => {
                self.has_moved = true;
                Ok(None)
            }
            Err(_) => Ok(None),
        }
    }

    fn links_of(&self, at: usize) -> Links {
        match self.candidates[at].age {
            None => self.place.links,
            Some(_) => Links::Refused,
        }
    }

    fn active(&self) -> Option<usize> {
        self.candidates.iter().rposition(|one| one.age.is_none())
    }

    /// Recognises files among the new that are copies of what is known: a compressed one, one made by a rotator that copies, or a
    /// backup.
    fn find_copies(&mut self, place: Option<usize>) -> io::Result<()> {
        let original = self.active();
        for at in 0..self.candidates.len() {
            if self.holds[at] != Holds::New || self.candidates[at].age.is_none() {
                continue;
            }
            self.holds[at] = match original {
                Some(original) if original != at && self.is_copy_of(at, original)? => {
                    Holds::Unfinished
                }
                _ if self.is_being_made(at, original) => {
                    self.is_unsettled = true;
                    Holds::Unfinished
                }
                _ => {
                    let mut position = self.known.position.as_ref();
                    // What it is copied from stays where it is.
                    position = position.filter(|_| place.is_some() && place != original);
                    self.copied(at, position)?
                }
            };
        }
        Ok(())
    }

    /// Whether a file was made later than another, and has its beginning or all of it.
    fn is_copy_of(&mut self, at: usize, original: usize) -> io::Result<bool> {
        if self.is_older(at, original) {
            return Ok(false);
        }
        let Candidate { path, status, .. } = &self.candidates[original];
        let mut content = match self.files.open(path, self.links_of(original)) {
            Ok(content) if content.status()?.is_same_file(status) => content,
            _ => {
                self.has_moved = true;
                return Ok(false);
            }
        };
        let found = self.with_content(at, |copy| is_beginning(copy, &mut content))?;
        if found == Some(true) {
            return Ok(true);
        }
        // It may have been truncated in this moment.
        if let Some(position) = &self.known.position
            && self.holds[original] == Holds::Position
            && self.compared(original, position)? != Comparison::Same
        {
            self.has_moved = true;
        }
        Ok(false)
    }

    /// Whether a rotated file was made after the one that the log is written to: no writer had it open.
    fn is_copy(&self, at: usize) -> bool {
        let Candidate { age, is_packed, .. } = &self.candidates[at];
        let has_birth = self.candidates[at].status.birth.is_some();
        let is_later = |active: usize| has_birth && self.is_older(active, at);
        age.is_some() && !is_packed && self.active().is_some_and(is_later)
    }

    /// Whether a file was made before another, as far as the file system tells.
    fn is_older(&self, at: usize, other: usize) -> bool {
        let birth = |at: usize| self.candidates[at].status.birth;
        birth(at)
            .zip(birth(other))
            .is_some_and(|(one, other)| one < other)
    }

    /// Whether a rotator may have only begun to write a file.
    fn is_being_made(&self, at: usize, original: Option<usize>) -> bool {
        let Candidate {
            status, is_packed, ..
        } = &self.candidates[at];
        let is_short = match is_packed {
            true => status.size < SHORTEST_ARCHIVE,
            // A file that was renamed may be empty, too; what late writers add to it must not wait.
            false => status.size == 0 && original.is_some_and(|other| !self.is_older(at, other)),
        };
        is_short && self.files.now() - status.changed < SETTLING
    }

    /// What a new file holds, if it is a copy of something finished, or of what was found at the position.
    fn copied(&mut self, at: usize, position: Option<&Mark>) -> io::Result<Holds> {
        let known = self.known;
        let Candidate {
            is_packed, status, ..
        } = self.candidates[at];
        // Programs that compress files keep the time of the last change. Then the beginning says enough, and not all of the archive
        // has to be decoded.
        let is_of_time =
            |mark: &&Mark| mark.unread() == 0 && mark.status.modified == status.modified;
        for mark in known.finished.iter().chain(position).filter(is_of_time) {
            if is_packed && self.begins_like(at, mark)? {
                return Ok(Holds::Nothing);
            }
        }
        let mut best: Option<(usize, &Mark)> = None;
        for (index, mark) in known.finished.iter().enumerate() {
            if best.is_none_or(|(_, best)| best.offset < mark.offset) && self.has(at, mark)? {
                best = Some((index, mark));
            }
        }
        if let Some(position) = position
            && best.is_none_or(|(_, best)| best.offset <= position.offset)
            && self.has(at, position)?
        {
            return Ok(match self.is_certain(at, position)? {
                true => Holds::Nothing,
                false => Holds::New,
            });
        }
        let Some((index, mark)) = best else {
            return Ok(Holds::New);
        };
        if self.is_longer_than_open(at, mark)? {
            return Ok(Holds::New);
        }
        let is_elsewhere = self.holds.contains(&Holds::Finished(index));
        // An archive takes the place of a file, so one that has gone is likely to be in it.
        if (is_packed && !is_elsewhere) || self.is_certain(at, mark)? {
            return Ok(match is_elsewhere {
                true => Holds::Nothing,
                false => Holds::Finished(index),
            });
        }
        Ok(Holds::New)
    }

    /// What is to be read, in order.
    fn collect(&mut self, place: Option<usize>, resolved: &mut Resolved) -> io::Result<()> {
        let short = self
            .holds
            .iter()
            .position(|holds| *holds == Holds::ShortCopy);
        if let Some(at) = short {
            self.take_as_read(at, resolved)?;
        }
        let piece = |at: usize, from: Option<&Mark>| Piece {
            path: self.candidates[at].path.clone(),
            status: self.candidates[at].status,
            from: from.cloned(),
            is_active: self.candidates[at].age.is_none(),
            is_late: false,
            is_copy: self.is_copy(at),
            is_truncated: false,
        };
        let is_truncated = resolved
            .losses
            .iter()
            .any(|loss| matches!(loss, Loss::Truncated { .. }));
        let position = self.known.position.as_ref();
        let is_held = |status: &Status| {
            let is_here = self.open.iter().any(|open| open.is_same_file(status));
            let is_position = position.is_some_and(|mark| mark.status.is_same_file(status));
            // The caller gives up what was truncated.
            is_here && !(is_truncated && is_position)
        };
        let is_open = |at: usize| is_held(&self.candidates[at].status);
        // What is held open is read there, whatever else has the same content.
        let is_read = position.is_some_and(|position| is_held(&position.status));
        let (mut late, mut rest, mut ring, mut new) = (vec![], vec![], vec![], vec![]);
        for (at, candidate) in self.candidates.iter().enumerate() {
            match self.holds[at] {
                Holds::Finished(index) => {
                    let mut mark = self.known.finished[index].clone();
                    // An archive is complete: nobody adds to it.
                    if candidate.is_packed {
                        resolved.archives.push(Seen {
                            status: candidate.status,
                        });
                        if !is_open(at) && !is_held(&mark.status) {
                            match place {
                                Some(place) if at < place => ring.push(piece(at, Some(&mark))),
                                _ => new.push(piece(at, Some(&mark))),
                            }
                        }
                        continue;
                    }
                    if candidate.status.size > mark.offset && !is_open(at) {
                        late.push(Piece {
                            is_late: true,
                            ..piece(at, Some(&mark))
                        });
                    }
                    (mark.path, mark.status) = (candidate.path.clone(), candidate.status);
                    resolved.finished.push(mark);
                }
                Holds::Position if !is_open(at) && !is_read => {
                    rest.push(piece(at, position));
                }
                // The same as what is held open, but somebody may add to it.
                Holds::Position if !is_open(at) && !candidate.is_packed => {
                    resolved.finished.extend(position.map(|mark| Mark {
                        path: candidate.path.clone(),
                        status: candidate.status,
                        ..mark.clone()
                    }));
                }
                Holds::New if !is_open(at) => match place {
                    Some(place) if at < place => ring.push(piece(at, None)),
                    _ => new.push(piece(at, None)),
                },
                Holds::Nothing if candidate.is_packed => resolved.archives.push(Seen {
                    status: candidate.status,
                }),
                Holds::Position
                | Holds::New
                | Holds::Nothing
                | Holds::ShortCopy
                | Holds::Unfinished => {}
            }
        }
        ring.sort_by_key(|piece| piece.status.modified);
        resolved.pieces = [late, ring, rest, new].concat();
        for piece in &mut resolved.pieces {
            piece.is_truncated = is_truncated && piece.is_active;
            piece.is_copy |= is_truncated && !piece.is_active && !piece.is_late;
        }
        self.mark_new(&mut resolved.pieces)
    }

    /// Marks the beginnings of new contents: when it is their turn, another content may be in the same file.
    fn mark_new(&mut self, pieces: &mut [Piece]) -> io::Result<()> {
        for piece in pieces.iter_mut().filter(|piece| piece.from.is_none()) {
            let at = self
                .candidates
                .iter()
                .position(|one| one.path == piece.path);
            if let Some(at) = at {
                let marked = |content: &mut F::Content| Mark::of(&piece.path, content, 0);
                piece.from = self.with_content(at, marked)?.flatten();
            }
        }
        Ok(())
    }

    /// Notes that nothing is to be read of a file.
    fn take_as_read(&mut self, at: usize, resolved: &mut Resolved) -> io::Result<()> {
        let Candidate {
            path,
            status,
            is_packed,
            ..
        } = &self.candidates[at];
        if *is_packed {
            resolved.archives.push(Seen { status: *status });
            return Ok(());
        }
        // It may have grown since it was listed.
        let at_end = |content: &mut F::Content| {
            let size = content.status()?.size;
            Mark::of(path, content, size)
        };
        let mark = self.with_content(at, at_end)?;
        resolved.finished.extend(mark.flatten());
        Ok(())
    }
}
