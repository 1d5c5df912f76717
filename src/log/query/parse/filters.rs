//! Text filters: `"text"`, `/regex/` and networks, joined by and, or, not.

use super::stages::Stages;
use crate::expr::error::QueryError;
use crate::expr::syntax::Pattern;
use crate::expr::token::TokenKind;
use crate::log::query::filter::Filter;
use crate::log::query::line_regex::LineRegex;

impl Stages<'_> {
    pub(super) fn filter(&mut self) -> Result<Filter, QueryError> {
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

    fn filter_and(&mut self) -> Result<Filter, QueryError> {
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

    fn filter_not(&mut self) -> Result<Filter, QueryError> {
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

    fn filter_primary(&mut self) -> Result<Filter, QueryError> {
        let token = self.parser.peek().clone();
        let filter = match token.kind {
            TokenKind::Text(text) => Filter::text(&text),
            TokenKind::Regex(text) => Filter::Regex(LineRegex::new(&Pattern {
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
                    format!("put text in quotes: \"{word}\"; conditions on fields need: where");
                return Err(QueryError::new(
                    token.span,
                    "expected a \"text\", a /regex/ or a network",
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
