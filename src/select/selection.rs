//! Which entries are shown: tests that must all pass, the cheapest first.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use regex_automata::meta::Regex;

use super::{Comparison, Kind, Patterns, Relation, SelectError, Subject, Test, Time};
use crate::dirs::{Directory, Engine, FileType, owners};

/// Which entries are shown: those that match all of these. An empty list matches every entry, other lists if one member does.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Globs over names.
    pub names: Patterns,
    /// Globs over names that ignore case.
    pub names_of_any_case: Patterns,
    /// Extensions, as [`extension`] gives them, in lower case.
    pub extensions: Vec<Vec<u8>>,
    /// Types, and files that can be executed.
    pub types: Vec<Kind>,
    /// Globs over paths.
    pub paths: Patterns,
    /// Regexes that match anywhere in the printed path.
    pub regexes: Vec<Regex>,
    /// Tests of attributes, which must all pass.
    pub tests: Vec<Test>,
    /// Tests with names that must be looked up first; [`Selection::resolve`] turns them into `tests`.
    pub unresolved: Vec<Unresolved>,
    /// Only empty files and directories.
    pub is_empty: bool,
    /// Only broken symbolic links.
    pub is_broken: bool,
}

/// A test with a name that must be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// Modified later than this file.
    Newer(PathBuf),
    /// Owned by one of these: a user, a group, or both, given by name or ID.
    Owners(Vec<(Option<String>, Option<String>)>),
}

impl Selection {
    /// Looks up the names of users, groups and files. To be called before [`Selection::selects`].
    ///
    /// # Errors
    /// If a user or a group does not exist, or a file cannot be read.
    pub fn resolve(&mut self) -> Result<(), SelectError> {
        for unresolved in std::mem::take(&mut self.unresolved) {
            self.tests.push(unresolved.resolve()?);
        }
        Ok(())
    }

    /// Whether every entry is selected.
    pub fn is_all(&self) -> bool {
        self.names.is_empty()
            && self.names_of_any_case.is_empty()
            && self.extensions.is_empty()
            && self.types.is_empty()
            && self.paths.is_empty()
            && self.regexes.is_empty()
            && !self.needs_stat()
            && !self.is_broken
    }

    /// Whether attributes are needed of entries that pass the cheaper tests.
    pub fn needs_stat(&self) -> bool {
        !self.tests.is_empty() || !self.unresolved.is_empty() || self.is_empty
    }

    /// Whether an entry is shown.
    pub fn selects(&self, subject: &mut impl Subject) -> bool {
        debug_assert!(self.unresolved.is_empty(), "resolve() comes first");
        self.selects_name(subject.name())
            && (self.types.is_empty() || self.selects_type(subject))
            && self.selects_path(subject)
            && (self.tests.is_empty() || self.passes_tests(subject))
            && (!self.is_broken || is_broken(subject))
            && (!self.is_empty || is_empty(subject))
    }

    fn selects_name(&self, name: &[u8]) -> bool {
        let matches =
            |patterns: &Patterns| patterns.is_empty() || patterns.match_any(name, name, b"", false);
        let has_extension = || {
            let found = extension(name);
            let mut wanted = self.extensions.iter();
            wanted.any(|wanted| found.eq_ignore_ascii_case(wanted))
        };
        (self.extensions.is_empty() || has_extension())
            && matches(&self.names)
            && matches(&self.names_of_any_case)
    }

    fn selects_type(&self, subject: &mut impl Subject) -> bool {
        let file_type = type_of(subject);
        self.types.iter().any(|kind| match kind {
            Kind::Type(wanted) => *wanted == file_type,
            Kind::Executable => file_type == FileType::File && subject.is_executable(),
        })
    }

    fn selects_path(&self, subject: &mut impl Subject) -> bool {
        if !self.paths.is_empty() {
            let is_dir = type_of(subject) == FileType::Directory;
            let (name, path, below) = (subject.name(), subject.path(), subject.below());
            if !self.paths.match_any(name, path, below, is_dir) {
                return false;
            }
        }
        let matches = |regex: &Regex| regex.is_match(subject.path());
        self.regexes.is_empty() || self.regexes.iter().any(matches)
    }

    fn passes_tests(&self, subject: &mut impl Subject) -> bool {
        let stat = subject.stat();
        stat.is_some_and(|stat| self.tests.iter().all(|test| test.holds(stat)))
    }
}

/// The type, from the attributes where the directory did not say.
fn type_of(subject: &mut impl Subject) -> FileType {
    match subject.file_type() {
        FileType::Unknown => subject
            .stat()
            .map_or(FileType::Unknown, |stat| stat.file_type),
        known => known,
    }
}

fn is_broken(subject: &mut impl Subject) -> bool {
    type_of(subject) == FileType::Symlink && subject.is_broken_link()
}

fn is_empty(subject: &mut impl Subject) -> bool {
    match type_of(subject) {
        FileType::File => subject.stat().is_some_and(|stat| stat.size == 0),
        FileType::Directory => subject.is_empty_directory(),
        _ => false,
    }
}

/// The extension of a name, its case unchanged: what follows the last dot. Empty if there is no dot, or only one at the start.
pub fn extension(name: &[u8]) -> &[u8] {
    match memchr::memrchr(b'.', name) {
        None | Some(0) => b"",
        Some(dot) => &name[dot + 1..],
    }
}

impl Unresolved {
    fn resolve(self) -> Result<Test, SelectError> {
        match self {
            Unresolved::Newer(file) => {
                let path = file.as_os_str().as_bytes();
                let stat = Directory::working(Engine::Native).stat(path, path, true);
                let mtime = stat.and_then(|stat| {
                    let unknown = || io::Error::other("its modification time is not known");
                    stat.mtime.ok_or_else(unknown)
                });
                let value = mtime.map_err(|error| SelectError::reading(&file, error))?;
                let relation = Relation::Greater;
                Ok(Test::Time(Time::Modified, Comparison { relation, value }))
            }
            Unresolved::Owners(names) => {
                let ids = names.into_iter().map(|(user, group)| {
                    let uid =
                        user.map(|user| owners::uid(&user).ok_or(SelectError::UnknownUser(user)));
                    let gid = group
                        .map(|group| owners::gid(&group).ok_or(SelectError::UnknownGroup(group)));
                    Ok((uid.transpose()?, gid.transpose()?))
                });
                Ok(Test::Owners(ids.collect::<Result<_, SelectError>>()?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_follows_the_last_dot() {
        for (name, expected) in [
            ("a.log", "log"),
            ("a.tar.GZ", "GZ"),
            ("Makefile", ""),
            (".bashrc", ""),
            (".config.json", "json"),
            ("..a", "a"),
            ("a.", ""),
            (".", ""),
            ("", ""),
        ] {
            assert_eq!(extension(name.as_bytes()), expected.as_bytes(), "{name}");
        }
    }
}
