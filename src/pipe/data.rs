//! What flows between stages: bytes, items that were cut from bytes, or records.

use crate::record::records::Records;

/// What a stream consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes, cut anywhere.
    Bytes,
    /// Items: each is one unit, whatever bytes it holds.
    Items,
    /// Records: each has named fields.
    Records,
}

impl Kind {
    /// What a stage gives that writes lines, whatever it takes.
    pub fn lines_of(input: Kind) -> Kind {
        match input {
            Kind::Bytes => Kind::Bytes,
            Kind::Items | Kind::Records => Kind::Items,
        }
    }

    /// The word that messages use.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Bytes => "bytes",
            Kind::Items => "items",
            Kind::Records => "records",
        }
    }
}

/// Some of a stream, on its way from one stage to the next.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// Some bytes.
    Bytes(&'a [u8]),
    /// Some whole items.
    Items(Items<'a>),
    /// Some records.
    Records(&'a Records),
}

impl Data<'_> {
    /// Its size in bytes; of records, that of their values with what stands between them.
    pub fn size(&self) -> usize {
        match self {
            Data::Bytes(bytes) => bytes.len(),
            Data::Items(items) => items.bytes.len(),
            Data::Records(records) => records.filled(),
        }
    }

    /// The bytes as they are written.
    ///
    /// # Panics
    /// For records: the plan refuses stages of bytes after them.
    pub fn written(&self) -> &[u8] {
        match self {
            Data::Bytes(bytes) => bytes,
            Data::Items(items) => items.bytes,
            Data::Records(_) => unreachable!("the plan refuses stages of bytes after records"),
        }
    }

    /// How many items or records there are; bytes have none.
    pub fn units(&self) -> usize {
        match self {
            Data::Bytes(_) => 0,
            Data::Items(items) => items.ends.len(),
            Data::Records(records) => records.len(),
        }
    }
}

/// Whole items, one after the other in one buffer.
#[derive(Clone, Copy, Debug)]
pub struct Items<'a> {
    bytes: &'a [u8],
    ends: &'a [End],
}

/// Where an item ends in its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    /// The offset after its terminator, in bytes.
    at: usize,
    /// The length of its terminator, which is not part of its content: 0 to 2 bytes.
    terminator: usize,
}

/// One item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// What it holds.
    pub content: &'a [u8],
    /// What it is written with at the end: a newline, a carriage return and a newline, or nothing.
    pub terminator: &'a [u8],
}

impl<'a> Items<'a> {
    /// All of them with their terminators, as they are written.
    pub fn written(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let (bytes, mut start) = (self.bytes, 0);
        self.ends.iter().map(move |end| {
            let content = &bytes[start..end.at - end.terminator];
            let terminator = &bytes[end.at - end.terminator..end.at];
            start = end.at;
            Item {
                content,
                terminator,
            }
        })
    }
}

/// Items that are being collected. Its memory is used again after [`Batch::clear`].
#[derive(Clone, Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    ends: Vec<End>,
}

impl Batch {
    /// An empty one.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// The items so far.
    pub fn items(&self) -> Items<'_> {
        Items {
            bytes: &self.bytes,
            ends: &self.ends,
        }
    }

    /// Adds an item.
    pub fn push(&mut self, content: &[u8], terminator: &[u8]) {
        self.bytes.extend_from_slice(content);
        self.close(terminator);
    }

    /// Adds items of another batch.
    pub fn extend(&mut self, items: Items<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(items.bytes);
        let moved = items.ends.iter().map(|end| End {
            at: start + end.at,
            terminator: end.terminator,
        });
        self.ends.extend(moved);
    }

    /// The buffer, for the content of the next item. [`Batch::close`] makes it one, [`Batch::undo`] takes it away.
    pub fn open(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the item whose content was put into [`Batch::open`].
    pub fn close(&mut self, terminator: &[u8]) {
        self.bytes.extend_from_slice(terminator);
        self.ends.push(End {
            at: self.bytes.len(),
            terminator: terminator.len(),
        });
    }

    /// Takes away what was put into [`Batch::open`] since the last item.
    pub fn undo(&mut self) {
        let start = self.ends.last().map_or(0, |end| end.at);
        self.bytes.truncate(start);
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The size of all items in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Takes all items away, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// Splits a line into its content and its terminator: `\n`, `\r\n`, or nothing at the end of the input.
pub fn split_terminator(line: &[u8]) -> (&[u8], &[u8]) {
    let content = match line {
        [content @ .., b'\r', b'\n'] | [content @ .., b'\n'] => content.len(),
        _ => line.len(),
    };
    line.split_at(content)
}

/// Lines with their terminators; the last may have none.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_gives_its_items_back() {
        let mut batch = Batch::new();
        batch.push(b"a", b"\n");
        batch.open().extend_from_slice(b"dropped");
        batch.undo();
        batch.push(b"", b"\r\n");
        batch.open().extend_from_slice(b"last");
        batch.close(b"");
        let mut copy = Batch::new();
        copy.push(b"first", b"\0");
        copy.extend(batch.items());
        let found: Vec<(&[u8], &[u8])> = copy
            .items()
            .iter()
            .map(|item| (item.content, item.terminator))
            .collect();
        let expected: [(&[u8], &[u8]); 4] = [
            (b"first", b"\0"),
            (b"a", b"\n"),
            (b"", b"\r\n"),
            (b"last", b""),
        ];
        assert_eq!(found, expected);
        assert_eq!(copy.items().written(), b"first\0a\n\r\nlast");
    }

    #[test]
    fn lines_keep_their_terminators() {
        let found: Vec<(&[u8], &[u8])> = lines(b"a\r\n\n\rb\nc\r").map(split_terminator).collect();
        let expected: [(&[u8], &[u8]); 4] = [
            (b"a", b"\r\n"),
            (b"", b"\n"),
            (b"\rb", b"\n"),
            (b"c\r", b""),
        ];
        assert_eq!(found, expected);
    }
}
