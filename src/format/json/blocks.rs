//! Finding one's way in a line of JSON by masks of 64 bytes: where strings end, and where objects and arrays end.
//!
//! After Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 2019, but on demand: a block is looked at
//! when the scan comes to it, its brackets only where a value in brackets is skipped.

use super::scan::{Cursor, ENDS_EARLY, InvalidJson, invalid};
use crate::io::masks::{BLOCK, Masks};

/// A line, and the masks of one of its blocks. Answers are asked for from left to right.
///
/// Outside strings a backslash escapes nothing, which the masks do not know. After one, [`Blocks::is_exact`] says that the
/// answers may be wrong.
pub(in crate::format) struct Blocks<'a, 'p, M> {
    masks: M,
    line: &'a [u8],
    /// Room for a line that is shorter than a block.
    room: Option<&'p mut [u8; BLOCK]>,
    /// The block whose masks these are.
    block: &'p [u8; BLOCK],
    /// How many of its bytes belong to the block before: the last 64 bytes of a line are its last block.
    shift: u32,
    /// Where the next block begins.
    next: usize,
    /// Quotes that begin or end a string.
    quotes: u64,
    backslashes: u64,
    /// Bytes in strings, with the quotes before them.
    strings: u64,
    /// 1 if the first byte of the next block is escaped.
    next_is_escaped: u64,
    /// Not 0 after a backslash outside strings.
    stray: u64,
}

impl<'a: 'p, 'p, M: Masks> Blocks<'a, 'p, M> {
    /// The room is 64 zeros.
    #[inline(always)]
    pub(in crate::format) fn new(
        masks: M,
        line: &'a [u8],
        room: &'p mut [u8; BLOCK],
    ) -> Blocks<'a, 'p, M> {
        Blocks {
            masks,
            line,
            room: Some(room),
            block: &[0; BLOCK],
            shift: 0,
            next: 0,
            quotes: 0,
            backslashes: 0,
            strings: 0,
            next_is_escaped: 0,
            stray: 0,
        }
    }

    /// Whether all answers are right.
    #[inline(always)]
    pub(in crate::format) fn is_exact(&self) -> bool {
        self.stray == 0
    }

    /// Goes on to the block with a place.
    #[inline(always)]
    fn advance_to(&mut self, place: usize) -> Result<(), InvalidJson> {
        while place >= self.next {
            self.advance()?;
        }
        Ok(())
    }

    /// Goes on to the next block.
    #[inline(always)]
    fn advance(&mut self) -> Result<(), InvalidJson> {
        match self.line.get(self.next..).and_then(<[u8]>::first_chunk) {
            Some(block) => self.block = block,
            None if self.next < self.line.len() => self.block = self.last(),
            None => return invalid(self.line, self.line.len(), ENDS_EARLY),
        }
        let (quotes, backslashes) = self.masks.quotes(self.block);
        self.next += BLOCK;
        self.backslashes = backslashes >> self.shift;
        self.quotes = quotes >> self.shift & !self.escaped(self.backslashes);
        // All ones if the block begins in a string: the last byte of the one before is in it.
        let in_string = 0_u64.wrapping_sub(self.strings >> 63);
        self.strings = self.masks.prefix_xor(self.quotes) ^ in_string;
        self.stray |= self.backslashes & !self.strings;
        Ok(())
    }

    /// The place of the first of these bytes of the block.
    #[inline(always)]
    fn place(&self, bits: u64) -> usize {
        self.next - BLOCK + bits.trailing_zeros() as usize
    }

    /// The block with the end of the line, which is not a multiple of blocks long.
    #[inline(always)]
    fn last(&mut self) -> &'p [u8; BLOCK] {
        if let Some(block) = self.line.last_chunk() {
            self.shift = (BLOCK - self.line.len() % BLOCK) as u32;
            return block;
        }
        match self.room.take() {
            Some(room) => {
                room[..self.line.len()].copy_from_slice(self.line);
                room
            }
            None => self.block,
        }
    }

    /// The bytes that a backslash escapes: those after an odd number of backslashes.
    #[inline(always)]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let escaping = backslashes & !self.next_is_escaped;
        // A borrow runs through each sequence of backslashes: it leaves the even places of one that begins at an even place
        // and the odd places of one that begins at an odd place, with the byte after it if their number is odd.
        let alternating = ((escaping << 1 | ODD).wrapping_sub(escaping)) ^ ODD;
        let escaped = alternating ^ (backslashes | self.next_is_escaped);
        self.next_is_escaped = (alternating & backslashes) >> 63;
        escaped
    }
}

impl<'a: 'p, 'p, M: Masks> Cursor<'a> for Blocks<'a, 'p, M> {
    #[inline(always)]
    fn line(&self) -> &'a [u8] {
        self.line
    }

    #[inline(always)]
    fn string(&mut self, from: usize) -> Result<(usize, bool), InvalidJson> {
        self.advance_to(from)?;
        let mut wanted = u64::MAX << (from % BLOCK);
        let mut escapes = 0;
        loop {
            let quotes = self.quotes & wanted;
            if quotes != 0 {
                let before = quotes.wrapping_sub(1) & !quotes;
                escapes |= self.backslashes & wanted & before;
                return Ok((self.place(quotes), escapes != 0));
            }
            escapes |= self.backslashes & wanted;
            wanted = u64::MAX;
            self.advance()?;
        }
    }

    #[inline(always)]
    fn skip_string(&mut self, from: usize) -> Result<usize, InvalidJson> {
        self.advance_to(from)?;
        let mut quotes = self.quotes & u64::MAX << (from % BLOCK);
        while quotes == 0 {
            self.advance()?;
            quotes = self.quotes;
        }
        Ok(self.place(quotes))
    }

    #[inline(always)]
    fn container(&mut self, at: usize) -> Result<usize, InvalidJson> {
        self.advance_to(at)?;
        let mut wanted = u64::MAX << (at % BLOCK);
        let mut depth = 0;
        loop {
            let outside = (wanted & !self.strings) << self.shift;
            wanted = u64::MAX;
            let (opening, closing) = self.masks.brackets(self.block);
            let (opening, mut closing) = (opening & outside, closing & outside);
            let (opened, closed) = (opening.count_ones(), closing.count_ones());
            // The bracket that ends the value can only be here if at least `depth` brackets close.
            if closed >= depth {
                let mut closed = 0;
                while closing != 0 {
                    let bit = closing & closing.wrapping_neg();
                    let opened = (opening & (bit - 1)).count_ones();
                    closed += 1;
                    if depth + opened == closed {
                        return Ok(self.place(bit >> self.shift) + 1);
                    }
                    closing ^= bit;
                }
            }
            depth = depth + opened - closed;
            self.advance()?;
        }
    }
}
