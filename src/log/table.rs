//! What happens to the rows after the scan: sorting, cutting, filtering, counting again.
//!
//! If only the first rows of an order or the last rows are wanted, the others are dropped early ([`Best`], [`reduce`]), so that
//! memory is that of the answer and not that of the log.

mod best;
mod bins;
mod flow;
mod order;
mod ranked;
mod sorted_rows;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::grouped::Grouped;
use super::plan::{Bucket, Grouping, Plan, TableStage};
use super::spill::{SpillError, Spilled};
use crate::expr::Program;
use crate::record::{Bad, Cell, Value};

/// At most this many empty time buckets get a row: a single wrong date must not make millions of rows.
const MAX_FILLED: usize = 100_000;

pub use best::Best;
use flow::{Found, Room, flow, flow_groups};
use order::sort;
pub use ranked::Ranked;
pub use sorted_rows::SortedRows;

/// Rows as they go through the stages.
pub type Table = Vec<Vec<Cell>>;

/// Rows for which an expression failed.
#[derive(Default)]
struct Refused {
    rows: usize,
    /// The first reason of them in the order of texts: the order of rows need not be certain.
    reason: Option<Bad>,
}

impl Refused {
    /// The value, or none if it could not be computed: such rows are counted.
    fn checked<T>(&mut self, computed: Result<T, Bad>) -> Option<T> {
        computed
            .map_err(|bad| {
                self.rows += 1;
                if self
                    .reason
                    .as_ref()
                    .is_none_or(|first| bad.reason < first.reason)
                {
                    self.reason = Some(bad);
                }
            })
            .ok()
    }

    /// Reports how many there are, if any, and what became of them.
    fn report(self, fate: &str, warn: &dyn Fn(&str)) {
        if let Some(bad) = self.reason {
            let rows = if self.rows == 1 { "row" } else { "rows" };
            warn(&format!("{} {rows} {fate}: {}", self.rows, bad.reason));
        }
    }
}

/// Puts rows through the stages of the plan; `memory` is how many bytes of them may be in memory at once, about. What could not be
/// computed or filled is reported to `warn`.
///
/// # Errors
/// Those of temporary files.
pub fn finish(
    plan: &Plan,
    rows: Table,
    memory: usize,
    warn: &dyn Fn(&str),
) -> Result<Answer, SpillError> {
    flow(
        &plan.table,
        Box::new(rows.into_iter()),
        &room(plan, memory, warn),
    )
}

/// The rows of groups after the stages that follow the grouping.
///
/// # Errors
/// Those of temporary files.
pub fn finish_groups(
    plan: &Plan,
    groups: Grouped,
    memory: usize,
    warn: &dyn Fn(&str),
) -> Result<Answer, SpillError> {
    let found = Found::InMemory(Box::new(groups));
    flow_groups(&plan.table, found, &room(plan, memory, warn))
}

/// The same for groups in temporary files.
///
/// # Errors
/// If the files cannot be read, or others not be written.
pub fn finish_spilled(
    plan: &Plan,
    grouping: &Arc<Grouping>,
    spilled: Spilled,
    memory: usize,
    warn: &dyn Fn(&str),
) -> Result<Answer, SpillError> {
    let found = Found::Spilled(Arc::clone(grouping), spilled);
    flow_groups(&plan.table, found, &room(plan, memory, warn))
}

fn room<'a>(plan: &'a Plan, memory: usize, warn: &'a dyn Fn(&str)) -> Room<'a> {
    Room {
        zone: &plan.clock.zone,
        memory,
        warn,
    }
}

/// Columns, and whether they descend.
type Columns = Vec<(usize, bool)>;

/// The rows of an answer.
pub enum Answer {
    /// Rows that exist.
    Rows(Table),
    /// Groups, whose rows are made when they are needed.
    Groups(Box<Ranked>),
    /// Rows in temporary files.
    Files(Box<SortedRows>),
}

