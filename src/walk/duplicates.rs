//! Files with equal contents: those of one size, of those the ones with equal first bytes, of those the ones with equal digests.
//!
//! Each step sorts its records, which go to temporary files if there are many, and passes on what has a neighbour. A file with
//! several names is read once, by the first of them.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::recorder::Recorder;
use crate::dirs::content::{self, ContentError, DIGEST, HEAD};
use crate::dirs::{ContentNeeds, Directory, Engine, Entry, EntryError, FileType, is_gone};
use crate::group::sort::Sorter;
use crate::observe::Observe;

/// The memory for records before they go to temporary files, in bytes.
const MEMORY: usize = 32 << 20;

/// How many files are read before the results are passed on.
const BATCH: usize = 1024;

/// The bytes of a size, and of device and inode, in keys.
const SIZE: usize = 8;
const ID: usize = 16;

/// Collects the regular files of a worker.
#[derive(Debug)]
pub struct Files {
    sorter: Sorter,
    key: Vec<u8>,
    error: Option<io::Error>,
}

impl Files {
    /// No files.
    pub fn new() -> Files {
        Files {
            sorter: Sorter::new(MEMORY),
            key: Vec::new(),
            error: None,
        }
    }
}

impl Default for Files {
    fn default() -> Files {
        Files::new()
    }
}

impl Recorder for Files {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, _: &mut Vec<u8>) {
        let Some(stat) = entry.known_stat() else {
            return;
        };
        if stat.file_type != FileType::File || self.error.is_some() {
            return;
        }
        let (device, inode) = stat.id();
        self.key.clear();
        // The largest first.
        for number in [!stat.size, device, inode] {
            self.key.extend_from_slice(&number.to_be_bytes());
        }
        self.key.extend_from_slice(entry.place.path);
        self.key.push(0);
        self.error = self.sorter.put(&self.key, b"").err();
    }
}

/// One of several files with equal contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The number of those with the same content, from 1.
    pub group: u64,
    /// The size in bytes.
    pub size: u64,
    /// The BLAKE3 digest in hexadecimal digits.
    pub hash: String,
    /// The path, the first of several.
    pub path: Vec<u8>,
}

/// How files are read.
pub struct Reading<'a> {
    /// Whether links are followed.
    pub follows: bool,
    /// The number of threads.
    pub threads: usize,
    /// Asked whether to stop.
    pub observe: &'a dyn Observe,
}

/// A file to be read.
#[derive(Debug)]
struct File {
    size: u64,
    id: (u64, u64),
    path: Vec<u8>,
}

impl File {
    /// That of a key: size, what follows it of `skipped` bytes, device and inode, path.
    fn of(key: &[u8], skipped: usize) -> Option<File> {
        let number = |at: usize| Some(u64::from_be_bytes(key.get(at..at + 8)?.try_into().ok()?));
        let at = SIZE + skipped;
        Some(File {
            size: !number(0)?,
            id: (number(at)?, number(at + 8)?),
            path: key.get(at + ID..key.len() - 1)?.to_vec(),
        })
    }

    fn key(&self, digest: &str) -> Vec<u8> {
        let mut key = Vec::with_capacity(SIZE + digest.len() + ID + self.path.len() + 1);
        key.extend_from_slice(&(!self.size).to_be_bytes());
        key.extend_from_slice(digest.as_bytes());
        key.extend_from_slice(&self.id.0.to_be_bytes());
        key.extend_from_slice(&self.id.1.to_be_bytes());
        key.extend_from_slice(&self.path);
        key.push(0);
        key
    }
}

/// Finds the files with equal contents among those that workers have collected: hands them to `take`, the largest first, those with
/// equal contents together in the order of their paths; errors go to `fail`.
///
/// # Errors
/// Those of temporary files, and of `take`.
pub fn find<E: From<io::Error>>(
    workers: Vec<Files>,
    reading: &Reading<'_>,
    fail: &mut dyn FnMut(EntryError),
    take: &mut dyn FnMut(Duplicate) -> Result<(), E>,
) -> Result<(), E> {
    let mut sorters = Vec::new();
    for worker in workers {
        match worker.error {
            Some(error) => return Err(error.into()),
            None => sorters.push(worker.sorter),
        }
    }
    let (mut by_head, mut by_hash) = (Sorter::new(MEMORY), Sorter::new(MEMORY));
    reading.step(sorters, 0, fail, &mut |file, found| {
        // The digest of a small file is that of its first bytes.
        let sorter = match file.size <= HEAD as u64 {
            true => &mut by_hash,
            false => &mut by_head,
        };
        sorter.put(&file.key(found), b"")
    })?;
    reading.step(vec![by_head], DIGEST, fail, &mut |file, found| {
        by_hash.put(&file.key(found), b"")
    })?;
    let mut numbers = Groups::default();
    let mut group = 0;
    let mut hash = String::new();
    // The order of inodes is no order for people.
    let mut paths: Vec<(Vec<u8>, u64)> = Vec::new();
    let mut sorted = Sorter::sorted([by_hash])?;
    loop {
        let mut key = None;
        sorted.next(|found, _| {
            key = Some(found.to_vec());
            Ok::<(), E>(())
        })?;
        let begins = key
            .as_deref()
            .is_none_or(|key| !numbers.continues(key, SIZE + DIGEST));
        if begins {
            paths.sort_unstable();
            if paths.len() > 1 {
                group += 1;
                for (path, size) in paths.drain(..) {
                    let hash = hash.clone();
                    take(Duplicate {
                        group,
                        size,
                        hash,
                        path,
                    })?;
                }
            }
            paths.clear();
        }
        let Some(key) = key else { return Ok(()) };
        if let Some(file) = File::of(&key, DIGEST) {
            hash = String::from_utf8_lossy(&key[SIZE..SIZE + DIGEST]).into_owned();
            paths.push((file.path, file.size));
        }
    }
}

