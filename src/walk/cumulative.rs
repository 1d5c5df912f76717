//! Sums of each directory with everything below it, as du(1) prints them.
//!
//! A file with several names counts once: in the first directory in the order of the output. Which one that is must not depend
//! on the threads, so entries that may be reached again wait in the records of their directory until the stream comes to it.

use super::event::{Left, Sums};
use super::recorder::Recorder;
use super::rows::sums;
use crate::dirs::{Entry, FileType};
use crate::record::Cell;

/// The columns of a row.
pub const COLUMNS: [&str; 5] = ["path", "files", "dirs", "size", "allocated"];

/// The index of the space on disk in them.
pub const ALLOCATED: usize = 4;

/// Which sums are recorded.
#[derive(Clone, Copy, Debug)]
pub struct Cumulative {
    /// The levels of directories below a root that have a record.
    pub depth: u32,
    /// Whether any entry may be reached twice, since links are followed or there are several roots.
    pub repeats: bool,
}

/// What an entry adds to the sums of its directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    id: (u64, u64),
    size: u64,
    allocated: u64,
    is_directory: bool,
    /// Whether it may be reached again.
    may_repeat: bool,
}

impl Share {
    /// That of an entry. One whose attributes are not known counts without a size.
    pub(super) fn of(entry: &Entry<'_>, cumulative: &Cumulative) -> Share {
        let is_directory = entry.file_type == FileType::Directory;
        match entry.known_stat() {
            Some(stat) => Share {
                id: stat.id(),
                size: stat.size,
                allocated: stat.allocated,
                is_directory,
                may_repeat: cumulative.repeats || (stat.nlink > 1 && !is_directory),
            },
            None => Share {
                id: (0, 0),
                size: 0,
                allocated: 0,
                is_directory,
                may_repeat: false,
            },
        }
    }

    /// Identifies it, if it may be reached again.
    pub(super) fn repeated_id(&self) -> Option<(u64, u64)> {
        self.may_repeat.then_some(self.id)
    }

    pub(super) fn sums(&self) -> Sums {
        Sums {
            files: u64::from(!self.is_directory),
            dirs: u64::from(self.is_directory),
            size: u128::from(self.size),
            allocated: u128::from(self.allocated),
        }
    }
}

/// A directory and its sums, in bytes that [`SumRow::read`] reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumRow {
    /// The path of the directory, or of a root that is something else.
    pub path: Vec<u8>,
    /// The sums of everything below it, and of itself.
    pub sums: Sums,
}

impl SumRow {
    /// Takes a row from the front of some bytes.
    pub fn read(bytes: &mut &[u8]) -> Option<SumRow> {
        let mut take = |length: usize| {
            let (taken, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            Some(taken)
        };
        let mut number = || Some(u128::from_le_bytes(take(16)?.try_into().ok()?));
        let (files, dirs, size, allocated, length) =
            (number()?, number()?, number()?, number()?, number()?);
        Some(SumRow {
            path: take(usize::try_from(length).ok()?)?.to_vec(),
            sums: Sums {
                files: u64::try_from(files).ok()?,
                dirs: u64::try_from(dirs).ok()?,
                size,
                allocated,
            },
        })
    }

    /// Appends it to some bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        write(&self.path, self.sums, out);
    }

    /// Its cells, in the order of [`COLUMNS`].
    pub fn cells(&self) -> Vec<Cell> {
        let path = Cell::text(&self.path);
        std::iter::once(path).chain(sums(self.sums, true)).collect()
    }
}

fn write(path: &[u8], sums: Sums, out: &mut Vec<u8>) {
    let numbers = [
        u128::from(sums.files),
        u128::from(sums.dirs),
        sums.size,
        sums.allocated,
        path.len() as u128,
    ];
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(path);
}

/// Writes a [`SumRow`] for each directory that is left, unless nothing in it was selected, or all of it was counted before.
#[derive(Clone, Copy, Debug)]
pub struct SumRows;

impl Recorder for SumRows {
    fn entry(&mut self, _: &Entry<'_>, _: bool, _: bool, _: &mut Vec<u8>) {}

    fn left(&mut self, left: &Left<'_>, out: &mut Vec<u8>) {
        if left.sums.files > 0 || left.sums.dirs > 0 {
            write(left.path, left.sums, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let sums = Sums {
            files: 3,
            dirs: u64::MAX,
            size: u128::MAX,
            allocated: 1 << 70,
        };
        let mut bytes = Vec::new();
        write(b"a\nb", sums, &mut bytes);
        write(b"", Sums::default(), &mut bytes);
        let mut rest = bytes.as_slice();
        let row = SumRow::read(&mut rest).unwrap();
        assert_eq!((row.path.as_slice(), row.sums), (&b"a\nb"[..], sums));
        assert_eq!(SumRow::read(&mut rest).unwrap().sums, Sums::default());
        assert_eq!(SumRow::read(&mut rest), None);
    }
}
