//! Computing a resolved expression over a row.
//!
//! Missing values: arithmetic with one is missing, a comparison with one is false (`!=` is the opposite of `==`, so true),
//! and `not` of a missing condition is true. Text that is a number is compared as one, but a text in quotes is equal to the
//! same text only. Text where a number is needed makes the line bad, except for `==` and `!=`: text and a number are unequal.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use memchr::memmem::Finder;
use regex_automata::meta::Regex;

use super::functions::{CallContext, Function, Kind};
use super::net::{Net, parse_address};
use super::operand::{number, shown};
use super::syntax::Binary;
use crate::record::{Bad, Value};

/// An expression that is ready to run. Cheap to share between threads.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) node: Node,
    pub(super) kind: Kind,
}

/// The tree of a [`Program`].
#[derive(Clone, Debug)]
pub(super) enum Node {
    Slot(usize),
    Constant(Value<'static>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare(Binary, Box<Node>, Box<Node>),
    Arithmetic(Binary, Box<Node>, Box<Node>),
    Contains(Box<Node>, Arc<Finder<'static>>),
    Matches(Box<Node>, Regex),
    In(Box<Node>, Vec<Node>),
    InNet(Box<Node>, Net),
    Call {
        function: Function,
        /// All but a regex.
        arguments: Vec<Node>,
        context: Box<CallContext>,
    },
}

/// What an expression gives: a slot's own value, or a computed one.
pub type Evaluated<'r> = Result<Cow<'r, Value<'r>>, Bad>;

impl Program {
    /// A program that gives a slot as it is.
    pub fn slot(slot: usize, kind: Kind) -> Program {
        Program {
            node: Node::Slot(slot),
            kind,
        }
    }

    /// A program that gives no value.
    pub fn missing(kind: Kind) -> Program {
        Program {
            node: Node::Constant(Value::Missing),
            kind,
        }
    }

    /// What kind of value it gives, as far as that is known.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The slot it gives, if it does nothing else.
    pub fn as_slot(&self) -> Option<usize> {
        match self.node {
            Node::Slot(slot) => Some(slot),
            _ => None,
        }
    }

    /// The value for this row.
    ///
    /// # Errors
    /// If a value that it needs is of a kind it cannot take.
    pub fn eval<'r>(&'r self, row: &'r [Value<'r>]) -> Evaluated<'r> {
        eval(&self.node, row)
    }

    /// Hands the value for this row on. Cheaper than [`Program::eval`] where it is a slot's own, since nothing is moved.
    ///
    /// # Errors
    /// As [`Program::eval`], and what `then` makes of the value.
    #[inline(always)]
    pub fn apply<'r, T>(
        &'r self,
        row: &'r [Value<'r>],
        then: impl FnOnce(&Value<'_>) -> Result<T, Bad>,
    ) -> Result<T, Bad> {
        apply(&self.node, row, then)
    }

    /// Whether the condition holds for this row; a missing answer is no.
    ///
    /// # Errors
    /// As [`Program::eval`], and if the answer is neither true nor false.
    pub fn holds(&self, row: &[Value<'_>]) -> Result<bool, Bad> {
        holds(&self.node, row)
    }

    /// Whether it reads any slot of which this is true.
    pub fn reads(&self, is_one: &dyn Fn(usize) -> bool) -> bool {
        reads(&self.node, is_one)
    }

    /// Gives its slots other numbers.
    pub fn renumber(&mut self, number: &dyn Fn(usize) -> usize) {
        renumber(&mut self.node, number);
    }

    /// Hands over each slot that is compared with a text in quotes.
    pub fn texts_compared(&self, then: &mut dyn FnMut(usize, &[u8])) {
        texts_compared(&self.node, then);
    }

    /// The longest text that a line must contain for the condition to hold, if there is one.
    pub fn required_text(&self, is_verbatim: &dyn Fn(usize) -> bool) -> Option<Vec<u8>> {
        required_text(&self.node, is_verbatim)
    }
}

fn eval<'r>(node: &'r Node, row: &'r [Value<'r>]) -> Evaluated<'r> {
    Ok(Cow::Owned(match node {
        Node::Slot(slot) => return Ok(Cow::Borrowed(&row[*slot])),
        Node::Constant(value) => return Ok(Cow::Borrowed(value)),
        Node::Negate(inner) => number(eval(inner, row)?.as_ref())?
            .map_or(Value::Missing, |number| Value::Number(number.negated())),
        Node::Arithmetic(operator, left, right) => arithmetic(
            *operator,
            eval(left, row)?.as_ref(),
            eval(right, row)?.as_ref(),
        )?,
        Node::Call {
            function,
            arguments,
            context,
        } => match arguments.as_slice() {
            [one] => function(&[eval(one, row)?], context)?,
            [one, two] => function(&[eval(one, row)?, eval(two, row)?], context)?,
            more => function(
                &more
                    .iter()
                    .map(|argument| eval(argument, row))
                    .collect::<Result<Vec<_>, _>>()?,
                context,
            )?,
        },
        _ => Value::Bool(holds(node, row)?),
    }))
}

