//! What a query means: which fields to read, what to test, what to keep, and what to do with the rows at the end.
//!
//! Made from the query alone, before any file is opened; nothing in it changes while it runs. Two phases: a *scan* over
//! lines ([`Plan::steps`], [`Plan::output`]), which is done in pieces and merged, then [`Plan::table`] over the rows that
//! are left, which is small or at least in memory.

pub mod explain;
mod grouping;
pub mod name;
mod properties;
mod scope;

use std::sync::Arc;

use crate::expr::compile::{compile_condition, compile_field};
use crate::expr::fault::Fault;
use crate::expr::functions::Kind;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::{Clock, Program, Scope, compile};
use crate::log::query::filter::Filter;
use crate::log::query::{Item, Order, Query, Stage, StageKind};
use crate::record::{Cell, FieldName, Want, Wanted};

pub use grouping::{Argument, Bucket, GroupKey, Grouping, StateColumn, Takes};
use name::Names;
pub use properties::first_key;
use scope::{RowScope, ScanScope, TableScope};

/// A query that is ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The fields to read, as they stand in the slots from [`Plan::first_field`] on.
    pub fields: Vec<Wanted>,
    /// How many slots come before the fields: the line, the file, and what `let` computes.
    pub first_field: usize,
    /// What happens to each line, in order.
    pub steps: Vec<Step>,
    /// What becomes of the lines that are left.
    pub output: Output,
    /// What happens to the rows afterwards, in order.
    pub table: Vec<TableStage>,
    /// The columns at the end.
    pub columns: Vec<Column>,
    /// Whether the rows are lines to be shown as they are: the first column alone.
    pub raw: bool,
    /// The fields that something is compared with: where there is no such field, a text without quotes.
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

/// What becomes of lines.
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
    /// A cell of each row is computed: a new one at the end, or one in the place of another.
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
    /// Empty stretches of time between the first and the last, which stand in the first column, get rows.
    Fill {
        /// How long a stretch is.
        bucket: Bucket,
        /// What their other columns show.
        results: Vec<Cell>,
    },
}

/// A column of rows.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What kind of values it has, as far as that is known.
    pub kind: Kind,
    /// Whether it is an aggregate's, and so worth a bar.
    pub is_aggregate: bool,
}

