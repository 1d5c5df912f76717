//! Decoding base64 that arrives in pieces, in lines, padded or not.

use base64_simd::Base64;

use crate::pipe::data;
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out, give_before, give_bytes};
use crate::pipe::stage::ByteStage;

pub(super) struct Decoder {
    alphabet: &'static Base64,
    /// Characters that do not make a group of four yet.
    group: Vec<u8>,
    /// The offset of the next byte of the input.
    offset: u64,
    /// Characters in a line, as far as the lines before tell.
    width: usize,
    /// The characters of several lines without their line ends.
    packed: Vec<u8>,
    decoded: Vec<u8>,
}

impl Decoder {
    pub(super) fn new(alphabet: &'static Base64) -> Decoder {
        Decoder {
            alphabet,
            group: Vec::new(),
            offset: 0,
            width: 0,
            packed: Vec::new(),
            decoded: Vec::new(),
        }
    }

    /// The characters that the group that was begun lacks.
    fn missing(&self) -> usize {
        match self.group.len() {
            0 => 0,
            begun => 4 - begun,
        }
    }

    /// Decodes bytes: all at once where they are lines of valid characters, else line by line, else byte by byte.
    fn decode(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let (begun, rest) = bytes.split_at(holding(bytes.iter(), self.missing()));
        self.push_slowly(begun)?;
        if let Some(decoded) = self.decode_groups(rest) {
            return self.push_slowly(&rest[decoded..]);
        }
        for line in data::lines(rest) {
            let decoded = match self.group.is_empty() {
                true => self.decode_groups(line).unwrap_or(0),
                false => 0,
            };
            self.push_slowly(&line[decoded..])?;
        }
        Ok(())
    }

    /// Decodes the whole groups of four in these lines, and returns how many bytes hold them; none, and nothing is done, where a
    /// group is padded or invalid.
    fn decode_groups(&mut self, lines: &[u8]) -> Option<usize> {
        self.pack(lines);
        let (groups, left_over) = self.packed.split_at(self.packed.len() / 4 * 4);
        if groups.ends_with(b"=") || left_over.iter().any(|&byte| is_blank(byte)) {
            return None;
        }
        let start = self.decoded.len();
        self.decoded.resize(start + groups.len() / 4 * 3, 0);
        let out = base64_simd::AsOut::as_out(&mut self.decoded[start..]);
        if self.alphabet.decode(groups, out).is_err() {
            self.decoded.truncate(start);
            return None;
        }
        let taken = lines.len() - holding(lines.iter().rev(), left_over.len());
        self.offset += taken as u64;
        Some(taken)
    }

    /// Copies lines without their ends. A line that is as long as the one before is not searched for its end: a line end
    /// inside it would be found as an invalid character.
    fn pack(&mut self, lines: &[u8]) {
        self.packed.clear();
        let mut rest = lines;
        while !rest.is_empty() {
            let width = if self.width > 0 && rest.get(self.width) == Some(&b'\n') {
                self.width
            } else {
                memchr::memchr(b'\n', rest).unwrap_or(rest.len())
            };
            let line = &rest[..width];
            self.packed
                .extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            match rest.get(width + 1..) {
                Some(after) => {
                    self.width = width;
                    rest = after;
                }
                None => rest = &[],
            }
        }
    }

    /// Decodes one group of two to four characters, padded or not.
    fn decode_group(&mut self) -> Result<(), Failure> {
        let mut group = std::mem::take(&mut self.group);
        let end = group
            .iter()
            .rposition(|&byte| byte != b'=')
            .map_or(0, |last| last + 1);
        let is_padded = group.len() == 4 && end >= 2;
        let result = if is_padded || !group.contains(&b'=') {
            group.truncate(end);
            // An unpadded group is completed with zeros, whose bytes are dropped.
            let kept = group.len() * 3 / 4;
            let is_whole = group.len() > 1;
            group.resize(4, b'A');
            let decoded = self.alphabet.decode_to_vec(&group);
            decoded
                .ok()
                .filter(|_| is_whole)
                .map(|bytes| bytes[..kept].to_vec())
        } else {
            None
        };
        match result {
            Some(bytes) => self.decoded.extend_from_slice(&bytes),
            None => return Err(Failure::new("not base64")),
        }
        group.clear();
        self.group = group;
        Ok(())
    }

