//! Whether a file has the content of a mark.

use std::io;

use super::digest::{Digest, TAIL};
use super::files::Content;
use super::mark::{HEAD, Mark};
use super::samples::Agreement;

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
    let read = content.read_available(0, first)?;
    let is_whole = read == first.len();
    if is_whole && !mark.head.is_at(first) {
        return Ok(Comparison::Different);
    }
    match mark.samples.compare(content, mark.offset)? {
        Agreement::No => return Ok(Comparison::Different),
        // Too short to tell.
        Agreement::Whole(0) | Agreement::EndsAfter(0) if !is_whole => {
            return Ok(Comparison::Different);
        }
        Agreement::EndsAfter(_) => return Ok(Comparison::Shorter),
        Agreement::Whole(_) => {}
    }
    let length = mark.offset.min(TAIL as u64);
    let mut last = [0; TAIL];
    let last = &mut last[..length as usize];
    let read = content.read_available(mark.offset - length, last)?;
    Ok(match read == last.len() {
        true if Digest::of(last) == mark.tail => Comparison::Same,
        true => Comparison::Different,
        false => Comparison::Shorter,
    })
}

/// How much of the beginning and of the end of a copy is compared with what it was made of, in bytes.
const COMPARED: u64 = 64 << 10;

/// Whether a content is the beginning of another, or all of it, as while a rotator copies. False if it is empty.
///
/// # Errors
/// Those of reading.
pub(super) fn is_beginning(
    content: &mut impl Content,
    original: &mut impl Content,
) -> io::Result<bool> {
    if original.is_archive() {
        return Ok(false);
    }
    match equal_bytes(content, original, 0)? {
        None | Some(0) => return Ok(false),
        Some(read) if read < COMPARED || content.is_archive() => return Ok(true),
        Some(_) => {}
    }
    let end = content.status()?.size;
    Ok(equal_bytes(content, original, end.saturating_sub(COMPARED))?.is_some())
}

/// How many bytes a content has at an offset, up to [`COMPARED`]; none if another does not have the same there.
fn equal_bytes(
    content: &mut impl Content,
    other: &mut impl Content,
    offset: u64,
) -> io::Result<Option<u64>> {
    let (mut own, mut found) = (vec![0; COMPARED as usize], vec![0; COMPARED as usize]);
    let read = content.read_available(offset, &mut own)?;
    // Read after the copy: what is in that was in the original before.
    let there = other.read_available(offset, &mut found)?;
    Ok((there >= read && own[..read] == found[..read]).then_some(read as u64))
}

/// Whether the bytes before the place occur only there in what comes before it. Where lines repeat, another file may have the
/// same bytes at the same place by chance.
///
/// # Errors
/// Those of reading.
pub(super) fn is_distinctive(mark: &Mark, content: &mut impl Content) -> io::Result<bool> {
    let begin = mark.offset.saturating_sub(WINDOW as u64);
    let mut window = vec![0; (mark.offset - begin) as usize];
    let read = content.read_available(begin, &mut window)?;
    window.truncate(read);
    // A few bytes are soon the same by chance.
    let Some(before) = window.len().checked_sub(TAIL).filter(|before| *before > 0) else {
        return Ok(false);
    };
    // Overlapping occurrences count: a line of three bytes repeats within the last 64.
    let earlier = &window[..window.len() - 1];
    Ok(memchr::memmem::find(earlier, &window[before..]).is_none())
}
