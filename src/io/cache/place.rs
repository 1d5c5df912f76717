//! Where the cache is, and whether it may be trusted.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::CacheError;

/// The directory of this layout inside the root. Nothing else is ever touched, so that a root that holds other things, such as
/// `JUG_CACHE_DIR=/tmp`, keeps them.
const LAYOUT: &str = "v1";

/// The mark by which backup programs know caches (<https://bford.info/cachedir/>).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by jug.\n";

/// The root of the cache: `JUG_CACHE_DIR`, or `jug` in `XDG_CACHE_HOME`, or in `.cache` of `HOME` (XDG Base Directory
/// Specification 0.8, by which relative paths count as unset).
///
/// # Errors
/// [`CacheError::NoPlace`] where none of them is set, or the home is not there.
pub fn root() -> Result<PathBuf, CacheError> {
    // A missing home is not created.
    root_by(|name| env::var_os(name).filter(|value| name != "HOME" || Path::new(value).is_dir()))
}

fn root_by(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, CacheError> {
    let path = |name: &str| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| !path.as_os_str().is_empty())
    };
    let absolute = |name: &str| path(name).filter(|path| path.is_absolute());
    // This one is set for jug alone, so it may be relative.
    path("JUG_CACHE_DIR")
        .or_else(|| absolute("XDG_CACHE_HOME").map(|cache| cache.join("jug")))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache/jug")))
        .ok_or(CacheError::NoPlace)
}

/// The directory of entries in `root`, which need not exist yet.
///
/// # Errors
/// [`CacheError::Foreign`] where others than the user of this process could have written what is in there.
pub(super) fn trusted(root: &Path) -> Result<PathBuf, CacheError> {
    let directory = root.join(LAYOUT);
    match fs::symlink_metadata(&directory) {
        Ok(status) => {
            let ours = status.is_dir()
                && status.uid() == rustix::process::geteuid().as_raw()
                && status.mode() & 0o022 == 0;
            if ours {
                Ok(directory)
            } else {
                Err(CacheError::Foreign(directory))
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(directory),
        Err(error) => Err(CacheError::io("looking at", &directory, error)),
    }
}

/// Makes the directory and its parents, accessible only to this user.
pub(super) fn make(directory: &Path) -> Result<(), CacheError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| CacheError::io("making", directory, error))?;
    // Backups that keep the cache are no reason to go without it.
    let _ = fs::write(directory.join("CACHEDIR.TAG"), TAG);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn root_of(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let variable = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(value))
        };
        root_by(variable).ok()
    }

    #[test]
    fn the_root_is_where_the_standard_says() {
        let home = ("HOME", "/home/me");
        let xdg = ("XDG_CACHE_HOME", "/var/xdg");
        let ours = ("JUG_CACHE_DIR", "here");
        for (variables, expected) in [
            (&[home, xdg, ours][..], Some("here")),
            (&[home, xdg], Some("/var/xdg/jug")),
            (&[home], Some("/home/me/.cache/jug")),
            (
                &[home, ("XDG_CACHE_HOME", "relative")],
                Some("/home/me/.cache/jug"),
            ),
            (
                &[home, ("XDG_CACHE_HOME", ""), ("JUG_CACHE_DIR", "")],
                Some("/home/me/.cache/jug"),
            ),
            (&[("HOME", "")], None),
            (&[("HOME", "relative")], None),
            (&[], None),
        ] {
            assert_eq!(root_of(variables), expected.map(PathBuf::from));
        }
    }

    #[test]
    fn what_others_may_write_is_not_trusted() {
        let root = tempfile::tempdir().unwrap();
        let directory = trusted(root.path()).unwrap();
        make(&directory).unwrap();
        let mode = fs::metadata(&directory).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o700);
        assert!(trusted(root.path()).is_ok());
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(trusted(root.path()), Err(CacheError::Foreign(_))));
        fs::remove_dir_all(&directory).unwrap();
        symlink("/tmp", &directory).unwrap();
        assert!(matches!(trusted(root.path()), Err(CacheError::Foreign(_))));
    }

    #[test]
    fn a_file_in_the_way_is_reported() {
        let root = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(trusted(root.path()), Err(CacheError::Io { .. })));
        assert!(make(&root.path().join(LAYOUT)).is_err());
    }
}
