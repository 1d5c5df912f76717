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
//! Words are separated by blanks; bytes of paths that are not printable ASCII, blanks and backslashes are written as `\xNN`.

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

/// The first line, up to the version.
const MAGIC: &str = "jug state";

/// The version that is written.
const VERSION: u32 = 1;

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
    let mut text = format!("{MAGIC} {VERSION}\n");
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

fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'!'..=b'~' if *byte != b'\\' => text.push(char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}").expect("a String takes all"),
        }
    }
    text
}

fn unescape(word: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        if *byte == b'\\' {
            let digits = after.strip_prefix(b"x")?.get(..2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = &after[3..];
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    Some(bytes)
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(in crate::resume) fn sample() -> State {
        let status = |inode| Status {
            kind: Kind::File,
            device: 65_024,
            inode,
            birth: (inode % 2 == 0).then_some(1_795_737_600_123_456_789),
            size: 900,
            modified: -5,
            changed: 1_795_737_600_123_456_789,
        };
        let mark = |inode, path: &[u8]| Mark {
            path: OsString::from_vec(path.to_vec()).into(),
            status: status(inode),
            offset: 890,
            head: Head::of(b"some text"),
            tail: Digest::of(b"text"),
            samples: Samples::from_pairs(vec![(8, 7), (16, u64::MAX)]).unwrap(),
        };
        State {
            command: "follow".to_owned(),
            plan: "lines of text".to_owned(),
            logs: vec![
                LogState {
                    path: "/var/log/my app.log".into(),
                    links: Links::Refused,
                    seen: 20_784,
                    known: Known {
                        position: Some(mark(4, b"/var/log/my app.log")),
                        finished: vec![mark(5, b"/\xff\n\\"), mark(6, b"x")],
                        archives: vec![Seen { status: status(7) }],
                    },
                },
                LogState {
                    path: "current".into(),
                    links: Links::Followed,
                    seen: -1,
                    known: Known::default(),
                },
            ],
            output: Some(OutputState {
                path: "out".into(),
                length: 12,
                tail: Digest::of(b""),
            }),
        }
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        for state in [sample(), State::new("follow", "lines"), State::new("", "")] {
            let text = encode(&state);
            assert_eq!(decode(&text), Ok(state));
            assert!(
                text.iter()
                    .all(|byte| *byte == b'\n' || (b' '..=b'~').contains(byte))
            );
        }
    }

    #[test]
    fn a_state_that_was_cut_or_overwritten_at_any_place_is_damaged() {
        let text = encode(&sample());
        for length in 0..text.len() {
            let cut = decode(&text[..length]).unwrap_err();
            assert_eq!(cut == Damage::Empty, length == 0, "{length}");
            assert!(
                cut != Damage::Foreign && cut != Damage::Newer,
                "{length}: {cut}"
            );
            let mut nuls = text.clone();
            nuls[length..].fill(0);
            assert_eq!(decode(&nuls), Err(Damage::Damaged), "{length}");
            let mut flipped = text.clone();
            flipped[length] ^= 1;
            assert!(decode(&flipped).is_err(), "{length}");
        }
    }

    #[test]
    fn other_files_and_newer_states_are_distinguished() {
        assert_eq!(
            decode(b"2026-11-27 a line of a log\n"),
            Err(Damage::Foreign)
        );
        assert_eq!(decode(b"jug state 2\nanything"), Err(Damage::Newer));
        assert_eq!(decode(b"jug state 1\nanything"), Err(Damage::Damaged));
        // The checksum is right, the content is not.
        for body in [
            "nonsense 1\n",
            "log followed x p\n",
            "position 1\n",
            "command a b\n",
        ] {
            let text = format!("jug state 1\n{body}");
            let text = format!("{text}end {}\n", Digest::of(text.as_bytes()));
            assert_eq!(decode(text.as_bytes()), Err(Damage::Damaged), "{body}");
        }
    }

    proptest! {
        #[test]
        fn paths_are_kept_byte_for_byte(path in prop::collection::vec(any::<u8>(), 0..40)) {
            let escaped = escape(&path);
            prop_assert!(!escaped.contains([' ', '\n']));
            prop_assert_eq!(unescape(&escaped), Some(path));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
            let _ = decode(&[b"jug state 1\n".as_slice(), &bytes].concat());
            let _ = unescape(&String::from_utf8_lossy(&bytes));
        }
    }
}
