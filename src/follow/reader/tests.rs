//! One content read alone, without its log: what replaces it, copies, blocks that grow, long lines.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::follow::event::Units;
use crate::io::growing::Links;
use crate::resume::Files as _;
use crate::resume::testing::{Handle, Inode, Memory};

#[derive(Default)]
struct Received {
    bytes: Vec<u8>,
    units: usize,
    splits: Vec<u64>,
}

impl Receive for Received {
    fn take(&mut self, units: Units<'_>) -> Result<usize> {
        self.bytes.extend_from_slice(units.bytes);
        self.units += 1;
        Ok(units.bytes.len())
    }

    fn event(&mut self, _log: &Path, event: &Event) -> Result<()> {
        if let Event::Split { offset } = event {
            self.splits.push(*offset);
        }
        Ok(())
    }
}

/// A log with some bytes, and a reader at its beginning.
fn reading(bytes: &[u8]) -> (Memory, Rc<RefCell<Inode>>, Reader<Handle>) {
    let mut memory = Memory::new();
    let inode = memory.create("log");
    memory.append(&inode, bytes);
    let path = Path::new("log");
    let content = memory.open(path, Links::Refused).unwrap();
    let reader = Reader::from_begin(content, path).unwrap();
    (memory, inode, reader)
}

fn step(reader: &mut Reader<Handle>, out: &mut Received) -> Step {
    let read = reader.read(
        Path::new("log"),
        Cut::Lines,
        &mut Buffer::new(),
        out,
        || true,
    );
    read.unwrap().unwrap()
}

#[test]
fn what_replaces_a_content_before_it_is_read_is_not_taken_for_it() {
    let (memory, inode, mut reader) = reading(b"one\n");
    memory.truncate("log");
    memory.append(&inode, b"two\nthree\n");
    let mut out = Received::default();
    assert_eq!(step(&mut reader, &mut out), Step::Truncated);
    assert_eq!(out.bytes, b"");
}

#[test]
fn the_end_of_a_copy_that_was_being_made_is_dropped() {
    for (is_copy, expected) in [(false, &b"one\ntw"[..]), (true, b"one\n")] {
        let (_, _, mut reader) = reading(b"one\ntw");
        if is_copy {
            reader.drop_rest();
        }
        let mut out = Received::default();
        assert_eq!(step(&mut reader, &mut out), Step::End(6));
        assert!(reader.finish(Path::new("log"), &mut out).unwrap());
        assert_eq!(out.bytes, expected);
    }
}

#[test]
fn blocks_grow_while_there_is_more() {
    let bytes = b"0123456\n".repeat(100 << 10);
    let (memory, inode, mut reader) = reading(&bytes);
    let mut out = Received::default();
    let mut steps = vec![step(&mut reader, &mut out)];
    while !matches!(steps.last(), Some(Step::End(_))) {
        steps.push(step(&mut reader, &mut out));
    }
    let expected = [
        Step::Read(64 << 10),
        Step::Read(128 << 10),
        Step::Read(256 << 10),
        Step::End(352 << 10),
    ];
    assert_eq!(steps, expected);
    memory.append(&inode, &b"0123456\n".repeat(20 << 10));
    assert_eq!(
        step(&mut reader, &mut out),
        Step::Read(64 << 10),
        "the first again"
    );
    assert_eq!(out.bytes.len(), bytes.len() + (64 << 10));
}

#[test]
fn a_line_that_is_longer_than_can_be_held_is_cut() {
    let mut bytes = vec![b'x'; LONGEST + (2 << 20)];
    bytes.push(b'\n');
    let (_, _, mut reader) = reading(&bytes);
    let mut out = Received::default();
    while step(&mut reader, &mut out) != Step::End(0) {}
    assert_eq!(out.units, 2);
    assert_eq!(out.splits.len(), 1);
    assert!(out.splits[0] >= LONGEST as u64, "{:?}", out.splits);
    assert!(out.bytes == bytes);
}
