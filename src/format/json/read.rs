//! Reading the wanted fields of a line of JSON: one pass from left to right, into an object or array only where a wanted
//! path leads there, and no further than the last wanted field.

use super::super::wanted::{TIME_KEYS, Times};
use super::super::words::Words;
use super::super::{Bad, Reader, Slots, Step};
use super::blocks::Blocks;
use super::check::check;
use super::expected::ExpectedKeys;
use super::paths::Paths;
use super::scan::{Bytes, Cursor, InvalidJson, NO_OBJECT, blanks, invalid, skip, value};
use crate::io::masks::{BLOCK, Masks, Portable, Task, with_masks};
use crate::record::{Value, json_text};

pub(super) struct JsonReader {
    scan: Scan,
    /// Looks for the time in lines that have none under the first of its names.
    any_time: Option<AnyTime>,
    words: Words,
    times: Times,
    brackets: Vec<u8>,
}

/// Looks for the time of a line under all names that it may have.
pub(super) struct AnyTime {
    scan: Scan,
    /// The places of the time in the list of wanted fields.
    slots: Vec<usize>,
}

impl AnyTime {
    pub(super) fn new(slots: Vec<usize>) -> AnyTime {
        let paths = TIME_KEYS.map(|key| [Step::Key(key.to_owned())]);
        let paths = paths.iter().map(<[Step; 1]>::as_slice).enumerate();
        AnyTime {
            scan: Scan::new(Paths::new(paths)),
            slots,
        }
    }

    fn fill<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), InvalidJson> {
        if !self.slots.iter().any(|slot| out[*slot].is_missing()) {
            return Ok(());
        }
        let mut found = TIME_KEYS.map(|_| Value::Missing);
        self.scan.find(Portable, line, &mut found)?;
        if let Some(time) = found.into_iter().find(|value| !value.is_missing()) {
            for slot in &self.slots {
                out[*slot] = time.clone();
            }
        }
        Ok(())
    }
}

/// Finds the values at paths.
struct Scan {
    paths: Paths,
    /// For each node of the paths the number of the line in which it was last met: the first of equal keys wins.
    met: Vec<u64>,
    line: u64,
    expected: ExpectedKeys,
    /// The containers around the one that is being read. No deeper than the longest path.
    around: Vec<Container>,
}

/// An object or array that a wanted path leads into.
struct Container {
    /// Its node in the paths.
    node: usize,
    /// `}` or `]`.
    closing: u8,
    /// The index of the member that is being read.
    index: usize,
    /// Where it begins.
    start: usize,
    /// How many fields are still wanted behind it.
    behind: usize,
}

impl JsonReader {
    pub(super) fn new(
        paths: Paths,
        any_time: Option<AnyTime>,
        words: Words,
        times: Times,
    ) -> JsonReader {
        JsonReader {
            scan: Scan::new(paths),
            any_time,
            words,
            times,
            brackets: Vec::new(),
        }
    }
}

impl Scan {
    fn new(paths: Paths) -> Scan {
        Scan {
            met: vec![0; paths.len()],
            paths,
            line: 0,
            expected: ExpectedKeys::new(),
            around: Vec::new(),
        }
    }

    /// Fills in the values of a line.
    #[inline(always)]
    fn find<'a>(
        &mut self,
        masks: impl Masks,
        line: &'a [u8],
        out: &mut [Value<'a>],
    ) -> Result<(), InvalidJson> {
        let mut room = [0; BLOCK];
        let mut blocks = Blocks::new(masks, line, &mut room);
        let found = self.scan(&mut blocks, out);
        if blocks.is_exact() {
            return found;
        }
        self.scan_bytes(line, out)
    }

