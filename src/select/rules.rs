//! The ignore rules of a directory, as gitignore(5) defines them: the file with the highest precedence that has a match
//! decides, and in it the last line that matches.
//!
//! In order of precedence: files named on the command line; the `.gitignore` of the directory, of the one above it, and so on
//! up to the top of the repository; the repository's `info/exclude`; the user's own file. Entries of an ignored directory are
//! never checked, so they cannot be included again.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::Gitignore;

use super::ignore_file::{Problem, is_top, read_exclude, read_in_tree};
use crate::dirs::handle::join;
use crate::dirs::{FileType, Listing};

/// Rules that apply below all roots. [`Ignores::read`] reads them.
#[derive(Clone, Debug)]
pub struct Ignores {
    /// Those in files named on the command line, in ascending precedence.
    pub(super) files: Arc<[Gitignore]>,
    /// Those in the user's own file.
    pub(super) global: Arc<Gitignore>,
    /// Whether `.gitignore` files are read.
    pub(super) reads_gitignore: bool,
}

/// The rules that apply in a directory, shared with the directories below that add none.
#[derive(Debug)]
pub struct Rules {
    everywhere: Ignores,
    repository: Arc<Repository>,
    innermost: Option<Arc<Level>>,
}

/// What applies in a whole repository, or below a root that is in none.
#[derive(Debug)]
pub(super) struct Repository {
    /// The rules in `info/exclude`.
    pub(super) exclude: Gitignore,
    /// Its top.
    pub(super) base: Base,
}

/// The rules in one `.gitignore`.
#[derive(Debug)]
pub(super) struct Level {
    outer: Option<Arc<Level>>,
    patterns: Gitignore,
    base: Base,
}

/// The directory that rules are relative to, which may be above the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Base {
    /// The path from it down to the root, with a slash at its end; empty if it is not above the root.
    above: Vec<u8>,
    /// The length of its path below the root, in bytes, with a slash.
    below: usize,
}

impl Base {
    /// A directory above the root; `path` leads down to the root and ends in a slash.
    pub(super) fn above(path: &[u8]) -> Base {
        Base {
            above: path.to_vec(),
            below: 0,
        }
    }

    /// The directory at this path below the root.
    fn at(below: &[u8]) -> Base {
        Base {
            above: Vec::new(),
            below: below.len() + usize::from(!below.is_empty()),
        }
    }

    /// The path of an entry relative to it.
    fn relative<'a>(&self, below: &'a [u8]) -> Cow<'a, [u8]> {
        if self.above.is_empty() {
            return Cow::Borrowed(below.get(self.below..).unwrap_or_default());
        }
        Cow::Owned([&self.above, below].concat())
    }
}

impl Level {
    pub(super) fn new(outer: Option<Arc<Level>>, patterns: Gitignore, base: Base) -> Arc<Level> {
        Arc::new(Level {
            outer,
            patterns,
            base,
        })
    }
}

/// A chain may be long, so it is dropped in a loop.
impl Drop for Level {
    fn drop(&mut self) {
        let mut outer = self.outer.take();
        while let Some(mut level) = outer.and_then(Arc::into_inner) {
            outer = level.outer.take();
        }
    }
}

impl Rules {
    pub(super) fn new(
        everywhere: Ignores,
        repository: Repository,
        innermost: Option<Arc<Level>>,
    ) -> Arc<Rules> {
        Arc::new(Rules {
            everywhere,
            repository: Arc::new(repository),
            innermost,
        })
    }

    /// The rules for the entries of a directory: its own `.gitignore` comes first, and at the top of a repository the rules of
    /// the repository around it end. `directory` is its path as it is printed, `below` the part below its root. `self` are the
    /// rules of its parent; for a root, those of [`Ignores::at_root`].
    pub fn enter(
        self: &Arc<Rules>,
        directory: &[u8],
        below: &[u8],
        listing: &Listing,
        problems: &mut Vec<Problem>,
    ) -> Arc<Rules> {
        if !self.everywhere.reads_gitignore {
            return Arc::clone(self);
        }
        let (mut has_rules, mut is_repository) = (false, false);
        for (name, file_type) in (0..listing.len()).map(|index| listing.get(index)) {
            match name {
                // git does not follow links to ignore files either: they could lead out of the tree.
                b".gitignore" => {
                    has_rules = matches!(file_type, FileType::File | FileType::Unknown);
                }
                b".git" => is_repository = is_top(as_path(directory)),
                _ => {}
            }
        }
        if !has_rules && !is_repository {
            return Arc::clone(self);
        }
        let (mut repository, mut innermost) =
            (Arc::clone(&self.repository), self.innermost.clone());
        if is_repository {
            let exclude = read_exclude(as_path(directory), problems);
            let base = Base::at(below);
            repository = Arc::new(Repository { exclude, base });
            innermost = None;
        }
        if has_rules {
            let mut path = directory.to_vec();
            join(&mut path, b".gitignore");
            let patterns = read_in_tree(as_path(&path), problems);
            if !patterns.is_empty() {
                innermost = Some(Level::new(innermost, patterns, Base::at(below)));
            }
        }
        Arc::new(Rules {
            everywhere: self.everywhere.clone(),
            repository,
            innermost,
        })
    }

    /// Whether an entry of the directory is ignored; `below` is its path below the root.
    pub fn ignore(&self, name: &[u8], below: &[u8], is_dir: bool) -> bool {
        if self.everywhere.reads_gitignore && name == b".git" {
            return true;
        }
        self.decide(below, is_dir).unwrap_or(false)
    }

    /// What the first rules with a match decide.
    fn decide(&self, below: &[u8], is_dir: bool) -> Option<bool> {
        let mut named = self.everywhere.files.iter().rev();
        if let Some(found) = named.find_map(|patterns| decide(patterns, below, is_dir)) {
            return Some(found);
        }
        let mut level = self.innermost.as_deref();
        while let Some(Level {
            outer,
            patterns,
            base,
        }) = level
        {
            if let Some(found) = decide(patterns, &base.relative(below), is_dir) {
                return Some(found);
            }
            level = outer.as_deref();
        }
        let Repository { exclude, base } = &*self.repository;
        let global = &*self.everywhere.global;
        if exclude.is_empty() && global.is_empty() {
            return None;
        }
        let relative = base.relative(below);
        decide(exclude, &relative, is_dir).or_else(|| decide(global, &relative, is_dir))
    }
}

fn decide(patterns: &Gitignore, relative: &[u8], is_dir: bool) -> Option<bool> {
    match patterns.matched(as_path(relative), is_dir) {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    }
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

#[cfg(test)]
mod tests;
