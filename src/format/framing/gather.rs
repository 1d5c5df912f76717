//! Records of several lines that follow each other: those from one beginning to the next, and rows of a table with newlines in quotes.

use std::{fmt, mem};

use memchr::memchr;
use regex_automata::meta::Regex;

use super::{Framed, Framing};
use crate::format::app::StampStart;

/// Which lines belong together.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A record goes from a line that matches the regex, which was typed so, up to the next that does.
    From(Regex, String),
    /// A record begins with a line that has its time where the first line with a time has it, written in the same way.
    FromTime,
    /// A record goes on while a cell is open that began with a quote. Without a delimiter, any usual one is taken for it.
    Quotes(Option<u8>),
}

/// As it is typed.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::From(_, text) => f.write_str(text),
            Rule::FromTime => f.write_str("time"),
            Rule::Quotes(_) => f.write_str("csv"),
        }
    }
}

/// Puts lines together.
pub struct Gather {
    rule: Rule,
    /// The length in bytes above which a record is too long.
    longest: usize,
    /// Where times are, once a line has shown it.
    stamp: Option<StampStart>,
    /// Whether a quoted cell goes on.
    is_quoted: bool,
    pending: Vec<u8>,
    /// Where the record began that is not complete.
    begun: Option<u64>,
    is_long: bool,
}

impl Gather {
    /// Records of at most `longest` bytes.
    pub fn new(rule: Rule, longest: usize) -> Gather {
        Gather {
            rule,
            longest,
            stamp: None,
            is_quoted: false,
            pending: Vec::new(),
            begun: None,
            is_long: false,
        }
    }

    /// Where the record began that is not complete.
    pub(super) fn begun(&self) -> Option<u64> {
        self.begun
    }

    fn begins_record(&mut self, line: &[u8]) -> bool {
        match &self.rule {
            Rule::From(regex, _) => regex.is_match(line),
            Rule::FromTime => {
                if self.stamp.is_none() {
                    self.stamp = StampStart::of(line);
                }
                self.stamp.is_some_and(|stamp| stamp.begins(line))
            }
            Rule::Quotes(_) => true,
        }
    }

    fn append(&mut self, line: &[u8], offset: u64) {
        if self.begun.is_some() {
            self.pending.push(b'\n');
        }
        self.begun.get_or_insert(offset);
        self.is_long |= self.pending.len() + line.len() > self.longest;
        if self.is_long {
            self.pending.clear();
        } else {
            self.pending.extend_from_slice(line);
        }
    }

    fn flush(&mut self, out: &mut Framed) {
        let Some(begun) = self.begun.take() else {
            return;
        };
        match mem::take(&mut self.is_long) {
            true => out.long_record(begun),
            // Blank lines between records belong to none of them.
            false => out.record(&[without_blank_lines(&self.pending)], begun),
        }
        self.pending.clear();
    }
}

impl Framing for Gather {
    fn line(&mut self, line: &[u8], offset: u64, out: &mut Framed) {
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        if !self.is_quoted && self.begins_record(text) {
            self.flush(out);
        }
        self.append(line, offset);
        if let Rule::Quotes(delimiter) = self.rule {
            self.is_quoted = goes_on(text, self.is_quoted, delimiter);
            if !self.is_quoted {
                self.flush(out);
            }
        }
    }

    fn long_line(&mut self, offset: u64, out: &mut Framed) {
        self.begun.get_or_insert(offset);
        self.is_long = true;
        self.pending.clear();
        if let Rule::Quotes(_) = self.rule {
            // Whether it closed its quotes is unknown.
            self.is_quoted = false;
            self.flush(out);
        }
    }

    fn end(&mut self, out: &mut Framed) {
        self.is_quoted = false;
        self.flush(out);
    }
}

/// A text without the blank lines at its end.
fn without_blank_lines(mut text: &[u8]) -> &[u8] {
    while let Some(before) = text.strip_suffix(b"\n") {
        text = before.strip_suffix(b"\r").unwrap_or(before);
    }
    text
}

/// Whether a quoted cell goes on after a line, which may begin in one.
fn goes_on(line: &[u8], mut is_quoted: bool, delimiter: Option<u8>) -> bool {
    let (mut rest, mut is_begin) = (line, !is_quoted);
    loop {
        if is_quoted {
            match memchr(b'"', rest) {
                None => return true,
                Some(quote) if rest.get(quote + 1) == Some(&b'"') => rest = &rest[quote + 2..],
                Some(quote) => (rest, is_quoted, is_begin) = (&rest[quote + 1..], false, false),
            }
        } else if is_begin && rest.first() == Some(&b'"') {
            (rest, is_quoted) = (&rest[1..], true);
        } else {
            let next = match delimiter {
                Some(delimiter) => memchr(delimiter, rest),
                None => rest
                    .iter()
                    .position(|byte| matches!(byte, b',' | b';' | b'|' | b'\t')),
            };
            match next {
                None => return false,
                Some(next) => (rest, is_begin) = (&rest[next + 1..], true),
            }
        }
    }
}
