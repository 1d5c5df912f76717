//! What to write instead: errors of queries that are nearly right.

use std::ops::Range;

use crate::expr::error::{QueryError, nearest};
use crate::expr::syntax::ExprKind;
use crate::expr::token::TokenKind;
use crate::log::aggregate;
use crate::log::query::filter::Filter;
use crate::log::query::syntax::{Item, STAGES};

/// What to write instead of a word that follows a complete stage.
pub(super) fn hint_at_word(word: &str, before: &str) -> String {
    if let Some((spec, _)) = aggregate::find(before)
        && spec.needs_argument()
    {
        return format!("write {before}({word})");
    }
    match word.to_lowercase().as_str() {
        "like" => "write contains \"text\", or =~ /regex/".to_owned(),
        "is" => "use missing(FIELD) to test for an absent value".to_owned(),
        "group" => "write: count by FIELD".to_owned(),
        "order" => "separate stages with |: … | sort -count".to_owned(),
        "limit" => "separate stages with |: … | head 10".to_owned(),
        "having" => "separate stages with |: … | where count > 10".to_owned(),
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
        .chain(["parse", "group", "filter"]);
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

/// The error for a stage that begins with no keyword and is neither a filter nor an aggregation.
pub(super) fn not_an_aggregate(item: &Item, first: &TokenKind) -> QueryError {
    let span = item.expr.span.clone();
    match &item.expr.kind {
        ExprKind::Call(name, _) => {
            let error = QueryError::new(
                span.start..span.start + name.len(),
                format!("unknown aggregate '{name}'"),
            );
            match nearest(name, aggregate::names()) {
                Some(near) => error.hint(format!("did you mean {near}?")),
                None => error.hint(format!(
                    "available: {}",
                    aggregate::names().collect::<Vec<_>>().join(" ")
                )),
            }
        }
        ExprKind::Binary(operator, ..) if operator.is_arithmetic() => {
            QueryError::new(span, "expected an aggregate").hint(format!(
                "write: select {0}, or an aggregate such as max({0})",
                item.text
            ))
        }
        ExprKind::Binary(..) | ExprKind::In(..) | ExprKind::Matches(..) | ExprKind::InNet(..) => {
            QueryError::new(span, "expected an aggregate, found a condition")
                .hint(format!("write: where {}", item.text))
        }
        _ => {
            let error = QueryError::new(span, "unknown stage or aggregate");
            match first {
                TokenKind::Word(word) if word.eq_ignore_ascii_case("group") => {
                    error.hint("write: count by FIELD")
                }
                TokenKind::Word(word) => match nearest(
                    word,
                    STAGES
                        .iter()
                        .map(|(stage, _)| *stage)
                        .chain(aggregate::names()),
                ) {
                    Some(near) => error.hint(format!("did you mean {near}?")),
                    None => error.hint(format!(
                        "to search for the text, put it in quotes: \"{word}\""
                    )),
                },
                _ => {
                    let names: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
                    error.hint(format!(
                        "a stage begins with {}, an aggregate or a \"text\"",
                        names.join(", ")
                    ))
                }
            }
        }
    }
}
