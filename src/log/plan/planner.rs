//! From the stages of a query to a plan.

use std::sync::Arc;

use super::aggregation;
use super::histogram;
use super::name::Names;
use super::scope::{RowScope, ScanScope, TableScope};
use super::types::{Bins, Column, FILE, LINE, Output, Parsing, Plan, Step, TableStage};
use crate::expr::compile::{compile_condition, compile_field};
use crate::expr::error::QueryError;
use crate::expr::functions::Kind;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::{Clock, Program, Scope, compile};
use crate::format::Parse;
use crate::log::query::{Histogram, Item, Key, Order, Query, Range, Stage, StageKind};
use crate::record::{FieldName, Want};

/// Decides what a query means.
///
/// # Errors
/// Names, types and orders of stages that make no sense; the fields themselves are checked against each file.
pub fn plan(query: &Query, text: &str, clock: &Clock) -> Result<Plan, QueryError> {
    let mut planner = Planner {
        text,
        scan: ScanScope::new(clock),
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
    let first_parsed = FILE + 1 + planner.scan.lets();
    let (parsings, fields, first_field, number) = planner.scan.layers.number(first_parsed);
    let mut parsings = parsings.into_iter();
    for step in &mut planner.steps {
        match step {
            Step::Filter(_) => {}
            Step::Parse(parsing) => **parsing = parsings.next().expect("one for each stage"),
            Step::Where(program) | Step::Within(program, _) | Step::Let(_, program) => {
                program.renumber(&number);
            }
        }
    }
    match &mut planner.output {
        Output::Rows(programs) => programs
            .iter_mut()
            .for_each(|program| program.renumber(&number)),
        Output::Groups(grouping) => Arc::make_mut(grouping).renumber(&number),
    }
    Ok(Plan {
        fields,
        first_field,
        first_parsed,
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
    fn stage(&mut self, stage: &Stage) -> Result<(), QueryError> {
        match &stage.kind {
            StageKind::Filter(filter) => match self.phase {
                Phase::Lines => self.steps.push(Step::Filter(filter.clone())),
                _ => {
                    return Err(QueryError::new(
                        stage.span.clone(),
                        "text filters apply to lines, so they must come before sorting and aggregates",
                    )
                    .hint("on rows, use: where COLUMN contains \"text\""));
                }
            },
            StageKind::Parse(parse, from) => self.parse(stage, parse, from.as_ref())?,
            StageKind::Where(condition) => {
                let program =
                    self.with_scope(|scope| compile_condition(condition, "where", scope))?;
                match self.phase {
                    Phase::Lines => self.steps.push(Step::Where(program)),
                    _ => self.table.push(TableStage::Where(program)),
                }
            }
            StageKind::Within(range) => self.within(stage, *range)?,
            StageKind::Let(name, expr) => self.add_field(name, expr)?,
            StageKind::Select(items) => self.select(items)?,
            StageKind::Aggregate(items, keys) => self.aggregate(items, keys)?,
            StageKind::Hist(histogram) => self.histogram(histogram)?,
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
        compile: impl FnOnce(&mut dyn Scope) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
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

    fn parse(
        &mut self,
        stage: &Stage,
        parse: &Parse,
        from: Option<&Expr>,
    ) -> Result<(), QueryError> {
        if self.phase != Phase::Lines {
            let message = "parse reads lines, so it must come before sorting and aggregates";
            return Err(QueryError::new(stage.span.clone(), message)
                .hint("on rows, use: let NAME = extract(COLUMN, /…/)"));
        }
        let from = match from {
            Some(expr) => compile(expr, &mut self.scan)?.as_slot(),
            None => None,
        };
        let from = from.filter(|slot| *slot != LINE);
        self.scan.layers.add(parse, from, self.scan.lets());
        // What it reads is known when all stages are.
        self.steps.push(Step::Parse(Box::new(Parsing {
            parse: parse.clone(),
            from,
            fields: Vec::new(),
            first: 0,
            else_from: Vec::new(),
        })));
        Ok(())
    }

    /// Only flags make this stage, and put it before all that makes rows.
    fn within(&mut self, stage: &Stage, range: Range) -> Result<(), QueryError> {
        let time = self.scan.field(&FieldName::key("time"), Want::Time);
        let (slot, kind) = time.map_err(|(message, hint)| QueryError {
            span: stage.span.clone(),
            message,
            hint,
        })?;
        if kind != Kind::Time {
            let message = "'time' is not a time here";
            return Err(QueryError::new(stage.span.clone(), message)
                .hint("--since, --until and --last need the field 'time': let time = FIELD"));
        }
        let time = Program::slot(slot, kind);
        self.steps.push(Step::Within(time, range));
        Ok(())
    }

    fn add_field(&mut self, name: &str, expr: &Expr) -> Result<(), QueryError> {
        let program = self.with_scope(|scope| match &expr.kind {
            // The field that replaces the time of the line is read as a time.
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
        // Names are unique: it replaces a column of the same name.
        let slot = self.columns.iter().position(|column| column.name == name);
        let slot = slot.unwrap_or_else(|| {
            self.columns.push(column.clone());
            if let Output::Rows(programs) = &mut self.output
                && self.phase == Phase::SortedLines
            {
                // Fields that are used later come after it, so its cell must exist from the beginning.
                programs.push(Program::missing(kind));
            }
            self.columns.len() - 1
        });
        self.columns[slot] = column;
        self.table.push(TableStage::Let(slot, program));
        Ok(())
    }

    fn select(&mut self, items: &[Item]) -> Result<(), QueryError> {
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

    fn aggregate(&mut self, items: &[Item], keys: &[Key]) -> Result<(), QueryError> {
        let text = self.text;
        let (grouping, columns) =
            self.with_scope(|scope| aggregation::grouping(items, keys, text, scope))?;
        let times: Vec<usize> = (0..keys.len())
            .filter(|key| grouping.keys[*key].bucket.is_some())
            .collect();
        let fill = match grouping.keys.as_slice() {
            [key] => key.bucket.map(|bucket| TableStage::Fill {
                bucket,
                results: grouping.empty_results(),
            }),
            _ => None,
        };
        let grouping = Arc::new(grouping);
        if self.phase == Phase::Lines {
            self.output = Output::Groups(grouping);
        } else {
            self.table.push(TableStage::Groups(grouping));
        }
        let order = aggregation::default_order(keys.len(), &times);
        self.table.push(TableStage::Sort(order));
        self.table.extend(fill);
        self.columns = columns;
        self.phase = Phase::Table;
        Ok(())
    }

    fn histogram(&mut self, histogram: &Histogram) -> Result<(), QueryError> {
        let (condition, count, key) = histogram::parts(histogram);
        let condition = self.with_scope(|scope| compile_condition(&condition, "hist", scope))?;
        match self.phase {
            Phase::Lines => self.steps.push(Step::Where(condition)),
            _ => self.table.push(TableStage::Where(condition)),
        }
        self.aggregate(&[count], &[key])?;
        self.table.push(TableStage::Bins(Bins::of(histogram)));
        self.columns = Bins::columns();
        Ok(())
    }

    fn sort(&mut self, orders: &[Order]) -> Result<(), QueryError> {
        self.leave_lines();
        let mut sort = Vec::new();
        for order in orders {
            sort.push((
                self.with_scope(|scope| compile(&order.expr, scope))?,
                order.descending,
            ));
        }
        // Rows are sorted by all columns in the end, so an earlier order cannot show.
        if let Some(TableStage::Sort(_)) = self.table.last() {
            self.table.pop();
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
