//! Compares what is known of a log with the files that are there: what to read next, in which order, and what is lost.
//!
//! Contents are recognised by their bytes. Device, inode and birth time only say where to look first, and decide between files
//! whose bytes are equal. Whatever is not recognised is new and is read: a line may come twice, and then that is reported, but
//! none is left out in silence.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::compare::{Comparison, compare, is_distinctive};
use super::files::{Content as _, Files};
use super::mark::Mark;
use super::names::{self, Age};
use super::pieces::{Known, Loss, Piece, Resolved, Seen};
use crate::error::Plain;
use crate::io::growing::{Kind, Links, Status};

/// How often a look is repeated while a rotator is moving files.
const ATTEMPTS: usize = 20;

/// How long ago a file was written to which a rotator may still be copying, in nanoseconds.
const COPYING: i128 = 500_000_000;

/// Where a log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path that it is written to.
    pub path: PathBuf,
    /// Whether that path is a link, whose target changes.
    pub links: Links,
}

/// Whether `name` is the name of a rotated file of `active`, both without their directory.
pub fn is_rotated_name(active: &[u8], name: &[u8]) -> bool {
    names::age(active, name).is_some()
}

/// A file that may have some of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    path: PathBuf,
    status: Status,
    /// None for the file that the log is written to.
    age: Option<Age>,
    is_packed: bool,
}

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

