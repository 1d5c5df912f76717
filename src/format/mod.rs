//! Record formats, one file each: how a line is cut into fields, and how rows are written.
//!
//! A format is a [`Spec`] in [`FORMATS`]. From a [`Sample`] of a file's beginning it makes a [`Schema`], which knows that
//! file's fields; from the fields a query wants, the schema makes a [`Reader`], of which every worker has its own.

mod access;
mod app;
mod columns;
mod combined;
mod common;
mod cri;
pub mod csv;
mod detect;
mod docker;
mod error_log;
mod framing;
mod infer;
mod journald;
pub mod json;
#[cfg(test)]
mod laws;
mod lines;
mod logfmt;
mod ltsv;
mod markdown;
mod nginx;
mod pairs;
mod parse;
mod plain;
pub mod records;
mod renamed;
mod sample;
mod table;
pub mod tsv;
mod vhost_combined;
mod w3c;
mod wanted;
mod words;

use crate::record::time::Years;
use crate::record::{Cell, Value};

pub use crate::record::{Bad, FieldName, Step, Want, Wanted};
pub use csv::MULTILINE_CSV;
pub use detect::{Decision, Needs, decide, detect, is_unusual};
pub use framing::{Framed, Framing, Gather, Record, Records, Rule, as_lines};
pub use infer::InferNumbers;
pub use parse::{NamedParse, PARSES, Parse, Pat, Re, find_parse};

/// Every format that can be read, sorted by name.
pub static FORMATS: &[&Spec] = &[
    &error_log::APACHE,
    &app::APP,
    &columns::SPEC,
    &combined::SPEC,
    &common::SPEC,
    &cri::SPEC,
    &csv::SPEC,
    &docker::SPEC,
    &journald::SPEC,
    &json::SPEC,
    &lines::SPEC,
    &logfmt::SPEC,
    &ltsv::SPEC,
    &nginx::SPEC,
    &error_log::NGINX,
    &app::SYSLOG,
    &tsv::SPEC,
    &vhost_combined::SPEC,
    &w3c::SPEC,
];

/// Every format that rows can be written in, sorted by name. Tables for people are not among them: they need a terminal.
pub static OUTPUTS: &[&OutputSpec] = &[
    &csv::OUTPUT,
    &json::OUTPUT,
    &markdown::OUTPUT,
    &json::NDJSON,
    &tsv::OUTPUT,
];

/// The format of rows that are written to a pipe or file without a format being asked for.
pub static DEFAULT_OUTPUT: &OutputSpec = &tsv::OUTPUT;

/// Extensions of compressed files, which follow the extension that selects the format.
pub const COMPRESSED: [&str; 4] = ["gz", "zst", "xz", "bz2"];

/// The format of this name.
pub fn find(name: &str) -> Option<&'static Spec> {
    FORMATS.iter().find(|spec| spec.name == name).copied()
}

/// The output format of this name.
pub fn find_output(name: &str) -> Option<&'static OutputSpec> {
    OUTPUTS.iter().find(|spec| spec.name == name).copied()
}

/// The beginning of an input.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The bytes. A byte-order mark is ignored, and, unless the input ends here, a last line without its newline.
    pub bytes: &'a [u8],
    /// Whether the input ends with this sample.
    pub whole: bool,
}

/// Settings from the command line that formats need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The zone of times that name none.
    pub zone: jiff::tz::TimeZone,
    /// `--infer`: cells of CSV, TSV and columns that look like numbers are written as numbers.
    pub infer: bool,
    /// The year of times that name none.
    pub years: Years,
    /// Whether the first line of a table names the columns; otherwise they are called f1, f2 and so on.
    pub has_header: bool,
    /// Which lines belong together, if that is not left to the format.
    pub rule: Option<Rule>,
}

impl Settings {
    /// The settings where no more than the query is known.
    pub fn of_zone(zone: jiff::tz::TimeZone) -> Settings {
        Settings {
            zone,
            infer: false,
            years: Years::Known(1970),
            has_header: true,
            rule: None,
        }
    }
}

/// Why a sample does not fit the format that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// A field that the schema does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Its place in the list of wanted fields.
    pub index: usize,
}

