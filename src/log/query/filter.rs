//! Filters by the text of the line: `"text"`, `/regex/`, `10.0.0.0/8`, joined by and, or, not.

use std::ops::Range;
use std::sync::Arc;

use super::line_regex::LineRegex;
use crate::expr::error::QueryError;
use crate::expr::net::Net;
use crate::expr::syntax::Pattern;
use memchr::memmem::Finder;

/// A test of a line.
#[derive(Clone, Debug)]
pub enum Filter {
    /// The line contains these bytes.
    Text(Arc<Finder<'static>>),
    /// The regex matches somewhere in the line.
    Regex(LineRegex),
    /// The line contains an address of the network.
    Net(Net),
    /// The opposite.
    Not(Box<Filter>),
    /// All of them.
    And(Vec<Filter>),
    /// One of them.
    Or(Vec<Filter>),
}

impl Filter {
    /// A filter for lines that contain `text`.
    pub fn text(text: &[u8]) -> Filter {
        Filter::Text(Arc::new(Finder::new(text).into_owned()))
    }

    /// Whether the line passes.
    pub fn passes(&self, line: &[u8]) -> bool {
        match self {
            Filter::Text(finder) => finder.find(line).is_some(),
            Filter::Regex(regex) => regex.is_match(line),
            Filter::Net(net) => net.occurs_in(line),
            Filter::Not(inner) => !inner.passes(line),
            Filter::And(all) => all.iter().all(|filter| filter.passes(line)),
            Filter::Or(any) => any.iter().any(|filter| filter.passes(line)),
        }
    }

    /// The same filter, for which upper and lower case are equal.
    ///
    /// # Errors
    /// If the regex for that is too large.
    pub fn ignoring_case(&self) -> Result<Filter, QueryError> {
        let all = |filters: &[Filter]| {
            let filters = filters.iter().map(Filter::ignoring_case);
            filters.collect::<Result<Vec<_>, _>>()
        };
        Ok(match self {
            Filter::Text(finder) => match std::str::from_utf8(finder.needle()) {
                Ok(text) => Filter::Regex(without_case(&regex_syntax::escape(text))?),
                Err(_) => self.clone(),
            },
            Filter::Regex(regex) => Filter::Regex(without_case(regex.text())?),
            Filter::Net(_) => self.clone(),
            Filter::Not(inner) => Filter::Not(Box::new(inner.ignoring_case()?)),
            Filter::And(filters) => Filter::And(all(filters)?),
            Filter::Or(filters) => Filter::Or(all(filters)?),
        })
    }

    /// Appends where in a line the texts and regexes stand for which it passes; perhaps not in order, and overlapping.
    pub fn matches(&self, line: &[u8], out: &mut Vec<Range<usize>>) {
        match self {
            Filter::Text(finder) => {
                let length = finder.needle().len();
                out.extend(finder.find_iter(line).map(|at| at..at + length));
            }
            Filter::Regex(regex) => regex.matches(line, out),
            Filter::Net(_) | Filter::Not(_) => {}
            Filter::And(filters) | Filter::Or(filters) => {
                filters.iter().for_each(|filter| filter.matches(line, out));
            }
        }
    }

    /// The longest text that every passing line must contain, if one is known.
    pub fn required_text(&self) -> Option<&[u8]> {
        match self {
            Filter::Text(finder) => Some(finder.needle()).filter(|needle| !needle.is_empty()),
            Filter::And(all) => all
                .iter()
                .filter_map(Filter::required_text)
                .max_by_key(|text| text.len()),
            Filter::Regex(_) | Filter::Net(_) | Filter::Not(_) | Filter::Or(_) => None,
        }
    }

    /// A regex that every passing line must match, if one is known.
    pub fn required_regex(&self) -> Option<&LineRegex> {
        match self {
            Filter::Regex(regex) => Some(regex),
            Filter::And(all) => all.iter().find_map(Filter::required_regex),
            Filter::Text(_) | Filter::Net(_) | Filter::Not(_) | Filter::Or(_) => None,
        }
    }
}

fn without_case(text: &str) -> Result<LineRegex, QueryError> {
    LineRegex::new(&Pattern {
        text: format!("(?i){text}"),
        span: 0..0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_joined() {
        let filter = Filter::And(vec![
            Filter::text(b"GET"),
            Filter::Not(Box::new(Filter::text(b"robots"))),
        ]);
        assert!(filter.passes(b"GET /a"));
        assert!(!filter.passes(b"GET /robots.txt"));
        assert!(!filter.passes(b"POST /a"));
        assert_eq!(filter.required_text(), Some(&b"GET"[..]));
        assert_eq!(Filter::Or(vec![filter]).required_text(), None);
    }

    #[test]
    fn case_is_ignored_everywhere() {
        let filter = Filter::And(vec![
            Filter::text("É.".as_bytes()),
            Filter::Not(Box::new(Filter::Or(vec![
                Filter::text(b"x"),
                Filter::text(b"y"),
            ]))),
        ]);
        let filter = filter.ignoring_case().expect("a small regex");
        assert!(filter.passes("é. a".as_bytes()));
        assert!(!filter.passes("éa".as_bytes()));
        assert!(!filter.passes("É. X".as_bytes()));
        let bytes = Filter::text(b"\xff").ignoring_case().expect("a text");
        assert!(bytes.passes(b"a\xff"));
    }

    #[test]
    fn places_of_matches_are_those_of_what_must_be_there() {
        let regex = without_case("b+").expect("a regex");
        let filter = Filter::And(vec![
            Filter::Or(vec![Filter::text(b"a"), Filter::Regex(regex)]),
            Filter::Not(Box::new(Filter::text(b"c"))),
        ]);
        let mut found = Vec::new();
        filter.matches(b"abBxa", &mut found);
        assert_eq!(found, [0..1, 4..5, 1..3]);
    }
}
