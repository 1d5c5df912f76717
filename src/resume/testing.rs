//! A file system in memory, for trying out rotations in any order.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::files::{Content, Files};
use crate::io::growing::{Kind, Links, Status};

/// A file, with or without names.
#[derive(Debug)]
pub(crate) struct Inode {
    number: u64,
    birth: i128,
    modified: i128,
    changed: i128,
    pub(crate) bytes: Vec<u8>,
    is_archive: bool,
}

/// A file system with one directory. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    names: BTreeMap<String, Rc<RefCell<Inode>>>,
    /// Numbers of removed files: they are given to new ones.
    free: Vec<u64>,
    next: u64,
    clock: i128,
    /// When a name was added or removed last.
    names_changed: i128,
    open: usize,
    interruptions: VecDeque<Interruption>,
}

/// What others do between two calls of who looks at files.
struct Interruption {
    /// After how many calls.
    after: usize,
    action: Box<dyn FnOnce()>,
}

impl fmt::Debug for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {} calls", self.after)
    }
}

impl Memory {
    pub(crate) fn new() -> Memory {
        Memory::default()
    }

    fn tick(&self) -> i128 {
        let mut inner = self.0.borrow_mut();
        inner.clock += 1_000_000_000;
        inner.clock
    }

    pub(crate) fn create(&self, name: &str) -> Rc<RefCell<Inode>> {
        let now = self.tick();
        let mut inner = self.0.borrow_mut();
        let number = inner.free.pop().unwrap_or_else(|| {
            inner.next += 1;
            inner.next
        });
        let inode = Rc::new(RefCell::new(Inode {
            number,
            birth: now,
            modified: now,
            changed: now,
            bytes: Vec::new(),
            is_archive: false,
        }));
        inner.names.insert(name.to_owned(), Rc::clone(&inode));
        inner.names_changed = now;
        inode
    }

    pub(crate) fn find(&self, name: &str) -> Option<Rc<RefCell<Inode>>> {
        self.0.borrow().names.get(name).cloned()
    }

    pub(crate) fn append(&self, inode: &Rc<RefCell<Inode>>, bytes: &[u8]) {
        let now = self.tick();
        let mut inode = inode.borrow_mut();
        inode.bytes.extend_from_slice(bytes);
        (inode.modified, inode.changed) = (now, now);
    }

    pub(crate) fn truncate(&self, name: &str) {
        let now = self.tick();
        if let Some(inode) = self.find(name) {
            let mut inode = inode.borrow_mut();
            inode.bytes.clear();
            (inode.modified, inode.changed) = (now, now);
        }
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        let now = self.tick();
        let Some(inode) = self.0.borrow_mut().names.remove(from) else {
            return;
        };
        self.remove(to);
        inode.borrow_mut().changed = now;
        let mut inner = self.0.borrow_mut();
        inner.names.insert(to.to_owned(), inode);
        inner.names_changed = now;
    }

    /// Removes a name. The inode is free for a new file once nobody else has it.
    pub(crate) fn remove(&self, name: &str) {
        let now = self.tick();
        let removed = self.0.borrow_mut().names.remove(name);
        self.0.borrow_mut().names_changed = now;
        if let Some(inode) = removed.and_then(Rc::into_inner) {
            let number = inode.borrow().number;
            self.0.borrow_mut().free.push(number);
        }
    }

    /// Copies a file, as `cp` does, or as an archive, as `gzip <from >to` does.
    pub(crate) fn copy(&self, from: &str, to: &str, is_archive: bool) {
        let Some(inode) = self.find(from) else {
            return;
        };
        let bytes = inode.borrow().bytes.clone();
        self.remove(to);
        let copy = self.create(to);
        self.append(&copy, &bytes);
        copy.borrow_mut().is_archive = is_archive;
    }

