//! Partial results as lines, so that anything that moves lines can move them:
//!
//! ```text
//! jugp1 <question> <source> <i>/<n> <base64>
//! ```
//!
//! Each line has at most 60 KiB of seven-bit text. They may come in any order and mixed with those of others; blanks and carriage
//! returns at their ends are ignored. `<question>` is the same in all that can be merged; `<source>` is the hash of all bytes of
//! the partial result, of which this line has piece `i` of `n`. The form never changes.

use std::fmt;

use base64_simd::STANDARD;

/// The word that lines of this form begin with.
const MAGIC: &str = "jugp1";
/// What such words begin with in any version.
const FAMILY: &[u8] = b"jugp";
/// Bytes of a piece: its base64 and the words in front stay below 60 KiB.
const PIECE: usize = 45_000;
/// The most pieces of a partial result.
const MOST: u32 = 1 << 24;

/// The hash of a partial result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Source(pub(super) [u8; 16]);

impl Source {
    /// Of the hash of all bytes.
    pub(super) fn of(hash: blake3::Hash) -> Source {
        let mut first = [0; 16];
        first.copy_from_slice(&hash.as_bytes()[..16]);
        Source(first)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'l> {
    /// The name of the question.
    pub(super) question: &'l str,
    /// Of which partial result it is a piece.
    pub(super) source: Source,
    /// Which piece, counted from 1, and how many there are.
    pub(super) place: (u32, u32),
    /// The piece.
    pub(super) piece: Vec<u8>,
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadLine {
    /// It is no line of a partial result.
    #[error("not a line of a partial result")]
    Foreign,
    /// A later version wrote it.
    #[error("written by a newer version of jug")]
    Newer,
    /// It is cut or changed.
    #[error("damaged line")]
    Damaged,
}

/// How many pieces a partial result of this length has: at least one.
pub(super) fn pieces(bytes: u64) -> u64 {
    bytes.div_ceil(PIECE as u64).max(1)
}

/// The bytes of the piece with this number, counted from 1.
pub(super) fn piece_range(number: u64, bytes: u64) -> (u64, usize) {
    let start = (number - 1) * PIECE as u64;
    let length = (bytes - start).min(PIECE as u64);
    (start, usize::try_from(length).unwrap_or(PIECE))
}

/// Appends the line of a piece.
pub(super) fn push_line(
    out: &mut Vec<u8>,
    question: &str,
    source: Source,
    place: (u64, u64),
    piece: &[u8],
) {
    let (number, all) = place;
    out.extend_from_slice(format!("{MAGIC} {question} {source} {number}/{all} ").as_bytes());
    STANDARD.encode_append(piece, out);
    out.push(b'\n');
}

impl Line<'_> {
    /// Reads a line; none if it is blank.
    ///
    /// # Errors
    /// [`BadLine`].
    pub(super) fn read(line: &[u8]) -> Result<Option<Line<'_>>, BadLine> {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return Ok(None);
        }
        let Some(version) = line.strip_prefix(FAMILY) else {
            return Err(BadLine::Foreign);
        };
        let digits = version
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        match &version[..digits] {
            b"1" => {}
            [b'2'..=b'9', ..] | [b'1', _, ..] if version.get(digits) == Some(&b' ') => {
                return Err(BadLine::Newer);
            }
            _ => return Err(BadLine::Foreign),
        }
        Line::read_words(line).map(Some).ok_or(BadLine::Damaged)
    }

    fn read_words(line: &[u8]) -> Option<Line<'_>> {
        let mut words = line.splitn(5, |byte| *byte == b' ').skip(1);
        let mut word = || std::str::from_utf8(words.next()?).ok();
        let is_hex = |text: &&str| {
            text.bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let question = word()?;
        let question = Some(question)
            .filter(|question| question.len() == 16)
            .filter(is_hex)?;
        let source = word()?;
        let source = Some(source)
            .filter(|source| source.len() == 32)
            .filter(is_hex)?;
        let source = Source(u128::from_str_radix(source, 16).ok()?.to_be_bytes());
        let (number, all) = word()?.split_once('/')?;
        let place = (number.parse().ok()?, all.parse().ok()?);
        if !(1..=place.1).contains(&place.0) || place.1 > MOST {
            return None;
        }
        let piece = STANDARD.decode_to_vec(word()?).ok()?;
        let is_full = piece.len() == PIECE || place.0 == place.1;
        (is_full && !piece.is_empty()).then_some(Line {
            question,
            source,
            place,
            piece,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "0123456789abcdef";

    fn line(piece: &[u8], place: (u64, u64)) -> Vec<u8> {
        let mut out = Vec::new();
        push_line(&mut out, QUESTION, Source([7; 16]), place, piece);
        out
    }

    #[test]
    fn a_line_is_short_and_of_seven_bits_and_comes_back() {
        let piece: Vec<u8> = (0..PIECE).map(|n| n as u8).collect();
        let line = line(&piece, (9_999_998, 9_999_999));
        assert!(line.len() <= 60 << 10 && line.is_ascii());
        for end in ["", "\t", "\r\n", "\t\r"] {
            let text = [line.trim_ascii_end(), end.as_bytes()].concat();
            let read = Line::read(&text).unwrap().unwrap();
            assert_eq!((read.question, read.source), (QUESTION, Source([7; 16])));
            assert_eq!((read.place, &read.piece), ((9_999_998, 9_999_999), &piece));
        }
        assert_eq!(Line::read(b" \t\r\n"), Ok(None));
    }

    #[test]
    fn other_lines_are_refused_with_the_reason() {
        let good = line(b"piece", (1, 1));
        let good = std::str::from_utf8(&good).unwrap().trim_end();
        assert!(Line::read(good.as_bytes()).is_ok());
        let cases = [
            ("status\tcount", BadLine::Foreign),
            ("jugp", BadLine::Foreign),
            ("jugp0 a", BadLine::Foreign),
            ("jugpx 1", BadLine::Foreign),
            ("jugp2 a b c", BadLine::Newer),
            ("jugp10 a b c", BadLine::Newer),
            ("jugp1", BadLine::Damaged),
            ("jugp1 a b 1/1 aaaa", BadLine::Damaged),
        ];
        for (text, expected) in cases {
            assert_eq!(Line::read(text.as_bytes()), Err(expected), "{text}");
        }
        for (from, to) in [
            ("1/1", "2/1"),
            ("1/1", "0/1"),
            ("1/1", "1/2"),
            ("1/1", "1/99999999"),
            ("1/1", "x"),
            ("0123", "012g"),
            ("0707", "07 07"),
            ("0707", "+707"),
            (" 1/1 ", " 1/1"),
            ("=", ""),
            ("=", "!"),
        ] {
            let changed = good.replacen(from, to, 1);
            assert_ne!(changed, good);
            assert_eq!(
                Line::read(changed.as_bytes()),
                Err(BadLine::Damaged),
                "{changed}"
            );
        }
    }

    #[test]
    fn pieces_cover_all_bytes() {
        for bytes in [0, 1, PIECE as u64, PIECE as u64 + 1, 3 * PIECE as u64] {
            let mut at = 0;
            for number in 1..=pieces(bytes) {
                let (start, length) = piece_range(number, bytes);
                assert_eq!(start, at);
                at += length as u64;
            }
            assert_eq!(at, bytes);
        }
    }
}
