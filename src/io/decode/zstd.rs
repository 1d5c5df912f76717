//! zstd (RFC 8878): frames one after the other, skippable ones among them.
//!
//! The library forgets what it has decoded in a call that then finds damage, so it is never given more than a block at a
//! time: it tells how many bytes it wants next, which is the rest of a block and the three bytes of the next one's header
//! (`ZSTD_nextSrcSizeToDecompress`, zstd.h), and those three are kept back. This costs nothing: whole blocks are decoded
//! straight from the input buffer.

use zstd::zstd_safe::{self, DCtx, InBuffer, OutBuffer};

use super::super::magic;
use super::{Fill, Input, Reason, Stop};

/// The size of a magic (RFC 8878, section 3.1.1).
const MAGIC: usize = 4;

/// The size of a block's header (RFC 8878, section 3.1.1.2).
const BLOCK_HEADER: usize = 3;

pub(super) struct Zstd {
    context: DCtx<'static>,
    state: State,
    /// How many bytes the library wants next; 0 between frames.
    wanted: usize,
    /// The offset at which the block or header at hand begins, and how much of it is left: however it arrives, damage is
    /// reported there.
    begin: u64,
    left: usize,
    /// The last call filled its buffer: the library may hold more, though there is no input.
    was_full: bool,
}

/// What comes next. Magics are read byte by byte, since any byte may be the last that has arrived.
#[derive(Debug)]
enum State {
    /// Before a frame, or at the end. Zeros after a frame fill the last block of a tape.
    Between { is_first: bool },
    /// A magic, of which `at` bytes have been read; the first is at the offset `begin`.
    Magic {
        at: usize,
        bytes: [u8; MAGIC],
        begin: u64,
    },
    /// The rest of a frame.
    Frame,
}

impl std::fmt::Debug for Zstd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Zstd")
            .field("wanted", &self.wanted)
            .finish_non_exhaustive()
    }
}

impl Zstd {
    pub(super) fn new() -> Zstd {
        Zstd {
            context: DCtx::create(),
            state: State::Between { is_first: true },
            wanted: 0,
            begin: 0,
            left: 0,
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
            if !matches!(self.state, State::Frame) {
                if !self.begin_frame(input, fill)? {
                    return Ok(0);
                }
                continue;
            }
            if !self.was_full && !input.have(fill)? {
                return Err(input.truncated());
            }
            let bytes = input.bytes();
            if self.left == 0 {
                self.begin = input.offset;
                self.left = self.wanted.saturating_sub(BLOCK_HEADER).max(1);
            }
            let piece = self.left.min(bytes.len());
            let mut from = InBuffer::around(&bytes[..piece]);
            let mut into = OutBuffer::around(&mut *out);
            let result = self.context.decompress_stream(&mut into, &mut from);
            let (read, written) = (from.pos(), into.pos());
            self.wanted = result.map_err(|code| self.corrupt(code))?;
            input.consume(read);
            self.left -= read;
            self.was_full = written == out.len();
            if self.wanted == 0 {
                self.state = State::Between { is_first: false };
                self.left = 0;
                self.was_full = false;
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }

    /// The library has found damage in the block or header at hand.
    fn corrupt(&self, code: usize) -> Stop {
        Stop::Damage {
            offset: self.begin,
            reason: Reason::Corrupt(zstd_safe::get_error_name(code)),
        }
    }

    /// Reads a byte of what stands between frames, or of a magic; false at the end.
    fn begin_frame(&mut self, input: &mut Input, fill: Fill<'_>) -> Result<bool, Stop> {
        let offset = input.offset;
        let Some(byte) = input.take_byte(fill)? else {
            return match self.state {
                State::Magic { .. } => Err(input.truncated()),
                _ => Ok(false),
            };
        };
        let (mut bytes, at, begin) = match self.state {
            State::Between { is_first: false } if byte == 0 => return Ok(true),
            State::Magic { at, bytes, begin } => (bytes, at, begin),
            _ => ([0; MAGIC], 0, offset),
        };
        bytes[at] = byte;
        let at = at + 1;
        if !magic::may_be_zstd(&bytes[..at]) {
            return Err(Stop::Damage {
                offset: begin,
                reason: Reason::Corrupt("no zstd data follows"),
            });
        }
        self.state = State::Magic { at, bytes, begin };
        if at == MAGIC {
            let mut from = InBuffer::around(&bytes);
            let mut into = OutBuffer::around(&mut [][..]);
            let result = self.context.decompress_stream(&mut into, &mut from);
            self.begin = begin;
            self.wanted = result.map_err(|code| self.corrupt(code))?;
            self.state = State::Frame;
        }
        Ok(true)
    }
}
