//! `csv`: comma-separated values with a header line (RFC 4180). Cells in quotes may contain newlines.

use super::BOM;
use super::table_reader::{Dialect, TableReader};
use super::table_writer::{Layout, TableWriter};
use super::{ReadOptions, RecordReader, RecordWriter, Spec, WriteOptions};

pub(super) static SPEC: Spec = Spec {
    name: "csv",
    summary: "Comma-separated values with a header line (RFC 4180)",
    has_header: true,
    has_delimiter: true,
    reader: Some(reader),
    writer,
    example: (
        "name,city,visits\nAda,\"London, UK\",3\n\"Grace \"\"Amazing\"\" H.\",,012\n\"two\nlines\",x,\n",
        concat!(
            "{\"name\":\"Ada\",\"city\":\"London, UK\",\"visits\":\"3\"}\n",
            "{\"name\":\"Grace \\\"Amazing\\\" H.\",\"city\":\"\",\"visits\":\"012\"}\n",
            "{\"name\":\"two\\nlines\",\"city\":\"x\",\"visits\":\"\"}\n",
        ),
    ),
};

fn reader(options: &ReadOptions) -> Box<dyn RecordReader> {
    let delimiter = options.delimiter.unwrap_or(b',');
    Box::new(TableReader::new(Dialect::Csv { delimiter }, options))
}

fn writer(options: &WriteOptions) -> Box<dyn RecordWriter> {
    let delimiter = options.delimiter.unwrap_or(b',');
    Box::new(TableWriter::new(Csv { delimiter }, options))
}

struct Csv {
    delimiter: u8,
}

impl Layout for Csv {
    fn cell(&self, cell: &[u8], is_alone: bool, out: &mut Vec<u8>) {
        // A row that is one empty cell would be a blank line, which readers pass over.
        let needs_quotes = match cell.is_empty() {
            true => is_alone,
            false => has_special(cell, self.delimiter) || cell.starts_with(BOM),
        };
        if !needs_quotes {
            out.extend_from_slice(cell);
            return;
        }
        out.push(b'"');
        let mut rest = cell;
        while let Some(quote) = memchr::memchr(b'"', rest) {
            out.extend_from_slice(&rest[..=quote]);
            out.push(b'"');
            rest = &rest[quote + 1..];
        }
        out.extend_from_slice(rest);
        out.push(b'"');
    }

    fn separator(&self) -> &[u8] {
        std::slice::from_ref(&self.delimiter)
    }
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Whether a cell has a byte that may stand in quotes only.
#[inline(always)]
fn has_special(cell: &[u8], delimiter: u8) -> bool {
    let found = |word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        let zero = |word: u64| word.wrapping_sub(repeat(1)) & !word;
        let quote = zero(word ^ repeat(b'"')) | zero(word ^ repeat(delimiter));
        let newline = zero(word ^ repeat(b'\n')) | zero(word ^ repeat(b'\r'));
        (quote | newline) & repeat(0x80)
    };
    let Some(last) = cell.last_chunk::<8>() else {
        return cell.iter().any(|byte| is_special(*byte, delimiter));
    };
    let (words, _) = cell.as_chunks::<8>();
    words
        .iter()
        .fold(found(*last), |all, word| all | found(*word))
        != 0
}

fn is_special(byte: u8, delimiter: u8) -> bool {
    matches!(byte, b'"' | b'\n' | b'\r') || byte == delimiter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_judged_in_every_place() {
        for byte in 0..=u8::MAX {
            for length in [1, 3, 8, 9, 20] {
                for place in 0..length {
                    let mut cell = vec![b'a'; length];
                    cell[place] = byte;
                    let found = has_special(&cell, b';');
                    assert_eq!(
                        found,
                        is_special(byte, b';'),
                        "{byte} at {place} of {length}"
                    );
                }
            }
        }
    }
}
