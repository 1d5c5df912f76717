//! The stages, one file each: its arguments, what it does, its spec with examples, its tests.
//!
//! To add one: the file, a `mod` line and a line in [`STAGES`]. The laws, the help, the manual and the completions come from
//! this list.

mod base64;
mod bytes;
mod case;
mod codes;
mod compute;
mod count;
mod cut;
mod dedup;
mod exec;
mod fixed;
mod from;
mod gzip;
mod hash;
mod head;
mod hex;
#[cfg(test)]
mod laws;
mod lines;
mod matching;
mod pack;
mod qs;
mod replace;
#[cfg(test)]
mod round_trips;
mod save;
mod slice;
mod spy;
mod sse;
mod table;
mod tail;
mod tally;
mod tee;
mod throttle;
mod tick;
mod timeout;
mod to;
mod ts;
mod unpack;
mod url;
mod where_;
mod zstd;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;

use super::failure::{Failure, FailureKind};
use super::spec::{Refused, Spec};
use crate::error::Plain;
use crate::expr::literals;
use crate::format::records;

/// All stages, by name.
pub static STAGES: &[&Spec] = &[
    &base64::SPEC,
    &bytes::SPEC,
    &codes::SPEC,
    &count::SPEC,
    &cut::SPEC,
    &dedup::SPEC,
    &exec::SPEC,
    &from::SPEC,
    &gzip::SPEC,
    &hash::SPEC,
    &head::SPEC,
    &hex::SPEC,
    &compute::LET,
    &lines::SPEC,
    &case::LOWER,
    &matching::SPEC,
    &qs::SPEC,
    &fixed::SPEC,
    &replace::SPEC,
    &save::SPEC,
    &compute::SELECT,
    &slice::SPEC,
    &spy::SPEC,
    &sse::SPEC,
    &tail::SPEC,
    &tally::SPEC,
    &tee::SPEC,
    &throttle::SPEC,
    &tick::SPEC,
    &timeout::SPEC,
    &to::SPEC,
    &ts::SPEC,
    &unpack::SPEC,
    &case::UPPER,
    &url::SPEC,
    &where_::SPEC,
    &zstd::SPEC,
];

/// The failure of a file that a stage cannot write.
fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let kind = match error.kind() {
        // A signal asked to stop while nobody read what was written.
        io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => FailureKind::Stopped,
        _ => FailureKind::Abort,
    };
    Failure::of_kind(kind, format!("{}: {}", path.display(), Plain(error)))
}

/// A file to write. `-` would be standard output, where the stream goes anyway.
fn output_file(text: &OsStr) -> Result<PathBuf, Refused> {
    match text == "-" {
        true => {
            Err(Refused::new("'-' is not a file here").hint("write ./- for a file of this name"))
        }
        false => Ok(PathBuf::from(text)),
    }
}

/// A size above zero that fits in memory, such as `512` or `4K`.
fn size(text: &str) -> Result<usize, String> {
    match usize::try_from(literals::size(text)?) {
        Ok(0) => Err("the size must be larger than zero".to_owned()),
        Ok(size) => Ok(size),
        Err(_) => Err("the size is too large".to_owned()),
    }
}

/// A byte between cells: a character of ASCII, or `\t`.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] => Err("it has a meaning of its own in CSV".to_owned()),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one character of ASCII".to_owned()),
    }
}

/// The formats of records, as values of an argument.
fn format_values(is_listed: fn(&records::Spec) -> bool) -> Vec<PossibleValue> {
    let formats = records::FORMATS.iter().filter(|spec| is_listed(spec));
    formats
        .map(|spec| PossibleValue::new(spec.name).help(spec.summary))
        .collect()
}
