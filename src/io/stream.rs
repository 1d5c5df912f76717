//! Inputs that are read once and in order: pipes, devices, and everything compressed.
//!
//! Data is handed on as soon as it arrives; callers that want larger pieces collect them. The bytes taken from the disk or the
//! pipe are counted where a progress bar can see them. Decoding is in `decode`.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::decode::Decoder;
use super::magic::{self, Compression};
use super::origin::Origin;
use super::wait::{self, Interest, Outcome, Until};

/// An input that is read once.
#[derive(Debug)]
pub struct Stream {
    raw: Raw,
    decoder: Option<Box<Decoder>>,
    compression: Option<Compression>,
    total: Option<u64>,
}

impl Stream {
    /// A file read from where it stands.
    pub(super) fn from_file(
        file: File,
        total: Option<u64>,
        compression: Option<Compression>,
    ) -> Stream {
        Stream {
            raw: Raw::new(file),
            decoder: None,
            compression,
            total,
        }
    }

    /// Bytes as they come, whatever they are.
    pub(super) fn raw(file: File) -> Stream {
        Stream {
            raw: Raw::new(file),
            decoder: None,
            compression: None,
            total: None,
        }
    }

    /// Something that cannot be read twice: its first bytes are looked at and given back.
    pub(super) fn from_pipe(file: File, until: &Until<'_>) -> io::Result<Stream> {
        let mut stream = Stream::raw(file);
        let mut first = Vec::with_capacity(magic::LONGEST);
        while magic::is_undecided(&first) {
            let mut more = [0; magic::LONGEST];
            let room = &mut more[..magic::LONGEST - first.len()];
            match stream.raw.read_until(room, until)? {
                Received::Bytes(read) => first.extend_from_slice(&room[..read]),
                Received::End => break,
                Received::Stopped | Received::Deadline => {
                    return Err(io::ErrorKind::Interrupted.into());
                }
            }
        }
        stream.compression = magic::recognise(&first)?;
        stream.raw.head = first;
        Ok(stream)
    }

    /// The same stream, with the file that it can be read from again.
    pub(super) fn with_origin(mut self, origin: Origin) -> Stream {
        self.raw.origin = Some(origin);
        self
    }

    /// Goes back to the first byte and keeps nothing in memory; false if that is impossible. A file with a path is closed.
    /// The next read opens it again and fails with a `Changed` in the error if another file or other content is found then.
    pub fn rewind(&mut self) -> bool {
        if self.raw.origin.is_none() {
            return false;
        }
        self.raw.file = None;
        self.raw.has_ended = false;
        self.decoder = None;
        true
    }

    /// Frees the descriptor and what decoding needs, at the end.
    pub fn close(&mut self) {
        self.decoder = None;
        self.compression = None;
        self.raw.file = None;
        self.raw.origin = None;
    }

    /// The bytes as they come, and what decodes them if they are compressed.
    fn parts(&mut self) -> (&mut Raw, Option<&mut Decoder>) {
        if self.decoder.is_none() {
            self.decoder = self.compression.map(Decoder::new).map(Box::new);
        }
        (&mut self.raw, self.decoder.as_deref_mut())
    }

    /// How it is compressed, if it is.
    pub fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// The bytes on disk from the first that is read to the end, where that is known; compressed bytes, if it is compressed.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The count of bytes read from the disk or the pipe so far, to be looked at by other threads.
    pub fn consumed(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.raw.consumed)
    }

    /// Reads what there is, and waits if there is nothing yet. Nothing is lost if that ends first: the next call goes on.
    ///
    /// # Errors
    /// Those of read(2), interruptions aside; for compressed data a `decode::Damage` inside an error of kind `InvalidData` or
    /// `UnexpectedEof`, after everything that could be decoded.
    pub fn read_until(&mut self, buf: &mut [u8], until: &Until<'_>) -> io::Result<Received> {
        let (raw, decoder) = self.parts();
        let Some(decoder) = decoder else {
            return raw.read_until(buf, until);
        };
        let mut ended = None;
        let read = decoder.read_with(buf, &mut |buf| match raw.read_until(buf, until)? {
            Received::Bytes(read) => Ok(read),
            Received::End => Ok(0),
            other => {
                ended = Some(other);
                Err(io::ErrorKind::Interrupted.into())
            }
        });
        match ended {
            Some(ended) => Ok(ended),
            None => read.map(Received::of),
        }
    }
}

/// What a read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// How many bytes there were, at least one.
    Bytes(usize),
    /// There are no more.
    End,
    /// None came before the deadline.
    Deadline,
    /// None came before the caller wanted to stop.
    Stopped,
}

impl Received {
    fn of(read: usize) -> Received {
        match read {
            0 => Received::End,
            read => Received::Bytes(read),
        }
    }
}

/// The bytes as they come from the descriptor.
#[derive(Debug)]
struct Raw {
    /// None after the end, and from [`Stream::rewind`] to the next read.
    file: Option<File>,
    /// Where the file can be opened again.
    origin: Option<Origin>,
    /// Bytes that were looked at to tell the compression, still to be given out.
    head: Vec<u8>,
    /// Whether a read has found the end. A terminal would give more after it, and is not asked again.
    has_ended: bool,
    consumed: Arc<AtomicU64>,
}

impl Raw {
    fn new(file: File) -> Raw {
        Raw {
            file: Some(file),
            origin: None,
            head: Vec::new(),
            has_ended: false,
            consumed: Arc::default(),
        }
    }

    /// Gives out what was looked at before; `None` when there is no more of it.
    fn read_head(&mut self, buf: &mut [u8]) -> Option<usize> {
        if self.head.is_empty() {
            return None;
        }
        let read = self.head.len().min(buf.len());
        buf[..read].copy_from_slice(&self.head[..read]);
        self.head.drain(..read);
        Some(read)
    }

    fn read_until(&mut self, buf: &mut [u8], until: &Until<'_>) -> io::Result<Received> {
        // What was looked at has been read: it is given out even if a signal has come since.
        if let Some(read) = self.read_head(buf) {
            return Ok(Received::of(read));
        }
        if self.has_ended {
            return Ok(Received::End);
        }
        let file = match (&mut self.file, &self.origin) {
            (Some(file), _) => file,
            (None, Some(origin)) => self.file.insert(origin.reopen()?),
            (None, None) => return Ok(Received::End),
        };
        loop {
            match wait::ready(Interest::read(file), until)? {
                Outcome::Ready => {}
                Outcome::Stopped => return Ok(Received::Stopped),
                Outcome::Deadline => return Ok(Received::Deadline),
            }
            match file.read(buf) {
                Ok(read) => {
                    self.has_ended = read == 0 && !buf.is_empty();
                    self.consumed.fetch_add(read as u64, Ordering::Relaxed);
                    return Ok(Received::of(read));
                }
                // A pipe may be non-blocking, and another process may have read what there was.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                    ) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
