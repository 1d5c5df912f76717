//! gzip (RFC 1952): members one after the other, each a header, deflated data and a trailer that checks it.
//!
//! zlib-rs inflates straight into the caller's buffer. Headers and trailers are read here, so that errors can say what is wrong,
//! and where.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Fill, Input, Stop};

/// Bits of the header's flags (RFC 1952, section 2.3.1).
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

#[derive(Debug)]
pub(super) struct Gzip {
    state: State,
    inflate: Box<Decompress>,
    crc: Crc,
    /// The last call filled its buffer: the inflater may hold more, though there is no input.
    was_full: bool,
}

/// What comes next. Headers and trailers are read byte by byte, since any byte may be the last that has arrived.
#[derive(Debug)]
enum State {
    /// Before a member, or at the end.
    Between {
        is_first: bool,
    },
    /// The fixed ten bytes, of which `at` have been read; the first is at the offset `begin`.
    Fixed {
        at: usize,
        flags: u8,
        begin: u64,
    },
    ExtraLength {
        at: usize,
        flags: u8,
        length: u16,
    },
    Extra {
        flags: u8,
        left: u16,
    },
    Text {
        flags: u8,
    },
    HeaderCrc {
        left: u8,
    },
    Deflated,
    Trailer {
        at: usize,
        bytes: [u8; 8],
        begin: u64,
    },
    /// Zeros that fill the last block of a tape, up to the end or the next member.
    Padding,
}

impl Gzip {
    pub(super) fn new() -> Gzip {
        Gzip {
            state: State::Between { is_first: true },
            inflate: Box::new(Decompress::new(false)),
            crc: Crc::new(),
            was_full: false,
        }
    }

    pub(super) fn decode(
        &mut self,
        input: &mut Input,
        out: &mut [u8],
        fill: Fill<'_>,
    ) -> Result<usize, Stop> {
        loop {
            if matches!(self.state, State::Deflated) {
                let written = self.inflate(input, out, fill)?;
                if written > 0 {
                    return Ok(written);
                }
                continue;
            }
            let offset = input.offset;
            let byte = input.take_byte(fill)?;
            match (byte, &self.state) {
                (None, State::Between { is_first: false } | State::Padding) => return Ok(0),
                (None, _) => return Err(input.truncated()),
                (Some(byte), _) => {
                    if let Err(what) = self.frame(byte, offset) {
                        let offset = match self.state {
                            State::Trailer { begin, .. } | State::Fixed { at: 1, begin, .. } => {
                                begin
                            }
                            _ => offset,
                        };
                        return Err(Stop::Damage {
                            offset,
                            reason: super::Reason::Corrupt(what),
                        });
                    }
                }
            }
        }
    }

    /// Reads the byte of a header or trailer at this offset; an error says what is wrong with it.
    fn frame(&mut self, byte: u8, offset: u64) -> Result<(), &'static str> {
        match &mut self.state {
            State::Between { is_first } => match byte {
                0x1f => self.begin_member(offset),
                0 if !*is_first => self.state = State::Padding,
                _ => return Err("no gzip data follows"),
            },
            State::Fixed { at, flags, .. } => {
                match (*at, byte) {
                    (1, 0x8b) | (2, 8) | (4.., _) => {}
                    (1, _) => return Err("no gzip data follows"),
                    (2, _) => return Err("unknown compression method"),
                    _ if byte & RESERVED != 0 => return Err("unknown header flags"),
                    _ => *flags = byte,
                }
                *at += 1;
                if *at == 10 {
                    self.state = match *flags {
                        flags if flags & EXTRA != 0 => State::ExtraLength {
                            at: 0,
                            flags,
                            length: 0,
                        },
                        flags => self.after_extra(flags),
                    };
                }
            }
            State::ExtraLength { at, flags, length } => {
                *length |= u16::from(byte) << (8 * *at);
                *at += 1;
                if *at == 2 {
                    self.state = match *length {
                        0 => {
                            let flags = *flags;
                            self.after_extra(flags)
                        }
                        left => State::Extra {
                            flags: *flags,
                            left,
                        },
                    };
                }
            }
            State::Extra { flags, left } => {
                *left -= 1;
                if *left == 0 {
                    let flags = *flags;
                    self.state = self.after_extra(flags);
                }
            }
            State::Text { flags } => {
                if byte == 0 {
                    let flags = *flags;
                    self.state = self.after_extra(flags);
                }
            }
            State::HeaderCrc { left } => {
                *left -= 1;
                if *left == 0 {
                    self.state = self.begin_data();
                }
            }
            State::Trailer { at, bytes, .. } => {
                bytes[*at] = byte;
                *at += 1;
                if *at == bytes.len() {
                    let [a, b, c, d, e, f, g, h] = *bytes;
                    if u32::from_le_bytes([a, b, c, d]) != self.crc.sum() {
                        return Err("the checksum does not match");
                    }
                    if u32::from_le_bytes([e, f, g, h]) != self.crc.amount() {
                        return Err("the length does not match");
                    }
                    self.state = State::Between { is_first: false };
                }
            }
            State::Padding => match byte {
                0 => {}
                0x1f => self.begin_member(offset),
                _ => return Err("no gzip data follows"),
            },
            State::Deflated => {}
        }
        Ok(())
    }

    fn begin_member(&mut self, offset: u64) {
        self.state = State::Fixed {
            at: 1,
            flags: 0,
            begin: offset,
        };
    }

    /// The state after a part of the header that `flags` no longer tells of.
    fn after_extra(&mut self, flags: u8) -> State {
        if flags & NAME != 0 {
            State::Text {
                flags: flags & !NAME,
            }
        } else if flags & COMMENT != 0 {
            State::Text {
                flags: flags & !COMMENT,
            }
        } else if flags & HEADER_CRC != 0 {
            State::HeaderCrc { left: 2 }
        } else {
            self.begin_data()
        }
    }

    fn begin_data(&mut self) -> State {
        self.inflate.reset(false);
        self.crc.reset();
        self.was_full = false;
        State::Deflated
    }

    fn inflate(
        &mut self,
        input: &mut Input,
        out: &mut [u8],
        fill: Fill<'_>,
    ) -> Result<usize, Stop> {
        if !self.was_full && !input.have(fill)? {
            return Err(input.truncated());
        }
        let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
        let result = self
            .inflate
            .decompress(input.bytes(), out, FlushDecompress::None);
        // Counted whatever the result: the bytes before damage are as good as any.
        let read = (self.inflate.total_in() - read) as usize;
        let written = (self.inflate.total_out() - written) as usize;
        input.consume(read);
        self.crc.update(&out[..written]);
        let was_full = std::mem::replace(&mut self.was_full, written == out.len());
        match result {
            Ok(Status::StreamEnd) => {
                self.state = State::Trailer {
                    at: 0,
                    bytes: [0; 8],
                    begin: input.offset,
                };
            }
            // The inflater stays where it is after an error, so the next call will find it again.
            Err(_) if written > 0 => self.was_full = true,
            Err(_) => return Err(input.corrupt("invalid deflate data")),
            Ok(_) if read == 0 && written == 0 && !was_full => {
                return Err(input.corrupt("invalid deflate data"));
            }
            Ok(_) => {}
        }
        Ok(written)
    }
}
