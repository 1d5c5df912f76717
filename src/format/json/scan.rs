//! Finding one's way in a line of JSON without building it: where strings, numbers and whole values end.
//!
//! What is passed over is looked at no closer than is needed to find its end; strictness is left to [`check`](mod@super::check).

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

use super::super::Bad;
use crate::record::Value;

/// What is wrong, and at which byte, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) struct InvalidJson {
    pub(in crate::format) what: &'static str,
    pub(in crate::format) at: usize,
}

impl From<InvalidJson> for Bad {
    #[cold]
    fn from(error: InvalidJson) -> Bad {
        Bad::new(format!("{} at byte {}", error.what, error.at + 1))
    }
}

/// What is wrong with a line that is not even the beginning of an object.
pub(in crate::format) const NO_OBJECT: &str = "no JSON object";
/// What is wrong with a line that could go on.
pub(in crate::format) const ENDS_EARLY: &str = "the JSON ends early";

/// An error at a place where something else was expected, or where the line ended.
#[cold]
pub(in crate::format) fn invalid<T>(
    line: &[u8],
    at: usize,
    what: &'static str,
) -> Result<T, InvalidJson> {
    Err(if at < line.len() {
        InvalidJson { what, at }
    } else {
        InvalidJson {
            what: ENDS_EARLY,
            at: line.len(),
        }
    })
}

/// Where the blanks from `at` on end.
#[inline(always)]
pub(in crate::format) fn blanks(line: &[u8], at: usize) -> usize {
    match line.get(at) {
        // As nearly always.
        Some(byte) if *byte > b' ' => at,
        _ => skip_blanks(line, at),
    }
}

fn skip_blanks(line: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = line.get(at) {
        at += 1;
    }
    at
}

/// The place of the quote that closes a string whose inside begins at `from`, and whether there are escapes in it.
#[inline]
fn string(line: &[u8], from: usize) -> Result<(usize, bool), InvalidJson> {
    match special(line, from) {
        Some(at) if line[at] == b'"' => Ok((at, false)),
        Some(at) => escaped_string(line, at),
        None => invalid(line, line.len(), ENDS_EARLY),
    }
}

/// The same, from the first backslash on.
fn escaped_string(line: &[u8], mut at: usize) -> Result<(usize, bool), InvalidJson> {
    loop {
        match line.get(at) {
            Some(b'"') => return Ok((at, true)),
            // The byte after a backslash never ends the text; the rest of `\u0022` is plain.
            Some(b'\\') => at += 2,
            _ => return invalid(line, line.len(), ENDS_EARLY),
        }
        at = special(line, at).unwrap_or(line.len());
    }
}

/// The first quote or backslash from `from` on. Keys and most values are short, so the first bytes are searched eight at
/// a time in registers; calling a vectorised search pays only behind them.
#[inline]
fn special(line: &[u8], from: usize) -> Option<usize> {
    let mut rest = line.get(from..)?;
    for _ in 0..4 {
        let Some((word, after)) = rest.split_first_chunk::<8>() else {
            let place = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            return Some(line.len() - rest.len() + place);
        };
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ repeat(b'"')) | zero_bytes(word ^ repeat(b'\\'));
        if found != 0 {
            // The byte whose highest bit is the lowest set one.
            return Some(line.len() - rest.len() + found.trailing_zeros() as usize / 8);
        }
        rest = after;
    }
    memchr2(b'"', b'\\', rest).map(|place| line.len() - rest.len() + place)
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets the highest bit of the lowest byte that is zero; bits above it may be wrong, bits below it are not. (Subtracting
/// one from each byte borrows only out of zero bytes, so no byte is mistaken before the first of them.)
#[inline]
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(repeat(1)) & !word & repeat(0x80)
}

/// A line that is read from left to right: each answer is asked for at a place behind that of the one before.
pub(in crate::format) trait Cursor<'a> {
    /// The line.
    fn line(&self) -> &'a [u8];

    /// The place of the quote that closes a string whose inside begins at `from`, and whether there are escapes in it.
    fn string(&mut self, from: usize) -> Result<(usize, bool), InvalidJson>;

    /// The place of the quote that closes a string whose inside begins at `from`.
    fn skip_string(&mut self, from: usize) -> Result<usize, InvalidJson>;

    /// Where the object or array ends that begins at `at`.
    fn container(&mut self, at: usize) -> Result<usize, InvalidJson>;
}

/// A line that is read byte by byte.
pub(in crate::format) struct Bytes<'a>(pub(in crate::format) &'a [u8]);

impl<'a> Cursor<'a> for Bytes<'a> {
    fn line(&self) -> &'a [u8] {
        self.0
    }

    fn string(&mut self, from: usize) -> Result<(usize, bool), InvalidJson> {
        string(self.0, from)
    }

    fn skip_string(&mut self, from: usize) -> Result<usize, InvalidJson> {
        string(self.0, from).map(|(end, _)| end)
    }

    fn container(&mut self, at: usize) -> Result<usize, InvalidJson> {
        container(self.0, at)
    }
}

/// Where the value ends that begins at `at`.
#[inline(always)]
pub(in crate::format) fn skip<'a>(
    cursor: &mut impl Cursor<'a>,
    at: usize,
) -> Result<usize, InvalidJson> {
    let line = cursor.line();
    match line.get(at) {
        Some(b'"') => cursor.skip_string(at + 1).map(|end| end + 1),
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => Ok(word(line, at)),
        Some(b'{' | b'[') => cursor.container(at),
        _ => invalid(line, at, "no JSON value"),
    }
}

