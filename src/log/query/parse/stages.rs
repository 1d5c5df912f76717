//! The stages of a query, one after the other.

use super::hints::{bare_word, not_an_aggregate};
use crate::expr::error::QueryError;
use crate::expr::parse::{Parser, RESERVED};
use crate::expr::syntax::{Expr, ExprKind, Unary};
use crate::expr::token::TokenKind;
use crate::format::find_parse;
use crate::log::aggregate;
use crate::log::query::syntax::{Item, Key, Order, STAGES, Stage, StageKind};
use crate::record::Number;

/// The stage that looks like a call.
const HIST: &str = "hist";

/// A parser that reads stages.
pub(super) struct Stages<'a> {
    pub(super) parser: Parser,
    pub(super) text: &'a str,
}

impl Stages<'_> {
    /// The next stage.
    pub(super) fn stage(&mut self) -> Result<Stage, QueryError> {
        let first = self.parser.peek().clone();
        let kind = match &first.kind {
            TokenKind::End | TokenKind::Symbol("|") => {
                return Err(self
                    .parser
                    .unexpected("a stage")
                    .hint("for example: count by status"));
            }
            TokenKind::Symbol("*") if self.is_last_of_stage(1) => {
                let message = "every line is read unless a filter comes first";
                return Err(QueryError::new(first.span, message).hint("leave out the * and the |"));
            }
            TokenKind::Word(word)
                if self.parser.peek_at(1).kind == TokenKind::Symbol("|") && names_format(word) =>
            {
                let message = format!("'{word}' is a format");
                let hint = format!(
                    "formats are detected: leave it out, or write: parse {word}; to search for the text, put it in quotes: \"{word}\""
                );
                return Err(QueryError::new(first.span, message).hint(hint));
            }
            TokenKind::Word(word) if word == HIST && self.is_last_of_stage(1) => {
                self.parser.take();
                StageKind::Filter(bare_word(word, &first.span)?)
            }
            TokenKind::Word(word) if word == HIST => self.histogram()?,
            TokenKind::Word(word) if STAGES.iter().any(|(stage, _)| stage == word) => {
                self.parser.take();
                self.named(word)?
            }
            TokenKind::Word(word)
                if self.is_last_of_stage(1) && RESERVED.contains(&word.as_str()) =>
            {
                let message = format!("'{word}' is a word of the query language");
                let hint = format!("to search for the text, put it in quotes: \"{word}\"");
                return Err(QueryError::new(first.span.clone(), message).hint(hint));
            }
            TokenKind::Word(word)
                if self.is_last_of_stage(1) && aggregate::find_bare(word).is_none() =>
            {
                self.parser.take();
                StageKind::Filter(bare_word(word, &first.span)?)
            }
            _ if self.begins_filter() => StageKind::Filter(self.filter()?),
            _ => self.aggregation()?,
        };
        let end = self.parser.end_of_last();
        Ok(Stage {
            kind,
            span: first.span.start..end,
        })
    }

    fn named(&mut self, word: &str) -> Result<StageKind, QueryError> {
        Ok(match word {
            "parse" => self.parse()?,
            "where" => StageKind::Where(self.parser.expr()?),
            "let" => {
                let (name, span) = self.parser.expect_name("a name for the new field")?;
                if matches!(name.as_str(), "line" | "file") {
                    let message = format!("every log already has a field '{name}'");
                    return Err(QueryError::new(span, message).hint("choose another name"));
                }
                if !self.parser.take_symbol("=") {
                    return Err(self.parser.unexpected("'='").hint("write: let NAME = EXPR"));
                }
                StageKind::Let(name, self.parser.expr()?)
            }
            "sort" => StageKind::Sort(self.orders()?),
            "top" => {
                let number = self.count("top")?;
                self.parser.take_word("by");
                if self.is_last_of_stage(0) {
                    return Err(self
                        .parser
                        .unexpected("a column")
                        .hint("for example: top 20 by count"));
                }
                StageKind::Top(number, self.parser.expr()?)
            }
            "head" => StageKind::Head(self.count("head")?),
            "tail" => StageKind::Tail(self.count("tail")?),
            _ => {
                let items = self.items()?;
                let is_left_out = |item: &&Item| matches!(&item.expr.kind, ExprKind::Unary(Unary::Negate, inner) if matches!(inner.kind, ExprKind::Field(_)));
                if let Some(item) = items
                    .iter()
                    .find(is_left_out)
                    .filter(|item| item.name.is_none())
                {
                    let field = item.text.trim_start_matches('-');
                    let message = "select keeps fields; it cannot leave one out";
                    return Err(
                        QueryError::new(item.expr.span.clone(), message).hint(format!(
                            "name the fields to keep; for the negative number write 0 - {field}"
                        )),
                    );
                }
                StageKind::Select(items)
            }
        })
    }

    /// A whole number of rows.
    fn count(&mut self, word: &str) -> Result<usize, QueryError> {
        let token = self.parser.peek().clone();
        let count = match token.kind {
            TokenKind::Number(literal) => match literal.0.trimmed() {
                Number::Decimal { units, scale: 0 } => usize::try_from(units).ok(),
                _ => None,
            },
            _ => None,
        };
        let count = count.ok_or_else(|| {
            QueryError::new(token.span, format!("{word} needs a number of rows"))
                .hint(format!("for example: {word} 20"))
        })?;
        self.parser.take();
        Ok(count)
    }

    fn orders(&mut self) -> Result<Vec<Order>, QueryError> {
        let mut orders = Vec::new();
        if self.parser.is_word("by") {
            let rest = &self.text[self.parser.peek().span.end..];
            let mut words = rest
                .split('|')
                .next()
                .unwrap_or_default()
                .split_whitespace();
            let column = words.next().unwrap_or("COLUMN");
            let is_descending = words.next().is_some_and(|word| word.starts_with("desc"));
            let minus = if is_descending { "-" } else { "" };
            return Err(self
                .parser
                .unexpected("a column")
                .hint(format!("write: sort {minus}{column}")));
        }
        loop {
            let descending = self.parser.take_symbol("-");
            orders.push(Order {
                expr: self.parser.expr()?,
                descending,
            });
            if !self.parser.take_symbol(",") {
                return Ok(orders);
            }
        }
    }

    fn items(&mut self) -> Result<Vec<Item>, QueryError> {
        let mut items = vec![self.item()?];
        while self.parser.take_symbol(",") {
            items.push(self.item()?);
        }
        Ok(items)
    }

    fn item(&mut self) -> Result<Item, QueryError> {
        let expr = self.parser.expr()?;
        let text = self.text[expr.span.clone()].to_owned();
        Ok(Item {
            name: self.name()?,
            expr,
            text,
        })
    }

    /// `as NAME`
    fn name(&mut self) -> Result<Option<String>, QueryError> {
        if !self.parser.take_word("as") {
            return Ok(None);
        }
        self.parser
            .expect_name("a name for the column")
            .map(|(name, _)| Some(name))
    }

    fn aggregation(&mut self) -> Result<StageKind, QueryError> {
        let start = self.parser.peek().clone();
        let items = self.items()?;
        for item in &items {
            if !has_aggregate(&item.expr) {
                if self.parser.peek().kind == TokenKind::Symbol("=") {
                    return Err(self.parser.unexpected("a comparison"));
                }
                let stage = self.text[start.span.start..].split('|').next();
                let stage = stage.unwrap_or_default().trim_end();
                return Err(not_an_aggregate(item, &start.kind, stage));
            }
        }
        let mut keys = Vec::new();
        if self.parser.take_word("by") {
            keys.push(self.key()?);
            while self.parser.take_symbol(",") {
                keys.push(self.key()?);
            }
        }
        Ok(StageKind::Aggregate(items, keys))
    }

    fn key(&mut self) -> Result<Key, QueryError> {
        let token = self.parser.peek().clone();
        if let TokenKind::Duration(width) = token.kind {
            self.parser.take();
            if width.is_zero() {
                return Err(QueryError::new(
                    token.span,
                    "a time bucket must be longer than zero",
                ));
            }
            return Ok(Key::Time {
                width,
                name: self.name()?,
                span: token.span,
            });
        }
        Ok(Key::Expr(self.item()?))
    }

    /// Whether the stage ends after this many more tokens.
    fn is_last_of_stage(&self, ahead: usize) -> bool {
        matches!(
            self.parser.peek_at(ahead).kind,
            TokenKind::End | TokenKind::Symbol("|")
        )
    }

    /// Whether a text filter follows: after opening parentheses and `not`, a text, a regex or a network.
    fn begins_filter(&self) -> bool {
        let mut ahead = 0;
        loop {
            match &self.parser.peek_at(ahead).kind {
                TokenKind::Symbol("(") => ahead += 1,
                TokenKind::Word(word) if word == "not" => ahead += 1,
                TokenKind::Text(_) | TokenKind::Regex(_) | TokenKind::Net(_) => return true,
                _ => return ahead > 0 && matches!(&self.parser.peek().kind, TokenKind::Word(_)),
            }
        }
    }
}

/// Whether a word is the name of a format, which other languages write as a stage.
fn names_format(word: &str) -> bool {
    find_parse(word).is_some() && word != "auto"
}

/// Whether a word without parentheses is an aggregate, where one is expected.
fn is_bare_aggregate(word: &str) -> bool {
    let is_call = |word| aggregate::find(word).is_some_and(|(spec, _)| !spec.needs_argument());
    aggregate::find_bare(word).is_some() || is_call(word)
}

fn has_aggregate(expr: &Expr) -> bool {
    let is_aggregate = match &expr.kind {
        ExprKind::Call(name, _) => aggregate::find(name).is_some(),
        ExprKind::Field(name) => name.as_key().is_some_and(is_bare_aggregate),
        _ => false,
    };
    is_aggregate || expr.children().into_iter().any(has_aggregate)
}
