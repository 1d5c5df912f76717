//! The parts of a query as typed.

use std::time::Duration;

use super::filter::Filter;
use crate::expr::error::{QueryError, Span};
use crate::expr::syntax::{Expr, ExprKind};
use crate::format::Parse;
use crate::record::{FieldName, Number, Timestamp};

/// A whole query.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its stages, in order.
    pub stages: Vec<Stage>,
}

impl Query {
    /// Makes upper and lower case equal in all filters.
    ///
    /// # Errors
    /// If the regex for that is too large.
    pub fn ignore_case(&mut self) -> Result<(), QueryError> {
        for stage in &mut self.stages {
            if let StageKind::Filter(filter) = &mut stage.kind {
                *filter = filter.ignoring_case()?;
            }
        }
        Ok(())
    }

    /// The fields on the right of comparisons and in lists, where texts are usual.
    pub fn compared_with(&self) -> Vec<FieldName> {
        let mut found = Vec::new();
        for stage in &self.stages {
            for expr in stage.kind.exprs() {
                compared_with(expr, &mut found);
            }
        }
        found
    }
}

fn compared_with(expr: &Expr, found: &mut Vec<FieldName>) {
    let right = match &expr.kind {
        ExprKind::Binary(operator, _, right) if operator.compares() => {
            std::slice::from_ref(&**right)
        }
        ExprKind::In(_, list) => list,
        _ => &[],
    };
    for part in right {
        if let ExprKind::Field(name) = &part.kind {
            found.push(name.clone());
        }
    }
    for child in expr.children() {
        compared_with(child, found);
    }
}

/// A stage and its place.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What it does.
    pub kind: StageKind,
    /// Its place in the query, in bytes.
    pub span: Span,
}

/// What a stage does.
#[derive(Clone, Debug)]
pub enum StageKind {
    /// Keeps lines by their text.
    Filter(Filter),
    /// Reads fields of the line, or of the value of a field.
    Parse(Parse, Option<Expr>),
    /// Keeps rows for which a condition holds.
    Where(Expr),
    /// Keeps lines of a range of times; those without a time are counted.
    Within(Range),
    /// Adds a field.
    Let(String, Expr),
    /// Groups and aggregates.
    Aggregate(Vec<Item>, Vec<Key>),
    /// Counts values in ranges.
    Hist(Histogram),
    /// Sorts by columns.
    Sort(Vec<Order>),
    /// Keeps the first N rows by a column, largest first.
    Top(usize, Expr),
    /// Keeps the first N rows.
    Head(usize),
    /// Keeps the last N rows.
    Tail(usize),
    /// Keeps these fields.
    Select(Vec<Item>),
}

impl StageKind {
    /// The expressions in it.
    fn exprs(&self) -> Vec<&Expr> {
        match self {
            StageKind::Filter(_)
            | StageKind::Within(_)
            | StageKind::Head(_)
            | StageKind::Tail(_) => Vec::new(),
            StageKind::Parse(_, from) => from.iter().collect(),
            StageKind::Where(expr) | StageKind::Let(_, expr) | StageKind::Top(_, expr) => {
                vec![expr]
            }
            StageKind::Aggregate(items, keys) => {
                let keys = keys.iter().filter_map(|key| match key {
                    Key::Expr(item) => Some(item),
                    Key::Time { .. } => None,
                });
                items.iter().chain(keys).map(|item| &item.expr).collect()
            }
            StageKind::Hist(histogram) => vec![&histogram.value],
            StageKind::Sort(orders) => orders.iter().map(|order| &order.expr).collect(),
            StageKind::Select(items) => items.iter().map(|item| &item.expr).collect(),
        }
    }
}

/// A range of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first instant in it.
    pub since: Option<Timestamp>,
    /// The first instant after it.
    pub until: Option<Timestamp>,
    /// Whether lines from before it are counted.
    pub counts_older: bool,
}

impl Range {
    /// Whether an instant is before it, and that counts.
    pub fn counts(&self, time: Timestamp) -> bool {
        self.counts_older && self.since.is_some_and(|since| time < since)
    }

    /// Whether an instant is in it.
    pub fn has(&self, time: Timestamp) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }
}

/// A distribution of values.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The value.
    pub value: Expr,
    /// Where the ranges begin and end; none for ranges from 1, 2 and 5 times a power of ten on.
    pub ends: Option<(Number, Number)>,
    /// How many ranges of equal width there are between the ends, at least 1.
    pub bins: u32,
}

/// An expression with the name of its column.
#[derive(Clone, Debug)]
pub struct Item {
    /// What to compute.
    pub expr: Expr,
    /// The name after `as`.
    pub name: Option<String>,
    /// The text as typed, which gives the name otherwise.
    pub text: String,
}

/// What to group by.
#[derive(Clone, Debug)]
pub enum Key {
    /// An expression.
    Expr(Item),
    /// Time buckets.
    Time {
        /// Their length.
        width: Duration,
        /// The name after `as`.
        name: Option<String>,
        /// Its place.
        span: Span,
    },
}

/// A column to sort by.
#[derive(Clone, Debug)]
pub struct Order {
    /// The column.
    pub expr: Expr,
    /// Largest first.
    pub descending: bool,
}

/// The words that begin a stage, each with a summary: for completions, the manual and errors.
pub const STAGES: [(&str, &str); 9] = [
    ("head", "Keep the first rows: head 10"),
    (
        "hist",
        "Count values in ranges: hist(rt), or hist(rt, 0, 1, 20) for 20 ranges from 0 to 1",
    ),
    ("let", "Add a field: let kb = bytes / 1024"),
    (
        "parse",
        "Read fields of the line or of a field: parse json from message",
    ),
    ("select", "Keep these fields: select time, path, status"),
    (
        "sort",
        "Sort by columns, largest first with -: sort -bytes, path",
    ),
    ("tail", "Keep the last rows: tail 10"),
    (
        "top",
        "Keep the rows with the largest values: top 20 by bytes",
    ),
    (
        "where",
        "Keep lines for which a condition holds: where status >= 500",
    ),
];
