//! What is left out with all that is below it, and what is shown and not entered.

use std::path::PathBuf;

use super::{Patterns, Rules};

/// What is not walked.
#[derive(Clone, Debug, Default)]
pub struct Pruning {
    /// Not shown and not entered.
    pub exclude: Patterns,
    /// Shown and not entered.
    pub prune: Patterns,
    /// Whether names that begin with a dot are left out.
    pub is_without_hidden: bool,
    /// Whether `.gitignore` files are heeded, and `.git` is left out.
    pub heeds_gitignore: bool,
    /// More files of such rules, which hold as if they lay in each root, and outweigh all others; later ones outweigh
    /// earlier ones.
    pub ignore_files: Vec<PathBuf>,
}

impl Pruning {
    /// Whether everything is walked.
    pub fn is_nothing(&self) -> bool {
        self.exclude.is_empty()
            && self.prune.is_empty()
            && !self.is_without_hidden
            && !self.needs_rules()
    }

    /// Whether rules are to be read from files: [`super::Ignores::read`].
    pub fn needs_rules(&self) -> bool {
        self.heeds_gitignore || !self.ignore_files.is_empty()
    }

    /// Whether an entry is neither shown nor entered. `path` is its path as it is printed, `below` the part below its
    /// root, `rules` those in force in its directory.
    ///
    /// A root is named by somebody who wants to see it: it may be hidden or ignored by a file, and only a glob of
    /// [`Pruning::exclude`] leaves it out.
    pub fn excludes(
        &self,
        name: &[u8],
        path: &[u8],
        below: &[u8],
        is_dir: bool,
        rules: Option<&Rules>,
    ) -> bool {
        if !below.is_empty() {
            if self.is_without_hidden && name.first() == Some(&b'.') {
                return true;
            }
            if rules.is_some_and(|rules| rules.ignore(name, below, is_dir)) {
                return true;
            }
        }
        matches(&self.exclude, name, path, below, is_dir)
    }

    /// Whether a directory is shown, but not entered.
    pub fn prunes(&self, name: &[u8], path: &[u8], below: &[u8]) -> bool {
        matches(&self.prune, name, path, below, true)
    }
}

fn matches(patterns: &Patterns, name: &[u8], path: &[u8], below: &[u8], is_dir: bool) -> bool {
    // `.*` is about hidden files, not about the directory that a walk begins in.
    let is_here = below.is_empty() && matches!(name, b"" | b"." | b".." | b"/");
    !patterns.is_empty() && !is_here && patterns.match_any(name, path, below, is_dir)
}
