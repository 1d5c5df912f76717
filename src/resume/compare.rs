//! Whether a file has the content of a mark.

use std::io;

use super::files::Content;
use super::mark::{Digest, HEAD, Mark, TAIL};

/// How a file's content compares with a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the content that was marked, and has all of it up to the place.
    Same,
    /// It begins like the marked content, but ends before the place.
    Shorter,
    /// It is another content.
    Different,
}

/// How much before a place shows whether the bytes before it are found only there.
const WINDOW: usize = 4096;

/// Compares a file with a mark.
///
/// # Errors
/// Those of reading.
pub fn compare(mark: &Mark, content: &mut impl Content) -> io::Result<Comparison> {
    // An empty content has no identity.
    if mark.head.length == 0 {
        return Ok(Comparison::Different);
    }
    let mut first = [0; HEAD];
    let first = &mut first[..mark.head.length];
    let read = content.read_at(0, first)?;
    if !mark.head.is_at(&first[..read]) {
        return Ok(Comparison::Different);
    }
    let length = mark.offset.min(TAIL as u64);
    let mut last = [0; TAIL];
    let last = &mut last[..length as usize];
    let read = content.read_at(mark.offset - length, last)?;
    Ok(match read == last.len() {
        true if Digest::of(last) == mark.tail => Comparison::Same,
        true => Comparison::Different,
        false => Comparison::Shorter,
    })
}

/// Whether the bytes before the place occur only there in what comes before it. Where lines repeat, another file may have the
/// same bytes at the same place by chance.
///
/// # Errors
/// Those of reading.
pub(super) fn is_distinctive(mark: &Mark, content: &mut impl Content) -> io::Result<bool> {
    let begin = mark.offset.saturating_sub(WINDOW as u64);
    let mut window = vec![0; (mark.offset - begin) as usize];
    let read = content.read_at(begin, &mut window)?;
    window.truncate(read);
    // A few bytes are soon the same by chance.
    let Some(before) = window.len().checked_sub(TAIL).filter(|before| *before > 0) else {
        return Ok(false);
    };
    // Overlapping occurrences count: a line of three bytes repeats within the last 64.
    let earlier = &window[..window.len() - 1];
    Ok(memchr::memmem::find(earlier, &window[before..]).is_none())
}
