//! Grouping: keys, the states kept for each group, and the columns computed from them.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::name::Names;
use super::{Column, Output, Phase, Planner, TableStage};
use crate::expr::fault::Fault;
use crate::expr::functions::Kind;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::{Clock, Program, Scope, compile};
use crate::log::aggregate::{self, Quantile, Spec};
use crate::log::query::{Item, Key};
use crate::record::time::clock_shift;
use crate::record::{Cell, FieldName, Value, Want};

pub use crate::log::aggregate::Takes;

/// How rows are grouped and what is computed for each group.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// What rows are grouped by.
    pub keys: Vec<GroupKey>,
    /// What is computed of each row for the states, each once.
    pub arguments: Vec<Argument>,
    /// What is kept for each group.
    pub states: Vec<StateColumn>,
    /// What is taken from the states: a state, and which share of it.
    pub answers: Vec<(usize, Quantile)>,
    /// The columns after the keys, over a row of the keys and then the answers.
    pub results: Vec<Program>,
}

/// A key.
#[derive(Clone, Debug)]
pub struct GroupKey {
    /// Its value.
    pub program: Program,
    /// How it is rounded down, if it is a time.
    pub bucket: Option<Bucket>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// So long, counted from the epoch in UTC, but for so many seconds early that the zone's clocks show a multiple.
    Fixed(Duration, i64),
    /// So many days of the zone, counted from the epoch's.
    Days(u32),
}

/// What a row gives to the states.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its value.
    pub program: Program,
    /// What it must be.
    pub takes: Takes,
    /// The text as typed, for messages.
    pub text: String,
}

impl Argument {
    /// The slot of the row that it is, if it is taken as it stands there.
    pub fn in_row(&self) -> Option<usize> {
        self.program.as_slot().filter(|_| self.takes == Takes::Any)
    }
}

/// What is kept for each group.
#[derive(Clone, Copy, Debug)]
pub struct StateColumn {
    /// Of which aggregate.
    pub spec: &'static Spec,
    /// Which of the arguments it is given; none for `count` alone.
    pub argument: Option<usize>,
}

impl Grouping {
    /// The results of a group, from the answers of its states. They do not depend on its keys.
    pub fn results(&self, answers: &[Cell]) -> impl Iterator<Item = Cell> {
        self.results.iter().map(|program| match program.as_slot() {
            Some(slot) => answers[slot - self.keys.len()].clone(),
            None => {
                let mut row = vec![Value::Missing; self.keys.len()];
                row.extend(answers.iter().map(|answer| answer.value.borrowed()));
                // An approximation anywhere in the group makes what is computed from it one.
                let approx = answers.iter().any(|answer| answer.approx);
                let value = program
                    .eval(&row)
                    .map_or(Value::Missing, |value| value.into_owned().into_static());
                Cell { value, approx }
            }
        })
    }

    /// The results of a group that no row fell into.
    fn empty_results(&self) -> Vec<Cell> {
        let answer = |&(state, quantile): &(usize, Quantile)| {
            let mut states = (self.states[state].spec.column)();
            states.grow_to(1);
            states.finish(0, quantile)
        };
        let answers: Vec<Cell> = self.answers.iter().map(answer).collect();
        self.results(&answers).collect()
    }

    /// Whether `count` is all there is.
    pub(super) fn only_counts(&self) -> bool {
        self.states.iter().all(|state| state.argument.is_none())
    }
}

impl Bucket {
    fn of(width: Duration, zone: &TimeZone) -> Bucket {
        const DAY: u64 = 86_400;
        let days = width.as_secs() / DAY;
        if width.subsec_nanos() == 0 && days > 0 && width.as_secs().is_multiple_of(DAY) {
            Bucket::Days(u32::try_from(days).unwrap_or(u32::MAX))
        } else {
            Bucket::Fixed(width, clock_shift(width, zone))
        }
    }
}

