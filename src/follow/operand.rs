//! The logs that paths and globs name.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::io::growing::{Kind, Links};
use crate::resume::{Files, Place, is_rotated_name, without_packing};
use crate::select::{InvalidGlob, Pattern, Patterns};

/// Characters that make a word a glob.
const SPECIAL: [char; 3] = ['*', '?', '['];

/// Logs that a user names.
#[derive(Debug)]
pub enum Operand {
    /// One log, and whether its rotated files that are there at the beginning belong to it.
    Path(PathBuf, bool),
    /// Those whose paths match, part by part.
    Glob(Vec<Part>),
}

/// A part of a path.
#[derive(Debug)]
pub enum Part {
    /// It is the same in all paths.
    Fixed(OsString),
    /// It matches; names with a dot first only if the glob has one, too.
    Matching(Patterns, bool),
}

/// What a glob has found.
#[derive(Debug, Default)]
pub struct Found {
    /// The logs in the order in which they are read: where names have dates, by name, otherwise by the time of the last change.
    pub logs: Vec<(PathBuf, bool)>,
    /// The directories that were listed.
    pub directories: Vec<PathBuf>,
    /// Links, which are not followed.
    pub links: Vec<PathBuf>,
}

impl Operand {
    /// The operand that a word stands for: a glob if it has `*`, `?` or `[`, and no file has that name.
    ///
    /// # Errors
    /// [`InvalidGlob`].
    pub fn new(word: &OsStr, exists: bool) -> Result<Operand, InvalidGlob> {
        let Some(text) = word
            .to_str()
            .filter(|text| text.contains(SPECIAL) && !exists)
        else {
            return Ok(Operand::Path(word.into(), false));
        };
        let mut parts = Vec::new();
        if text.starts_with('/') {
            parts.push(Part::Fixed("/".into()));
        }
        for part in text.split('/').filter(|part| !part.is_empty()) {
            parts.push(match part.contains(SPECIAL) {
                false => Part::Fixed(part.into()),
                true => {
                    let pattern = Pattern::of_names(part, false)?;
                    Part::Matching(Patterns(vec![pattern]), part.starts_with('.'))
                }
            });
        }
        Ok(Operand::Glob(parts))
    }
}

/// Lets a path that names a rotated file of another one belong to that, as a shell makes them of `app.log*`.
pub fn join_rotated(operands: Vec<Operand>) -> Vec<Operand> {
    let paths: Vec<PathBuf> = operands
        .iter()
        .filter_map(|operand| match operand {
            Operand::Path(path, _) => Some(path.clone()),
            Operand::Glob(_) => None,
        })
        .collect();
    let mut joined = operands;
    joined.retain_mut(|operand| {
        let Operand::Path(path, with_rotated) = operand else {
            return true;
        };
        *with_rotated = *with_rotated || paths.iter().any(|other| is_rotated_of(path, other));
        !paths.iter().any(|other| is_rotated_of(other, path))
    });
    joined
}

/// Whether `other` is a rotated file of `path`, by its name.
fn is_rotated_of(path: &Path, other: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.as_bytes().to_vec());
    match (name(path), name(other)) {
        (Some(active), Some(name)) => {
            path.parent() == other.parent() && active != name && is_rotated_name(&active, &name)
        }
        _ => false,
    }
}

/// The logs that match a glob now.
pub fn expand<F: Files>(files: &mut F, parts: &[Part]) -> Found {
    let mut found = Found::default();
    let mut paths = vec![PathBuf::new()];
    for part in parts {
        paths = match part {
            Part::Fixed(name) => paths.into_iter().map(|path| path.join(name)).collect(),
            Part::Matching(patterns, takes_hidden) => {
                let mut next = Vec::new();
                for path in paths {
                    let directory = match path.as_os_str().is_empty() {
                        true => Path::new("."),
                        false => &path,
                    };
                    let mut names = files.list(directory).unwrap_or_default();
                    names.retain(|name| {
                        (*takes_hidden || !name.starts_with(b"."))
                            && patterns.match_any(name, name, name, false)
                    });
                    names.sort();
                    found.directories.push(directory.to_owned());
                    next.extend(
                        names
                            .into_iter()
                            .map(|name| path.join(OsString::from_vec(name))),
                    );
                }
                next
            }
        };
    }
    let mut regular: BTreeMap<PathBuf, i128> = BTreeMap::new();
    for path in paths {
        match files.status(&path, Links::Refused) {
            Ok(status) if status.kind == Kind::File => {
                regular.insert(path, status.modified);
            }
            Ok(status) if status.kind == Kind::Link => found.links.push(path),
            _ => {}
        }
    }
    let is_other = |link: &PathBuf| !regular.contains_key(&files.target(link));
    found.links.retain(is_other);
    found.logs = logs(&regular);
    found
}

