//! Which fields follow the agent in the lines of one file, by its first lines.
//!
//! A word has a name only if all of these lines show what it is. Others are in `rest`, which is all that follows the agent.

use std::borrow::Cow;
use std::net::IpAddr;

use super::{Place, is_number, is_time, request_time, unquoted, words};
use crate::record::Value;

/// A field after the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::format::access) enum Field {
    /// The request time.
    Rt,
    /// The word of this number, counted from 0.
    Word(usize),
    /// The value of the pair of this name.
    Pair(String),
    /// All of it.
    Rest,
}

/// The name of the field that is all of it.
pub(in crate::format::access) const REST: &str = "rest";

/// How many pairs have names of their own.
const PAIRS: usize = 64;

/// What follows the agent.
#[derive(Clone, Debug, Default)]
pub(in crate::format::access) struct Layout {
    pub(in crate::format::access) rt: Place,
    has_rt: bool,
    /// Fields by their place, and pairs by their name.
    others: Vec<(String, Field)>,
    /// Whether any line has something there.
    has_any: bool,
    /// Whether lines have words without a name.
    has_unnamed: bool,
}

impl Layout {
    /// The layout that the tails of some lines show; pairs do not get names for which `is_taken` returns true.
    pub(in crate::format::access) fn of(
        tails: &[&[u8]],
        is_taken: impl Fn(&str) -> bool,
    ) -> Layout {
        let tails = tails.iter().map(|tail| words(tail).collect());
        let lines: Vec<Vec<&[u8]>> = tails.filter(|words: &Vec<_>| !words.is_empty()).collect();
        let shown = lines.iter().find_map(|line| Place::shown_by_words(line));
        let width = lines.iter().map(Vec::len).min().unwrap_or(0);
        let column = |place: usize| lines.iter().map(move |line| line[place]);
        let are = |place: usize, is: &dyn Fn(&[u8]) -> bool| {
            let is_none = |word: &[u8]| matches!(unquoted(word), b"-" | b"");
            column(place).all(|word| is_none(word) || is(word)) && column(place).any(is)
        };
        let times: Vec<usize> = (0..width).filter(|place| are(*place, &is_times)).collect();
        let is_quoted_time = |word: &[u8]| word.starts_with(b"\"") && is_time(unquoted(word));
        let quoted = || (0..width).find(|place| are(*place, &is_quoted_time));
        let rt = shown.or_else(|| quoted().map(Place::Word));
        let mut others = Vec::new();
        if let [first, second] = times[..]
            && rt == Some(Place::Word(first))
        {
            others.push(("upstream_time".to_owned(), Field::Word(second)));
        }
        if let Some(place) = (0..width).find(|place| are(*place, &are_addresses)) {
            others.push(("forwarded_for".to_owned(), Field::Word(place)));
        }
        let mut has_unnamed = false;
        for line in &lines {
            for (place, word) in line.iter().enumerate() {
                match pair(word) {
                    Some((RT | REQUEST_TIME, _)) => {}
                    Some((name, _)) if others.iter().any(|(known, _)| known == name) => {}
                    Some((name, _)) if others.len() < PAIRS && name != REST && !is_taken(name) => {
                        others.push((name.to_owned(), Field::Pair(name.to_owned())));
                    }
                    _ => {
                        let is_named = rt == Some(Place::Word(place))
                            || others.iter().any(|(_, field)| *field == Field::Word(place));
                        has_unnamed |= !is_named;
                    }
                }
            }
        }
        Layout {
            rt: rt.unwrap_or_default(),
            has_rt: rt.is_some(),
            others,
            has_any: !lines.is_empty(),
            has_unnamed,
        }
    }

    /// Whether no line has anything there.
    pub(in crate::format::access) fn is_empty(&self) -> bool {
        !self.has_any
    }

