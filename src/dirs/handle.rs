//! Which directory: a chain of names from a root, with descriptors where they help.
//!
//! A directory that has subdirectories to be opened keeps its descriptor, so that each of them is one openat(2) away. A tree
//! may be wider and deeper than the number of descriptors; so only as many are kept as a [`DescriptorBudget`] allows, and other
//! directories are opened again, name by name, from the nearest directory that kept one.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{CWD, Mode, OFlags, openat};

use super::budget::{DescriptorBudget, Permit};

/// A directory: its name, and the one that it is in.
#[derive(Debug)]
pub struct Handle {
    parent: Option<Arc<Handle>>,
    /// The whole path of a root.
    name: Box<[u8]>,
    depth: u32,
    /// Whether links are followed on the way to it.
    follows: bool,
    kept: Mutex<Kept>,
}

/// A descriptor that is kept, and how many subdirectories are still to be opened from it.
#[derive(Debug, Default)]
struct Kept {
    descriptor: Option<(Arc<OwnedFd>, Permit)>,
    waiting: u32,
}

impl Handle {
    /// A root. With `follows` the path may be a link to a directory.
    pub fn root(path: &[u8], follows: bool) -> Arc<Handle> {
        Arc::new(Handle {
            parent: None,
            name: path.into(),
            depth: 0,
            follows,
            kept: Mutex::default(),
        })
    }

    /// A directory in this one. With `follows` the name may be a link to a directory.
    pub fn child(self: &Arc<Handle>, name: &[u8], follows: bool) -> Arc<Handle> {
        Arc::new(Handle {
            parent: Some(Arc::clone(self)),
            name: name.into(),
            depth: self.depth + 1,
            follows,
            kept: Mutex::default(),
        })
    }

    /// The number of levels below the root.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Writes the path into `path`, as find(1) prints it: the root as it was given, names joined by slashes.
    pub fn write_path(&self, path: &mut Vec<u8>) {
        let mut chain: Vec<&Handle> = Vec::with_capacity(self.depth as usize + 1);
        let mut at = Some(self);
        while let Some(handle) = at {
            chain.push(handle);
            at = handle.parent.as_deref();
        }
        path.clear();
        for handle in chain.iter().rev() {
            join(path, &handle.name);
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// Those of open(2); `ELOOP` or `ENOTDIR` if it is no longer a directory.
    pub fn open(&self) -> io::Result<OwnedFd> {
        let opened = match &self.parent {
            None => self.open_in(CWD),
            Some(parent) => match parent.descriptor() {
                Some(descriptor) => self.open_in(&descriptor),
                None => self.open_from_nearest(parent),
            },
        };
        if let Some(parent) = &self.parent {
            parent.one_opened();
        }
        opened
    }

    fn open_in(&self, directory: impl AsFd) -> io::Result<OwnedFd> {
        let mut flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if !self.follows {
            flags |= OFlags::NOFOLLOW;
        }
        Ok(openat(directory, &*self.name, flags, Mode::empty())?)
    }

    /// Opens one directory after the other, from the nearest above that has a descriptor.
    fn open_from_nearest(&self, parent: &Arc<Handle>) -> io::Result<OwnedFd> {
        let mut way: Vec<&Handle> = vec![self];
        let mut at: Option<&Handle> = Some(parent);
        let mut start = None;
        while let Some(handle) = at {
            start = handle.descriptor();
            if start.is_some() {
                break;
            }
            way.push(handle);
            at = handle.parent.as_deref();
        }
        let mut way = way.into_iter().rev();
        let mut descriptor = match (start, way.next()) {
            (Some(start), Some(first)) => first.open_in(&start)?,
            (None, Some(first)) => first.open_in(CWD)?,
            (_, None) => return self.open_in(CWD),
        };
        for handle in way {
            descriptor = handle.open_in(&descriptor)?;
        }
        Ok(descriptor)
    }

    /// Keeps the descriptor, if the budget allows, until `subdirectories` more directories have been opened.
    pub(super) fn keep(
        &self,
        descriptor: &Arc<OwnedFd>,
        subdirectories: u32,
        budget: &DescriptorBudget,
    ) {
        if subdirectories == 0 {
            return;
        }
        let mut kept = self.kept();
        if kept.descriptor.is_none() {
            let Some(permit) = budget.take() else {
                return;
            };
            kept.descriptor = Some((Arc::clone(descriptor), permit));
        }
        kept.waiting += subdirectories;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn descriptor(&self) -> Option<Arc<OwnedFd>> {
        let kept = self.kept();
        let descriptor = kept.descriptor.as_ref();
        descriptor.map(|(descriptor, _)| Arc::clone(descriptor))
    }

    /// A subdirectory was opened; after the last the descriptor is closed.
    fn one_opened(&self) {
        let mut kept = self.kept();
        kept.waiting = kept.waiting.saturating_sub(1);
        if kept.waiting == 0 {
            kept.descriptor = None;
        }
    }
}

/// A chain may be longer than the stack is deep, so it is dropped in a loop.
impl Drop for Handle {
    fn drop(&mut self) {
        let mut parent = self.parent.take();
        while let Some(mut handle) = parent.and_then(Arc::into_inner) {
            parent = handle.parent.take();
        }
    }
}

/// Appends a name to a path.
pub fn join(path: &mut Vec<u8>, name: &[u8]) {
    if path.last().is_some_and(|last| *last != b'/') {
        path.push(b'/');
    }
    path.extend_from_slice(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_as_find_prints_them() {
        let mut path = Vec::new();
        for (root, names, expected) in [
            (".", &["a", "b"][..], "./a/b"),
            ("/", &["etc"], "/etc"),
            ("src/", &["io"], "src/io"),
            ("src", &[], "src"),
        ] {
            let mut handle = Handle::root(root.as_bytes(), false);
            for name in names {
                handle = handle.child(name.as_bytes(), false);
            }
            handle.write_path(&mut path);
            assert_eq!(path, expected.as_bytes());
            assert_eq!(handle.depth() as usize, names.len());
        }
    }

    #[test]
    fn a_chain_of_a_million_handles_is_dropped() {
        let mut handle = Handle::root(b".", false);
        for _ in 0..1_000_000 {
            handle = handle.child(b"d", false);
        }
        drop(handle);
    }
    #[test]
    fn a_descriptor_is_kept_until_the_last_subdirectory_is_opened() {
        let top = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            std::fs::create_dir(top.path().join(name)).unwrap();
        }
        let path = std::os::unix::ffi::OsStrExt::as_bytes(top.path().as_os_str());
        for (budget, is_kept) in [(1, true), (0, false)] {
            let budget = DescriptorBudget::new(budget);
            let root = Handle::root(path, false);
            let descriptor = Arc::new(root.open().unwrap());
            root.keep(&descriptor, 2, &budget);
            let (a, b) = (root.child(b"a", false), root.child(b"b", false));
            assert_eq!(root.descriptor().is_some(), is_kept);
            assert!(budget.take().is_none(), "the handle has the only one");
            a.open().unwrap();
            assert_eq!(root.descriptor().is_some(), is_kept);
            b.open().unwrap();
            assert!(root.descriptor().is_none());
            assert_eq!(budget.take().is_some(), is_kept, "it was given back");
        }
    }
}
