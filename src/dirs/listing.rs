//! The names in a directory, in one buffer that is reused for the next.

use super::FileType;

/// One name.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    start: usize,
    length: u32,
    /// Its type, if the directory tells.
    pub file_type: FileType,
}

/// The names in a directory, without `.` and `..`.
#[derive(Debug, Default)]
pub struct Listing {
    names: Vec<u8>,
    entries: Vec<Listed>,
}

impl Listing {
    /// Removes all names and keeps the memory.
    pub fn clear(&mut self) {
        self.names.clear();
        self.entries.clear();
    }

    /// Adds a name.
    #[inline]
    pub fn push(&mut self, name: &[u8], file_type: FileType) {
        self.entries.push(Listed {
            start: self.names.len(),
            // Neither file systems nor command lines allow names of 4 GiB.
            length: name.len() as u32,
            file_type,
        });
        self.names.extend_from_slice(name);
    }

    /// Sorts by the bytes of the names.
    pub fn sort(&mut self) {
        let Listing { names, entries } = self;
        entries.sort_unstable_by(|one, other| one.name(names).cmp(other.name(names)));
    }

    /// The number of names.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The length of all names, in bytes.
    pub fn bytes(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The name at an index, and its type.
    #[inline]
    pub fn get(&self, index: usize) -> (&[u8], FileType) {
        let entry = self.entries[index];
        (entry.name(&self.names), entry.file_type)
    }
}

impl Listed {
    fn name(self, names: &[u8]) -> &[u8] {
        &names[self.start..self.start + self.length as usize]
    }
}
