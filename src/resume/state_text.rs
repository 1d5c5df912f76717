//! The form of a state file: lines of words, and a checksum at the end, so that damage anywhere is found.
//!
//! ```text
//! jug state 1
//! command follow
//! plan lines
//! output 1200 <tail> /var/log/errors
//! log refused 20784 /var/log/app.log
//! position 1 2 - 900 1800000000000000000 900 900 <head> <tail> 8:<hash>,16:<hash> /var/log/app.log
//! end <checksum>
//! ```
//!
//! A state that has something of its command besides, as lines `kept …` before the checksum, is of version 2. Words are
//! separated by blanks; bytes of paths that are not printable ASCII, blanks and backslashes are written as `\xNN`.

#[cfg(test)]
pub(super) mod tests;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::mark::{HEAD, Head, Mark};
use super::pieces::{Known, Seen};
use super::samples::Samples;
use super::state::{LogState, OutputState, State};
use crate::io::growing::{Kind, Links, Status};
use crate::record::escaped::{escape, unescape};

/// The first line, up to the version.
const MAGIC: &str = "jug state";

/// The version of states that have something of their command, and the latest that is read.
const VERSION: u32 = 2;

/// The version of other states.
const WITHOUT_KEPT: u32 = 1;

/// What lines of the command begin with.
const KEPT: &str = "kept ";

/// Why a state file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Damage {
    #[error("it is empty")]
    Empty,
    #[error("it is not a state file")]
    Foreign,
    #[error("it was written by a newer version of jug")]
    Newer,
    #[error("it is damaged or incomplete")]
    Damaged,
}

/// The text of a state.
pub(super) fn encode(state: &State) -> Vec<u8> {
    let version = match state.kept.is_empty() {
        true => WITHOUT_KEPT,
        false => VERSION,
    };
    let mut text = format!("{MAGIC} {version}\n");
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&format!("command {}", escape(state.command.as_bytes())));
    line(&format!("plan {}", escape(state.plan.as_bytes())));
    if let Some(output) = &state.output {
        let (length, tail, path) = (output.length, output.tail, path_word(&output.path));
        line(&format!("output {length} {tail} {path}"));
    }
    for log in &state.logs {
        let links = match log.links {
            Links::Followed => "followed",
            Links::Refused => "refused",
        };
        line(&format!(
            "log {links} {} {}",
            log.seen,
            path_word(&log.path)
        ));
        if let Some(position) = &log.known.position {
            line(&mark_line("position", position));
        }
        for mark in &log.known.finished {
            line(&mark_line("finished", mark));
        }
        for archive in &log.known.archives {
            line(&format!("archive {}", status_words(&archive.status)));
        }
    }
    for kept in &state.kept {
        line(&format!("{KEPT}{kept}"));
    }
    let checksum = Digest::of(text.as_bytes());
    writeln!(text, "end {checksum}").expect("a String takes all");
    text.into_bytes()
}

fn mark_line(word: &str, mark: &Mark) -> String {
    let (status, offset, head) = (status_words(&mark.status), mark.offset, mark.head);
    let path = path_word(&mark.path);
    let samples = sample_words(&mark.samples);
    format!(
        "{word} {status} {offset} {} {} {} {samples} {path}",
        head.length, head.digest, mark.tail
    )
}

/// `8:<hash>,16:<hash>`, or `-`.
fn sample_words(samples: &Samples) -> String {
    let pairs = samples.pairs().iter();
    let words: Vec<String> = pairs
        .map(|(at, hash)| format!("{at}:{hash:016x}"))
        .collect();
    match words.is_empty() {
        true => "-".to_owned(),
        false => words.join(","),
    }
}

fn status_words(status: &Status) -> String {
    let birth = status
        .birth
        .map_or_else(|| "-".to_owned(), |birth| birth.to_string());
    let Status {
        device,
        inode,
        size,
        modified,
        changed,
        ..
    } = status;
    format!("{device} {inode} {birth} {size} {modified} {changed}")
}

fn path_word(path: &Path) -> String {
    escape(path.as_os_str().as_bytes())
}

