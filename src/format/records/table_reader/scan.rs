//! The pass over the text of a table: finds the ends of cells and rows.

use super::{Dialect, Row, TableReader, single_quotes};
use crate::format::records::Report;
use crate::io::masks::{BLOCK, Masks, Task};
use crate::record::records::Form;

/// A pass over the text that has not been looked at.
pub(super) struct Scan<'r, 't, 'p> {
    pub(super) reader: &'r mut TableReader,
    pub(super) text: &'t mut Vec<u8>,
    pub(super) report: &'p mut dyn Report,
    pub(super) is_end: bool,
}

impl Task for Scan<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Masks>(mut self, masks: M) {
        loop {
            let went_on = match self.reader.row_state.is_quoted {
                true => self.quoted(),
                false => self.plain(masks),
            };
            match went_on {
                Some(true) => {}
                Some(false) => return,
                None => break,
            }
        }
        if self.is_end {
            self.finish();
        }
    }
}

impl Scan<'_, '_, '_> {
    /// Looks for the end of cells and rows up to a cell in quotes or the end of the text: whether to go on; none at the end.
    #[inline(always)]
    fn plain(&mut self, masks: impl Masks) -> Option<bool> {
        let dialect = self.reader.dialect;
        let (delimiter, special) = (dialect.delimiter(), dialect.special());
        loop {
            let at = self.reader.row_state.at;
            let rest = &self.text[at..];
            let (mut bits, length) = match rest.first_chunk() {
                Some(block) => (bits(masks, block, delimiter, special), BLOCK),
                None if rest.is_empty() => return None,
                None => {
                    let mut block = [0; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    let inside = !(u64::MAX << rest.len());
                    (bits(masks, &block, delimiter, special) & inside, rest.len())
                }
            };
            self.reader.row_state.at = at + length;
            while bits != 0 {
                let place = at + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let byte = self.text[place];
                if byte == delimiter {
                    self.reader.end_cell(self.text, place);
                } else if byte == b'\n' {
                    if !self.reader.end_row(self.text, place, self.report) {
                        return Some(false);
                    }
                } else if dialect == Dialect::Tsv {
                    self.reader.row_state.is_escaped = true;
                } else if place == self.reader.row_state.cell {
                    let state = &mut self.reader.row_state;
                    state.is_quoted = true;
                    state.has_quotes = true;
                    state.cell = place + 1;
                    state.at = place + 1;
                    return Some(true);
                }
            }
        }
    }

    /// Looks for the end of a cell in quotes.
    #[inline(always)]
    fn quoted(&mut self) -> Option<bool> {
        loop {
            let Row { at, cell, .. } = self.reader.row_state;
            let Some(quote) = memchr::memchr(b'"', &self.text[at..]).map(|place| at + place) else {
                self.reader.row_state.at = self.text.len();
                return None;
            };
            self.reader.row_state.at = quote;
            let delimiter = self.reader.dialect.delimiter();
            let end = match (self.text.get(quote + 1), self.text.get(quote + 2)) {
                (Some(b'"'), _) => {
                    self.reader.row_state.is_escaped = true;
                    self.reader.row_state.at = quote + 2;
                    continue;
                }
                (Some(byte), _) if *byte == delimiter || *byte == b'\n' => quote + 1,
                (Some(b'\r'), Some(b'\n')) => quote + 2,
                (None, _) if !self.is_end => return None,
                (Some(b'\r'), None) if !self.is_end => return None,
                (None, _) => quote + 1,
                (Some(b'\r'), None) => quote + 2,
                (Some(_), _) => {
                    let state = &mut self.reader.row_state;
                    state.bad = Some("text after a closing quote");
                    quote + 1
                }
            };
            let content = match self.reader.row_state.is_escaped {
                true => single_quotes(self.text, cell, quote),
                false => quote,
            };
            self.reader.records.push_range(cell, content, Form::Text);
            let state = &mut self.reader.row_state;
            state.is_quoted = false;
            state.is_escaped = false;
            state.at = end;
            // Only a delimiter begins another cell; what follows a row's end does so for the next row.
            state.cell = end + 1;
            if self.text.get(end) == Some(&delimiter) {
                state.at = end + 1;
            }
            return Some(true);
        }
    }

    /// Reads what is left at the end as a row.
    fn finish(&mut self) {
        let end = self.text.len();
        let state = &mut self.reader.row_state;
        if state.is_quoted {
            state.bad = Some("a quoted cell is not closed");
            state.is_quoted = false;
            state.is_escaped = false;
        }
        if self.reader.row < end {
            self.reader.end_row(self.text, end, self.report);
        }
    }
}

/// The bytes that end a cell or row, or make a cell special.
#[inline(always)]
fn bits(masks: impl Masks, block: &[u8; BLOCK], delimiter: u8, special: u8) -> u64 {
    masks.equal(block, delimiter) | masks.equal(block, b'\n') | masks.equal(block, special)
}
