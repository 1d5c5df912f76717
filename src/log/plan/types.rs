//! The parts of a plan.

use std::sync::Arc;

use super::bucket::Bucket;
use super::grouping::Grouping;
use crate::expr::functions::Kind;
use crate::expr::{Clock, Program};
use crate::log::query::filter::Filter;
use crate::record::{Cell, FieldName, Wanted};

/// A query that is ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The fields to read, in the order of their slots from [`Plan::first_field`] on.
    pub fields: Vec<Wanted>,
    /// The number of slots before the fields: the line, the file, and what `let` computes.
    pub first_field: usize,
    /// What happens to each line, in order.
    pub steps: Vec<Step>,
    /// What the remaining lines become.
    pub output: Output,
    /// What happens to the rows afterwards, in order.
    pub table: Vec<TableStage>,
    /// The columns of the output.
    pub columns: Vec<Column>,
    /// Whether the rows are unchanged lines: the first column alone.
    pub raw: bool,
    /// The fields on the right of comparisons: if there is no such field, probably a text without quotes.
    pub compared_with: Vec<FieldName>,
    /// The query as it was typed.
    pub text: Arc<str>,
    /// What its relative times and its days mean.
    pub clock: Clock,
}

/// The slot of the line's own text.
pub const LINE: usize = 0;
/// The slot of the input's name.
pub const FILE: usize = 1;

/// What happens to a line.
#[derive(Clone, Debug)]
pub enum Step {
    /// It must pass this test of its text.
    Filter(Filter),
    /// It must meet this condition.
    Where(Program),
    /// It gets a field.
    Let(usize, Program),
}

/// What lines become.
#[derive(Clone, Debug)]
pub enum Output {
    /// Each becomes a row.
    Rows(Vec<Program>),
    /// They are grouped and aggregated.
    Groups(Arc<Grouping>),
}

/// What happens to the rows.
#[derive(Clone, Debug)]
pub enum TableStage {
    /// A row must meet this condition.
    Where(Program),
    /// A cell of each row is computed: a new one at the end, or a replacement.
    Let(usize, Program),
    /// Rows become these columns.
    Select(Vec<Program>),
    /// Rows are sorted, ties by all columns.
    Sort(Vec<(Program, bool)>),
    /// The first rows stay.
    Head(usize),
    /// The last rows stay.
    Tail(usize),
    /// Rows are grouped and aggregated.
    Groups(Arc<Grouping>),
    /// Empty time buckets between the first and the last, which are in the first column, get rows.
    Fill {
        /// Their width.
        bucket: Bucket,
        /// Their other columns.
        results: Vec<Cell>,
    },
}

/// A column of rows.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The kind of its values, as far as it is known.
    pub kind: Kind,
    /// Whether it is an aggregate's, so that a table shows bars for it.
    pub is_aggregate: bool,
}
