//! One comparison of what is known of a log with the files that are there.

mod losses;

use std::io;

use super::candidates::{Candidate, is_missing};
use super::compare::{Comparison, compare, is_distinctive};
use super::files::{Content as _, Files};
use super::mark::Mark;
use super::pieces::{Known, Loss, Piece, Place, Resolved, Seen};
use crate::io::growing::{Links, Status};

/// How long ago a file was written to which a rotator may still be copying, in nanoseconds.
const COPYING: i128 = 500_000_000;

/// What a candidate contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Something new, as far as is known.
    New,
    /// The content at the position.
    Position,
    /// An older content.
    Finished(usize),
    /// The same as another file, an old archive, or what the caller has open.
    Nothing,
}

/// One comparison of what is known with what is there.
pub(super) struct Search<'a, F> {
    files: &'a mut F,
    place: &'a Place,
    known: &'a Known,
    open: &'a [Status],
    candidates: &'a [Candidate],
    holds: Vec<Holds>,
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
        self.collect(place, &mut resolved);
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
            if self.continues(at, position)? {
                self.holds[at] = Holds::Position;
                self.holds[found] = Holds::New;
                return Ok(at);
            }
        }
        Ok(found)
    }

    /// Whether a file has more than the one at the position, which is open: then it is no copy of that.
    fn is_longer_than_open(&mut self, at: usize, position: &Mark) -> io::Result<bool> {
        let mut open = self.open.iter();
        let Some(open) = open.find(|open| open.is_same_file(&position.status)) else {
            return Ok(false);
        };
        let size = open.size.max(position.offset);
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
        for at in 0..self.candidates.len() {
            if self.holds[at] == Holds::New && self.candidates[at].age.is_some() {
                let position = self.known.position.as_ref().filter(|_| place.is_some());
                self.holds[at] = self.copied(at, position)?;
                self.has_moved |= self.is_being_copied(at, place)?;
            }
        }
        Ok(())
    }

    /// Whether a rotator seems to be copying the log to a file at this moment: its content is known when that is done.
    fn is_being_copied(&mut self, at: usize, place: Option<usize>) -> io::Result<bool> {
        let age = self.files.now() - self.candidates[at].status.modified;
        match &self.known.position {
            Some(position) if age < COPYING && place.is_some() && place == self.active() => {
                Ok(self.holds[at] == Holds::New
                    && self.compared(at, position)? == Comparison::Shorter)
            }
            _ => Ok(false),
        }
    }

    /// What a new file holds, if it is a copy of something finished, or of what was found at the position.
    fn copied(&mut self, at: usize, position: Option<&Mark>) -> io::Result<Holds> {
        let known = self.known;
        let Candidate {
            is_packed, status, ..
        } = self.candidates[at];
        // Programs that compress files keep the time of the last change.
        let is_packed_from =
            |mark: &Mark| mark.unread() == 0 && mark.status.modified == status.modified;
        let mut all = known.finished.iter().chain(position);
        if is_packed && all.any(is_packed_from) {
            return Ok(Holds::Nothing);
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
    fn collect(&self, place: Option<usize>, resolved: &mut Resolved) {
        let piece = |at: usize, from: Option<&Mark>| Piece {
            path: self.candidates[at].path.clone(),
            status: self.candidates[at].status,
            from: from.cloned(),
            is_active: self.candidates[at].age.is_none(),
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
                            late.push(piece(at, Some(&mark)));
                        }
                        continue;
                    }
                    if candidate.status.size > mark.offset && !is_open(at) {
                        late.push(piece(at, Some(&mark)));
                    }
                    (mark.path, mark.status) = (candidate.path.clone(), candidate.status);
                    resolved.finished.push(mark);
                }
                Holds::Position if !is_open(at) && !is_read => {
                    rest.push(piece(at, self.known.position.as_ref()));
                }
                Holds::New if !is_open(at) => match place {
                    Some(place) if at < place => ring.push(piece(at, None)),
                    _ => new.push(piece(at, None)),
                },
                Holds::Nothing if candidate.is_packed => resolved.archives.push(Seen {
                    status: candidate.status,
                }),
                Holds::Position | Holds::New | Holds::Nothing => {}
            }
        }
        ring.sort_by_key(|piece| piece.status.modified);
        resolved.pieces = [late, ring, rest, new].concat();
        for piece in &mut resolved.pieces {
            piece.is_truncated = is_truncated && piece.is_active;
        }
    }
}
