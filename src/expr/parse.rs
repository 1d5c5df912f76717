//! Tokens to a tree, by precedence climbing.
//!
//! From loosest to tightest: `or`, `and`, `not`, comparisons (which do not chain), `+ -`, `* / %`, unary `-`.

mod cursor;
mod field;

use super::error::QueryError;
use super::net::Net;
use super::syntax::{Binary, Expr, ExprKind, Pattern, Unary};
use super::token::TokenKind;
use crate::record::{FieldName, Number, Step};

pub use cursor::{Parser, RESERVED};

/// How many sums or products may follow each other without parentheses: each makes the tree one higher.
const MAX_CHAIN: usize = 1000;

/// Reads a text that is one expression and nothing else.
///
/// # Errors
/// Where it is none, or where it ends too early.
pub fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser::new(text)?;
    let expr = parser.expr()?;
    match parser.peek().kind {
        TokenKind::End => Ok(expr),
        _ => Err(parser.unexpected("the end")),
    }
}

impl Parser {
    /// An expression.
    ///
    /// # Errors
    /// Where the tokens are none.
    pub fn expr(&mut self) -> Result<Expr, QueryError> {
        self.nested(|parser| parser.binary(OR))
    }

    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Parser) -> Result<Expr, QueryError>,
    ) -> Result<Expr, QueryError> {
        self.enter()?;
        let expr = parse(self)?;
        self.leave();
        Ok(expr)
    }

    fn binary(&mut self, level: u8) -> Result<Expr, QueryError> {
        let mut left = if level == NOT {
            self.not()?
        } else {
            self.operand(level)?
        };
        if let (OR, Some(_)) | (AND, Some(_)) = (level, self.operator(level)) {
            return self.joined(left, level);
        }
        let mut operators = 0;
        while let Some(operator) = self.operator(level) {
            operators += 1;
            if operators > MAX_CHAIN {
                let span = self.peek().span.clone();
                return Err(QueryError::new(span, "this expression is too long"));
            }
            self.take();
            left = self.operation(operator, left, level)?;
            if level == COMPARISON && self.operator(level).is_some() {
                return Err(
                    QueryError::new(self.peek().span.clone(), "comparisons do not chain")
                        .hint("join them with: and"),
                );
            }
        }
        Ok(left)
    }

    /// Conditions joined by `and`, or by `or`. Scripts write thousands of them, so they become a tree of little height: it
    /// does not matter which are joined first.
    fn joined(&mut self, first: Expr, level: u8) -> Result<Expr, QueryError> {
        let operator = if level == OR { Binary::Or } else { Binary::And };
        let mut conditions = vec![first];
        while self.operator(level).is_some() {
            self.take();
            conditions.push(self.operand(level)?);
        }
        while conditions.len() > 1 {
            let mut pairs = Vec::with_capacity(conditions.len().div_ceil(2));
            let mut rest = conditions.into_iter();
            while let Some(left) = rest.next() {
                pairs.push(match rest.next() {
                    Some(right) => {
                        let span = left.span.start..right.span.end;
                        let kind = ExprKind::Binary(operator, Box::new(left), Box::new(right));
                        Expr::new(kind, span)
                    }
                    None => left,
                });
            }
            conditions = pairs;
        }
        Ok(conditions.remove(0))
    }

    fn operand(&mut self, level: u8) -> Result<Expr, QueryError> {
        if level == TIGHTEST {
            self.unary()
        } else {
            self.binary(level + 1)
        }
    }

    /// The operator of this level that comes next.
    fn operator(&self, level: u8) -> Option<Operator> {
        use Operator::{In, Matches, Plain};
        let plain = |operator| Some(Plain(operator));
        match (&self.peek().kind, level) {
            (TokenKind::Word(word), OR) if word == "or" => plain(Binary::Or),
            (TokenKind::Word(word), AND) if word == "and" => plain(Binary::And),
            (TokenKind::Word(word), COMPARISON) => match word.as_str() {
                "contains" => plain(Binary::Contains),
                "in" => Some(In { negated: false }),
                "not" if matches!(&self.peek_at(1).kind, TokenKind::Word(next) if next == "in") => {
                    Some(In { negated: true })
                }
                _ => None,
            },
            (TokenKind::Symbol(symbol), _) => match (*symbol, level) {
                ("==", COMPARISON) => plain(Binary::Equal),
                ("!=", COMPARISON) => plain(Binary::Unequal),
                ("<", COMPARISON) => plain(Binary::Less),
                ("<=", COMPARISON) => plain(Binary::LessOrEqual),
                (">", COMPARISON) => plain(Binary::Greater),
                (">=", COMPARISON) => plain(Binary::GreaterOrEqual),
                ("=~", COMPARISON) => Some(Matches { negated: false }),
                ("!~", COMPARISON) => Some(Matches { negated: true }),
                ("+", SUM) => plain(Binary::Add),
                ("-", SUM) => plain(Binary::Subtract),
                ("*", PRODUCT) => plain(Binary::Multiply),
                ("/", PRODUCT) => plain(Binary::Divide),
                ("%", PRODUCT) => plain(Binary::Remainder),
                _ => None,
            },
            _ => None,
        }
    }

    /// What follows an operator that has just been taken, joined with its left side.
    fn operation(&mut self, operator: Operator, left: Expr, level: u8) -> Result<Expr, QueryError> {
        let start = left.span.start;
        let (kind, negated) = match operator {
            Operator::Plain(operator) => {
                let right = self.operand(level)?;
                let span = start..right.span.end;
                return Ok(Expr::new(
                    ExprKind::Binary(operator, Box::new(left), Box::new(right)),
                    span,
                ));
            }
            Operator::Matches { negated } => {
                let token = self.take();
                let text = match token.kind {
                    TokenKind::Regex(text) => text,
                    TokenKind::Text(text) => String::from_utf8_lossy(&text).into_owned(),
                    _ => {
                        return Err(QueryError::new(token.span, "=~ needs a regex")
                            .hint("write it between slashes: /…/"));
                    }
                };
                (
                    ExprKind::Matches(
                        Box::new(left),
                        Pattern {
                            text,
                            span: token.span,
                        },
                    ),
                    negated,
                )
            }
            Operator::In { negated } => {
                if negated {
                    self.take();
                }
                if let TokenKind::Net(net) = self.peek().kind {
                    self.take();
                    (ExprKind::InNet(Box::new(left), net), negated)
                } else {
                    if !self.is_symbol("(") {
                        let error =
                            self.unexpected("a list like (404, 500) or a network like 10.0.0.0/8");
                        return Err(match &self.peek().kind {
                            TokenKind::Regex(regex) => error.hint(format!("write =~ /{regex}/")),
                            TokenKind::Symbol("[") => {
                                error.hint("a list is in parentheses: (200, 404)")
                            }
                            TokenKind::Text(text) if Net::parse(text).is_some() => error.hint(
                                format!("without quotes: in {}", String::from_utf8_lossy(text)),
                            ),
                            _ => error,
                        });
                    }
                    self.take();
                    (ExprKind::In(Box::new(left), self.list()?), negated)
                }
            }
        };
        let span = start..self.end_of_last();
        let positive = Expr::new(kind, span.clone());
        Ok(if negated {
            Expr::new(ExprKind::Unary(Unary::Not, Box::new(positive)), span)
        } else {
            positive
        })
    }

    fn not(&mut self) -> Result<Expr, QueryError> {
        if !self.is_word("not") {
            return self.operand(NOT);
        }
        let start = self.take().span.start;
        let inner = self.nested(Parser::not)?;
        let span = start..inner.span.end;
        Ok(Expr::new(
            ExprKind::Unary(Unary::Not, Box::new(inner)),
            span,
        ))
    }

    fn unary(&mut self) -> Result<Expr, QueryError> {
        if !self.is_symbol("-") {
            return self.primary();
        }
        let start = self.take().span.start;
        let inner = self.nested(Parser::unary)?;
        let span = start..inner.span.end;
        match &inner.kind {
            ExprKind::Number(literal) => Ok(Expr::number(literal.0.negated(), span)),
            _ => Ok(Expr::new(
                ExprKind::Unary(Unary::Negate, Box::new(inner)),
                span,
            )),
        }
    }

    fn primary(&mut self) -> Result<Expr, QueryError> {
        let token = self.peek().clone();
        let kind = match token.kind {
            TokenKind::Number(literal) => ExprKind::Number(literal),
            TokenKind::Text(text) => ExprKind::Text(text),
            TokenKind::Nth(number) => ExprKind::Field(FieldName::Nth(number)),
            TokenKind::Last(before) => ExprKind::Field(FieldName::Last(before)),
            TokenKind::Duration(duration) => {
                let nanos = i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
                let seconds = Number::Decimal {
                    units: nanos,
                    scale: 9,
                }
                .trimmed();
                self.take();
                return Ok(Expr::number(seconds, token.span));
            }
            TokenKind::Symbol("(") => {
                self.take();
                let inner = self.expr()?;
                self.expect_symbol(")")?;
                return Ok(inner);
            }
            TokenKind::Symbol("[") => return self.field(Vec::new()),
            TokenKind::Word(ref word) if word == "true" || word == "false" => {
                ExprKind::Bool(word == "true")
            }
            TokenKind::Word(ref word) if !RESERVED.contains(&word.as_str()) => {
                if matches!(self.peek_at(1).kind, TokenKind::Symbol("(")) {
                    self.take();
                    self.take();
                    let arguments = self.list()?;
                    let span = token.span.start..self.end_of_last();
                    return Ok(Expr::new(ExprKind::Call(word.clone(), arguments), span));
                }
                if word == "null" {
                    return Err(QueryError::new(token.span, "nothing is equal to null")
                        .hint("write missing(FIELD), or not missing(FIELD)"));
                }
                self.take();
                return self.field(vec![(Step::Key(word.clone()), token.span)]);
            }
            wrong => {
                let error = self.unexpected("a field, a number or a \"text\"");
                return Err(match wrong {
                    TokenKind::Net(_) => {
                        error.hint("addresses are compared by in: ip in 10.0.0.0/8")
                    }
                    TokenKind::Word(word) if word == "by" => {
                        error.hint("by follows an aggregate, as in: count by status")
                    }
                    TokenKind::Word(word) if word == "contains" => {
                        error.hint("write FIELD contains \"TEXT\"")
                    }
                    TokenKind::Regex(regex) => error.hint(format!("write FIELD =~ /{regex}/")),
                    TokenKind::Symbol("*") => error
                        .hint("to count lines, write count; whole records come with --to ndjson"),
                    _ => error,
                });
            }
        };
        self.take();
        Ok(Expr::new(kind, token.span))
    }

    /// `a, b)` after the opening parenthesis.
    fn list(&mut self) -> Result<Vec<Expr>, QueryError> {
        let mut list = Vec::new();
        if self.take_symbol(")") {
            return Ok(list);
        }
        loop {
            let item = match self.peek().kind.clone() {
                TokenKind::Regex(text) => {
                    let span = self.take().span;
                    let pattern = Pattern {
                        text,
                        span: span.clone(),
                    };
                    Expr::new(ExprKind::Regex(pattern), span)
                }
                _ => self.expr()?,
            };
            list.push(item);
            if self.take_symbol(")") {
                return Ok(list);
            }
            if !self.take_symbol(",") {
                let error = self.unexpected("',' or ')'");
                let before = list.last().map(|last| &last.kind);
                return Err(match (before, &self.peek().kind) {
                    (Some(ExprKind::Field(word)), TokenKind::Word(field))
                        if word.as_key() == Some("distinct") =>
                    {
                        error.hint(format!("write uniq({field})"))
                    }
                    _ => error,
                });
            }
        }
    }
}

const OR: u8 = 0;
const AND: u8 = 1;
const NOT: u8 = 2;
const COMPARISON: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;
const TIGHTEST: u8 = 5;

#[derive(Clone, Copy)]
enum Operator {
    Plain(Binary),
    Matches { negated: bool },
    In { negated: bool },
}

#[cfg(test)]
mod tests;
