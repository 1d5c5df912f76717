//! Copies: of what is read, of what was read, and those that a rotator is only making.

use std::io;

use super::super::candidates::Candidate;
use super::super::compare::{Comparison, is_beginning};
use super::super::files::{Content, Files};
use super::super::mark::Mark;
use super::{Holds, Search};

/// For how long after its last change a file that is empty may be one that is only being made, in nanoseconds.
pub const SETTLING: i128 = 2_000_000_000;

/// The length of the shortest archive with something in it, in bytes.
const SHORTEST_ARCHIVE: u64 = 20;

/// Whether an archive ends in the middle.
fn is_cut_short(content: &mut impl Content) -> io::Result<bool> {
    let (mut offset, mut block) = (0, vec![0; 64 << 10]);
    loop {
        match content.read_at(offset, &mut block) {
            Ok(0) => return Ok(false),
            Ok(read) => offset += read as u64,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(true),
            Err(error) => return Err(error),
        }
    }
}

impl<F: Files> Search<'_, F> {
    /// Recognises files among the new that are copies of what is known: a compressed one, one made by a rotator that copies, or a
    /// backup.
    pub(super) fn find_copies(&mut self, place: Option<usize>) -> io::Result<()> {
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

    /// Notices files that were only being made when they were looked at first, and are complete now: what they are copies of may
    /// have been truncated and written again before its beginning was noted.
    pub(super) fn find_ends_of_copying(&mut self) -> io::Result<()> {
        let original = self.active();
        for at in 0..self.candidates.len() {
            if self.holds[at] != Holds::Unfinished {
                continue;
            }
            let is_copy = match original {
                Some(original) => self.is_copy_of(at, original)?,
                None => false,
            };
            let Candidate { path, status, .. } = &self.candidates[at];
            let now = self.files.status(path, self.links_of(at));
            let is_still_short = self.is_short(at, original)
                && now.is_ok_and(|now| now.is_same_file(status) && now.size == status.size);
            self.has_moved |= !is_copy && !is_still_short;
        }
        Ok(())
    }

    /// Whether a file was made later than another, and has its beginning or all of it.
    pub(super) fn is_copy_of(&mut self, at: usize, original: usize) -> io::Result<bool> {
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
    pub(super) fn is_copy(&self, at: usize) -> bool {
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
        let changed = self.candidates[at].status.changed;
        self.is_short(at, original) && self.files.now() - changed < SETTLING
    }

    /// Whether a new archive has changed a moment ago and ends in the middle: what is missing elsewhere may be to come in it.
    pub(super) fn is_being_packed(&mut self) -> io::Result<bool> {
        let now = self.files.now();
        for (at, candidate) in self.candidates.iter().enumerate() {
            let is_recent = (now - candidate.status.changed).abs() < SETTLING;
            if candidate.is_packed
                && is_recent
                && self.holds[at] == Holds::New
                && self.with_content(at, is_cut_short)? == Some(true)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a file has nothing yet, and may be what a rotator has begun to write.
    fn is_short(&self, at: usize, original: Option<usize>) -> bool {
        let Candidate {
            status, is_packed, ..
        } = &self.candidates[at];
        match is_packed {
            true => status.size < SHORTEST_ARCHIVE,
            // A file that was renamed may be empty, too; what late writers add to it must not wait.
            false => status.size == 0 && original.is_some_and(|other| !self.is_older(at, other)),
        }
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
}
