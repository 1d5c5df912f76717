//! gzip, RFC 1952: members one after the other, each with a header, deflated bytes, a checksum and a length.

use std::io::{self, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Damage, Input};

/// The longest header that is believed: names and comments are short.
const MAX_HEADER: usize = 64 << 10;

/// Unpacks every member.
pub(in crate::io) struct GzipDecoder<R> {
    pub(super) input: Input<R>,
    inflate: Decompress,
    checksum: Crc,
    state: State,
    damage: Option<Damage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before a member; the first must be there.
    Header { is_first: bool },
    /// Inside a member's bytes. The inflater may hold back output only if the last call filled the buffer.
    Body { may_have_more: bool },
    /// At a member's checksum and length.
    Trailer,
    /// Nothing more comes.
    End,
}

impl<R: Read> GzipDecoder<R> {
    pub(in crate::io) fn new(source: R) -> GzipDecoder<R> {
        GzipDecoder {
            input: Input::new(source),
            inflate: Decompress::new(false),
            checksum: Crc::new(),
            state: State::Header { is_first: true },
            damage: None,
        }
    }

    pub(super) fn needs_input(&self) -> bool {
        match self.state {
            State::Body { may_have_more } => {
                !may_have_more && self.input.bytes().is_empty() && !self.input.at_end
            }
            State::Header { .. } | State::Trailer => {
                self.input.bytes().is_empty() && !self.input.at_end
            }
            State::End => false,
        }
    }

    fn broken(&self, reason: &str) -> Damage {
        Damage::Broken {
            kind: "gzip",
            offset: self.input.offset,
            reason: reason.to_owned(),
        }
    }

    fn cut(&self) -> Damage {
        Damage::Cut {
            kind: "gzip",
            offset: self.input.offset + self.input.bytes().len() as u64,
        }
    }

    /// Reads the header of the next member, if there is one.
    fn header(&mut self, is_first: bool) -> io::Result<()> {
        loop {
            let bytes = self.input.bytes();
            if !is_first {
                // Tapes are padded with zeros.
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                self.input.advance(zeros);
            }
            let bytes = self.input.bytes();
            if bytes.is_empty() && self.input.at_end {
                if is_first {
                    return Err(self.cut().into());
                }
                self.state = State::End;
                return Ok(());
            }
            if !b"\x1f\x8b\x08".starts_with(&bytes[..bytes.len().min(3)]) {
                return Err(self.broken("no gzip member begins here").into());
            }
            if let Some(length) = header_length(bytes) {
                self.input.advance(length);
                self.inflate.reset(false);
                self.checksum.reset();
                self.state = State::Body {
                    may_have_more: false,
                };
                return Ok(());
            }
            if self.input.at_end {
                return Err(self.cut().into());
            }
            if bytes.len() >= MAX_HEADER {
                return Err(self.broken("the header does not end").into());
            }
            self.input.fill()?;
        }
    }

    /// Unpacks into the buffer; 0 if the member has ended.
    fn body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(self.input.bytes(), buffer, FlushDecompress::None);
            // Both totals move also when the call fails, so what came out before the fault is not lost.
            let used = usize::try_from(self.inflate.total_in() - before_in).unwrap_or(0);
            let made = usize::try_from(self.inflate.total_out() - before_out).unwrap_or(0);
            self.input.advance(used);
            self.checksum.update(&buffer[..made]);
            match status {
                Ok(Status::StreamEnd) => self.state = State::Trailer,
                Ok(_) => {
                    self.state = State::Body {
                        may_have_more: made == buffer.len(),
                    }
                }
                Err(error) => {
                    self.damage =
                        Some(self.broken(error.message().unwrap_or("the bytes do not unpack")));
                    self.state = State::End;
                }
            }
            if made > 0 || !matches!(self.state, State::Body { .. }) {
                return Ok(made);
            }
            if self.input.at_end {
                return Err(self.cut().into());
            }
            self.input.fill()?;
        }
    }

    fn trailer(&mut self) -> io::Result<()> {
        while self.input.bytes().len() < 8 && !self.input.at_end {
            self.input.fill()?;
        }
        let Some(&[a, b, c, d, e, f, g, h]) = self.input.bytes().first_chunk() else {
            return Err(self.cut().into());
        };
        if u32::from_le_bytes([a, b, c, d]) != self.checksum.sum()
            || u32::from_le_bytes([e, f, g, h]) != self.checksum.amount()
        {
            return Err(self.broken("the checksum is wrong").into());
        }
        self.input.advance(8);
        self.state = State::Header { is_first: false };
        Ok(())
    }
}

impl<R: Read> Read for GzipDecoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(damage) = self.damage.take() {
                return Err(damage.into());
            }
            let step = match self.state {
                State::End => return Ok(0),
                State::Header { is_first } => self.header(is_first),
                State::Trailer => self.trailer(),
                State::Body { .. } => match self.body(buffer) {
                    Ok(0) => Ok(()),
                    other => return other,
                },
            };
            if let Err(error) = step {
                if error.kind() == io::ErrorKind::InvalidData {
                    self.state = State::End;
                }
                return Err(error);
            }
        }
    }
}

/// The length of a member's header, once all of it is there.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(3)?;
    let mut length = 10;
    if flags & 4 != 0 {
        let extra = bytes.get(length..)?.first_chunk()?;
        length += 2 + usize::from(u16::from_le_bytes(*extra));
    }
    // A name and a comment, each ended by NUL.
    for flag in [8, 16] {
        if flags & flag != 0 {
            length += memchr::memchr(0, bytes.get(length..)?)? + 1;
        }
    }
    if flags & 2 != 0 {
        length += 2;
    }
    (bytes.len() >= length).then_some(length)
}
