//! `ltsv`: labelled tab-separated values, `time:…<TAB>host:…`, as <http://ltsv.org> describes them. There are no escapes.

use std::borrow::Cow;

use memchr::memchr;

use super::pairs::{self, Cut, Notation, Rule, Written};
use super::words::cell;
use super::{Bad, Candidate, Kind, Reader, Refused, Settings, Spec, Unknown, Verbatim, Wanted};
use crate::record::Value;

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "ltsv",
    summary: "Read LTSV: cells LABEL:VALUE separated by tabs",
    kind: Kind::Records,
    precedence: 0,
    extensions: &["ltsv"],
    rows: None,
    candidates,
    example: concat!(
        "time:[17/May/2026:10:05:03 +0000]\thost:192.0.2.17\treq:GET /a?b=c:d HTTP/1.1\tstatus:200\treqtime:0.042\n",
        "time:[17/May/2026:10:05:04 +0000]\thost:192.0.2.18\treq:GET / HTTP/1.1\tstatus:404\treqtime:-\n",
    ),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(pairs::candidates::<Ltsv>(settings))
}

/// A reader of the values of labels in a part of a line.
pub(super) fn reader(wanted: &[Wanted], settings: &Settings) -> Result<Box<dyn Reader>, Unknown> {
    Ok(pairs::reader::<Ltsv>(wanted, Rule::Any, settings))
}

struct Ltsv;

impl Notation for Ltsv {
    const VERBATIM: Verbatim = Verbatim::Always;

    fn spec() -> &'static Spec {
        &SPEC
    }

    #[inline]
    fn cut(text: &[u8]) -> Cut<'_> {
        if text.is_empty() {
            return Ok(None);
        }
        let (cell, rest) = match memchr(b'\t', text) {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (text, &text[text.len()..]),
        };
        let colon = memchr(b':', cell).ok_or_else(|| Bad::new("a cell without a label"))?;
        let (label, value) = (&cell[..colon], &cell[colon + 1..]);
        match !label.is_empty() && label.iter().all(is_of_label) {
            true => Ok(Some((label, Written::Bare(value), rest))),
            false => Err(Bad::new("a label with other characters than labels have")),
        }
    }

    fn value(written: Written<'_>, infer: bool) -> Value<'_> {
        value(written, infer)
    }

    /// Times of access logs keep their brackets.
    fn time(written: Written<'_>) -> Value<'_> {
        match written {
            Written::Bare([b'[', time @ .., b']']) => value(Written::Bare(time), false),
            other => value(other, false),
        }
    }

    fn is_shown_by(line: &[u8]) -> bool {
        line.first().is_some_and(u8::is_ascii_alphabetic) && memchr(b'\t', line).is_some()
    }
}

fn value(written: Written<'_>, infer: bool) -> Value<'_> {
    match written {
        Written::Alone | Written::Bare(b"-") => Value::Missing,
        Written::Bare(text) | Written::Quoted(text) => cell(Cow::Borrowed(text), infer),
    }
}

fn is_of_label(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_labels() {
        let cut = |text: &'static str| Ltsv::cut(text.as_bytes()).map_err(|bad| bad.reason);
        assert_eq!(
            cut("a:b:c\td:e"),
            Ok(Some((&b"a"[..], Written::Bare(b"b:c"), &b"d:e"[..])))
        );
        assert_eq!(
            cut("a.b-C_1:"),
            Ok(Some((&b"a.b-C_1"[..], Written::Bare(b""), &b""[..])))
        );
        assert_eq!(cut(""), Ok(None));
        for (text, reason) in [
            ("a\tb:c", "a cell without a label"),
            (":b", "a label with other characters than labels have"),
            ("a b:c", "a label with other characters than labels have"),
            ("\ta:b", "a cell without a label"),
        ] {
            assert_eq!(cut(text), Err(reason.into()), "{text}");
        }
    }

    #[test]
    fn a_tab_shows_the_format() {
        for (line, shown) in [("a:1\tb:2", true), ("a:1", false), ("1:1\tb:2", false)] {
            assert_eq!(Ltsv::is_shown_by(line.as_bytes()), shown, "{line}");
        }
    }

    #[test]
    fn a_dash_is_missing_and_times_lose_their_brackets() {
        let text = |value: Value<'_>| String::from_utf8_lossy(&value.bytes()).into_owned();
        for (written, value, time) in [
            ("-", "", ""),
            ("", "", ""),
            ("[x]", "[x]", "x"),
            ("[x", "[x", "[x"),
        ] {
            let written = Written::Bare(written.as_bytes());
            assert_eq!(text(Ltsv::value(written, false)), value);
            assert_eq!(text(Ltsv::time(written)), time);
        }
    }
}
