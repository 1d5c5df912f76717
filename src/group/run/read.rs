//! Reads runs: from a file, or from bytes as they arrive.

use std::io::{self, Read};
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::{HEAD, take_bytes};

/// Bytes that are not a run, or not all of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged data")]
pub struct Damaged;

impl From<Damaged> for io::Error {
    fn from(damaged: Damaged) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, damaged)
    }
}

/// How many bytes are read at once.
const READ: usize = 64 << 10;

/// Puts bytes together to the bodies of frames, and checks them.
#[derive(Debug, Default)]
pub struct Frames {
    /// The longest body that is taken, in bytes.
    longest: Option<usize>,
    bytes: Vec<u8>,
    /// Where the next frame begins in them.
    at: usize,
    /// Where the records of the current one are.
    body: Range<usize>,
    last_key: Option<Vec<u8>>,
    records: u64,
    is_ended: bool,
}

impl Frames {
    /// Adds the next bytes of the run.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        (self.at, self.body) = (0, 0..0);
        self.bytes.extend_from_slice(bytes);
    }

    /// Goes to the next frame; false if not all of it has arrived, or the run has ended.
    ///
    /// # Errors
    /// If it is not what was written.
    pub fn advance(&mut self) -> Result<bool, Damaged> {
        let rest = &self.bytes[self.at..];
        if self.is_ended {
            return if rest.is_empty() {
                Ok(false)
            } else {
                Err(Damaged)
            };
        }
        let Some((head, after)) = rest.split_first_chunk::<HEAD>() else {
            return Ok(false);
        };
        let (length, checksum) = head.split_first_chunk().ok_or(Damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        let checksum = u64::from_le_bytes(checksum.try_into().map_err(|_| Damaged)?);
        if length == 0 {
            self.is_ended = true;
            let is_whole = after.is_empty() && checksum == self.records;
            self.at += HEAD;
            return if is_whole { Ok(false) } else { Err(Damaged) };
        }
        if self.longest.is_some_and(|longest| length > longest) {
            return Err(Damaged);
        }
        if after.len() < length {
            return Ok(false);
        }
        let start = self.at + HEAD;
        self.at = start + length;
        self.body = start..self.at;
        let body = &self.bytes[self.body.clone()];
        if xxh3_64(body) != checksum {
            return Err(Damaged);
        }
        let mut last = None;
        let mut rest = body;
        while !rest.is_empty() {
            let key = take_bytes(&mut rest).ok_or(Damaged)?;
            take_bytes(&mut rest).ok_or(Damaged)?;
            let before = last.or(self.last_key.as_deref());
            if before.is_some_and(|before| before >= key) {
                return Err(Damaged);
            }
            last = Some(key);
            self.records += 1;
        }
        self.last_key = last.map(<[u8]>::to_vec);
        Ok(true)
    }

    /// The records of the frame that [`Frames::advance`] went to; see [`records`].
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body.clone()]
    }

    /// Frees what only reading on needs.
    pub fn free(&mut self) {
        (self.bytes, self.at, self.body) = (Vec::new(), 0, 0..0);
        self.last_key = None;
    }

    /// Whether the end of the run has been read.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }
}

/// The keys and values of a body that [`Frames`] has checked.
pub fn records(mut body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let key = take_bytes(&mut body)?;
        Some((key, take_bytes(&mut body)?))
    })
}

/// Reads the records of a run one after the other.
#[derive(Debug)]
pub struct RunReader<R> {
    input: R,
    frames: Frames,
    buffer: Vec<u8>,
    /// The records of the current frame, and where the current one and the next one begin.
    body: Vec<u8>,
    at: usize,
    next: usize,
}

impl<R: Read> RunReader<R> {
    /// A run in `input`, before its first record.
    pub fn new(input: R) -> RunReader<R> {
        RunReader {
            input,
            frames: Frames::default(),
            buffer: vec![0; READ],
            body: Vec::new(),
            at: 0,
            next: 0,
        }
    }

    /// The same of somebody's who may not be trusted: no body of a frame may be longer than this, in bytes.
    pub fn with_longest(input: R, longest: usize) -> RunReader<R> {
        let mut reader = RunReader::new(input);
        reader.frames.longest = Some(longest);
        reader
    }

    /// Reads what follows the run, of which there may be nothing.
    ///
    /// # Errors
    /// Those of reading; `InvalidData` if anything follows.
    pub fn end(&mut self) -> io::Result<()> {
        match self.input.read(&mut self.buffer)? {
            0 => Ok(()),
            _ => Err(Damaged.into()),
        }
    }

    /// Goes to the next record; false if there is none.
    ///
    /// # Errors
    /// Those of reading; `InvalidData` for what is not a run, `UnexpectedEof` if it ends early.
    pub fn advance(&mut self) -> io::Result<bool> {
        self.at = self.next;
        while self.at == self.body.len() {
            if self.frames.advance()? {
                self.body.clear();
                self.body.extend_from_slice(self.frames.body());
                (self.at, self.next) = (0, 0);
                break;
            }
            if self.frames.is_ended() {
                return Ok(false);
            }
            let read = self.input.read(&mut self.buffer)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.frames.feed(&self.buffer[..read]);
        }
        let mut rest = &self.body[self.at..];
        let whole = take_bytes(&mut rest).and_then(|_| take_bytes(&mut rest));
        whole.ok_or(Damaged)?;
        self.next = self.body.len() - rest.len();
        Ok(true)
    }

    /// The key and the value of the current record.
    pub fn record(&self) -> (&[u8], &[u8]) {
        let mut rest = &self.body[self.at..self.next];
        let key = take_bytes(&mut rest).unwrap_or_default();
        (key, take_bytes(&mut rest).unwrap_or_default())
    }
}
