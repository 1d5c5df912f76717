//! `floor status FILE`: count by status, in an access log of combined format.
//!
//! What it knows: the first quote of a line is at least 41 bytes in (`1.2.3.4 - - [02/Nov/2026:00:00:00 +0000] "`), the request
//! has no quote in it, and the status has three digits. A line without a second quote was cut off.

use crate::find::{each_line, next_two};
use std::fmt::Write;
use std::io;

/// From the start of a line to its first quote, at least.
pub const PREFIX: usize = 41;
/// One counter for each number of three decimal digits.
type Counts = [u32; 1000];

/// A table of statuses and counts, by status.
pub fn run(path: &str) -> io::Result<String> {
    let counts = crate::input::segments(path, || [0; 1000], count)?;
    let mut table = "status\tcount\n".to_owned();
    for status in 0..1000 {
        let count: u32 = counts.iter().map(|part| part[status]).sum();
        if count > 0 {
            writeln!(table, "{status:03}\t{count}").map_err(io::Error::other)?;
        }
    }
    Ok(table)
}

fn count(counts: &mut Counts, lines: &[u8]) {
    each_line(lines, |line, newline| {
        // SAFETY: where the line has no quotes, the searches end at those of the next line or of the padding.
        unsafe {
            let (_, quote) = next_two(line.add(PREFIX), b'"');
            if quote < newline {
                let digit = |i: usize| usize::from(*quote.add(i) & 15);
                counts[(digit(2) * 100 + digit(3) * 10 + digit(4)).min(999)] += 1;
            }
        }
    });
}
