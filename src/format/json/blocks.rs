//! Finding one's way in a line of JSON by masks of 64 bytes: where strings end, and where objects and arrays end.
//!
//! After Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 2019, but on demand: a block is looked at
//! when the scan comes to it, its brackets only where a value in brackets is skipped.

use super::scan::{Cursor, ENDS_EARLY, Fault, fault};
use crate::io::masks::{BLOCK, Masks};

/// A line, and the masks of one of its blocks. Answers are asked for from left to right.
///
/// The bytes between strings must not be backslashes: there they escape nothing, which the masks do not know. Where there is
/// one, [`Blocks::is_exact`] says that the answers may be wrong.
pub(super) struct Blocks<'a, M> {
    masks: M,
    line: &'a [u8],
    /// Where the next block begins. The masks are those of the one before.
    next: usize,
    /// Quotes that begin or end a string.
    quotes: u64,
    backslashes: u64,
    /// All ones if the block begins in a string.
    in_string: u64,
    /// The same of the next block.
    next_in_string: u64,
    /// 1 if the first byte of the next block is escaped.
    next_is_escaped: u64,
    is_exact: bool,
}

impl<'a, M: Masks> Blocks<'a, M> {
    #[inline(always)]
    pub(super) fn new(masks: M, line: &'a [u8]) -> Blocks<'a, M> {
        Blocks {
            masks,
            line,
            next: 0,
            quotes: 0,
            backslashes: 0,
            in_string: 0,
            next_in_string: 0,
            next_is_escaped: 0,
            is_exact: true,
        }
    }

    /// Whether all answers are right.
    #[inline(always)]
    pub(super) fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// A block with the bytes from `start` on, which is in the line, and how many bytes of it are before them. In a line that
    /// is shorter than a block, zeros follow in `padded`.
    #[inline(always)]
    fn window<'b>(&self, start: usize, padded: &'b mut [u8; BLOCK]) -> (&'b [u8; BLOCK], usize)
    where
        'a: 'b,
    {
        let rest = &self.line[start..];
        if let Some(block) = rest.first_chunk() {
            return (block, 0);
        }
        // The end of a line is looked at together with what is before it, which costs no copy.
        if let Some(last) = self.line.last_chunk() {
            return (last, BLOCK - rest.len());
        }
        padded[..rest.len()].copy_from_slice(rest);
        (padded, 0)
    }

    /// Goes on to the next block; false at the end of the line.
    #[inline(always)]
    fn advance(&mut self) -> bool {
        if self.next >= self.line.len() {
            return false;
        }
        let mut padded = [0; BLOCK];
        let (window, before) = self.window(self.next, &mut padded);
        let (quotes, backslashes) = self.masks.quotes(window);
        let (quotes, backslashes) = (quotes >> before, backslashes >> before);
        self.next += BLOCK;
        self.backslashes = backslashes;
        self.in_string = self.next_in_string;
        self.quotes = quotes & !self.escaped(backslashes);
        // Each quote begins a string or ends one.
        self.next_in_string ^= 0_u64.wrapping_sub(u64::from(self.quotes.count_ones() & 1));
        if backslashes != 0 && backslashes & !self.strings() != 0 {
            self.is_exact = false;
        }
        true
    }

    /// The bytes that a backslash escapes: those behind an odd number of backslashes.
    #[inline(always)]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        if backslashes == 0 {
            return std::mem::take(&mut self.next_is_escaped);
        }
        let backslashes = backslashes & !self.next_is_escaped;
        let follows = backslashes << 1 | self.next_is_escaped;
        // A carry runs through each sequence that begins at an odd place, and ends behind it.
        let odd_starts = backslashes & !EVEN & !follows;
        let (sums, overflows) = odd_starts.overflowing_add(backslashes);
        self.next_is_escaped = u64::from(overflows);
        (EVEN ^ sums << 1) & follows
    }

    /// The bytes of the block that are in strings, with the quotes before them.
    #[inline(always)]
    fn strings(&self) -> u64 {
        let mut bits = self.quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            bits ^= bits << shift;
        }
        bits ^ self.in_string
    }

    /// Goes on to the block in which a byte is; gives the bits of it and of what follows. None behind the end of the line.
    #[inline(always)]
    fn reach(&mut self, at: usize) -> Option<u64> {
        while at >= self.next {
            if !self.advance() {
                return None;
            }
        }
        Some(u64::MAX << (at + BLOCK - self.next))
    }
}

impl<'a, M: Masks> Cursor<'a> for Blocks<'a, M> {
    #[inline(always)]
    fn line(&self) -> &'a [u8] {
        self.line
    }

    #[inline(always)]
    fn string(&mut self, from: usize) -> Result<(usize, bool), Fault> {
        let end = self.line.len();
        let Some(mut wanted) = self.reach(from) else {
            return fault(self.line, end, ENDS_EARLY);
        };
        let mut escapes = 0;
        loop {
            let quotes = self.quotes & wanted;
            if quotes != 0 {
                let before = quotes.wrapping_sub(1) & !quotes;
                escapes |= self.backslashes & wanted & before;
                let place = quotes.trailing_zeros() as usize;
                return Ok((self.next - BLOCK + place, escapes != 0));
            }
            escapes |= self.backslashes & wanted;
            wanted = u64::MAX;
            if !self.advance() {
                return fault(self.line, end, ENDS_EARLY);
            }
        }
    }

    #[inline(always)]
    fn container(&mut self, at: usize) -> Result<usize, Fault> {
        let end = self.line.len();
        let Some(mut wanted) = self.reach(at) else {
            return fault(self.line, end, ENDS_EARLY);
        };
        let mut depth = 0;
        loop {
            let start = self.next - BLOCK;
            let outside = wanted & !self.strings();
            let mut padded = [0; BLOCK];
            let (window, before) = self.window(start, &mut padded);
            let (opening, closing) = self.masks.brackets(window);
            let opening = opening >> before & outside;
            let mut closing = closing >> before & outside;
            let (opened, closed) = (opening.count_ones(), closing.count_ones());
            // Only where so many brackets close can the last of them be among these.
            if closed >= depth {
                let mut closed = 0;
                while closing != 0 {
                    let bit = closing & closing.wrapping_neg();
                    let opened = (opening & (bit - 1)).count_ones();
                    closed += 1;
                    if depth + opened == closed {
                        return Ok(start + bit.trailing_zeros() as usize + 1);
                    }
                    closing ^= bit;
                }
            }
            depth = depth + opened - closed;
            wanted = u64::MAX;
            if !self.advance() {
                return fault(self.line, end, ENDS_EARLY);
            }
        }
    }
}
