//! Text to tokens.
//!
//! Two things depend on what stands before: a `/` begins a regex where a value may begin and divides where one has just
//! ended; and digits with dots are an address or network where they have its shape.

use std::time::Duration;

use super::duration::{self, unit_seconds};
use super::error::QueryError;
use super::net::Net;
use super::token::{Literal, Token, TokenKind};
use crate::record::{FieldName, Number};

/// Longest first, so that `==` is not read as two `=`.
const SYMBOLS: [&str; 24] = [
    "==", "!=", "<=", ">=", "=~", "!~", "&&", "||", "|", ",", "(", ")", "[", "]", ".", "<", ">",
    "+", "-", "*", "/", "=", "!", "%",
];

/// Operators of other languages, and the hint for each. No valid token begins with one of them.
const FOREIGN: [(&str, &str); 8] = [
    (":=", "="),
    ("===", "=="),
    ("!==", "!="),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("~=", "=~"),
    ("~", "=~"),
];

/// All tokens of `text`, the last one [`TokenKind::End`].
///
/// # Errors
/// At the first character that begins no token, and at quotes and regexes that do not end.
pub fn lex(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::new(),
    };
    while lexer.skip_blanks() {
        let start = lexer.at;
        let kind = lexer.token()?;
        lexer.tokens.push(Token {
            kind,
            span: start..lexer.at,
        });
    }
    lexer.tokens.push(Token {
        kind: TokenKind::End,
        span: text.len()..text.len(),
    });
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) -> bool {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.at < self.text.len()
    }

    fn token(&mut self) -> Result<TokenKind, QueryError> {
        let first = self
            .rest()
            .chars()
            .next()
            .expect("called only before the end of the text");
        match first {
            '"' | '\'' => self.quoted(first),
            '/' if !self.after_value() => self.regex(),
            '$' => self.nth(),
            _ => {
                if !self.after_value()
                    && let Some(net) = self.net()?
                {
                    return Ok(net);
                }
                match first {
                    '0'..='9' => self.number(),
                    '.' if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit())
                        && !self.after_value() =>
                    {
                        self.number()
                    }
                    _ if is_word_start(first) => Ok(self.word()),
                    _ => self.symbol(first),
                }
            }
        }
    }

    /// Whether the last token ended a value, so that `/` divides. Words that are operators end none.
    fn after_value(&self) -> bool {
        if let [.., before, last] = self.tokens.as_slice()
            && before.is_word("parse")
            && last.is_word("re")
        {
            return false;
        }
        match self.tokens.last().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => !matches!(
                word.as_str(),
                "and" | "or" | "not" | "in" | "contains" | "where" | "by"
            ),
            Some(TokenKind::Symbol(symbol)) => matches!(*symbol, ")" | "]"),
            None | Some(TokenKind::End) => false,
            Some(_) => true,
        }
    }

    fn symbol(&mut self, first: char) -> Result<TokenKind, QueryError> {
        let foreign = FOREIGN
            .iter()
            .find(|(foreign, _)| self.rest().starts_with(foreign));
        if let Some((foreign, ours)) = foreign {
            let span = self.at..self.at + foreign.len();
            return Err(QueryError::new(
                span,
                format!("{foreign} is written: {ours}"),
            ));
        }
        let Some(symbol) = SYMBOLS
            .iter()
            .find(|symbol| self.rest().starts_with(**symbol))
        else {
            let span = self.at..self.at + first.len_utf8();
            return Err(QueryError::new(
                span,
                format!("unexpected character '{}'", first.escape_debug()),
            )
            .hint(match (first, self.tokens.last().map(|token| &token.kind)) {
                (':', Some(TokenKind::Text(key))) => format!(
                    "write: where {} == \"TEXT\"",
                    FieldName::key(&String::from_utf8_lossy(key))
                ),
                _ => "put text in quotes: \"…\"".to_owned(),
            }));
        };
        self.at += symbol.len();
        Ok(TokenKind::Symbol(symbol))
    }

    fn word(&mut self) -> TokenKind {
        let rest = self.rest();
        let mut end = rest
            .find(|letter: char| !is_word_part(letter))
            .unwrap_or(rest.len());
        // `p99.9` is one word; elsewhere a dot steps into a nested field.
        let is_quantile = rest[..end]
            .strip_prefix('p')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
        if is_quantile && let Some(fraction) = rest[end..].strip_prefix('.') {
            end += match fraction.bytes().take_while(u8::is_ascii_digit).count() {
                0 => 0,
                digits => digits + 1,
            };
        }
        let word = rest[..end].to_owned();
        self.at += end;
        TokenKind::Word(word)
    }

    fn quoted(&mut self, quote: char) -> Result<TokenKind, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let Some(next) = self.rest().chars().next() else {
                return Err(QueryError::new(
                    start..self.text.len(),
                    "this quote does not end",
                ));
            };
            self.at += next.len_utf8();
            match next {
                _ if next == quote => return Ok(TokenKind::Text(text)),
                '\\' => self.escape(&mut text)?,
                _ => text.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    /// `\n \t \r \0 \\ \" \' \xHH`; a backslash before anything else stands for itself, as in `'\d'`.
    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), QueryError> {
        let start = self.at - 1;
        let next = self
            .rest()
            .chars()
            .next()
            .ok_or_else(|| QueryError::new(start..self.at, "this quote does not end"))?;
        self.at += next.len_utf8();
        let byte = match next {
            'n' => b'\n',
            't' => b'\t',
            'r' => b'\r',
            '0' => 0,
            '\\' | '"' | '\'' => next as u8,
            'x' => {
                let digits = self
                    .rest()
                    .get(..2)
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let byte = digits.ok_or_else(|| {
                    QueryError::new(start..self.at, "\\x needs two hexadecimal digits")
                })?;
                self.at += 2;
                byte
            }
            other => {
                text.push(b'\\');
                text.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
        };
        text.push(byte);
        Ok(())
    }

    /// A regex ends at the first `/` that stands before a blank, `)`, `|`, `,` or the end, so paths need no escapes. An `i` may
    /// stand between: the case then does not matter.
    fn regex(&mut self) -> Result<TokenKind, QueryError> {
        let body = &self.text[self.at + 1..];
        let mut escaped = false;
        for (position, letter) in body.char_indices() {
            if letter == '/' && !escaped {
                let ends = |after: &str| {
                    let after = after.chars().next();
                    after.is_none_or(|after| {
                        after.is_whitespace() || matches!(after, ')' | '|' | ',')
                    })
                };
                let (regex, after) = (&body[..position], &body[position + 1..]);
                if ends(after) {
                    self.at += position + 2;
                    return Ok(TokenKind::Regex(regex.to_owned()));
                }
                if after.strip_prefix('i').is_some_and(ends) {
                    self.at += position + 3;
                    return Ok(TokenKind::Regex(format!("(?i){regex}")));
                }
            }
            escaped = letter == '\\' && !escaped;
        }
        Err(
            QueryError::new(self.at..self.text.len(), "this regex does not end")
                .hint("end it with a / followed by a space, ) or |"),
        )
    }

    fn nth(&mut self) -> Result<TokenKind, QueryError> {
        let start = self.at;
        let rest = &self.text[start + 1..];
        if rest.starts_with("NF") && !rest[2..].starts_with(is_word_part) {
            self.at += 3;
            return Ok(TokenKind::Last(0));
        }
        if let Some(inside) = rest.strip_prefix('(') {
            return self.before_last(start, inside);
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += 1 + digits;
        match rest[..digits].parse() {
            Ok(0) => {
                Err(QueryError::new(start..self.at, "$0 is the whole line")
                    .hint("its name is: line"))
            }
            Ok(number) => Ok(TokenKind::Nth(number)),
            Err(_) => Err(
                QueryError::new(start..self.at, "expected a number or NF after $")
                    .hint("in a shell, put the query in single quotes"),
            ),
        }
    }

    /// `$(NF-N)`; `inside` is what follows the parenthesis.
    fn before_last(&mut self, start: usize, inside: &str) -> Result<TokenKind, QueryError> {
        let (inside, end) = match inside.find(')') {
            Some(length) => (&inside[..length], start + 2 + length + 1),
            None => ("", self.text.len()),
        };
        let before = inside.trim().strip_prefix("NF").and_then(|rest| {
            let digits = rest.trim_start().strip_prefix('-')?;
            digits.trim_start().parse().ok()
        });
        self.at = end;
        match before {
            Some(before) => Ok(TokenKind::Last(before)),
            None => Err(QueryError::new(start..end, "expected $(NF-N)")
                .hint("for example $(NF-1), the last word but one")),
        }
    }

    /// An address or network where the text has its shape: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`.
    fn net(&mut self) -> Result<Option<TokenKind>, QueryError> {
        let rest = self.rest();
        // All of the longest network, and one more to see that it ends: longer runs need not be looked at again and again.
        let end = rest
            .bytes()
            .take("2001:0db8:0000:0000:0000:0000:255.255.255.255/128".len() + 1)
            .take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'/'))
            .count();
        let candidate = rest[..end].trim_end_matches('/');
        let is_shaped = candidate.matches('.').count() == 3
            || candidate.contains("::")
            || candidate.matches(':').count() == 7;
        if !is_shaped || rest[end..].starts_with(is_word_part) {
            return Ok(None);
        }
        let span = self.at..self.at + candidate.len();
        match Net::parse(candidate.as_bytes()) {
            Some(net) => {
                self.at = span.end;
                Ok(Some(TokenKind::Net(net)))
            }
            // What begins with a letter may be a path: a.b.c.d.
            None if candidate.starts_with(|first: char| first.is_ascii_digit()) => {
                Err(QueryError::new(span, "not an IP address or network").hint(
                    "write an address, as 10.0.0.1 or 2001:db8::1, or a network, as 10.0.0.0/8",
                ))
            }
            None => Ok(None),
        }
    }

    fn number(&mut self) -> Result<TokenKind, QueryError> {
        let start = self.at;
        let rest = self.rest();
        let digits = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
            .count();
        let mut end = digits;
        // An exponent only where digits follow, so that `1e` is refused below and `2end` is not half read.
        if let Some(exponent) = rest[end..].strip_prefix(['e', 'E']) {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let length = unsigned.bytes().take_while(u8::is_ascii_digit).count();
            if length > 0 {
                end = rest.len() - unsigned.len() + length;
            }
        }
        let unit_length = rest[end..]
            .find(|c: char| !is_word_part(c))
            .unwrap_or(rest.len() - end);
        let unit = &rest[end..end + unit_length];
        // A duration of several units, such as 1m0.5s.
        let whole = rest
            .find(|c: char| !is_word_part(c) && c != '.')
            .unwrap_or(rest.len());
        let span = start..start + end + unit_length;
        let plain = rest[..end].replace('_', "");
        let number = Number::parse(plain.as_bytes())
            .ok_or_else(|| QueryError::new(span.clone(), "not a number"))?;
        let kind = match unit {
            "" => TokenKind::Number(Literal(number)),
            _ => {
                if let Some(seconds) = unit_seconds(unit) {
                    let seconds = number.to_f64() * seconds;
                    let duration = Duration::try_from_secs_f64(seconds)
                        .map_err(|_| QueryError::new(span.clone(), "this time is too long"))?;
                    TokenKind::Duration(duration)
                } else if let Some(duration) = duration::parse(&rest[..whole]) {
                    self.at = start + whole;
                    return Ok(TokenKind::Duration(duration));
                } else if let Some(size) =
                    size_unit(unit).and_then(|bytes| number.checked_mul(Number::from(bytes)))
                {
                    TokenKind::Number(Literal(size))
                } else if unit.starts_with('T')
                    && unit[1..].starts_with(|c: char| c.is_ascii_digit())
                {
                    return Err(QueryError::new(span, "this looks like a time")
                        .hint("times go in quotes: time > \"2026-03-15T12:00:00Z\""));
                } else {
                    return Err(QueryError::new(span, format!("unknown unit '{unit}'"))
                        .hint("times: ms s m h d w, as in 90s or 1h30m; sizes: K M G T (1024), KB MB GB TB (1000)"));
                }
            }
        };
        self.at = span.end;
        Ok(kind)
    }
}

/// Bytes in a unit of size: `K` and `k` are 1024, `KB` and `kB` 1000.
fn size_unit(unit: &str) -> Option<u64> {
    Some(match unit {
        "K" | "k" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        "T" | "TiB" => 1 << 40,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    })
}

fn is_word_start(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_' || letter == '@'
}

fn is_word_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '@'
}

#[cfg(test)]
mod tests;
