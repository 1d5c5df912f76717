//! Records that are not one line each: what makes records of the lines of an input.
//!
//! What a line belongs to may depend on any line before it, however far away. So an input with a [`Framing`] is read from its
//! beginning to its end by one thread, which only frames; the workers parse the records. That the answer does not depend on where
//! chunks begin, on the number of threads and on when live input arrives follows: nothing but the lines, in their order, decides.

mod gather;
mod pieces;

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

pub use self::gather::{Gather, Rule};
pub(super) use self::pieces::{Cut, Piece, Pieces};
use super::Schema;

/// Makes records of lines.
pub trait Framing: Send + Sync {
    /// Takes the next line, without its newline, which begins at this offset of the input.
    fn line(&mut self, line: &[u8], offset: u64, out: &mut Framed);

    /// Takes a line that is longer than allowed, whose bytes are not there.
    fn long_line(&mut self, offset: u64, out: &mut Framed) {
        out.long_record(offset);
    }

    /// Gives out what is not complete at the end of an input, after which no other goes on with it.
    fn end(&mut self, out: &mut Framed);

    /// Whether some lines are no records, and part of none.
    fn skips_lines(&self) -> bool {
        false
    }

    /// Begins with another input that goes on with this one: a log after its rotation.
    fn go_on(&mut self) {}
}

/// Records, in their order.
#[derive(Default)]
pub struct Records {
    /// All of them, one after the other.
    bytes: Vec<u8>,
    extents: Vec<Extent>,
    /// What the records hold, from where on that is not what the beginning of the input says, and a number for it.
    pub schema: Option<(u64, Arc<dyn Schema>)>,
}

#[derive(Clone, Copy)]
struct Extent {
    end: usize,
    offset: u64,
    is_long: bool,
}

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its bytes, without the newline at its end; none if it is longer than allowed.
    pub text: Option<&'a [u8]>,
    /// Where it is in the input.
    pub offset: u64,
}

impl Records {
    /// The records.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let mut start = 0;
        self.extents.iter().map(move |extent| {
            let text = &self.bytes[start..extent.end];
            start = extent.end;
            Record {
                text: (!extent.is_long).then_some(text),
                offset: extent.offset,
            }
        })
    }
}

/// What framing gives: records, which may change their schema on the way.
#[derive(Default)]
pub struct Framed {
    parts: Vec<Records>,
    current: Records,
}

impl Framed {
    /// Adds a record that is the pieces one after the other.
    pub fn record(&mut self, pieces: &[&[u8]], offset: u64) {
        for piece in pieces {
            self.current.bytes.extend_from_slice(piece);
        }
        self.push(offset, false);
    }

    /// Adds a record that is longer than allowed.
    pub fn long_record(&mut self, offset: u64) {
        self.push(offset, true);
    }

    fn push(&mut self, offset: u64, is_long: bool) {
        let end = self.current.bytes.len();
        self.current.extents.push(Extent {
            end,
            offset,
            is_long,
        });
    }

    /// From here on, records have another schema; schemas of an input have different numbers.
    pub fn switch(&mut self, number: u64, schema: Arc<dyn Schema>) {
        let next = Records {
            schema: Some((number, schema)),
            ..Records::default()
        };
        self.parts.push(mem::replace(&mut self.current, next));
    }

    /// Takes the records so far.
    pub fn take(&mut self) -> Vec<Records> {
        let next = Records {
            schema: self.current.schema.clone(),
            ..Records::default()
        };
        self.parts.push(mem::replace(&mut self.current, next));
        let mut parts = mem::take(&mut self.parts);
        parts.retain(|records| !records.extents.is_empty());
        parts
    }
}

/// The first records of an input as lines: newlines inside are blanks, so that every byte keeps its place. The last record counts only
/// if the input ends with these bytes.
pub fn as_lines(bytes: &[u8], is_whole: bool, mut framing: Gather) -> Vec<u8> {
    let mut framed = Framed::default();
    let mut at = 0;
    while at < bytes.len() {
        let end = match memchr::memchr(b'\n', &bytes[at..]) {
            Some(newline) => at + newline,
            None if is_whole => bytes.len(),
            None => break,
        };
        framing.line(&bytes[at..end], at as u64, &mut framed);
        at = (end + 1).min(bytes.len());
    }
    let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    let complete = match framing.begun() {
        Some(begun) if !is_whole => place(begun),
        _ => at,
    };
    framing.end(&mut framed);
    let records = framed.take();
    let begins = records.iter().flat_map(Records::iter);
    let begins: HashSet<usize> = begins.map(|record| place(record.offset)).collect();
    let mut lines = bytes[..complete].to_vec();
    let newlines: Vec<usize> = memchr::memchr_iter(b'\n', &lines).collect();
    for newline in newlines {
        if newline + 1 < complete && !begins.contains(&(newline + 1)) {
            lines[newline] = b' ';
        }
    }
    lines
}

#[cfg(test)]
mod tests;
