//! `floor nested FILE`: count, avg(rt), p99(rt) by level, in the nested NDJSON that `generate` writes.
//!
//! What it knows: the keys of a line in their order, so that `level` and `rt` follow the second value that is an object or an
//! array; strings and brackets are found by their structure, 64 bytes at a time, as in Langdale and Lemire, "Parsing gigabytes
//! of JSON per second", VLDB Journal 2019: a mask of quotes that are not escaped, the stretches between them by a prefix XOR,
//! and the brackets outside of them. Newlines cannot stand in strings.

use crate::find::mask;
use crate::level::{Levels, new_levels, table};
use std::io;

/// From the last bracket of `stack` to the first letter of the level: `],"level":"`.
const LEVEL: usize = 11;

/// The table of [`crate::level`].
pub fn run(path: &str) -> io::Result<String> {
    table(&crate::input::segments(path, new_levels, count)?)
}

const EVEN: u64 = 0x5555_5555_5555_5555;

/// What one block of 64 bytes tells the next.
#[derive(Default)]
struct Scan {
    /// 1 if the first byte of the block is escaped.
    is_escaped: u64,
    /// All ones if the block begins in a string.
    in_string: u64,
    depth: u32,
    /// How many values of depth 1 that are objects or arrays have ended in this line.
    ended: u32,
}

impl Scan {
    /// The bytes that a backslash escapes: those after an odd number of backslashes.
    #[inline(always)]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.is_escaped);
        }
        let backslashes = backslashes & !self.is_escaped;
        let follows = backslashes << 1 | self.is_escaped;
        let odd_starts = backslashes & !EVEN & !follows;
        let (even_sequences, overflow) = odd_starts.overflowing_add(backslashes);
        self.is_escaped = u64::from(overflow);
        (EVEN ^ (even_sequences << 1)) & follows
    }
}

fn count(levels: &mut Levels, lines: &[u8]) {
    let mut scan = Scan::default();
    for (block, bytes) in lines.chunks(64).enumerate() {
        let start = lines.as_ptr().wrapping_add(block * 64);
        // SAFETY: behind `lines` there is padding.
        let (quotes, backslashes, opening, closing) = unsafe {
            (
                mask(start, b'"'),
                mask(start, b'\\'),
                mask(start, b'{') | mask(start, b'['),
                mask(start, b'}') | mask(start, b']'),
            )
        };
        let quotes = quotes & !scan.escaped(backslashes);
        let strings = prefix_xor(quotes) ^ scan.in_string;
        scan.in_string = ((strings as i64) >> 63) as u64;
        let inside = if bytes.len() < 64 {
            (1 << bytes.len()) - 1
        } else {
            u64::MAX
        };
        let (opening, closing) = (opening & !strings & inside, closing & !strings & inside);
        let mut brackets = opening | closing;
        while brackets != 0 {
            let at = brackets.trailing_zeros();
            brackets &= brackets - 1;
            if opening >> at & 1 == 1 {
                scan.depth += 1;
                continue;
            }
            scan.depth -= 1;
            match scan.depth {
                0 => scan.ended = 0,
                1 => {
                    scan.ended += 1;
                    if scan.ended == 2 {
                        // SAFETY: every line ends with a level and an `rt` of three decimals.
                        unsafe { levels.add(start.add(at as usize + LEVEL)) };
                    }
                }
                _ => {}
            }
        }
    }
}

/// Each bit: the exclusive or of all bits up to it.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
