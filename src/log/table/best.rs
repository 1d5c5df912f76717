//! The best rows so far, where a query wants only the first or last ones of an order: `top 10 bytes`, `sort -bytes | head 10`.
//!
//! Each worker keeps as many as the query wants; a row that is not better than those is not even made.

use std::cmp::Ordering;

use super::order::compare_rows;
use crate::expr::Program;
use crate::log::plan::{Output, Plan, TableStage};
use crate::record::{Cell, Number, Value};

/// Beyond this many wanted rows, keeping them in every worker would need too much memory.
const MOST: usize = 10_000;

/// How many rows more than wanted are collected before the worst are dropped, at least.
const ROOM: usize = 16;

/// The rows that one worker found to be best.
pub struct Best {
    wanted: usize,
    columns: Vec<(usize, bool)>,
    /// Whether the last rows of the order are wanted.
    from_end: bool,
    /// Where the cells of a row are found in a line's values.
    slots: Vec<usize>,
    rows: Vec<Vec<Cell>>,
    /// Whether the worst of the wanted rows is known: it is at the place `wanted - 1`.
    is_full: bool,
    /// The first column to sort by in the worst row, as a number.
    bar: Option<Number>,
}

impl Best {
    /// For a plan whose rows are fields of lines, sorted by fields and cut; none for any other.
    pub fn of(plan: &Plan) -> Option<Best> {
        let Output::Rows(programs) = &plan.output else {
            return None;
        };
        let (wanted, from_end, orders) = match plan.table.as_slice() {
            [TableStage::Sort(orders), TableStage::Head(rows), ..] => (*rows, false, orders),
            [TableStage::Sort(orders), TableStage::Tail(rows), ..] => (*rows, true, orders),
            _ => return None,
        };
        let columns = orders
            .iter()
            .map(|(program, descending)| Some((program.as_slot()?, *descending)));
        Some(Best {
            wanted: Some(wanted).filter(|wanted| (1..=MOST).contains(wanted))?,
            columns: columns.collect::<Option<_>>()?,
            from_end,
            // Expressions can fail, and a line is bad then, whether its row is wanted or not: so they are always computed.
            slots: programs
                .iter()
                .map(Program::as_slot)
                .collect::<Option<_>>()?,
            rows: Vec::new(),
            is_full: false,
            bar: None,
        })
    }

    /// The row of a line, if it is one of the best so far.
    #[inline]
    pub fn offer(&mut self, line: &[Value<'_>]) -> Option<Vec<Cell>> {
        if self.is_full && (self.is_below_bar(line) || !self.is_better(line)) {
            return None;
        }
        let row: Vec<Cell> = self
            .slots
            .iter()
            .map(|slot| Cell::exact(line[*slot].clone().into_static()))
            .collect();
        self.rows.push(row.clone());
        if self.rows.len() >= 2 * self.wanted.max(ROOM) {
            self.drop_worst();
        }
        Some(row)
    }

    /// Whether two numbers decide at once that a row is worse than the worst, as they nearly always do.
    #[inline]
    fn is_below_bar(&self, line: &[Value<'_>]) -> bool {
        let (Some(bar), Some(&(column, descending))) = (self.bar, self.columns.first()) else {
            return false;
        };
        let (Value::Digits(text) | Value::Text(text)) = &line[self.slots[column]] else {
            return false;
        };
        let Some(number) = Number::parse(text) else {
            return false;
        };
        let order = number.numeric_cmp(bar);
        if descending == self.from_end {
            order.is_gt()
        } else {
            order.is_lt()
        }
    }

    fn is_better(&self, line: &[Value<'_>]) -> bool {
        let worst = &self.rows[self.wanted - 1];
        let order = compare_rows(
            &self.columns,
            self.slots.len(),
            |column| &line[self.slots[column]],
            |column| &worst[column].value,
        );
        directed(order, self.from_end).is_lt()
    }

    fn drop_worst(&mut self) {
        let (columns, width) = (&self.columns, self.slots.len());
        let from_end = self.from_end;
        let order = |left: &Vec<Cell>, right: &Vec<Cell>| {
            let order = compare_rows(
                columns,
                width,
                |column| &left[column].value,
                |column| &right[column].value,
            );
            directed(order, from_end)
        };
        self.rows.select_nth_unstable_by(self.wanted - 1, order);
        self.rows.truncate(self.wanted);
        self.is_full = true;
        let first = self.columns.first().map(|(column, _)| *column);
        self.bar = first.and_then(|column| match &self.rows[self.wanted - 1][column].value {
            Value::Digits(text) | Value::Text(text) => Number::parse(text),
            _ => None,
        });
    }
}

fn directed(order: Ordering, from_end: bool) -> Ordering {
    if from_end { order.reverse() } else { order }
}

#[cfg(test)]
mod tests;
