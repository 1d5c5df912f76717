//! Writes the answer to a query: rows that are made one at a time where the format allows it.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::rows::{RowStream, Rows, row_format};
use crate::args::output::{Output, To};
use crate::error::{Error, Result};
use crate::format::{InferNumbers, OutputSpec, Writer};
use crate::log::table::Answer;
use crate::observe::Observe as _;
use crate::record::Cell;
use crate::ui::Ui;
use crate::ui::results::Results;

/// How an answer is written.
pub(in crate::commands) struct Shape<'a> {
    /// The names of the columns.
    pub(in crate::commands) columns: &'a [String],
    /// The flags.
    pub(in crate::commands) output: &'a Output,
    /// The format that was asked for.
    pub(in crate::commands) to: Option<To>,
    /// Whether text that looks like a number is written as one.
    pub(in crate::commands) infer: bool,
    /// The zone in which a table shows times.
    pub(in crate::commands) zone: &'a TimeZone,
    /// The column that a table draws bars of.
    pub(in crate::commands) bars: Option<usize>,
}

impl Shape<'_> {
    /// Writes an answer; returns the output file if it was not replaced.
    pub(in crate::commands) fn write(
        &self,
        out: Results,
        answer: &Answer,
        ui: &Ui,
    ) -> Result<Option<String>> {
        let Shape {
            columns,
            output,
            to,
            zone,
            bars,
            ..
        } = *self;
        if let Some(spec) = row_format(to, output, ui)? {
            let writer = writer_of(spec, columns, self.infer);
            return self.write_rows(out, (spec, &*writer), answer, ui);
        }
        let rows: Vec<Vec<Cell>> = answer.rows().map(Cow::into_owned).collect();
        check(answer)?;
        let mut out_of_range = Vec::new();
        rows.iter()
            .for_each(|row| mark_range(row, &mut out_of_range));
        tell_of_range(columns, &out_of_range, ui);
        let rows = Rows {
            columns,
            rows: &rows,
            zone,
            bars,
        };
        rows.write_to(out, output, to, ui)
    }

    /// Writes rows one at a time, so that they need not be in memory all at once.
    fn write_rows(
        &self,
        mut out: Results,
        (spec, writer): (&OutputSpec, &dyn Writer),
        answer: &Answer,
        ui: &Ui,
    ) -> Result<Option<String>> {
        ui.clear();
        let mut stream = RowStream::new(spec, self.output.header, self.columns);
        let mut bytes = Vec::new();
        let (mut is_approximate, mut out_of_range) = (false, Vec::new());
        for row in answer.rows() {
            is_approximate |= row.iter().any(|cell| cell.approx);
            mark_range(&row, &mut out_of_range);
            bytes.clear();
            writer.row(&row, &mut bytes);
            stream.put(&mut out, &bytes, &[bytes.len()])?;
        }
        check(answer)?;
        stream.end(&mut out)?;
        tell_of_range(self.columns, &out_of_range, ui);
        if is_approximate && !spec.marks_approximations {
            ui.noted("some values are approximate; --ndjson and tables mark them");
        }
        out.close()
    }
}

/// Fails if rows could not be read from temporary files.
fn check(answer: &Answer) -> Result<()> {
    match answer.failure() {
        Some(error) => {
            Err(Error::input("rows could not be read from a temporary file").caused_by(error))
        }
        None => Ok(()),
    }
}

/// A writer of rows, which infers numbers if that was asked for.
pub(in crate::commands) fn writer_of(
    spec: &OutputSpec,
    columns: &[String],
    infer: bool,
) -> Box<dyn Writer> {
    let writer = (spec.writer)(columns);
    match infer {
        true => Box::new(InferNumbers(writer)),
        false => writer,
    }
}

/// Reports columns in which a sum was too large for any number.
fn tell_of_range(columns: &[String], out_of_range: &[bool], ui: &Ui) {
    for (column, _) in columns.iter().zip(out_of_range).filter(|(_, is)| **is) {
        ui.missed(&format!(
            "{column}: a value is outside the range of numbers (±1.8e308) and left empty"
        ));
    }
}

/// Marks the columns in which a row has numbers out of range.
fn mark_range(row: &[Cell], out_of_range: &mut Vec<bool>) {
    if row.iter().any(Cell::is_out_of_range) {
        out_of_range.resize(row.len(), false);
        for (cell, mark) in row.iter().zip(out_of_range) {
            *mark |= cell.is_out_of_range();
        }
    }
}
