//! `--list`: what is in partial results.

use jiff::tz::TimeZone;

use super::parts;
use crate::args::output::{Output, To};
use crate::commands::shared::rows::Rows;
use crate::error::Result;
use crate::io::source::InputName;
use crate::log::partial::{Header, Listed, Listing, Of, Part};
use crate::observe::Observe as _;
use crate::record::{Cell, Timestamp, Value};
use crate::ui::Ui;
use crate::ui::results::Results;

const COLUMNS: [&str; 9] = [
    "part", "query", "labels", "since", "until", "zone", "groups", "lines", "read",
];

/// Writes a row for each part.
pub(super) fn run(
    names: &[InputName],
    out: Results,
    output: &Output,
    to: Option<To>,
    ui: &Ui,
) -> Result<Option<String>> {
    let mut listing = Listing::default();
    parts::read(names, ui, &mut |name, line| listing.take(name, line))?;
    let mut rows = Vec::new();
    for listed in listing.finish() {
        match &listed.header {
            Ok(header) => rows.extend(header.parts.iter().map(|part| row(&listed, header, part))),
            Err(wrong) => ui.missed(&format!("{}: {wrong}", listed.name)),
        }
    }
    let columns = COLUMNS.map(str::to_owned);
    let rows = Rows {
        columns: &columns,
        rows: &rows,
        zone: &TimeZone::UTC,
        bars: None,
    };
    rows.write_to(out, output, to, ui)
}

fn row(listed: &Listed, header: &Header, part: &Part) -> Vec<Cell> {
    let labels: Vec<String> = part
        .labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let read = part.ranges.iter().map(|range| {
        let name = String::from_utf8_lossy(&range.name);
        match &range.of {
            Of::File { bytes, .. } => format!("{name} {}:{}", bytes.0, bytes.1),
            Of::Stream(length, _) => format!("{name} 0:{length}"),
        }
    });
    let time = |time: Option<Timestamp>| {
        time.map_or_else(Cell::default, |time| Cell::exact(Value::Time(time)))
    };
    vec![
        Cell::text(&listed.name),
        Cell::text(&header.question.query),
        Cell::text(labels.join(" ")),
        time(part.window.0),
        time(part.window.1),
        Cell::text(header.question.zone.as_deref().unwrap_or_default()),
        Cell::number(listed.groups),
        Cell::number(header.account.judged),
        Cell::text(read.collect::<Vec<_>>().join(", ")),
    ]
}