    /// Lets others do something after some more calls, counted from what they do before.
    pub(crate) fn interrupt(&self, after: usize, action: Box<dyn FnOnce()>) {
        let mut inner = self.0.borrow_mut();
        inner
            .interruptions
            .push_back(Interruption { after, action });
    }

    /// How many interruptions are to come.
    pub(crate) fn interruptions(&self) -> usize {
        self.0.borrow().interruptions.len()
    }

    /// Counts a call: each sees the files as they are in that moment.
    pub(crate) fn call(&self) {
        let mut inner = self.0.borrow_mut();
        let Some(next) = inner.interruptions.front_mut() else {
            return;
        };
        if next.after > 0 {
            next.after -= 1;
            return;
        }
        let next = inner.interruptions.pop_front();
        drop(inner);
        if let Some(next) = next {
            (next.action)();
        }
    }

    /// How many files are open.
    pub(crate) fn open_count(&self) -> usize {
        self.0.borrow().open
    }
}

impl Inode {
    fn status(&self) -> Status {
        Status {
            kind: Kind::File,
            device: 1,
            inode: self.number,
            birth: Some(self.birth),
            size: match self.is_archive {
                true => self.bytes.len() as u64 / 8 + 20,
                false => self.bytes.len() as u64,
            },
            modified: self.modified,
            changed: self.changed,
        }
    }
}

/// An open file of [`Memory`].
#[derive(Debug)]
pub(crate) struct Handle {
    inode: Rc<RefCell<Inode>>,
    memory: Memory,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.memory.0.borrow_mut().open -= 1;
    }
}

impl Content for Handle {
    fn status(&self) -> io::Result<Status> {
        self.memory.call();
        Ok(self.inode.borrow().status())
    }

    fn is_archive(&self) -> bool {
        self.inode.borrow().is_archive
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        self.memory.call();
        let inode = self.inode.borrow();
        let from = inode.bytes.len().min(offset as usize);
        let count = into.len().min(inode.bytes.len() - from);
        into[..count].copy_from_slice(&inode.bytes[from..from + count]);
        Ok(count)
    }

    fn read_once(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        self.read_at(offset, into)
    }

    fn again(&mut self) {}

    fn data_from(&self, offset: u64) -> io::Result<u64> {
        let inode = self.inode.borrow();
        let rest = inode.bytes.iter().skip(offset as usize);
        // Runs of at least eight NULs are holes.
        let nuls = rest.take_while(|byte| **byte == 0).count();
        Ok(if nuls >= 8 {
            offset + nuls as u64
        } else {
            offset
        })
    }
}

impl Files for Memory {
    type Content = Handle;

    fn list(&mut self, _directory: &Path) -> io::Result<Vec<Vec<u8>>> {
        self.call();
        let inner = self.0.borrow();
        Ok(inner
            .names
            .keys()
            .map(|name| name.clone().into_bytes())
            .collect())
    }

    fn status(&mut self, path: &Path, _links: Links) -> io::Result<Status> {
        self.call();
        let name = path.file_name().and_then(|name| name.to_str());
        if path == Path::new(".") {
            let directory = Inode {
                number: 0,
                birth: 0,
                modified: self.0.borrow().names_changed,
                changed: 0,
                bytes: Vec::new(),
                is_archive: false,
            };
            return Ok(directory.status());
        }
        let found = name.and_then(|name| self.find(name));
        match found {
            Some(inode) => Ok(inode.borrow().status()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn open(&mut self, path: &Path, _links: Links) -> io::Result<Handle> {
        self.call();
        let name = path.file_name().and_then(|name| name.to_str());
        let found = name.and_then(|name| self.find(name));
        let inode = found.ok_or(io::ErrorKind::NotFound)?;
        self.0.borrow_mut().open += 1;
        Ok(Handle {
            inode,
            memory: self.clone(),
        })
    }

    fn target(&mut self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }

    fn pause(&mut self) {
        self.tick();
    }

    fn now(&self) -> i128 {
        self.0.borrow().clock
    }
}