/// A record format: its name, its help, how it is recognised and opened.
pub struct Spec {
    /// The word after `--from`: kebab-case, or as servers call it.
    pub name: &'static str,
    /// One line, imperative, no full stop: `Read …`.
    pub summary: &'static str,
    /// What its lines are.
    pub kind: Kind,
    /// Which format of one kind is preferred if the lines fit several: the one with the higher number.
    pub precedence: u8,
    /// File name extensions, without the dot, in lower case. For tables they select the format.
    pub extensions: &'static [&'static str],
    /// The output format whose rows are lines of this format, so that lines can be copied as rows.
    pub rows: Option<&'static OutputSpec>,
    /// The schemas that an input with this first line may have, the likeliest first, at least one.
    pub candidates: fn(first_line: &[u8], &Settings) -> Result<Vec<Candidate>, Refused>,
    /// A few lines in this format, for the law tests.
    pub example: &'static str,
}

impl Spec {
    /// Makes the schema of an input that begins with this sample.
    ///
    /// # Errors
    /// Why the sample is not in this format.
    pub fn open(
        &'static self,
        sample: Sample<'_>,
        settings: &Settings,
    ) -> Result<Box<dyn Schema>, Refused> {
        detect::open(self, sample, settings)
    }

    /// Whether lines of this format are rows of the output format as they stand.
    pub fn has_rows_of(&self, output: &OutputSpec) -> bool {
        self.rows.is_some_and(|rows| std::ptr::eq(rows, output))
    }
}

/// What the lines of a format are, which determines how it is detected. In the order in which formats are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Records that a line shows by itself, such as JSON objects and lines of access logs.
    Records,
    /// Rows of a table whose first line names the columns.
    Table,
    /// Lines that begin with a time. Tried where the lines are neither.
    Stamped,
    /// Words, addressed by number. Any text fits.
    Words,
    /// Text without fields. Any text fits.
    Text,
}

impl Kind {
    /// Whether every input fits.
    pub fn fits_any_text(self) -> bool {
        matches!(self, Kind::Words | Kind::Text)
    }
}

/// A schema that an input may have.
pub struct Candidate {
    /// The schema, as far as the first line determines it.
    pub schema: Box<dyn Schema>,
    /// Whether it is considered if the format was not asked for. A table must have a first line that looks like a header.
    pub is_likely: bool,
    /// How many records make it certain.
    pub enough: usize,
}

/// What is known of one input's records.
pub trait Schema: Send + Sync {
    /// The format.
    fn spec(&self) -> &'static Spec;

    /// Learns from the first lines what the first line alone does not determine: the names of fields, the field that
    /// holds the time.
    fn learn(&mut self, sample: Sample<'_>) {
        let _ = sample;
    }

    /// Whether several lines must show which fields there are, though the format is certain and its fields are fixed.
    fn learns_fields(&self) -> bool {
        false
    }

    /// The end of the prefix that it must learn from, though the format is certain before; none if it is not all there.
    fn learns_until(&self, sample: Sample<'_>) -> Option<usize> {
        let _ = sample;
        Some(0)
    }

    /// What stands where in a line, if that is learnt from the lines.
    fn layout(&self) -> Option<String> {
        None
    }

    /// The names of the fields, in order, as far as they are known: all there is for a fixed schema.
    fn fields(&self) -> Vec<FieldName>;

    /// Whether lines may have fields that [`Schema::fields`] does not list (JSON).
    fn open_ended(&self) -> bool;

    /// The field that `time` stands for, where no field is called that.
    fn time_field(&self) -> Option<&str> {
        None
    }

    /// The names of the fields inside a value, if it is an object (JSON).
    fn members(&self, value: &[u8]) -> Vec<String> {
        let _ = value;
        Vec::new()
    }

    /// What the values of a field are, if the format leaves no choice.
    fn always(&self, field: &str) -> Option<Always> {
        let _ = field;
        None
    }

    /// How many lines at the beginning are not records (a CSV header).
    fn header_lines(&self) -> usize {
        0
    }

    /// What makes records of at most `longest` bytes of the lines, if a record is not a line.
    fn framing(&self, longest: usize) -> Option<Box<dyn Framing>> {
        let _ = longest;
        None
    }

