//! Buffers for reading, aligned to pages.
//!
//! Large allocations of glibc begin 16 bytes into a page. Copying from the kernel to such an address takes 3.4 times as long on
//! some processors as to the beginning of a page, which is most of the time of reading a cached file.

use std::fmt;
use std::io;
use std::ops::{Deref, DerefMut};

/// The size of a page on all but a few machines; what matters is the alignment to cache lines and to vector registers.
const PAGE: usize = 4096;

#[derive(Clone)]
#[repr(C, align(4096))]
struct Page([u8; PAGE]);

/// Bytes that begin at a page, with a length that changes. Bytes that come to light when it grows are zeros or what was there
/// before: they are meant to be overwritten.
#[derive(Clone, Default)]
pub struct Buffer {
    pages: Vec<Page>,
    length: usize,
}

impl Buffer {
    /// An empty buffer without memory.
    pub const fn new() -> Buffer {
        Buffer {
            pages: Vec::new(),
            length: 0,
        }
    }

    /// How long it can become without new memory, in bytes.
    pub fn capacity(&self) -> usize {
        self.pages.len() * PAGE
    }

    /// Gives it a length; what was there up to the smaller length stays.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn try_resize(&mut self, length: usize) -> io::Result<()> {
        let pages = length.div_ceil(PAGE);
        if let Some(more) = pages.checked_sub(self.pages.len()) {
            self.pages
                .try_reserve(more)
                .map_err(|_| io::ErrorKind::OutOfMemory)?;
            self.pages.resize(pages, Page([0; PAGE]));
        }
        self.length = length;
        Ok(())
    }

    /// Sets the length and keeps the bytes up to the smaller length. Aborts the process if there is no memory, as `Vec` does.
    pub fn resize(&mut self, length: usize) {
        let pages = length.div_ceil(PAGE);
        if pages > self.pages.len() {
            self.pages.resize(pages, Page([0; PAGE]));
        }
        self.length = length;
    }

    /// Makes it shorter, if it is longer, and keeps the memory.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Makes it empty, and keeps the memory.
    pub fn clear(&mut self) {
        self.length = 0;
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the pages lie one after the other, as the size of `Page` is that of its array and the array's is PAGE; all of
        // their bytes are initialised. `length` is at most `capacity()`: what sets it makes sure of the pages first, and
        // pages are never taken away.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts(self.pages.as_ptr().cast(), self.length)
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as for `deref`; the pages are borrowed mutably, and every value of a byte is one.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts_mut(self.pages.as_mut_ptr().cast(), self.length)
        }
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("length", &self.length)
            .field("capacity", &self.capacity())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_begins_at_a_page_at_any_length() {
        let mut buffer = Buffer::new();
        for length in [1, 4095, 4096, 4097, 200_000, 2 << 20, 3 << 20] {
            buffer.resize(length);
            assert_eq!(buffer.as_ptr() as usize % PAGE, 0, "{length}");
            assert_eq!(buffer.len(), length);
            assert!(buffer.capacity() >= length && buffer.capacity() < length + PAGE);
        }
    }

    #[test]
    fn too_much_memory_is_an_error_and_changes_nothing() {
        let mut buffer = Buffer::new();
        buffer.resize(3);
        buffer.copy_from_slice(b"abc");
        let error = buffer.try_resize(usize::MAX).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        assert_eq!(&buffer[..], b"abc");
    }

    proptest! {
        /// What is written stays, whatever lengths it is given in between.
        #[test]
        fn it_keeps_what_a_vec_keeps(lengths in prop::collection::vec(0_usize..20_000, 1..12), fallible: bool) {
            let (mut buffer, mut model) = (Buffer::new(), Vec::new());
            for (round, length) in lengths.into_iter().enumerate() {
                let kept = model.len().min(length);
                if fallible {
                    buffer.try_resize(length).unwrap();
                } else {
                    buffer.resize(length);
                }
                model.resize(length, 0);
                prop_assert_eq!(&buffer[..kept], &model[..kept]);
                let value = u8::try_from(round).unwrap() + 1;
                buffer.fill(value);
                model.fill(value);
                buffer.truncate(length / 2 + 1);
                model.truncate(length / 2 + 1);
                prop_assert_eq!(&buffer[..], &model[..]);
            }
            buffer.clear();
            prop_assert!(buffer.is_empty());
        }
    }
}