impl Planner<'_> {
    pub(super) fn aggregate(&mut self, items: &[Item], keys: &[Key]) -> Result<(), Fault> {
        let text = self.text;
        let clock = self.scan.clock;
        let (grouping, columns, time) = self.with_scope(|rows| {
            let mut names = Names::default();
            let mut columns = Vec::new();
            let mut group_keys = Vec::new();
            for key in keys {
                let (key, column) = group_key(key, &mut names, rows)?;
                group_keys.push(key);
                columns.push(column);
            }
            let time: Vec<usize> = (0..group_keys.len())
                .filter(|&index| group_keys[index].bucket.is_some())
                .collect();
            let mut groups = GroupScope {
                rows,
                text,
                clock,
                keys: keys.len(),
                arguments: Vec::new(),
                states: Vec::new(),
                answers: Vec::new(),
            };
            let mut results = Vec::new();
            for item in items {
                let program = compile(&item.expr, &mut groups)?;
                columns.push(Column {
                    name: names.of(item),
                    kind: program.kind(),
                    is_aggregate: true,
                });
                results.push(program);
            }
            let GroupScope {
                arguments,
                states,
                answers,
                ..
            } = groups;
            Ok((
                Grouping {
                    keys: group_keys,
                    arguments,
                    states,
                    answers,
                    results,
                },
                columns,
                time,
            ))
        })?;
        let fill = match (grouping.keys.as_slice(), time.as_slice()) {
            ([key], [_]) => key.bucket.map(|bucket| TableStage::Fill {
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
        self.table
            .push(TableStage::Sort(default_order(keys.len(), &time)));
        self.table.extend(fill);
        self.columns = columns;
        self.phase = Phase::Table;
        Ok(())
    }
}

/// Times ascending; then, unless times alone order the rows, the first aggregate descending. The rest are ties, by key.
fn default_order(keys: usize, time: &[usize]) -> Vec<(Program, bool)> {
    let times = time
        .iter()
        .map(|&key| (Program::slot(key, Kind::Time), false));
    times
        .chain([(Program::slot(keys, Kind::Any), true)])
        .collect()
}

fn group_key(
    key: &Key,
    names: &mut Names,
    rows: &mut dyn Scope,
) -> Result<(GroupKey, Column), Fault> {
    match key {
        Key::Expr(item) => {
            let program = compile(&item.expr, rows)?;
            let kind = program.kind();
            Ok((
                GroupKey {
                    program,
                    bucket: None,
                },
                Column {
                    name: names.of(item),
                    kind,
                    is_aggregate: false,
                },
            ))
        }
        Key::Time { width, name, span } => {
            let (slot, kind) =
                rows.field(&FieldName::key("time"), Want::Time)
                    .map_err(|(message, hint)| Fault {
                        span: span.clone(),
                        message,
                        hint,
                    })?;
            if kind != Kind::Time {
                return Err(Fault::new(span.clone(), "«time» is no time here")
                    .hint("stretches are those of time, as it was read: let time = FIELD"));
            }
            let name = names.unique(name.as_deref().unwrap_or("time"));
            Ok((
                GroupKey {
                    program: Program::slot(slot, kind),
                    bucket: Some(Bucket::of(*width, &rows.clock().zone)),
                },
                Column {
                    name,
                    kind: Kind::Time,
                    is_aggregate: false,
                },
            ))
        }
    }
}

/// The scope of a column's expression: aggregates become slots behind the keys; inside them, names mean fields of rows.
struct GroupScope<'a> {
    rows: &'a mut dyn Scope,
    text: &'a str,
    clock: &'a Clock,
    keys: usize,
    arguments: Vec<Argument>,
    states: Vec<StateColumn>,
    answers: Vec<(usize, Quantile)>,
}

impl GroupScope<'_> {
    /// The place of an argument among those that rows are asked for, each once.
    fn argument(&mut self, expr: &Expr, takes: Takes) -> Result<usize, Fault> {
        let text = &self.text[expr.span.clone()];
        if let Some(known) = self
            .arguments
            .iter()
            .position(|argument| argument.text == text && argument.takes == takes)
        {
            return Ok(known);
        }
        let program = compile(expr, self.rows)?;
        let fits = match takes {
            Takes::Any => true,
            Takes::Number => {
                matches!(program.kind(), Kind::Any | Kind::Number)
                    || (program.kind() == Kind::Text && !matches!(expr.kind, ExprKind::Text(_)))
            }
            Takes::Condition => matches!(program.kind(), Kind::Any | Kind::Bool),
        };
        if !fits {
            let wanted = if takes == Takes::Number {
                Kind::Number
            } else {
                Kind::Bool
            };
            return Err(Fault::new(
                expr.span.clone(),
                format!(
                    "this is {}, {} is wanted",
                    program.kind().article(),
                    wanted.article()
                ),
            ));
        }
        self.arguments.push(Argument {
            program,
            takes,
            text: text.to_owned(),
        });
        Ok(self.arguments.len() - 1)
    }
}

impl Scope for GroupScope<'_> {
    fn field(
        &mut self,
        name: &FieldName,
        _: Want,
    ) -> Result<(usize, Kind), (String, Option<String>)> {
        let message = match name.as_key().and_then(aggregate::find) {
            Some(_) => format!("«{name}» wants to know of what"),
            None => format!("«{name}» has many values in a group"),
        };
        let hint = match name.as_key().and_then(aggregate::find) {
            Some(_) => format!("such as: {name}(bytes)"),
            None => format!("say which: max({name}), or group by it: by {name}"),
        };
        Err((message, Some(hint)))
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Result<Option<(usize, Kind)>, Fault> {
        let Some((spec, quantile)) = aggregate::find(name) else {
            return Ok(None);
        };
        let argument = match arguments {
            [] if !spec.needs_argument() => None,
            [] if matches!(expr.kind, ExprKind::Field(_)) => return Ok(None),
            [one] => Some(self.argument(one, spec.takes)?),
            _ => {
                return Err(
                    Fault::new(expr.span.clone(), format!("{name} takes one argument"))
                        .hint(format!("such as: {name}(bytes)")),
                );
            }
        };
        let state = self
            .states
            .iter()
            .position(|state| state.spec.family == spec.family && state.argument == argument)
            .unwrap_or_else(|| {
                self.states.push(StateColumn { spec, argument });
                self.states.len() - 1
            });
        let answer = (state, quantile);
        let place = self
            .answers
            .iter()
            .position(|known| *known == answer)
            .unwrap_or_else(|| {
                self.answers.push(answer);
                self.answers.len() - 1
            });
        let kind = match argument.map(|argument| &self.arguments[argument]) {
            Some(argument) if spec.takes == Takes::Any && !spec.gives_number => {
                argument.program.kind()
            }
            _ => Kind::Number,
        };
        Ok(Some((self.keys + place, kind)))
    }

    fn clock(&self) -> &Clock {
        self.clock
    }
}
