//! What a partial result was made of: which bytes of which files, so that nothing is counted twice.

use std::io;

use xxhash_rust::xxh3::xxh3_64;

use crate::io::growing::Growing;
use crate::record::escaped::{escape, unescape};

/// The lengths of beginnings that are hashed, where a file has them; a shorter file is hashed as a whole.
const HEADS: [usize; 3] = [64, 512, 4096];

/// A part of an input that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The name of the input.
    pub name: Vec<u8>,
    /// Which bytes of what.
    pub of: Of,
}

/// What the bytes are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A file, as it is stored.
    File {
        /// Where it is.
        file: FileId,
        /// The first byte, and the one after the last.
        bytes: (u64, u64),
    },
    /// A pipe: how many bytes, and their hash.
    Stream(u64, [u8; 16]),
}

/// What identifies a file. Device and inode alone do not: they are used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
    /// Nanoseconds since 1970, where the file system records it.
    birth: Option<i128>,
    /// Lengths of beginnings and their hashes.
    heads: Vec<(usize, u64)>,
}

impl Range {
    /// Bytes of an open file; all of them if none are given.
    ///
    /// # Errors
    /// Those of reading it.
    pub fn of_file(name: &[u8], mut file: Growing, bytes: Option<(u64, u64)>) -> io::Result<Range> {
        let status = file.status()?;
        let bytes = bytes.unwrap_or((0, status.size));
        let mut first = [0; HEADS[HEADS.len() - 1]];
        let room = usize::try_from(bytes.1)
            .unwrap_or(usize::MAX)
            .min(first.len());
        let length = file.read_at(0, &mut first[..room])?;
        let whole = (length < HEADS[0]).then_some(length);
        let lengths = whole
            .into_iter()
            .chain(HEADS)
            .filter(|head| *head <= length);
        Ok(Range {
            name: name.to_vec(),
            of: Of::File {
                file: FileId {
                    device: status.device,
                    inode: status.inode,
                    birth: status.birth,
                    heads: lengths
                        .map(|head| (head, xxh3_64(&first[..head])))
                        .collect(),
                },
                bytes,
            },
        })
    }

    /// Whether some bytes are in both. Pipes are compared by what came through them, as whole partial results are.
    pub fn overlaps(&self, other: &Range) -> bool {
        let (
            Of::File { file, bytes },
            Of::File {
                file: theirs,
                bytes: other,
            },
        ) = (&self.of, &other.of)
        else {
            return false;
        };
        file.may_be(theirs) && bytes.0 < other.1 && other.0 < bytes.1
    }

    /// A number that is equal for ranges of one file; none for a pipe.
    pub fn inode(&self) -> Option<u64> {
        match &self.of {
            Of::File { file, .. } => Some(file.inode),
            Of::Stream(..) => None,
        }
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        match self.of {
            Of::File { bytes, .. } => bytes.0 >= bytes.1,
            Of::Stream(length, _) => length == 0,
        }
    }

    /// The words of a header.
    pub(super) fn words(&self) -> String {
        let name = escape(&self.name);
        match &self.of {
            Of::Stream(length, digest) => {
                format!(
                    "stream {length} {:032x} {name}",
                    u128::from_be_bytes(*digest)
                )
            }
            Of::File { file, bytes } => {
                let birth = file.birth.map_or("-".to_owned(), |birth| birth.to_string());
                let heads = file.heads.iter();
                let heads: Vec<String> = heads
                    .map(|(length, hash)| format!("{length}:{hash:016x}"))
                    .collect();
                let heads = if heads.is_empty() {
                    "-".to_owned()
                } else {
                    heads.join(",")
                };
                format!(
                    "file {} {} {} {} {birth} {heads} {name}",
                    bytes.0, bytes.1, file.device, file.inode
                )
            }
        }
    }