#[inline(always)]
fn apply<'r, T>(
    node: &'r Node,
    row: &'r [Value<'r>],
    then: impl FnOnce(&Value<'_>) -> Result<T, Bad>,
) -> Result<T, Bad> {
    match node {
        Node::Slot(slot) => then(&row[*slot]),
        Node::Constant(value) => then(value),
        node => then(eval(node, row)?.as_ref()),
    }
}

fn holds(node: &Node, row: &[Value<'_>]) -> Result<bool, Bad> {
    match node {
        Node::Not(inner) => Ok(!holds(inner, row)?),
        Node::And(left, right) => Ok(holds(left, row)? && holds(right, row)?),
        Node::Or(left, right) => Ok(holds(left, row)? || holds(right, row)?),
        Node::Compare(operator, left, right) => {
            let is_equality = matches!(operator, Binary::Equal | Binary::Unequal);
            let quoted = is_equality && (is_quoted(left) || is_quoted(right));
            apply(left, row, |left| {
                apply(right, row, |right| compare(*operator, left, right, quoted))
            })
        }
        Node::Contains(subject, finder) => apply(subject, row, |value| {
            text_test(value, |text| finder.find(text).is_some())
        }),
        Node::Matches(subject, regex) => apply(subject, row, |value| {
            text_test(value, |text| regex.is_match(text))
        }),
        Node::InNet(subject, net) => apply(subject, row, |value| {
            let is_inside =
                |text: &[u8]| parse_address(text).is_some_and(|address| net.contains(address));
            text_test(value, is_inside)
        }),
        Node::In(subject, list) => {
            let subject = eval(subject, row)?;
            for item in list {
                let value = eval(item, row)?;
                if compare(
                    Binary::Equal,
                    subject.as_ref(),
                    value.as_ref(),
                    is_quoted(item),
                )? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => match eval(node, row)?.as_ref() {
            Value::Bool(value) => Ok(*value),
            Value::Missing => Ok(false),
            other => Err(Bad::new(format!(
                "'{}' is neither true nor false",
                shown(other)
            ))),
        },
    }
}

fn text_test(value: &Value<'_>, test: impl FnOnce(&[u8]) -> bool) -> Result<bool, Bad> {
    Ok(match value {
        Value::Missing => false,
        Value::Text(text) | Value::Digits(text) | Value::Json(text) => test(text),
        other => test(&other.bytes()),
    })
}

fn arithmetic(
    operator: Binary,
    left: &Value<'_>,
    right: &Value<'_>,
) -> Result<Value<'static>, Bad> {
    let (Some(left), Some(right)) = (number(left)?, number(right)?) else {
        return Ok(Value::Missing);
    };
    let result = match operator {
        Binary::Add => left.checked_add(right),
        Binary::Subtract => left.checked_sub(right),
        Binary::Multiply => left.checked_mul(right),
        Binary::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    // Missing: a division by zero, and a result that no float can hold.
    Ok(result.map_or(Value::Missing, Value::Number))
}

/// Whether it is a text in quotes.
fn is_quoted(node: &Node) -> bool {
    matches!(node, Node::Constant(Value::Text(_)))
}

/// Whether a comparison holds; `quoted` if one of the values is a text in quotes.
fn compare(
    operator: Binary,
    left: &Value<'_>,
    right: &Value<'_>,
    quoted: bool,
) -> Result<bool, Bad> {
    let order = match operator {
        Binary::Equal | Binary::Unequal => equality(left, right, quoted),
        _ => order(left, right)?,
    };
    let Some(order) = order else {
        return Ok(operator == Binary::Unequal);
    };
    Ok(match operator {
        Binary::Equal => order.is_eq(),
        Binary::Unequal => order.is_ne(),
        Binary::Less => order.is_lt(),
        Binary::LessOrEqual => order.is_le(),
        Binary::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// How two values compare where only equality is asked; `None` if one is missing.
fn equality(left: &Value<'_>, right: &Value<'_>, quoted: bool) -> Option<Ordering> {
    Some(match (left, right) {
        (Value::Missing, _) | (_, Value::Missing) => return None,
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        // Only an ordered comparison takes a text in quotes for a number: status == "404" is about text. What was
        // computed has no text of its own.
        _ if quoted && !matches!((left, right), (Value::Number(_), _) | (_, Value::Number(_))) => {
            left.bytes().cmp(&right.bytes())
        }
        (Value::Text(left), Value::Text(right)) if left == right => Ordering::Equal,
        _ => match (left.number(), right.number()) {
            (Some(number), Some(other)) => left.cmp_numbers(number, right, other),
            _ => left.bytes().cmp(&right.bytes()),
        },
    })
}

/// How two values compare in the order of all values; `None` if one is missing.
fn order(left: &Value<'_>, right: &Value<'_>) -> Result<Option<Ordering>, Bad> {
    let is_number = |value: &Value<'_>| matches!(value, Value::Digits(_) | Value::Number(_));
    Ok(match (left, right) {
        (Value::Missing, _) | (_, Value::Missing) => None,
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        _ if is_number(left) || is_number(right) => match (number(left)?, number(right)?) {
            (Some(number), Some(other)) => Some(left.cmp_numbers(number, right, other)),
            _ => None,
        },
        (Value::Text(_) | Value::Escaped(_), Value::Text(_) | Value::Escaped(_)) => {
            match (left.number(), right.number()) {
                (Some(number), Some(other)) => Some(left.cmp_numbers(number, right, other)),
                // Numbers come before text.
                (left_number, right_number) => Some(
                    right_number
                        .is_some()
                        .cmp(&left_number.is_some())
                        .then_with(|| left.bytes().cmp(&right.bytes())),
                ),
            }
        }
        _ => Some(left.bytes().cmp(&right.bytes())),
    })
}

fn reads(node: &Node, is_one: &dyn Fn(usize) -> bool) -> bool {
    match node {
        Node::Slot(slot) => is_one(*slot),
        _ => children(node).into_iter().any(|child| reads(child, is_one)),
    }
}

fn texts_compared(node: &Node, then: &mut dyn FnMut(usize, &[u8])) {
    let mut pair = |left: &Node, right: &Node| {
        if let (Node::Slot(slot), Node::Constant(Value::Text(text))) = (left, right) {
            then(*slot, text);
        }
    };
    match node {
        Node::Compare(_, left, right) => {
            pair(left, right);
            pair(right, left);
        }
        Node::In(subject, list) => list.iter().for_each(|item| pair(subject, item)),
        _ => {}
    }
    for child in children(node) {
        texts_compared(child, then);
    }
}

fn renumber(node: &mut Node, number: &dyn Fn(usize) -> usize) {
    match node {
        Node::Slot(slot) => *slot = number(*slot),
        Node::Constant(_) => {}
        Node::Not(inner)
        | Node::Negate(inner)
        | Node::Contains(inner, _)
        | Node::Matches(inner, _)
        | Node::InNet(inner, _) => renumber(inner, number),
        Node::And(left, right)
        | Node::Or(left, right)
        | Node::Compare(_, left, right)
        | Node::Arithmetic(_, left, right) => {
            renumber(left, number);
            renumber(right, number);
        }
        Node::In(inner, list) => {
            renumber(inner, number);
            list.iter_mut().for_each(|item| renumber(item, number));
        }
        Node::Call { arguments, .. } => {
            arguments.iter_mut().for_each(|item| renumber(item, number));
        }
    }
}

/// The parts directly below.
fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::Slot(_) | Node::Constant(_) => Vec::new(),
        Node::Not(inner)
        | Node::Negate(inner)
        | Node::Contains(inner, _)
        | Node::Matches(inner, _)
        | Node::InNet(inner, _) => vec![inner],
        Node::And(left, right)
        | Node::Or(left, right)
        | Node::Compare(_, left, right)
        | Node::Arithmetic(_, left, right) => vec![left, right],
        Node::In(inner, list) => std::iter::once(&**inner).chain(list).collect(),
        Node::Call { arguments, .. } => arguments.iter().collect(),
    }
}

fn required_text(node: &Node, is_verbatim: &dyn Fn(usize) -> bool) -> Option<Vec<u8>> {
    let slot = |node: &Node| match node {
        Node::Slot(slot) => is_verbatim(*slot),
        _ => false,
    };
    let text = |node: &Node| match node {
        Node::Constant(Value::Text(text)) if !text.is_empty() => Some(text.to_vec()),
        _ => None,
    };
    match node {
        Node::And(left, right) => {
            let both = [
                required_text(left, is_verbatim),
                required_text(right, is_verbatim),
            ];
            both.into_iter().flatten().max_by_key(Vec::len)
        }
        Node::Contains(subject, finder) if slot(subject) && !finder.needle().is_empty() => {
            Some(finder.needle().to_vec())
        }
        Node::Compare(Binary::Equal, left, right) if slot(left) => text(right),
        Node::Compare(Binary::Equal, left, right) if slot(right) => text(left),
        _ => None,
    }
}