/// Decides what a query means.
///
/// # Errors
/// Names, types and orders of stages that make no sense; the fields themselves are checked against each file.
pub fn plan(query: &Query, text: &str, clock: &Clock) -> Result<Plan, Fault> {
    let lets = query
        .stages
        .iter()
        .filter(|stage| matches!(stage.kind, StageKind::Let(..)))
        .count();
    let mut planner = Planner {
        text,
        scan: ScanScope::new(clock, lets),
        steps: Vec::new(),
        output: Output::Rows(vec![Program::slot(LINE, Kind::Text)]),
        columns: vec![Column {
            name: "line".into(),
            kind: Kind::Text,
            is_aggregate: false,
        }],
        table: Vec::new(),
        phase: Phase::Lines,
    };
    for stage in &query.stages {
        planner.stage(stage)?;
    }
    Ok(Plan {
        fields: planner.scan.fields,
        first_field: planner.scan.first_field,
        steps: planner.steps,
        output: planner.output,
        table: planner.table,
        columns: planner.columns,
        raw: planner.phase != Phase::Table,
        compared_with: query.compared_with(),
        text: text.into(),
        clock: clock.clone(),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Still deciding about each line on its own.
    Lines,
    /// Lines as they are, but sorted or cut: fields can still be asked for.
    SortedLines,
    /// Rows with named columns.
    Table,
}

struct Planner<'a> {
    text: &'a str,
    scan: ScanScope<'a>,
    steps: Vec<Step>,
    output: Output,
    columns: Vec<Column>,
    table: Vec<TableStage>,
    phase: Phase,
}

impl Planner<'_> {
    fn stage(&mut self, stage: &Stage) -> Result<(), Fault> {
        match &stage.kind {
            StageKind::Filter(filter) => match self.phase {
                Phase::Lines => self.steps.push(Step::Filter(filter.clone())),
                _ => {
                    return Err(Fault::new(
                        stage.span.clone(),
                        "text filters look at lines, so they come before sorting and counting",
                    )
                    .hint("on rows, use: where COLUMN contains \"text\""));
                }
            },
            StageKind::Where(condition) => {
                let program =
                    self.with_scope(|scope| compile_condition(condition, "where", scope))?;
                match self.phase {
                    Phase::Lines => self.steps.push(Step::Where(program)),
                    _ => self.table.push(TableStage::Where(program)),
                }
            }
            StageKind::Let(name, expr) => self.add_field(name, expr)?,
            StageKind::Select(items) => self.select(items)?,
            StageKind::Aggregate(items, keys) => self.aggregate(items, keys)?,
            StageKind::Sort(orders) => self.sort(orders)?,
            StageKind::Top(rows, column) => {
                self.sort(&[Order {
                    expr: column.clone(),
                    descending: true,
                }])?;
                self.table.push(TableStage::Head(*rows));
            }
            StageKind::Head(rows) => self.cut(TableStage::Head(*rows)),
            StageKind::Tail(rows) => self.cut(TableStage::Tail(*rows)),
        }
        Ok(())
    }

    /// Compiles in the scope of the phase: fields of the line, or columns of the rows.
    fn with_scope<T>(
        &mut self,
        compile: impl FnOnce(&mut dyn Scope) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        match self.phase {
            Phase::Lines => compile(&mut self.scan),
            Phase::Table => compile(&mut TableScope {
                columns: &self.columns,
                text: self.text,
                clock: self.scan.clock,
            }),
            Phase::SortedLines => {
                let Output::Rows(programs) = &mut self.output else {
                    unreachable!("lines are rows until they are grouped");
                };
                compile(&mut RowScope {
                    scan: &mut self.scan,
                    programs,
                    columns: &mut self.columns,
                })
            }
        }
    }

    fn add_field(&mut self, name: &str, expr: &Expr) -> Result<(), Fault> {
        let program = self.with_scope(|scope| match &expr.kind {
            // What stands for the time of the line is read as one.
            ExprKind::Field(_) if name == "time" => compile_field(expr, Want::Time, scope),
            _ => compile(expr, scope),
        })?;
        let kind = program.kind();
        if self.phase == Phase::Lines {
            let slot = self.scan.define(name, kind);
            self.steps.push(Step::Let(slot, program));
            return Ok(());
        }
        let column = Column {
            name: name.to_owned(),
            kind,
            is_aggregate: false,
        };
        // Names are unique: it takes the place of the one that there is.
        let slot = self.columns.iter().position(|column| column.name == name);
        let slot = slot.unwrap_or_else(|| {
            self.columns.push(column.clone());
            if let Output::Rows(programs) = &mut self.output
                && self.phase == Phase::SortedLines
            {
                // Fields that are asked for later come after it, so its cell has to be there from the beginning.
                programs.push(Program::missing(kind));
            }
            self.columns.len() - 1
        });
        self.columns[slot] = column;
        self.table.push(TableStage::Let(slot, program));
        Ok(())
    }

    fn select(&mut self, items: &[Item]) -> Result<(), Fault> {
        let programs = items
            .iter()
            .map(|item| self.with_scope(|scope| compile(&item.expr, scope)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut names = Names::default();
        let columns = items.iter().zip(&programs).map(|(item, program)| {
            let is_aggregate = self.phase == Phase::Table
                && program
                    .as_slot()
                    .is_some_and(|slot| self.columns[slot].is_aggregate);
            Column {
                name: names.of(item),
                kind: program.kind(),
                is_aggregate,
            }
        });
        let columns = columns.collect();
        match self.phase {
            Phase::Lines => self.output = Output::Rows(programs),
            _ => self.table.push(TableStage::Select(programs)),
        }
        self.columns = columns;
        self.phase = Phase::Table;
        Ok(())
    }

    fn sort(&mut self, orders: &[Order]) -> Result<(), Fault> {
        self.leave_lines();
        let mut sort = Vec::new();
        for order in orders {
            sort.push((
                self.with_scope(|scope| compile(&order.expr, scope))?,
                order.descending,
            ));
        }
        self.table.push(TableStage::Sort(sort));
        Ok(())
    }

    fn cut(&mut self, stage: TableStage) {
        self.leave_lines();
        self.table.push(stage);
    }

    fn leave_lines(&mut self) {
        if self.phase == Phase::Lines {
            self.phase = Phase::SortedLines;
        }
    }
}
