//! `tsv`: tab-separated values with a header line, reading and writing. Tab, newline and backslash in a cell are written
//! `\t`, `\n` and `\\`, so that a line is always a record.

use std::borrow::Cow;

use memchr::memchr;

use super::table::{Dialect, Table};
use super::{Bad, Candidate, Kind, OutputSpec, Refused, Settings, Spec, Verbatim, Writer};
use crate::record::Cell;

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "tsv",
    summary: "Read tab-separated values with a header line",
    kind: Kind::Table,
    precedence: 1,
    extensions: &["tsv", "tab"],
    rows: None,
    candidates,
    example: "name\tcity\tvisits\nAda\tLondon, UK\t3\nGrace\\\\Hopper\t\t12\n",
};

/// See the module.
pub(super) static OUTPUT: OutputSpec = OutputSpec {
    name: "tsv",
    summary: "Write tab-separated values with a header line",
    extensions: &["tsv", "tab"],
    is_rows: true,
    is_read: true,
    marks_approximations: false,
    writer,
};

fn candidates(first_line: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(vec![Table::open(Tsv, first_line, settings)?.candidate()])
}

#[derive(Clone, Copy)]
struct Tsv;

impl Dialect for Tsv {
    const VERBATIM: Verbatim = Verbatim::UnlessBackslash;

    fn spec(self) -> &'static Spec {
        &SPEC
    }

    #[inline]
    fn cut(self, rest: &[u8]) -> Result<(&[u8], Option<&[u8]>), Bad> {
        Ok(match memchr(b'\t', rest) {
            Some(end) => (&rest[..end], Some(&rest[end + 1..])),
            None => (rest, None),
        })
    }

    #[inline]
    fn decode(self, cell: &[u8]) -> Cow<'_, [u8]> {
        if memchr(b'\\', cell).is_none() {
            Cow::Borrowed(cell)
        } else {
            Cow::Owned(unescape(cell))
        }
    }

    #[inline]
    fn pass(self, _rest: &[u8]) -> Result<(), Bad> {
        Ok(())
    }

    fn check(self, _cell: &[u8]) -> Result<(), Bad> {
        Ok(())
    }
}

/// A backslash before anything but `t`, `n` or a backslash is just that: other programs do not escape.
fn unescape(cell: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(backslash) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..backslash]);
        let (byte, length) = match rest.get(backslash + 1) {
            Some(b't') => (b'\t', 2),
            Some(b'n') => (b'\n', 2),
            Some(b'\\') => (b'\\', 2),
            _ => (b'\\', 1),
        };
        out.push(byte);
        rest = &rest[backslash + length..];
    }
    out.extend_from_slice(rest);
    out
}

/// A writer of TSV.
pub fn writer(columns: &[String]) -> Box<dyn Writer> {
    Box::new(TsvWriter {
        columns: columns.to_vec(),
    })
}

struct TsvWriter {
    columns: Vec<String>,
}

impl Writer for TsvWriter {
    fn begin(&self, out: &mut Vec<u8>) {
        write_row(&self.columns, out, |column, out| {
            escape(column.as_bytes(), out);
        });
    }

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        write_row(cells, out, |cell, out| {
            if !cell.value.write_plainly(out) {
                escape(&cell.value.bytes(), out);
            }
        });
    }
}

fn write_row<T>(cells: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        write(cell, out);
    }
    out.push(b'\n');
}

fn escape(cell: &[u8], out: &mut Vec<u8>) {
    let mut rest = cell;
    while let Some(place) = memchr::memchr3(b'\t', b'\n', b'\\', rest) {
        out.extend_from_slice(&rest[..place]);
        out.extend_from_slice(match rest[place] {
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            _ => b"\\\\",
        });
        rest = &rest[place + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_characters_are_escaped() {
        assert_eq!(unescape(b"a\\tb\\nc\\\\d\\qe\\"), b"a\tb\nc\\d\\qe\\");
    }

    proptest! {
        #[test]
        fn what_is_written_is_a_line_of_cells_that_read_the_same(
            cells in prop::collection::vec("[a\\\\tn\t\n\r\"é]{0,6}", 1..5),
        ) {
            let mut out = Vec::new();
            write_row(&cells, &mut out, |cell, out| escape(cell.as_bytes(), out));
            prop_assert_eq!(memchr(b'\n', &out), Some(out.len() - 1));
            let line = &out[..out.len() - 1];
            let read: Vec<_> = line.split(|byte| *byte == b'\t').map(|cell| Tsv.decode(cell).into_owned()).collect();
            let written: Vec<_> = cells.into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(read, written);
        }
    }
}
