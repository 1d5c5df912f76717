//! Where to begin in a file of which nothing is known.

use std::io;

use super::cut::Cut;
use crate::resume::Content;

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the first line.
    Begin,
    /// After the last.
    End,
    /// With this many of the last lines.
    Last(u64),
}

/// How much is searched at once, in bytes.
const BLOCK: u64 = 64 << 10;

/// The offset at which to begin. An unfinished line at the end is not counted, but comes, too.
pub(super) fn offset(content: &mut impl Content, start: Start, cut: Cut) -> io::Result<u64> {
    let size = match (start, content.is_archive()) {
        (Start::Begin, _) => return Ok(0),
        (_, true) => length(content)?,
        (_, false) => content.status()?.size,
    };
    let wanted = match start {
        Start::Last(count) => count,
        Start::Begin | Start::End => 0,
    };
    if let Cut::Fixed(record) = cut {
        let record = record as u64;
        let whole = size / record;
        return Ok(whole.saturating_sub(wanted) * record);
    }
    let mut left = wanted;
    let (mut end, mut block) = (size, vec![0; BLOCK as usize]);
    while end > 0 {
        // A block at a multiple of its size, so that the same is not read twice.
        let begin = (end - 1) / BLOCK * BLOCK;
        let block = &mut block[..(end - begin) as usize];
        let read = content.read_at(begin, block)?;
        let block = &block[..read];
        for newline in memchr::memrchr_iter(b'\n', block) {
            if left == 0 {
                return Ok(begin + newline as u64 + 1);
            }
            left -= 1;
        }
        // No lines are in a hole.
        if block.first() == Some(&0) && block.iter().all(|byte| *byte == 0) {
            return Ok(begin + read as u64);
        }
        end = begin;
    }
    Ok(0)
}

/// The length of what an archive contains.
fn length(content: &mut impl Content) -> io::Result<u64> {
    let (mut length, mut block) = (0, vec![0; BLOCK as usize]);
    loop {
        match content.read_at(length, &mut block)? {
            0 => return Ok(length),
            read => length += read as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::growing::Links;
    use crate::resume::Files as _;
    use crate::resume::testing::Memory;
    use std::path::Path;

    fn found(bytes: &[u8], start: Start, cut: Cut) -> u64 {
        let mut memory = Memory::new();
        let inode = memory.create("log");
        memory.append(&inode, bytes);
        let mut content = memory.open(Path::new("log"), Links::Refused).unwrap();
        offset(&mut content, start, cut).unwrap()
    }

    #[test]
    fn the_last_lines_are_those_of_tail() {
        for (text, count, expected) in [
            ("", 10, 0),
            ("a\nb\nc\n", 2, 2),
            ("a\nb\nc\n", 3, 0),
            ("a\nb\nc\n", 10, 0),
            ("a\nb\nc\n", 0, 6),
            ("a\nb\nc", 1, 2),
            ("a\nb\nc", 0, 4),
            ("\n\n\n", 1, 2),
        ] {
            let begin = found(text.as_bytes(), Start::Last(count), Cut::Lines);
            assert_eq!(begin, expected, "{text:?} {count}");
        }
        assert_eq!(found(b"a\nb", Start::End, Cut::Lines), 2);
        assert_eq!(found(b"a\nb", Start::Begin, Cut::Lines), 0);
    }

    #[test]
    fn lines_are_found_over_blocks() {
        let lines: Vec<u8> = (0..40_000)
            .flat_map(|n| format!("{n}\n").into_bytes())
            .collect();
        for count in [1, 13_000, 20_000, 39_999] {
            let begin = found(&lines, Start::Last(count), Cut::Lines) as usize;
            let rest = &lines[begin..];
            assert_eq!(
                rest.iter().filter(|byte| **byte == b'\n').count() as u64,
                count
            );
        }
    }

    #[test]
    fn a_hole_has_no_lines() {
        let mut bytes = vec![0; 300_000];
        bytes.extend_from_slice(b"a\nb\n");
        let begin = found(&bytes, Start::Last(10), Cut::Lines);
        assert!((262_144..=300_000).contains(&begin), "{begin}");
    }

    #[test]
    fn records_are_counted_from_the_beginning() {
        assert_eq!(found(b"aabbccd", Start::Last(2), Cut::Fixed(2)), 2);
        assert_eq!(found(b"aabbccd", Start::End, Cut::Fixed(2)), 6);
        assert_eq!(found(b"a", Start::Last(2), Cut::Fixed(2)), 0);
    }
}
