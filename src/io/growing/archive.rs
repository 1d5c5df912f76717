//! An archive that is read at any offset of its content.

use std::fs::File;
use std::io;

use rustix::fs::{SeekFrom, seek};

use crate::io::buffer::Buffer;
use crate::io::magic::Compression;
use crate::io::stream::{Received, Stream};
use crate::io::wait::{self, Until};

/// The content of an archive, decoded as far as it was asked for.
#[derive(Debug)]
pub(super) struct Archive {
    compression: Compression,
    /// None before the first read.
    stream: Option<Stream>,
    /// What was decoded last, and the offset of its first byte.
    block: Buffer,
    begin: u64,
    is_at_end: bool,
}

/// How much is decoded at once, in bytes.
const BLOCK: usize = 256 << 10;

/// How much of what was decoded before stays readable, in bytes: who compares contents reads the same bytes more than once.
const KEPT: usize = 8 << 10;

impl Archive {
    pub(super) fn new(compression: Compression) -> Archive {
        Archive {
            compression,
            stream: None,
            block: Buffer::new(),
            begin: 0,
            is_at_end: false,
        }
    }

    /// Decodes it from its beginning at the next read.
    pub(super) fn again(&mut self) {
        self.stream = None;
    }

    pub(super) fn read_at(
        &mut self,
        file: &File,
        offset: u64,
        into: &mut [u8],
    ) -> io::Result<usize> {
        if self.stream.is_none() || offset < self.begin {
            let again = file.try_clone()?;
            seek(&again, SeekFrom::Start(0))?;
            self.stream = Some(Stream::from_file(again, None, Some(self.compression)));
            self.block.clear();
            (self.begin, self.is_at_end) = (0, false);
        }
        let mut have = 0;
        while have < into.len() {
            let wanted = offset + have as u64;
            let end = self.begin + self.block.len() as u64;
            if wanted < end {
                let from = usize::try_from(wanted - self.begin).unwrap_or(0);
                let count = (self.block.len() - from).min(into.len() - have);
                into[have..have + count].copy_from_slice(&self.block[from..from + count]);
                have += count;
                continue;
            }
            match self.decode_next() {
                Ok(true) => {}
                Ok(false) => break,
                // What was decoded before the damage comes first.
                Err(_) if have > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(have)
    }

    /// Decodes the next block; false at the end.
    fn decode_next(&mut self) -> io::Result<bool> {
        let Some(stream) = self.stream.as_mut().filter(|_| !self.is_at_end) else {
            return Ok(false);
        };
        let kept = self.block.len().min(KEPT);
        let passed = self.block.len() - kept;
        self.block.copy_within(passed.., 0);
        self.begin += passed as u64;
        self.block.resize(KEPT + BLOCK);
        let mut have = kept;
        let result = loop {
            if have >= BLOCK {
                break Ok(true);
            }
            let until = Until::stopped(&wait::is_stopping);
            match stream.read_until(&mut self.block[have..], &until) {
                Ok(Received::Bytes(read)) => have += read,
                Ok(Received::End) => {
                    self.is_at_end = true;
                    break Ok(have > kept);
                }
                Ok(Received::Stopped | Received::Deadline) => {
                    break Err(io::ErrorKind::Interrupted.into());
                }
                // The next call finds the same damage.
                Err(_) if have > kept => break Ok(true),
                Err(error) => break Err(error),
            }
        };
        self.block.truncate(have);
        result
    }
}
