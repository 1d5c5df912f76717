//! Files in the format of gitignore(5), read line by line.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::SelectError;
use super::class::translated;
use crate::error::Plain;
use crate::io::confined;
use crate::io::source::{InputName, read_whole};

/// The largest ignore file that is read, in bytes, so that a file in a tree cannot fill the memory.
const MAX_SIZE: usize = 16 << 20;

/// Why some rules do not apply; the others do. To be reported as a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The ignore file.
    pub file: PathBuf,
    /// The line, counted from 1, if it is about one.
    pub line: Option<usize>,
    /// Whether the file could not be read, so that entries may be there that should be ignored.
    pub is_unread: bool,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", InputName::Path(self.file.clone()))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Rules from a file named on the command line.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read_named(
    path: &Path,
    problems: &mut Vec<Problem>,
) -> Result<Gitignore, SelectError> {
    let name = InputName::from_arg(path.into());
    let text = read_whole(&name, MAX_SIZE).and_then(|text| match text.len() {
        0..=MAX_SIZE => Ok(text),
        _ => Err(io::ErrorKind::FileTooLarge.into()),
    });
    match text {
        Ok(text) => Ok(parse(&text, path, problems)),
        Err(error) => Err(SelectError::reading(path, error)),
    }
}

/// The rules in a repository's `info/exclude`.
pub(super) fn read_exclude(top: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    let git = top.join(".git");
    // In a linked working tree or a submodule it is a file that points to the rest; see gitrepository-layout(5).
    let elsewhere = path_in(&git, b"gitdir:").map(|directory| top.join(directory));
    let directory = match elsewhere {
        None => git,
        Some(private) => match path_in(&private.join("commondir"), b"") {
            Some(common) => private.join(common),
            None => private,
        },
    };
    read_trusted(&directory.join("info/exclude"), problems)
}

/// Whether a directory is the top of a repository, as git finds out: its `.git` is a directory with a HEAD, or a file.
pub(super) fn is_top(directory: &Path) -> bool {
    let git = directory.join(".git");
    match git.symlink_metadata() {
        Ok(found) if found.is_file() => true,
        Ok(_) => git.join("HEAD").symlink_metadata().is_ok(),
        Err(_) => false,
    }
}

/// The path in a file of one line, after a prefix.
fn path_in(file: &Path, prefix: &[u8]) -> Option<PathBuf> {
    let text = confined::read_file(file, MAX_SIZE).ok()?;
    let path = text.strip_prefix(prefix)?.trim_ascii();
    Some(PathBuf::from(OsStr::from_bytes(path)))
}

/// Rules from a file of the user, which may be a link; none if there is no such file.
pub(super) fn read_trusted(path: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    match path.canonicalize() {
        Ok(real) => read_in_tree(&real, problems),
        Err(error) => unread(path, &error, problems),
    }
}

/// Rules from a file in a tree, which anyone may have put there: no link is followed, no FIFO opened.
pub(super) fn read_in_tree(path: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    match confined::read_file(path, MAX_SIZE) {
        Ok(text) => parse(&text, path, problems),
        Err(error) => unread(path, &error, problems),
    }
}

fn unread(path: &Path, error: &io::Error, problems: &mut Vec<Problem>) -> Gitignore {
    // Anything but a regular file holds no rules: /dev/null is a common way to have none.
    let holds_none = matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput
    );
    if !holds_none {
        problems.push(Problem {
            file: path.to_owned(),
            line: None,
            is_unread: true,
            reason: Plain(error).to_string(),
        });
    }
    Gitignore::empty()
}

/// The rules in a text. They apply to paths relative to the directory of the file.
fn parse(text: &[u8], file: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    let mut report = |line, reason| {
        problems.push(Problem {
            file: file.to_owned(),
            line,
            is_unread: false,
            reason,
        });
    };
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let added = match std::str::from_utf8(line) {
            Ok(line) if line.contains("//") && !line.starts_with('#') => {
                Err("matches nothing, because paths do not contain //".to_owned())
            }
            Ok(line) if line.contains("\\/") || line.contains("***") => {
                Err("a pattern with \\/ or *** does not apply".to_owned())
            }
            Ok(line) => match translated(&with_plain_braces(line)) {
                Some(line) => builder
                    .add_line(None, &line)
                    .map(|_| ())
                    .map_err(|error| error.to_string()),
                None => Err("matches nothing, because a class is empty".to_owned()),
            },
            Err(_) => Err("the pattern is not UTF-8".to_owned()),
        };
        if let Err(reason) = added {
            report(Some(index + 1), reason);
        }
    }
    builder.build().unwrap_or_else(|error| {
        report(None, error.to_string());
        Gitignore::empty()
    })
}

/// The pattern with braces escaped: in git they are ordinary characters, in the library `{a,b}` is an alternative.
fn with_plain_braces(line: &str) -> Cow<'_, str> {
    if !line.contains(['{', '}']) {
        return line.into();
    }
    let mut out = String::with_capacity(line.len() + 4);
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => class(rest).unwrap_or(1),
            '{' | '}' => {
                out.push('\\');
                1
            }
            _ => letter.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.into()
}

/// The length of the character class, such as `[!a-z]`, at the start of a text.
fn class(text: &str) -> Option<usize> {
    let start = 1 + usize::from(text[1..].starts_with(['!', '^']));
    // A bracket right at the start belongs to the class.
    let first = start + usize::from(text[start..].starts_with(']'));
    text[first..].find(']').map(|end| first + end + 1)
}
