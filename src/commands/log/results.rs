//! Runs a plan and writes its rows: as they arrive, or as a table at the end.

use std::mem;
use std::sync::Arc;

use super::live::Live;
use super::live_rows::{KeyWriter, LiveRows};
use super::raw::{Highlighter, RawLines};
use super::{Intent, account};
use crate::args::output::Output;
use crate::commands::context::Context;
use crate::commands::shared::answer::{Shape, writer_of};
use crate::commands::shared::rows::{RowStream, goes_to_terminal, row_format};
use crate::error::{Error, Result};
use crate::format::Writer;
use crate::io::signals;
use crate::io::source::InputName;
use crate::log::input::Input;
use crate::log::options::Options;
use crate::log::plan::{Output as PlanOutput, Plan};
use crate::log::run::{Report, Run, Streaming};
use crate::observe::Observe as _;
use crate::ui::Ui;
use crate::ui::results::Results;

/// How many groups can be merged, sorted and printed within 0.2 s of a signal.
const PROMPT_GROUPS: usize = 100_000;

/// The outcome of a run.
pub(super) struct Found {
    /// The engine's own report.
    pub(super) report: Report,
    /// The inputs' names, by number.
    pub(super) names: Vec<InputName>,
    /// Whether there was any result.
    pub(super) is_any: bool,
    /// The output file, if it was not replaced.
    pub(super) withheld: Option<String>,
}

/// Where lines come from.
pub(super) enum Lines<'l> {
    /// Inputs that are open.
    Inputs(Vec<Input>),
    /// Another one reads them and hands them over; false if there were none. Nothing is written then.
    HandedOver(&'l mut dyn FnMut(&Run<'_>) -> Result<bool>),
}

impl Lines<'_> {
    /// Has a run read all of them; false if there is nothing to answer.
    fn feed(self, run: &Run<'_>, ui: &Ui) -> Result<bool> {
        match self {
            Lines::Inputs(inputs) => run.feed(inputs, ui),
            Lines::HandedOver(hand_over) => return hand_over(run),
        }
        Ok(true)
    }

    fn inputs(&self) -> &[Input] {
        match self {
            Lines::Inputs(inputs) => inputs,
            Lines::HandedOver(_) => &[],
        }
    }
}

/// The names of inputs, by number; inputs that did not fit the query have none.
pub(super) fn names_of(inputs: &[Input]) -> Vec<InputName> {
    let numbers = inputs.iter().map(|input| input.bound.input + 1).max();
    let mut names = vec![InputName::Stdin; numbers.unwrap_or(0)];
    for input in inputs {
        names[input.bound.input] = input.name.clone();
    }
    names
}