impl Answer {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Answer::Rows(rows) => rows.len(),
            Answer::Groups(groups) => groups.len(),
            Answer::Files(rows) => rows.len(),
        }
    }

    /// Why rows are missing from those that were read, if any are.
    pub fn failure(&self) -> Option<std::io::Error> {
        match self {
            Answer::Files(rows) => rows.failure(),
            Answer::Rows(_) | Answer::Groups(_) => None,
        }
    }

    /// Keeps at most this number of rows.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Answer::Rows(table) => table.truncate(rows),
            Answer::Groups(groups) => groups.truncate(rows),
            Answer::Files(sorted) => sorted.truncate(rows),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    pub fn rows(&self) -> Box<dyn Iterator<Item = Cow<'_, [Cell]>> + '_> {
        match self {
            Answer::Rows(rows) => Box::new(rows.iter().map(|row| Cow::Borrowed(row.as_slice()))),
            Answer::Groups(groups) => Box::new(groups.rows().map(Cow::Owned)),
            Answer::Files(rows) => Box::new(rows.rows().map(Cow::Owned)),
        }
    }

    /// All rows at once.
    pub fn into_table(self) -> Table {
        match self {
            Answer::Rows(rows) => rows,
            Answer::Groups(groups) => groups.rows().collect(),
            Answer::Files(rows) => rows.rows().collect(),
        }
    }
}

/// Drops rows that cannot be in the answer, once there are more than `slack` too many.
pub fn reduce(plan: &Plan, rows: &mut Table, slack: usize) {
    let Some((stages, wanted)) = plan.reduction() else {
        return;
    };
    if rows.len() <= wanted.saturating_add(slack) {
        return;
    }
    for stage in stages {
        match stage {
            TableStage::Sort(orders) => sort(rows, orders, false),
            TableStage::Head(count) => rows.truncate(*count),
            TableStage::Tail(count) => keep_last(rows, *count),
            _ => {}
        }
    }
}

/// What a stage that looks at the whole table makes of it.
fn run(stage: &TableStage, mut rows: Table, zone: &TimeZone, warn: &dyn Fn(&str)) -> Table {
    match stage {
        TableStage::Bins(bins) => bins::in_order(rows, *bins),
        TableStage::Fill { bucket, results } => {
            fill(&mut rows, *bucket, results, zone, warn);
            rows
        }
        _ => rows,
    }
}

fn keep_last(rows: &mut Table, count: usize) {
    rows.drain(..rows.len().saturating_sub(count));
}

fn values(row: &[Cell]) -> Vec<Value<'_>> {
    row.iter().map(|cell| cell.value.borrowed()).collect()
}

fn compute(program: &Program, row: &[Cell]) -> Result<Cell, Bad> {
    Ok(match program.as_slot() {
        Some(slot) => row[slot].clone(),
        None => Cell {
            value: program.eval(&values(row))?.into_owned().into_static(),
            approx: program.reads(&|slot| row[slot].approx),
        },
    })
}

/// Gives the empty time buckets between the first and the last a row. The rows are sorted by their first column, a time.
fn fill(rows: &mut Table, bucket: Bucket, results: &[Cell], zone: &TimeZone, warn: &dyn Fn(&str)) {
    let time = |row: &[Cell]| match row[0].value {
        Value::Time(time) => Some(time),
        _ => None,
    };
    let mut filled = Vec::with_capacity(rows.len());
    let mut added = 0;
    let mut expected = None;
    for row in rows.drain(..) {
        if let Some(found) = time(&row) {
            while let Some(empty) =
                expected.filter(|expected| *expected < found && added < MAX_FILLED)
            {
                let key = Cell::exact(Value::Time(empty));
                filled.push(
                    std::iter::once(key)
                        .chain(results.iter().cloned())
                        .collect(),
                );
                added += 1;
                expected = bucket.following(empty, zone);
            }
            expected = bucket.following(found, zone);
        }
        filled.push(row);
    }
    if added == MAX_FILLED {
        warn(&format!(
            "only the first {MAX_FILLED} empty time buckets are shown; one of the dates may be wrong"
        ));
    }
    *rows = filled;
}
