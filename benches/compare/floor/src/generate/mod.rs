//! `floor generate`: logs to measure with, the same bytes for the same seed on every machine.
//!
//! Nothing here depends on floating point, hash order, locale or the clock. Lines are put together from parts that are made
//! once, so a gigabyte takes about as long as writing it.

mod access;
mod calendar;
mod ndjson;
mod nested;
pub mod random;
mod sales;
mod visits;

use random::Random;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// The data that everybody measures with.
pub const SEED: u64 = 20_261_102;
/// 2026-11-02T00:00:00Z, the time of the first line.
pub const START: u64 = 1_793_577_600;
/// Bytes written at once.
const BUFFER: usize = 256 << 10;

/// Writes `--lines` lines of `what` to stdout. A reader that has gone ends it without a word.
pub fn run(what: &str, rest: &[&str]) -> io::Result<()> {
    let (lines, seed) = match *rest {
        ["--lines", lines] => (number(lines)?, SEED),
        ["--lines", lines, "--seed", seed] => (number(lines)?, number(seed)?),
        _ => return Err(io::Error::other(crate::USAGE)),
    };
    let random = Random::new(seed);
    let done = match what {
        "access" => write(lines, access::Lines::new(random)),
        "ndjson" => write(lines, ndjson::Lines::new(random)),
        "nested" => write(lines, nested::Lines::new(random)),
        "sales" => write(lines, sales::Lines::new(random)),
        "visits" => write(lines, visits::Lines::new(random)),
        _ => return Err(io::Error::other(crate::USAGE)),
    };
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Appends the next line, newline included.
trait Source {
    fn line(&mut self, out: &mut Vec<u8>);
}

fn write(lines: u64, mut source: impl Source) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let mut buffer = Vec::with_capacity(BUFFER + 4096);
    for _ in 0..lines {
        source.line(&mut buffer);
        if buffer.len() >= BUFFER {
            stdout.write_all(&buffer)?;
            buffer.clear();
        }
    }
    stdout.write_all(&buffer)?;
    stdout.flush()
}

fn number(text: &str) -> io::Result<u64> {
    text.parse()
        .map_err(|error| io::Error::other(format!("{text}: {error}")))
}

/// Appends what `Display` writes.
fn push(out: &mut Vec<u8>, value: impl Display) {
    write!(out, "{value}").expect("a Vec takes everything");
}

/// Appends a number in decimal; `Display` is too slow for every line.
fn push_number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            return out.extend_from_slice(&digits[at..]);
        }
    }
}

/// Three digits.
fn push_thousandth(out: &mut Vec<u8>, value: u64) {
    out.extend([100, 10, 1].map(|unit| b'0' + (value / unit % 10) as u8));
}

/// Sixteen hexadecimal digits.
fn push_hex(out: &mut Vec<u8>, bits: u64) {
    out.extend((0..16).map(|digit| b"0123456789abcdef"[(bits >> (60 - 4 * digit)) as usize & 15]));
}
