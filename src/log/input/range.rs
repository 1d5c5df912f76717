//! A part of a file, by offsets: the lines that begin in it.

use std::io;

use crate::io::buffer::Buffer;
use crate::io::source::Regular;

/// How much is searched for a newline at once, in bytes.
const WINDOW: usize = 64 << 10;

/// Bytes of a file. A line belongs to the part in which it begins, so each line is in one of several parts that cover the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte.
    pub begin: u64,
    /// The byte after the last; beyond the end of the file for all that follows.
    pub end: u64,
}

impl ByteRange {
    /// From where the first line begins to where the last one ends.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn lines(self, file: &Regular) -> io::Result<ByteRange> {
        let begin = line_start(file, self.begin)?;
        Ok(ByteRange {
            begin,
            end: line_start(file, self.end)?.max(begin),
        })
    }
}

/// Where the first line begins at an offset or after it; the end of the file if there is none.
fn line_start(file: &Regular, offset: u64) -> io::Result<u64> {
    if offset <= file.begin() {
        return Ok(file.begin());
    }
    let mut buffer = Buffer::new();
    // A newline just before the offset means that a line begins with it.
    let mut at = offset - 1;
    while at < file.end() {
        let length = usize::try_from(file.end() - at).unwrap_or(usize::MAX);
        file.read_at(at, length.min(WINDOW), &mut buffer)?;
        if let Some(newline) = memchr::memchr(b'\n', &buffer) {
            return Ok(at + newline as u64 + 1);
        }
        if buffer.is_empty() {
            break;
        }
        at += buffer.len() as u64;
    }
    Ok(file.end())
}
