//! The parts of a plan.

use std::sync::Arc;

use super::bucket::Bucket;
use super::grouping::Grouping;
use crate::expr::functions::Kind;
use crate::expr::{Clock, Program};
use crate::format::Parse;
use crate::log::query::Range;
use crate::log::query::filter::Filter;
use crate::record::{Cell, FieldName, Number, Wanted};

/// A query that is ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The fields to read, in the order of their slots from [`Plan::first_field`] on.
    pub fields: Vec<Wanted>,
    /// The number of slots before the fields: the line, the file, what `let` computes, what `parse` reads.
    pub first_field: usize,
    /// The first slot of what `parse` reads.
    pub first_parsed: usize,
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
    /// It gets the fields that are read in it, or in one of its fields.
    Parse(Box<Parsing>),
    /// It must meet this condition.
    Where(Program),
    /// Its time, which the program gives, must be in this range.
    Within(Program, Range),
    /// It gets a field.
    Let(usize, Program),
}

/// Reading fields of the line, or of one of its fields.
#[derive(Clone, Debug)]
pub struct Parsing {
    /// How.
    pub parse: Parse,
    /// The slot of the text that is read; none for the line.
    pub from: Option<usize>,
    /// The fields to read, in the order of their slots.
    pub fields: Vec<Wanted>,
    /// The slot of the first of them.
    pub first: usize,
    /// Where a text may have any fields: the slot of each, and that of what is taken where the text does not have it.
    pub else_from: Vec<(usize, usize)>,
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
    /// Rows of the number of a range and a count become rows of its ends and the count; empty ranges get rows.
    Bins(Bins),
    /// Empty time buckets between the first and the last, which are in the first column, get rows.
    Fill {
        /// Their width.
        bucket: Bucket,
        /// Their other columns.
        results: Vec<Cell>,
    },
}

/// The ranges of a distribution.
#[derive(Clone, Copy, Debug)]
pub enum Bins {
    /// From one step to the next; the number of a range is its step.
    Steps,
    /// This many of equal width between the ends, numbered from 0, and one below and one above them.
    Equal(Number, Number, u32),
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
