//! Writing many short pieces. A call that copies a few bytes costs more than the copy; here pieces of up to 32 bytes are copied
//! as a whole, and what is too much is overwritten by the next one.

/// How many bytes are copied at once.
const PIECE: usize = 16;

/// How much the buffer grows at once.
const GROWTH: usize = 64 << 10;

/// Appends to a buffer. What it wrote is there after [`Pen::finish`].
pub(super) struct Pen<'o> {
    out: &'o mut Vec<u8>,
    at: usize,
    /// What is appended by others is made here, so that the buffer is not shortened and filled again.
    spare: Vec<u8>,
}

impl<'o> Pen<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Pen<'o> {
        Pen {
            at: out.len(),
            out,
            spare: Vec::new(),
        }
    }

    /// Makes room for bytes.
    #[inline(always)]
    pub(super) fn reserve(&mut self, bytes: usize) {
        if self.out.len() - self.at < bytes + 2 * PIECE {
            self.grow(bytes);
        }
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        self.out.resize(self.at + bytes + GROWTH, 0);
    }

    /// Appends a part of a text, for which there is room.
    #[inline(always)]
    pub(super) fn part(&mut self, text: &[u8], start: usize, end: usize) {
        let length = end - start;
        if length <= 2 * PIECE
            && let Some(source) = text[start..].first_chunk::<{ 2 * PIECE }>()
            && let Some(target) = self.out[self.at..].first_chunk_mut::<{ 2 * PIECE }>()
        {
            *target = *source;
        } else {
            self.out[self.at..self.at + length].copy_from_slice(&text[start..end]);
        }
        self.at += length;
    }

    /// Appends a byte, for which there is room.
    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.out[self.at] = byte;
        self.at += 1;
    }

    /// Appends with a function that makes room by itself.
    #[cold]
    pub(super) fn with<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.spare.clear();
        let result = write(&mut self.spare);
        self.reserve(self.spare.len());
        let end = self.at + self.spare.len();
        self.out[self.at..end].copy_from_slice(&self.spare);
        self.at = end;
        result
    }

    /// Ends the buffer behind what was written.
    pub(super) fn finish(self) {
        self.out.truncate(self.at);
    }
}
