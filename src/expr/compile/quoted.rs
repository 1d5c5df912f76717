//! Texts in quotes on one side of a comparison that cannot mean what was typed.

use crate::expr::error::QueryError;
use crate::expr::functions::Kind;
use crate::expr::lex::lex;
use crate::expr::syntax::{Binary, Expr, ExprKind};
use crate::expr::token::TokenKind;
use crate::record::Number;

/// Refuses a comparison of `subject`, which is of a kind, with a text that can never be equal to it or has no order with it.
///
/// # Errors
/// What to write instead.
pub(super) fn check(
    operator: Binary,
    subject: &Expr,
    kind: Kind,
    other: &Expr,
) -> Result<(), QueryError> {
    let ExprKind::Text(text) = &other.kind else {
        return Ok(());
    };
    if matches!(kind, Kind::Time | Kind::Bool) || matches!(subject.kind, ExprKind::Text(_)) {
        return Ok(());
    }
    let shown = String::from_utf8_lossy(text);
    let error = |message: String| Err(QueryError::new(other.span.clone(), message));
    let is_equality = matches!(operator, Binary::Equal | Binary::Unequal);
    if is_equality && matches!(text.as_slice(), b"" | b"-") {
        let not = if operator == Binary::Equal {
            ""
        } else {
            "not "
        };
        let field = match &subject.kind {
            ExprKind::Field(name) => name.to_string(),
            _ => "FIELD".to_owned(),
        };
        return error(format!("\"{shown}\" stands for a missing value"))
            .map_err(|error| error.hint(format!("write: {not}missing({field})")));
    }
    if is_equality || Number::parse(text).is_some() {
        return Ok(());
    }
    if let Some(literal) = number_in(&shown) {
        return error(format!("\"{shown}\" in quotes is text, not a number"))
            .map_err(|error| error.hint(format!("write {literal} without quotes")));
    }
    if kind == Kind::Number {
        return error(format!("\"{shown}\" is text, but this is a number"))
            .map_err(|error| error.hint("compare it with a number, such as 100 or 10K"));
    }
    Ok(())
}

/// The number that a text in quotes was meant to be: a size, a duration, or digits in groups.
fn number_in(text: &str) -> Option<String> {
    let number = text.trim().replace([',', '_'], "");
    match lex(&number).ok()?.as_slice() {
        [token, _] => match token.kind {
            TokenKind::Number(_) | TokenKind::Duration(_) => Some(number),
            _ => None,
        },
        _ => None,
    }
}
