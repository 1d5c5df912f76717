//! An error in a text somebody typed: where, what, and what to write instead.

use std::fmt::Write as _;
use std::ops::Range;

/// A place in the text, in bytes.
pub type Span = Range<usize>;

/// What is wrong with a query or an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// Where.
    pub span: Span,
    /// What, without the place.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl QueryError {
    /// An error at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> QueryError {
        QueryError {
            span,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to write instead.
    pub fn hint(mut self, hint: impl Into<String>) -> QueryError {
        self.hint = Some(hint.into());
        self
    }

    /// The message, then the line of `text` it is about with carets under the place; the message alone if there is no text.
    pub fn render(&self, text: &str) -> String {
        if text.trim().is_empty() {
            return self.message.clone();
        }
        let start = self.span.start.min(text.len());
        let end = self.span.end.clamp(start, text.len());
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..]
            .find('\n')
            .map_or(text.len(), |newline| start + newline);
        let line = text[line_start..line_end].replace('\t', " ");
        let before = text[line_start..start].chars().count();
        let marked = text[start..end.min(line_end)].chars().count().max(1);
        let mut out = String::new();
        let _ = write!(
            out,
            "{}\n  {line}\n  {}{}",
            self.message,
            " ".repeat(before),
            "^".repeat(marked)
        );
        out
    }
}

/// The candidate that `word` was most likely meant to be: at most a third of its letters differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *candidate != word)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=left.len() {
        for j in 1..=right.len() {
            let replace = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_mark_the_place() {
        let error = QueryError::new(6..12, "unknown field 'statsu'");
        assert_eq!(
            error.render("where statsu > 1"),
            "unknown field 'statsu'\n  where statsu > 1\n        ^^^^^^"
        );
        assert_eq!(
            QueryError::new(3..3, "more expected").render("sum"),
            "more expected\n  sum\n     ^"
        );
        assert_eq!(
            QueryError::new(0..0, "nothing here").render(" "),
            "nothing here"
        );
        assert_eq!(
            QueryError::new(4..5, "here").render("a |\nb"),
            "here\n  b\n  ^"
        );
        assert_eq!(
            QueryError::new(2..3, "here").render("ä x"),
            "here\n  ä x\n   ^"
        );
    }

    #[test]
    fn near_words_are_suggested() {
        let words = ["status", "bytes", "path", "p99", "count"];
        assert_eq!(nearest("statsu", words), Some("status"));
        assert_eq!(nearest("Count", words), Some("count"));
        assert_eq!(nearest("byte", words), Some("bytes"));
        assert_eq!(nearest("frobnicate", words), None);
        assert_eq!(nearest("path", words), None);
    }
}
