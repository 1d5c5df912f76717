//! The ignore rules in force in a directory, as gitignore(5) says: of the files with rules the weightiest that has a match
//! decides, and in it the last line that matches.
//!
//! In order of weight: files named on the command line; the `.gitignore` of the directory, of the one above it, and so on up
//! to the top of the repository; the repository's `info/exclude`; the user's own file. What lies in a directory that is left
//! out is never asked about, so nothing in it can be called back.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::Gitignore;

use super::ignoring::{self, Ignores, Problem};
use crate::dirs::handle::join;
use crate::dirs::{FileType, Listing};

/// The rules in force in a directory: shared by all that is in it, and by the directories below that add none.
#[derive(Debug)]
pub struct Rules {
    everywhere: Ignores,
    repository: Arc<Repository>,
    innermost: Option<Arc<Level>>,
}

/// What holds in a whole repository, or below a root that is in none.
#[derive(Debug)]
pub(super) struct Repository {
    /// The rules of `info/exclude`.
    pub(super) exclude: Gitignore,
    /// Its top.
    pub(super) base: Base,
}

/// The rules of one `.gitignore`.
#[derive(Debug)]
pub(super) struct Level {
    outer: Option<Arc<Level>>,
    patterns: Gitignore,
    base: Base,
}

/// A directory that rules are relative to, which may be above the root that entries are told from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Base {
    /// The way from it down to the root, with a slash at its end; empty if it is not above.
    above: Vec<u8>,
    /// How many bytes of a path below the root lead to it.
    below: usize,
}

impl Base {
    /// A directory from which this way, with a slash at its end, leads down to the root.
    pub(super) fn above(way: &[u8]) -> Base {
        Base {
            above: way.to_vec(),
            below: 0,
        }
    }

    /// A directory at this path below the root.
    fn at(below: &[u8]) -> Base {
        Base {
            above: Vec::new(),
            below: below.len() + usize::from(!below.is_empty()),
        }
    }

    /// The path of an entry from here.
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

/// A chain may be long, so it is taken apart step by step.
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

    /// The rules for what is in a directory, by what is in it: its own `.gitignore` comes first, and where a repository
    /// begins, those of the repository around it end. `directory` is its path as it is printed, `below` the part below its
    /// root. `self` are the rules of the directory that it is in; for a root, those of [`Ignores::at_root`].
    pub fn enter(
        self: &Arc<Rules>,
        directory: &[u8],
        below: &[u8],
        listing: &Listing,
        problems: &mut Vec<Problem>,
    ) -> Arc<Rules> {
        if !self.everywhere.heeds_gitignore {
            return Arc::clone(self);
        }
        let (mut has_rules, mut is_repository) = (false, false);
        for (name, file_type) in (0..listing.len()).map(|index| listing.get(index)) {
            match name {
                // git does not follow links to rules either, so that a tree cannot bring in files from outside.
                b".gitignore" => {
                    has_rules = matches!(file_type, FileType::File | FileType::Unknown);
                }
                b".git" => is_repository = true,
                _ => {}
            }
        }
        if !has_rules && !is_repository {
            return Arc::clone(self);
        }
        let (mut repository, mut innermost) =
            (Arc::clone(&self.repository), self.innermost.clone());
        if is_repository {
            let exclude = ignoring::exclude(as_path(directory), problems);
            let base = Base::at(below);
            repository = Arc::new(Repository { exclude, base });
            innermost = None;
        }
        if has_rules {
            let mut path = directory.to_vec();
            join(&mut path, b".gitignore");
            let patterns = ignoring::read_in_tree(as_path(&path), problems);
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

    /// Whether an entry of the directory is ignored; `below` is its path below its root.
    pub fn ignore(&self, name: &[u8], below: &[u8], is_dir: bool) -> bool {
        if self.everywhere.heeds_gitignore && name == b".git" {
            return true;
        }
        self.verdict(below, is_dir).unwrap_or(false)
    }

    /// What the weightiest rules with a match say.
    fn verdict(&self, below: &[u8], is_dir: bool) -> Option<bool> {
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
