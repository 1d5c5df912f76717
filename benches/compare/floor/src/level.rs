//! `floor level FILE`: count, avg(rt), p99(rt) by level, in the NDJSON that `generate` writes.
//!
//! What it knows: the level begins at a fixed place and its first letter tells which it is; `rt` has three decimals, is under
//! 60 s, and the last point of a line is its. So a level's percentiles are a plain array of counters, one a millisecond.

use crate::find::{each_line, mask};
use std::fmt::Write;
use std::io;

/// From the start of a line to its level: `{"time":"2026-11-02T00:00:00.000Z","level":"`.
const LEVEL: usize = 44;
/// Milliseconds an `rt` can have.
const LIMIT: usize = 60_000;
/// Their first letters differ in their last four bits.
const LEVELS: [&str; 5] = ["debug", "error", "fatal", "info", "warn"];

/// How often each `rt`, in milliseconds, was seen with each level.
pub struct Levels(Vec<[u32; LIMIT]>);

pub fn new_levels() -> Levels {
    Levels(vec![[0; LIMIT]; 16])
}

impl Levels {
    /// Counts a line by its level, and by its `rt`, whose key follows.
    ///
    /// # Safety
    /// `level` must point to the first letter of a level, `","rt":` and a number with three decimals follow.
    #[inline(always)]
    pub unsafe fn add(&mut self, level: *const u8) {
        // SAFETY: the caller's.
        unsafe {
            // No level is longer than five letters; no `rt` is shorter than `0.000`.
            let number = level.add(mask(level, b':').trailing_zeros() as usize + 1);
            let point = number.add(mask(number, b'.').trailing_zeros() as usize);
            self.add_at(usize::from(*level & 15), point);
        }
    }

    /// # Safety
    /// `point` must be the decimal point of an `rt` with three decimals and a colon before it.
    #[inline(always)]
    unsafe fn add_at(&mut self, letter: usize, point: *const u8) {
        // SAFETY: the caller's.
        unsafe {
            let digit = |at: *const u8| usize::from(*at & 15);
            let mut ms = digit(point.add(1)) * 100
                + digit(point.add(2)) * 10
                + digit(point.add(3))
                + digit(point.sub(1)) * 1000;
            let tens = point.sub(2);
            if *tens != b':' {
                ms += digit(tens) * 10_000;
            }
            self.0[letter][ms.min(LIMIT - 1)] += 1;
        }
    }
}

/// A table of levels, by name. Percentile: nearest rank. Average: exact until it is printed.
pub fn run(path: &str) -> io::Result<String> {
    table(&crate::input::segments(path, new_levels, count)?)
}

/// The counts of all threads as a table.
pub fn table(parts: &[Levels]) -> io::Result<String> {
    let mut table = "level\tcount\tavg_rt\tp99_rt\n".to_owned();
    for level in LEVELS {
        let letter = usize::from(level.as_bytes()[0] & 15);
        let counts: Vec<u64> = (0..LIMIT)
            .map(|ms| parts.iter().map(|part| u64::from(part.0[letter][ms])).sum())
            .collect();
        let count: u64 = counts.iter().sum();
        if count == 0 {
            continue;
        }
        let sum: u64 = counts.iter().zip(0..).map(|(count, ms)| count * ms).sum();
        let rank = (count * 99).div_ceil(100);
        let mut seen = 0;
        let p99 = counts.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        let (average, p99) = (
            sum as f64 / count as f64 / 1e3,
            p99.unwrap_or(LIMIT) as f64 / 1e3,
        );
        writeln!(table, "{level}\t{count}\t{average}\t{p99}").map_err(io::Error::other)?;
    }
    Ok(table)
}

fn count(levels: &mut Levels, lines: &[u8]) {
    each_line(lines, |line, newline| {
        // SAFETY: every line has a level and a point, in these places.
        unsafe {
            let mut point = newline.sub(5);
            while *point != b'.' {
                point = point.sub(1);
            }
            levels.add_at(usize::from(*line.add(LEVEL) & 15), point);
        }
    });
}
