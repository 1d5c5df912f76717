//! Tables with a header line, CSV and TSV: one pass over the text finds the ends of cells and rows.
//!
//! The text is kept as it came, and cells are parts of it; only those with doubled quotes or escapes are rewritten in their
//! place. A row whose end has not come yet stays, with its cells, so that nothing is looked at twice.

use std::sync::Arc;

use super::{ReadOptions, RecordReader, Report, distinct, mark};
use crate::io::masks::{BLOCK, Masks, Task, with_masks};
use crate::record::json_text;
use crate::record::records::{Form, Names, Records};

/// How cells are written and separated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// With quotes around cells that need them.
    Csv {
        /// The byte between two cells.
        delimiter: u8,
    },
    /// With backslashes before what cannot stand in a cell.
    Tsv,
}

impl Dialect {
    fn delimiter(self) -> u8 {
        match self {
            Dialect::Csv { delimiter } => delimiter,
            Dialect::Tsv => b'\t',
        }
    }

    /// The byte that makes a cell more than its bytes.
    fn special(self) -> u8 {
        match self {
            Dialect::Csv { .. } => b'"',
            Dialect::Tsv => b'\\',
        }
    }
}

pub(super) struct TableReader {
    dialect: Dialect,
    has_header: bool,
    infer: bool,
    /// The names of this file's columns, once they are known.
    names: Option<Names>,
    records: Records,
    /// Where the row begins that is not complete.
    row: usize,
    row_state: Row,
    /// How many rows were read as records or were bad.
    seen: u64,
    /// The reader that was told to stop does nothing more.
    is_stopped: bool,
}

/// What is known of the row at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// Up to where the text was looked at.
    at: usize,
    /// Where the cell begins; in quotes, behind the quote.
    cell: usize,
    /// The cell is in quotes, which have not been closed.
    is_quoted: bool,
    /// The cell has doubled quotes or escapes in it.
    is_escaped: bool,
    /// The row has a cell in quotes.
    has_quotes: bool,
    /// Why the row is not a record.
    bad: Option<&'static str>,
    /// The byte-order mark at the beginning of the file was looked for.
    is_begun: bool,
}

impl TableReader {
    pub(super) fn new(dialect: Dialect, options: &ReadOptions) -> TableReader {
        TableReader {
            dialect,
            has_header: !options.no_header,
            infer: options.infer,
            names: None,
            records: Records::new(),
            row: 0,
            row_state: Row::default(),
            seen: 0,
            is_stopped: false,
        }
    }

    /// Begins a call: what was completed by the last one goes, the row at hand stays.
    fn renew(&mut self) {
        let Row { at, cell, .. } = &mut self.row_state;
        self.records.keep_open(self.row);
        *at -= self.row;
        *cell -= self.row;
        self.row = 0;
    }

    fn scan(&mut self, is_end: bool, report: &mut dyn Report) {
        if self.is_stopped {
            return;
        }
        if !self.row_state.is_begun {
            let Some(start) = mark(self.records.text(), is_end) else {
                return;
            };
            self.row = start;
            self.row_state.at = start;
            self.row_state.cell = start;
            self.row_state.is_begun = true;
        }
        let mut text = std::mem::take(self.records.text());
        with_masks(Scan {
            reader: self,
            text: &mut text,
            report,
            is_end,
        });
        *self.records.text() = text;
    }

    /// Ends a cell without quotes.
    #[inline(always)]
    fn end_cell(&mut self, text: &mut [u8], end: usize) {
        let start = self.row_state.cell;
        let mut content = end;
        if self.row_state.is_escaped {
            content = unescape(text, start, end);
            self.row_state.is_escaped = false;
        }
        self.records.push_range(start, content, Form::Text);
        self.row_state.cell = end + 1;
    }

    /// Ends a row whose newline, or the end of the text, is at `end`; false stops.
    #[inline(always)]
    fn end_row(&mut self, text: &mut [u8], end: usize, report: &mut dyn Report) -> bool {
        let state = self.row_state;
        // Behind a closing quote the cell has ended, and `cell` is behind the newline.
        if state.cell <= end {
            let mut content = end;
            if content > state.cell && text[content - 1] == b'\r' {
                content -= 1;
            }
            self.end_cell(text, content);
        }
        self.row_state = Row {
            at: state.at,
            cell: end + 1,
            is_begun: true,
            ..Row::default()
        };
        self.row = end + 1;
        let is_plain = !self.infer && state.bad.is_none();
        if is_plain
            && let Some(names) = &self.names
            && self.records.open_values() == names.len()
            && names.len() > 1
        {
            self.seen += 1;
            self.records.end_record(names);
            return true;
        }
        self.end_other_row(text, state, report)
    }

