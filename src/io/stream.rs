//! Inputs that are read once and in order: pipes, devices, and everything compressed.
//!
//! Data is handed on as soon as it arrives; whoever wants larger pieces collects them. The bytes taken from the disk or the
//! pipe are counted where a progress bar can see them. Decoding is in `decode`.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::SeekFrom;

use super::decode::Decoder;
use super::magic::{self, Compression};
use super::{signals, wait};

/// An input that is read once.
#[derive(Debug)]
pub struct Stream {
    raw: Raw,
    decoder: Option<Decoder>,
    compression: Option<Compression>,
    total: Option<u64>,
    /// Where the first byte is, if it can be gone back to.
    begin: Option<u64>,
}

impl Stream {
    /// A file read from where it stands.
    pub(super) fn from_file(
        file: File,
        total: Option<u64>,
        compression: Option<Compression>,
    ) -> Stream {
        let begin = rustix::fs::seek(&file, SeekFrom::Current(0)).ok();
        Stream {
            raw: Raw::new(file),
            decoder: None,
            compression,
            total,
            begin: begin.filter(|_| total.is_some()),
        }
    }

    /// Something that cannot be read twice: its first bytes are looked at and given back.
    pub(super) fn from_pipe(file: File) -> io::Result<Stream> {
        let mut raw = Raw::new(file);
        let mut first = Vec::with_capacity(magic::LONGEST);
        while magic::is_undecided(&first) {
            let mut more = [0; magic::LONGEST];
            let room = &mut more[..magic::LONGEST - first.len()];
            match raw.read_or_stop(room, &signals::stopping)? {
                Some(0) => break,
                Some(read) => first.extend_from_slice(&room[..read]),
                None => return Err(io::ErrorKind::Interrupted.into()),
            }
        }
        let compression = magic::recognise(&first)?;
        raw.head = first;
        Ok(Stream {
            raw,
            decoder: None,
            compression,
            total: None,
            begin: None,
        })
    }

    /// Goes back to the first byte, with nothing kept of what was read; false if that cannot be done.
    pub fn rewind(&mut self) -> bool {
        let begin = self.begin.map(SeekFrom::Start);
        let is_back = begin.is_some_and(|begin| rustix::fs::seek(&self.raw.file, begin).is_ok());
        if is_back {
            self.decoder = None;
        }
        is_back
    }

    /// Lets go of what decoding takes, at the end.
    pub fn close(&mut self) {
        self.decoder = None;
        self.compression = None;
    }

    /// The bytes as they come, and what decodes them if they are compressed.
    fn parts(&mut self) -> (&mut Raw, Option<&mut Decoder>) {
        if self.decoder.is_none() {
            self.decoder = self.compression.map(Decoder::new);
        }
        (&mut self.raw, self.decoder.as_mut())
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

    /// Reads as [`Read::read`] does, but returns `None` when `stop` says so, within 100 ms though no data comes. `Some(0)`
    /// is the end. Nothing is lost by stopping: the next call goes on.
    ///
    /// # Errors
    /// As for reading; interruptions are no error here.
    pub fn read_or_stop(
        &mut self,
        buf: &mut [u8],
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Option<usize>> {
        let (raw, decoder) = self.parts();
        let Some(decoder) = decoder else {
            return raw.read_or_stop(buf, stop);
        };
        let mut stopped = false;
        let read = decoder.read_with(buf, &mut |buf| {
            raw.read_or_stop(buf, stop)?.ok_or_else(|| {
                stopped = true;
                io::ErrorKind::Interrupted.into()
            })
        });
        if stopped { Ok(None) } else { read.map(Some) }
    }
}

/// Errors are those of read(2), `Interrupted` among them, and for compressed data a `decode::Damage` inside an error of kind
/// `InvalidData` or `UnexpectedEof`, after everything that could be decoded.
impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let (raw, decoder) = self.parts();
        match decoder {
            Some(decoder) => decoder.read_with(buf, &mut |buf| raw.read(buf)),
            None => raw.read(buf),
        }
    }
}

/// The bytes as they come from the descriptor.
#[derive(Debug)]
struct Raw {
    file: File,
    /// Bytes that were looked at to tell the compression, still to be given out.
    head: Vec<u8>,
    consumed: Arc<AtomicU64>,
}

impl Raw {
    fn new(file: File) -> Raw {
        Raw {
            file,
            head: Vec::new(),
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

    fn read_or_stop(
        &mut self,
        buf: &mut [u8],
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Option<usize>> {
        // What was looked at has been read: it is given out even if a signal has come since.
        if let Some(read) = self.read_head(buf) {
            return Ok(Some(read));
        }
        loop {
            if !wait::readable(&self.file, stop)? {
                return Ok(None);
            }
            match self.read_file(buf) {
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                    ) => {}
                read => return read.map(Some),
            }
        }
    }

    fn read_file(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buf)?;
        self.consumed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Read for Raw {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(read) = self.read_head(buf) {
            return Ok(read);
        }
        loop {
            match self.read_file(buf) {
                // An inherited pipe may have been made non-blocking by the process at its other end.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait::readable(&self.file, &|| false)?;
                }
                read => return read,
            }
        }
    }
}