/// The state that a text stands for.
pub(super) fn decode(text: &[u8]) -> Result<State, Damage> {
    if text.is_empty() {
        return Err(Damage::Empty);
    }
    let magic = format!("{MAGIC} ");
    let Some(version) = text.strip_prefix(magic.as_bytes()) else {
        let is_cut = magic.as_bytes().starts_with(text) || text.contains(&0);
        return Err(if is_cut {
            Damage::Damaged
        } else {
            Damage::Foreign
        });
    };
    let digits: Vec<u8> = version
        .iter()
        .copied()
        .take_while(u8::is_ascii_digit)
        .collect();
    let digits = String::from_utf8(digits).unwrap_or_default();
    let is_whole = version.get(digits.len()) == Some(&b'\n');
    if is_whole && digits.parse::<u32>().is_ok_and(|version| version > VERSION) {
        return Err(Damage::Newer);
    }
    checked(text).and_then(read).ok_or(Damage::Damaged)
}

/// The text without its last line, if the checksum there is right.
fn checked(text: &[u8]) -> Option<&str> {
    let inner = text.strip_suffix(b"\n")?;
    let last = memchr::memrchr(b'\n', inner)? + 1;
    let checksum = inner[last..].strip_prefix(b"end ")?;
    let body = &text[..last];
    (Digest::of(body).to_string().as_bytes() == checksum)
        .then(|| std::str::from_utf8(body).ok())
        .flatten()
}

fn read(text: &str) -> Option<State> {
    let mut state = State::new("", "");
    for line in text.lines().skip(1) {
        if let Some(kept) = line.strip_prefix(KEPT) {
            state.kept.push(kept.to_owned());
            continue;
        }
        let mut words = line.split(' ');
        match words.next()? {
            "command" => state.command = String::from_utf8(unescape(words.next()?)?).ok()?,
            "plan" => state.plan = String::from_utf8(unescape(words.next()?)?).ok()?,
            "output" => {
                state.output = Some(OutputState {
                    length: words.next()?.parse().ok()?,
                    tail: digest(words.next()?)?,
                    path: path(words.next()?)?,
                });
            }
            "log" => state.logs.push(LogState {
                links: match words.next()? {
                    "followed" => Links::Followed,
                    "refused" => Links::Refused,
                    _ => return None,
                },
                seen: words.next()?.parse().ok()?,
                path: path(words.next()?)?,
                known: Known::default(),
            }),
            "position" => state.logs.last_mut()?.known.position = Some(mark(&mut words)?),
            "finished" => state
                .logs
                .last_mut()?
                .known
                .finished
                .push(mark(&mut words)?),
            "archive" => {
                let status = status(&mut words)?;
                state.logs.last_mut()?.known.archives.push(Seen { status });
            }
            _ => return None,
        }
        if words.next().is_some() {
            return None;
        }
    }
    Some(state)
}

fn mark<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Mark> {
    Some(Mark {
        status: status(words)?,
        offset: words.next()?.parse().ok()?,
        head: Head {
            length: words
                .next()?
                .parse()
                .ok()
                .filter(|length| *length <= HEAD)?,
            digest: digest(words.next()?)?,
        },
        tail: digest(words.next()?)?,
        samples: samples(words.next()?)?,
        path: path(words.next()?)?,
    })
}

fn samples(word: &str) -> Option<Samples> {
    let pair = |word: &str| {
        let (at, hash) = word.split_once(':')?;
        Some((at.parse().ok()?, u64::from_str_radix(hash, 16).ok()?))
    };
    let pairs = word.split(',').filter(|word| *word != "-").map(pair);
    Samples::from_pairs(pairs.collect::<Option<Vec<(u64, u64)>>>()?)
}

fn status<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Status> {
    Some(Status {
        kind: Kind::File,
        device: words.next()?.parse().ok()?,
        inode: words.next()?.parse().ok()?,
        birth: match words.next()? {
            "-" => None,
            birth => Some(birth.parse().ok()?),
        },
        size: words.next()?.parse().ok()?,
        modified: words.next()?.parse().ok()?,
        changed: words.next()?.parse().ok()?,
    })
}

fn digest(word: &str) -> Option<Digest> {
    let mut bytes = [0; 16];
    let word = word.as_bytes();
    if word.len() != 32 {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(word.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(Digest(bytes))
}

fn path(word: &str) -> Option<PathBuf> {
    Some(OsString::from_vec(unescape(word)?).into())
}
