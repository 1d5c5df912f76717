//! What happens to the rows after the scan: sorting, cutting, filtering, counting again.

use std::cmp::Ordering;

use jiff::tz::TimeZone;
use rayon::slice::ParallelSliceMut as _;

use super::grouped::Grouped;
use super::plan::{Bucket, Plan, TableStage};
use crate::expr::Program;
use crate::group::Groups;
use crate::record::{Cell, Value};

/// How many empty stretches of time are filled at most: a single wrong date must not make millions of rows.
const MAX_FILLED: usize = 100_000;

/// So many rows are sorted by all workers together.
const MANY: usize = 10_000;

/// Rows as they go through the stages.
pub type Table = Vec<Vec<Cell>>;

/// Puts the rows through the stages of the plan; what could not be computed or filled is said through `warn`.
pub fn finish(plan: &Plan, mut rows: Table, zone: &TimeZone, warn: &dyn Fn(&str)) -> Table {
    for stage in &plan.table {
        rows = run(stage, rows, zone, warn);
    }
    rows
}

fn run(stage: &TableStage, mut rows: Table, zone: &TimeZone, warn: &dyn Fn(&str)) -> Table {
    match stage {
        TableStage::Where(condition) => {
            rows.retain(|row| condition.holds(&values(row)).unwrap_or(false));
        }
        TableStage::Let(program) => {
            for row in &mut rows {
                let cell = compute(program, row);
                row.push(cell);
            }
        }
        TableStage::Select(programs) => {
            for row in &mut rows {
                *row = programs
                    .iter()
                    .map(|program| compute(program, row))
                    .collect();
            }
        }
        TableStage::Sort(orders) => sort(&mut rows, orders),
        TableStage::Head(count) => rows.truncate(*count),
        TableStage::Tail(count) => {
            rows.drain(..rows.len().saturating_sub(*count));
        }
        TableStage::Groups(grouping) => {
            let mut grouped = Grouped::new(grouping, zone, Groups::default());
            let refused = rows
                .iter()
                .filter(|row| grouped.add(&values(row)).is_err())
                .count();
            if refused > 0 {
                warn(&format!(
                    "{refused} rows have text where a number is needed, and were left out"
                ));
            }
            rows = grouped.rows();
        }
        TableStage::Fill { bucket, results } => fill(&mut rows, *bucket, results, zone, warn),
    }
    rows
}

fn values(row: &[Cell]) -> Vec<Value<'_>> {
    row.iter().map(|cell| cell.value.borrowed()).collect()
}

fn compute(program: &Program, row: &[Cell]) -> Cell {
    match program.as_slot() {
        Some(slot) => row[slot].clone(),
        None => Cell {
            value: program
                .eval(&values(row))
                .map_or(Value::Missing, |value| value.into_owned().into_static()),
            approx: row.iter().any(|cell| cell.approx),
        },
    }
}

/// A row with what it is sorted by.
type Keyed = (Vec<Value<'static>>, Vec<Cell>);

/// Sorts by the orders, then by all columns from the left, so that equal rows are all that can change places.
fn sort(rows: &mut Table, orders: &[(Program, bool)]) {
    let by_column = |left: &[Cell], right: &[Cell]| {
        left.iter()
            .zip(right)
            .map(|(left, right)| left.value.total_cmp(&right.value))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let mut keyed: Vec<Keyed> = rows
        .drain(..)
        .map(|row| {
            (
                orders
                    .iter()
                    .map(|(program, _)| compute(program, &row).value)
                    .collect(),
                row,
            )
        })
        .collect();
    let order = |(left_keys, left): &Keyed, (right_keys, right): &Keyed| {
        for ((left, right), (_, descending)) in left_keys.iter().zip(right_keys).zip(orders) {
            // What is missing comes last, whichever way the rest is sorted.
            let order = match (left.is_missing(), right.is_missing()) {
                (false, false) if *descending => right.total_cmp(left),
                (false, false) => left.total_cmp(right),
                (left, right) => left.cmp(&right),
            };
            if order.is_ne() {
                return order;
            }
        }
        by_column(left, right)
    };
    // Outside a pool, rayon would make one of its own.
    if keyed.len() > MANY && rayon::current_thread_index().is_some() {
        keyed.par_sort_unstable_by(order);
    } else {
        keyed.sort_unstable_by(order);
    }
    rows.extend(keyed.into_iter().map(|(_, row)| row));
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