    /// Reads what [`Range::words`] wrote.
    pub(super) fn read<'w>(words: &mut impl Iterator<Item = &'w str>) -> Option<Range> {
        let of = match words.next()? {
            "stream" => {
                let length = words.next()?.parse().ok()?;
                let digest = u128::from_str_radix(words.next()?, 16).ok()?;
                Of::Stream(length, digest.to_be_bytes())
            }
            "file" => {
                let bytes = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                let device = words.next()?.parse().ok()?;
                let inode = words.next()?.parse().ok()?;
                let birth = match words.next()? {
                    "-" => None,
                    birth => Some(birth.parse().ok()?),
                };
                let head = |word: &str| {
                    let (length, hash) = word.split_once(':')?;
                    Some((length.parse().ok()?, u64::from_str_radix(hash, 16).ok()?))
                };
                let heads = words.next()?.split(',').filter(|word| *word != "-");
                let heads = heads.map(head).collect::<Option<_>>()?;
                let file = FileId {
                    device,
                    inode,
                    birth,
                    heads,
                };
                Of::File { file, bytes }
            }
            _ => return None,
        };
        let name = unescape(words.next()?)?;
        Some(Range { name, of })
    }
}

impl FileId {
    /// Whether it can be the same file with the same content at its beginning. A file that was emptied and written again is
    /// another content.
    fn may_be(&self, other: &FileId) -> bool {
        let is_same_device = self.device == other.device || self.birth.is_some();
        let is_same = (self.inode, self.birth) == (other.inode, other.birth) && is_same_device;
        let hash = |length: usize| other.heads.iter().find(|head| head.0 == length);
        let common = self
            .heads
            .iter()
            .rev()
            .find_map(|head| Some((head.1, hash(head.0)?.1)));
        is_same && common.is_none_or(|(one, other)| one == other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn range(path: &Path, bytes: Option<(u64, u64)>) -> Range {
        let file = Growing::open_raw(path).unwrap();
        Range::of_file(path.as_os_str().as_encoded_bytes(), file, bytes).unwrap()
    }

    #[test]
    fn bytes_of_one_file_overlap_also_after_it_was_renamed_and_has_grown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, [b'x'; 1_000]).unwrap();
        let before = range(&path, None);
        let renamed = directory.path().join("b");
        fs::rename(&path, &renamed).unwrap();
        fs::write(&path, [b'x'; 1_000]).unwrap();
        fs::File::options()
            .append(true)
            .open(&renamed)
            .and_then(|mut file| io::Write::write_all(&mut file, &[b'y'; 9_000]))
            .unwrap();
        assert!(before.overlaps(&range(&renamed, None)));
        assert!(!before.overlaps(&range(&renamed, Some((1_000, 10_000)))));
        assert!(before.overlaps(&range(&renamed, Some((999, 10_000)))));
        // An equal file is another one.
        assert!(!before.overlaps(&range(&path, None)));
        // So is the same file with other content.
        fs::write(&renamed, [b'z'; 1_000]).unwrap();
        assert!(!before.overlaps(&range(&renamed, None)));
        // Of a few bytes nothing is known once there are more.
        fs::write(&renamed, "short").unwrap();
        let short = range(&renamed, None);
        assert!(!short.is_empty() && !range(&renamed, Some((5, 5))).overlaps(&short));
    }

    #[test]
    fn ranges_come_back_from_words() {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in [("a b", &b""[..]), ("c", b"short"), ("d", &[7; 5_000])] {
            let path = directory.path().join(name);
            fs::write(&path, content).unwrap();
            let range = range(&path, None);
            let words = range.words();
            assert_eq!(Range::read(&mut words.split(' ')), Some(range), "{words}");
        }
        let stream = Range {
            name: b"-".to_vec(),
            of: Of::Stream(7, [1; 16]),
        };
        assert_eq!(Range::read(&mut stream.words().split(' ')), Some(stream));
        for words in [
            "",
            "other 1",
            "file 1 2",
            "stream 7 x -",
            "file 0 1 1 1 - 64 a",
        ] {
            assert_eq!(Range::read(&mut words.split(' ')), None, "{words}");
        }
    }
}
