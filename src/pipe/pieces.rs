//! Cuts bytes that come in any pieces: at each delimiter, or into equal sizes. What is not complete waits here.

use super::failure::{Failure, Position};
use super::flow::Flow;

/// Cuts after each delimiter.
#[derive(Debug)]
pub(super) struct Lines {
    delimiter: u8,
    /// The beginning of a line whose end has not come.
    partial: Vec<u8>,
    /// The offset at which that line begins.
    offset: u64,
}

impl Lines {
    /// Cuts after each of these bytes.
    pub(super) fn ending_in(delimiter: u8) -> Lines {
        Lines {
            delimiter,
            partial: Vec::new(),
            offset: 0,
        }
    }

    /// Takes some bytes, and calls `work` with blocks of whole lines until it has enough.
    ///
    /// # Errors
    /// Those of `work`; a line of more than `longest` bytes, its delimiter not counted, after the lines before it.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        longest: usize,
        mut work: impl FnMut(&[u8]) -> Result<Flow, Failure>,
    ) -> Result<Flow, Failure> {
        let mut flow = Flow::More;
        let mut rest = bytes;
        if !self.partial.is_empty() {
            let end = self.first_end(rest);
            let (first, after) = rest.split_at(end.unwrap_or(rest.len()));
            let delimiter = usize::from(end.is_some());
            self.check(self.partial.len() + first.len() - delimiter, longest)?;
            self.partial.extend_from_slice(first);
            if end.is_none() {
                return Ok(flow);
            }
            rest = after;
            flow = work(&self.partial)?;
            self.offset += self.partial.len() as u64;
            self.partial.clear();
        }
        let whole = memchr::memrchr(self.delimiter, rest).map_or(0, |last| last + 1);
        let (mut lines, partial) = rest.split_at(whole);
        if lines.len() > longest {
            lines = &lines[..self.length_before_long(lines, longest)];
        }
        if flow == Flow::More && !lines.is_empty() {
            flow = work(lines)?;
        }
        if flow == Flow::Enough {
            return Ok(flow);
        }
        self.offset += lines.len() as u64;
        if lines.len() < whole {
            return Err(self.too_long(longest));
        }
        self.check(partial.len(), longest)?;
        self.partial.extend_from_slice(partial);
        Ok(flow)
    }

    /// The last line, if it has no delimiter.
    pub(super) fn end(&mut self) -> Option<Vec<u8>> {
        self.offset = 0;
        Some(std::mem::take(&mut self.partial)).filter(|partial| !partial.is_empty())
    }

    fn first_end(&self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr(self.delimiter, bytes).map(|end| end + 1)
    }

    /// The length of the lines before the first that is too long.
    fn length_before_long(&self, lines: &[u8], longest: usize) -> usize {
        let mut start = 0;
        while let Some(length) = memchr::memchr(self.delimiter, &lines[start..])
            && length <= longest
        {
            start += length + 1;
        }
        start
    }

    fn check(&self, length: usize, longest: usize) -> Result<(), Failure> {
        match length > longest {
            true => Err(self.too_long(longest)),
            false => Ok(()),
        }
    }

    fn too_long(&self, longest: usize) -> Failure {
        let message = format!("a line is longer than {longest} bytes; see --max-line");
        Failure::new(message).at(Position::Byte(self.offset))
    }
}

/// Cuts into pieces of one size.
#[derive(Debug)]
pub(super) struct Sizes {
    size: usize,
    /// The beginning of a piece that is not complete.
    partial: Vec<u8>,
}

impl Sizes {
    /// Cuts into pieces of `size` bytes, of which there must be at least one.
    pub(super) fn of(size: usize) -> Sizes {
        Sizes {
            size,
            partial: Vec::new(),
        }
    }

    /// Takes some bytes, and calls `work` with each piece that is complete.
    pub(super) fn push(&mut self, bytes: &[u8], mut work: impl FnMut(&[u8])) {
        let mut rest = bytes;
        if !self.partial.is_empty() {
            let missing = self.size - self.partial.len();
            let (first, after) = rest.split_at(rest.len().min(missing));
            self.partial.extend_from_slice(first);
            rest = after;
            if self.partial.len() < self.size {
                return;
            }
            work(&self.partial);
            self.partial.clear();
        }
        let pieces = rest.chunks_exact(self.size);
        self.partial.extend_from_slice(pieces.remainder());
        pieces.for_each(work);
    }

    /// The last piece, if it is not complete.
    pub(super) fn end(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.partial)).filter(|partial| !partial.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text that comes in pieces of `size` bytes, and the message that ended it.
    fn cut(text: &str, size: usize, longest: usize) -> (Vec<String>, Option<String>) {
        let mut lines = Lines::ending_in(b'\n');
        let mut seen = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            let pushed = lines.push(piece, longest, |block| {
                let block = std::str::from_utf8(block).unwrap();
                assert!(block.ends_with('\n'));
                seen.extend(block.split_inclusive('\n').map(str::to_owned));
                Ok(Flow::More)
            });
            if let Err(failure) = pushed {
                return (seen, Some(failure.to_string()));
            }
        }
        let last = lines.end().map(|last| String::from_utf8(last).unwrap());
        seen.extend(last);
        (seen, None)
    }

    #[test]
    fn lines_are_whole_however_they_come() {
        let text = "a\n\nbcd\nef\n\ng";
        let expected: Vec<&str> = text.split_inclusive('\n').collect();
        for size in 1..=text.len() {
            let (lines, failure) = cut(text, size, 3);
            assert_eq!(
                (lines, failure),
                (expected.iter().map(|&line| line.to_owned()).collect(), None)
            );
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_an_error_after_the_lines_before_it() {
        for text in ["a\nbc\nlong\nd\n", "a\nbc\nlong", "a\nbc\nlong line\n\n"] {
            for size in 1..=text.len() {
                let (lines, failure) = cut(text, size, 3);
                assert_eq!(lines, ["a\n", "bc\n"], "{text:?} in pieces of {size}");
                let message = "byte 5: a line is longer than 3 bytes; see --max-line";
                assert_eq!(failure.as_deref(), Some(message));
            }
        }
    }

    #[test]
    fn sizes_are_equal_however_they_come() {
        for size in 1..8 {
            let mut sizes = Sizes::of(3);
            let mut seen = Vec::new();
            for piece in b"abcdefg".chunks(size) {
                sizes.push(piece, |piece| seen.push(piece.to_vec()));
            }
            assert_eq!(seen, [b"abc", b"def"]);
            assert_eq!(sizes.end(), Some(b"g".to_vec()));
            assert_eq!(sizes.end(), None);
        }
    }
}
