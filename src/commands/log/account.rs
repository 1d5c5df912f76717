//! Reports on bad lines, and the figures of --stats.

use std::time::Duration;

use super::Intent;
use crate::error::{Error, Result};
use crate::io::source::InputName;
use crate::log::account::{Account, BadLine, MaxBad};
use crate::log::plan::Plan;
use crate::log::query::StageKind;
use crate::log::run::Report;
use crate::observe::Observe as _;
use crate::record::number::counted;
use crate::ui::{Ui, units};

/// Fails if a cell of a file spans lines: lines are then not records, and no count can be trusted.
///
/// # Errors
/// The first line that is only a part of a record.
pub(super) fn refuse_split_cells(account: &Account, names: &[InputName]) -> Result<()> {
    match &account.split_cell {
        None => Ok(()),
        Some(line) => Err(split_cells(&format!(
            "{}: {}",
            place(line, names),
            line.reason
        ))),
    }
}

/// The error for a file in which a cell spans lines.
pub(super) fn split_cells(message: &str) -> Error {
    Error::input(message).hint("quoted cells that span lines are read with --csv-multiline")
}

/// Reports lines that were left out because they have no time, and bad lines; `are_stamped` if lines begin with times. Too
/// many make the run incomplete, fewer are a note.
pub(in crate::commands) fn tell(
    account: &Account,
    names: &[InputName],
    max_bad: MaxBad,
    plan: &Plan,
    are_stamped: bool,
    ui: &Ui,
) {
    tell_of_untimed(account, names, max_bad, are_stamped, ui);
    if account.older > 0 {
        let share = share(account.older, account);
        let message = format!("{share} are older than what --keep keeps, and were left out");
        // Without any line in time, the report would be empty without a reason.
        match account.older == account.judged {
            true => ui.warned(&message),
            false => ui.noted(&message),
        }
    }
    if account.surplus > 0 {
        let share = share(account.surplus, account);
        ui.warned(&format!(
            "{share} have text at the end that the first lines do not have; it is in the field 'rest'"
        ));
    }
    if account.bad == 0 {
        return;
    }
    let share = share(account.bad, account);
    let summary = format!(
        "{share} could not be parsed ({})",
        percent(account.bad, account)
    );
    let is_exceeded = max_bad.is_exceeded(account.bad, account);
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
    if is_exceeded && let Some(parsing) = plan.parsings().next() {
        let parse = match parsing.from {
            None => parsing.parse.to_string(),
            Some(_) => format!("{} from FIELD", parsing.parse),
        };
        ui.hint(&format!(
            "if other lines are expected, search first: \"TEXT\" | parse {parse}; or allow them: --max-bad 100%"
        ));
    }
}

/// Reports lines that were left out because they have no time, as bad lines are.
fn tell_of_untimed(
    account: &Account,
    names: &[InputName],
    max_bad: MaxBad,
    are_stamped: bool,
    ui: &Ui,
) {
    let Some((input, offset)) = account.first_untimed else {
        return;
    };
    let summary = format!(
        "{} have no time and were left out ({})",
        share(account.untimed, account),
        percent(account.untimed, account)
    );
    let first = format!("{}: the first of them", shown_place(input, offset, names));
    if max_bad.is_exceeded(account.untimed, account) {
        ui.missed(&summary);
        ui.detail(&first);
        if are_stamped {
            ui.hint("lines that belong to the one before are read with it: --record-start time");
        }
    } else {
        ui.noted(&summary);
        ui.note(&first);
    }
}

/// `2 of 1,000 lines`
fn share(count: u64, account: &Account) -> String {
    let (count, all) = (units::count(count), units::count(account.judged));
    format!("{count} of {all} lines")
}

/// Notes that a single word was searched for and not found: it may have been meant as a field.
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
            "no line contains the text '{word}'; if it is a field, write: count by {word}"
        ));
    }
}

fn place(line: &BadLine, names: &[InputName]) -> String {
    shown_place(line.input, line.offset, names)
}

fn shown_place(input: usize, offset: u64, names: &[InputName]) -> String {
    let name = names
        .get(input)
        .map_or_else(String::new, ToString::to_string);
    format!("{name}: byte {offset}")
}

fn percent(count: u64, account: &Account) -> String {
    // Counts of lines are far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    let percent = count as f64 / account.judged.max(1) as f64 * 100.0;
    if percent < 0.01 {
        "less than 0.01%".to_owned()
    } else {
        format!("{percent:.2}%")
    }
}

/// Prints how much was read, how fast, and the number of lines, groups and chunks.
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
        (account.judged, "read"),
        (account.kept, "kept"),
        (account.bad, "bad"),
        (account.blank, "blank"),
    ];
    let counts = counts.map(|(count, what)| format!("{} {what}", units::count(count)));
    let older = match account.older {
        0 => String::new(),
        older => format!(", {} older than what is kept", units::count(older)),
    };
    ui.say(&format!("lines    {}{older}", counts.join(", ")));
    ui.say(&format!("groups   {}", units::count(report.groups as u64)));
    ui.say(&format!(
        "work     {}, {}",
        counted(report.chunks, "chunk"),
        counted(intent.options.threads as u64, "thread")
    ));
}
