//! Random trees with odd names, from a fixed seed.

use std::ffi::{CString, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::support::Sandbox;
use crate::support::random::Random;

/// Names that differ from others in every way that matters to sorting and escaping.
const NAMES: [&[u8]; 18] = [
    b"a",
    b"a-b",
    b"a.b",
    b"a b",
    b"a0",
    b"b",
    b"two\nlines",
    b"tab\tbed",
    b"\xff\xfe",
    b"\xe9",
    b"-n",
    b"*",
    b"...",
    b"z",
    b"Z",
    b"\"q\\",
    b"\x01",
    b".hidden",
];

/// A tree that grows and changes at random. The model of what is in it is the file system.
pub(super) struct Trees {
    pub(super) sandbox: Sandbox,
    pub(super) random: Random,
}

impl Trees {
    /// `tree`, with nothing in it.
    pub(super) fn new(seed: u64) -> Trees {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path().join("tree")).expect("a new directory");
        Trees {
            sandbox,
            random: Random::new(seed),
        }
    }

    /// All paths below `tree`, or only directories, `tree` included.
    pub(super) fn paths(&self, directories: bool) -> Vec<PathBuf> {
        let mut found = vec![self.sandbox.path().join("tree")];
        let mut all = Vec::new();
        let mut at = 0;
        while at < found.len() {
            for entry in fs::read_dir(&found[at]).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.symlink_metadata().is_ok_and(|found| found.is_dir()) {
                    found.push(path.clone());
                }
                all.push(path);
            }
            at += 1;
        }
        let mut paths = if directories { found } else { all };
        paths.sort();
        paths
    }

    fn one_of(&mut self, paths: &[PathBuf]) -> Option<PathBuf> {
        let at = self.random.below(paths.len());
        paths.get(at).cloned()
    }

    /// A path in a random directory that may be taken.
    pub(super) fn place(&mut self) -> PathBuf {
        let directories = self.paths(true);
        let directory = self.one_of(&directories).expect("the root is one");
        directory.join(OsStr::from_bytes(NAMES[self.random.below(NAMES.len())]))
    }

    /// Adds an entry, if its random place is free.
    pub(super) fn add(&mut self) {
        let path = self.place();
        if path.symlink_metadata().is_ok() {
            return;
        }
        match self.random.below(10) {
            0..=2 => fs::create_dir(&path).expect("a new directory"),
            3 => {
                let files = self.files();
                match self.one_of(&files) {
                    Some(file) => fs::hard_link(file, &path).expect("another name"),
                    None => self.write(&path),
                }
            }
            4 => std::os::unix::fs::symlink("../a", &path).expect("a new link"),
            5 => {
                let name = CString::new(path.as_os_str().as_bytes()).expect("no NUL");
                let mode = rustix::fs::Mode::from_raw_mode(0o644);
                rustix::fs::mkfifoat(rustix::fs::CWD, &name, mode).expect("a new FIFO");
            }
            6 => {
                let file = fs::File::create(&path).expect("a new file");
                let size = self.random.below(5_000_000) as u64;
                file.set_len(size).expect("a file with a hole");
            }
            _ => self.write(&path),
        }
    }

    /// Writes one of a few contents, so that some are equal.
    pub(super) fn write(&mut self, path: &Path) {
        let sizes = [0, 1, 10, 100, 4095, 4096, 4097, 5000, 70_000];
        let size = sizes[self.random.below(sizes.len())];
        let mut content = vec![b'x'; size];
        // They differ at the beginning, in the middle or at the end, if at all.
        let at = [0, size / 2, size.saturating_sub(1)][self.random.below(3)];
        if let Some(byte) = content.get_mut(at) {
            *byte = b'w' + u8::try_from(self.random.below(3)).expect("it is small");
        }
        fs::write(path, content).expect("a file");
    }

    /// All regular files.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut paths = self.paths(false);
        paths.retain(|path| path.symlink_metadata().is_ok_and(|found| found.is_file()));
        paths
    }

    /// Sets a time of modification, some of them before 1970.
    pub(super) fn touch(&mut self, path: &Path) {
        let offset = Duration::from_nanos(self.random.bits() % 4_000_000_000_000_000_000);
        let time = match self.random.below(3) {
            0 => SystemTime::UNIX_EPOCH - offset / 4,
            _ => SystemTime::UNIX_EPOCH + offset / 2,
        };
        let file = fs::File::open(path).expect("a file");
        file.set_modified(time).expect("the owner may");
    }
}
