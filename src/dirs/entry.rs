//! An entry of a directory: its name and type, and attributes that are read only when they are needed.

use std::io;

use super::content::{self, Content, ContentError, ContentNeeds};
use super::error::{EntryError, Operation, is_gone};
use super::{Directory, FileType, Stat};

/// An entry. Its attributes and the target of a link are asked for at most once; errors are collected.
pub struct Entry<'a> {
    /// Where it is.
    pub place: Place<'a>,
    /// Its type; of a link that is followed, the type of what it leads to.
    pub file_type: FileType,
    /// Whether it is a link, followed or not.
    is_link: bool,
    /// Whether a link stands for what it leads to.
    is_followed: bool,
    directory: &'a Directory,
    stat: Answer<Stat>,
    target: Answer<Target>,
    content: Answer<Content>,
    errors: &'a mut Vec<EntryError>,
    has_vanished: bool,
}

/// Where an entry is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its path, as it is printed.
    pub path: &'a [u8],
    /// Where its name begins and ends in the path: a root may have slashes after its name.
    pub name: (usize, usize),
    /// Where the part below the root begins.
    pub below: usize,
    /// The root that it was reached from, as it was given.
    pub root: &'a [u8],
    /// The number of levels below the root.
    pub depth: u32,
}

/// The target of a symbolic link.
#[derive(Debug)]
pub struct Target {
    /// The text of the link.
    pub text: Vec<u8>,
    /// Its type; `None` if it does not exist, or if that is not known.
    pub file_type: Option<FileType>,
    /// Whether it does not exist.
    pub is_missing: bool,
}

/// Something that is asked for at most once.
#[derive(Debug)]
enum Answer<T> {
    /// Not asked yet.
    NotAsked,
    /// The answer.
    Known(T),
    /// An error, which has been recorded.
    Failed,
}

impl<T> Answer<T> {
    fn known(&self) -> Option<&T> {
        match self {
            Answer::Known(answer) => Some(answer),
            Answer::NotAsked | Answer::Failed => None,
        }
    }
}

