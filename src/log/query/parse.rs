//! Text to stages. No word is guessed: what is nearly right is an error that says what to write.

use super::filter::Filter;
use super::{Item, Key, Order, Query, STAGES, Stage, StageKind};
use crate::expr::compile::regex;
use crate::expr::fault::{Fault, nearest};
use crate::expr::lex::TokenKind;
use crate::expr::parse::{Parser, RESERVED};
use crate::expr::syntax::{Expr, ExprKind, Pattern};
use crate::log::aggregate;
use crate::record::Number;

/// Reads a query.
///
/// # Errors
/// The first place that makes no sense.
pub fn parse(text: &str) -> Result<Query, Fault> {
    let mut stages = Stages {
        parser: Parser::new(text)?,
        text,
    };
    let mut query = Query { stages: Vec::new() };
    loop {
        query.stages.push(stages.stage()?);
        match stages.parser.peek().kind {
            TokenKind::End => return Ok(query),
            TokenKind::Symbol("|") => stages.parser.take(),
            TokenKind::Word(ref word) => {
                let before = query
                    .stages
                    .last()
                    .map_or("", |stage| &text[stage.span.clone()]);
                let hint = hint_at_word(word, before);
                return Err(stages.parser.unexpected("«|» or the end").hint(hint));
            }
            _ => return Err(stages.parser.unexpected("«|» or the end")),
        };
    }
}

/// What to write instead of a word that follows a whole stage.
fn hint_at_word(word: &str, before: &str) -> String {
    if let Some((spec, _)) = aggregate::find(before)
        && spec.needs_argument()
    {
        return format!("write {before}({word})");
    }
    match word.to_lowercase().as_str() {
        "like" => "write contains \"text\", or =~ /regex/".to_owned(),
        "is" => "whether there is a value is asked by missing(FIELD)".to_owned(),
        "group" => "write: count by FIELD".to_owned(),
        "order" => "stages are joined by |, as in: … | sort -count".to_owned(),
        "limit" => "stages are joined by |, as in: … | head 10".to_owned(),
        "having" => "stages are joined by |, as in: … | where count > 10".to_owned(),
        word if STAGES.iter().any(|(stage, _)| *stage == word) => {
            format!("stages are joined by |, as in: … | {word} …")
        }
        _ => format!("text goes in quotes, as in: \"{word}\"; conditions are joined by and, or"),
    }
}

struct Stages<'a> {
    parser: Parser,
    text: &'a str,
}