    /// The fields, in the order in which they are listed; the request time only if it is not listed elsewhere.
    pub(in crate::format::access) fn names(&self, needs_rt: bool) -> Vec<&str> {
        let rt = (self.has_rt || needs_rt).then_some(RT);
        let others = self.others.iter().map(|(name, _)| name.as_str());
        let rest = self.has_unnamed.then_some(REST);
        rt.into_iter().chain(others).chain(rest).collect()
    }

    /// The field of a name. All lines have a rest, though it may be empty.
    pub(in crate::format::access) fn find(&self, name: &str, needs_rt: bool) -> Option<Field> {
        match name {
            RT => (self.has_rt || needs_rt).then_some(Field::Rt),
            REST => Some(Field::Rest),
            _ => {
                let mut others = self.others.iter();
                let found = others.find(|(known, _)| known == name);
                found.map(|(_, field)| field.clone())
            }
        }
    }
}

pub(in crate::format::access) const RT: &str = "rt";
const REQUEST_TIME: &str = "request_time";

/// Reads what is wanted of the text after the agent.
pub(in crate::format::access) struct TailReader {
    pub(in crate::format::access) rt: Place,
    /// The fields with their places in the list of wanted fields.
    pub(in crate::format::access) fields: Vec<(Field, usize)>,
}

impl TailReader {
    pub(in crate::format::access) fn read<'a>(
        &self,
        tail: &'a [u8],
        out: &mut [Value<'a>],
    ) -> Result<(), &'static str> {
        for (field, place) in &self.fields {
            out[*place] = match field {
                Field::Rt => request_time(tail, self.rt)?,
                Field::Rest => text(tail.trim_ascii()),
                Field::Word(number) => {
                    let word = words(tail).nth(*number);
                    value(word.ok_or("fewer fields at the end than in the first lines")?)
                }
                Field::Pair(name) => {
                    let mut pairs = words(tail).filter_map(pair);
                    let found = pairs.find(|(known, _)| known == name);
                    found.map_or(Value::Missing, |(_, text)| value(text))
                }
            };
        }
        Ok(())
    }
}

fn text(text: &[u8]) -> Value<'_> {
    match text {
        b"" | b"-" => Value::Missing,
        text => Value::Text(Cow::Borrowed(text)),
    }
}

fn value(word: &[u8]) -> Value<'_> {
    let word = unquoted(word);
    match is_number(word) {
        true => Value::Digits(Cow::Borrowed(word)),
        false => text(word),
    }
}

/// The name and the value of `name=value`.
fn pair(word: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(b'=', word)?;
    let name = std::str::from_utf8(&word[..end]).ok()?;
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_name =
        !name.starts_with(|first: char| first.is_ascii_digit()) && name.bytes().all(is_of_name);
    (is_name && !name.is_empty()).then(|| (name, &word[end + 1..]))
}

/// Whether a word holds the times of one upstream or of several: `0.001, 0.002 : -`.
fn is_times(word: &[u8]) -> bool {
    let mut parts = unquoted(word)
        .split(|byte| matches!(byte, b',' | b':'))
        .map(<[u8]>::trim_ascii);
    parts.clone().any(is_time) && parts.all(|part| part == b"-" || is_time(part))
}