/// Finds out what to read next. `open` are files that the caller holds open: they are recognised, but are no pieces, as the caller
/// reads them to their ends.
///
/// # Errors
/// Those of listing the directory, unless it does not exist; `WouldBlock` if files are still being renamed: try again.
pub fn resolve<F: Files>(
    files: &mut F,
    place: &Place,
    known: &Known,
    open: &[Status],
) -> io::Result<Resolved> {
    let mut before = None;
    for _ in 0..ATTEMPTS {
        let (candidates, mut losses) = candidates(files, place)?;
        let mut search = Search {
            files: &mut *files,
            place,
            known,
            open,
            holds: vec![Holds::New; candidates.len()],
            candidates: &candidates,
            has_moved: false,
        };
        let mut resolved = search.run()?;
        let is_moving = search.has_moved || !resolved.losses.is_empty();
        // A loss may be no more than a listing that was made while files were renamed.
        if !is_moving || (before.as_ref() == Some(&candidates) && !search.has_moved) {
            losses.append(&mut resolved.losses);
            resolved.losses = losses;
            return Ok(resolved);
        }
        before = Some(candidates);
        files.pause();
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// The files that may have some of the log, the oldest first, and what keeps the path from being read.
fn candidates<F: Files>(files: &mut F, place: &Place) -> io::Result<(Vec<Candidate>, Vec<Loss>)> {
    let target = match place.links {
        Links::Followed => files.target(&place.path),
        Links::Refused => place.path.clone(),
    };
    let directory = directory_of(&target);
    let active = target.file_name().map_or(&b""[..], |name| name.as_bytes());
    let undated = (place.links == Links::Followed)
        .then(|| names::without_date(active))
        .flatten();
    let mut rotated = Vec::new();
    let names = match files.list(directory) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    for name in names {
        if name == active {
            continue;
        }
        let age = names::age(active, &name).or_else(|| {
            undated
                .as_ref()
                .and_then(|undated| names::age(undated, &name))
        });
        let Some(age) = age else {
            continue;
        };
        let path = directory.join(OsStr::from_bytes(&name));
        match files.status(&path, Links::Refused) {
            Ok(status) if status.kind == Kind::File => rotated.push(Candidate {
                path,
                status,
                age: Some(age),
                is_packed: names::without_packing(&name).1,
            }),
            // A link in place of a rotated file is nobody's log; what has gone since is listed again, if it matters.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    // While a file is compressed, both are there; the archive may be incomplete.
    let plain: Vec<Age> = rotated
        .iter()
        .filter(|one| !one.is_packed)
        .filter_map(|one| one.age.clone())
        .collect();
    rotated.retain(|one| {
        let is_twin = |age: &Age| plain.contains(age);
        !(one.is_packed && one.age.as_ref().is_some_and(is_twin))
    });
    names::sort(&mut rotated, |one| {
        (one.age.as_ref().unwrap_or(&Age::Old), one.status.modified)
    });
    let mut losses = Vec::new();
    match files.status(&place.path, place.links) {
        Ok(status) if status.kind == Kind::File => rotated.push(Candidate {
            path: place.path.clone(),
            status,
            age: None,
            is_packed: false,
        }),
        Ok(status) if status.kind == Kind::Link => losses.push(Loss::BecameLink),
        Ok(_) => losses.push(Loss::NotAFile),
        Err(error) if is_missing(&error) => {}
        Err(error) => {
            losses.push(Loss::Unreadable(
                place.path.clone(),
                Plain(&error).to_string(),
            ));
        }
    }
    Ok((rotated, losses))
}

/// The directory of a path, never an empty path.
pub fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// One comparison of what is known with what is there.
struct Search<'a, F> {
    files: &'a mut F,
    place: &'a Place,
    known: &'a Known,
    open: &'a [Status],
    candidates: &'a [Candidate],
    holds: Vec<Holds>,
    /// Whether a file was no longer where it was listed.
    has_moved: bool,
}

impl<F: Files> Search<'_, F> {
    fn run(&mut self) -> io::Result<Resolved> {
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

    /// Reports what is lost; returns after which candidate there is something new.
    fn find_losses(
        &mut self,
        place: Option<usize>,
        losses: &mut Vec<Loss>,
    ) -> io::Result<Option<usize>> {
        let Some(position) = &self.known.position else {
            return Ok(place);
        };
        let is_open = self
            .open
            .iter()
            .any(|open| open.is_same_file(&position.status));
        let truncated = self
            .active()
            .filter(|at| place != Some(*at))
            .map(|at| self.candidates[at].status)
            .filter(|status| status.is_same_file(&position.status));
        let mut place = place;
        if let Some(status) = truncated {
            let has_copy = place.is_some();
            if place.is_none() {
                place = self.find_short_copy(position)?;
            }
            losses.push(Loss::Truncated {
                offset: position.offset,
                at_least: if has_copy { 0 } else { position.unread() },
                size: status.size,
                has_copy,
            });
        } else if place.is_none() && !self.candidates.is_empty() {
            let has_others = self.candidates.iter().zip(&self.holds);
            let mut has_others =
                has_others.filter(|(one, holds)| one.age.is_some() && **holds == Holds::New);
            // The caller reads what it has open to its end; but what came after it may have gone, too.
            if !is_open || has_others.next().is_some() {
                losses.push(Loss::Gone {
                    offset: position.offset,
                    at_least: if is_open { 0 } else { position.unread() },
                });
            }
        }
        if let Some(missing) = place.and_then(|place| self.missing_after(place)) {
            losses.push(Loss::Missing { files: missing });
        }
        Ok(place)
    }

    /// A copy that the rotator made before the last bytes were read: there is nothing more in it.
    fn find_short_copy(&mut self, position: &Mark) -> io::Result<Option<usize>> {
        for at in (0..self.candidates.len()).rev() {
            let is_rotated = self.candidates[at].age.is_some();
            if is_rotated
                && self.holds[at] == Holds::New
                && self.compared(at, position)? == Comparison::Shorter
            {
                self.holds[at] = Holds::Nothing;
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// How many numbered files are missing between a candidate and the newest.
    fn missing_after(&self, place: usize) -> Option<u64> {
        let number = |at: usize| match self.candidates[at].age {
            Some(Age::Number(number)) => Some(number),
            _ => None,
        };
        let first = number(place)?;
        let there = (place + 1..self.candidates.len()).filter_map(number);
        let there = there.filter(|number| *number > 0).count() as u64;
        Some(first.saturating_sub(1).saturating_sub(there)).filter(|missing| *missing > 0)
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
