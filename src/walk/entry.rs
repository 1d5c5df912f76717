//! One entry on its way through the walk: what is known of it, and what is asked only when somebody wants to know.

use std::io;

use crate::dirs::{Directory, FileType, Stat};
use crate::select::Subject;

use super::fault::{Fault, Operation, is_gone};

/// An entry. What costs a call to the system is asked for once, by `ask_stat` and `ask_target`.
pub struct Entry<'a> {
    /// Where it is.
    pub place: Place<'a>,
    /// What sort of thing it is; with links followed, what the link leads to.
    pub file_type: FileType,
    /// Whether the directory said that it is a link.
    pub(super) is_link: bool,
    /// Whether a link stands for what it leads to.
    pub(super) follows: bool,
    pub(super) directory: &'a Directory,
    pub(super) stat: Asked<Stat>,
    pub(super) target: Asked<Target>,
    pub(super) faults: &'a mut Vec<Fault>,
    /// It was gone when it was asked about.
    pub(super) has_vanished: bool,
}

/// Where an entry is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its path, as it is printed.
    pub path: &'a [u8],
    /// Where its name begins in the path, and where it ends: a root may have slashes behind its name.
    pub name: (usize, usize),
    /// Where the part below the root begins.
    pub below: usize,
    /// The root that it was reached from, as it was given.
    pub root: &'a [u8],
    /// How many steps it is below that.
    pub depth: u32,
}

/// Something that is asked for at most once.
#[derive(Debug)]
pub(super) enum Asked<T> {
    /// Nobody wanted to know.
    NotYet,
    /// The answer.
    Known(T),
    /// There was none; that has been noted.
    Failed,
}

/// Where a link leads.
#[derive(Debug)]
pub struct Target {
    /// As it is written in the link.
    pub text: Vec<u8>,
    /// What is there; none if nothing is.
    pub file_type: Option<FileType>,
}

impl<T> Asked<T> {
    fn known(&self) -> Option<&T> {
        match self {
            Asked::Known(answer) => Some(answer),
            Asked::NotYet | Asked::Failed => None,
        }
    }
}

impl<'a> Place<'a> {
    /// A root, which is its own path.
    pub(super) fn root(path: &'a [u8]) -> Place<'a> {
        let trimmed = path.iter().rposition(|byte| *byte != b'/');
        // The root directory is called by its slash.
        let end = trimmed.map_or(path.len().min(1), |last| last + 1);
        let start = match trimmed {
            Some(_) => memchr::memrchr(b'/', &path[..end]).map_or(0, |slash| slash + 1),
            None => 0,
        };
        Place {
            path,
            name: (start, end),
            below: path.len(),
            root: path,
            depth: 0,
        }
    }

    /// The last part of the path.
    pub fn name(&self) -> &'a [u8] {
        &self.path[self.name.0..self.name.1]
    }

    /// The part of the path below the root; empty for the root.
    pub fn below(&self) -> &'a [u8] {
        &self.path[self.below..]
    }

    /// The ending of the name, without its dot; see [`crate::select::extension`].
    pub fn extension(&self) -> &'a [u8] {
        crate::select::extension(self.name())
    }
}

impl Entry<'_> {
    /// What was asked about it; none if nobody asked, or there was no answer.
    pub fn known_stat(&self) -> Option<&Stat> {
        self.stat.known()
    }

    /// Where it leads, if it is a link and somebody asked.
    pub fn known_target(&self) -> Option<&Target> {
        self.target.known()
    }

    /// Asks the system for the attributes, once.
    pub(super) fn ask_stat(&mut self) -> Option<&Stat> {
        if matches!(self.stat, Asked::NotYet) {
            let Place { path, .. } = self.place;
            let name = self.place.name();
            let ask = |follows| self.directory.stat(name, path, follows);
            let found = match ask(self.follows) {
                // A link that leads nowhere stands for itself, as it does for find -L.
                Err(_) if self.follows && self.is_link => ask(false),
                found => found,
            };
            self.stat = self.answered(found, Operation::Stat);
        }
        if let Asked::Known(stat) = &self.stat {
            self.file_type = stat.file_type;
        }
        self.stat.known()
    }

    /// Reads where a link leads, once. Nothing else leads anywhere.
    pub(super) fn ask_target(&mut self) -> Option<&Target> {
        if self.is_link && matches!(self.target, Asked::NotYet) {
            let Place { path, .. } = self.place;
            let name = self.place.name();
            let text = self.directory.read_link(name, path);
            let found = text.map(|text| Target {
                text,
                file_type: self
                    .directory
                    .stat(name, path, true)
                    .ok()
                    .map(|stat| stat.file_type),
            });
            self.target = match found {
                // In /proc a link may be there that leads nowhere, not even by its text. If it has gone, this says so.
                Err(error) if is_gone(&error) && self.ask_stat().is_some() => Asked::Failed,
                found => self.answered(found, Operation::ReadLink),
            };
        }
        self.target.known()
    }

    fn answered<T>(&mut self, found: io::Result<T>, operation: Operation) -> Asked<T> {
        match found {
            Ok(found) => Asked::Known(found),
            Err(error) if is_gone(&error) && self.place.depth > 0 => {
                self.has_vanished = true;
                Asked::Failed
            }
            Err(error) => {
                self.faults
                    .push(Fault::new(self.place.path, operation, &error));
                Asked::Failed
            }
        }
    }
}

impl Subject for Entry<'_> {
    fn name(&self) -> &[u8] {
        self.place.name()
    }

    fn path(&self) -> &[u8] {
        self.place.path
    }

    fn below(&self) -> &[u8] {
        self.place.below()
    }

    fn file_type(&self) -> FileType {
        self.file_type
    }

    fn stat(&mut self) -> Option<&Stat> {
        self.ask_stat()
    }

    fn is_empty_directory(&mut self) -> bool {
        let place = self.place;
        self.file_type == FileType::Directory
            && self
                .directory
                .is_empty(place.name(), place.path)
                .unwrap_or(false)
    }

    fn is_broken_link(&mut self) -> bool {
        self.is_link
            && self
                .ask_target()
                .is_some_and(|target| target.file_type.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_have_names_too() {
        for (path, name, extension) in [
            ("src", "src", ""),
            ("src/", "src", ""),
            ("a/b.tar.gz//", "b.tar.gz", "gz"),
            ("/", "/", ""),
            ("///", "/", ""),
            (".", ".", ""),
            ("..", "..", ""),
            ("", "", ""),
        ] {
            let place = Place::root(path.as_bytes());
            assert_eq!(place.name(), name.as_bytes(), "{path}");
            assert_eq!(place.extension(), extension.as_bytes(), "{path}");
            assert_eq!(place.below(), b"");
        }
    }
}
