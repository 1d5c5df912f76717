//! The tree of an expression as it was typed; names are not yet resolved.

use super::error::Span;
use super::net::Net;
use crate::record::{FieldName, Number};

/// A part of an expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, in bytes of the text.
    pub span: Span,
}

/// What a part of an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A field of the line or a column of the table.
    Field(FieldName),
    /// A number; durations are seconds.
    Number(super::token::Literal),
    /// A text.
    Text(Vec<u8>),
    /// `true` or `false`.
    Bool(bool),
    /// `not x`, `-x`.
    Unary(Unary, Box<Expr>),
    /// `a + b`, `a == b`, `a and b`, …
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `subject =~ /regex/`; `!~` is wrapped in [`Unary::Not`].
    Matches(Box<Expr>, Pattern),
    /// `subject in (a, b)`.
    In(Box<Expr>, Vec<Expr>),
    /// `subject in 10.0.0.0/8`.
    InNet(Box<Expr>, Net),
    /// `/regex/` as an argument.
    Regex(Pattern),
    /// `name(arguments)`, also `name` alone where that is an aggregate.
    Call(String, Vec<Expr>),
}

/// A regex and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The regex without its slashes.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `not`
    Not,
    /// `-`
    Negate,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `contains`
    Contains,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Binary {
    /// Whether it compares two values.
    pub fn compares(self) -> bool {
        !self.is_arithmetic() && !matches!(self, Binary::Or | Binary::And | Binary::Contains)
    }

    /// Whether it computes a number.
    pub fn is_arithmetic(self) -> bool {
        matches!(
            self,
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder
        )
    }
}

impl Expr {
    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    /// A number that was computed from literals.
    pub fn number(number: Number, span: Span) -> Expr {
        Expr::new(ExprKind::Number(super::token::Literal(number)), span)
    }

    /// The parts directly below.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Field(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Bool(_)
            | ExprKind::Regex(_) => Vec::new(),
            ExprKind::Unary(_, inner) | ExprKind::Matches(inner, _) | ExprKind::InNet(inner, _) => {
                vec![inner]
            }
            ExprKind::Binary(_, left, right) => vec![left, right],
            ExprKind::In(subject, list) => std::iter::once(&**subject).chain(list).collect(),
            ExprKind::Call(_, arguments) => arguments.iter().collect(),
        }
    }
}