    /// What looks wrong about the input as a whole, and what to do.
    fn doubt(&self) -> Option<(String, String)> {
        None
    }

    /// Whether a text found in a field's value stands in the line in the same bytes, so that lines without it can be
    /// passed over unread. JSON escapes, so there it holds only for lines without a backslash.
    fn verbatim(&self) -> Verbatim;

    /// A reader that fills one value for each wanted field.
    ///
    /// # Errors
    /// The first wanted field that a fixed schema does not have.
    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown>;
}

/// See [`Schema::always`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Always {
    /// Numbers, or missing.
    Number,
    /// Texts, or missing.
    Text,
}

/// See [`Schema::verbatim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbatim {
    /// Always.
    Always,
    /// In lines without a backslash.
    UnlessBackslash,
    /// In lines without a double quote.
    UnlessQuote,
    /// In no line for certain.
    Never,
}

/// Cuts lines into the wanted fields. Not shared: it may keep caches.
pub trait Reader: Send {
    /// Fills `out[i]` with the i-th wanted field of `line` (without its newline and carriage return), reading no further
    /// than the last of them. `out` has a place for each wanted field; that of a field which the schema may lack, and does,
    /// is left alone.
    ///
    /// # Errors
    /// When one of them could not be read; `out` is then unspecified.
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad>;

    /// Reads lines, each as [`Reader::read`] does, into the slots of as many rows. Those that could not be read go to `refuse`:
    /// which one, and why.
    fn read_all<'a>(
        &mut self,
        lines: &[&'a [u8]],
        slots: Slots<'_, 'a>,
        refuse: &mut dyn FnMut(usize, Bad),
    ) {
        // One call for many lines: in here it is known which reader this is.
        let rows = slots.values.chunks_exact_mut(slots.stride);
        for (index, (line, row)) in lines.iter().zip(rows).enumerate() {
            if let Err(bad) = self.read(line, &mut row[slots.first..]) {
                refuse(index, bad);
            }
        }
    }

    /// How many lines had text behind the last field since this was last asked, where the lines that the fields were learnt from have
    /// none. Only counted if that field is read anyway.
    fn take_surplus(&mut self) -> u64 {
        0
    }

    /// Looks at the whole line (`--strict`), wanted or not.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&mut self, line: &[u8]) -> Result<(), Bad>;
}

/// Where the fields of several lines go: into rows that have other values before them.
pub struct Slots<'o, 'a> {
    /// The rows, one after the other.
    pub values: &'o mut [Value<'a>],
    /// How many values a row has, at least 1.
    pub stride: usize,
    /// How many of them come before the fields.
    pub first: usize,
}

/// An output format: its name, its words, and how its writer is made.
pub struct OutputSpec {
    /// The word after `--to`: kebab-case.
    pub name: &'static str,
    /// One line, imperative, no full stop: `Write …`.
    pub summary: &'static str,
    /// File name endings, without the dot, that choose it.
    pub extensions: &'static [&'static str],
    /// Whether rows stand alone: without any there is no output. A JSON array is one value, and is there without rows too.
    pub is_rows: bool,
    /// Whether a format reads what it writes. A table for people's eyes is only written.
    pub is_read: bool,
    /// Whether rows say which values are approximations.
    pub marks_approximations: bool,
    /// Makes a writer of rows with these columns.
    pub writer: fn(&[String]) -> Box<dyn Writer>,
}

/// Writes rows in a format, into a buffer that the caller hands on. It remembers nothing of the rows, so that several
/// writers can each write some of them.
pub trait Writer: Send {
    /// What stands before the first row: a header, a bracket.
    fn begin(&self, out: &mut Vec<u8>);

    /// One row, as many cells as there are columns.
    fn row(&self, cells: &[Cell], out: &mut Vec<u8>);

    /// What stands between two rows, where rows do not end by themselves.
    fn separator(&self) -> &'static [u8] {
        b""
    }

    /// What stands after the last row, if there was any.
    fn end(&self, any_rows: bool, out: &mut Vec<u8>) {
        let _ = (any_rows, out);
    }
}