    /// The same for rows that are the header, blank, bad, or are looked at closer.
    #[inline(never)]
    fn end_other_row(&mut self, text: &[u8], state: Row, report: &mut dyn Report) -> bool {
        let cells = self.records.open_values();
        let is_blank = cells == 1
            && !state.has_quotes
            && self.records.open_in(text).all(|cell| cell.bytes.is_empty());
        let is_record = match &self.names {
            Some(names) => self.dialect == Dialect::Tsv && names.len() == 1,
            None => false,
        };
        if is_blank && !is_record && state.bad.is_none() {
            self.records.drop_open();
            return true;
        }
        if self.names.is_none() {
            if state.bad.is_none() {
                self.name_columns(text, report);
            }
            if self.has_header {
                self.records.drop_open();
                if let Some(reason) = state.bad {
                    report.broken(format!("the header: {reason}"));
                    self.is_stopped = true;
                }
                return !self.is_stopped;
            }
        }
        self.seen += 1;
        let Some(names) = &self.names else {
            return self.refuse(state.bad.unwrap_or_default().to_owned(), report);
        };
        let reason = match state.bad {
            Some(reason) => reason.to_owned(),
            None if cells == names.len() => {
                if self.infer {
                    self.records
                        .reform(text, |cell| match json_text::is_number(cell.bytes) {
                            true => Form::Number,
                            false => Form::Text,
                        });
                }
                let names = Arc::clone(names);
                self.records.end_record(&names);
                return true;
            }
            None => ragged(cells, names.len(), self.has_header),
        };
        self.refuse(reason, report)
    }

    fn refuse(&mut self, reason: String, report: &mut dyn Report) -> bool {
        self.records.drop_open();
        self.is_stopped = !report.bad(self.seen, reason.into());
        !self.is_stopped
    }

    /// Names the columns after the cells of the first row, or by their numbers.
    fn name_columns(&mut self, text: &[u8], report: &mut dyn Report) {
        if !self.has_header {
            let numbers = 1..=self.records.open_values();
            let names = numbers.map(|number| format!("column_{number}").into_bytes().into());
            self.names = Some(names.collect());
            return;
        }
        let written: Vec<&[u8]> = self.records.open_in(text).map(|cell| cell.bytes).collect();
        let names = distinct(&written);
        for ((written, name), column) in written.iter().zip(&names).zip(1..) {
            if *written == name {
                continue;
            }
            let name = String::from_utf8_lossy(name);
            report.note(&match written.is_empty() {
                true => format!("column {column} has no name in the header; it is called '{name}'"),
                false => {
                    let written = String::from_utf8_lossy(written);
                    format!("the header repeats '{written}'; column {column} is called '{name}'")
                }
            });
        }
        let names = names.into_iter().map(Vec::into_boxed_slice);
        self.names = Some(names.collect());
    }
}

fn ragged(cells: usize, columns: usize, has_header: bool) -> String {
    let plural = if cells == 1 { "" } else { "s" };
    let other = if has_header {
        "the header"
    } else {
        "the first record"
    };
    format!("it has {cells} cell{plural}, but {other} has {columns}")
}

impl RecordReader for TableReader {
    fn read(&mut self, bytes: &[u8], report: &mut dyn Report) {
        self.renew();
        self.records.text().extend_from_slice(bytes);
        self.scan(false, report);
    }

    fn end(&mut self, report: &mut dyn Report) {
        self.renew();
        self.scan(true, report);
        self.names = None;
        self.row = self.records.size();
        self.row_state = Row {
            at: self.row,
            cell: self.row,
            ..Row::default()
        };
    }

    fn records(&self) -> &Records {
        &self.records
    }
}

/// A pass over the text that has not been looked at.
struct Scan<'r, 't, 'p> {
    reader: &'r mut TableReader,
    text: &'t mut Vec<u8>,
    report: &'p mut dyn Report,
    is_end: bool,
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

/// Makes one quote of two in a part of the text; returns where it ends then.
#[cold]
fn single_quotes(text: &mut [u8], start: usize, end: usize) -> usize {
    let (mut from, mut to) = (start, start);
    while from < end {
        text[to] = text[from];
        from += if text[from] == b'"' { 2 } else { 1 };
        to += 1;
    }
    to
}

/// Replaces TSV's escapes in a part of the text; returns where it ends then. A backslash before anything else is just that:
/// other programs do not escape. `\r` is an escape at the end only, where it is written.
#[cold]
fn unescape(text: &mut [u8], start: usize, end: usize) -> usize {
    let (mut from, mut to) = (start, start);
    while from < end {
        let escaped = match (text[from], text[..end].get(from + 1)) {
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            (b'\\', Some(b'\\')) => Some(b'\\'),
            (b'\\', Some(b'r')) if from + 2 == end => Some(b'\r'),
            _ => None,
        };
        text[to] = escaped.unwrap_or(text[from]);
        from += 1 + usize::from(escaped.is_some());
        to += 1;
    }
    to
}
