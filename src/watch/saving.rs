//! Signs that a file is being saved under another name: then a name that ends will soon be there again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::index::Id;

/// How long before a name ends its successor is written.
const RECENT: Duration = Duration::from_millis(500);

/// How many names are remembered.
const MOST: usize = 16;

/// Names that were written of late.
#[derive(Debug, Default)]
pub(super) struct Written(VecDeque<(Id, Vec<u8>, Instant)>);

impl Written {
    /// A name in a directory was created, written or given by a rename.
    pub(super) fn note(&mut self, directory: Id, name: &[u8], now: Instant) {
        if let Some((last_directory, last, time)) = self.0.back_mut()
            && (*last_directory, &**last) == (directory, name)
        {
            *time = now;
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((directory, name.to_vec(), now));
    }

    /// Whether another name in the directory was written just now.
    pub(super) fn has_other(&self, directory: Id, name: &[u8], now: Instant) -> bool {
        self.0.iter().any(|(known, other, time)| {
            *known == directory && other != name && now.saturating_duration_since(*time) < RECENT
        })
    }
}

/// Whether a name is that of a copy which editors keep of the file before: `a~`, `a.bak`, `#a#`.
pub(super) fn is_backup(path: &[u8], from: &[u8]) -> bool {
    let name = |path: &[u8]| -> Vec<u8> {
        let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
        path[start..].to_vec()
    };
    let (path, from) = (name(path), name(from));
    path.len() > from.len() && memchr::memmem::find(&path, &from).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirs::FileType;
    use crate::watch::facts::Facts;
    use crate::watch::index::Index;

    #[test]
    fn only_another_name_in_the_same_directory_is_a_sign() {
        let facts = Facts {
            size: 0,
            mtime: 0,
            ctime: 0,
            ino: 0,
            file_type: FileType::Directory,
            is_fresh: false,
        };
        let mut index = Index::default();
        let [one, two] = [b"one", b"two"].map(|name| index.insert(None, name, facts));
        let (mut written, now) = (Written::default(), Instant::now());
        written.note(one, b"a", now);
        written.note(one, b"a", now + RECENT);
        for (directory, name, after, expected) in [
            (one, b"b", 0, true),
            (one, b"a", 0, false),
            (two, b"b", 0, false),
            (one, b"b", 1, false),
        ] {
            let at = now + RECENT + after * RECENT;
            let shown = String::from_utf8_lossy(name);
            assert_eq!(
                written.has_other(directory, name, at),
                expected,
                "{shown} {after}"
            );
        }
        for number in 0..MOST {
            written.note(two, number.to_string().as_bytes(), now);
        }
        assert!(!written.has_other(one, b"b", now));
    }

    #[test]
    fn backups_contain_the_name() {
        for (path, from, expected) in [
            ("d/a~", "d/a", true),
            ("old/a.bak", "d/a", true),
            ("d/#a#", "d/a", true),
            ("d/b", "d/a", false),
            ("a/b", "d/a", false),
            ("e/a", "d/a", false),
        ] {
            let found = is_backup(path.as_bytes(), from.as_bytes());
            assert_eq!(found, expected, "{from} {path}");
        }
    }
}