/// Groups files into logs: one that is the rotated file of another belongs to that.
fn logs(regular: &BTreeMap<PathBuf, i128>) -> Vec<(PathBuf, bool)> {
    let name = |path: &Path| path.file_name().map_or(&b""[..], OsStr::as_bytes).to_vec();
    let mut logs: BTreeMap<PathBuf, i128> = BTreeMap::new();
    for (path, modified) in regular {
        let own = name(path);
        let is_rotated = regular.keys().any(|other| {
            other.parent() == path.parent() && other != path && is_rotated_name(&name(other), &own)
        });
        if is_rotated {
            continue;
        }
        // An archive alone: what it was made of has gone.
        let bare = OsStr::from_bytes(without_packing(&own).0).to_owned();
        logs.insert(path.with_file_name(bare), *modified);
    }
    let mut logs: Vec<(PathBuf, i128)> = logs.into_iter().collect();
    let is_dated = |path: &Path| {
        let digits = name(path)
            .iter()
            .filter(|byte| byte.is_ascii_digit())
            .count();
        digits >= 6
    };
    if !logs.iter().any(|(path, _)| is_dated(path)) {
        logs.sort_by_key(|(_, modified)| *modified);
    }
    logs.into_iter().map(|(path, _)| (path, true)).collect()
}

/// The place of a path that a user has named: a link is followed.
pub fn place<F: Files>(files: &mut F, path: &Path) -> Place {
    let links = match files.status(path, Links::Refused) {
        Ok(status) if status.kind == Kind::Link => Links::Followed,
        _ => Links::Refused,
    };
    Place {
        path: path.to_owned(),
        links,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resume::testing::Memory;

    fn found(names: &[&str], glob: &str) -> Vec<String> {
        let memory = Memory::new();
        for name in names {
            let inode = memory.create(name);
            memory.append(&inode, b"text\n");
        }
        let Operand::Glob(parts) = Operand::new(OsStr::new(glob), false).unwrap() else {
            panic!("{glob} is a glob");
        };
        let found = expand(&mut memory.clone(), &parts);
        let logs = found.logs.into_iter();
        logs.map(|(path, _)| path.display().to_string()).collect()
    }

    #[test]
    fn rotated_files_belong_to_their_log() {
        let names = [
            "app.log.2.gz",
            "app.log.1",
            "app.log",
            "other.log",
            ".app.log.swp",
        ];
        assert_eq!(found(&names, "*"), ["app.log", "other.log"]);
        assert_eq!(found(&names, "app.log*"), ["app.log"]);
        assert_eq!(found(&names, ".*"), [".app.log.swp"]);
        assert_eq!(found(&["app.log.1.gz"], "*"), ["app.log.1"]);
    }

    #[test]
    fn dated_logs_come_by_date_and_others_by_time() {
        let names = [
            "app-2026-11-27.log",
            "app-2026-11-26.log",
            "app-2026-11-28.log",
        ];
        let sorted = [
            "app-2026-11-26.log",
            "app-2026-11-27.log",
            "app-2026-11-28.log",
        ];
        assert_eq!(found(&names, "app-*.log"), sorted);
        assert_eq!(
            found(&["ring-b", "ring-c", "ring-a"], "ring-?"),
            ["ring-b", "ring-c", "ring-a"]
        );
    }

    #[test]
    fn paths_of_rotated_files_belong_to_their_log() {
        let joined = |words: &[&str]| -> Vec<(String, bool)> {
            let operands = words.iter().map(|word| Operand::Path(word.into(), false));
            let joined = join_rotated(operands.collect()).into_iter();
            let paths = joined.map(|operand| match operand {
                Operand::Path(path, with_rotated) => (path.display().to_string(), with_rotated),
                Operand::Glob(_) => panic!("there are only paths"),
            });
            paths.collect()
        };
        let expected = vec![
            ("a/app.log".to_owned(), true),
            ("b/app.log.1".to_owned(), false),
        ];
        let words = ["a/app.log", "a/app.log.1", "b/app.log.1", "a/app.log.2.gz"];
        assert_eq!(joined(&words), expected);
        assert_eq!(joined(&["app.log.1"]), [("app.log.1".to_owned(), false)]);
    }

    #[test]
    fn a_name_that_exists_is_no_glob() {
        let is_path = |word: &str, exists| {
            matches!(
                Operand::new(OsStr::new(word), exists),
                Ok(Operand::Path(_, false))
            )
        };
        assert!(is_path("app.log", false) && is_path("a[1].log", true));
        assert!(!is_path("a[1].log", false));
        assert!(Operand::new(OsStr::new("a[.log"), false).is_err());
    }
}
