//! `codes`: the characters of each line as Unicode code points, and back.
//!
//! A byte that belongs to no character is written as `0xFF`, so that nothing is lost.

use clap::{ArgMatches, Args};

use crate::pipe::data::Kind;
use crate::pipe::failure::Failure;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::LineStage;

#[derive(Args)]
struct Codes {
    /// Read code points, such as U+00FC or 0xFF, and write the characters and bytes
    #[arg(short, long)]
    decode: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "codes",
    summary: "Write the Unicode code points of the characters of each line",
    family: Family::Text,
    define: Codes::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "aü€\n",
            output: "U+0061 U+00FC U+20AC\n",
        },
        Example {
            words: &["-d"],
            input: "U+1F600 u+41\n",
            output: "\u{1F600}A\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let work: Box<dyn LineStage> = match arguments::<Codes>(matches).decode {
        true => Box::new(Decoder),
        false => Box::new(Encoder),
    };
    Ok(Opened::same(Work::Lines(work)))
}

struct Encoder;

impl LineStage for Encoder {
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure> {
        let start = out.len();
        let separate = |out: &mut Vec<u8>| {
            if out.len() > start {
                out.push(b' ');
            }
        };
        for chunk in line.utf8_chunks() {
            for character in chunk.valid().chars() {
                separate(out);
                out.extend_from_slice(format!("U+{:04X}", u32::from(character)).as_bytes());
            }
            for byte in chunk.invalid() {
                separate(out);
                out.extend_from_slice(format!("0x{byte:02X}").as_bytes());
            }
        }
        Ok(true)
    }
}

struct Decoder;

impl LineStage for Decoder {
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure> {
        let words = line.split(u8::is_ascii_whitespace);
        for word in words.filter(|word| !word.is_empty()) {
            match decode(word) {
                Some(Code::Character(character)) => {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(Code::Byte(byte)) => out.push(byte),
                None => {
                    let word = String::from_utf8_lossy(word);
                    return Err(Failure::new(format!(
                        "invalid code point '{word}': expected a form such as U+00FC or 0xFF"
                    )));
                }
            }
        }
        Ok(true)
    }
}

enum Code {
    Character(char),
    Byte(u8),
}

fn decode(word: &[u8]) -> Option<Code> {
    let text = std::str::from_utf8(word).ok()?;
    let (prefix, digits) = text.split_at_checked(2)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    match prefix {
        "U+" | "u+" => char::from_u32(number).map(Code::Character),
        "0x" | "0X" => u8::try_from(number).ok().map(Code::Byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::run_cut;

    #[test]
    fn bytes_outside_characters_are_kept() {
        let codes = run_cut(&["codes"], b"a\xff\xe2\x82\r\n\n", 100).unwrap();
        assert_eq!(codes, b"U+0061 0xFF 0xE2 0x82\r\n\n");
        let back = run_cut(&["codes", "-d"], &codes, 100).unwrap();
        assert_eq!(back, b"a\xff\xe2\x82\r\n\n");
    }

    #[test]
    fn what_is_not_a_code_point_is_an_error_with_its_line() {
        for word in [
            "U+D800", "U+110000", "U+", "0x100", "x41", "41", "U+-1", "é",
        ] {
            let error = run_cut(&["codes", "-d"], format!("U+41\n{word}\n").as_bytes(), 100);
            let wanted = format!(
                "stage 1 (codes): line 2: invalid code point '{word}': expected a form such as U+00FC or 0xFF"
            );
            assert_eq!(error.unwrap_err(), wanted);
        }
    }
}