impl Stages<'_> {
    fn stage(&mut self) -> Result<Stage, Fault> {
        let first = self.parser.peek().clone();
        let kind = match &first.kind {
            TokenKind::End | TokenKind::Symbol("|") => {
                return Err(self
                    .parser
                    .unexpected("a stage")
                    .hint("such as: count by status"));
            }
            TokenKind::Word(word) if STAGES.iter().any(|(stage, _)| stage == word) => {
                self.parser.take();
                self.named(word)?
            }
            TokenKind::Word(word)
                if self.is_last_of_stage(1) && RESERVED.contains(&word.as_str()) =>
            {
                let message = format!("«{word}» is a word of the query language");
                let hint = format!("to look for the text, put it in quotes: \"{word}\"");
                return Err(Fault::new(first.span.clone(), message).hint(hint));
            }
            TokenKind::Word(word)
                if self.is_last_of_stage(1) && aggregate::find(word).is_none() =>
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

    fn named(&mut self, word: &str) -> Result<StageKind, Fault> {
        Ok(match word {
            "where" => StageKind::Where(self.parser.expr()?),
            "let" => {
                let (name, span) = self.parser.expect_name("a name for the new field")?;
                if matches!(name.as_str(), "line" | "file") {
                    let message = format!("every log has a field {name} already");
                    return Err(Fault::new(span, message).hint("choose another name"));
                }
                if !self.parser.take_symbol("=") {
                    return Err(self.parser.unexpected("«=»").hint("let NAME = EXPR"));
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
                        .hint("such as: top 20 by count"));
                }
                StageKind::Top(number, self.parser.expr()?)
            }
            "head" => StageKind::Head(self.count("head")?),
            "tail" => StageKind::Tail(self.count("tail")?),
            _ => StageKind::Select(self.items()?),
        })
    }

    /// A whole number of rows.
    fn count(&mut self, word: &str) -> Result<usize, Fault> {
        let token = self.parser.peek().clone();
        let count = match token.kind {
            TokenKind::Number(literal) => match literal.0.trimmed() {
                Number::Decimal { units, scale: 0 } => usize::try_from(units).ok(),
                _ => None,
            },
            _ => None,
        };
        let count = count.ok_or_else(|| {
            Fault::new(token.span, format!("{word} wants a number of rows"))
                .hint(format!("such as: {word} 20"))
        })?;
        self.parser.take();
        Ok(count)
    }

    fn orders(&mut self) -> Result<Vec<Order>, Fault> {
        let mut orders = Vec::new();
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

    fn items(&mut self) -> Result<Vec<Item>, Fault> {
        let mut items = vec![self.item()?];
        while self.parser.take_symbol(",") {
            items.push(self.item()?);
        }
        Ok(items)
    }

    fn item(&mut self) -> Result<Item, Fault> {
        let expr = self.parser.expr()?;
        let text = self.text[expr.span.clone()].to_owned();
        Ok(Item {
            name: self.name()?,
            expr,
            text,
        })
    }

    /// `as NAME`
    fn name(&mut self) -> Result<Option<String>, Fault> {
        if !self.parser.take_word("as") {
            return Ok(None);
        }
        self.parser
            .expect_name("a name for the column")
            .map(|(name, _)| Some(name))
    }

    fn aggregation(&mut self) -> Result<StageKind, Fault> {
        let start = self.parser.peek().clone();
        let items = self.items()?;
        for item in &items {
            if !has_aggregate(&item.expr) {
                if self.parser.peek().kind == TokenKind::Symbol("=") {
                    return Err(self.parser.unexpected("a comparison"));
                }
                return Err(not_an_aggregate(item, &start.kind));
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

    fn key(&mut self) -> Result<Key, Fault> {
        let token = self.parser.peek().clone();
        if let TokenKind::Duration(width) = token.kind {
            self.parser.take();
            if width.is_zero() {
                return Err(Fault::new(token.span, "a time bucket wants some width"));
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

    /// Whether what comes is a text filter: after opening parentheses and `not`, a text, a regex or a network.
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

    fn filter(&mut self) -> Result<Filter, Fault> {
        let mut any = vec![self.filter_and()?];
        while self.parser.take_word("or") {
            any.push(self.filter_and()?);
        }
        Ok(if any.len() == 1 {
            any.swap_remove(0)
        } else {
            Filter::Or(any)
        })
    }

    fn filter_and(&mut self) -> Result<Filter, Fault> {
        let mut all = vec![self.filter_not()?];
        while self.parser.take_word("and") {
            all.push(self.filter_not()?);
        }
        Ok(if all.len() == 1 {
            all.swap_remove(0)
        } else {
            Filter::And(all)
        })
    }

    fn filter_not(&mut self) -> Result<Filter, Fault> {
        let mut negated = false;
        while self.parser.take_word("not") {
            negated = !negated;
        }
        let filter = self.filter_primary()?;
        Ok(if negated {
            Filter::Not(Box::new(filter))
        } else {
            filter
        })
    }

    fn filter_primary(&mut self) -> Result<Filter, Fault> {
        let token = self.parser.peek().clone();
        let filter = match token.kind {
            TokenKind::Text(text) => Filter::text(&text),
            TokenKind::Regex(text) => Filter::Regex(regex(&Pattern {
                text,
                span: token.span,
            })?),
            TokenKind::Net(net) => Filter::Net(net),
            TokenKind::Symbol("(") => {
                self.parser.take();
                self.parser.enter()?;
                let inner = self.filter()?;
                self.parser.leave();
                self.parser.expect_symbol(")")?;
                return Ok(inner);
            }
            TokenKind::Word(word) => {
                let hint =
                    format!("put text in quotes: \"{word}\"; conditions on fields go after: where");
                return Err(Fault::new(
                    token.span,
                    "a filter is made of \"texts\", /regexes/ and networks",
                )
                .hint(hint));
            }
            _ => {
                return Err(self
                    .parser
                    .unexpected("a \"text\", a /regex/ or a network like 10.0.0.0/8"));
            }
        };
        self.parser.take();
        Ok(filter)
    }
}

/// A word alone in its stage is a text to look for, unless it looks like a slip of the finger.
fn bare_word(word: &str, span: &std::ops::Range<usize>) -> Result<Filter, Fault> {
    let known = STAGES
        .iter()
        .map(|(stage, _)| *stage)
        .chain(aggregate::names())
        .chain(["parse", "group", "filter"]);
    // The words of the language are small; in other letters (GET, POST) only the very word is a slip.
    let is_small = !word.contains(char::is_uppercase);
    let known =
        known.filter(|known| known.len() > 2 && (is_small || known.eq_ignore_ascii_case(word)));
    match nearest(word, known) {
        Some(near) => Err(
            Fault::new(span.clone(), format!("«{word}» is nearly «{near}»")).hint(format!(
                "to look for the text, put it in quotes: \"{word}\""
            )),
        ),
        None => Ok(Filter::text(word.as_bytes())),
    }
}

fn has_aggregate(expr: &Expr) -> bool {
    let is_aggregate = match &expr.kind {
        ExprKind::Call(name, _) => aggregate::find(name).is_some(),
        ExprKind::Field(name) => name
            .as_key()
            .is_some_and(|key| aggregate::find(key).is_some()),
        _ => false,
    };
    is_aggregate || expr.children().into_iter().any(has_aggregate)
}

/// The fault of a stage that is neither a keyword's, nor a filter, nor an aggregation.
fn not_an_aggregate(item: &Item, first: &TokenKind) -> Fault {
    let span = item.expr.span.clone();
    match &item.expr.kind {
        ExprKind::Call(name, _) => {
            let fault = Fault::new(
                span.start..span.start + name.len(),
                format!("unknown aggregate «{name}»"),
            );
            match nearest(name, aggregate::names()) {
                Some(near) => fault.hint(format!("did you mean {near}?")),
                None => fault.hint(format!(
                    "there are: {}",
                    aggregate::names().collect::<Vec<_>>().join(" ")
                )),
            }
        }
        ExprKind::Binary(operator, ..) if operator.is_arithmetic() => {
            Fault::new(span, "this counts nothing").hint(format!(
                "write: select {0}, or an aggregate such as: max({0})",
                item.text
            ))
        }
        ExprKind::Binary(..) | ExprKind::In(..) | ExprKind::Matches(..) | ExprKind::InNet(..) => {
            Fault::new(span, "this is a condition, not an aggregate")
                .hint(format!("write: where {}", item.text))
        }
        _ => {
            let fault = Fault::new(span, "this is neither a stage nor an aggregate");
            match first {
                TokenKind::Word(word) if word.eq_ignore_ascii_case("group") => {
                    fault.hint("write: count by FIELD")
                }
                TokenKind::Word(word) => match nearest(
                    word,
                    STAGES
                        .iter()
                        .map(|(stage, _)| *stage)
                        .chain(aggregate::names()),
                ) {
                    Some(near) => fault.hint(format!("did you mean {near}?")),
                    None => fault.hint(format!("to look for a text, put it in quotes: \"{word}\"")),
                },
                _ => {
                    let names: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
                    fault.hint(format!(
                        "stages begin with {}, an aggregate, or a \"text\"",
                        names.join(", ")
                    ))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
