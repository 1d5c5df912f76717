//! `json`: objects in an array, or one after the other, however they are laid out.
//!
//! Here it is only found out where objects begin and end; what is in them is read as a line of NDJSON.

use super::line_reader::Line;
use super::object_writer::{Frame, ObjectWriter};
use super::objects::{self, Objects};
use super::shapes::Shapes;
use super::{ReadOptions, RecordReader, RecordWriter, Report, Spec, WriteOptions, mark, too_long};
use crate::record::records::Records;

pub(super) static SPEC: Spec = Spec {
    name: "json",
    summary: "An array of JSON objects; reads objects one after the other, too",
    has_header: false,
    has_delimiter: false,
    reader: Some(reader),
    writer,
    example: (
        "[\n{\"id\":1.50,\"tags\":[\"]\", {\"b\":null}]},\n{\"id\":1e2,\"note\":\"}\\\"\"}\n]\n",
        "{\"id\":1.50,\"tags\":[\"]\", {\"b\":null}]}\n{\"id\":1e2,\"note\":\"}\\\"\"}\n",
    ),
};

fn reader(_: &ReadOptions) -> Box<dyn RecordReader> {
    Box::new(ValueReader {
        objects: objects::objects(),
        shapes: Shapes::new(Objects::DECODE),
        records: Records::new(),
        start: 0,
        at: 0,
        value: Value::default(),
        expects: Expects::Start,
        is_begun: false,
        seen: 0,
        longest: usize::MAX,
        is_stopped: false,
    })
}

fn writer(_: &WriteOptions) -> Box<dyn RecordWriter> {
    Box::new(ObjectWriter::new(Frame::Array))
}

struct ValueReader {
    objects: Objects,
    shapes: Shapes,
    records: Records,
    /// Where the value begins that is not complete.
    start: usize,
    at: usize,
    value: Value,
    expects: Expects,
    is_begun: bool,
    seen: u64,
    longest: usize,
    is_stopped: bool,
}

/// The value at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Value {
    is_open: bool,
    /// How many brackets are open.
    depth: usize,
    in_string: bool,
    /// A backslash in a string was the last byte that had come.
    is_escaped: bool,
}

/// What may come between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    /// A value, or an array of them.
    Start,
    /// In an array, before the first value.
    First,
    /// In an array, behind a comma.
    Next,
    /// In an array, behind a value.
    Comma,
}

impl ValueReader {
    fn scan(&mut self, is_end: bool, report: &mut dyn Report) {
        if !self.is_begun {
            let Some(start) = mark(self.records.text(), is_end) else {
                return;
            };
            self.at = start;
            self.is_begun = true;
        }
        while !self.is_stopped && self.at < self.records.size() {
            match self.value.is_open {
                true => self.inside(report),
                false => self.between(report),
            }
        }
        if self.value.is_open && !self.is_stopped {
            self.check(self.at, report);
        }
        if is_end && !self.is_stopped {
            if self.value.is_open {
                self.end_value(self.at, report);
            }
            if !self.is_stopped && self.expects != Expects::Start {
                self.refuse("the array is not closed", report);
            }
        }
    }

    /// Goes on to the next value.
    fn between(&mut self, report: &mut dyn Report) {
        let byte = self.records.text()[self.at];
        let expects = match (byte, self.expects) {
            (b' ' | b'\t' | b'\n' | b'\r', expects) => expects,
            (b'[', Expects::Start) => Expects::First,
            (b']', Expects::First | Expects::Comma) => Expects::Start,
            (b',', Expects::Comma) => Expects::Next,
            (b',' | b']' | b'}' | b':', expects) => {
                self.refuse("a value is missing, or a comma or bracket too many", report);
                match (byte, expects) {
                    (b']', _) => Expects::Start,
                    (_, expects) => expects,
                }
            }
            (_, expects) => {
                if expects == Expects::Comma {
                    self.refuse("no comma between two values of an array", report);
                }
                self.value.is_open = true;
                self.start = self.at;
                return;
            }
        };
        self.expects = expects;
        self.at += 1;
    }

    /// Looks for the end of the value at hand.
    fn inside(&mut self, report: &mut dyn Report) {
        let text: &[u8] = self.records.text();
        while let Some(byte) = text.get(self.at) {
            if std::mem::take(&mut self.value.is_escaped) {
                self.at += 1;
                continue;
            }
            if self.value.in_string {
                let Some(place) = memchr::memchr2(b'"', b'\\', &text[self.at..]) else {
                    self.at = text.len();
                    return;
                };
                self.at += place;
                self.value.is_escaped = text[self.at] == b'\\';
                self.at += 1;
                if self.value.is_escaped {
                    continue;
                }
                self.value.in_string = false;
                if self.value.depth == 0 {
                    return self.end_value(self.at, report);
                }
                continue;
            }
            match byte {
                b'"' if self.at == self.start || self.value.depth > 0 => {
                    self.value.in_string = true;
                }
                b'{' | b'[' if self.at == self.start || self.value.depth > 0 => {
                    self.value.depth += 1;
                }
                b'}' | b']' if self.value.depth > 0 => {
                    self.value.depth -= 1;
                    if self.value.depth == 0 {
                        self.at += 1;
                        return self.end_value(self.at, report);
                    }
                }
                // A number or a word ends before what cannot be part of it.
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b'{' | b'}' | b'[' | b']' | b'"'
                    if self.value.depth == 0 =>
                {
                    return self.end_value(self.at, report);
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Whether the value that reaches up to here is not too long.
    fn check(&mut self, end: usize, report: &mut dyn Report) -> bool {
        if end - self.start <= self.longest {
            return true;
        }
        self.is_stopped = true;
        too_long(self.seen + 1, self.longest, report);
        false
    }

    fn end_value(&mut self, end: usize, report: &mut dyn Report) {
        if !self.check(end, report) {
            return;
        }
        self.value = Value::default();
        if self.expects != Expects::Start {
            self.expects = Expects::Comma;
        }
        self.seen += 1;
        self.shapes.begin();
        let (records, shapes) = (&mut self.records, &mut self.shapes);
        match self.objects.read(self.start, end, records, shapes) {
            Ok(()) => self.records.end_record(self.shapes.names()),
            Err(bad) => {
                self.records.drop_open();
                self.is_stopped = !report.bad(self.seen, bad.reason);
            }
        }
        self.start = end;
    }

    fn refuse(&mut self, reason: &'static str, report: &mut dyn Report) {
        self.is_stopped = !report.bad(self.seen + 1, reason.into());
    }
}

impl RecordReader for ValueReader {
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
        self.value = Value::default();
        self.expects = Expects::Start;
        self.is_begun = false;
    }

    fn limit(&mut self, longest: usize) {
        self.longest = longest;
    }

    fn records(&self) -> &Records {
        &self.records
    }
}

impl ValueReader {
    fn renew(&mut self) {
        let start = match self.value.is_open {
            true => self.start,
            false => self.at,
        };
        self.records.keep_open(start);
        self.at -= start;
        self.start = 0;
    }
}
