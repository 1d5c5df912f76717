//! zstd, RFC 8878: frames one after the other; the library knows skippable ones and checksums.

use std::io::{self, Read};

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::{Damage, Input};

/// Unpacks every frame.
pub(in crate::io) struct ZstdDecoder<R> {
    pub(super) input: Input<R>,
    inner: Decoder<'static>,
    /// Whether a frame has begun and not ended.
    is_inside: bool,
    may_have_more: bool,
    is_over: bool,
    /// Found in a call that also gave bytes: told in the next one.
    damage: Option<Damage>,
}

impl<R: Read> ZstdDecoder<R> {
    pub(in crate::io) fn new(source: R) -> io::Result<ZstdDecoder<R>> {
        Ok(ZstdDecoder {
            input: Input::new(source),
            inner: Decoder::new()?,
            is_inside: true,
            may_have_more: false,
            is_over: false,
            damage: None,
        })
    }

    pub(super) fn needs_input(&self) -> bool {
        !self.may_have_more && self.input.bytes().is_empty() && !self.input.at_end
    }
}

impl<R: Read> Read for ZstdDecoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(damage) = self.damage.take() {
            return Err(damage.into());
        }
        if buffer.is_empty() || self.is_over {
            return Ok(0);
        }
        loop {
            let mut packed = InBuffer::around(self.input.bytes());
            let mut plain = OutBuffer::around(&mut *buffer);
            let result = if packed.src.is_empty() && !self.may_have_more {
                Ok(1)
            } else {
                self.inner.run(&mut packed, &mut plain)
            };
            let (used, made) = (packed.pos(), plain.pos());
            self.input.advance(used);
            self.may_have_more = made == buffer.len();
            match result {
                Ok(0) => self.is_inside = false,
                Ok(_) if used > 0 => self.is_inside = true,
                Ok(_) => {}
                Err(error) => {
                    self.is_over = true;
                    let damage = Damage::Broken {
                        kind: "zstd",
                        offset: self.input.offset,
                        reason: error.to_string(),
                    };
                    if made == 0 {
                        return Err(damage.into());
                    }
                    self.damage = Some(damage);
                }
            }
            if made > 0 {
                return Ok(made);
            }
            if used > 0 && !self.input.bytes().is_empty() {
                continue;
            }
            if self.input.at_end {
                self.is_over = true;
                return if self.is_inside {
                    Err(Damage::Cut {
                        kind: "zstd",
                        offset: self.input.offset,
                    }
                    .into())
                } else {
                    Ok(0)
                };
            }
            self.input.fill()?;
        }
    }
}
