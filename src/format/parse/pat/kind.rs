//! What the value of a field of a pattern must be, and where a value ends that no text follows.

use std::borrow::Cow;

use crate::format::wanted::TimeTexts;
use crate::record::{Number, Value};

/// What the value of a field must be, if it is not missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// `:int`
    Int,
    /// `:num`
    Num,
    /// `:word`
    Word,
    /// `:time`
    Time,
}

/// The words for kinds, in the order in which messages list them.
pub(super) const KINDS: [(&str, Kind); 5] = [
    ("int", Kind::Int),
    ("num", Kind::Num),
    ("text", Kind::Text),
    ("time", Kind::Time),
    ("word", Kind::Word),
];

/// How many words a time has at most: `Sun May 17 10:05:03 CEST 2026`.
const TIME_WORDS: usize = 6;

impl Kind {
    /// The value that a text is; none if it is not of this kind.
    #[inline(always)]
    pub(super) fn value<'a>(self, text: &'a [u8], times: &mut TimeTexts) -> Option<Value<'a>> {
        if matches!(text, [] | [b'-']) {
            return Some(Value::Missing);
        }
        let as_text = Value::Text(Cow::Borrowed(text));
        match self {
            Kind::Text => Some(as_text),
            Kind::Word => (!text.iter().any(is_blank)).then_some(as_text),
            Kind::Time => times.parse(text).map(|_| as_text),
            Kind::Int => is_int(text).then_some(Value::Digits(Cow::Borrowed(text))),
            Kind::Num => Number::parse(text).map(|_| Value::Digits(Cow::Borrowed(text))),
        }
    }

    /// Where the last value of a line ends that the pattern ends with: a text at the end of the line, others where they are
    /// complete. A number that goes on in another way, such as `12ms` and `1,234`, is none. None if nothing stands there, though the
    /// line goes on.
    #[inline]
    pub(super) fn end(self, rest: &[u8], times: &mut TimeTexts) -> Option<usize> {
        let end = match self {
            Kind::Text => rest.len(),
            Kind::Word => word_end(rest),
            Kind::Int | Kind::Num => number_end(rest),
            Kind::Time => {
                let blanks = memchr::memchr_iter(b' ', rest).take(TIME_WORDS);
                let ends: Vec<usize> = blanks.chain([rest.len()]).collect();
                let mut ends = ends.into_iter().rev().map(|end| without_stop(&rest[..end]));
                let complete = ends.find(|end| times.parse(&rest[..*end]).is_some());
                complete.unwrap_or_else(|| word_end(rest))
            }
        };
        (end > 0 || rest.is_empty()).then_some(end)
    }

    /// `a whole number`
    pub(super) fn described(self) -> &'static str {
        match self {
            Kind::Int => "a whole number",
            Kind::Num => "a number",
            Kind::Time => "a time",
            Kind::Word => "one word",
            Kind::Text => "a text",
        }
    }
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_int(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn word_end(rest: &[u8]) -> usize {
    rest.iter().position(is_blank).unwrap_or(rest.len())
}

/// Where the word ends that a number should be.
fn number_end(rest: &[u8]) -> usize {
    let ends = |at: usize| match rest[at] {
        b',' | b';' => !rest.get(at + 1).is_some_and(u8::is_ascii_digit),
        byte => is_blank(&byte) || matches!(byte, b')' | b']' | b'}' | b'>' | b'"' | b'\'' | b'|'),
    };
    let end = (0..rest.len()).find(|at| ends(*at)).unwrap_or(rest.len());
    without_stop(&rest[..end])
}

/// The length of a text without the mark that ends a sentence or a clause.
fn without_stop(text: &[u8]) -> usize {
    match text {
        [
            before @ ..,
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b']' | b')',
        ] => before.len(),
        _ => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn last(kind: Kind, rest: &str) -> Option<String> {
        let mut times = TimeTexts::new(&TimeZone::UTC);
        let end = kind.end(rest.as_bytes(), &mut times)?;
        let text = &rest.as_bytes()[..end];
        kind.value(text, &mut times)?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    #[test]
    fn the_last_value_ends_where_it_is_complete() {
        for (kind, rest, value) in [
            (Kind::Int, "200 5120 \"-\"", Some("200")),
            (Kind::Int, "-12\tms", Some("-12")),
            (Kind::Int, "- 5", Some("-")),
            (Kind::Int, "", Some("")),
            (Kind::Int, " 5", None),
            (Kind::Word, " one", None),
            (Kind::Time, " 2026-05-17", None),
            (Kind::Int, "12.5", None),
            (Kind::Int, "12ms", None),
            (Kind::Int, "1,234", None),
            (Kind::Int, "10:20", None),
            (Kind::Int, "3/4", None),
            (Kind::Num, "0.25, done", Some("0.25")),
            (Kind::Num, "1.5e3]", Some("1.5e3")),
            (Kind::Num, "1.5s", None),
            (Kind::Word, "one two", Some("one")),
            (Kind::Text, "one two", Some("one two")),
            (
                Kind::Time,
                "2026-05-17 10:05:03 GET",
                Some("2026-05-17 10:05:03"),
            ),
            (
                Kind::Time,
                "2026-05-17T10:05:03Z: x y",
                Some("2026-05-17T10:05:03Z"),
            ),
            (
                Kind::Time,
                "17/May/2026:10:05:03 +0200] \"GET",
                Some("17/May/2026:10:05:03 +0200"),
            ),
            (Kind::Time, "soon 2026-05-17", None),
        ] {
            assert_eq!(last(kind, rest).as_deref(), value, "{kind:?} {rest}");
        }
    }

    #[test]
    fn a_word_has_no_blanks() {
        let mut times = TimeTexts::new(&TimeZone::UTC);
        assert!(Kind::Word.value(b"a b", &mut times).is_none());
        assert!(Kind::Word.value(b"a,b", &mut times).is_some());
        assert!(Kind::Time.value(b"17 o'clock", &mut times).is_none());
    }

    proptest! {
        /// The regex crate decides.
        #[test]
        fn numbers_end_as_a_regex_says(rest in "[0-9]{0,3}[-.,:;) a1]{0,4}") {
            let number = r#"^(?:$|(-|-?[0-9]+)[.:!?]?(?:$|[ \t)\]}>"'|]|[,;](?:[^0-9]|$)))"#;
            let regex = regex_automata::meta::Regex::new(number).expect("a regex");
            let mut captures = regex.create_captures();
            regex.captures(&rest, &mut captures);
            let expected = captures
                .is_match()
                .then(|| captures.get_group(1).map_or("", |span| &rest[span.range()]));
            let found = last(Kind::Int, &rest);
            prop_assert_eq!(found.as_deref(), expected, "{}", rest);
        }
    }
}
