//! One comparison of what is known of a log with the files that are there.

mod collect;
mod copies;
mod losses;

pub use copies::SETTLING;

use std::io;

use super::candidates::{Candidate, is_missing};
use super::compare::{Comparison, compare, is_distinctive};
use super::digest::Digest;
use super::files::{Content as _, Files};
use super::mark::Mark;
use super::pieces::{Known, Place, Resolved};
use crate::io::growing::{Links, Status};

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
        if place.is_none() && self.known.position.is_some() && self.is_being_packed()? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut resolved = Resolved {
            has_active: self.active().is_some(),
            has_position: place.is_some(),
            ..Resolved::default()
        };
        let place = self.find_losses(place, &mut resolved.losses)?;
        self.find_copies(place)?;
        self.collect(place, &mut resolved)?;
        self.find_ends_of_copying()?;
        resolved.is_unsettled = self.is_unsettled;
        Ok(resolved)
    }

    /// Whether a file that was done with is not there any more: it would be new if it appeared again.
    pub(super) fn forgets(&self) -> bool {
        let is_here = |status: &Status| {
            let mut all = self.candidates.iter();
            all.any(|one| one.status.is_same_file(status))
        };
        let Known {
            finished, archives, ..
        } = self.known;
        let is_finished = |(at, mark): (usize, &Mark)| {
            is_here(&mark.status) || self.holds.contains(&Holds::Finished(at))
        };
        !archives.iter().all(|seen| is_here(&seen.status))
            || !finished.iter().enumerate().all(is_finished)
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
}
