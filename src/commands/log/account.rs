//! What is said about lines that could not be read, and of how much was read.

use std::time::Duration;

use super::Intent;
use crate::error::{Error, Result};
use crate::io::source::InputName;
use crate::log::account::{Account, BadLine, MaxBad};
use crate::log::query::StageKind;
use crate::log::run::Report;
use crate::observe::Observe as _;
use crate::ui::{Ui, units};

/// Fails if a file turned out to be one whose lines are not records: nothing that was counted can then be trusted.
///
/// # Errors
/// The first line that is only a part of a record.
pub(super) fn refuse_split_cells(account: &Account, names: &[InputName]) -> Result<()> {
    match &account.split_cell {
        None => Ok(()),
        Some(line) => Err(
            Error::input(format!("{}: {}", place(line, names), line.reason))
                .hint("lines are taken for records here; take the newlines out of the cells first"),
        ),
    }
}

/// Says how many lines were bad, if any were: too many are a fault, a few are worth a note.
pub(super) fn tell(account: &Account, names: &[InputName], max_bad: MaxBad, ui: &Ui) {
    if account.bad == 0 {
        return;
    }
    // Counts of lines are far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    let percent = account.bad as f64 / account.judged.max(1) as f64 * 100.0;
    let summary = format!(
        "{} of {} lines could not be read ({})",
        units::count(account.bad),
        units::count(account.judged),
        shown_percent(percent)
    );
    let is_exceeded = max_bad.is_exceeded(account);
    if is_exceeded {
        ui.missed(&summary);
    } else {
        ui.noted(&summary);
    }
    for line in &account.shown {
        let detail = format!("{}: {}", place(line, names), line.reason);
        if is_exceeded {
            ui.detail(&detail);
        } else {
            ui.note(&detail);
        }
    }
}

/// Says what a word alone was taken for, if no line holds it: it may have been meant as the name of a field.
pub(super) fn tell_of_word(intent: &Intent, ui: &Ui) {
    let Some(stage) = intent.query.stages.first() else {
        return;
    };
    let word = &intent.text[stage.span.clone()];
    let is_word = word
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_');
    if matches!(stage.kind, StageKind::Filter(_)) && is_word {
        ui.noted(&format!(
            "no line holds the text «{word}»; if it is a field: count by {word}"
        ));
    }
}

fn place(line: &BadLine, names: &[InputName]) -> String {
    let name = names
        .get(line.input)
        .map_or_else(String::new, ToString::to_string);
    format!("{name}: byte {}", line.offset)
}

fn shown_percent(percent: f64) -> String {
    if percent < 0.01 {
        "less than 0.01 %".to_owned()
    } else {
        format!("{percent:.2} %")
    }
}

/// Says how much was read, how fast, and what became of it.
pub(super) fn say_stats(report: &Report, elapsed: Duration, intent: &Intent, ui: &Ui) {
    let account = &report.account;
    let rate = units::rate(report.bytes, elapsed)
        .map(|rate| format!(", {rate}"))
        .unwrap_or_default();
    ui.say(&format!(
        "read     {} in {}{rate}",
        units::bytes(report.bytes),
        units::duration(elapsed)
    ));
    let counts = [
        (account.judged, "judged"),
        (account.kept, "kept"),
        (account.bad, "bad"),
        (account.blank, "blank"),
    ];
    let counts = counts.map(|(count, what)| format!("{} {what}", units::count(count)));
    ui.say(&format!("lines    {}", counts.join(", ")));
    ui.say(&format!("groups   {}", units::count(report.groups as u64)));
    ui.say(&format!(
        "work     {}, {}",
        counted(report.chunks, "chunk"),
        counted(intent.options.threads as u64, "thread")
    ));
}

/// `1 chunk`, `1,200 chunks`
fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", units::count(count))
}
