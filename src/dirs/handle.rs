//! Which directory: a chain of names from where the walk began, with descriptors where they help.
//!
//! A directory that still has subdirectories to be opened keeps its descriptor, so that each of them is one openat(2)
//! away. Descriptors are few, and a tree may be wider and deeper than there are any; so only as many are kept as
//! [`allow`] allows, and what was not kept is opened again, name by name, from the nearest directory that was.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{CWD, Mode, OFlags, openat};

/// How many more descriptors may be kept. One number for the process, since the system counts by process.
static LEFT: AtomicI64 = AtomicI64::new(256);

/// Descriptors that are not for keeping: standard streams, outputs, what the system's libraries open.
const OTHERS: usize = 8;

/// How many a thread may have open at once: the directory it reads, and one or two on the way to another.
const OF_A_THREAD: usize = 3;

/// The most threads that anybody can ask for.
const MOST_THREADS: usize = 1024;

/// How many descriptors are asked for. More would only be kept for longer: a walk keeps a few for each level of the tree.
const ENOUGH: usize = 16 << 10;

/// Gets leave for many open files. Gives how many threads may walk, so many at most: so that none takes the last descriptor
/// from another, and some can be kept.
pub fn allow(threads: Option<usize>) -> usize {
    crate::io::limits::allow_open_files(ENOUGH);
    let most = usize::try_from(crate::io::limits::open_files()).unwrap_or(usize::MAX);
    let most = most.saturating_sub(OTHERS);
    let threads = threads
        .unwrap_or(MOST_THREADS)
        .min(most / (OF_A_THREAD + 1))
        .max(1);
    let kept = most.saturating_sub(threads * OF_A_THREAD);
    LEFT.store(i64::try_from(kept).unwrap_or(i64::MAX), Relaxed);
    threads
}

/// A directory: its name, and the one that it is in.
#[derive(Debug)]
pub struct Handle {
    parent: Option<Arc<Handle>>,
    /// Of a root, its whole path.
    name: Box<[u8]>,
    depth: u32,
    /// Whether links are followed on the way to it.
    follows: bool,
    kept: Mutex<Kept>,
}

/// A descriptor that is kept, and for how many subdirectories that are yet to be opened.
#[derive(Debug, Default)]
struct Kept {
    descriptor: Option<Arc<OwnedFd>>,
    waiting: u32,
}

impl Handle {
    /// A directory that the walk begins at. `follows` says whether a link leads to the directory behind it, here.
    pub fn root(path: &[u8], follows: bool) -> Arc<Handle> {
        Arc::new(Handle {
            parent: None,
            name: path.into(),
            depth: 0,
            follows,
            kept: Mutex::default(),
        })
    }

    /// A directory in this one. `follows` says whether a link leads to the directory behind it, here.
    pub fn child(self: &Arc<Handle>, name: &[u8], follows: bool) -> Arc<Handle> {
        Arc::new(Handle {
            parent: Some(Arc::clone(self)),
            name: name.into(),
            depth: self.depth + 1,
            follows,
            kept: Mutex::default(),
        })
    }

    /// How many steps it is below a root.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Puts the path into `path`, as find(1) prints it: the root as it was given, names joined by slashes.
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
    /// Those of open(2); `ELOOP` or `ENOTDIR` if it is no directory any more.
    pub fn open(&self) -> io::Result<OwnedFd> {
        let opened = match &self.parent {
            None => self.open_in(CWD),
            Some(parent) => match parent.descriptor() {
                Some(descriptor) => self.open_in(&descriptor),
                None => self.open_by_steps(parent),
            },
        };
        if let Some(parent) = &self.parent {
            parent.one_less();
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

    /// From the nearest directory on the way here that has a descriptor, step by step.
    fn open_by_steps(&self, parent: &Arc<Handle>) -> io::Result<OwnedFd> {
        let mut steps: Vec<&Handle> = vec![self];
        let mut at: Option<&Handle> = Some(parent);
        let mut start = None;
        while let Some(handle) = at {
            start = handle.descriptor();
            if start.is_some() {
                break;
            }
            steps.push(handle);
            at = handle.parent.as_deref();
        }
        let mut steps = steps.into_iter().rev();
        let mut descriptor = match (start, steps.next()) {
            (Some(start), Some(first)) => first.open_in(&start)?,
            (None, Some(first)) => first.open_in(CWD)?,
            (_, None) => return self.open_in(CWD),
        };
        for step in steps {
            descriptor = step.open_in(&descriptor)?;
        }
        Ok(descriptor)
    }

    /// Keeps the descriptor for so many more subdirectories that will be opened, if there is one to spare.
    pub fn keep(&self, descriptor: &Arc<OwnedFd>, subdirectories: u32) {
        if subdirectories == 0 {
            return;
        }
        let mut kept = self.kept();
        if kept.descriptor.is_none() {
            if LEFT.fetch_sub(1, Relaxed) <= 0 {
                LEFT.fetch_add(1, Relaxed);
                return;
            }
            kept.descriptor = Some(Arc::clone(descriptor));
        }
        kept.waiting += subdirectories;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn descriptor(&self) -> Option<Arc<OwnedFd>> {
        self.kept().descriptor.clone()
    }

    /// One subdirectory less to be opened; the descriptor is closed after the last.
    fn one_less(&self) {
        let mut kept = self.kept();
        kept.waiting = kept.waiting.saturating_sub(1);
        if kept.waiting == 0 {
            kept.let_go();
        }
    }
}

impl Kept {
    fn let_go(&mut self) {
        if self.descriptor.take().is_some() {
            LEFT.fetch_add(1, Relaxed);
        }
    }
}

/// Chains may be longer than the stack is deep, so they are taken apart step by step.
impl Drop for Handle {
    fn drop(&mut self) {
        let kept = self.kept.get_mut();
        kept.unwrap_or_else(PoisonError::into_inner).let_go();
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
    fn a_chain_longer_than_any_stack_is_let_go() {
        let mut handle = Handle::root(b".", false);
        for _ in 0..1_000_000 {
            handle = handle.child(b"d", false);
        }
        drop(handle);
    }
}