    /// Takes characters one by one: where lines break, at padding, and to find what is invalid.
    fn push_slowly(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        for &byte in bytes {
            let is_known = match byte {
                _ if is_blank(byte) => {
                    self.offset += 1;
                    continue;
                }
                b'=' => self.group.len() >= 2,
                _ => {
                    let is_after_padding = self.group.contains(&b'=');
                    !is_after_padding && self.alphabet.check(&[byte, b'A', b'A', b'A']).is_ok()
                }
            };
            if !is_known {
                let message = format!("invalid base64 character {}", shown(byte));
                return Err(Failure::new(message).at(Position::Byte(self.offset)));
            }
            self.group.push(byte);
            if self.group.len() == 4 {
                self.decode_group()
                    .map_err(|failure| failure.at(Position::Byte(self.offset)))?;
            }
            self.offset += 1;
        }
        Ok(())
    }
}

/// Whether a byte stands between characters and means nothing.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b' ' | b'\t')
}

/// How many of the first bytes hold this many characters, with the blanks among them.
fn holding<'a>(bytes: impl Iterator<Item = &'a u8>, characters: usize) -> usize {
    let mut left = characters;
    let taken = bytes.take_while(|&&byte| {
        let is_wanted = left > 0;
        left -= usize::from(is_wanted && !is_blank(byte));
        is_wanted
    });
    taken.count()
}

/// A byte as messages show it.
fn shown(byte: u8) -> String {
    match byte {
        b' '..=b'~' => format!("'{}'", char::from(byte)),
        _ => format!("0x{byte:02x}"),
    }
}

impl ByteStage for Decoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let result = self.decode(bytes);
        give_before(give_bytes(&mut self.decoded, out), result)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let offset = std::mem::take(&mut self.offset);
        if !self.group.is_empty() {
            let result = self.decode_group();
            self.group.clear();
            if result.is_err() {
                let _ = give_bytes(&mut self.decoded, out)?;
                return Err(
                    Failure::new("the input ends inside a group of four characters")
                        .at(Position::Byte(offset)),
                );
            }
        }
        give_bytes(&mut self.decoded, out).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use base64_simd::STANDARD;
    use proptest::prelude::*;

    use crate::pipe::run::testing::output_of;

    const BLANKS: [&str; 6] = ["\n", "\r\n", " \n", "\n\n", "\t", " \r"];

    proptest! {
        /// Lines of any width, broken by any blanks, in pieces of any size. One character may be invalid: what stands before it
        /// comes out.
        #[test]
        fn blanks_mean_nothing_wherever_they_stand(
            bytes in prop::collection::vec(any::<u8>(), 0..600),
            width in 1_usize..90,
            blanks in prop::sample::select(&BLANKS),
            damage in prop::option::of(0_usize..1000),
            size in prop_oneof![1_usize..100, Just(usize::MAX)],
        ) {
            let encoded = STANDARD.encode_to_string(&bytes);
            let lines: Vec<&str> = encoded
                .as_bytes()
                .chunks(width)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            let mut text = lines.join(blanks).into_bytes();
            let place = damage.filter(|&place| place < text.len());
            let mut expected = bytes;
            if let Some(place) = place {
                let before = text[..place].iter().filter(|byte| !byte.is_ascii_whitespace());
                expected.truncate(before.count() / 4 * 3);
                text[place] = b'!';
            }
            let (decoded, ended) = output_of(&["base64", "-d"], &text, size);
            prop_assert_eq!(decoded, expected);
            match place {
                None => prop_assert_eq!(ended, Ok(())),
                Some(place) => {
                    let message = ended.unwrap_err();
                    let named = format!("byte {place}: ");
                    prop_assert!(message.contains(&named), "{} instead of {}", message, named);
                }
            }
        }
    }
}
