//! Formats in which every line is a record.

use super::shapes::Shapes;
use super::{RecordReader, Report, mark, too_long};
use crate::record::Bad;
use crate::record::records::Records;

/// How a line is read.
pub(super) trait Line: Send {
    /// What a key stands for.
    const DECODE: fn(&[u8]) -> Vec<u8>;

    /// Adds the keys and values of the line that is this part of the records' text, and nothing more. A value may be
    /// rewritten in its place if it becomes no longer.
    fn read(
        &mut self,
        start: usize,
        end: usize,
        records: &mut Records,
        shapes: &mut Shapes,
    ) -> Result<(), Bad>;
}

/// Cuts the text into lines.
pub(super) struct LineReader<L> {
    line: L,
    shapes: Shapes,
    records: Records,
    /// Where the line begins that is not complete, and up to where its end was looked for.
    start: usize,
    at: usize,
    is_begun: bool,
    seen: u64,
    longest: usize,
    is_stopped: bool,
}

impl<L: Line> LineReader<L> {
    pub(super) fn new(line: L) -> LineReader<L> {
        LineReader {
            line,
            shapes: Shapes::new(L::DECODE),
            records: Records::new(),
            start: 0,
            at: 0,
            is_begun: false,
            seen: 0,
            longest: usize::MAX,
            is_stopped: false,
        }
    }

    fn renew(&mut self) {
        self.records.keep_open(self.start);
        self.at -= self.start;
        self.start = 0;
    }

    fn scan(&mut self, is_end: bool, report: &mut dyn Report) {
        if !self.is_begun {
            let Some(start) = mark(self.records.text(), is_end) else {
                return;
            };
            self.start = start;
            self.at = start;
            self.is_begun = true;
        }
        while !self.is_stopped {
            let newline = memchr::memchr(b'\n', &self.records.text()[self.at..]);
            let Some(length) = newline else {
                self.at = self.records.size();
                self.check(self.at, report);
                break;
            };
            let end = self.at + length;
            self.line(end, report);
            self.start = end + 1;
            self.at = end + 1;
        }
        if is_end && !self.is_stopped && self.start < self.records.size() {
            let end = self.records.size();
            self.line(end, report);
            self.start = end;
        }
    }

    /// Whether the line that reaches up to here is not too long.
    #[inline]
    fn check(&mut self, end: usize, report: &mut dyn Report) -> bool {
        if end - self.start <= self.longest {
            return true;
        }
        self.is_stopped = true;
        too_long(self.seen + 1, self.longest, report);
        false
    }

    #[inline]
    fn line(&mut self, end: usize, report: &mut dyn Report) {
        if !self.check(end, report) {
            return;
        }
        let line = &self.records.text()[self.start..end];
        let end = match line {
            [.., b'\r'] => end - 1,
            _ => end,
        };
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
        // Most lines show with their first byte that they are not blank.
        if line.iter().all(is_blank) {
            return;
        }
        self.seen += 1;
        self.shapes.begin();
        let read = self
            .line
            .read(self.start, end, &mut self.records, &mut self.shapes);
        match read {
            Ok(()) => self.records.end_record(self.shapes.names()),
            Err(bad) => {
                self.records.drop_open();
                self.is_stopped = !report.bad(self.seen, bad.reason);
            }
        }
    }
}

impl<L: Line> RecordReader for LineReader<L> {
    fn read(&mut self, bytes: &[u8], report: &mut dyn Report) {
        self.renew();
        self.records.text().extend_from_slice(bytes);
        self.scan(false, report);
    }

    fn end(&mut self, report: &mut dyn Report) {
        self.renew();
        self.scan(true, report);
        self.start = self.records.size();
        self.at = self.start;
        self.is_begun = false;
    }

    fn limit(&mut self, longest: usize) {
        self.longest = longest;
    }

    fn records(&self) -> &Records {
        &self.records
    }
}
