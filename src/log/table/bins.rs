//! Rows of ranges: from numbers and counts to ends and counts, with the ranges in which there is nothing.

use std::collections::BTreeMap;

use super::Table;
use crate::expr::functions::{step_above, step_below};
use crate::log::plan::Bins;
use crate::record::{Cell, Number, Value};

/// At most this many empty ranges between two others get a row.
const MAX_EMPTY: usize = 100;

/// Rows of `from`, `to` and `count`, ascending. What is below the first range has no `from`, what is above the last no `to`.
pub(super) fn in_order(rows: Table, bins: Bins) -> Table {
    match bins {
        Bins::Equal(low, high, count) => equal(rows, low, high, count),
        Bins::Steps => steps(rows),
    }
}

fn number(cell: &Cell) -> Option<Number> {
    cell.value.number()
}

fn row(from: Option<Number>, to: Option<Number>, count: Cell) -> Vec<Cell> {
    let end = |end: Option<Number>| {
        Cell::exact(end.map_or(Value::Missing, |end| Value::Number(end.trimmed())))
    };
    vec![end(from), end(to), count]
}

fn equal(rows: Table, low: Number, high: Number, count: u32) -> Table {
    let mut counts = BTreeMap::new();
    for mut cells in rows {
        let (Some(counted), Some(place)) = (cells.pop(), cells.first().and_then(number)) else {
            continue;
        };
        let Number::Decimal { units, .. } = place.trimmed() else {
            continue;
        };
        counts.insert(units, counted);
    }
    let end = |place: u32| {
        // One division, so that there is one rounding.
        let times = |end: Number, times: u32| end.checked_mul(Number::from(u64::from(times)));
        let both = times(low, count - place)?.checked_add(times(high, place)?)?;
        both.checked_div(Number::from(u64::from(count)))
    };
    let mut filled = Table::new();
    if let Some(below) = counts.remove(&-1) {
        filled.push(row(None, Some(low), below));
    }
    for place in 0..count {
        let counted = counts.remove(&place.into());
        let counted = counted.unwrap_or_else(|| Cell::number(0_u64));
        filled.push(row(end(place), end(place + 1), counted));
    }
    if let Some(above) = counts.remove(&count.into()) {
        filled.push(row(Some(high), None, above));
    }
    filled
}

fn steps(rows: Table) -> Table {
    let mut counts: Vec<(Number, Cell)> = rows
        .into_iter()
        .filter_map(|mut cells| {
            let counted = cells.pop()?;
            Some((number(cells.first()?)?, counted))
        })
        .collect();
    counts.sort_by(|left, right| left.0.numeric_cmp(right.0));
    let mut filled = Table::new();
    let mut expected: Option<Number> = None;
    for (from, counted) in counts {
        let mut empty = 0;
        while let (Some(step), Some(next)) = (expected, expected.and_then(after))
            && step.numeric_cmp(from).is_lt()
            && is_negative(step) == is_negative(from)
            && empty < MAX_EMPTY
        {
            filled.push(row(Some(step), Some(next), Cell::number(0_u64)));
            empty += 1;
            expected = Some(next);
        }
        let to = after(from);
        filled.push(row(Some(from), to.or(Some(from)), counted));
        expected = to;
    }
    filled
}

fn is_negative(number: Number) -> bool {
    number.numeric_cmp(Number::from(0_u64)).is_lt()
}

/// The step after a step; none after zero, since there are steps as small as one likes.
fn after(step: Number) -> Option<Number> {
    if step.is_zero() {
        return None;
    }
    if !is_negative(step) {
        return step_above(step);
    }
    // Of negative steps the next is smaller: the largest below nine tenths of it is the one before.
    let tenths = step.negated().checked_mul(Number::from(9_u64))?;
    step_below(tenths.checked_div(Number::from(10_u64))?).map(Number::negated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counts: &[(&str, u64)], bins: Bins) -> Vec<String> {
        let rows = counts.iter().map(|(place, count)| {
            let place = Number::parse(place.as_bytes()).expect("a number");
            vec![Cell::number(place), Cell::number(*count)]
        });
        let text = |cell: &Cell| String::from_utf8_lossy(&cell.value.bytes()).into_owned();
        let line = |row: &Vec<Cell>| row.iter().map(text).collect::<Vec<_>>().join(" ");
        in_order(rows.collect(), bins).iter().map(line).collect()
    }

    #[test]
    fn ranges_of_equal_width_are_all_there() {
        let zero = Number::from(0_u64);
        let bins = Bins::Equal(zero, Number::from(1_u64), 4);
        assert_eq!(
            shown(&[("4", 7), ("2", 1), ("-1", 3)], bins),
            [
                " 0 3",
                "0 0.25 0",
                "0.25 0.5 0",
                "0.5 0.75 1",
                "0.75 1 0",
                "1  7"
            ]
        );
        assert_eq!(shown(&[], bins).len(), 4);
    }

    #[test]
    fn steps_between_the_first_and_the_last_are_there() {
        assert_eq!(
            shown(&[("20", 1), ("1", 2)], Bins::Steps),
            ["1 2 2", "2 5 0", "5 10 0", "10 20 0", "20 50 1"]
        );
        assert_eq!(
            shown(&[("0", 1), ("-5", 2), ("0.1", 4), ("-1", 3)], Bins::Steps),
            ["-5 -2 2", "-2 -1 0", "-1 -0.5 3", "0 0 1", "0.1 0.2 4"]
        );
    }
}
