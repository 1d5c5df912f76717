//! Where ignore rules come from: files named on the command line, a repository, the user's own settings of git.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

use super::Pruning;
use super::rules::{Base, Level, Repository, Rules};
use crate::dirs::{Directory, Engine};
use crate::error::{Error, Plain, Result};
use crate::io::confined;
use crate::io::source::{InputName, read_whole};

/// No file of rules is longer, in bytes; so that a tree of strangers cannot fill the memory.
const MOST: usize = 16 << 20;

/// Rules that hold in all roots.
#[derive(Clone, Debug)]
pub struct Ignores {
    /// Those of files named on the command line, later ones weightier.
    pub(super) files: Arc<[Gitignore]>,
    /// Those of the user's own file.
    pub(super) global: Arc<Gitignore>,
    pub(super) heeds_gitignore: bool,
}

/// Why some rules do not hold. To be warned about: the others do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file with rules.
    pub file: PathBuf,
    /// Which line, counted from 1, if it is about one.
    pub line: Option<usize>,
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

impl Ignores {
    /// Reads what holds everywhere.
    ///
    /// # Errors
    /// If a file named on the command line cannot be read.
    pub fn read(pruning: &Pruning, problems: &mut Vec<Problem>) -> Result<Ignores> {
        let global = pruning.heeds_gitignore.then(gitconfig_excludes_path);
        Ignores::read_with(pruning, global.flatten().as_deref(), problems)
    }

    /// The same with another file for the user's own.
    pub(super) fn read_with(
        pruning: &Pruning,
        global: Option<&Path>,
        problems: &mut Vec<Problem>,
    ) -> Result<Ignores> {
        let mut files = Vec::new();
        for path in &pruning.ignore_files {
            let name = InputName::from_arg(path.into());
            let text = read_whole(&name, MOST)
                .and_then(|text| match text.len() {
                    0..=MOST => Ok(text),
                    _ => Err(io::ErrorKind::FileTooLarge.into()),
                })
                .map_err(|error| Error::reading(path, error))?;
            files.push(patterns(&text, path, problems));
        }
        let global = global.map(|path| read_trusted(path, problems));
        Ok(Ignores {
            files: files.into(),
            global: Arc::new(global.unwrap_or_else(Gitignore::empty)),
            heeds_gitignore: pruning.heeds_gitignore,
        })
    }

    /// The rules that hold where a walk begins, by the directories above it: up to the top of the repository that it is in.
    /// [`Rules::enter`] adds those of the root itself.
    pub fn at_root(&self, root: &[u8], problems: &mut Vec<Problem>) -> Arc<Rules> {
        let root = Path::new(OsStr::from_bytes(root));
        let above = match root.canonicalize() {
            Ok(root) if self.heeds_gitignore => above_in_repository(&root),
            _ => Vec::new(),
        };
        let (exclude, base) = match above.last() {
            Some((top, base)) => (exclude(top, problems), base.clone()),
            None => (Gitignore::empty(), Base::default()),
        };
        let mut innermost = None;
        for (directory, base) in above.into_iter().rev() {
            let patterns = read_in_tree(&directory.join(".gitignore"), problems);
            if !patterns.is_empty() {
                innermost = Some(Level::new(innermost, patterns, base));
            }
        }
        Rules::new(self.clone(), Repository { exclude, base }, innermost)
    }
}

/// The directories above a root that belong to the same repository, from the nearest to the top. None if the root is a top
/// itself, or in no repository.
fn above_in_repository(root: &Path) -> Vec<(PathBuf, Base)> {
    let mut found = Vec::new();
    let mut way = Vec::new();
    let mut at = root;
    while !is_top(at) {
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
            return Vec::new();
        };
        way.splice(..0, name.as_bytes().iter().copied().chain([b'/']));
        found.push((parent.to_owned(), Base::above(&way)));
        at = parent;
    }
    found
}

fn is_top(directory: &Path) -> bool {
    let git = directory.join(".git");
    let path = git.as_os_str().as_bytes();
    let stat = Directory::working(Engine::BEST).stat(path, path, true);
    stat.is_ok()
}

/// The rules of a repository's `info/exclude`.
pub(super) fn exclude(top: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    let git = top.join(".git");
    // In a linked working tree or a submodule it is a file that says where the rest is; see gitrepository-layout(5).
    let elsewhere = named_in(&git, b"gitdir:").map(|directory| top.join(directory));
    let directory = match elsewhere {
        None => git,
        Some(private) => match named_in(&private.join("commondir"), b"") {
            Some(common) => private.join(common),
            None => private,
        },
    };
    read_trusted(&directory.join("info/exclude"), problems)
}

/// The path in a file of one line, after a word.
fn named_in(file: &Path, word: &[u8]) -> Option<PathBuf> {
    let text = confined::read_file(file, MOST).ok()?;
    let path = text.strip_prefix(word)?.trim_ascii();
    Some(PathBuf::from(OsStr::from_bytes(path)))
}

/// Rules from a file of the user's, which may be a link; none if there is no such file.
fn read_trusted(path: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    match path.canonicalize() {
        Ok(real) => read_in_tree(&real, problems),
        Err(error) => not_read(path, &error, problems),
    }
}

/// Rules from a file in a tree, which anybody may have put there: no link is followed, no FIFO waited for.
pub(super) fn read_in_tree(path: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    match confined::read_file(path, MOST) {
        Ok(text) => patterns(&text, path, problems),
        Err(error) => not_read(path, &error, problems),
    }
}

fn not_read(path: &Path, error: &io::Error, problems: &mut Vec<Problem>) -> Gitignore {
    // What is no regular file holds no rules: people name /dev/null for none.
    let holds_none = matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput
    );
    if !holds_none {
        problems.push(Problem {
            file: path.to_owned(),
            line: None,
            reason: Plain(error).to_string(),
        });
    }
    Gitignore::empty()
}

/// Rules from text, relative to whatever they are asked about.
fn patterns(text: &[u8], file: &Path, problems: &mut Vec<Problem>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    let mut tell = |line, reason| {
        problems.push(Problem {
            file: file.to_owned(),
            line,
            reason,
        });
    };
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let added = match std::str::from_utf8(line) {
            Ok(line) if line.contains("//") && !line.starts_with('#') => {
                Err("no path has an empty part, so nothing is ignored by this".to_owned())
            }
            Ok(line) => builder
                .add_line(None, &with_plain_braces(line))
                .map(|_| ())
                .map_err(|error| error.to_string()),
            Err(_) => Err("the pattern is not UTF-8".to_owned()),
        };
        if let Err(reason) = added {
            tell(Some(index + 1), reason);
        }
    }
    builder.build().unwrap_or_else(|error| {
        tell(None, error.to_string());
        Gitignore::empty()
    })
}

/// The pattern for a library to which `{a,b}` means two patterns; to git braces are letters.
fn with_plain_braces(line: &str) -> std::borrow::Cow<'_, str> {
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

/// The length of the class, such as `[!a-z]`, that a text begins with.
fn class(text: &str) -> Option<usize> {
    let start = 1 + usize::from(text[1..].starts_with(['!', '^']));
    // A bracket that closes is no end right at the beginning.
    let first = start + usize::from(text[start..].starts_with(']'));
    text[first..].find(']').map(|end| first + end + 1)
}
