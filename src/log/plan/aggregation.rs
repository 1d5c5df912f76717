//! The plan of a stage of aggregates: `count, sum(bytes) by path`.

use super::bucket::Bucket;
use super::grouping::{Answer, Argument, GroupKey, Grouping, StateColumn};
use super::name::Names;
use super::types::Column;
use crate::expr::error::QueryError;
use crate::expr::functions::Kind;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::{Clock, Program, Scope, compile};
use crate::log::aggregate::{self, Family, Gives, Parameters, ReadsTime, Takes};
use crate::log::query::{Item, Key};
use crate::record::{FieldName, Number, Want};

/// A stage of aggregates, and the columns of its rows.
///
/// # Errors
/// Names and types that make no sense.
pub(super) fn grouping(
    items: &[Item],
    keys: &[Key],
    text: &str,
    rows: &mut dyn Scope,
) -> Result<(Grouping, Vec<Column>), QueryError> {
    let clock = rows.clock().clone();
    let mut names = Names::default();
    let mut columns = Vec::new();
    let mut group_keys = Vec::new();
    for key in keys {
        let (key, column) = group_key(key, &mut names, rows)?;
        group_keys.push(key);
        columns.push(column);
    }
    let mut groups = GroupScope {
        rows,
        text,
        clock: &clock,
        has_time: false,
        grouping: Grouping {
            keys: group_keys,
            arguments: Vec::new(),
            states: Vec::new(),
            answers: Vec::new(),
            time: None,
            results: Vec::new(),
        },
    };
    for item in items {
        let program = compile(&item.expr, &mut groups)?;
        columns.push(Column {
            name: names.of(item),
            kind: program.kind(),
            is_aggregate: true,
        });
        groups.grouping.results.push(program);
    }
    Ok((groups.grouping, columns))
}

/// Time buckets ascending, then the first aggregate descending; ties are broken by key.
pub(super) fn default_order(keys: usize, time: &[usize]) -> Vec<(Program, bool)> {
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
) -> Result<(GroupKey, Column), QueryError> {
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
                    .map_err(|(message, hint)| QueryError {
                        span: span.clone(),
                        message,
                        hint,
                    })?;
            if kind != Kind::Time {
                return Err(QueryError::new(span.clone(), "'time' is not a time here")
                    .hint("time buckets need the field 'time': let time = FIELD"));
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
    grouping: Grouping,
    /// Whether rows must have a time.
    has_time: bool,
}

impl GroupScope<'_> {
    /// The number of an argument; equal arguments are computed once.
    fn argument(&mut self, expr: &Expr, takes: Takes) -> Result<usize, QueryError> {
        let text = &self.text[expr.span.clone()];
        let arguments = &mut self.grouping.arguments;
        if let Some(known) = arguments
            .iter()
            .position(|argument| argument.text == text && argument.takes == takes)
        {
            return Ok(known);
        }
        let program = compile(expr, self.rows)?;
        let kind = program.kind();
        let (fits, expected) = match takes {
            Takes::Any => (true, Kind::Any),
            Takes::Number => (
                matches!(kind, Kind::Any | Kind::Number)
                    || (kind == Kind::Text && !matches!(expr.kind, ExprKind::Text(_))),
                Kind::Number,
            ),
            Takes::Condition => (matches!(kind, Kind::Any | Kind::Bool), Kind::Bool),
        };
        if !fits {
            return Err(QueryError::new(
                expr.span.clone(),
                format!("expected {}, found {}", expected.article(), kind.article()),
            ));
        }
        if takes == Takes::Condition
            && kind == Kind::Any
            && let ExprKind::Field(name) = &expr.kind
        {
            let message = format!("'{name}' is a field; count takes a condition");
            return Err(QueryError::new(expr.span.clone(), message).hint(format!(
                "write count(not missing({name})), or count({name} == true)"
            )));
        }
        arguments.push(Argument {
            program,
            takes,
            text: text.to_owned(),
        });
        Ok(arguments.len() - 1)
    }

    /// The number of the state that an aggregate is computed from; equal states are kept once.
    fn state(
        &mut self,
        family: &'static Family,
        arguments: Vec<usize>,
        expr: &Expr,
    ) -> Result<usize, QueryError> {
        if family.time == ReadsTime::IfAny && self.grouping.time.is_none() {
            self.grouping.time = self.rows.time_if_any();
        }
        if family.time == ReadsTime::Always && !self.has_time {
            let time = self.rows.field(&FieldName::key("time"), Want::Time);
            let (slot, _) = time.map_err(|(message, hint)| QueryError {
                span: expr.span.clone(),
                message: format!("{} needs a time: {message}", family.name),
                hint,
            })?;
            self.grouping.time = Some(slot);
            self.has_time = true;
        }
        let states = &mut self.grouping.states;
        Ok(place_of(states, StateColumn { family, arguments }))
    }
}

