//! Percent-encoding of bytes.

use crate::pipe::data::Data;
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::stage::ByteStage;

/// Appends bytes, with all but RFC 3986's unreserved ones as `%XX`.
pub(in crate::pipe::stages) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(*byte),
            _ => out.extend_from_slice(&[
                b'%',
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]),
        }
    }
}

/// Appends what percent-encoded bytes stand for. A `%` without two digits stays as it is.
pub(in crate::pipe::stages) fn decode(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(percent) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..percent]);
        rest = &rest[percent..];
        let byte = match rest {
            [_, high, low, ..] => digit(*high).zip(digit(*low)),
            _ => None,
        };
        let length = match byte {
            Some((high, low)) => {
                out.push(high << 4 | low);
                3
            }
            None => {
                out.push(b'%');
                1
            }
        };
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[derive(Default)]
pub(super) struct Encoder {
    text: Vec<u8>,
}

impl ByteStage for Encoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.text.clear();
        encode(bytes, &mut self.text);
        match self.text.is_empty() {
            true => Ok(Flow::More),
            false => out.put(Data::Bytes(&self.text)),
        }
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        Ok(())
    }

    fn gives_line(&self) -> bool {
        true
    }
}

#[derive(Default)]
pub(super) struct Decoder {
    /// A `%` that the input was cut behind, and perhaps one digit.
    partial: Vec<u8>,
    bytes: Vec<u8>,
}

impl Decoder {
    fn give(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        if self.bytes.is_empty() {
            return Ok(Flow::More);
        }
        let flow = out.put(Data::Bytes(&self.bytes));
        self.bytes.clear();
        flow
    }
}

impl ByteStage for Decoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let mut text = std::mem::take(&mut self.partial);
        text.extend_from_slice(bytes);
        let tail = text.len().saturating_sub(2);
        let whole = match memchr::memrchr(b'%', &text[tail..]) {
            Some(percent) if is_open(&text[tail + percent..]) => tail + percent,
            _ => text.len(),
        };
        decode(&text[..whole], &mut self.bytes);
        text.drain(..whole);
        self.partial = text;
        self.give(out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let partial = std::mem::take(&mut self.partial);
        decode(&partial, &mut self.bytes);
        self.give(out).map(|_| ())
    }
}

/// Whether a text that begins with `%`, and is at most two bytes long, may become an encoded byte.
fn is_open(text: &[u8]) -> bool {
    text.iter().skip(1).all(|byte| digit(*byte).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pipe::run::testing::run_cut;

    /// `python3 -c 'from urllib.parse import *; print(quote(TEXT, safe=""), unquote_to_bytes(TEXT))'`
    #[test]
    fn encoded_and_decoded_as_by_python() {
        let encoded: [(&[u8], &str); 4] = [
            (b"a b&c=d/e?f#g", "a%20b%26c%3Dd%2Fe%3Ff%23g"),
            (b"-._~!*'()", "-._~%21%2A%27%28%29"),
            (b"\x00\xff\n+%", "%00%FF%0A%2B%25"),
            ("ü€".as_bytes(), "%C3%BC%E2%82%AC"),
        ];
        for (bytes, text) in encoded {
            let mut out = Vec::new();
            encode(bytes, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        let decoded: [(&str, &[u8]); 6] = [
            ("a%20b+c", b"a b+c"),
            ("%zz%4", b"%zz%4"),
            ("%%41%", b"%A%"),
            ("%c3%BC%FF", b"\xc3\xbc\xff"),
            ("100%25", b"100%"),
            ("%2541", b"%41"),
        ];
        for (text, bytes) in decoded {
            let mut out = Vec::new();
            decode(text.as_bytes(), &mut out);
            assert_eq!(out, bytes, "{text}");
            for size in [1, 2, 3] {
                assert_eq!(
                    run_cut(&["url", "-d"], text.as_bytes(), size).unwrap(),
                    bytes
                );
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_the_same(bytes in prop::collection::vec(any::<u8>(), 0..40), size in 1_usize..9) {
            let mut text = Vec::new();
            encode(&bytes, &mut text);
            prop_assert!(text.iter().all(u8::is_ascii_graphic));
            let decoded = run_cut(&["url", "-d"], &text, size).unwrap();
            prop_assert_eq!(decoded, bytes);
        }

        #[test]
        fn where_encoded_text_is_cut_makes_no_difference(text in "[%4aG ]{0,20}", size in 1_usize..5) {
            let mut whole = Vec::new();
            decode(text.as_bytes(), &mut whole);
            prop_assert_eq!(run_cut(&["url", "-d"], text.as_bytes(), size).unwrap(), whole);
        }
    }
}