/// Runs the plan and writes its results.
pub(super) fn run(
    output: &Output,
    intent: &Intent,
    plan: &Arc<Plan>,
    raw: RawLines,
    lines: Lines<'_>,
    out: Option<Results>,
    context: &Context,
) -> Result<Found> {
    let names = names_of(lines.inputs());
    let ui = &*context.ui;
    let goes_to_terminal = goes_to_terminal(output, ui);
    let highlighter = if plan.raw && goes_to_terminal {
        let inputs = lines.inputs().iter();
        let names = inputs.map(|input| input.bound.name.clone());
        let names = names.filter(|_| raw.has_names).collect();
        Highlighter::new(plan, names, ui.painter())
    } else {
        None
    };
    let Some(mut out) = out else {
        return quiet(plan, intent, lines, names, ui);
    };
    let spec = match plan.raw {
        true => None,
        false => row_format(intent.to, output, ui)?,
    };
    let columns = plan.column_names();
    let mut inputs = lines.inputs().iter();
    let is_endless = inputs.any(|input| input.total().is_none());
    // Rows of a pipe appear on a terminal as they come; the columns of files can be fitted to all rows.
    let is_live_table = spec.is_none() && !plan.raw && goes_to_terminal && is_endless;
    let streams = plan.streams() && (plan.raw || spec.is_some() || is_live_table);
    if !streams {
        let bars = plan.bars();
        let is_grouped = matches!(plan.output, PlanOutput::Groups(_));
        let is_table = goes_to_terminal && spec.is_none() && is_grouped;
        let is_live = is_table && is_endless && ui.can_redraw();
        let options = Options {
            live: is_live,
            ..intent.options
        };
        let run = Run::new(Arc::clone(plan), options, None);
        let is_answered = match lines {
            Lines::Inputs(inputs) if is_live => {
                Live::new(ui, plan, &columns, bars).feed(&run, inputs);
                true
            }
            lines => lines.feed(&run, ui)?,
        };
        if signals::which().is_some() && run.group_count() > PROMPT_GROUPS {
            // Freeing them takes as long as printing them, and the process ends anyway.
            mem::forget(run);
            ui.missed("interrupted: no results, since there are too many groups to print at once");
            return Err(Error::input("interrupted"));
        }
        let mut report = run.finish(ui);
        if let Some(failure) = report.failure.take() {
            return Err(Error::input(failure.to_string()));
        }
        if !is_answered {
            return Ok(nothing(report, names));
        }
        account::refuse_split_cells(&report.account, &names)?;
        let is_any = !report.table.is_empty();
        let withheld = if plan.raw {
            let mut line = Vec::new();
            for row in report.table.rows() {
                line.clear();
                raw.row(&row, &mut line);
                match &highlighter {
                    Some(highlighter) => highlighter.put(&line, &mut out)?,
                    None => out.put(&line)?,
                }
            }
            out.close()?
        } else {
            let shape = Shape {
                columns: &columns,
                output,
                to: intent.to,
                infer: intent.settings.infer,
                zone: &intent.clock.zone,
                bars,
            };
            shape.write(out, &report.table, ui)?
        };
        return Ok(Found {
            report,
            names,
            is_any,
            withheld,
        });
    }
    let mut stream = spec
        .filter(|_| !plan.raw)
        .map(|spec| RowStream::new(spec, output.header, &columns));
    let mut live =
        is_live_table.then(|| LiveRows::new(&columns, &intent.clock.zone, output.header));
    let mut error = None;
    let mut take = |bytes: &[u8], ends: &[usize]| {
        if goes_to_terminal && !ends.is_empty() {
            // Rows and a progress line would take turns.
            ui.hide_progress();
            ui.clear();
        }
        let written = match (&mut stream, &mut live) {
            (Some(stream), _) => stream.put(&mut out, bytes, ends),
            (None, Some(live)) => out.put_own(live.render(bytes, ends, ui).as_bytes()),
            (None, None) => match &highlighter {
                Some(highlighter) => highlighter.put(bytes, &mut out),
                None => out.put(bytes),
            },
        };
        let written = match ends {
            [] => written,
            _ => written.and_then(|()| out.flush()),
        };
        error = written.err();
        error.is_none()
    };
    let make = || match spec {
        Some(spec) => writer_of(spec, &columns, intent.settings.infer),
        None if plan.raw => Box::new(raw),
        None => Box::new(KeyWriter),
    };
    let writer =
        (!plan.raw || !raw.are_plain()).then_some(&make as &(dyn Fn() -> Box<dyn Writer> + Sync));
    let streaming = Streaming {
        writer,
        take: &mut take,
    };
    let run = Run::new(Arc::clone(plan), intent.options, Some(streaming));
    let is_answered = lines.feed(&run, ui);
    let report = run.finish(ui);
    if let Some(error) = error {
        return Err(error);
    }
    if !is_answered? {
        return Ok(nothing(report, names));
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

/// The outcome of a run without lines.
fn nothing(report: Report, names: Vec<InputName>) -> Found {
    Found {
        report,
        names,
        is_any: false,
        withheld: None,
    }
}

/// Looks for a first row, and stops there.
fn quiet(
    plan: &Arc<Plan>,
    intent: &Intent,
    lines: Lines<'_>,
    names: Vec<InputName>,
    ui: &Ui,
) -> Result<Found> {
    let mut stop = |_: &[u8], ends: &[usize]| ends.is_empty();
    let streaming = plan.streams().then_some(Streaming {
        writer: None,
        take: &mut stop,
    });
    let run = Run::new(Arc::clone(plan), intent.options, streaming);
    lines.feed(&run, ui)?;
    let report = run.finish(ui);
    if let Some(failure) = &report.failure {
        return Err(Error::input(failure.to_string()));
    }
    let is_any = report.account.kept > 0 && (report.streamed > 0 || !report.table.is_empty());
    Ok(Found {
        report,
        names,
        is_any,
        withheld: None,
    })
}
