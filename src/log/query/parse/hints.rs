//! What to write instead: errors of queries that are nearly right.

use std::ops::Range;

use super::habits;
use crate::expr::error::{QueryError, nearest};
use crate::expr::functions;
use crate::expr::syntax::{Binary, Expr, ExprKind, Unary};
use crate::expr::token::TokenKind;
use crate::log::aggregate;
use crate::log::query::filter::Filter;
use crate::log::query::syntax::{Item, STAGES};

/// What to write instead of a word that follows a complete stage.
pub(super) fn hint_at_word(word: &str, before: &str, after: &str) -> String {
    if let Some((spec, _)) = aggregate::find(before)
        && spec.needs_argument()
    {
        return format!("write {before}({word})");
    }
    if let Some(hint) = habits::after_stage(word, before, after) {
        return hint;
    }
    match word.to_lowercase().as_str() {
        word if STAGES.iter().any(|(stage, _)| *stage == word) => {
            format!("separate stages with |: … | {word} …")
        }
        _ => format!("put text in quotes: \"{word}\"; join conditions with and, or"),
    }
}

/// A word alone in its stage is a text to search for, unless it looks like a typing error.
pub(super) fn bare_word(word: &str, span: &Range<usize>) -> Result<Filter, QueryError> {
    let known = STAGES
        .iter()
        .map(|(stage, _)| *stage)
        .chain(aggregate::reserved_names())
        .chain(["group", "filter"]);
    // The words of the language are lower-case; in other words (GET, POST) only the case can be wrong.
    let is_lower = !word.contains(char::is_uppercase);
    let known =
        known.filter(|known| known.len() > 2 && (is_lower || known.eq_ignore_ascii_case(word)));
    match nearest(word, known) {
        Some(near) => Err(
            QueryError::new(span.clone(), format!("'{word}' is close to '{near}'")).hint(format!(
                "to search for the text, put it in quotes: \"{word}\""
            )),
        ),
        None => Ok(Filter::text(word.as_bytes())),
    }
}

/// The error for a stage that begins with no keyword and is neither a filter nor an aggregation; `stage` is all of it.
pub(super) fn not_an_aggregate(item: &Item, first: &TokenKind, stage: &str) -> QueryError {
    let span = item.expr.span.clone();
    match &item.expr.kind {
        ExprKind::Call(name, _) => {
            let error = QueryError::new(
                span.start..span.start + name.len(),
                format!("unknown aggregate '{name}'"),
            );
            match habits::aggregate(name).or_else(|| nearest(name, aggregate::names())) {
                Some(near) => error.hint(format!("did you mean {near}?")),
                None if functions::find(name).is_some() => {
                    error.hint(format!("{name} is a function: let NAME = {name}(…)"))
                }
                None if name == "timeslice" => error.hint("write a time bucket: count by 5m"),
                None => error.hint(format!(
                    "available: {}",
                    aggregate::names().collect::<Vec<_>>().join(" ")
                )),
            }
        }
        ExprKind::Binary(operator, ..) if operator.is_arithmetic() => {
            let word = stage.split_whitespace().next().unwrap_or_default();
            let rest = stage.get(word.len()..).unwrap_or_default();
            if let Some(hint) = habits::stage(word, rest, false) {
                return QueryError::new(span, "unknown stage").hint(hint);
            }
            if let Some(name) = &item.name {
                return QueryError::new(span, "expected an aggregate")
                    .hint(format!("to add a field, write: let {name} = {}", item.text));
            }
            QueryError::new(span, "expected an aggregate").hint(format!(
                "write: select {0}, or an aggregate such as max({0})",
                item.text
            ))
        }
        ExprKind::Binary(..) | ExprKind::In(..) | ExprKind::Matches(..) | ExprKind::InNet(..) => {
            let error = QueryError::new(span, "expected an aggregate, found a condition");
            match words_in_quotes(&item.expr) {
                Some(filter) => error.hint(format!("write: {filter}")),
                None => error.hint(format!("write: where {}", item.text)),
            }
        }
        _ => {
            let error = QueryError::new(span.clone(), "unknown stage or aggregate");
            let TokenKind::Word(word) = first else {
                let names: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
                return error.hint(format!(
                    "a stage begins with {}, an aggregate or a \"text\"",
                    names.join(", ")
                ));
            };
            let after = stage.get(word.len()..).unwrap_or_default();
            // The words of the language are lower-case.
            let is_lower = !word.contains(char::is_uppercase);
            let known = STAGES.iter().map(|(stage, _)| *stage);
            let known = known.chain(aggregate::names()).filter(|_| is_lower);
            let near = nearest(word, known);
            if let Some(hint) = habits::stage(word, after, near.is_some()) {
                return error.hint(hint);
            }
            if let Some(near) = near {
                return error.hint(format!("did you mean {near}?"));
            }
            if [" AND ", " OR ", " NOT "]
                .iter()
                .any(|word| stage.contains(word))
            {
                return error.hint("put texts in quotes, and join them with and, or, not");
            }
            if after.starts_with('.') {
                return error.hint("files are named after the query: jug log 'QUERY' FILE");
            }
            match stage.contains(['"', '\'']) {
                true => error.hint(format!(
                    "to search for the text, put it in quotes: \"{word}\""
                )),
                false => error.hint(format!(
                    "to search for the text, put it in quotes: \"{stage}\""
                )),
            }
        }
    }
}

/// A condition of words alone as a filter of texts: `"GET" or "POST"`.
fn words_in_quotes(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Field(name) => Some(format!("\"{}\"", name.as_key()?)),
        ExprKind::Text(text) => Some(format!("\"{}\"", std::str::from_utf8(text).ok()?)),
        ExprKind::Unary(Unary::Not, inner) => {
            let text = words_in_quotes(inner)?;
            Some(match &inner.kind {
                ExprKind::Binary(..) => format!("not ({text})"),
                _ => format!("not {text}"),
            })
        }
        ExprKind::Binary(operator @ (Binary::And | Binary::Or), left, right) => {
            let word = if *operator == Binary::And {
                "and"
            } else {
                "or"
            };
            let side = |side: &Expr| {
                let text = words_in_quotes(side)?;
                Some(match &side.kind {
                    ExprKind::Binary(inner, ..) if inner != operator => format!("({text})"),
                    _ => text,
                })
            };
            Some(format!("{} {word} {}", side(left)?, side(right)?))
        }
        _ => None,
    }
}
