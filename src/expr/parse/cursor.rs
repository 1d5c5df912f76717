//! A cursor over tokens, and the errors for unexpected tokens.

use crate::expr::error::{QueryError, Span};
use crate::expr::lex::lex;
use crate::expr::token::{Token, TokenKind};

/// Words that are part of the grammar and never a field's plain name.
pub const RESERVED: [&str; 13] = [
    "and", "or", "not", "in", "contains", "by", "as", "where", "let", "sort", "top", "head", "tail",
];

/// How deep parentheses and operators may nest: far more than anybody types, far less than the stack holds.
const MAX_DEPTH: usize = 100;
/// A cursor over tokens; the query's parser uses it too.
#[derive(Debug)]
pub struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    /// A parser at the beginning of `text`.
    ///
    /// # Errors
    /// Where the text cannot be cut into tokens.
    pub fn new(text: &str) -> Result<Parser, QueryError> {
        Ok(Parser {
            tokens: lex(text)?,
            at: 0,
            depth: 0,
        })
    }

    /// The token that comes next.
    pub fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    /// The token `ahead` places after the next; the last one for ever after.
    pub fn peek_at(&self, ahead: usize) -> &Token {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    /// Takes the next token; the last one is never used up.
    pub fn take(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Whether the token that was taken last is a number.
    pub fn follows_number(&self) -> bool {
        let last = self.at.checked_sub(1);
        last.is_some_and(|last| matches!(self.tokens[last].kind, TokenKind::Number(_)))
    }

    /// Where the token that was taken last ends.
    pub fn end_of_last(&self) -> usize {
        self.at
            .checked_sub(1)
            .map_or(0, |last| self.tokens[last].span.end)
    }

    /// Whether the next token is this symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        matches!(&self.peek().kind, TokenKind::Symbol(found) if *found == symbol)
    }

    /// Whether the next token is this word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.peek().kind, TokenKind::Word(found) if found == word)
    }

    /// Takes the symbol if it comes next.
    pub fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.take();
        }
        found
    }

    /// Takes the word if it comes next.
    pub fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.take();
        }
        found
    }

    /// Takes a symbol that must come next.
    ///
    /// # Errors
    /// If something else does.
    pub fn expect_symbol(&mut self, symbol: &str) -> Result<Span, QueryError> {
        if self.is_symbol(symbol) {
            Ok(self.take().span)
        } else {
            Err(self.unexpected(&format!("'{symbol}'")))
        }
    }

    /// Takes a name that is not part of the grammar.
    ///
    /// # Errors
    /// If something else comes.
    pub fn expect_name(&mut self, what: &str) -> Result<(String, Span), QueryError> {
        match &self.peek().kind {
            TokenKind::Word(word) if !RESERVED.contains(&word.as_str()) => {
                let word = word.clone();
                Ok((word, self.take().span))
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// An error about the next token, which is not `wanted`.
    pub fn unexpected(&self, wanted: &str) -> QueryError {
        let found = self.peek();
        match &found.kind {
            TokenKind::End => QueryError::new(
                found.span.clone(),
                format!("expected {wanted}, but the query ends here"),
            ),
            TokenKind::Symbol("=") => {
                QueryError::new(found.span.clone(), "a single = does not compare")
                    .hint("use == to compare, or: let NAME = EXPR")
            }
            TokenKind::Symbol("&&") => QueryError::new(found.span.clone(), "&& is written: and"),
            TokenKind::Symbol("||") => QueryError::new(found.span.clone(), "|| is written: or"),
            TokenKind::Symbol("!") => QueryError::new(found.span.clone(), "! is written: not"),
            _ => QueryError::new(found.span.clone(), format!("expected {wanted}")),
        }
    }

    /// Goes one level down. Every recursion calls this, so that no text can overflow the stack.
    ///
    /// # Errors
    /// If that is too deep.
    pub fn enter(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.peek().span.clone();
            return Err(QueryError::new(span, "this is nested too deeply"));
        }
        Ok(())
    }

    /// Goes up again.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }
}
