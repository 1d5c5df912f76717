//! zstd (RFC 8878): frames one after the other, skippable ones among them.
//!
//! The library forgets what it has decoded in a call that then finds damage, so it is never given more than a block at a
//! time: it tells how many bytes it wants next, which is the rest of a block and the three bytes of the next one's header
//! (`ZSTD_nextSrcSizeToDecompress`, zstd.h), and those three are kept back. This costs nothing: whole blocks are decoded
//! straight from the input buffer.

use zstd::zstd_safe::{self, DCtx, InBuffer, OutBuffer};

use super::{Fill, Input, Stop};

/// The size of a block's header (RFC 8878, section 3.1.1.2).
const BLOCK_HEADER: usize = 3;

pub(super) struct Zstd {
    context: DCtx<'static>,
    /// How many bytes the library wants next; 0 between frames.
    wanted: usize,
    /// The last call filled its buffer: the library may hold more, though there is no input.
    was_full: bool,
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
            wanted: 0,
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
            if !self.was_full && !input.have(fill)? {
                return if self.wanted == 0 {
                    Ok(0)
                } else {
                    Err(input.truncated())
                };
            }
            let bytes = input.bytes();
            let piece = self
                .wanted
                .saturating_sub(BLOCK_HEADER)
                .max(1)
                .min(bytes.len());
            let mut from = InBuffer::around(&bytes[..piece]);
            let mut into = OutBuffer::around(&mut *out);
            let result = self.context.decompress_stream(&mut into, &mut from);
            let (read, written) = (from.pos(), into.pos());
            self.wanted = result.map_err(|code| input.corrupt(zstd_safe::get_error_name(code)))?;
            input.consume(read);
            self.was_full = written == out.len();
            if written > 0 {
                return Ok(written);
            }
        }
    }
}