impl<'a> Place<'a> {
    /// A root, which is its own path.
    pub fn root(path: &'a [u8]) -> Place<'a> {
        let trimmed = path.iter().rposition(|byte| *byte != b'/');
        // The name of the root directory is its slash.
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
}

impl<'a> Entry<'a> {
    /// An entry of `directory` that was listed with a type, which may be [`FileType::Unknown`]. Errors go to `errors`.
    pub fn new(
        place: Place<'a>,
        listed: FileType,
        directory: &'a Directory,
        errors: &'a mut Vec<EntryError>,
    ) -> Entry<'a> {
        Entry {
            place,
            file_type: listed,
            is_link: listed == FileType::Symlink,
            is_followed: false,
            directory,
            stat: Answer::NotAsked,
            target: Answer::NotAsked,
            content: Answer::NotAsked,
            errors,
            has_vanished: false,
        }
    }

    /// Finds the type where the directory does not tell, and follows a link if `follows`. False if there is no such entry.
    pub fn find_type(&mut self, follows: bool) -> bool {
        if self.file_type == FileType::Unknown {
            let is_known = self.stat().is_some();
            self.is_link = self.file_type == FileType::Symlink;
            // A root that is not there is only an error; of another entry at least the name is known.
            if self.has_vanished || (!is_known && self.place.depth == 0) {
                return false;
            }
        }
        if self.is_link && follows {
            self.is_followed = true;
            self.stat = Answer::NotAsked;
            self.stat();
        }
        !self.has_vanished
    }

    /// Whether it no longer existed when it was asked about.
    pub fn has_vanished(&self) -> bool {
        self.has_vanished
    }

    /// Whether something that was asked for could not be read.
    pub fn has_failed(&self) -> bool {
        matches!(self.stat, Answer::Failed)
            || matches!(self.target, Answer::Failed)
            || matches!(self.content, Answer::Failed)
    }

    /// The attributes, if they were asked for and known.
    pub fn known_stat(&self) -> Option<&Stat> {
        self.stat.known()
    }

    /// The target, if it is a link and was asked for.
    pub fn known_target(&self) -> Option<&Target> {
        self.target.known()
    }

    /// Asks for the attributes, once. Of a followed link they are those of what it leads to.
    pub fn stat(&mut self) -> Option<&Stat> {
        if matches!(self.stat, Answer::NotAsked) {
            let Place { path, .. } = self.place;
            let name = self.place.name();
            let ask = |follows| self.directory.stat(name, path, follows);
            let found = match ask(self.is_followed) {
                // A broken link stands for itself, as it does for find -L, and so does one that leads where nobody may look.
                Err(error) if self.is_followed && self.is_link => {
                    if !is_nothing(&error) {
                        self.errors
                            .push(EntryError::new(path, Operation::Stat, &error));
                    }
                    ask(false)
                }
                found => found,
            };
            self.stat = self.answer(found, Operation::Stat);
        }
        if let Answer::Known(stat) = &self.stat {
            self.file_type = stat.file_type;
        }
        self.stat.known()
    }

    /// Reads the target of a link, once; nothing else has one.
    pub fn target(&mut self) -> Option<&Target> {
        if self.is_link && matches!(self.target, Answer::NotAsked) {
            let Place { path, .. } = self.place;
            let name = self.place.name();
            let text = self.directory.read_link(name, path);
            let found = text.map(|text| {
                let leads_to = self.directory.stat(name, path, true);
                let is_missing = leads_to.as_ref().is_err_and(is_nothing);
                match &leads_to {
                    Err(error) if !is_missing && !self.is_followed => {
                        self.errors
                            .push(EntryError::new(path, Operation::Stat, error));
                    }
                    _ => {}
                }
                Target {
                    text,
                    file_type: leads_to.ok().map(|stat| stat.file_type),
                    is_missing,
                }
            });
            self.target = match found {
                // In /proc a link may exist whose target cannot be read. If the link has vanished, this notes it.
                Err(error) if is_gone(&error) && self.stat().is_some() => Answer::Failed,
                found => self.answer(found, Operation::ReadLink),
            };
        }
        self.target.known()
    }

    /// The content, if it is a regular file and that was asked for.
    pub fn known_content(&self) -> Option<&Content> {
        self.content.known()
    }

    /// Reads the content of a regular file, once; stops when `is_stopping` says so.
    pub fn read_content(&mut self, needs: ContentNeeds, is_stopping: &dyn Fn() -> bool) {
        if !matches!(self.content, Answer::NotAsked) {
            return;
        }
        let before = match self.stat() {
            Some(stat) if stat.file_type == FileType::File => stat.clone(),
            _ => return,
        };
        let Place { path, .. } = self.place;
        let follows = self.is_followed;
        let file = self.directory.open_file(self.place.name(), path, follows);
        let content = match file {
            Ok(file) => content::read(&file, before.id(), before.size, needs, is_stopping),
            Err(error) => Err(ContentError::Io(error)),
        };
        self.content = match content {
            Ok(content) => Answer::Known(content),
            Err(ContentError::Io(error)) => self.answer(Err(error), Operation::ReadFile),
            Err(ContentError::Changed) => {
                self.errors.push(EntryError::changed(path));
                Answer::Failed
            }
            Err(ContentError::Stopped) => Answer::Failed,
        };
    }

    /// Whether it is a directory with nothing in it; false if it cannot be read.
    pub fn is_empty_directory(&self) -> bool {
        self.file_type == FileType::Directory
            && self
                .directory
                .is_empty(self.place.name(), self.place.path)
                .unwrap_or(false)
    }

    /// Whether it is a link to nothing. A link that leads where nobody may look is not known to be one.
    pub fn is_broken_link(&mut self) -> bool {
        self.is_link && self.target().is_some_and(|target| target.is_missing)
    }

    /// Whether it is a directory that is marked as a cache. If that cannot be read, it is an error, and it is not.
    pub fn is_cache_directory(&mut self) -> bool {
        let Place { path, .. } = self.place;
        let found = match self.file_type {
            FileType::Directory => self.directory.is_cache(self.place.name(), path),
            _ => Ok(false),
        };
        found.unwrap_or_else(|error| {
            self.errors
                .push(EntryError::new(path, Operation::ReadMark, &error));
            false
        })
    }

    /// Whether the user may execute it, as faccessat(2) says.
    pub fn is_executable(&self) -> bool {
        self.directory
            .may_execute(self.place.name(), self.place.path)
    }

    fn answer<T>(&mut self, found: io::Result<T>, operation: Operation) -> Answer<T> {
        match found {
            Ok(found) => Answer::Known(found),
            Err(error) if is_gone(&error) && self.place.depth > 0 => {
                self.has_vanished = true;
                Answer::Failed
            }
            Err(error) => {
                let path = self.place.path;
                self.errors.push(EntryError::new(path, operation, &error));
                Answer::Failed
            }
        }
    }
}

/// Whether an error means that a link leads to nothing, or in a circle.
fn is_nothing(error: &io::Error) -> bool {
    is_gone(error) || error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirs::Engine;

    #[test]
    fn roots_have_names() {
        for (path, name) in [
            ("src", "src"),
            ("src/", "src"),
            ("a/b.tar.gz//", "b.tar.gz"),
            ("/", "/"),
            ("///", "/"),
            (".", "."),
            ("..", ".."),
            ("", ""),
        ] {
            let place = Place::root(path.as_bytes());
            assert_eq!(place.name(), name.as_bytes(), "{path}");
            assert_eq!(place.below(), b"");
        }
    }

    #[test]
    fn a_vanished_entry_is_an_error_only_if_it_is_a_root() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("missing");
        let path = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
        for engine in [Engine::Native, Engine::Portable] {
            for (depth, listed, exists, errors) in [
                (0, FileType::Unknown, false, 1),
                (1, FileType::Unknown, false, 0),
                // The type is known, so nothing is asked yet.
                (1, FileType::File, true, 0),
            ] {
                let place = Place {
                    depth,
                    ..Place::root(path)
                };
                let directory = Directory::working(engine);
                let mut found = Vec::new();
                let mut entry = Entry::new(place, listed, &directory, &mut found);
                assert_eq!(entry.find_type(false), exists, "{engine:?} {depth}");
                assert!(entry.stat().is_none());
                assert_eq!(entry.has_vanished(), depth > 0);
                assert_eq!(found.len(), errors, "{engine:?} {depth}");
            }
        }
    }
}
