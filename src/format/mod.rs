//! Record formats, one file each: how a line is cut into fields, and how rows are written.
//!
//! A format is a [`Spec`] in [`FORMATS`]. From a [`Sample`] of a file's beginning it makes a [`Schema`], which knows that
//! file's fields; from the fields a query wants, the schema makes a [`Reader`], of which every worker has its own.

mod access;
mod columns;
mod combined;
mod common;
pub mod csv;
mod detect;
pub mod json;
#[cfg(test)]
mod laws;
mod lines;
mod nginx;
mod plain;
mod sample;
mod table;
pub mod tsv;
mod wanted;
mod words;

use crate::record::{Cell, Value};

pub use crate::record::{Bad, FieldName, Step, Want, Wanted};
pub use csv::MULTILINE_CSV;
pub use detect::detect;

/// Every format that can be read, sorted by name.
pub static FORMATS: &[&Spec] = &[
    &columns::SPEC,
    &combined::SPEC,
    &common::SPEC,
    &csv::SPEC,
    &json::SPEC,
    &lines::SPEC,
    &nginx::SPEC,
    &tsv::SPEC,
];

/// Every format that rows can be written in, sorted by name. Tables for people are not among them: they need a terminal.
pub static OUTPUTS: &[&OutputSpec] = &[&csv::OUTPUT, &json::OUTPUT, &json::NDJSON, &tsv::OUTPUT];

/// The format of this name.
pub fn find(name: &str) -> Option<&'static Spec> {
    FORMATS.iter().find(|spec| spec.name == name).copied()
}

/// The output format of this name.
pub fn find_output(name: &str) -> Option<&'static OutputSpec> {
    OUTPUTS.iter().find(|spec| spec.name == name).copied()
}

/// The beginning of an input: whole lines only, at most 64 KiB.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The bytes, a byte-order mark already taken off.
    pub bytes: &'a [u8],
    /// Whether the input ends with this sample.
    pub whole: bool,
}

/// Settings from the command line that formats need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The zone of times that name none.
    pub zone: jiff::tz::TimeZone,
    /// `--infer`: CSV, TSV and column cells that look like numbers are numbers.
    pub infer: bool,
}

/// Why a sample does not fit the format that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// What opening a sample gives.
pub type Opened = Result<Box<dyn Schema>, Refused>;

/// A field that the schema does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Its place in the list of wanted fields.
    pub index: usize,
}

/// A record format: its name, its words, how it is recognised and opened.
pub struct Spec {
    /// The word after `--from`: kebab-case.
    pub name: &'static str,
    /// One line, imperative, no full stop: `Read …`.
    pub summary: &'static str,
    /// File name endings, without the dot, that speak for it.
    pub extensions: &'static [&'static str],
    /// Makes the schema of a file that begins like this, or says why it is not of this format. Called by detection too,
    /// so it must refuse noise.
    pub open: fn(Sample<'_>, &Settings) -> Opened,
    /// A few lines in this format, for the law tests.
    pub example: &'static str,
}

/// What is known of one input's records.
pub trait Schema: Send + Sync {
    /// The format's name, as after `--from`.
    fn format(&self) -> &'static str;

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

    /// Whether numbers come as texts, as the cells of tables do unless they are inferred.
    fn numbers_are_texts(&self) -> bool {
        false
    }

    /// How many lines at the beginning are no records (a CSV header).
    fn header_lines(&self) -> usize {
        0
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