/// Where the number or name ends that begins at `at`.
#[inline]
fn word(line: &[u8], mut at: usize) -> usize {
    while let Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'-' | b'+') = line.get(at) {
        at += 1;
    }
    at
}

/// Where the object or array ends that begins at `at`. The depth is counted without recursion, so any depth is read.
fn container(line: &[u8], at: usize) -> Result<usize, InvalidJson> {
    let mut depth = 0_usize;
    let mut at = at;
    while let Some(byte) = line.get(at) {
        at += 1;
        match byte {
            b'"' => at = string(line, at)?.0 + 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Ok(at),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    invalid(line, at, ENDS_EARLY)
}

/// The value that begins at `at`, and where it ends.
#[inline(always)]
pub(in crate::format) fn value<'a>(
    cursor: &mut impl Cursor<'a>,
    at: usize,
) -> Result<(Value<'a>, usize), InvalidJson> {
    let line = cursor.line();
    match line.get(at) {
        Some(b'"') => {
            let (end, escaped) = cursor.string(at + 1)?;
            let inside = &line[at + 1..end];
            let text = if escaped {
                Value::Escaped(inside)
            } else {
                Value::Text(Cow::Borrowed(inside))
            };
            Ok((text, end + 1))
        }
        Some(b'-' | b'0'..=b'9') => {
            let end = number(line, at)?;
            Ok((Value::Digits(Cow::Borrowed(&line[at..end])), end))
        }
        Some(b'{' | b'[') => {
            let end = cursor.container(at)?;
            Ok((Value::Json(Cow::Borrowed(&line[at..end])), end))
        }
        _ => name(line, at),
    }
}

/// `true`, `false` or `null`.
pub(in crate::format) fn name(
    line: &[u8],
    at: usize,
) -> Result<(Value<'static>, usize), InvalidJson> {
    let end = word(line, at);
    match line.get(at..end) {
        Some(b"true") => Ok((Value::Bool(true), end)),
        Some(b"false") => Ok((Value::Bool(false), end)),
        Some(b"null") => Ok((Value::Missing, end)),
        _ => invalid(line, at, "no JSON value"),
    }
}

/// Where the number ends that begins at `at`, by RFC 8259's grammar.
#[inline]
pub(in crate::format) fn number(line: &[u8], at: usize) -> Result<usize, InvalidJson> {
    let digits = |mut at: usize| {
        let from = at;
        while line.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == from {
            invalid(line, at, "no digit where a JSON number needs one")
        } else {
            Ok(at)
        }
    };
    let whole = if line.get(at) == Some(&b'-') {
        at + 1
    } else {
        at
    };
    let mut end = if line.get(whole) == Some(&b'0') {
        whole + 1
    } else {
        digits(whole)?
    };
    if line.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = line.get(end) {
        let signed = matches!(line.get(end + 1), Some(b'+' | b'-'));
        end = digits(end + 1 + usize::from(signed))?;
    }
    Ok(end)
}

/// The keys of the object that a line is, as far as it is one: for a look at the beginning of an input.
pub(in crate::format) fn keys(line: &[u8]) -> Vec<&[u8]> {
    members(line).into_iter().map(|(key, _)| key).collect()
}

/// The members of the object that a line is, as far as it is one: the keys, and where the values stand.
pub(in crate::format) fn members(line: &[u8]) -> Vec<(&[u8], Range<usize>)> {
    let mut members = Vec::new();
    let mut at = blanks(line, 0);
    while let Some(b'{' | b',') = line.get(at) {
        at = blanks(line, at + 1);
        let Some(b'"') = line.get(at) else { break };
        let Ok((end, _)) = string(line, at + 1) else {
            break;
        };
        let colon = blanks(line, end + 1);
        let Some(b':') = line.get(colon) else { break };
        let key = &line[at + 1..end];
        let start = blanks(line, colon + 1);
        let Ok(after) = skip(&mut Bytes(line), start) else {
            break;
        };
        members.push((key, start..after));
        at = blanks(line, after);
    }
    members
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_special_byte_is_found(text in "[a\"\\\\!#\\[\\]é]{0,60}", from in 0_usize..70) {
            let bytes = text.as_bytes();
            let first = (from..bytes.len()).find(|at| matches!(bytes[*at], b'"' | b'\\'));
            prop_assert_eq!(special(bytes, from), first);
        }

        #[test]
        fn any_byte_before_a_quote_is_distinguished_from_it(mut bytes in prop::collection::vec(any::<u8>(), 0..50)) {
            bytes.retain(|byte| !matches!(byte, b'"' | b'\\'));
            let end = bytes.len();
            bytes.extend_from_slice(b"\"tail\"");
            prop_assert_eq!(string(&bytes, 0), Ok((end, false)));
        }
    }

    #[test]
    fn numbers_end_where_the_grammar_ends_them() {
        for (text, end) in [
            ("0", 1),
            ("-0.50,", 5),
            ("12e+3 ", 5),
            ("01", 1),
            ("1.5.3", 3),
            ("10E-2}", 5),
        ] {
            assert_eq!(number(text.as_bytes(), 0), Ok(end), "{text}");
        }
        for text in ["-", "-x", "1.", "1.e3", "1e", "1e+"] {
            assert!(number(text.as_bytes(), 0).is_err(), "{text}");
        }
    }
}
