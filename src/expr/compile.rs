//! Names to slots, constants to values, and the checks that need no line: types, regexes, arguments.

mod quoted;

use std::borrow::Cow;
use std::sync::Arc;

use regex_automata::meta::Regex;

use super::error::{QueryError, nearest};
use super::eval::{Node, Program};
use super::functions::{self, CallContext, Kind};
use super::moment::Clock;
use super::syntax::{Binary, Expr, ExprKind, Pattern, Unary};
use crate::record::{FieldName, Value, Want};

/// What the names in an expression mean.
pub trait Scope {
    /// The slot of the row in which the field will stand, and what kind of value it will be if that is known.
    ///
    /// # Errors
    /// A message and perhaps a hint if there is no such field; the compiler adds the place.
    fn field(
        &mut self,
        name: &FieldName,
        want: Want,
    ) -> Result<(usize, Kind), (String, Option<String>)>;

    /// A call the scope knows better than the language: an aggregate. `None` leaves it to the functions.
    ///
    /// # Errors
    /// If the call is not allowed here.
    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Result<Option<(usize, Kind)>, QueryError>;

    /// The slot of the time of the row, which it may lack; none if rows have an order that says more.
    fn time_if_any(&mut self) -> Option<usize> {
        None
    }

    /// Now and here, for times in the text.
    fn clock(&self) -> &Clock;
}

/// Resolves and checks an expression.
///
/// # Errors
/// Unknown names, types that do not fit, invalid regexes.
pub fn compile(expr: &Expr, scope: &mut dyn Scope) -> Result<Program, QueryError> {
    let (node, kind) = node(expr, scope)?;
    Ok(Program { node, kind })
}

/// As [`compile`], for a place where only a condition makes sense; `what` names it in the error.
///
/// # Errors
/// As [`compile`], and if the expression surely gives something else.
pub fn compile_condition(
    expr: &Expr,
    what: &str,
    scope: &mut dyn Scope,
) -> Result<Program, QueryError> {
    let program = compile(expr, scope)?;
    match program.kind {
        Kind::Bool | Kind::Any => Ok(program),
        _ => Err(
            QueryError::new(expr.span.clone(), format!("{what} needs a condition"))
                .hint("such as status >= 500, or path contains \"cart\""),
        ),
    }
}

/// As [`compile`], for an expression that is a field and is wanted as something.
///
/// # Errors
/// As [`compile`].
pub fn compile_field(
    expr: &Expr,
    want: Want,
    scope: &mut dyn Scope,
) -> Result<Program, QueryError> {
    let (node, kind) = match &expr.kind {
        ExprKind::Field(name) => field(expr, name, want, scope)?,
        _ => node(expr, scope)?,
    };
    Ok(Program { node, kind })
}

fn node(expr: &Expr, scope: &mut dyn Scope) -> Result<(Node, Kind), QueryError> {
    let constant = |value: Value<'static>, kind| Ok((Node::Constant(value), kind));
    match &expr.kind {
        ExprKind::Field(name) => field(expr, name, Want::Any, scope),
        ExprKind::Number(literal) => constant(Value::Number(literal.0), Kind::Number),
        ExprKind::Text(text) => constant(Value::Text(Cow::Owned(text.clone())), Kind::Text),
        ExprKind::Bool(value) => constant(Value::Bool(*value), Kind::Bool),
        ExprKind::Unary(Unary::Not, inner) => {
            let inner = compile_condition(inner, "not", scope)?;
            Ok((Node::Not(Box::new(inner.node)), Kind::Bool))
        }
        ExprKind::Unary(Unary::Negate, inner) => {
            let inner = typed(inner, Kind::Number, "-", scope)?;
            Ok((Node::Negate(Box::new(inner)), Kind::Number))
        }
        ExprKind::Binary(operator, left, right) => binary(*operator, left, right, scope),
        ExprKind::Matches(subject, pattern) => {
            let subject = node(subject, scope)?.0;
            Ok((
                Node::Matches(Box::new(subject), regex(pattern)?),
                Kind::Bool,
            ))
        }
        ExprKind::In(subject, list) => {
            let (found, kind) = node(subject, scope)?;
            let list = list
                .iter()
                .map(|item| {
                    quoted::check(Binary::Equal, subject, kind, item)?;
                    Ok(comparable(item, kind, scope)?.0)
                })
                .collect::<Result<_, QueryError>>()?;
            Ok((Node::In(Box::new(found), list), Kind::Bool))
        }
        ExprKind::InNet(subject, net) => Ok((
            Node::InNet(Box::new(node(subject, scope)?.0), *net),
            Kind::Bool,
        )),
        ExprKind::Call(name, arguments) => call(expr, name, arguments, scope),
        ExprKind::Regex(pattern) => Err(QueryError::new(
            expr.span.clone(),
            "no regex is expected here",
        )
        .hint(format!("write FIELD =~ /{}/", pattern.text))),
    }
}

