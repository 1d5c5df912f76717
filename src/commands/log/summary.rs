//! `--summary`: what is in some files, on one screen. Each part is a small query, which is left out where it makes no sense.

use std::fmt::Write as _;

use super::asking::{Answered, ask};
use super::{Intent, Log};
use crate::error::{Error, Result};
use crate::io::source::InputName;
use crate::log::query::parse;
use crate::record::{Cell, Timestamp, Value};
use crate::ui::escape::escape;
use crate::ui::{Ui, units};

/// The parts, in order: a label, a query whose last column is shown first, and whether rows without a value in the others say
/// anything.
const PARTS: [(&str, &str); 11] = [
    ("status", "count by status | head 6"),
    ("method", "count by method | head 4"),
    ("level", "count by level | head 6"),
    ("host", "count by host | head 4"),
    ("program", "count by program | head 5"),
    ("path", "count by path | head 5"),
    ("address", "count by ip | head 4"),
    (
        "slowest",
        "where not missing(rt) | top 3 by rt | select path, rt",
    ),
    (
        "failed",
        "where status >= 500 | count by status, path | head 5",
    ),
    (
        "errors",
        "where level in (\"error\", \"fatal\") | count by norm(message) as message | head 5",
    ),
    (
        "errors",
        "where level in (\"error\", \"fatal\") | count by norm(msg) as message | head 5",
    ),
];

impl Log {
    /// The summary of some files, as text.
    ///
    /// # Errors
    /// If none of them can be read.
    pub(super) fn summary(&self, intent: &Intent, names: &[InputName], ui: &Ui) -> Result<String> {
        let asked = |text: &str| {
            let query = parse(text).ok()?;
            ask(&query, text, intent, names, ui)
        };
        let Some(lines) = asked("count") else {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            return Err(Error::input(format!(
                "{}: cannot be read",
                names.join(", ")
            )));
        };
        let mut out = String::new();
        let mut put = |label: &str, text: &str| {
            let _ = writeln!(out, "{label:<9}{text}");
        };
        for name in names {
            put("file", &escape(name.to_string().as_bytes()));
        }
        put("format", &lines.formats.join(", "));
        if let Some(times) = asked("min(time), max(time)")
            && let Some(range) = range(&times)
        {
            put("time", &range);
        }
        let account = &lines.report.account;
        put(
            "lines",
            &format!("{}, {}", account.judged, units::bytes(lines.report.bytes)),
        );
        for (label, query) in PARTS {
            let Some(found) = asked(query) else {
                continue;
            };
            let rows: Vec<Vec<Cell>> = found.report.table.rows().map(Into::into).collect();
            let says_nothing = |row: &Vec<Cell>| {
                let (_, keys) = row.split_last().unwrap_or((&row[0], &[]));
                keys.iter().all(|key| key.value.is_missing())
            };
            if rows.iter().all(says_nothing) {
                continue;
            }
            for (number, row) in rows.iter().enumerate() {
                put(if number == 0 { label } else { "" }, &line(row));
            }
        }
        Ok(out)
    }
}

/// A row, its last cell first.
fn line(row: &[Cell]) -> String {
    let text = |cell: &Cell| match &cell.value {
        value if value.is_missing() => "-".to_owned(),
        value => escape(&value.bytes()).into_owned(),
    };
    let Some((count, keys)) = row.split_last() else {
        return String::new();
    };
    let keys: Vec<String> = keys.iter().map(text).collect();
    format!("{:>8}  {}", text(count), keys.join("  "))
}

/// From the first time to the last.
fn range(times: &Answered) -> Option<String> {
    let mut rows = times.report.table.rows();
    let row = rows.next()?;
    let time = |cell: &Cell| match &cell.value {
        Value::Time(time) => Some(*time),
        _ => None,
    };
    let (first, last) = (time(row.first()?)?, time(row.get(1)?)?);
    let seconds = |time: Timestamp| time.nanos_since_epoch().div_euclid(1_000_000_000);
    let length = u64::try_from(seconds(last) - seconds(first)).ok()?;
    let length = units::duration(std::time::Duration::from_secs(length));
    Some(format!("{first} to {last} ({length})"))
}