impl Scope for GroupScope<'_> {
    fn field(
        &mut self,
        name: &FieldName,
        _: Want,
    ) -> Result<(usize, Kind), (String, Option<String>)> {
        Err(match name.as_key().and_then(aggregate::find_bare) {
            Some(_) => (
                format!("'{name}' needs an argument"),
                Some(format!("for example: {name}(bytes)")),
            ),
            None => (
                format!("'{name}' has more than one value in a group"),
                Some(format!(
                    "use an aggregate such as max({name}), or group by it: by {name}"
                )),
            ),
        })
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Result<Option<(usize, Kind)>, QueryError> {
        let Some((spec, parameters)) = aggregate::find(name) else {
            return Ok(None);
        };
        if matches!(expr.kind, ExprKind::Field(_)) && spec.needs_argument() {
            return Ok(None);
        }
        if !(spec.required..=spec.takes.len()).contains(&arguments.len()) {
            return Err(
                QueryError::new(expr.span.clone(), wrong_number(name, spec.takes.len()))
                    .hint(format!("for example: {name}(bytes)")),
            );
        }
        if let Some((from, most)) = spec.constants {
            for argument in arguments.iter().skip(from) {
                check_constant(name, argument, most)?;
            }
        }
        let arguments = arguments
            .iter()
            .zip(spec.takes)
            .map(|(argument, takes)| self.argument(argument, *takes))
            .collect::<Result<Vec<_>, _>>()?;
        let kind = match (spec.gives, arguments.first()) {
            (Gives::Argument, Some(first)) => self.grouping.arguments[*first].program.kind(),
            (Gives::Text, _) => Kind::Text,
            _ => Kind::Number,
        };
        let buckets = self.grouping.keys.iter().filter_map(|key| key.bucket);
        let width = buckets.map(Bucket::width).next();
        let parameters = match width {
            Some(width) if spec.family.time == ReadsTime::Always => Parameters::of_bucket(width),
            _ => parameters,
        };
        let state = self.state(spec.family, arguments, expr)?;
        let answer = Answer { state, parameters };
        let place = place_of(&mut self.grouping.answers, answer);
        Ok(Some((self.grouping.keys.len() + place, kind)))
    }

    fn clock(&self) -> &Clock {
        self.clock
    }
}

/// Checks an argument that must be a whole number in the query.
fn check_constant(name: &str, argument: &Expr, most: u32) -> Result<(), QueryError> {
    let whole = match &argument.kind {
        ExprKind::Number(literal) => match literal.0.trimmed() {
            Number::Decimal { units, scale: 0 } => u32::try_from(units).ok(),
            _ => None,
        },
        _ => None,
    };
    match whole.is_some_and(|whole| (1..=most).contains(&whole)) {
        true => Ok(()),
        false => {
            let message = format!("{name} needs a whole number from 1 to {most} here");
            Err(QueryError::new(argument.span.clone(), message))
        }
    }
}

/// `max takes one argument`
fn wrong_number(name: &str, most: usize) -> String {
    match most {
        0 => format!("{name} takes no arguments"),
        1 => format!("{name} takes one argument"),
        _ => format!("{name} takes up to {most} arguments"),
    }
}

/// The place of an item in a list, to which it is added if it is new.
fn place_of<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter()
        .position(|known| *known == item)
        .unwrap_or_else(|| {
            list.push(item);
            list.len() - 1
        })
}
