//! `csv`: comma-separated values with a header line (RFC 4180), reading and writing. Other delimiters, `;` and `|`, are
//! recognised by the first lines.
//!
//! Lines are records here: a quoted cell that goes on past the end of its line is found out and refused, since lines are
//! read by many workers at once. `--csv-multiline` reads such cells, from the beginning to the end of an input.

use std::borrow::Cow;

use memchr::memchr;

use super::table::{Dialect, Table};
use super::{Bad, Candidate, Kind, OutputSpec, Refused, Settings, Spec, Verbatim, Writer};
use crate::record::Cell;

/// Why a line is bad whose last quoted cell is not closed: the record has newlines in it.
pub const MULTILINE_CSV: &str = "a quoted cell goes on past the end of the line";

/// What delimiters are tried, the likeliest first.
const DELIMITERS: [u8; 3] = [b',', b';', b'|'];

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "csv",
    summary: "Read comma-separated values with a header line",
    kind: Kind::Table,
    precedence: 0,
    extensions: &["csv"],
    rows: None,
    candidates,
    example: "name,city,visits\nAda,\"London, UK\",3\n\"Grace \"\"Amazing\"\" H.\",,12\n",
};

/// See the module.
pub(super) static OUTPUT: OutputSpec = OutputSpec {
    name: "csv",
    summary: "Write comma-separated values with a header line",
    extensions: &["csv"],
    is_rows: true,
    is_read: true,
    marks_approximations: false,
    writer,
};

/// A table for each delimiter that the first line has, then one of a single column.
fn candidates(first_line: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    let open = |delimiter| Table::open(Csv { delimiter }, first_line, settings);
    let (mut tables, mut single) = (Vec::new(), Vec::new());
    let mut first_refusal = None;
    for delimiter in DELIMITERS {
        match open(delimiter) {
            Ok(table) if table.width() > 1 => tables.push(table.candidate()),
            Ok(table) if delimiter == DELIMITERS[0] => single.push(table.candidate()),
            Ok(_) => {}
            Err(refused) => {
                first_refusal.get_or_insert(refused);
            }
        }
    }
    tables.append(&mut single);
    match first_refusal {
        Some(refused) if tables.is_empty() => Err(refused),
        _ => Ok(tables),
    }
}

/// The dialect: which byte lies between cells.
#[derive(Clone, Copy)]
struct Csv {
    delimiter: u8,
}

impl Dialect for Csv {
    const VERBATIM: Verbatim = Verbatim::UnlessQuote;

    fn spec(self) -> &'static Spec {
        &SPEC
    }

    #[inline]
    fn cut(self, rest: &[u8]) -> Result<(&[u8], Option<&[u8]>), Bad> {
        let end = match rest.first() {
            Some(b'"') => quoted_end(rest)?,
            _ => memchr(self.delimiter, rest).unwrap_or(rest.len()),
        };
        match rest.get(end) {
            None => Ok((rest, None)),
            Some(byte) if *byte == self.delimiter => Ok((&rest[..end], Some(&rest[end + 1..]))),
            Some(_) => Err(Bad::new("text after a closing quote")),
        }
    }

    #[inline]
    fn decode(self, cell: &[u8]) -> Cow<'_, [u8]> {
        let inside = cell
            .strip_prefix(b"\"")
            .and_then(|cell| cell.strip_suffix(b"\""));
        match inside {
            None => Cow::Borrowed(cell),
            Some(inside) if memchr(b'"', inside).is_none() => Cow::Borrowed(inside),
            Some(inside) => Cow::Owned(single_quotes(inside)),
        }
    }

    /// Lines without quotes, which most are, cost one search.
    #[inline]
    fn pass(self, rest: &[u8]) -> Result<(), Bad> {
        let mut rest = memchr(b'"', rest).map(|_| rest);
        while let Some(text) = rest {
            match self.cut(text) {
                Ok((_, after)) => rest = after,
                Err(bad) if bad.reason == MULTILINE_CSV => return Err(bad),
                // Other faults of cells that nobody wants are nobody's business.
                Err(_) => break,
            }
        }
        Ok(())
    }

    fn delimiter_of_quotes(self) -> Option<u8> {
        Some(self.delimiter)
    }

    fn check(self, cell: &[u8]) -> Result<(), Bad> {
        if cell.first() != Some(&b'"') && cell.contains(&b'"') {
            return Err(Bad::new("a quote in a cell that does not begin with one"));
        }
        Ok(())
    }
}

/// Where a cell ends that begins with a quote.
fn quoted_end(cell: &[u8]) -> Result<usize, Bad> {
    let mut from = 1;
    loop {
        let quote = from
            + memchr(b'"', &cell[from..]).ok_or(Bad {
                reason: Cow::Borrowed(MULTILINE_CSV),
            })?;
        if cell.get(quote + 1) != Some(&b'"') {
            return Ok(quote + 1);
        }
        from = quote + 2;
    }
}

/// The text with each pair of quotes made one.
fn single_quotes(inside: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(quote) = memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=quote]);
        rest = &rest[quote + 1..];
        rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
    out
}

/// A writer of CSV with commas, quotes only where they are needed, and newlines that are `\n`.
pub fn writer(columns: &[String]) -> Box<dyn Writer> {
    Box::new(CsvWriter {
        columns: columns.to_vec(),
    })
}

struct CsvWriter {
    columns: Vec<String>,
}

impl Writer for CsvWriter {
    fn begin(&self, out: &mut Vec<u8>) {
        write_row(
            self.columns
                .iter()
                .map(|column| Cow::Borrowed(column.as_bytes())),
            out,
        );
    }

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        write_row(cells.iter().map(|cell| cell.value.bytes()), out);
    }
}

fn write_row<'a>(cells: impl ExactSizeIterator<Item = Cow<'a, [u8]>>, out: &mut Vec<u8>) {
    let alone = cells.len() == 1;
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        // A row that is one empty cell would be a blank line, which readers pass over.
        if (alone && cell.is_empty())
            || cell
                .iter()
                .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        {
            out.push(b'"');
            for byte in cell.iter() {
                if *byte == b'"' {
                    out.push(b'"');
                }
                out.push(*byte);
            }
            out.push(b'"');
        } else {
            out.extend_from_slice(&cell);
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests;
