//! Decoding bytes that are handed in as they come, compressed or not.

use std::io;

use super::{Buffer, Compression, Decoder};
use crate::io::magic;

/// How much is decoded at once, in bytes.
const OUTPUT_SIZE: usize = 256 << 10;

/// Looks at the first bytes of an input, and decodes it if it is compressed.
#[derive(Debug)]
pub struct Unpacker {
    state: State,
    output: Buffer,
}

#[derive(Debug)]
enum State {
    /// The first bytes, as long as they do not tell.
    Unknown(Vec<u8>),
    /// Not compressed; first bytes that are still to be given out.
    Plain(Vec<u8>),
    /// Compressed; first bytes that are still to be decoded.
    Packed(Box<Decoder>, Vec<u8>),
}

impl Default for Unpacker {
    fn default() -> Unpacker {
        Unpacker::new()
    }
}

impl Unpacker {
    /// For an input of which nothing is known.
    pub fn new() -> Unpacker {
        Unpacker {
            state: State::Unknown(Vec::new()),
            output: Buffer::new(),
        }
    }

    /// Makes it ready for another input.
    pub fn reset(&mut self) {
        self.state = State::Unknown(Vec::new());
    }

    /// Takes bytes from `input` and returns what they mean, some of it in each call; none when more input is needed, or at the
    /// end. `is_last` says that there is no more.
    ///
    /// # Errors
    /// A [`super::Damage`] after everything that could be decoded; a [`magic::Unsupported`]. The rest of the input has no meaning
    /// then.
    pub fn next<'a, 'i: 'a>(
        &'a mut self,
        input: &mut &'i [u8],
        is_last: bool,
    ) -> io::Result<Option<&'a [u8]>> {
        if let State::Unknown(first) = &mut self.state {
            while magic::is_undecided(first)
                && let Some((byte, rest)) = input.split_first()
            {
                first.push(*byte);
                *input = rest;
            }
            if magic::is_undecided(first) && !is_last {
                return Ok(None);
            }
            let first = std::mem::take(first);
            self.state = match magic::recognise(&first)? {
                Some(compression) => self.packed(compression, first)?,
                None => State::Plain(first),
            };
        }
        match &mut self.state {
            State::Plain(first) if !first.is_empty() => {
                self.output.try_resize(first.len())?;
                self.output.copy_from_slice(first);
                first.clear();
                Ok(Some(&self.output))
            }
            State::Plain(_) | State::Unknown(_) => {
                let all = std::mem::take(input);
                Ok((!all.is_empty()).then_some(all))
            }
            State::Packed(decoder, first) => {
                let read = decoder.read_with(&mut self.output, &mut |room| {
                    fill(room, first, input, is_last)
                });
                match read {
                    Ok(0) => Ok(None),
                    Ok(read) => Ok(Some(&self.output[..read])),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }

    fn packed(&mut self, compression: Compression, first: Vec<u8>) -> io::Result<State> {
        self.output.try_resize(OUTPUT_SIZE)?;
        Ok(State::Packed(Box::new(Decoder::new(compression)), first))
    }
}

/// Moves bytes to the decoder: the first ones, then those of the input.
fn fill(
    room: &mut [u8],
    first: &mut Vec<u8>,
    input: &mut &[u8],
    is_last: bool,
) -> io::Result<usize> {
    if !first.is_empty() {
        let read = first.len().min(room.len());
        room[..read].copy_from_slice(&first[..read]);
        first.drain(..read);
        return Ok(read);
    }
    if input.is_empty() && !is_last {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    let (now, later) = input.split_at(input.len().min(room.len()));
    room[..now.len()].copy_from_slice(now);
    *input = later;
    Ok(now.len())
}
