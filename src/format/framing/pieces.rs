//! Records that were cut into pieces, which come on lines of their own, between those of other streams: logs of containers.

use std::collections::BTreeMap;

use super::{Framed, Framing};
use crate::record::Timestamp;

/// A line that is a record, or a piece of one: `head`, `mark` and `text` one after the other, then `tail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) struct Piece<'a> {
    /// What it is a piece of: pieces of one stream follow each other.
    pub(in crate::format) stream: &'a [u8],
    /// What a joined record has from its first piece.
    pub(in crate::format) head: &'a [u8],
    /// What it has from its last piece.
    pub(in crate::format) mark: &'a [u8],
    /// What it has from all pieces.
    pub(in crate::format) text: &'a [u8],
    /// What it has from its first piece, at the end.
    pub(in crate::format) tail: &'a [u8],
    /// Whether the record goes on.
    pub(in crate::format) is_partial: bool,
    /// The text of its time.
    pub(in crate::format) time: &'a [u8],
}

/// How lines are cut; none for a line that is not of the format.
pub(in crate::format) type Cut = for<'a> fn(&'a [u8]) -> Option<Piece<'a>>;

/// Joins pieces. A record is where its last piece is.
pub(in crate::format) struct Pieces {
    cut: Cut,
    /// The length in bytes above which a record is too long.
    longest: usize,
    held: BTreeMap<Vec<u8>, Held>,
}

/// A record that goes on.
struct Held {
    head: Vec<u8>,
    mark: Vec<u8>,
    text: Vec<u8>,
    tail: Vec<u8>,
    time: Option<Timestamp>,
    /// Where its last piece is.
    offset: u64,
    is_long: bool,
    /// Whether its last piece is in an input before this one.
    is_of_before: bool,
}

impl Pieces {
    pub(in crate::format) fn new(cut: Cut, longest: usize) -> Pieces {
        Pieces {
            cut,
            longest,
            held: BTreeMap::new(),
        }
    }
}

impl Held {
    fn new(piece: &Piece<'_>) -> Held {
        Held {
            head: piece.head.to_vec(),
            mark: piece.mark.to_vec(),
            text: Vec::new(),
            tail: piece.tail.to_vec(),
            time: None,
            offset: 0,
            is_long: false,
            is_of_before: false,
        }
    }

    fn append(&mut self, piece: &Piece<'_>, offset: u64, longest: usize) {
        self.is_long |= self.text.len() + piece.text.len() > longest;
        if self.is_long {
            self.text.clear();
        } else {
            self.text.extend_from_slice(piece.text);
        }
        self.mark.clear();
        self.mark.extend_from_slice(piece.mark);
        self.time = time(piece);
        self.offset = offset;
        self.is_of_before = false;
    }

    fn flush(&self, out: &mut Framed) {
        match self.is_long {
            true => out.long_record(self.offset),
            false => out.record(
                &[&self.head, &self.mark, &self.text, &self.tail],
                self.offset,
            ),
        }
    }
}

fn time(piece: &Piece<'_>) -> Option<Timestamp> {
    Timestamp::parse(piece.time, &jiff::tz::TimeZone::UTC)
}

impl Framing for Pieces {
    fn line(&mut self, line: &[u8], offset: u64, out: &mut Framed) {
        let Some(piece) = (self.cut)(line) else {
            return out.record(&[line], offset);
        };
        let mut held = match self.held.is_empty() {
            true => None,
            false => self.held.remove(piece.stream),
        };
        // Of two files of a log, the second does not begin before the first ends.
        if let Some(before) = held.take_if(|held| held.is_of_before && time(&piece) < held.time) {
            before.flush(out);
        }
        match held {
            None if !piece.is_partial => out.record(&[line], offset),
            held => {
                let mut held = held.unwrap_or_else(|| Held::new(&piece));
                held.append(&piece, offset, self.longest);
                if piece.is_partial {
                    self.held.insert(piece.stream.to_vec(), held);
                } else {
                    held.flush(out);
                }
            }
        }
    }

    fn end(&mut self, out: &mut Framed) {
        let mut held: Vec<Held> = std::mem::take(&mut self.held).into_values().collect();
        held.sort_by_key(|held| held.offset);
        held.iter().for_each(|held| held.flush(out));
    }

    fn go_on(&mut self) {
        for held in self.held.values_mut() {
            held.is_of_before = true;
            // The first line of this input is the nearest place that it has.
            held.offset = 0;
        }
    }
}