/// Whether a word in quotes is a list of addresses.
fn are_addresses(word: &[u8]) -> bool {
    let is_address = |part: &[u8]| {
        let part = std::str::from_utf8(part.trim_ascii());
        part.is_ok_and(|part| part == "unknown" || part.parse::<IpAddr>().is_ok())
    };
    word.starts_with(b"\"") && unquoted(word).split(|byte| *byte == b',').all(is_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields that the first lines have, and their values in the last one.
    fn read(tails: &[&str]) -> Vec<(String, String)> {
        let bytes: Vec<&[u8]> = tails.iter().map(|tail| tail.as_bytes()).collect();
        let layout = Layout::of(&bytes, |name| name == "status");
        let names = layout.names(false);
        let fields = names
            .iter()
            .enumerate()
            .map(|(place, name)| (layout.find(name, false).expect("it is listed"), place));
        let reader = TailReader {
            rt: layout.rt,
            fields: fields.collect(),
        };
        let mut out = vec![Value::Missing; names.len()];
        reader
            .read(bytes[bytes.len() - 1], &mut out)
            .expect("it is read");
        let shown = |value: &Value<'_>| String::from_utf8_lossy(&value.bytes()).into_owned();
        let values = out.iter().map(shown);
        names.iter().map(ToString::to_string).zip(values).collect()
    }

    #[test]
    fn words_have_names_only_where_all_lines_show_what_they_are() {
        for (tails, fields) in [
            (
                &[" \"203.0.113.9, 10.0.0.1\"", " \"-\""][..],
                &[("forwarded_for", "")][..],
            ),
            (
                &[" \"-\"", " \"203.0.113.9\""],
                &[("forwarded_for", "203.0.113.9")],
            ),
            (&[" \"-\"", " \"-\""], &[("rest", "\"-\"")]),
            (&[" \"203.0.113.9\"", " \"www\""], &[("rest", "\"www\"")]),
            (&[" 203.0.113.9:80"], &[("rest", "203.0.113.9:80")]),
            (&[" \"0.042\"", " \"-\"", " \"1.000\""], &[("rt", "1.000")]),
            (&[" \"0.042\"", " \"x\""], &[("rest", "\"x\"")]),
            (
                &[" 0.042 0.040", " 1.000 -"],
                &[("rt", "1.000"), ("upstream_time", "")],
            ),
            (
                &[
                    " \"0.042\" \"0.001, 0.040\"",
                    " \"0.042\" \"0.001, 0.002 : 0.003\"",
                ],
                &[("rt", "0.042"), ("upstream_time", "0.001, 0.002 : 0.003")],
            ),
            (
                &[" 0.042 0.001 0.002 0.003"],
                &[("rt", "0.042"), ("rest", "0.042 0.001 0.002 0.003")],
            ),
            (
                &[" \"203.0.113.9\" rt=0.042 uct=\"0.001\" urt=\"-\" cs=HIT"],
                &[
                    ("rt", "0.042"),
                    ("forwarded_for", "203.0.113.9"),
                    ("uct", "0.001"),
                    ("urt", ""),
                    ("cs", "HIT"),
                ],
            ),
            (
                &[" rt=0.042", " rt=0.043 host=\"a b\""],
                &[("rt", "0.043"), ("host", "a b")],
            ),
            (&[" status=9 a=1"], &[("a", "1"), ("rest", "status=9 a=1")]),
            (
                &[" rt=0.042 0.001 0.002"],
                &[("rt", "0.042"), ("rest", "rt=0.042 0.001 0.002")],
            ),
            (&[" 443 TLSv1.3"], &[("rest", "443 TLSv1.3")]),
            (&[" rest=1"], &[("rest", "rest=1")]),
            (&["", ""], &[]),
        ] {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            assert_eq!(read(tails), fields, "{tails:?}");
        }
        assert!(Layout::of(&[b"", b" "], |_| false).is_empty());
        assert!(!Layout::of(&[b"", b" x"], |_| false).is_empty());
    }

    #[test]
    fn a_line_that_lacks_a_wanted_field_is_bad() {
        let layout = Layout::of(&[b" 0.042 0.040"], |_| false);
        let field = layout.find("upstream_time", false).expect("two times");
        let reader = TailReader {
            rt: layout.rt,
            fields: vec![(field, 0)],
        };
        let mut out = [Value::Missing];
        let read = reader.read(b" 0.042", &mut out);
        assert_eq!(read, Err("fewer fields at the end than in the first lines"));
        assert!(layout.find("forwarded_for", false).is_none());
        assert!(Layout::default().find("rt", false).is_none());
    }
}
