//! The tokens of queries and expressions.

use std::time::Duration;

use super::error::Span;
use super::net::Net;
use crate::record::Number;

/// A token and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Its kind, with its value.
    pub kind: TokenKind,
    /// Its place in the text, in bytes.
    pub span: Span,
}

impl Token {
    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(found) if found == word)
    }
}

/// The kind of a token.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// A name or keyword: `status`, `p99.9`, `where`.
    Word(String),
    /// `"text"` or `'text'`, without its escapes.
    Text(Vec<u8>),
    /// `500`, `1.5`, `10M`.
    Number(Literal),
    /// `250ms`, `5m`, `1d`.
    Duration(Duration),
    /// `/regex/`, without its slashes.
    Regex(String),
    /// `10.0.0.0/8`, `::1`.
    Net(Net),
    /// `$7`.
    Nth(usize),
    /// `$NF`, and `$(NF-N)` that many before it.
    Last(usize),
    /// `|`, `==`, `(` and the like.
    Symbol(&'static str),
    /// After the last token.
    End,
}

/// A number literal. Compared as the text it was typed as, since [`Number`] has several orders.
#[derive(Clone, Copy, Debug)]
pub struct Literal(pub Number);

impl PartialEq for Literal {
    fn eq(&self, other: &Literal) -> bool {
        self.0.total_cmp(other.0).is_eq()
    }
}
