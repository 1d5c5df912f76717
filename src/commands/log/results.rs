//! Rows to where they are wanted: as they come, or as a table at the end.

use super::{Intent, Log, account};
use crate::args::output::{Header, Output, To};
use crate::commands::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::format::{OutputSpec, Writer, find_output};
use crate::io::sink::FileOptions;
use crate::io::source::InputName;
use crate::log::input::Input;
use crate::log::plan::Plan;
use crate::log::run::{self, Report, Streaming};
use crate::record::Cell;
use crate::ui::results::Results;
use crate::ui::{Table, Ui};

/// What a run came to.
pub(super) struct Found {
    /// The engine's own report.
    pub(super) report: Report,
    /// The inputs' names, by number.
    pub(super) names: Vec<InputName>,
    /// Whether there was anything at all.
    pub(super) is_any: bool,
    /// The output file, if it was not put into place.
    pub(super) withheld: Option<String>,
}

/// Runs the plan and writes what it gives.
pub(super) fn run(
    log: &Log,
    intent: &Intent,
    plan: &Plan,
    inputs: Vec<Input>,
    context: &Context,
) -> Result<Found> {
    let names: Vec<InputName> = inputs.iter().map(|input| input.name.clone()).collect();
    let ui = &context.ui;
    let goes_to_terminal = log.output.file().is_none() && ui.stdout_is_terminal();
    let spec = match intent.to {
        Some(To::Rows(spec)) => Some(spec),
        Some(To::Table) => None,
        None if goes_to_terminal => None,
        None => find_output("tsv"),
    };
    if log.quiet {
        return Ok(quiet(plan, intent, inputs, names, ui));
    }
    let columns: Vec<String> = plan
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let streams = plan.streams() && (plan.raw || spec.is_some());
    if !streams {
        let report = run::run(plan, inputs, &intent.options, ui, None);
        account::refuse_split_cells(&report.account, &names)?;
        let is_any = !report.table.is_empty();
        let withheld = if plan.raw {
            let mut out = open(&log.output)?;
            for row in &report.table {
                if let Some(line) = row.first() {
                    out.put(&line.value.bytes())?;
                    out.put(b"\n")?;
                }
            }
            out.close()?
        } else {
            let bars = plan.columns.iter().position(|column| column.is_aggregate);
            write_table(&log.output, intent, &columns, &report.table, bars, context)?
        };
        return Ok(Found {
            report,
            names,
            is_any,
            withheld,
        });
    }
    let mut out = open(&log.output)?;
    let mut stream = spec
        .filter(|_| !plan.raw)
        .map(|spec| RowStream::new(spec, log.output.header, &columns));
    let mut error = None;
    let mut take = |bytes: &[u8], ends: &[usize]| {
        if goes_to_terminal && !ends.is_empty() {
            ui.clear();
        }
        let written = match &mut stream {
            Some(stream) => stream.put(&mut out, bytes, ends),
            None => out.put(bytes),
        };
        let written = match ends {
            [] => written,
            _ => written.and_then(|()| out.flush()),
        };
        error = written.err();
        error.is_none()
    };
    let make = spec
        .filter(|_| !plan.raw)
        .map(|spec| || (spec.writer)(&columns));
    let writer = make
        .as_ref()
        .map(|make| make as &(dyn Fn() -> Box<dyn Writer> + Sync));
    let report = run::run(
        plan,
        inputs,
        &intent.options,
        ui,
        Some(Streaming {
            writer,
            take: &mut take,
        }),
    );
    if let Some(error) = error {
        return Err(error);
    }
    account::refuse_split_cells(&report.account, &names)?;
    if let Some(stream) = &mut stream {
        stream.end(&mut out)?;
    }
    let is_any = report.streamed > 0;
    Ok(Found {
        report,
        names,
        is_any,
        withheld: out.close()?,
    })
}

/// Looks for a first row, and stops there.
fn quiet(
    plan: &Plan,
    intent: &Intent,
    inputs: Vec<Input>,
    names: Vec<InputName>,
    ui: &Ui,
) -> Found {
    let mut stop = |_: &[u8], ends: &[usize]| ends.is_empty();
    let streaming = plan.streams().then_some(Streaming {
        writer: None,
        take: &mut stop,
    });
    let report = run::run(plan, inputs, &intent.options, ui, streaming);
    let is_any = report.account.kept > 0 && (report.streamed > 0 || !report.table.is_empty());
    Found {
        report,
        names,
        is_any,
        withheld: None,
    }
}

/// Writes rows that are all there; gives the output file if it was not put into place.
pub(super) fn write_table(
    output: &Output,
    intent: &Intent,
    columns: &[String],
    rows: &[Vec<Cell>],
    bars: Option<usize>,
    context: &Context,
) -> Result<Option<String>> {
    let ui = &context.ui;
    let goes_to_terminal = output.file().is_none() && ui.stdout_is_terminal();
    let spec = match intent.to {
        Some(To::Rows(spec)) => Some(spec),
        None if !goes_to_terminal => find_output("tsv"),
        Some(To::Table) | None => None,
    };
    let mut out = open(output)?;
    ui.clear();
    match spec {
        Some(spec) => {
            let mut stream = RowStream::new(spec, output.header, columns);
            let writer = (spec.writer)(columns);
            let mut bytes = Vec::new();
            for row in rows {
                bytes.clear();
                writer.row(row, &mut bytes);
                stream.put(&mut out, &bytes, &[bytes.len()])?;
            }
            stream.end(&mut out)?;
        }
        None if rows.is_empty() && output.header != Header::Always => {}
        None => {
            let width = if goes_to_terminal {
                ui.width()
            } else {
                usize::MAX
            };
            let painter = match output.file() {
                None => ui.painter(),
                Some(_) => ui.file_painter(),
            };
            let bars = bars.filter(|_| goes_to_terminal);
            let table = Table {
                columns,
                rows,
                zone: &intent.clock.zone,
                bars,
                header: output.header != Header::Never,
            };
            out.put_own(table.render(width, painter).as_bytes())?;
        }
    }
    out.close()
}

/// Writes text that is the result itself.
pub(super) fn write_text(text: &str, output: &Output) -> Result<Exit> {
    let mut out = open(output)?;
    out.put(text.as_bytes())?;
    out.close()?;
    Ok(Exit::Done)
}

fn open(output: &Output) -> Result<Results> {
    let options = FileOptions {
        if_changed: output.if_changed,
    };
    Results::open(output.file(), options)
}

/// Encoded rows with what stands before, between and after them.
struct RowStream {
    writer: Box<dyn Writer>,
    is_rows: bool,
    header: Header,
    rows: u64,
    has_begun: bool,
}

impl RowStream {
    /// Rows of these columns, in this format.
    fn new(spec: &OutputSpec, header: Header, columns: &[String]) -> RowStream {
        RowStream {
            writer: (spec.writer)(columns),
            is_rows: spec.is_rows,
            header,
            rows: 0,
            has_begun: false,
        }
    }

    /// Writes rows that a writer of the same format has encoded; `ends` says where each ends.
    fn put(&mut self, out: &mut Results, bytes: &[u8], ends: &[usize]) -> Result<()> {
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

    /// Writes what stands after the last row. Without rows there is nothing, unless the format is one value or a header
    /// is wanted all the same.
    fn end(&mut self, out: &mut Results) -> Result<()> {
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
