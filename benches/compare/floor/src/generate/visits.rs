//! Visits in CSV with a header, for many groups: 4 million rows are about 160 MB.
//!
//! A quarter of the rows bring a new `visitor`, three quarters a new `session`, the others repeat an earlier one: 4 million rows
//! have exactly a million visitors and 3 million sessions, in an order that no cache can foresee.

use super::random::Random;
use super::{Source, push_hex, push_number};

pub struct Lines {
    random: Random,
    row: u64,
    visitors: u64,
    sessions: u64,
}

impl Lines {
    pub fn new(random: Random) -> Self {
        Self {
            random,
            row: 0,
            visitors: 0,
            sessions: 0,
        }
    }
}

/// A name for a number; different for different numbers, because each step can be undone.
fn name(number: u64) -> u64 {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// The number of a new name if `is_new`, otherwise of one that was there.
fn draw(random: &mut Random, names: &mut u64, is_new: bool) -> u64 {
    if is_new {
        *names += 1;
        *names - 1
    } else {
        random.below(*names as usize) as u64
    }
}

impl Source for Lines {
    fn line(&mut self, out: &mut Vec<u8>) {
        if self.row == 0 {
            out.extend_from_slice(b"visitor,session,bytes\n");
        }
        let is_visitor = self.row.is_multiple_of(4);
        let visitor = draw(&mut self.random, &mut self.visitors, is_visitor);
        let session = draw(&mut self.random, &mut self.sessions, !is_visitor);
        self.row += 1;
        push_hex(out, name(visitor));
        out.push(b',');
        push_hex(out, name(!session));
        out.push(b',');
        push_number(out, 64 + self.random.below(1 << 16) as u64);
        out.push(b'\n');
    }
}
