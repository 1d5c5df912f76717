//! A path to be watched: what it leads to now, and all the names that decide it.
//!
//! A path may be a link to a link (`conf -> ..data/conf`, `..data -> v1`), and may not exist yet. Each link on the way, the last
//! name, and the first name that is missing is an [`Anchor`]: a name in a directory that exists. While these names stay the
//! same, the path leads to the same place.

use std::io;

use super::index::Id;
use crate::dirs::handle::join;
use crate::dirs::{Directory, Engine, FileType, Stat};
use crate::io::inotify::Watch;

/// The most links on the way; as in path_resolution(7).
const MOST_LINKS: u32 = 40;

/// A path that is watched.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) path: Vec<u8>,
    pub(super) node: Option<Id>,
    pub(super) device: u64,
    pub(super) anchors: Vec<(Watch, Vec<u8>)>,
    /// Whether a directory on the way cannot be watched.
    pub(super) is_polled: bool,
}

impl Root {
    /// A path of which nothing is known yet.
    pub(super) fn new(path: &[u8]) -> Root {
        Root {
            path: path.to_vec(),
            node: None,
            device: 0,
            anchors: Vec::new(),
            is_polled: false,
        }
    }
}

/// A name that decides where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    /// The directory that it is in.
    pub(super) directory: Vec<u8>,
    /// The name.
    pub(super) name: Vec<u8>,
}

/// Where a path leads.
#[derive(Debug)]
pub(super) struct Resolved {
    /// What decides it.
    pub(super) anchors: Vec<Anchor>,
    /// What is there; an error if nothing is, or it cannot be looked at.
    pub(super) found: io::Result<Stat>,
}

/// Finds out where a path leads.
pub(super) fn resolve(path: &[u8]) -> Resolved {
    let working = Directory::working(Engine::Native);
    let mut at: Vec<u8> = match path.first() {
        Some(b'/') => b"/".to_vec(),
        _ => b".".to_vec(),
    };
    let mut left: Vec<Vec<u8>> = parts(path);
    let (mut anchors, mut links) = (Vec::new(), 0);
    let mut found = working.stat(&at, &at, true);
    while let Some(name) = left.pop() {
        let mut next = match at == b"." {
            true => Vec::new(),
            false => at.clone(),
        };
        join(&mut next, &name);
        let anchor = Anchor {
            directory: at.clone(),
            name: name.clone(),
        };
        found = working.stat(&next, &next, false);
        match &found {
            Ok(stat) if stat.file_type == FileType::Symlink => {
                anchors.push(anchor);
                links += 1;
                let text = working.read_link(&next, &next);
                match text {
                    Ok(text) if links <= MOST_LINKS => {
                        if text.first() == Some(&b'/') {
                            at = b"/".to_vec();
                        }
                        left.extend(parts(&text));
                        found = working.stat(&at, &at, true);
                    }
                    Ok(_) => {
                        found = Err(rustix::io::Errno::LOOP.into());
                        break;
                    }
                    Err(error) => {
                        found = Err(error);
                        break;
                    }
                }
            }
            Ok(_) => {
                if left.is_empty() && name != b".." {
                    anchors.push(anchor);
                }
                at = next;
            }
            Err(_) => {
                anchors.push(anchor);
                break;
            }
        }
    }
    Resolved { anchors, found }
}

/// The names in a path, the last first.
fn parts(path: &[u8]) -> Vec<Vec<u8>> {
    let names = path.split(|byte| *byte == b'/');
    let names = names.filter(|name| !name.is_empty() && *name != b".");
    names.rev().map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    /// The anchors of a path in a directory, relative to it, and whether something is there.
    fn resolved(top: &std::path::Path, path: &str) -> (String, bool) {
        let full = top.join(path);
        let Resolved { anchors, found } = resolve(full.as_os_str().as_bytes());
        let top = top.as_os_str().as_bytes();
        let shown = anchors.iter().filter_map(|anchor| {
            let mut path = anchor.directory.clone();
            join(&mut path, &anchor.name);
            let path = path.strip_prefix(top)?;
            Some(String::from_utf8_lossy(path).into_owned())
        });
        (shown.collect::<Vec<_>>().join(" "), found.is_ok())
    }

    #[test]
    fn all_names_on_the_way_are_found() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("v1")).unwrap();
        fs::write(top.join("v1/conf"), "").unwrap();
        symlink("v1", top.join("..data")).unwrap();
        symlink("..data/conf", top.join("conf")).unwrap();
        symlink("round", top.join("round")).unwrap();
        for (path, anchors, exists) in [
            ("v1/conf", "/v1/conf", true),
            ("conf", "/conf /..data /v1/conf", true),
            ("..data", "/..data /v1", true),
            ("v1/missing/deep", "/v1/missing", false),
            ("v1/../v1/conf", "/v1/../v1/conf", true),
        ] {
            assert_eq!(resolved(&top, path), (anchors.to_owned(), exists), "{path}");
        }
        assert!(!resolved(&top, "round").1);
        symlink(top.join("v1/conf"), top.join("absolute")).unwrap();
        assert_eq!(
            resolved(&top, "absolute"),
            ("/absolute /v1/conf".to_owned(), true)
        );
    }
}
