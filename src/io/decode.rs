//! gzip and zstd, every member and frame.
//!
//! What could be unpacked before the damage in a damaged archive comes out first; only then comes the error, with the
//! place in the compressed bytes.

mod gzip;
mod zstd;

use std::io::{self, Read};

pub(super) use gzip::GzipDecoder;
pub(super) use zstd::ZstdDecoder;

/// How many compressed bytes are read at once.
const INPUT: usize = 128 << 10;

/// Why an archive could not be unpacked to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The bytes are not what they should be.
    #[error("damaged {kind} data at byte {offset}: {reason}")]
    Broken {
        /// `gzip` or `zstd`.
        kind: &'static str,
        /// In the compressed bytes, about.
        offset: u64,
        /// What was wrong.
        reason: String,
    },
    /// The archive stops before it is complete.
    #[error("{kind} data ends in the middle, at byte {offset}")]
    Cut {
        /// `gzip` or `zstd`.
        kind: &'static str,
        /// Its length.
        offset: u64,
    },
}

impl From<Damage> for io::Error {
    fn from(damage: Damage) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, damage)
    }
}

/// A decoder of one of the kinds.
pub(super) enum Decoder<R> {
    /// gzip.
    Gzip(GzipDecoder<R>),
    /// zstd.
    Zstd(ZstdDecoder<R>),
}

impl<R: Read> Decoder<R> {
    /// Where the compressed bytes come from.
    pub(super) fn source(&self) -> &R {
        match self {
            Decoder::Gzip(decoder) => &decoder.input.source,
            Decoder::Zstd(decoder) => &decoder.input.source,
        }
    }

    /// Whether nothing more comes out before more is read.
    pub(super) fn needs_input(&self) -> bool {
        match self {
            Decoder::Gzip(decoder) => decoder.needs_input(),
            Decoder::Zstd(decoder) => decoder.needs_input(),
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(decoder) => decoder.read(buffer),
            Decoder::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// Compressed bytes that have been read and not yet used.
struct Input<R> {
    source: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// The place of `start` in the compressed bytes.
    offset: u64,
    at_end: bool,
}

impl<R: Read> Input<R> {
    fn new(source: R) -> Input<R> {
        Input {
            source,
            buffer: vec![0; INPUT].into_boxed_slice(),
            start: 0,
            end: 0,
            offset: 0,
            at_end: false,
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    fn advance(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as u64;
    }

    /// Reads more behind what is there; nothing at the end.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        match self.source.read(&mut self.buffer[self.end..])? {
            0 => self.at_end = true,
            read => self.end += read,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    /// Hands out a few bytes at a time, as pipes do.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(self.1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::GzBuilder::new()
            .filename("name.log")
            .comment("words")
            .write(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ::zstd::encode_all(text, 3).unwrap()
    }

    fn decoder(packed: &[u8], step: usize, is_gzip: bool) -> Decoder<Dribble<'_>> {
        let source = Dribble(packed, step);
        if is_gzip {
            Decoder::Gzip(GzipDecoder::new(source))
        } else {
            Decoder::Zstd(ZstdDecoder::new(source).unwrap())
        }
    }

    fn unpack(packed: &[u8], step: usize, is_gzip: bool) -> (Vec<u8>, Option<String>) {
        let mut decoder = decoder(packed, step, is_gzip);
        let (mut all, mut buffer) = (Vec::new(), [0; 50]);
        loop {
            match decoder.read(&mut buffer) {
                Ok(0) => return (all, None),
                Ok(read) => all.extend_from_slice(&buffer[..read]),
                Err(error) => return (all, Some(error.to_string())),
            }
        }
    }

    fn text() -> Vec<u8> {
        (0..300)
            .flat_map(|number: u32| {
                format!(
                    "line {number} of {}\n",
                    number.wrapping_mul(2_654_435_761) % 97
                )
                .into_bytes()
            })
            .collect()
    }

    #[test]
    fn every_member_and_frame_is_read() {
        for is_gzip in [true, false] {
            let pack = if is_gzip { gzip } else { zstd };
            let mut packed = [pack(&text()), pack(b""), pack(b"and more\n")].concat();
            let plain = [text(), b"and more\n".to_vec()].concat();
            for step in [1, 7, 100_000] {
                assert_eq!(
                    unpack(&packed, step, is_gzip),
                    (plain.clone(), None),
                    "{is_gzip} {step}"
                );
            }
            if is_gzip {
                packed.extend([0; 600]);
                assert_eq!(unpack(&packed, 64, true), (plain, None), "padding");
            } else {
                let skippable =
                    [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &packed].concat();
                assert_eq!(
                    unpack(&skippable, 64, false),
                    (plain, None),
                    "skippable frame"
                );
            }
        }
    }

    #[test]
    fn a_cut_archive_gives_what_there_was() {
        for is_gzip in [true, false] {
            let plain = text();
            let packed = if is_gzip { gzip(&plain) } else { zstd(&plain) };
            for length in 1..packed.len() {
                let (found, error) = unpack(&packed[..length], 1000, is_gzip);
                assert!(plain.starts_with(&found), "{length}");
                let kind = if is_gzip { "gzip" } else { "zstd" };
                assert_eq!(
                    error,
                    Some(format!("{kind} data ends in the middle, at byte {length}")),
                    "{length}"
                );
            }
        }
    }

    #[test]
    fn garbage_after_the_end_is_damage() {
        let packed = [gzip(b"fine\n"), b"garbage".to_vec()].concat();
        let (found, error) = unpack(&packed, 1000, true);
        assert_eq!(found, b"fine\n");
        assert!(error.unwrap().starts_with("damaged gzip data at byte"));
    }

    #[test]
    fn a_wrong_checksum_is_damage() {
        let mut packed = gzip(b"fine\n");
        let place = packed.len() - 8;
        packed[place] ^= 1;
        let (found, error) = unpack(&packed, 1000, true);
        assert_eq!(
            (found.as_slice(), error.unwrap().contains("checksum")),
            (&b"fine\n"[..], true)
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(place in 0_usize..2000, byte in any::<u8>(), step in 1_usize..300, is_gzip in any::<bool>()) {
            let mut packed = if is_gzip { gzip(&text()) } else { zstd(&text()) };
            let place = place % packed.len();
            packed[place] = byte;
            let _ = unpack(&packed, step, is_gzip);
        }
    }
}
