//! Rows to where they are wanted: as they come, or as a table at the end.

use std::sync::Arc;

use super::{Intent, Log, account};
use crate::commands::Context;
use crate::commands::shared::rows::{RowStream, Rows, goes_to_terminal, open, row_format};
use crate::error::Result;
use crate::format::Writer;
use crate::io::source::InputName;
use crate::log::input::Input;
use crate::log::plan::Plan;
use crate::log::run::{self, Report, Streaming};
use crate::ui::Ui;

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
    plan: &Arc<Plan>,
    inputs: Vec<Input>,
    context: &Context,
) -> Result<Found> {
    let names: Vec<InputName> = inputs.iter().map(|input| input.name.clone()).collect();
    let ui = &context.ui;
    let goes_to_terminal = goes_to_terminal(&log.output, ui);
    let spec = row_format(intent.to, &log.output, ui);
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
        let report = run::run(Arc::clone(plan), inputs, intent.options, ui, None);
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
            let rows = Rows {
                columns: &columns,
                rows: &report.table,
                zone: &intent.clock.zone,
                bars: plan.columns.iter().position(|column| column.is_aggregate),
            };
            rows.write(&log.output, intent.to, ui)?
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
        Arc::clone(plan),
        inputs,
        intent.options,
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
    plan: &Arc<Plan>,
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
    let report = run::run(Arc::clone(plan), inputs, intent.options, ui, streaming);
    let is_any = report.account.kept > 0 && (report.streamed > 0 || !report.table.is_empty());
    Found {
        report,
        names,
        is_any,
        withheld: None,
    }
}
