//! Writes runs.

use std::io::{self, Write};

use xxhash_rust::xxh3::xxh3_64;

use super::{BODY, HEAD};

/// Writes a run.
#[derive(Debug)]
pub struct RunWriter<W> {
    out: W,
    /// Room for the head of a frame, then its body so far.
    frame: Vec<u8>,
    records: u64,
}

impl<W: Write> RunWriter<W> {
    /// A run that is written to `out`, which need not be buffered.
    pub fn new(out: W) -> RunWriter<W> {
        RunWriter {
            out,
            frame: vec![0; HEAD],
            records: 0,
        }
    }

    /// Adds a record. Its key is above all earlier ones.
    ///
    /// # Errors
    /// Those of writing, and of a value of 4 GiB.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        push_bytes(&mut self.frame, key);
        push_bytes(&mut self.frame, value);
        self.records += 1;
        match self.frame.len() >= HEAD + BODY {
            true => self.end_frame(),
            false => Ok(()),
        }
    }

    fn end_frame(&mut self) -> io::Result<()> {
        if self.frame.len() == HEAD {
            return Ok(());
        }
        let body = &self.frame[HEAD..];
        let length = u32::try_from(body.len()).map_err(io::Error::other)?;
        let checksum = xxh3_64(body);
        self.frame[..4].copy_from_slice(&length.to_le_bytes());
        self.frame[4..HEAD].copy_from_slice(&checksum.to_le_bytes());
        self.out.write_all(&self.frame)?;
        self.frame.truncate(HEAD);
        Ok(())
    }

    /// What it is written to.
    pub fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the run.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(mut self) -> io::Result<W> {
        self.end_frame()?;
        self.out.write_all(&0_u32.to_le_bytes())?;
        self.out.write_all(&self.records.to_le_bytes())?;
        Ok(self.out)
    }
}

/// Appends a number, seven bits a byte.
pub fn push_varint(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends bytes with their length in front.
pub fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_varint(out, bytes.len());
    out.extend_from_slice(bytes);
}