    #[cold]
    #[inline(never)]
    fn scan_bytes<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), InvalidJson> {
        self.scan(&mut Bytes(line), out)
    }

    #[inline(always)]
    fn scan<'a>(
        &mut self,
        cursor: &mut impl Cursor<'a>,
        out: &mut [Value<'a>],
    ) -> Result<(), InvalidJson> {
        let line = cursor.line();
        self.line += 1;
        self.around.clear();
        self.paths.clear(out);
        let mut left = self.paths.fields(0);
        let start = blanks(line, 0);
        if line.get(start) != Some(&b'{') {
            return invalid(line, start, NO_OBJECT);
        }
        let mut at = blanks(line, start + 1);
        let mut inside = Container {
            node: 0,
            closing: b'}',
            index: 0,
            start,
            behind: 0,
        };
        let mut empty = line.get(at) == Some(&b'}');
        let mut keys = 0;
        loop {
            // Each round reads one member, and then what closes it and those around it.
            let mut is_member = !empty;
            // Before that, expected members that are not wanted: a short way past most of a line.
            while is_member
                && inside.closing == b'}'
                && let Some((None, length)) = self.expected.recognise(keys, inside.node, line, at)
            {
                at = skip(cursor, blanks(line, at + length))?;
                keys += 1;
                is_member = line.get(at) == Some(&b',');
                if is_member {
                    at = blanks(line, at + 1);
                }
            }
            if is_member {
                let node = if inside.closing == b'}' {
                    let (node, next) = self.key(cursor, at, inside.node, keys)?;
                    at = next;
                    keys += 1;
                    node
                } else {
                    self.paths.item(inside.node, inside.index)
                };
                match node {
                    None => at = skip(cursor, at)?,
                    Some(node) if self.met[node] == self.line => at = skip(cursor, at)?,
                    Some(node) => {
                        self.met[node] = self.line;
                        let behind = left - self.paths.fields(node);
                        if let Some(closing) = self.paths.enters(node, line.get(at)) {
                            let outer = Container {
                                node,
                                closing,
                                index: 0,
                                start: at,
                                behind,
                            };
                            self.around.push(std::mem::replace(&mut inside, outer));
                            at = blanks(line, at + 1);
                            empty = line.get(at) == Some(&closing);
                            continue;
                        }
                        let (value, end) = value(cursor, at)?;
                        self.paths.put(node, value, out);
                        at = end;
                        left = behind;
                    }
                }
            }
            empty = false;
            loop {
                if left == 0 {
                    return Ok(());
                }
                if line.get(at) != Some(&b',') {
                    at = blanks(line, at);
                }
                match line.get(at) {
                    Some(b',') => {
                        at = blanks(line, at + 1);
                        inside.index += 1;
                        break;
                    }
                    Some(byte) if *byte == inside.closing => at += 1,
                    _ => return invalid(line, at, "no comma or closing bracket"),
                }
                let Some(outer) = self.around.pop() else {
                    return Ok(());
                };
                self.paths
                    .put(inside.node, Value::Json(line[inside.start..at].into()), out);
                left = inside.behind;
                inside = outer;
            }
        }
    }

    /// The node that the key at `at` leads to, and where its value begins. `place` is how many keys came before it.
    #[inline(always)]
    fn key<'a>(
        &mut self,
        cursor: &mut impl Cursor<'a>,
        at: usize,
        object: usize,
        place: usize,
    ) -> Result<(Option<usize>, usize), InvalidJson> {
        let line = cursor.line();
        if let Some((node, length)) = self.expected.recognise(place, object, line, at) {
            return Ok((node, blanks(line, at + length)));
        }
        if line.get(at) != Some(&b'"') {
            return invalid(line, at, "no key in quotes");
        }
        let (end, escaped) = cursor.string(at + 1)?;
        let (text, length) = (&line[at + 1..], end - at - 1);
        let node = if escaped {
            let key = json_text::unescape(&text[..length]);
            self.paths.key(object, &key, key.len())
        } else {
            self.paths.key(object, text, length)
        };
        let colon = blanks(line, end + 1);
        if line.get(colon) != Some(&b':') {
            return invalid(line, colon, "no colon after a key");
        }
        self.expected.expect(place, object, &line[at..=colon], node);
        Ok((node, blanks(line, colon + 1)))
    }
}

impl JsonReader {
    #[inline(always)]
    fn read_with<'a>(
        &mut self,
        masks: impl Masks,
        line: &'a [u8],
        out: &mut [Value<'a>],
    ) -> Result<(), Bad> {
        if self.scan.paths.fields(0) > 0 {
            self.scan.find(masks, line, out)?;
        }
        if let Some(any_time) = &mut self.any_time {
            any_time.fill(line, out)?;
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }
}

/// Lines to be read, and where their values go.
struct ReadAll<'r, 'l, 'o, 'a> {
    reader: &'r mut JsonReader,
    lines: &'l [&'a [u8]],
    slots: Slots<'o, 'a>,
    refuse: &'r mut dyn FnMut(usize, Bad),
}

impl Task for ReadAll<'_, '_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Masks>(self, masks: M) {
        let Slots {
            values,
            stride,
            first,
        } = self.slots;
        let rows = values.chunks_exact_mut(stride);
        for (index, (line, row)) in self.lines.iter().zip(rows).enumerate() {
            if let Err(bad) = self.reader.read_with(masks, line, &mut row[first..]) {
                (self.refuse)(index, bad);
            }
        }
    }
}

/// A line to be read, and where its values go.
struct ReadOne<'r, 'o, 'a> {
    reader: &'r mut JsonReader,
    line: &'a [u8],
    out: &'o mut [Value<'a>],
}

impl Task for ReadOne<'_, '_, '_> {
    type Output = Result<(), Bad>;

    #[inline(always)]
    fn run<M: Masks>(self, masks: M) -> Result<(), Bad> {
        self.reader.read_with(masks, self.line, self.out)
    }
}

impl Reader for JsonReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        with_masks(ReadOne {
            reader: self,
            line,
            out,
        })
    }

    fn read_all<'a>(
        &mut self,
        lines: &[&'a [u8]],
        slots: Slots<'_, 'a>,
        refuse: &mut dyn FnMut(usize, Bad),
    ) {
        with_masks(ReadAll {
            reader: self,
            lines,
            slots,
            refuse,
        });
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        Ok(check(line, &mut self.brackets)?)
    }
}

#[cfg(test)]
mod tests;
