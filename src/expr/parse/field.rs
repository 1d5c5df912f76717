//! Names of fields: paths into nested values.

use super::Parser;
use crate::expr::error::{QueryError, Span};
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::token::TokenKind;
use crate::record::{FieldName, Number, Step};

impl Parser {
    /// A path whose first steps have been taken: `.key`, `[0]`, `["odd key"]`.
    pub(super) fn field(&mut self, mut steps: Vec<(Step, Span)>) -> Result<Expr, QueryError> {
        loop {
            if self.take_symbol(".") {
                let token = self.take();
                match token.kind {
                    TokenKind::Word(word) => steps.push((Step::Key(word), token.span)),
                    _ => {
                        return Err(QueryError::new(token.span, "expected a name after the dot")
                            .hint("odd names go in brackets: [\"odd name\"]"));
                    }
                }
            } else if self.is_symbol("[") {
                self.take();
                let token = self.take();
                let step = match token.kind {
                    TokenKind::Text(text) => Step::Key(String::from_utf8_lossy(&text).into_owned()),
                    TokenKind::Number(literal) => match literal.0 {
                        Number::Decimal { units, scale: 0 }
                            if usize::try_from(units).is_ok() && !steps.is_empty() =>
                        {
                            Step::Index(usize::try_from(units).unwrap_or(0))
                        }
                        _ => {
                            return Err(QueryError::new(
                                token.span,
                                "a place in an array is a whole number",
                            ));
                        }
                    },
                    _ => {
                        return Err(QueryError::new(
                            token.span,
                            "expected a \"name\" or an array index",
                        ));
                    }
                };
                self.expect_symbol("]")?;
                steps.push((step, token.span));
            } else {
                break;
            }
        }
        let start = steps.first().map_or(0, |(_, span)| span.start);
        let end = self.end_of_last();
        let path = steps.into_iter().map(|(step, _)| step).collect();
        Ok(Expr::new(
            ExprKind::Field(FieldName::Path(path)),
            start..end,
        ))
    }
}
