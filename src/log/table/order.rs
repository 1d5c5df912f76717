//! The order of rows.

use std::cmp::Ordering;

use rayon::slice::ParallelSliceMut as _;

use super::compute;
use crate::expr::Program;
use crate::record::{Cell, Value};

/// From this many rows on, all workers sort together.
const MANY: usize = 10_000;

/// Compares two values of a column that rows are sorted by. Missing values come last in both directions.
pub(super) fn compare(left: &Value<'_>, right: &Value<'_>, descending: bool) -> Ordering {
    match (left.is_missing(), right.is_missing()) {
        (false, false) if descending => right.total_cmp(left),
        (false, false) => left.total_cmp(right),
        (left, right) => left.cmp(&right),
    }
}

/// Compares two rows by some columns, then by all from the left, so that only equal rows can change places.
pub(super) fn compare_rows<'l, 'r>(
    columns: &[(usize, bool)],
    width: usize,
    left: impl Fn(usize) -> &'l Value<'l>,
    right: impl Fn(usize) -> &'r Value<'r>,
) -> Ordering {
    let by_columns = columns
        .iter()
        .map(|&(column, descending)| compare(left(column), right(column), descending));
    let by_all = (0..width).map(|column| left(column).total_cmp(right(column)));
    by_columns
        .chain(by_all)
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Sorts by the orders, then by all columns. What cannot be computed is missing. With many rows on all workers, if `on_all`:
/// not where one of them holds what others wait for.
pub(super) fn sort(rows: &mut [Vec<Cell>], orders: &[(Program, bool)], on_all: bool) {
    let (columns, width) = add_columns(rows, orders);
    sort_by(rows, &columns, width, on_all);
    if columns.iter().any(|(column, _)| *column >= width) {
        rows.iter_mut().for_each(|row| row.truncate(width));
    }
}

/// Adds a column for each order that is an expression. Returns the columns to sort by, and how many there were.
pub(super) fn add_columns(
    rows: &mut [Vec<Cell>],
    orders: &[(Program, bool)],
) -> (Vec<(usize, bool)>, usize) {
    let width = rows.first().map_or(0, Vec::len);
    let mut columns = Vec::new();
    let mut end = width;
    for (program, descending) in orders {
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
    (columns, width)
}

/// Sorts by some columns, then by the first `width` ones.
pub(super) fn sort_by(
    rows: &mut [Vec<Cell>],
    columns: &[(usize, bool)],
    width: usize,
    on_all: bool,
) {
    let order = |left: &Vec<Cell>, right: &Vec<Cell>| {
        compare_rows(
            columns,
            width,
            |column| &left[column].value,
            |column| &right[column].value,
        )
    };
    // Outside a pool, rayon would start a global one.
    if on_all && rows.len() > MANY && rayon::current_thread_index().is_some() {
        rows.par_sort_unstable_by(order);
    } else {
        rows.sort_unstable_by(order);
    }
}
