//! Decoding compressed data without losing what comes before damage.
//!
//! Logs are compressed by machines that crash. So an archive that is damaged or ends in the middle gives every byte that can
//! be decoded, and only then an error that says where; callers count it as incomplete input and keep their results. All
//! members of gzip and all frames of zstd are read, as logs are often put together with `cat`.

mod gzip;
mod unpacker;
mod zstd;

use std::fmt;
use std::io;

use super::buffer::Buffer;
use super::magic::Compression;
pub use unpacker::Unpacker;

/// Where the compressed bytes come from: as `std::io::Read::read`.
pub(super) type Fill<'a> = &'a mut dyn FnMut(&mut [u8]) -> io::Result<usize>;

/// The size of the buffer for compressed bytes.
const INPUT_SIZE: usize = 128 << 10;

/// Compressed data that cannot be decoded any further; found inside an [`io::Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What the data was meant to be.
    pub compression: Compression,
    /// Where in the compressed bytes, counted from the first that was read.
    pub offset: u64,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong with compressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It ends before it is complete.
    Truncated,
    /// It is not what it should be, in the decoder's words.
    Corrupt(&'static str),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage {
            compression,
            offset,
            reason,
        } = self;
        let name = compression.name();
        match reason {
            Reason::Truncated => write!(f, "{name} data ends in the middle, at byte {offset}"),
            Reason::Corrupt(what) => write!(f, "damaged {name} data at byte {offset}: {what}"),
        }
    }
}

impl std::error::Error for Damage {}

impl From<Damage> for io::Error {
    fn from(damage: Damage) -> io::Error {
        let kind = match damage.reason {
            Reason::Truncated => io::ErrorKind::UnexpectedEof,
            Reason::Corrupt(_) => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, damage)
    }
}

/// The state of decoding one input; the compressed bytes are handed to each call, so that the caller decides how to wait.
#[derive(Debug)]
pub(super) struct Decoder {
    format: Format,
    input: Input,
    damage: Option<Damage>,
}

#[derive(Debug)]
enum Format {
    Gzip(gzip::Gzip),
    Zstd(zstd::Zstd),
}

/// Why a decoder stopped.
enum Stop {
    /// Reading the compressed bytes failed; a retry may help.
    Source(io::Error),
    /// The data is damaged; nothing will help.
    Damage { offset: u64, reason: Reason },
}

impl Decoder {
    pub(super) fn new(compression: Compression) -> Decoder {
        let format = match compression {
            Compression::Gzip => Format::Gzip(gzip::Gzip::new()),
            Compression::Zstd => Format::Zstd(zstd::Zstd::new()),
        };
        Decoder {
            format,
            input: Input::new(),
            damage: None,
        }
    }

    /// Decodes into `buf` what is available without waiting, at least a byte; 0 is the end. Errors of `fill` are handed on
    /// and the next call goes on from there; a [`Damage`] stays.
    pub(super) fn read_with(&mut self, buf: &mut [u8], fill: Fill<'_>) -> io::Result<usize> {
        if let Some(damage) = &self.damage {
            return Err(damage.clone().into());
        }
        if buf.is_empty() {
            return Ok(0);
        }
        let (compression, result) = match &mut self.format {
            Format::Gzip(gzip) => (Compression::Gzip, gzip.decode(&mut self.input, buf, fill)),
            Format::Zstd(zstd) => (Compression::Zstd, zstd.decode(&mut self.input, buf, fill)),
        };
        result.map_err(|stop| match stop {
            Stop::Source(error) => error,
            Stop::Damage { offset, reason } => {
                let damage = Damage {
                    compression,
                    offset,
                    reason,
                };
                self.damage = Some(damage.clone());
                damage.into()
            }
        })
    }
}

/// Compressed bytes that wait to be decoded.
#[derive(Debug)]
struct Input {
    buffer: Buffer,
    begin: usize,
    end: usize,
    /// The offset of `buffer[begin]` among all compressed bytes.
    offset: u64,
}

impl Input {
    fn new() -> Input {
        let mut buffer = Buffer::new();
        buffer.resize(INPUT_SIZE);
        Input {
            buffer,
            begin: 0,
            end: 0,
            offset: 0,
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.begin..self.end]
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.begin);
        self.begin += count;
        self.offset += count as u64;
    }

    /// Makes sure that there are bytes; `false`: the end.
    fn have(&mut self, fill: Fill<'_>) -> Result<bool, Stop> {
        if self.begin == self.end {
            let read = fill(&mut self.buffer).map_err(Stop::Source)?;
            self.begin = 0;
            self.end = read.min(self.buffer.len());
        }
        Ok(self.begin < self.end)
    }

    /// Takes a byte; `None`: the end.
    fn take_byte(&mut self, fill: Fill<'_>) -> Result<Option<u8>, Stop> {
        if !self.have(fill)? {
            return Ok(None);
        }
        let byte = self.buffer[self.begin];
        self.consume(1);
        Ok(Some(byte))
    }

    fn truncated(&self) -> Stop {
        Stop::Damage {
            offset: self.offset,
            reason: Reason::Truncated,
        }
    }

    fn corrupt(&self, what: &'static str) -> Stop {
        Stop::Damage {
            offset: self.offset,
            reason: Reason::Corrupt(what),
        }
    }
}

#[cfg(test)]
mod tests;