/// Tells where a run of keys with equal beginnings ends.
#[derive(Debug, Default)]
struct Groups(Vec<u8>);

impl Groups {
    /// Whether a key begins as the last one did.
    fn continues(&mut self, key: &[u8], length: usize) -> bool {
        let begin = &key[..length.min(key.len())];
        let is_same = self.0 == begin;
        if !is_same {
            self.0 = begin.to_vec();
        }
        is_same
    }
}

impl Reading<'_> {
    /// Reads the files that have a neighbour with the same size and `skipped` bytes after it; hands on each with its digest: of the
    /// first bytes if nothing is skipped and there are more, otherwise of all.
    fn step(
        &self,
        sorters: Vec<Sorter>,
        skipped: usize,
        fail: &mut dyn FnMut(EntryError),
        pass: &mut dyn FnMut(&File, &str) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut sorted = Sorter::sorted(sorters)?;
        let mut groups = Groups::default();
        let mut first: Option<File> = None;
        let mut last = None;
        let mut batch = Vec::new();
        loop {
            let mut key = None;
            sorted.next(|found, _| {
                key = Some(found.to_vec());
                Ok::<(), io::Error>(())
            })?;
            let Some(key) = key else { break };
            let Some(file) = File::of(&key, skipped) else {
                continue;
            };
            if !groups.continues(&key, SIZE + skipped) {
                last = Some(file.id);
                first = Some(file);
                continue;
            }
            // Another name of the same file.
            if last == Some(file.id) {
                continue;
            }
            last = Some(file.id);
            batch.extend(first.take());
            batch.push(file);
            if batch.len() >= BATCH {
                self.read(&std::mem::take(&mut batch), skipped == 0, fail, pass)?;
            }
            if self.observe.stopping() {
                return Ok(());
            }
        }
        self.read(&batch, skipped == 0, fail, pass)
    }

    fn read(
        &self,
        files: &[File],
        is_head: bool,
        fail: &mut dyn FnMut(EntryError),
        pass: &mut dyn FnMut(&File, &str) -> io::Result<()>,
    ) -> io::Result<()> {
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Vec::with_capacity(files.len()));
        let work = || {
            loop {
                let at = next.fetch_add(1, Relaxed);
                let Some(file) = files.get(at) else { return };
                let digest = self.digest(file, is_head);
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.push((at, digest));
            }
        };
        thread::scope(|scope| {
            for _ in 1..self.threads.min(files.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Errors are reported in an order that does not depend on the threads.
        found.sort_unstable_by_key(|(at, _)| *at);
        for (at, digest) in found {
            match digest {
                Ok(digest) => pass(&files[at], &digest)?,
                Err(ContentError::Stopped) => {}
                // It was removed meanwhile.
                Err(ContentError::Io(error)) if is_gone(&error) => {}
                Err(ContentError::Io(error)) => fail(EntryError::of_file(&files[at].path, &error)),
                Err(ContentError::Changed) => fail(EntryError::changed(&files[at].path)),
            }
        }
        self.observe.advanced(files.len() as u64);
        Ok(())
    }

    fn digest(&self, file: &File, is_head: bool) -> Result<String, ContentError> {
        let path = file.path.as_slice();
        let directory = Directory::working(Engine::Native);
        let opened = directory.open_file(path, path, self.follows);
        let opened = opened.map_err(ContentError::Io)?;
        let is_part = is_head && file.size > HEAD as u64;
        let needs = match is_part {
            true => ContentNeeds::HEAD,
            false => ContentNeeds::BLAKE3,
        };
        let is_stopping = || self.observe.stopping();
        let content = content::read(&opened, file.id, file.size, needs, &is_stopping)?;
        Ok(content
            .blake3
            .unwrap_or_else(|| content::blake3(&content.head)))
    }
}
