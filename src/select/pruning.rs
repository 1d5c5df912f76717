//! Which entries are left out with everything below them, and which are shown but not entered.

use std::path::PathBuf;

use super::{Patterns, Rules};

/// Which entries are not walked.
#[derive(Clone, Debug, Default)]
pub struct Pruning {
    /// Not shown and not entered.
    pub exclude: Patterns,
    /// Shown, but not entered.
    pub prune: Patterns,
    /// Whether names that start with a dot are left out.
    pub is_without_hidden: bool,
    /// Whether the rules in `.gitignore` files apply, and `.git` is left out.
    pub reads_gitignore: bool,
    /// More ignore files, which apply as if they were in each root and take precedence over the others; later ones take
    /// precedence over earlier ones.
    pub ignore_files: Vec<PathBuf>,
}

impl Pruning {
    /// Whether there are ignore files to read: with [`super::Ignores::read`].
    pub fn needs_rules(&self) -> bool {
        self.reads_gitignore || !self.ignore_files.is_empty()
    }

    /// Whether an entry is neither shown nor entered. `path` is its path as it is printed, `below` the part below its root,
    /// `rules` are those of its directory.
    ///
    /// A root was given explicitly, so it is shown even if it is hidden or ignored; only [`Pruning::exclude`] leaves it out.
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
    // `.*` is meant for hidden files, not for a root such as `.`.
    let is_here = below.is_empty() && matches!(name, b"" | b"." | b".." | b"/");
    !patterns.is_empty() && !is_here && patterns.match_any(name, path, below, is_dir)
}
