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
    /// The file system it is on.
    pub file_system: FileSystem,
    /// Whether it may be entered.
    pub is_entered: bool,
    /// Set if it is mounted elsewhere than its parent: the kind, where known.
    pub mount: Option<Option<String>>,
}

/// What a directory is on: a device may be mounted in several places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSystem {
    mount: u64,
    device: u64,
}

impl From<&Stat> for FileSystem {
    fn from(stat: &Stat) -> FileSystem {
        FileSystem {
            mount: stat.file_system(),
            device: stat.dev,
        }
    }
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
    pub fn cross(&self, parent: Option<FileSystem>, stat: &Stat, is_root: bool) -> Crossing {
        let file_system = FileSystem::from(stat);
        if parent.is_some_and(|parent| parent.mount == file_system.mount) {
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
            // As POSIX defines -xdev: a directory of the same device that is mounted once more is entered.
            is_entered: (is_root
                || !self.only_roots
                || parent.is_some_and(|parent| parent.device == file_system.device))
                && !self.skipped.iter().any(is_skipped),
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
        let here = FileSystem::from(&stat);
        let elsewhere = Some(FileSystem {
            mount: here.mount.wrapping_add(1),
            device: here.device.wrapping_add(1),
        });
        // Part of the same device, mounted once more.
        let bound = Some(FileSystem {
            mount: here.mount.wrapping_add(1),
            ..here
        });
        for (only_roots, parent, is_root, is_entered, is_mount) in [
            (false, Some(here), false, true, false),
            (true, Some(here), false, true, false),
            (false, None, true, true, false),
            (true, None, true, true, false),
            (false, elsewhere, false, true, true),
            (true, elsewhere, false, false, true),
            (true, bound, false, true, true),
            (false, bound, false, true, true),
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
