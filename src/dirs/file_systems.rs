//! Which directories lie on another file system, and whether they are entered.

use std::sync::OnceLock;

use super::Stat;
use super::mounts::{Mounts, is_meant};

/// Which file systems are entered.
#[derive(Debug, Default)]
pub struct FileSystems {
    /// Whether only the file systems of the roots are.
    pub only_roots: bool,
    /// Kinds that are not, as [`is_meant`] reads them.
    pub skipped: Vec<String>,
    mounts: OnceLock<Mounts>,
}

/// A directory as far as file systems matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The file system it is on: see [`Stat::file_system`].
    pub file_system: u64,
    /// Whether it may be entered.
    pub is_entered: bool,
    /// Set if it is on another file system than its parent: the kind, where known.
    pub mount: Option<Option<String>>,
}

impl FileSystems {
    /// Enters the roots' file systems only, or all; none of the kinds in `skipped`.
    pub fn new(only_roots: bool, skipped: Vec<String>) -> FileSystems {
        FileSystems {
            only_roots,
            skipped,
            mounts: OnceLock::new(),
        }
    }

    /// Whether all are entered, so that nobody has to ask.
    pub fn are_all_entered(&self) -> bool {
        !self.only_roots && self.skipped.is_empty()
    }

    /// Decides about a directory; `parent` is the file system of the directory it is in, where known.
    pub fn cross(&self, parent: Option<u64>, stat: &Stat, is_root: bool) -> Crossing {
        let file_system = stat.file_system();
        if parent == Some(file_system) {
            return Crossing {
                file_system,
                is_entered: true,
                mount: None,
            };
        }
        let kind = self.mounts.get_or_init(Mounts::read).kind(stat);
        let is_skipped = |word: &String| kind.is_some_and(|kind| is_meant(kind, word));
        Crossing {
            file_system,
            is_entered: (is_root || !self.only_roots) && !self.skipped.iter().any(is_skipped),
            mount: (!is_root).then(|| kind.map(str::to_owned)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirs::{Directory, Engine};

    #[test]
    fn only_a_change_of_file_system_is_a_crossing() {
        let stat = Directory::working(Engine::Native)
            .stat(b".", b".", true)
            .unwrap();
        let here = stat.file_system();
        let elsewhere = Some(here.wrapping_add(1));
        for (only_roots, parent, is_root, is_entered, is_mount) in [
            (false, Some(here), false, true, false),
            (true, Some(here), false, true, false),
            (false, None, true, true, false),
            (true, None, true, true, false),
            (false, elsewhere, false, true, true),
            (true, elsewhere, false, false, true),
            (true, None, false, false, true),
        ] {
            let found = FileSystems::new(only_roots, Vec::new()).cross(parent, &stat, is_root);
            assert_eq!(
                (found.file_system, found.is_entered, found.mount.is_some()),
                (here, is_entered, is_mount),
                "{only_roots} {parent:?}"
            );
        }
        assert!(FileSystems::default().are_all_entered());
        assert!(!FileSystems::new(true, Vec::new()).are_all_entered());
        assert!(!FileSystems::new(false, vec!["proc".to_owned()]).are_all_entered());
    }
}
