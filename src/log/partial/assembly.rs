//! The pieces of one partial result.

use std::collections::{BTreeMap, HashSet};

use super::header::{Header, Unreadable};
use super::lines::{Line, Source};
use crate::group::run::Frames;

/// A partial result of which lines have arrived.
pub(super) struct Assembly {
    /// Where its first line was.
    pub(super) name: String,
    source: Source,
    question: String,
    pieces: u32,
    /// How many of the first pieces have been taken.
    taken: u32,
    /// Pieces that arrived early.
    early: BTreeMap<u32, Vec<u8>>,
    /// Pieces that came again, of those that are taken or wait.
    again: HashSet<u32>,
    hasher: blake3::Hasher,
    /// The bytes of the header as long as not all of it is there.
    head: Vec<u8>,
    header: Option<Header>,
    is_shown: bool,
    frames: Frames,
}

/// What comes next.
pub(super) enum Step<'a> {
    /// The header, once.
    Header(&'a Header),
    /// Records.
    Records(&'a [u8]),
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Wrong {
    #[error("damaged")]
    Damaged,
    #[error("written by a newer version of jug")]
    Newer,
    #[error("damaged: {missing} of its {pieces} lines {are} missing, the first is line {first}")]
    Lines {
        missing: u32,
        pieces: u32,
        are: &'static str,
        first: u32,
    },
}

impl From<Unreadable> for Wrong {
    fn from(error: Unreadable) -> Wrong {
        match error {
            Unreadable::Newer => Wrong::Newer,
            Unreadable::Damaged => Wrong::Damaged,
        }
    }
}

impl Assembly {
    /// One of which a first line has come.
    pub(super) fn new(name: &str, line: &Line<'_>) -> Assembly {
        Assembly {
            name: name.to_owned(),
            source: line.source,
            question: line.question.to_owned(),
            pieces: line.place.1,
            taken: 0,
            early: BTreeMap::new(),
            again: HashSet::new(),
            hasher: blake3::Hasher::new(),
            head: Vec::new(),
            header: None,
            is_shown: false,
            frames: Frames::default(),
        }
    }

    /// Takes a line.
    pub(super) fn receive(&mut self, name: &str, line: Line<'_>) -> Result<(), Wrong> {
        if line.place.1 != self.pieces || line.question != self.question {
            return Err(Wrong::Damaged);
        }
        let number = line.place.0;
        if number <= self.taken || self.early.contains_key(&number) {
            if self.again.is_empty() {
                name.clone_into(&mut self.name);
            }
            self.again.insert(number);
            return Ok(());
        }
        self.early.insert(number, line.piece);
        Ok(())
    }

    /// The next thing that is complete.
    pub(super) fn step(&mut self) -> Result<Option<Step<'_>>, Wrong> {
        loop {
            if self.header.is_some() && !self.is_shown {
                self.is_shown = true;
                return Ok(self.header.as_ref().map(Step::Header));
            }
            if self.header.is_some() && self.frames.advance().map_err(|_| Wrong::Damaged)? {
                return Ok(Some(Step::Records(self.frames.body())));
            }
            let Some(piece) = self.early.remove(&(self.taken + 1)) else {
                if self.taken == self.pieces && self.frames.is_ended() {
                    // There may be thousands of them.
                    self.frames.free();
                }
                return Ok(None);
            };
            self.taken += 1;
            self.hasher.update(&piece);
            if self.header.is_some() {
                self.frames.feed(&piece);
                continue;
            }
            self.head.extend_from_slice(&piece);
            if let Some(length) = Header::length(&self.head) {
                self.header = Some(Header::decode(&self.head[..length])?);
                self.frames.feed(&self.head[length..]);
                self.head = Vec::new();
            }
        }
    }

    /// Whether all of it came more than once.
    pub(super) fn is_double(&self) -> bool {
        !self.again.is_empty()
    }

    /// The header, if all is there and as it was written.
    pub(super) fn finish(self) -> Result<Header, Wrong> {
        if self.taken < self.pieces {
            let missing = self.pieces - self.taken - self.early.len() as u32;
            return Err(Wrong::Lines {
                missing,
                pieces: self.pieces,
                are: if missing == 1 { "is" } else { "are" },
                first: self.taken + 1,
            });
        }
        let is_whole = self.frames.is_ended() && Source::of(self.hasher.finalize()) == self.source;
        match self.header {
            Some(header) if is_whole && header.question.name() == self.question => Ok(header),
            _ => Err(Wrong::Damaged),
        }
    }
}
