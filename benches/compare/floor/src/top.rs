//! `floor top FILE`: the ten largest `bytes`, in an access log of combined format.
//!
//! What it knows: what [`crate::status`] does. A thread keeps its ten largest in a heap; nearly every line is compared with the
//! smallest of them and forgotten.

use crate::find::{each_line, next_two};
use crate::path_bytes::number;
use crate::status::PREFIX;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write;
use std::io;

const TOP: usize = 10;

/// A column of the numbers, the largest first.
pub fn run(path: &str) -> io::Result<String> {
    let parts = crate::input::segments(path, BinaryHeap::new, add)?;
    let mut all: Vec<u64> = parts
        .into_iter()
        .flatten()
        .map(|Reverse(bytes)| bytes)
        .collect();
    all.sort_unstable_by(|one, other| other.cmp(one));
    let mut table = "bytes\n".to_owned();
    for bytes in all.iter().take(TOP) {
        writeln!(table, "{bytes}").map_err(io::Error::other)?;
    }
    Ok(table)
}

fn add(top: &mut BinaryHeap<Reverse<u64>>, lines: &[u8]) {
    each_line(lines, |line, newline| {
        // SAFETY: where the line has no quotes, the searches end at those of the next line or of the padding.
        let bytes = unsafe {
            let (_, quote) = next_two(line.add(PREFIX), b'"');
            if quote > newline {
                return;
            }
            number(quote.add(6))
        };
        if top.len() < TOP {
            top.push(Reverse(bytes));
        } else if let Some(mut smallest) = top.peek_mut()
            && smallest.0 < bytes
        {
            *smallest = Reverse(bytes);
        }
    });
}