fn field(
    expr: &Expr,
    name: &FieldName,
    want: Want,
    scope: &mut dyn Scope,
) -> Result<(Node, Kind), QueryError> {
    // A bare `count` is an aggregate's name before it is a field's, where aggregates are allowed.
    if let Some(key) = name.as_key()
        && let Some((slot, kind)) = scope.call(key, &[], expr)?
    {
        return Ok((Node::Slot(slot), kind));
    }
    let (slot, kind) = scope
        .field(name, want)
        .map_err(|(message, hint)| QueryError {
            span: expr.span.clone(),
            message,
            hint,
        })?;
    Ok((Node::Slot(slot), kind))
}

fn call(
    expr: &Expr,
    name: &str,
    arguments: &[Expr],
    scope: &mut dyn Scope,
) -> Result<(Node, Kind), QueryError> {
    if let Some((slot, kind)) = scope.call(name, arguments, expr)? {
        return Ok((Node::Slot(slot), kind));
    }
    let Some(function) = functions::find(name) else {
        let error = QueryError::new(
            expr.span.start..expr.span.start + name.len(),
            format!("unknown function '{name}'"),
        );
        return Err(
            match functions::habit(name).or_else(|| {
                nearest(name, functions::names()).map(|near| format!("did you mean {near}()?"))
            }) {
                Some(hint) => error.hint(hint),
                None => error.hint(format!(
                    "there are: {}",
                    functions::names().collect::<Vec<_>>().join(" ")
                )),
            },
        );
    };
    let most = match function.repeats {
        true => usize::MAX,
        false => function.parameters.len(),
    };
    if !(function.required..=most).contains(&arguments.len()) {
        return Err(QueryError::new(
            expr.span.clone(),
            format!("{name} takes {}", function.signature()),
        ));
    }
    let mut nodes = Vec::with_capacity(arguments.len());
    let mut pattern = None;
    let last = function.parameters.last().into_iter().cycle();
    for (argument, parameter) in arguments.iter().zip(function.parameters.iter().chain(last)) {
        nodes.push(match (&argument.kind, parameter) {
            (_, Kind::Regex) => {
                pattern = Some(argument_regex(name, argument)?);
                continue;
            }
            (ExprKind::Field(name), Kind::Written) => {
                field(argument, name, Want::Written, scope)?.0
            }
            (_, Kind::Written) => typed(argument, Kind::Text, name, scope)?,
            (ExprKind::Field(name), Kind::Time) => field(argument, name, Want::Time, scope)?.0,
            (ExprKind::Text(_), Kind::Time) => comparable(argument, Kind::Time, scope)?.0,
            _ => typed(argument, *parameter, name, scope)?,
        });
    }
    Ok((
        Node::Call {
            function: function.eval,
            arguments: nodes,
            context: Box::new(CallContext {
                zone: scope.clock().zone.clone(),
                regex: pattern,
            }),
        },
        function.gives,
    ))
}

/// An argument that is a regex, or a text to look for as it is.
fn argument_regex(name: &str, argument: &Expr) -> Result<Regex, QueryError> {
    match &argument.kind {
        ExprKind::Regex(pattern) => regex(pattern),
        ExprKind::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => regex(&Pattern {
                text: regex_syntax::escape(text),
                span: argument.span.clone(),
            }),
            Err(_) => Err(QueryError::new(
                argument.span.clone(),
                "this text is not UTF-8",
            )),
        },
        _ => Err(QueryError::new(
            argument.span.clone(),
            format!("{name} needs a /regex/ or a text in quotes here"),
        )),
    }
}

/// A part that must be of a kind, as far as that is known before there are lines.
fn typed(
    expr: &Expr,
    wanted: Kind,
    whose: &str,
    scope: &mut dyn Scope,
) -> Result<Node, QueryError> {
    let (node, kind) = node(expr, scope)?;
    let text_may_hold_numbers =
        kind == Kind::Text && wanted == Kind::Number && !matches!(expr.kind, ExprKind::Text(_));
    if kind == wanted
        || kind == Kind::Any
        || wanted == Kind::Any
        || text_may_hold_numbers
        || (wanted == Kind::Text && kind == Kind::Number)
    {
        return Ok(node);
    }
    Err(QueryError::new(
        expr.span.clone(),
        format!(
            "{whose} needs {}, but this is {}",
            wanted.article(),
            kind.article()
        ),
    ))
}

