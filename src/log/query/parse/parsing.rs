//! `parse FORMAT [from FIELD]`: patterns, regexes and named formats.

use std::sync::Arc;

use super::stages::Stages;
use crate::expr::compile::regex;
use crate::expr::error::{QueryError, Span, nearest};
use crate::expr::syntax::{ExprKind, Pattern};
use crate::expr::token::{Token, TokenKind};
use crate::format::{self, PARSES, Parse, Pat, Re, find_parse};
use crate::log::query::syntax::StageKind;

impl Stages<'_> {
    /// What follows `parse`.
    pub(super) fn parse(&mut self) -> Result<StageKind, QueryError> {
        let token = self.parser.take();
        let parse = match &token.kind {
            TokenKind::Word(word) => match word.as_str() {
                "pat" => self.pat()?,
                "re" => self.re()?,
                name => Parse::Named(find_parse(name).ok_or_else(|| unknown(name, &token))?),
            },
            TokenKind::Regex(text) => {
                return Err(QueryError::new(token.span, "expected a format")
                    .hint(format!("write: parse re /{text}/")));
            }
            TokenKind::Text(text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                let pattern = self.named_stars(&text).replace('"', "\\\"");
                return Err(QueryError::new(token.span, "expected a format")
                    .hint(format!("write: parse pat \"{pattern}\"")));
            }
            _ => {
                return Err(QueryError::new(token.span, "expected a format").hint(formats()));
            }
        };
        if !self.parser.take_word("from") {
            if self.parser.is_word("as") {
                return Err(self
                    .parser
                    .unexpected("'from' or the end of the stage")
                    .hint("fields are named in the pattern: parse pat \"{name} …\""));
            }
            return Ok(StageKind::Parse(parse, None));
        }
        let from = self.parser.expr()?;
        if !matches!(from.kind, ExprKind::Field(_)) {
            return Err(QueryError::new(from.span, "expected a field")
                .hint("compute it first: let text = … | parse json from text"));
        }
        Ok(StageKind::Parse(parse, Some(from)))
    }

    /// The pattern that another language writes with a * for each field, and the names behind it: `parse "* [*]" as a, b`.
    fn named_stars(&mut self, text: &str) -> String {
        self.parser.take_word("as");
        let mut pattern = String::new();
        for (number, part) in text.split('*').enumerate() {
            if number > 0 {
                match self.parser.expect_name("a name") {
                    Ok((name, _)) => pattern.push_str(&format!("{{{name}}}")),
                    Err(_) => pattern.push_str("{_}"),
                }
                self.parser.take_symbol(",");
            }
            pattern.push_str(part);
        }
        pattern
    }

    fn pat(&mut self) -> Result<Parse, QueryError> {
        let (text, span) = self.text_of("a pattern", "parse pat \"{user} from {ip}\"")?;
        let pat = Pat::new(&text).map_err(|(message, hint)| QueryError {
            span,
            message,
            hint,
        })?;
        Ok(Parse::Pat(Arc::new(pat)))
    }

    fn re(&mut self) -> Result<Parse, QueryError> {
        let (text, span) = self.text_of("a regex", "parse re \"took=(?<took>[0-9]+)\"")?;
        let pattern = Pattern {
            text: text.clone(),
            span: span.clone(),
        };
        let re = Re::new(&text, regex(&pattern)?).ok_or_else(|| {
            QueryError::new(span, "this regex names no field")
                .hint("name a group: (?<name>…); to search only, write the regex alone: /…/")
        })?;
        Ok(Parse::Re(Arc::new(re)))
    }

    /// The text in quotes, or between slashes, that comes next.
    fn text_of(&mut self, what: &str, example: &str) -> Result<(String, Span), QueryError> {
        let token = self.parser.peek().clone();
        let text = match token.kind {
            TokenKind::Text(text) => String::from_utf8(text).ok(),
            TokenKind::Regex(text) => Some(text),
            _ => None,
        };
        let text = text.ok_or_else(|| {
            self.parser
                .unexpected(&format!("{what} in quotes"))
                .hint(format!("for example: {example}"))
        })?;
        self.parser.take();
        Ok((text, token.span))
    }
}

fn unknown(name: &str, token: &Token) -> QueryError {
    let error = QueryError::new(token.span.clone(), format!("unknown format '{name}'"));
    let names = PARSES.iter().map(|parse| parse.name);
    if format::find(name).is_some() {
        return error.hint(format!("to read whole files as {name}: --from {name}"));
    }
    if matches!(name, "regex" | "regexp" | "grok") {
        return error.hint("write: parse re \"…(?<name>…)…\"");
    }
    match nearest(name, names.chain(["pat", "re"])) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => error.hint(formats()),
    }
}

fn formats() -> String {
    let names: Vec<&str> = PARSES.iter().map(|parse| parse.name).collect();
    format!("there are: pat \"…\", re \"…\", {}", names.join(", "))
}
