//! Text to stages. Nothing is guessed: what is nearly right is an error that says what to write.

mod filters;
mod habits;
mod hints;
mod histogram;
mod parsing;
mod stages;

use super::syntax::Query;
use crate::expr::error::QueryError;
use crate::expr::parse::Parser;
use crate::expr::token::TokenKind;
use hints::hint_at_word;
use stages::Stages;

/// Reads a query.
///
/// # Errors
/// The first place that is not a query.
pub fn parse(text: &str) -> Result<Query, QueryError> {
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
                let after = &text[stages.parser.peek().span.end..];
                let after = after.split('|').next().unwrap_or_default();
                let hint = hint_at_word(word, before, after);
                return Err(stages
                    .parser
                    .unexpected("'|' or the end of the query")
                    .hint(hint));
            }
            TokenKind::Symbol(",") if stages.parser.follows_number() => {
                let error = stages.parser.unexpected("'|' or the end of the query");
                return Err(error.hint("numbers have no commas: write 1000 or 1K"));
            }
            _ => return Err(stages.parser.unexpected("'|' or the end of the query")),
        };
    }
}

#[cfg(test)]
mod tests;
