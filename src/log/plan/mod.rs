//! What a query means: which fields to read, what to test, what to keep, and what to do with the rows at the end.
//!
//! Made from the query alone, before any file is opened; nothing in it changes while it runs. Two phases: a *scan* over
//! lines ([`Plan::steps`], [`Plan::output`]), which is done in pieces and merged, then [`Plan::table`] over the rows that
//! are left, which is small or at least in memory.

pub mod explain;
mod grouping;
pub mod name;
mod scope;

use crate::expr::compile::compile_condition;
use crate::expr::fault::Fault;
use crate::expr::functions::Kind;
use crate::expr::syntax::Expr;
use crate::expr::{Clock, Program, Scope, compile};
use crate::log::query::filter::Filter;
use crate::log::query::{Item, Order, Query, Stage, StageKind};
use crate::record::{Cell, FieldName, Want, Wanted};

pub use grouping::{Argument, Bucket, GroupKey, Grouping, StateColumn, Takes};
use name::Names;
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
    Groups(Grouping),
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
    Groups(Grouping),
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
        let program = self.with_scope(|scope| compile(expr, scope))?;
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

/// The first step of a field's path, if it has a name.
pub fn first_key(name: &FieldName) -> Option<&str> {
    match name {
        FieldName::Path(steps) => match steps.first()? {
            crate::record::Step::Key(key) => Some(key),
            crate::record::Step::Index(_) => None,
        },
        FieldName::Nth(_) | FieldName::Last => None,
    }
}

impl Plan {
    /// Whether the answer is the number of lines and nothing is asked about them.
    pub fn counts_lines(&self) -> bool {
        match &self.output {
            Output::Groups(grouping) => {
                self.steps.is_empty() && grouping.keys.is_empty() && grouping.only_counts()
            }
            Output::Rows(_) => false,
        }
    }

    /// The fields that stand where a condition, or a number, is needed: their places, and which it is.
    pub fn demands(&self) -> Vec<(usize, Takes)> {
        let mut slots = Vec::new();
        for step in &self.steps {
            if let Step::Where(condition) = step {
                slots.extend(condition.as_slot().map(|slot| (slot, Takes::Condition)));
            }
        }
        if let Output::Groups(grouping) = &self.output {
            let arguments = grouping.arguments.iter();
            slots.extend(
                arguments
                    .filter_map(|argument| Some((argument.program.as_slot()?, argument.takes))),
            );
        }
        let fields = slots.into_iter();
        fields
            .filter_map(|(slot, takes)| Some((slot.checked_sub(self.first_field)?, takes)))
            .collect()
    }

    /// The places of the fields whose order matters to the answer: those of `min`, `max`, `sort` and `top`.
    pub fn ordered_fields(&self) -> Vec<usize> {
        let mut slots = Vec::new();
        if let Output::Groups(grouping) = &self.output {
            let extremes = grouping
                .states
                .iter()
                .filter(|state| matches!(state.spec.name, "min" | "max"));
            let arguments = extremes.filter_map(|state| state.argument);
            slots.extend(
                arguments.filter_map(|argument| grouping.arguments[argument].program.as_slot()),
            );
        }
        // Up to the next grouping columns are those of the first.
        let stages = self
            .table
            .iter()
            .take_while(|stage| !matches!(stage, TableStage::Groups(_)));
        for stage in stages {
            let TableStage::Sort(orders) = stage else {
                continue;
            };
            for column in orders.iter().filter_map(|(program, _)| program.as_slot()) {
                let program = match &self.output {
                    Output::Rows(programs) => programs.get(column),
                    Output::Groups(grouping) => grouping.keys.get(column).map(|key| &key.program),
                };
                slots.extend(program.and_then(Program::as_slot));
            }
        }
        slots.sort_unstable();
        slots.dedup();
        slots
            .into_iter()
            .filter_map(|slot| slot.checked_sub(self.first_field))
            .collect()
    }

    /// Whether any field of any line is looked at.
    pub fn reads_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// How many rows are enough, if the rows are wanted as they come and no more than some of them.
    pub fn rows_wanted(&self) -> Option<usize> {
        match (&self.output, self.table.first()) {
            (Output::Rows(_), Some(TableStage::Head(rows))) => Some(*rows),
            _ => None,
        }
    }

    /// The first stages of the table and how many rows they leave, if they can be tried on some of the rows before all are
    /// there: what they drop then, they would drop at the end, too.
    pub fn reduction(&self) -> Option<(&[TableStage], usize)> {
        match (&self.output, self.table.as_slice()) {
            (Output::Rows(_), [TableStage::Tail(rows), ..]) => Some((&self.table[..1], *rows)),
            (
                Output::Rows(_),
                [
                    TableStage::Sort(_),
                    TableStage::Head(rows) | TableStage::Tail(rows),
                    ..,
                ],
            ) => Some((&self.table[..2], *rows)),
            _ => None,
        }
    }

    /// Whether rows can be written as they come, after cutting them at [`Plan::rows_wanted`].
    pub fn streams(&self) -> bool {
        matches!(self.output, Output::Rows(_))
            && (self.table.is_empty() || (self.table.len() == 1 && self.rows_wanted().is_some()))
    }

    /// The text that the line of every row must hold, if one can be told; true with it if it only holds in lines where
    /// fields stand as they are, without escapes.
    pub fn required_text(&self) -> Option<(Vec<u8>, bool)> {
        let filters = self.steps.iter().filter_map(|step| match step {
            Step::Filter(filter) => filter.required_text().map(<[u8]>::to_vec),
            _ => None,
        });
        if let Some(text) = filters.max_by_key(Vec::len) {
            return Some((text, false));
        }
        let is_verbatim = |slot: usize| {
            slot == LINE
                || (slot >= self.first_field
                    && self.fields[slot - self.first_field].want == Want::Any)
        };
        let conditions = self.steps.iter().filter_map(|step| match step {
            Step::Where(program) => program.required_text(&is_verbatim),
            _ => None,
        });
        conditions.max_by_key(Vec::len).map(|text| (text, true))
    }

    /// The names of the fields it reads, for messages.
    pub fn field_names(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.iter().map(|wanted| &wanted.name)
    }
}
