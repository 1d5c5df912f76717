//! Which entries are shown: tests that must all hold, the cheapest first.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use regex_automata::meta::Regex;

use super::{Comparison, Patterns, Relation, Subject, Test, Time};
use crate::dirs::{Directory, Engine, FileType, owners};
use crate::error::{Error, Result};

/// Which entries are shown. Of the lists in it, one member must match; an empty list is no test.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Globs over names.
    pub names: Patterns,
    /// The same where case does not matter.
    pub names_of_any_case: Patterns,
    /// Extensions, as [`extension`] gives them, in lower case.
    pub extensions: Vec<Vec<u8>>,
    /// Types.
    pub types: Vec<FileType>,
    /// Globs over paths.
    pub paths: Patterns,
    /// Regexes, found anywhere in the printed path.
    pub regexes: Vec<Regex>,
    /// Tests of attributes, which must all hold.
    pub tests: Vec<Test>,
    /// Tests that must ask the system first what they mean; [`Selection::resolve`] makes them such as above.
    pub unresolved: Vec<Unresolved>,
    /// Files of no bytes, and directories with nothing in them.
    pub is_empty: bool,
    /// Links that lead nowhere.
    pub is_broken: bool,
}

/// A test that must ask the system what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// Changed later than this file.
    Newer(PathBuf),
    /// Belonging to a user, a group, or both, by name or number.
    Owner {
        /// The user.
        user: Option<String>,
        /// The group.
        group: Option<String>,
    },
}

impl Selection {
    /// Asks the system what names of users and files in the tests mean. Before this nothing may be selected.
    ///
    /// # Errors
    /// If there is no such user, group or file.
    pub fn resolve(&mut self) -> Result<()> {
        for unresolved in std::mem::take(&mut self.unresolved) {
            self.tests.push(unresolved.resolve()?);
        }
        Ok(())
    }

    /// Whether everything is selected.
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

    /// Whether attributes are asked for, of entries that pass the cheaper tests.
    pub fn needs_stat(&self) -> bool {
        !self.tests.is_empty() || !self.unresolved.is_empty() || self.is_empty
    }

    /// Whether an entry is shown.
    pub fn selects(&self, subject: &mut impl Subject) -> bool {
        debug_assert!(self.unresolved.is_empty(), "resolve() comes first");
        self.selects_name(subject.name())
            && (self.types.is_empty() || self.types.contains(&type_of(subject)))
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

/// The extension of a name, in the case that it has: what is after the last dot. Nothing if there is no dot, or only one at
/// the beginning.
pub fn extension(name: &[u8]) -> &[u8] {
    match memchr::memrchr(b'.', name) {
        None | Some(0) => b"",
        Some(dot) => &name[dot + 1..],
    }
}

impl Unresolved {
    fn resolve(self) -> Result<Test> {
        match self {
            Unresolved::Newer(file) => {
                let path = file.as_os_str().as_bytes();
                let stat = Directory::working(Engine::BEST).stat(path, path, true);
                let mtime = stat.and_then(|stat| {
                    let unknown = || io::Error::other("the time of its last change is not known");
                    stat.mtime.ok_or_else(unknown)
                });
                let value = mtime.map_err(|error| Error::reading(&file, error))?;
                let relation = Relation::Greater;
                Ok(Test::Time(Time::Modified, Comparison { relation, value }))
            }
            Unresolved::Owner { user, group } => {
                let unknown =
                    |what: &str, name: &str| Error::usage(format!("there is no {what} «{name}»"));
                let uid = user.map(|user| owners::uid(&user).ok_or_else(|| unknown("user", &user)));
                let gid =
                    group.map(|group| owners::gid(&group).ok_or_else(|| unknown("group", &group)));
                Ok(Test::Owner {
                    uid: uid.transpose()?,
                    gid: gid.transpose()?,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_what_is_after_the_last_dot() {
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
