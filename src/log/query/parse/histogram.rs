//! `hist(x)`, `hist(x, LOW, HIGH)` and `hist(x, LOW, HIGH, BINS)`, which make rows of their own.

use super::stages::Stages;
use crate::expr::error::QueryError;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::token::TokenKind;
use crate::log::query::syntax::{Histogram, StageKind};
use crate::record::Number;

/// How many ranges there are unless it is said, and how many there can be.
const BINS: (u32, u32) = (10, 1000);

impl Stages<'_> {
    pub(super) fn histogram(&mut self) -> Result<StageKind, QueryError> {
        let expr = self.parser.expr()?;
        let span = expr.span.clone();
        let ExprKind::Call(_, arguments) = expr.kind else {
            return Err(QueryError::new(span, "hist is a stage of its own").hint(EXAMPLE));
        };
        if matches!(self.parser.peek().kind, TokenKind::Symbol(","))
            || self.parser.is_word("by")
            || self.parser.is_word("as")
        {
            return Err(self.parser.unexpected("'|' or the end of the query").hint(
                "hist stands alone in its stage; for several groups, write: count by KEY, step(x)",
            ));
        }
        let mut arguments = arguments.into_iter();
        let value = arguments.next();
        let numbers: Vec<Expr> = arguments.collect();
        let (Some(value), 0 | 2 | 3) = (value, numbers.len()) else {
            return Err(
                QueryError::new(span, "hist takes one, three or four arguments").hint(EXAMPLE),
            );
        };
        let mut bins = BINS.0;
        if let Some(count) = numbers.get(2) {
            let whole = match number(count)?.trimmed() {
                Number::Decimal { units, scale: 0 } => u32::try_from(units).ok(),
                _ => None,
            };
            bins = whole
                .filter(|bins| (1..=BINS.1).contains(bins))
                .ok_or_else(|| {
                    let message = format!("the number of ranges must be from 1 to {}", BINS.1);
                    QueryError::new(count.span.clone(), message)
                })?;
        }
        let ends = match numbers.as_slice() {
            [low, high, ..] => {
                let ends = (number(low)?, number(high)?);
                if ends.0.numeric_cmp(ends.1).is_ge() {
                    let span = low.span.start..high.span.end;
                    return Err(QueryError::new(
                        span,
                        "the ranges must end above their beginning",
                    ));
                }
                Some(ends)
            }
            _ => None,
        };
        Ok(StageKind::Hist(Histogram { value, ends, bins }))
    }
}

const EXAMPLE: &str = "for example: hist(rt), or hist(rt, 0, 1, 20)";

fn number(expr: &Expr) -> Result<Number, QueryError> {
    match &expr.kind {
        ExprKind::Number(literal) => Ok(literal.0),
        _ => Err(QueryError::new(expr.span.clone(), "expected a number").hint(EXAMPLE)),
    }
}
