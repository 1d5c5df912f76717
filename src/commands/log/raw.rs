//! Lines as they are: with the names of files in front, NUL at the end, and matches in colour.

use std::sync::Arc;

use crate::error::Result;
use crate::expr::Program;
use crate::expr::functions::Kind;
use crate::format::Writer;
use crate::log::plan::{FILE, Output, Plan, Step};
use crate::log::query::filter::Filter;
use crate::record::Cell;
use crate::ui::escape::escape_lines;
use crate::ui::results::Results;
use crate::ui::{Painter, Style};

/// How lines are written, where that is not simply as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawLines {
    /// Whether the name of the file comes first.
    pub(super) has_names: bool,
    /// What ends them.
    pub(super) end: u8,
}

impl RawLines {
    /// Whether lines are written just as they are.
    pub(super) fn are_plain(self) -> bool {
        self == RawLines {
            has_names: false,
            end: b'\n',
        }
    }

    /// Adds the name of the file to the rows.
    pub(super) fn add_names(plan: &mut Arc<Plan>) {
        if let Output::Rows(programs) = &mut Arc::make_mut(plan).output {
            programs.push(Program::slot(FILE, Kind::Text));
        }
    }
}

/// The first cell is the line, the last the name.
impl Writer for RawLines {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        if let Some(name) = cells.last().filter(|_| self.has_names) {
            out.extend_from_slice(&name.value.bytes());
            out.push(b':');
        }
        if let Some(line) = cells.first() {
            out.extend_from_slice(&line.value.bytes());
        }
        out.push(self.end);
    }
}

/// Paints what the filters of a query found.
pub(super) struct Highlighter {
    filters: Vec<Filter>,
    names: Vec<Vec<u8>>,
    painter: Painter,
}

impl Highlighter {
    /// For the filters of a plan; none if there is nothing to paint. `names` are those that can stand in front of lines.
    pub(super) fn new(plan: &Plan, names: Vec<Vec<u8>>, painter: Painter) -> Option<Highlighter> {
        let filters = plan.steps.iter().filter_map(|step| match step {
            Step::Filter(filter) => Some(filter.clone()),
            _ => None,
        });
        let filters: Vec<Filter> = filters.collect();
        (!filters.is_empty() && painter.is_colored()).then_some(Highlighter {
            filters,
            names,
            painter,
        })
    }

    /// Writes lines, which end in newlines, to a terminal.
    ///
    /// # Errors
    /// Those of write(2).
    pub(super) fn put(&self, lines: &[u8], out: &mut Results) -> Result<()> {
        let mut shown = String::new();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            self.paint(line, &mut shown);
        }
        out.put_own(shown.as_bytes())
    }

    fn paint(&self, line: &[u8], shown: &mut String) {
        let (text, end) = match line.strip_suffix(b"\n") {
            Some(text) => (text, "\n"),
            None => (line, ""),
        };
        let is_name = |name: &&Vec<u8>| {
            text.strip_prefix(name.as_slice())
                .is_some_and(|rest| rest.starts_with(b":"))
        };
        let name = self.names.iter().filter(is_name).map(Vec::len).max();
        let start = name.map_or(0, |name| name + 1);
        let mut matches = Vec::new();
        for filter in &self.filters {
            filter.matches(&text[start..], &mut matches);
        }
        matches.sort_unstable_by_key(|range| (range.start, range.end));
        let mut at = 0;
        for range in matches {
            let (from, to) = (range.start + start, range.end + start);
            let from = from.max(at);
            if from >= to {
                continue;
            }
            shown.push_str(&escape_lines(&text[at..from]));
            let found = escape_lines(&text[from..to]);
            shown.push_str(&self.painter.paint(Style::Match, &found).to_string());
            at = to;
        }
        shown.push_str(&escape_lines(&text[at..]));
        shown.push_str(end);
    }
}
