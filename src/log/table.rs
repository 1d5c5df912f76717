//! What happens to the rows after the scan: sorting, cutting, filtering, counting again.
//!
//! Where only the last rows or the first of an order are wanted, the others are dropped as they come ([`reduce`]), so that
//! memory is that of the answer and not that of the log.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rayon::slice::ParallelSliceMut as _;

use super::grouped::Grouped;
use super::plan::{Bucket, Plan, TableStage};
use crate::expr::Program;
use crate::group::Groups;
use crate::record::{Bad, Cell, Value};

/// How many empty stretches of time are filled at most: a single wrong date must not make millions of rows.
const MAX_FILLED: usize = 100_000;

/// So many rows are sorted by all workers together.
const MANY: usize = 10_000;

/// Rows as they go through the stages.
pub type Table = Vec<Vec<Cell>>;

/// Rows that something could not be computed of.
#[derive(Default)]
struct Refused {
    rows: usize,
    first: Option<Bad>,
}

impl Refused {
    /// The value, or none if it could not be computed: that is one row more.
    fn checked<T>(&mut self, computed: Result<T, Bad>) -> Option<T> {
        computed
            .map_err(|bad| {
                self.rows += 1;
                self.first.get_or_insert(bad);
            })
            .ok()
    }

    /// Says how many there are, if any, and what became of them.
    fn tell(self, fate: &str, warn: &dyn Fn(&str)) {
        if let Some(bad) = self.first {
            let rows = if self.rows == 1 { "row" } else { "rows" };
            warn(&format!("{} {rows} {fate}: {}", self.rows, bad.reason));
        }
    }
}

/// Puts the rows through the stages of the plan; what could not be computed or filled is said through `warn`.
pub fn finish(plan: &Plan, mut rows: Table, warn: &dyn Fn(&str)) -> Table {
    for stage in &plan.table {
        rows = run(stage, rows, &plan.clock.zone, warn);
    }
    rows
}

/// Drops rows that will not be among the wanted ones whatever comes, once there are more than `slack` too many. The rows
/// are some of the answer's, in their order.
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

fn run(stage: &TableStage, mut rows: Table, zone: &TimeZone, warn: &dyn Fn(&str)) -> Table {
    let mut refused = Refused::default();
    let mut fate = "were left out";
    match stage {
        TableStage::Where(condition) => rows.retain(|row| {
            refused
                .checked(condition.holds(&values(row)))
                .unwrap_or(false)
        }),
        TableStage::Let(slot, program) => {
            fate = "have an empty cell";
            for row in &mut rows {
                let cell = refused.checked(compute(program, row)).unwrap_or_default();
                match row.get_mut(*slot) {
                    Some(old) => *old = cell,
                    None => row.push(cell),
                }
            }
        }
        TableStage::Select(programs) => {
            fate = "have an empty cell";
            for row in &mut rows {
                let cells = programs
                    .iter()
                    .map(|program| refused.checked(compute(program, row)).unwrap_or_default());
                *row = cells.collect();
            }
        }
        TableStage::Sort(orders) => sort(&mut rows, orders, true),
        TableStage::Head(count) => rows.truncate(*count),
        TableStage::Tail(count) => keep_last(&mut rows, *count),
        TableStage::Groups(grouping) => {
            let mut grouped = Grouped::new(Arc::clone(grouping), zone.clone(), Groups::default());
            for (number, row) in (0..).zip(&rows) {
                refused.checked(grouped.add(&values(row), number));
            }
            rows = grouped.rows();
        }
        TableStage::Fill { bucket, results } => fill(&mut rows, *bucket, results, zone, warn),
    }
    refused.tell(fate, warn);
    rows
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
            approx: row.iter().any(|cell| cell.approx),
        },
    })
}

/// Sorts by the orders, then by all columns from the left, so that equal rows are all that can change places. What cannot
/// be computed is missing. With many rows on all workers, if `on_all`: not where one of them holds what others wait for.
fn sort(rows: &mut Table, orders: &[(Program, bool)], on_all: bool) {
    let width = rows.first().map_or(0, Vec::len);
    let mut columns = Vec::new();
    let mut end = width;
    for (program, descending) in orders {
        // What is no column becomes one for as long as it takes.
        let column = program.as_slot().unwrap_or_else(|| {
            for row in rows.iter_mut() {
                let cell = compute(program, row).unwrap_or_default();
                row.push(cell);
            }
            end += 1;
            end - 1
        });
        columns.push((column, *descending));
    }
    let order = |left: &Vec<Cell>, right: &Vec<Cell>| {
        let by_orders = columns.iter().map(|&(column, descending)| {
            let (left, right) = (&left[column].value, &right[column].value);
            // What is missing comes last, whichever way the rest is sorted.
            match (left.is_missing(), right.is_missing()) {
                (false, false) if descending => right.total_cmp(left),
                (false, false) => left.total_cmp(right),
                (left, right) => left.cmp(&right),
            }
        });
        let cells = left.iter().zip(right);
        let by_columns = cells.map(|(left, right)| left.value.total_cmp(&right.value));
        by_orders
            .chain(by_columns)
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    // Outside a pool, rayon would make one of its own.
    if on_all && rows.len() > MANY && rayon::current_thread_index().is_some() {
        rows.par_sort_unstable_by(order);
    } else {
        rows.sort_unstable_by(order);
    }
    if end > width {
        rows.iter_mut().for_each(|row| row.truncate(width));
    }
}

/// Gives the empty stretches between the first and the last a row. The rows are sorted by their first column, a time.
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
                let key = Cell {
                    value: Value::Time(empty),
                    approx: false,
                };
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
            "only the first {MAX_FILLED} empty stretches of time are shown: is one of the dates wrong?"
        ));
    }
    *rows = filled;
}
