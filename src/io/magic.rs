//! Compressions, recognised by the first bytes of the data and never by a file's name.
//!
//! Names are unreliable (rotated logs keep them, pipes have none). Two compressions are decoded, in `decode`. Others are
//! recognised for a hint, instead of a million bad lines.

use std::io;

/// The compressions that are read as if they were plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }
}

/// A compression that is recognised but not read; found inside an [`io::Error`] of kind `Unsupported`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} data is not read directly")]
pub struct Unsupported {
    /// The compression: `xz`, `bzip2`, `lz4` or `zip`.
    pub kind: &'static str,
    /// The command that writes the plain data to its standard output.
    pub command: &'static str,
}

/// The length of the longest magic in bytes.
pub(super) const LONGEST: usize = 10;

/// The bytes of a magic: the value of each, and the mask of the bits that are compared.
type Pattern = &'static [(u8, u8)];

#[derive(Clone, Copy)]
enum Meaning {
    Read(Compression),
    Hint(Unsupported),
}

macro_rules! exactly {
    ($($byte:literal)*) => { &[$(($byte, 0xff)),*] };
}

/// The signature of bzip2 is three letters that could begin a line of text, so the magic of its first block is compared too.
const BZIP2: Meaning = hint("bzip2", "bzip2 -dc");

const MAGICS: &[(Pattern, Meaning)] = &[
    (exactly!(0x1f 0x8b), Meaning::Read(Compression::Gzip)),
    (
        exactly!(0x28 0xb5 0x2f 0xfd),
        Meaning::Read(Compression::Zstd),
    ),
    // Skippable frames, sixteen of them (RFC 8878, section 3.1.2).
    (
        &[(0x50, 0xf0), (0x2a, 0xff), (0x4d, 0xff), (0x18, 0xff)],
        Meaning::Read(Compression::Zstd),
    ),
    (
        exactly!(0xfd b'7' b'z' b'X' b'Z' 0x00),
        hint("xz", "xz -dc"),
    ),
    (
        &[
            (b'B', 0xff),
            (b'Z', 0xff),
            (b'h', 0xff),
            (b'0', 0xf0),
            (0x31, 0xff),
            (0x41, 0xff),
            (0x59, 0xff),
            (0x26, 0xff),
            (0x53, 0xff),
            (0x59, 0xff),
        ],
        BZIP2,
    ),
    (exactly!(0x04 0x22 0x4d 0x18), hint("lz4", "lz4 -dc")),
    (exactly!(b'P' b'K' 0x03 0x04), hint("zip", "unzip -p")),
];

const fn hint(kind: &'static str, command: &'static str) -> Meaning {
    Meaning::Hint(Unsupported { kind, command })
}

/// The compression that the first bytes of an input show, if any.
///
/// # Errors
/// An [`Unsupported`] if they show one that is not decoded.
pub(super) fn recognise(first: &[u8]) -> io::Result<Option<Compression>> {
    for &(pattern, meaning) in MAGICS {
        if first.len() >= pattern.len() && matches(pattern, first) {
            return match meaning {
                Meaning::Read(compression) => Ok(Some(compression)),
                Meaning::Hint(unsupported) => {
                    Err(io::Error::new(io::ErrorKind::Unsupported, unsupported))
                }
            };
        }
    }
    Ok(None)
}

/// Whether more bytes could complete a magic. The first byte usually rules that out for text, so jug does not wait for a second
/// one.
pub(super) fn is_undecided(first: &[u8]) -> bool {
    MAGICS
        .iter()
        .any(|&(pattern, _)| first.len() < pattern.len() && matches(pattern, first))
}

/// Whether these first bytes are those of a zstd frame, or can become so.
pub(super) fn may_be_zstd(first: &[u8]) -> bool {
    MAGICS.iter().any(|&(pattern, meaning)| {
        matches!(meaning, Meaning::Read(Compression::Zstd)) && matches(pattern, first)
    })
}

/// Whether the available bytes match the pattern.
fn matches(pattern: Pattern, first: &[u8]) -> bool {
    pattern
        .iter()
        .zip(first)
        .all(|(&(value, mask), &byte)| byte & mask == value & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_numbers_are_recognised_and_text_is_not() {
        assert_eq!(recognise(b"\x1f\x8b\x08").unwrap(), Some(Compression::Gzip));
        assert_eq!(
            recognise(b"\x28\xb5\x2f\xfd\0").unwrap(),
            Some(Compression::Zstd)
        );
        for low in 0..16 {
            assert_eq!(
                recognise(&[0x50 + low, 0x2a, 0x4d, 0x18]).unwrap(),
                Some(Compression::Zstd)
            );
        }
        for text in ["", "BZh91 is not one", "PK", "P*M", "7z", "{\"a\":1}"] {
            assert_eq!(recognise(text.as_bytes()).unwrap(), None, "{text}");
        }
        let error = recognise(b"\xfd7zXZ\0\0\0").unwrap_err();
        let unsupported = error
            .get_ref()
            .and_then(|e| e.downcast_ref::<Unsupported>())
            .unwrap();
        assert_eq!((unsupported.kind, unsupported.command), ("xz", "xz -dc"));
        assert!(recognise(b"BZh91AY&SY").is_err());
    }

    #[test]
    fn only_beginnings_of_magics_are_undecided() {
        for first in [&b"B"[..], b"BZh9", b"\x1f", b"P", b"\x28\xb5\x2f", b""] {
            assert!(is_undecided(first), "{first:?}");
        }
        for first in [&b"{"[..], b"Bob", b"\x1f\x8b", b"PK\x03\x04", b"127.0"] {
            assert!(!is_undecided(first), "{first:?}");
        }
    }
}
