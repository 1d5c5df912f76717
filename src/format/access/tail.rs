//! What is configured to follow the agent: its words, the request time among them, and in [`layout`] which fields they are.

pub(super) mod layout;

use std::borrow::Cow;

use super::cut::closing_quote;
use crate::record::{Value, json_text};

/// Where the request time stands, unless a pair names it. A file has one layout, so its first line with a time decides for
/// all of them: times of other columns, such as that of the upstream, are not taken for one that is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// The first decimal that stands alone.
    #[default]
    First,
    /// Only in a pair: `rt=0.042` or `request_time=0.042`.
    Named,
    /// The word of this number, counted from 0.
    Word(usize),
}

impl Place {
    /// The place that the words of a line show, if one is a request time.
    fn shown_by_words(words: &[&[u8]]) -> Option<Place> {
        if words.iter().any(|word| named(word).is_some()) {
            return Some(Place::Named);
        }
        let first = words.iter().position(|word| is_time(word));
        first.map(Place::Word)
    }
}

/// Finds the request time: a pair, else the first decimal that stands alone. Decimals have a point, as nginx writes all its
/// times; lengths and counters that stand alone have none. Seconds since 1970 are no duration.
pub(super) fn request_time(tail: &[u8], place: Place) -> Result<Value<'_>, &'static str> {
    const NONE: &str = "no request time after the agent";
    if let Some(time) = named_time(tail) {
        return time;
    }
    match place {
        Place::Named => Err(NONE),
        Place::Word(number) => match words(tail).nth(number).map(unquoted) {
            None => Err(NONE),
            Some(b"-") => Ok(Value::Missing),
            Some(word) if is_time(word) => Ok(Value::Digits(Cow::Borrowed(word))),
            Some(_) => Err("rt is not a number"),
        },
        Place::First => {
            let mut found = words(tail).filter(|word| is_time(word));
            let is_unknown = || words(tail).any(|word| word == b"-");
            match found.next() {
                Some(time) => Ok(Value::Digits(Cow::Borrowed(time))),
                None if is_unknown() => Ok(Value::Missing),
                None => Err(NONE),
            }
        }
    }
}

/// The time of the first pair that names it.
fn named_time(tail: &[u8]) -> Option<Result<Value<'_>, &'static str>> {
    let time = words(tail).find_map(named)?;
    Some(match unquoted(time) {
        b"-" => Ok(Value::Missing),
        time if is_number(time) => Ok(Value::Digits(Cow::Borrowed(time))),
        _ => Err("rt is not a number"),
    })
}

/// A word without the quotes around it.
fn unquoted(word: &[u8]) -> &[u8] {
    match word {
        [b'"', inner @ .., b'"'] => inner,
        _ => word,
    }
}

fn named(word: &[u8]) -> Option<&[u8]> {
    word.strip_prefix(b"rt=")
        .or_else(|| word.strip_prefix(b"request_time="))
}

/// Whether a word that stands alone is a duration in seconds: a decimal, and none of seconds since 1970.
fn is_time(word: &[u8]) -> bool {
    /// How many digits seconds since 1970 have, since 1973.
    const STAMP: usize = 9;
    let point = memchr::memchr(b'.', word);
    is_number(word) && point.is_some_and(|point| point < STAMP)
}

fn is_number(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_digit)
        && !text.iter().any(|byte| matches!(byte, b'e' | b'E'))
        && json_text::is_number(text)
}

/// The words of the tail. Quotes keep together what is between them, so that a header that a client sent cannot pass for a
/// time. The times of several upstreams, `0.001, 0.002 : 0.003`, are one word.
fn words(tail: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = tail;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let mut end = 0;
        loop {
            match rest.get(end) {
                None => break,
                Some(b' ' | b'\t') => {
                    let goes_on = rest[..end].ends_with(b",")
                        || rest[..end].ends_with(b" :")
                        || rest[end..].starts_with(b" : ");
                    if !goes_on {
                        break;
                    }
                    end += 1;
                }
                Some(b'"') => match closing_quote(&rest[end + 1..]) {
                    Some(quote) => end += quote + 2,
                    None => end = rest.len(),
                },
                Some(_) => end += 1,
            }
        }
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_by(tail: &str) -> Option<Place> {
        let words: Vec<&[u8]> = words(tail.as_bytes()).collect();
        Place::shown_by_words(&words)
    }

    fn read(tail: &str, place: Place) -> Result<String, &'static str> {
        let value = request_time(tail.as_bytes(), place)?;
        Ok(String::from_utf8(value.bytes().into_owned()).unwrap())
    }

    #[test]
    fn finds_the_request_time() {
        for (tail, time) in [
            (" 0.042", Ok("0.042")),
            (" 512 0.042 .", Ok("0.042")),
            (" 0.042 0.5", Ok("0.042")),
            (" 60.000 30.000", Ok("60.000")),
            (" 1773568801.123 2.000", Ok("2.000")),
            (" 0.042 - .", Ok("0.042")),
            (" \"203.0.113.9\" 0.042 9", Ok("0.042")),
            (" 0.001, 0.002 : 0.003 0.042", Ok("0.042")),
            (" rt=0.042 uct=\"1.000\" 2.000", Ok("0.042")),
            (" \"a rt=9.9 b\" request_time=\"0.042\"", Ok("0.042")),
            (" x=\"a rt=9.9\" rt=3", Ok("3")),
            (" -", Ok("")),
            (" rt=-", Ok("")),
            (" rt=fast 0.042", Err("rt is not a number")),
            (" \"0.042\"", Err("no request time after the agent")),
            (" \"0.042", Err("no request time after the agent")),
            (" 1773568801.123", Err("no request time after the agent")),
            (" 42", Err("no request time after the agent")),
            ("", Err("no request time after the agent")),
        ] {
            assert_eq!(read(tail, Place::First), time.map(str::to_owned), "{tail}");
        }
    }

    #[test]
    fn all_lines_have_it_where_the_first_one_has_it() {
        for (first, tail, time) in [
            (" 2.000 0.100", " 3.000 -", Ok("3.000")),
            (" 2.000 0.100", " - 0.100", Ok("")),
            (" - 0.042", " 0.040 0.041", Ok("0.041")),
            (" 512 0.042 .", " 99 0.043 p", Ok("0.043")),
            (" - 0.042", " 0.001, 0.002 : 0.003 0.042", Ok("0.042")),
            (" \"-\" 0.042", " \"a 9.9\" 0.043", Ok("0.043")),
            (" rt=0.042", " rt=0.043 9.9", Ok("0.043")),
            (" 1 0.042", " 1 9.9 rt=0.043", Ok("0.043")),
            (" rt=0.042", " 9.9", Err("no request time after the agent")),
            (" 1 0.042", " 1", Err("no request time after the agent")),
            (" 1 0.042", " 1 fast", Err("rt is not a number")),
            (" 1 0.042", " 0.001 1773568801.1", Err("rt is not a number")),
        ] {
            let place = shown_by(first).unwrap();
            assert_eq!(read(tail, place), time.map(str::to_owned), "{first} {tail}");
        }
        assert_eq!(shown_by(" - 1 1773568801.1"), None);
    }
}
