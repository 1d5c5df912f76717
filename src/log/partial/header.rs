//! What is known of a partial result besides its groups, as text: lines of words. The form never changes; a new version has
//! another number in its first line.
//!
//! ```text
//! jug partial 1
//! meaning 1
//! query count\x20by\x20status
//! setting strict
//! zone Europe/Berlin
//! now 2026-03-15T10:00:00Z
//! column count 1 1
//! lines 1200 2 1190 0
//! untimed 1 0 77
//! bad 0 8812 the\x20JSON\x20ends\x20early
//! part - whole - -
//! label host web1
//! read file 0 120000 66305 131 1800000000000000000 64:<hash>,512:<hash> access.log
//! groups
//! ```
//!
//! Zone and now are there only if the answer depends on them. A partial result that was merged has several parts.

use std::fmt::Write as _;

use super::ranges::Range;
use crate::expr::lex::lex;
use crate::log::account::{Account, BadLine};
use crate::log::plan::Grouping;
use crate::record::Timestamp;
use crate::record::escaped::{escape, unescape};

/// The first line, up to the version.
const MAGIC: &str = "jug partial ";
/// The version that is written.
const FORMAT: u32 = 1;
/// The last line.
const END: &[u8] = b"\ngroups\n";

/// What is known of a partial result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The question.
    pub question: Question,
    /// Counts of lines. Bad lines are numbered by the ranges of all parts, one after the other.
    pub account: Account,
    /// What it was made of.
    pub parts: Vec<Part>,
}

/// What was asked: equal in all that is merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// See [`VERSION`](super::VERSION).
    pub meaning: u16,
    /// The query as it was typed.
    pub query: String,
    /// Options that change the answer, with their values.
    pub settings: Vec<(String, String)>,
    /// The zone of its days, if it has any.
    pub zone: Option<String>,
    /// What "now" is in it, if that matters.
    pub now: Option<String>,
    /// The states of each group: the name of the aggregate, its number, and the version of its encoding.
    pub columns: Vec<(String, u8, u8)>,
}

/// The result of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What identifies it; none in the run's own partial result, of which it is the hash.
    pub source: Option<String>,
    /// Whether something could not be read.
    pub is_incomplete: bool,
    /// The times between which lines were kept, if they were selected.
    pub window: (Option<Timestamp>, Option<Timestamp>),
    /// Labels that the run was given.
    pub labels: Vec<(String, String)>,
    /// What was read.
    pub ranges: Vec<Range>,
}

/// Why a header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A later version of jug wrote it.
    #[error("written by a newer version of jug")]
    Newer,
    /// It is not what was written.
    #[error("damaged")]
    Damaged,
}

/// A query without what its spelling leaves open: blanks between words.
pub fn canonical(query: &str) -> String {
    let Ok(tokens) = lex(query) else {
        return query.to_owned();
    };
    let words: Vec<&str> = tokens
        .iter()
        .map(|token| &query[token.span.clone()])
        .collect();
    words.join(" ").trim_end().to_owned()
}

impl Question {
    /// The states of a grouping.
    pub fn columns_of(grouping: &Grouping) -> Vec<(String, u8, u8)> {
        let families = grouping.states.iter().map(|state| state.family);
        families
            .map(|family| (family.name.to_owned(), family.id, family.version))
            .collect()
    }

    /// The query without what its spelling leaves open: blanks between words.
    pub fn canonical(&self) -> String {
        canonical(&self.query)
    }

    /// The lines that two partial results to be merged have in common. The encoding of states may be newer in one of them.
    fn lines(&self, query: &str) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "meaning {}", self.meaning);
        let _ = writeln!(text, "query {}", escape(query.as_bytes()));
        for (name, value) in &self.settings {
            let value = escape(value.as_bytes());
            let _ = writeln!(text, "setting {name} {value}");
        }
        for (name, value) in [("zone", &self.zone), ("now", &self.now)] {
            if let Some(value) = value {
                let _ = writeln!(text, "{name} {}", escape(value.as_bytes()));
            }
        }
        text
    }

    /// A short name for it: 16 hexadecimal digits.
    pub fn name(&self) -> String {
        let hash = blake3::hash(self.lines(&self.canonical()).as_bytes());
        hash.to_hex()[..16].to_owned()
    }
}

