//! Which lines belong to which chunk of an input.
//!
//! The chunks of a file are on a grid that is fixed by offset, so the answer cannot depend on the number of threads. A line
//! belongs to the chunk in which it *begins*: the worker that scans a chunk reads on to the end of its last line, and skips
//! a line that began in the chunk before.

use std::ops::Range;

/// The size of a chunk in bytes. Small enough that a buffer stays in a core's second-level cache, large enough that the
/// cost of starting one does not matter.
pub const CHUNK: usize = 2 << 20;

/// The number of bytes read beyond a chunk at once to find the end of its last line.
pub const OVERREAD: usize = 16 << 10;

/// The chunks of the bytes from `begin` to `end`: the n-th is `[begin + n * size, …)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The first byte.
    pub begin: u64,
    /// The byte after the last.
    pub end: u64,
    /// The size of a chunk in bytes; the last may be shorter.
    pub size: u64,
}

impl Grid {
    /// The number of chunks.
    pub fn len(&self) -> u64 {
        (self.end.saturating_sub(self.begin)).div_ceil(self.size)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The n-th chunk.
    pub fn chunk(&self, index: u64) -> Range<u64> {
        let start = self.begin + index * self.size;
        start..(start + self.size).min(self.end)
    }
}

/// The lines of a chunk, as far as a window over it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkLines {
    /// These bytes of the window are the chunk's lines.
    Lines(Range<usize>),
    /// No line begins in the chunk.
    Nothing,
    /// The last line goes on past the window: a longer one is needed. What comes before it is complete.
    Unfinished {
        /// The complete lines.
        lines: Range<usize>,
        /// Where the unfinished line begins.
        last: usize,
    },
}

/// Finds the lines that begin in a chunk.
///
/// `window` begins one byte before the chunk, unless the chunk is the first (`is_first`), and goes on at least to its end;
/// `length` is the chunk's own length. `is_end` is set if nothing follows the window.
pub fn lines_of_chunk(window: &[u8], is_first: bool, length: usize, is_end: bool) -> ChunkLines {
    let chunk_start = usize::from(!is_first);
    let chunk_end = (chunk_start + length).min(window.len());
    let start = if is_first {
        0
    } else {
        // A newline just before the chunk means that a line begins with it.
        match memchr::memchr(b'\n', &window[..chunk_end]) {
            Some(newline) if newline + 1 < chunk_end => newline + 1,
            _ => return ChunkLines::Nothing,
        }
    };
    if start >= chunk_end {
        return ChunkLines::Nothing;
    }
    // The chunk's last line ends at the first newline at or after the chunk's last byte.
    if let Some(newline) = memchr::memchr(b'\n', &window[chunk_end - 1..]) {
        return ChunkLines::Lines(start..chunk_end + newline);
    }
    if is_end {
        return ChunkLines::Lines(start..window.len());
    }
    let last = memchr::memrchr(b'\n', &window[start..chunk_end])
        .map_or(start, |newline| start + newline + 1);
    ChunkLines::Unfinished {
        lines: start..last,
        last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lines of all chunks, one after the other, looked at through windows with some overread.
    fn cut(text: &[u8], size: usize, overread: usize) -> Vec<u8> {
        let grid = Grid {
            begin: 0,
            end: text.len() as u64,
            size: size as u64,
        };
        let mut lines = Vec::new();
        for index in 0..grid.len() {
            let chunk = grid.chunk(index);
            let (start, end) = (
                usize::try_from(chunk.start).unwrap(),
                usize::try_from(chunk.end).unwrap(),
            );
            let from = start.saturating_sub(1);
            let mut to = (end + overread).min(text.len());
            loop {
                match lines_of_chunk(&text[from..to], start == 0, end - start, to == text.len()) {
                    ChunkLines::Lines(range) => {
                        lines.extend_from_slice(&text[from + range.start..from + range.end]);
                    }
                    ChunkLines::Nothing => {}
                    ChunkLines::Unfinished { .. } => {
                        to = (to + 1 + overread).min(text.len());
                        continue;
                    }
                }
                break;
            }
        }
        lines
    }

    proptest! {
        #[test]
        fn every_line_belongs_to_exactly_one_chunk(text in "[ab\n]{0,60}", size in 1_usize..20, overread in 0_usize..8) {
            prop_assert_eq!(cut(text.as_bytes(), size, overread), text.into_bytes());
        }
    }

    #[test]
    fn a_line_over_several_chunks_belongs_to_the_first() {
        assert_eq!(
            lines_of_chunk(b"aaaa", true, 4, false),
            ChunkLines::Unfinished {
                lines: 0..0,
                last: 0
            }
        );
        assert_eq!(
            lines_of_chunk(b"aaaaa", false, 4, false),
            ChunkLines::Nothing
        );
        assert_eq!(
            lines_of_chunk(b"aa\nb\n", false, 3, false),
            ChunkLines::Lines(3..5)
        );
        assert_eq!(
            lines_of_chunk(b"\nb\nc\n", false, 2, false),
            ChunkLines::Lines(1..3)
        );
    }
}
