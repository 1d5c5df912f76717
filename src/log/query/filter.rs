//! Filters by the text of the line: `"text"`, `/regex/`, `10.0.0.0/8`, joined by and, or, not.

use std::sync::Arc;

use super::line_regex::LineRegex;
use crate::expr::net::Net;
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
}
