//! Writes rows in any format, for all commands that have some.

use jiff::tz::TimeZone;

use crate::args::output::{Header, Output, To};
use crate::error::Result;
use crate::exit::Exit;
use crate::format::{DEFAULT_OUTPUT, OutputSpec, Writer};
use crate::io::sink::Durability;
use crate::record::Cell;
use crate::ui::results::Results;
use crate::ui::{Table, Ui};

/// All rows of a result.
pub(in crate::commands) struct Rows<'a> {
    /// The names of the columns.
    pub(in crate::commands) columns: &'a [String],
    /// The cells.
    pub(in crate::commands) rows: &'a [Vec<Cell>],
    /// The zone in which a table shows times.
    pub(in crate::commands) zone: &'a TimeZone,
    /// The column that a table draws bars of.
    pub(in crate::commands) bars: Option<usize>,
}

impl Rows<'_> {
    /// Writes them; returns the output file if it was not replaced.
    pub(in crate::commands) fn write(
        &self,
        output: &Output,
        to: Option<To>,
        ui: &Ui,
    ) -> Result<Option<String>> {
        self.write_to(open(output)?, output, to, ui)
    }

    /// Writes them to an output that is open; returns the output file if it was not replaced.
    pub(in crate::commands) fn write_to(
        &self,
        mut out: Results,
        output: &Output,
        to: Option<To>,
        ui: &Ui,
    ) -> Result<Option<String>> {
        let Rows {
            columns,
            rows,
            zone,
            bars,
        } = *self;
        let goes_to_terminal = goes_to_terminal(output, ui);
        let spec = row_format(to, output, ui)?;
        ui.clear();
        match spec {
            Some(spec) => {
                let mut stream = RowStream::new(spec, output.header, columns);
                for row in rows {
                    stream.row(&mut out, row)?;
                }
                stream.end(&mut out)?;
            }
            None if rows.is_empty() && output.header != Header::Always => {}
            None => {
                // In a pipe or a file nothing is cut, whatever COLUMNS says: who reads there wants the data.
                let width = match goes_to_terminal {
                    true => ui.width(),
                    false => usize::MAX,
                };
                let painter = match output.file() {
                    None => ui.painter(),
                    Some(_) => ui.file_painter(),
                };
                let bars = bars.filter(|_| goes_to_terminal || matches!(to, Some(To::Bars)));
                let table = Table {
                    columns,
                    rows,
                    zone,
                    bars,
                    header: output.header != Header::Never,
                };
                out.put_own(table.render(width, painter).as_bytes())?;
            }
        }
        out.close()
    }
}

/// Whether results go to a terminal.
pub(in crate::commands) fn goes_to_terminal(output: &Output, ui: &Ui) -> bool {
    output.file().is_none() && ui.stdout_is_terminal()
}

/// The format of rows: the one that was asked for, otherwise TSV; none for a table, the default on a terminal.
pub(in crate::commands) fn row_format(
    to: Option<To>,
    output: &Output,
    ui: &Ui,
) -> Result<Option<&'static OutputSpec>> {
    Ok(match to {
        Some(To::Rows(spec)) => Some(spec),
        None if !goes_to_terminal(output, ui) => {
            output.check_extension()?;
            Some(DEFAULT_OUTPUT)
        }
        Some(To::Table | To::Bars) | None => None,
    })
}

/// Writes text that is the result itself.
pub(in crate::commands) fn write_text(text: &str, output: &Output) -> Result<Exit> {
    let mut out = open(output)?;
    out.put(text.as_bytes())?;
    out.close()?;
    Ok(Exit::Done)
}

/// Opens the output. Users keep rows, so they are synced.
pub(in crate::commands) fn open(output: &Output) -> Result<Results> {
    Results::open(output.file(), output.file.options(Durability::Synced))
}

/// Encoded rows, with the header, separators and end that their format has.
pub(in crate::commands) struct RowStream {
    writer: Box<dyn Writer>,
    is_rows: bool,
    header: Header,
    rows: u64,
    has_begun: bool,
    /// A row that is being encoded.
    bytes: Vec<u8>,
}

impl RowStream {
    /// Rows of these columns, in this format.
    pub(in crate::commands) fn new(
        spec: &OutputSpec,
        header: Header,
        columns: &[String],
    ) -> RowStream {
        RowStream {
            writer: (spec.writer)(columns),
            is_rows: spec.is_rows,
            header,
            rows: 0,
            has_begun: false,
            bytes: Vec::new(),
        }
    }

    /// Writes a row.
    pub(in crate::commands) fn row(&mut self, out: &mut Results, cells: &[Cell]) -> Result<()> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        self.writer.row(cells, &mut bytes);
        let written = self.put(out, &bytes, &[bytes.len()]);
        self.bytes = bytes;
        written
    }

    /// Writes rows that a writer of the same format has encoded; `ends` are the offsets of their ends.
    pub(in crate::commands) fn put(
        &mut self,
        out: &mut Results,
        bytes: &[u8],
        ends: &[usize],
    ) -> Result<()> {
        if ends.is_empty() {
            return Ok(());
        }
        self.begin(out)?;
        let separator = self.writer.separator();
        let is_first = self.rows == 0;
        self.rows += ends.len() as u64;
        if separator.is_empty() {
            return out.put(bytes);
        }
        let mut start = 0;
        for (index, end) in ends.iter().enumerate() {
            if index > 0 || !is_first {
                out.put(separator)?;
            }
            out.put(&bytes[start..*end])?;
            start = *end;
        }
        Ok(())
    }

    fn begin(&mut self, out: &mut Results) -> Result<()> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        if self.is_rows && self.header == Header::Never {
            return Ok(());
        }
        let mut bytes = Vec::new();
        self.writer.begin(&mut bytes);
        out.put(&bytes)
    }

    /// Writes what follows the last row. Without rows nothing is written, unless the format is a single value or the header
    /// is always wanted.
    pub(in crate::commands) fn end(&mut self, out: &mut Results) -> Result<()> {
        if !self.is_rows || self.header == Header::Always {
            self.begin(out)?;
        }
        let mut bytes = Vec::new();
        if self.has_begun {
            self.writer.end(self.rows > 0, &mut bytes);
        }
        out.put(&bytes)
    }
}