fn binary(
    operator: Binary,
    left: &Expr,
    right: &Expr,
    scope: &mut dyn Scope,
) -> Result<(Node, Kind), QueryError> {
    use Binary::{
        Add, And, Contains, Divide, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Multiply,
        Or, Remainder, Subtract, Unequal,
    };
    let both = |left: Node, right: Node| (Box::new(left), Box::new(right));
    match operator {
        And | Or => {
            let word = if operator == And { "and" } else { "or" };
            let (left, right) = both(
                compile_condition(left, word, scope)?.node,
                compile_condition(right, word, scope)?.node,
            );
            Ok((
                if operator == And {
                    Node::And(left, right)
                } else {
                    Node::Or(left, right)
                },
                Kind::Bool,
            ))
        }
        Equal | Unequal | Less | LessOrEqual | Greater | GreaterOrEqual => {
            let left_field = kind_of_field(left, scope);
            let right_field = kind_of_field(right, scope);
            let (left_node, left_kind) = comparable(left, right_field, scope)?;
            let (right_node, right_kind) = comparable(right, left_field, scope)?;
            quoted::check(operator, left, left_kind, right)?;
            quoted::check(operator, right, right_kind, left)?;
            let (left, right) = both(left_node, right_node);
            Ok((Node::Compare(operator, left, right), Kind::Bool))
        }
        Contains => {
            let subject = node(left, scope)?.0;
            let ExprKind::Text(needle) = &right.kind else {
                return Err(QueryError::new(
                    right.span.clone(),
                    "contains needs a text in quotes",
                ));
            };
            Ok((
                Node::Contains(
                    Box::new(subject),
                    Arc::new(memchr::memmem::Finder::new(needle).into_owned()),
                ),
                Kind::Bool,
            ))
        }
        Add | Subtract | Multiply | Divide | Remainder => {
            let sign = match operator {
                Add => "+",
                Subtract => "-",
                Multiply => "*",
                Divide => "/",
                _ => "%",
            };
            let (left, right) = both(
                typed(left, Kind::Number, sign, scope)?,
                typed(right, Kind::Number, sign, scope)?,
            );
            Ok((Node::Arithmetic(operator, left, right), Kind::Number))
        }
    }
}

/// Whether an expression is a field that is known to be a time, so that a text beside it is read as one.
fn kind_of_field(expr: &Expr, scope: &mut dyn Scope) -> Kind {
    match &expr.kind {
        ExprKind::Field(name) => scope
            .field(name, Want::Any)
            .map_or(Kind::Any, |(_, kind)| kind),
        _ => Kind::Any,
    }
}

/// One side of a comparison; a text beside a time is a moment.
fn comparable(expr: &Expr, other: Kind, scope: &mut dyn Scope) -> Result<(Node, Kind), QueryError> {
    if let (ExprKind::Text(text), Kind::Time) = (&expr.kind, other) {
        let text = String::from_utf8_lossy(text);
        return match scope.clock().moment(&text) {
            Some(moment) => Ok((Node::Constant(Value::Time(moment)), Kind::Time)),
            None => Err(QueryError::new(expr.span.clone(), "not a time")
                .hint("write 2026-01-31, 2026-01-31T10:00:00Z, \"2h\" (ago), yesterday")),
        };
    }
    if let (ExprKind::Field(name), Kind::Time) = (&expr.kind, other)
        && let Some(moment @ ("now" | "today" | "yesterday")) = name.as_key()
    {
        let message = "a time is compared with a time in quotes";
        return Err(QueryError::new(expr.span.clone(), message).hint(format!("write \"{moment}\"")));
    }
    let (node, kind) = node(expr, scope)?;
    if other == Kind::Time && matches!(kind, Kind::Number | Kind::Bool) {
        return Err(QueryError::new(
            expr.span.clone(),
            "a time is compared with a time in quotes",
        )
        .hint("such as \"2026-01-31\" or \"2h\" (ago)"));
    }
    Ok((node, kind))
}

/// Compiles a regex that works on bytes, with a limit on its size.
///
/// # Errors
/// The error of the regex engine, at the regex.
pub fn regex(pattern: &Pattern) -> Result<Regex, QueryError> {
    let syntax = regex_automata::util::syntax::Config::new().utf8(false);
    let config = Regex::config()
        .utf8_empty(false)
        .nfa_size_limit(Some(10 << 20));
    Regex::builder()
        .syntax(syntax)
        .configure(config)
        .build(&pattern.text)
        .map_err(|error| {
            let reason = error
                .syntax_error()
                .map_or_else(|| error.to_string(), ToString::to_string);
            let last = reason
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("no regex")
                .trim();
            QueryError::new(
                pattern.span.clone(),
                format!(
                    "this regex does not work: {}",
                    last.trim_start_matches("error: ")
                ),
            )
        })
}
