//! Where ignore rules come from: files named on the command line, the repository, the user's git configuration.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, gitconfig_excludes_path};

use super::ignore_file::{Problem, is_top, read_exclude, read_in_tree, read_named, read_trusted};
use super::rules::{Base, Ignores, Level, Repository, Rules};
use super::{Pruning, SelectError};

impl Ignores {
    /// Reads the rules that apply everywhere; `None` if no ignore files are to be read.
    ///
    /// # Errors
    /// If a file named on the command line cannot be read.
    pub fn read(
        pruning: &Pruning,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Ignores>, SelectError> {
        if !pruning.needs_rules() {
            return Ok(None);
        }
        let global = pruning.reads_gitignore.then(gitconfig_excludes_path);
        Ignores::read_with(pruning, global.flatten().as_deref(), problems).map(Some)
    }

    /// The same with another file in place of the user's own.
    pub(super) fn read_with(
        pruning: &Pruning,
        global: Option<&Path>,
        problems: &mut Vec<Problem>,
    ) -> Result<Ignores, SelectError> {
        let files = pruning.ignore_files.iter();
        let files = files.map(|path| read_named(path, problems));
        let files = files.collect::<Result<Arc<[Gitignore]>, _>>()?;
        let global = global.map(|path| read_trusted(path, problems));
        Ok(Ignores {
            files,
            global: Arc::new(global.unwrap_or_else(Gitignore::empty)),
            reads_gitignore: pruning.reads_gitignore,
        })
    }

    /// The rules at a root: those of the directories above it, up to the top of its repository. [`Rules::enter`] adds those of
    /// the root itself.
    pub fn at_root(&self, root: &[u8], problems: &mut Vec<Problem>) -> Arc<Rules> {
        let root = Path::new(OsStr::from_bytes(root));
        let above = match root.canonicalize() {
            Ok(root) if self.reads_gitignore => above_in_repository(&root),
            _ => Vec::new(),
        };
        let (exclude, base) = match above.last() {
            Some((top, base)) => (read_exclude(top, problems), base.clone()),
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
    let mut path = Vec::new();
    let mut at = root;
    while !is_top(at) {
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
            return Vec::new();
        };
        path.splice(..0, name.as_bytes().iter().copied().chain([b'/']));
        found.push((parent.to_owned(), Base::above(&path)));
        at = parent;
    }
    found
}
