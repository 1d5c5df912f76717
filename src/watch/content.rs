//! What the content of files was, so that a change can be told from one that leaves the same bytes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use crate::io::confined;

/// The largest file whose content is compared, in bytes. Larger ones count as changed.
pub const MOST: usize = 64 << 20;

/// Hashes of files, by path.
#[derive(Debug, Default)]
pub struct Contents(HashMap<Vec<u8>, u128>);

impl Contents {
    /// Notes what a file holds now; whether it held something else before, or that is not known.
    pub fn note(&mut self, path: &[u8]) -> bool {
        let read = confined::read_file(Path::new(OsStr::from_bytes(path)), MOST);
        let hash = read.ok().filter(|bytes| bytes.len() <= MOST);
        match hash {
            Some(bytes) => {
                let hash = xxh3_128(&bytes);
                self.0.insert(path.to_vec(), hash) != Some(hash)
            }
            None => {
                self.0.remove(path);
                true
            }
        }
    }

    /// A file has another path.
    pub fn rename(&mut self, from: &[u8], path: &[u8]) {
        if let Some(hash) = self.0.remove(from) {
            self.0.insert(path.to_vec(), hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_other_bytes_are_a_change() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("a");
        let name = path.as_os_str().as_bytes();
        let mut contents = Contents::default();
        for (text, is_change) in [
            (Some("one"), true),
            (Some("one"), false),
            (Some("two"), true),
            (None, true),
            (None, true),
            (Some("two"), true),
        ] {
            match text {
                Some(text) => fs::write(&path, text).unwrap(),
                None => drop(fs::remove_file(&path)),
            }
            assert_eq!(contents.note(name), is_change, "{text:?}");
        }
        contents.rename(name, b"elsewhere");
        assert!(contents.note(name));
    }
}
