//! `floor`: throw-away programs, one a job, each knowing exactly one kind of data.
//!
//! They answer the same questions as jug does in the comparisons and nothing else: no query, no format detection, no
//! accounting of bad lines, no bounds on memory. What they need is what the hardware needs, give or take; jug, which is
//! general, is measured against them. Their answers are right, so they are also the oracle for everybody else's.
//!
//! `generate` writes the data, the same bytes for the same seed on every machine; `tree` makes directories full of files in the
//! same manner, and `names`, `names-ordered` and `stats` walk through them (see [`walk`]).
//!
//! Two settings for finding out how to read fastest on a machine, both read from the environment:
//! `FLOOR_IO=mmap|populate|release|pread` and `FLOOR_SEGMENT=BYTES` (see [`input`]).

mod count;
mod find;
mod generate;
mod grep;
mod inflate;
mod input;
mod level;
mod nested;
mod path_bytes;
mod status;
mod top;
mod tree;
mod walk;

use std::io::{self, Write};
use std::process::ExitCode;

const USAGE: &str = "\
usage: floor generate access|ndjson|nested|sales|visits --lines N [--seed S]
       floor status|path-bytes|level|nested|top|count FILE
       floor inflate FILE.gz
       floor grep TEXT FILE
       floor tree wide|deep DIR
       floor names|names-ordered|stats DIR";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["generate", what, ref rest @ ..] => generate::run(what, rest),
        ["status", file] => status::run(file).and_then(print),
        ["path-bytes", file] => path_bytes::run(file).and_then(print),
        ["level", file] => level::run(file).and_then(print),
        ["nested", file] => nested::run(file).and_then(print),
        ["top", file] => top::run(file).and_then(print),
        ["count", file] => count::run(file).and_then(print),
        ["inflate", file] => inflate::run(file).and_then(print),
        ["grep", text, file] => grep::run(text, file).and_then(print),
        ["tree", shape, directory] => tree::run(shape, directory),
        ["names", directory] => walk::unordered::names(directory),
        ["names-ordered", directory] => walk::ordered::names(directory),
        ["stats", directory] => walk::unordered::stats(directory),
        _ => Err(io::Error::other(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Writes a finished table in one call.
fn print(table: String) -> io::Result<()> {
    io::stdout().write_all(table.as_bytes())
}
