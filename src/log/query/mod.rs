//! The query as it was typed: stages joined by `|`, and the text filters among them.
//!
//! [`mod@parse`] makes it from text; `log::plan` decides what it means.

pub mod filter;
pub mod parse;

use std::time::Duration;

use crate::expr::fault::Span;
use crate::expr::syntax::Expr;
use filter::Filter;

pub use parse::parse;

/// A whole query.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its stages, in order.
    pub stages: Vec<Stage>,
}

/// A stage and where it stands.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What it does.
    pub kind: StageKind,
    /// Where it stands, in bytes of the query.
    pub span: Span,
}

/// What a stage does.
#[derive(Clone, Debug)]
pub enum StageKind {
    /// Keeps lines by their text.
    Filter(Filter),
    /// Keeps rows for which a condition holds.
    Where(Expr),
    /// Adds a field.
    Let(String, Expr),
    /// Groups and aggregates.
    Aggregate(Vec<Item>, Vec<Key>),
    /// Sorts by columns.
    Sort(Vec<Order>),
    /// The first so many by a column, largest first.
    Top(usize, Expr),
    /// The first so many.
    Head(usize),
    /// The last so many.
    Tail(usize),
    /// Keeps these fields.
    Select(Vec<Item>),
}

/// An expression with the name of its column.
#[derive(Clone, Debug)]
pub struct Item {
    /// What to compute.
    pub expr: Expr,
    /// The name after `as`.
    pub name: Option<String>,
    /// The text as typed, from which the name comes if there is none.
    pub text: String,
}

/// What to group by.
#[derive(Clone, Debug)]
pub enum Key {
    /// An expression.
    Expr(Item),
    /// Stretches of time.
    Time {
        /// How long each is.
        width: Duration,
        /// The name after `as`.
        name: Option<String>,
        /// Where it stands.
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

/// The words that begin a stage, with what each does: for completions, the manual and errors.
pub const STAGES: [(&str, &str); 7] = [
    ("head", "Keep the first rows: head 10"),
    ("let", "Add a field: let kb = bytes / 1024"),
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
