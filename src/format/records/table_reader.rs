//! Tables with a header line, CSV and TSV: one pass over the text finds the ends of cells and rows.
//!
//! The text is kept as it came, and cells are parts of it; only those with doubled quotes or escapes are rewritten in their
//! place. A row whose end has not come yet stays, with its cells, so that nothing is looked at twice.

mod cells;
mod scan;

use std::sync::Arc;

use super::{ReadOptions, RecordReader, Report, distinct, mark, too_long};
use crate::io::masks::with_masks;
use crate::record::json_text;
use crate::record::records::{Form, Names, Records};

use cells::{single_quotes, unescape};
use scan::Scan;

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
    longest: usize,
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
            longest: usize::MAX,
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
        let rest = text.len() - self.row.min(text.len());
        *self.records.text() = text;
        if rest > self.longest && !self.is_stopped {
            self.stop_at_long_row(report);
        }
    }

    /// Ends the reading: the row at hand is too long.
    #[cold]
    fn stop_at_long_row(&mut self, report: &mut dyn Report) -> bool {
        self.is_stopped = true;
        self.records.drop_open();
        too_long(self.seen + 1, self.longest, report);
        false
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
        if end - self.row > self.longest {
            return self.stop_at_long_row(report);
        }
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

    fn limit(&mut self, longest: usize) {
        self.longest = longest;
    }

    fn records(&self) -> &Records {
        &self.records
    }
}
