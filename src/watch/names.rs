//! Names, one after the other in one piece of memory.

/// Where a name is: its beginning, and its length in the low 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name(u64);

/// Names that were added; those that were removed are still there until [`Names::begin_again`].
#[derive(Debug, Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    unused: usize,
}

/// Less than this is not worth gathering the rest again.
const WORTH: usize = 64 << 10;

impl Names {
    /// Adds a name. Names and paths are shorter than 64 KiB (path_resolution(7)); what is beyond is cut off.
    pub(super) fn add(&mut self, name: &[u8]) -> Name {
        let name = &name[..name.len().min(u16::MAX.into())];
        let start = self.bytes.len() as u64;
        self.bytes.extend_from_slice(name);
        Name(start << 16 | name.len() as u64)
    }

    /// A name.
    pub(super) fn get(&self, name: Name) -> &[u8] {
        let start = (name.0 >> 16) as usize;
        &self.bytes[start..start + usize::from(name.0 as u16)]
    }

    /// Removes a name.
    pub(super) fn remove(&mut self, name: Name) {
        self.unused += usize::from(name.0 as u16);
    }

    /// If more than half was removed: empties this and returns all names, of which those in use are to be added again.
    pub(super) fn begin_again(&mut self) -> Option<Names> {
        let is_worth_it = self.unused > WORTH && self.unused > self.bytes.len() / 2;
        is_worth_it.then(|| std::mem::take(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_until_most_are_removed() {
        let mut names = Names::default();
        let long = vec![b'x'; WORTH];
        let (first, second) = (names.add(b"first"), names.add(&long[..255]));
        let third = names.add(b"");
        assert_eq!(names.get(first), b"first");
        assert_eq!(names.get(second), &long[..255]);
        assert_eq!(names.get(third), b"");
        names.remove(second);
        assert!(names.begin_again().is_none());
        let big = names.add(&long[..WORTH - 1]);
        names.remove(big);
        let before = names.begin_again().unwrap();
        assert_eq!(before.get(first), b"first");
        assert!(names.bytes.is_empty() && names.unused == 0);
    }
}
