//! Rows to where they are wanted: as they come, or as a table at the end.

use std::io::Write;

use super::{Intent, Log, account};
use crate::args::output::{Header, Output, To};
use crate::commands::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::format::{OutputSpec, Writer, find_output};
use crate::io::signals;
use crate::io::sink::{FileOptions, Sink};
use crate::io::source::InputName;
use crate::log::input::Input;
use crate::log::plan::Plan;
use crate::log::run::{self, Report, Streaming};
use crate::record::Cell;
use crate::ui::escape::escape;
use crate::ui::{Table, Ui};

/// What a run came to.
pub(super) struct Found {
    /// The engine's own report.
    pub(super) report: Report,
    /// The inputs' names, by number.
    pub(super) names: Vec<InputName>,
    /// Whether there was anything at all.
    pub(super) is_any: bool,
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
    let goes_to_terminal = log.output.output.is_none() && ui.stdout_is_terminal();
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
        if plan.raw {
            let mut out = open(&log.output)?;
            for row in &report.table {
                let line = row
                    .first()
                    .map(|cell| cell.value.bytes())
                    .unwrap_or_default();
                put_line(&mut out, &line, goes_to_terminal)
                    .map_err(|error| failed(&log.output, error))?;
            }
            close(out, &log.output)?;
        } else {
            let bars = plan.columns.iter().position(|column| column.is_aggregate);
            write_table(&log.output, intent, &columns, &report.table, bars, context)?;
        }
        return Ok(Found {
            report,
            names,
            is_any,
        });
    }
    let mut out = open(&log.output)?;
    let mut stream = spec
        .filter(|_| !plan.raw)
        .map(|spec| RowStream::new(spec, log.output.header, &columns));
    let mut error = None;
    let mut take = |bytes: &[u8], ends: &[usize]| {
        let written = match &mut stream {
            Some(stream) => stream.put(&mut out, bytes, ends),
            None => put_lines(&mut out, bytes, goes_to_terminal),
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
        return Err(failed(&log.output, error));
    }
    account::refuse_split_cells(&report.account, &names)?;
    if let Some(stream) = &mut stream {
        stream
            .end(&mut out)
            .map_err(|error| failed(&log.output, error))?;
    }
    close(out, &log.output)?;
    let is_any = report.streamed > 0;
    Ok(Found {
        report,
        names,
        is_any,
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
    }
}

/// Writes rows that are all there.
pub(super) fn write_table(
    output: &Output,
    intent: &Intent,
    columns: &[String],
    rows: &[Vec<Cell>],
    bars: Option<usize>,
    context: &Context,
) -> Result<()> {
    let ui = &context.ui;
    let goes_to_terminal = output.output.is_none() && ui.stdout_is_terminal();
    let spec = match intent.to {
        Some(To::Rows(spec)) => Some(spec),
        None if !goes_to_terminal => find_output("tsv"),
        Some(To::Table) | None => None,
    };
    let mut out = open(output)?;
    ui.clear();
    let written = match spec {
        Some(spec) => {
            let mut stream = RowStream::new(spec, output.header, columns);
            let writer = (spec.writer)(columns);
            let mut bytes = Vec::new();
            rows.iter()
                .try_for_each(|row| {
                    bytes.clear();
                    writer.row(row, &mut bytes);
                    stream.put(&mut out, &bytes, &[bytes.len()])
                })
                .and_then(|()| stream.end(&mut out))
        }
        None if rows.is_empty() && output.header != Header::Always => Ok(()),
        None => {
            let width = if goes_to_terminal {
                ui.width()
            } else {
                usize::MAX
            };
            let bars = bars.filter(|_| goes_to_terminal);
            let table = Table {
                columns,
                rows,
                zone: &intent.clock.zone,
                bars,
                header: output.header != Header::Never,
            };
            out.write_all(
                table
                    .render(
                        width,
                        if goes_to_terminal {
                            ui.painter()
                        } else {
                            crate::ui::Painter::new(false)
                        },
                    )
                    .as_bytes(),
            )
        }
    };
    written.map_err(|error| failed(output, error))?;
    close(out, output)
}

/// Writes text that is the result itself.
pub(super) fn write_text(text: &str, output: &Output) -> Result<Exit> {
    let mut out = open(output)?;
    out.write_all(text.as_bytes())
        .map_err(|error| failed(output, error))?;
    close(out, output)?;
    Ok(Exit::Done)
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
    fn put(&mut self, out: &mut Sink, bytes: &[u8], ends: &[usize]) -> std::io::Result<()> {
        if ends.is_empty() {
            return Ok(());
        }
        self.begin(out)?;
        let separator = self.writer.separator();
        let is_first = self.rows == 0;
        self.rows += ends.len() as u64;
        if separator.is_empty() {
            return out.write_all(bytes);
        }
        let mut start = 0;
        for (index, end) in ends.iter().enumerate() {
            if index > 0 || !is_first {
                out.write_all(separator)?;
            }
            out.write_all(&bytes[start..*end])?;
            start = *end;
        }
        Ok(())
    }

    fn begin(&mut self, out: &mut Sink) -> std::io::Result<()> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        if self.is_rows && self.header == Header::Never {
            return Ok(());
        }
        let mut bytes = Vec::new();
        self.writer.begin(&mut bytes);
        out.write_all(&bytes)
    }

    /// Writes what stands after the last row. Without rows there is nothing, unless the format is one value or a header
    /// is wanted all the same.
    fn end(&mut self, out: &mut Sink) -> std::io::Result<()> {
        if !self.is_rows || self.header == Header::Always {
            self.begin(out)?;
        }
        let mut bytes = Vec::new();
        if self.has_begun {
            self.writer.end(self.rows > 0, &mut bytes);
        }
        out.write_all(&bytes)
    }
}

fn put_lines(out: &mut Sink, lines: &[u8], goes_to_terminal: bool) -> std::io::Result<()> {
    if !goes_to_terminal {
        return out.write_all(lines);
    }
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    lines
        .split(|byte| *byte == b'\n')
        .try_for_each(|line| put_line(out, line, true))?;
    out.flush()
}

/// Logs are written by strangers: what a terminal would obey is shown instead.
fn put_line(out: &mut Sink, line: &[u8], goes_to_terminal: bool) -> std::io::Result<()> {
    if goes_to_terminal {
        out.write_all(escape(line).as_bytes())?;
    } else {
        out.write_all(line)?;
    }
    out.write_all(b"\n")
}

fn open(output: &Output) -> Result<Sink> {
    match &output.output {
        Some(path) if path.as_os_str() != "-" => Sink::file(
            path,
            FileOptions {
                if_changed: output.if_changed,
            },
        ),
        _ => Sink::stdout(),
    }
    .map_err(|error| failed(output, error))
}

/// Finishes the output; a file is not put into place by a run that was stopped.
fn close(out: Sink, output: &Output) -> Result<()> {
    if output.output.is_some() && signals::which().is_some() {
        return Ok(());
    }
    out.finish().map_err(|error| failed(output, error))
}

fn failed(output: &Output, error: std::io::Error) -> Error {
    let target = output.output.as_ref().map_or_else(
        || "standard output".to_owned(),
        |path| path.display().to_string(),
    );
    Error::writing(target, error)
}