impl Part {
    /// Whether two of them can have lines in common.
    pub fn overlaps(&self, other: &Part) -> bool {
        let is_before = |one: &Part, other: &Part| match (one.window.1, other.window.0) {
            (Some(until), Some(since)) => until <= since,
            _ => false,
        };
        let are_apart = is_before(self, other) || is_before(other, self);
        let mut ranges = self.ranges.iter();
        !are_apart && ranges.any(|range| other.ranges.iter().any(|theirs| range.overlaps(theirs)))
    }

    /// Its label of this name.
    pub fn label(&self, name: &str) -> Option<&str> {
        let found = self.labels.iter().find(|label| label.0 == name);
        found.map(|label| label.1.as_str())
    }
}

impl Header {
    /// Its text, up to where the run of groups begins.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = format!("{MAGIC}{FORMAT}\n");
        text.push_str(&self.question.lines(&self.question.query));
        for (name, id, version) in &self.question.columns {
            let _ = writeln!(text, "column {name} {id} {version}");
        }
        let Account {
            judged,
            bad,
            kept,
            blank,
            ..
        } = self.account;
        let _ = writeln!(text, "lines {judged} {bad} {kept} {blank}");
        if let Some((input, offset)) = self.account.first_untimed {
            let _ = writeln!(text, "untimed {} {input} {offset}", self.account.untimed);
        }
        for line in &self.account.shown {
            let reason = escape(line.reason.as_bytes());
            let _ = writeln!(text, "bad {} {} {reason}", line.input, line.offset);
        }
        for part in &self.parts {
            let source = part.source.as_deref().unwrap_or("-");
            let state = if part.is_incomplete {
                "incomplete"
            } else {
                "whole"
            };
            let time =
                |time: Option<Timestamp>| time.map_or("-".to_owned(), |time| time.to_string());
            let (since, until) = (time(part.window.0), time(part.window.1));
            let _ = writeln!(text, "part {source} {state} {since} {until}");
            for (name, value) in &part.labels {
                let value = escape(value.as_bytes());
                let _ = writeln!(text, "label {} {value}", escape(name.as_bytes()));
            }
            for range in &part.ranges {
                let _ = writeln!(text, "read {}", range.words());
            }
        }
        text.push_str("groups\n");
        text.into_bytes()
    }

    /// The length of the header at the beginning of some bytes, if all of it is there.
    pub fn length(bytes: &[u8]) -> Option<usize> {
        let end = memchr::memmem::find(bytes, END)?;
        Some(end + END.len())
    }

    /// Reads what [`Header::encode`] wrote.
    ///
    /// # Errors
    /// If it is something else.
    pub fn decode(text: &[u8]) -> Result<Header, Unreadable> {
        let text = std::str::from_utf8(text).map_err(|_| Unreadable::Damaged)?;
        let mut lines = text.lines();
        let first = lines.next().and_then(|line| line.strip_prefix(MAGIC));
        let version: u32 = first
            .and_then(|version| version.parse().ok())
            .ok_or(Unreadable::Damaged)?;
        if version > FORMAT {
            return Err(Unreadable::Newer);
        }
        let mut header = Header::default();
        for line in lines.take_while(|line| *line != "groups") {
            header.line(line).ok_or(Unreadable::Damaged)?;
        }
        Ok(header)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let text = |word: &str| String::from_utf8(unescape(word)?).ok();
        let question = &mut self.question;
        match words.next()? {
            "meaning" => question.meaning = words.next()?.parse().ok()?,
            "query" => question.query = text(words.next()?)?,
            "setting" => {
                let name = words.next()?.to_owned();
                question.settings.push((name, text(words.next()?)?));
            }
            "zone" => question.zone = Some(text(words.next()?)?),
            "now" => question.now = Some(text(words.next()?)?),
            "column" => {
                let name = words.next()?.to_owned();
                let (id, version) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                question.columns.push((name, id, version));
            }
            "lines" => {
                for count in [
                    &mut self.account.judged,
                    &mut self.account.bad,
                    &mut self.account.kept,
                    &mut self.account.blank,
                ] {
                    *count = words
                        .next()?
                        .parse()
                        .ok()
                        .filter(|count| *count < 1 << 62)?;
                }
            }
            "untimed" => {
                let count: u64 = words.next()?.parse().ok()?;
                self.account.untimed = Some(count).filter(|count| *count < 1 << 62)?;
                let place = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                self.account.first_untimed = Some(place);
            }
            "bad" => self.account.shown.push(BadLine {
                input: words.next()?.parse().ok()?,
                offset: words.next()?.parse().ok()?,
                reason: text(words.next()?)?,
            }),
            "part" => {
                let source = Some(words.next()?).filter(|source| *source != "-");
                let is_incomplete = match words.next()? {
                    "whole" => false,
                    "incomplete" => true,
                    _ => return None,
                };
                let mut time = || match words.next()? {
                    "-" => Some(None),
                    time => Timestamp::parse(time.as_bytes(), &jiff::tz::TimeZone::UTC).map(Some),
                };
                let window = (time()?, time()?);
                self.parts.push(Part {
                    source: source.map(str::to_owned),
                    is_incomplete,
                    window,
                    ..Part::default()
                });
            }
            "label" => {
                let name = text(words.next()?)?;
                let label = (name, text(words.next()?)?);
                self.parts.last_mut()?.labels.push(label);
            }
            "read" => self.parts.last_mut()?.ranges.push(Range::read(&mut words)?),
            _ => return None,
        }
        words.next().is_none().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        let bad = BadLine {
            input: 0,
            offset: 12,
            reason: "no number: \u{e9}".to_owned(),
        };
        let part = Part {
            source: None,
            is_incomplete: true,
            window: (Timestamp::new(0, 0, 0), None),
            labels: vec![("host".to_owned(), "web 1\n".to_owned())],
            ranges: Vec::new(),
        };
        Header {
            question: Question {
                meaning: 1,
                query: "count by\t status".to_owned(),
                settings: vec![("strict".to_owned(), String::new())],
                zone: Some("Europe/Berlin".to_owned()),
                now: None,
                columns: vec![("count".to_owned(), 1, 1)],
            },
            account: Account {
                judged: 7,
                bad: 1,
                kept: 6,
                blank: 2,
                untimed: 3,
                first_untimed: Some((1, 9)),
                shown: vec![bad],
                ..Account::default()
            },
            parts: vec![
                part.clone(),
                Part {
                    is_incomplete: false,
                    ..part
                },
            ],
        }
    }

    #[test]
    fn headers_come_back() {
        let header = header();
        let text = header.encode();
        assert_eq!(Header::length(&text), Some(text.len()));
        assert_eq!(Header::decode(&text), Ok(header));
    }

    #[test]
    fn what_is_not_a_header_is_refused() {
        let text = String::from_utf8(header().encode()).expect("text");
        for (from, to) in [
            ("jug partial 1", "jug partial x"),
            ("jug partial 1", "jug state 1"),
            ("meaning 1", "meaning"),
            ("column count 1 1", "column count 1 1 1"),
            ("whole", "half"),
            ("lines 7", "lines -7"),
            ("label", "lable"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_eq!(
                Header::decode(changed.as_bytes()),
                Err(Unreadable::Damaged),
                "{to}"
            );
        }
        let newer = text.replacen("partial 1", "partial 2", 1);
        assert_eq!(Header::decode(newer.as_bytes()), Err(Unreadable::Newer));
    }

    #[test]
    fn the_name_of_a_question_depends_on_its_meaning_and_not_on_blanks() {
        let question = header().question;
        let with = |change: &dyn Fn(&mut Question)| {
            let mut question = question.clone();
            change(&mut question);
            question.name()
        };
        let same = with(&|question| question.query = "count  by status".to_owned());
        assert_eq!(same, question.name());
        let others = [
            with(&|question| question.query = "count by path".to_owned()),
            with(&|question| question.query = "count by 'status'".to_owned()),
            with(&|question| question.zone = None),
            with(&|question| question.now = Some("x".to_owned())),
            with(&|question| question.settings.clear()),
            with(&|question| question.meaning = 2),
        ];
        for other in others {
            assert_ne!(other, question.name());
        }
    }
}
