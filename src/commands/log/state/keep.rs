//! `--keep`: the state carries the merged result, and each run prints all of it.

use std::sync::Arc;
use std::time::Duration;

use crate::args::output::Output;
use crate::commands::log::partial::{depends_on_now, question};
use crate::commands::log::results::Found;
use crate::commands::log::{Intent, Log, account};
use crate::commands::shared::answer::Shape;
use crate::error::{Error, Result};
use crate::io::signals;
use crate::log::account::Account;
use crate::log::partial::{Again, Merged, Merging, Part, Partial, Question, Refusal, Written};
use crate::log::plan::{Output as PlanOutput, Plan};
use crate::log::run::Run;
use crate::observe::Observe as _;
use crate::record::Timestamp;
use crate::ui::Ui;
use crate::ui::results::Results;

/// The time buckets that are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Which key they are.
    key: usize,
    /// When the first of them begins.
    pub(super) since: Timestamp,
}

impl Window {
    /// The buckets of the last `keep` before now.
    ///
    /// # Errors
    /// If the query has none, or means something else at another time.
    pub(super) fn of(keep: Duration, intent: &Intent, plan: &Plan) -> Result<Window> {
        let PlanOutput::Groups(grouping) = &plan.output else {
            return Err(Error::usage(
                "--keep needs aggregates, and this query gives lines or rows",
            )
            .hint("such as: count by 1h, status"));
        };
        let mut keys = grouping.keys.iter().enumerate();
        let bucket = keys.find_map(|(number, key)| Some((number, key.bucket?)));
        let Some((key, bucket)) = bucket else {
            return Err(
                Error::usage("--keep needs time buckets, and this query has none")
                    .hint("such as: count by 1h, status"),
            );
        };
        if depends_on_now(intent) {
            return Err(
                Error::usage("--keep needs a query that means the same in each run")
                    .hint("leave out times that are relative to now"),
            );
        }
        let clock = &intent.clock;
        Ok(Window {
            key,
            since: bucket.start(clock.now.minus(keep), &clock.zone),
        })
    }
}

/// What earlier runs have kept.
pub(super) struct Kept {
    pub(super) window: Window,
    /// The lines of a partial result; none before the first run.
    pub(super) lines: Vec<String>,
}

/// Runs the plan over what `hand_over` brings, merges the result with what is kept, and writes all of it. Also returns what is
/// to be kept.
pub(super) fn run(
    log: &Log,
    (intent, plan): (&Intent, &Arc<Plan>),
    kept: &Kept,
    hand_over: &mut dyn FnMut(&Run<'_>) -> Result<bool>,
    (output, out): (&Output, Results),
    ui: &Ui,
) -> Result<(Found, Vec<String>)> {
    let run = Run::new(Arc::clone(plan), intent.options, None);
    hand_over(&run)?;
    let mut unfinished = run.unfinished().map_err(failed)?;
    if let Some(failure) = unfinished.report.failure.take() {
        return Err(failed(failure));
    }
    account::refuse_split_cells(&unfinished.report.account, &[])?;
    if let Some(name) = unfinished.partial.positional() {
        let message = format!(
            "--keep cannot be used with {name} here: lines without a time go by their places"
        );
        return Err(Error::usage(message).hint("name the time: --time FIELD, or use min or max"));
    }
    if signals::which().is_some() {
        let message = "interrupted: nothing was printed, and the state is as it was";
        return Err(Error::input(message));
    }
    let question = question(log, intent, plan)?;
    let fresh = written(unfinished.partial, &question, "new")?;
    let merged = merge(plan, kept, &fresh).map_err(|refusal| {
        let error = Error::input(refusal.message);
        refusal.hint.into_iter().fold(error, Error::hint)
    })?;
    let merged = merged.ok_or_else(|| Error::input("there is nothing to merge"))?;
    let lines = written(merged.partial.clone(), &question, "kept")?;
    let answer = merged
        .partial
        .into_answer(plan, &|message| ui.missed(message));
    let is_any = !answer.is_empty();
    let columns = plan.column_names();
    let shape = Shape {
        columns: &columns,
        output,
        to: intent.to,
        infer: intent.settings.infer,
        zone: &intent.clock.zone,
        bars: plan.bars(),
    };
    let found = Found {
        withheld: shape.write(out, &answer, ui)?,
        report: unfinished.report,
        names: Vec::new(),
        is_any,
    };
    Ok((found, lines))
}

/// What is kept within the window, and what is new.
fn merge(
    plan: &Plan,
    kept: &Kept,
    fresh: &[String],
) -> std::result::Result<Option<Merged>, Refusal> {
    let Window { key, since } = kept.window;
    let make = |_: &Question| {
        let PlanOutput::Groups(grouping) = &plan.output else {
            return Err(Refusal::new("its aggregates are not of lines"));
        };
        let again = Again::from(grouping, key, since, &plan.clock.zone);
        Ok((plan.clone(), again))
    };
    let mut merging = Merging::new(&make, usize::MAX);
    for line in &kept.lines {
        merging.take("the state", line.as_bytes())?;
    }
    for line in fresh {
        merging.take("what is new", line.as_bytes())?;
    }
    merging.finish()
}

/// The lines of a result. Two with other names are never taken for one that came twice.
fn written(partial: Partial, question: &Question, name: &str) -> Result<Vec<String>> {
    let part = Part {
        source: Some(name.to_owned()),
        ..Part::default()
    };
    // The account is that of a run.
    let partial = Partial {
        account: Account::default(),
        ..partial
    };
    let written = Written::new(&partial, question.clone(), vec![part]).map_err(failed)?;
    let line = |line: Vec<u8>| String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
    Ok(written.lines().map(line).collect())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::input(error.to_string())
}
