//! Runs: records sorted by key, in frames with checksums. What is spilled, written as a partial result or kept in a state is one.
//!
//! The bytes never change, so that old files stay readable; numbers are little-endian:
//!
//! ```text
//! run     = frame* end
//! frame   = length of the body, above 0: u32 | xxh3-64 of the body: u64 | body
//! body    = record+
//! record  = length: varint | key | length: varint | value
//! end     = 0: u32 | number of records: u64
//! ```
//!
//! Keys ascend strictly through the whole run, as bytes. A varint has seven bits a byte, the lowest first; all but its last byte
//! have the highest bit set. What keys and values mean is left to those who write them.

mod merge;
mod read;
mod write;

pub use merge::{Merged, merge};
pub use read::{Damaged, Frames, RunReader, records};
pub use write::{RunWriter, push_bytes, push_varint};

/// Bytes of a frame's head: its length and its checksum.
const HEAD: usize = 12;

/// A body is as long as this, or longer by less than one record.
const BODY: usize = 32 << 10;

/// Reads a number of seven bits a byte from the front of some bytes; none if it is damaged.
pub fn take_varint(bytes: &mut &[u8]) -> Option<usize> {
    let (mut number, mut shift) = (0_u64, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        let shifted = part
            .checked_shl(shift)
            .filter(|more| more >> shift == part)?;
        number |= shifted;
        if *byte < 0x80 {
            // One number has one form.
            let is_shortest = *byte > 0 || shift == 0;
            return usize::try_from(number).ok().filter(|_| is_shortest);
        }
        shift += 7;
    }
}

/// Takes bytes with their length in front; none if they are damaged.
pub fn take_bytes<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = take_varint(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests;
