//! Pairs `KEY=VALUE` in a line, as programs in Go write them: values with blanks in quotes, keys alone for what is true.
//!
//! Of a repeated key the first value counts. A key without `=` is `true`; a value may be empty, which is missing.

use std::borrow::Cow;

use super::pairs::{self, Cut, Notation, Rule, Written};
use super::{Bad, Candidate, Kind, Reader, Refused, Settings, Spec, Unknown, Verbatim, Wanted};
use crate::record::{Value, json_text};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "logfmt",
    summary: "Read pairs KEY=VALUE separated by blanks, values with blanks in quotes",
    kind: Kind::Records,
    precedence: 0,
    extensions: &["logfmt"],
    rows: None,
    candidates,
    example: concat!(
        "time=2026-05-17T10:05:03Z level=info msg=\"listening on \\\"web\\\"\" port=8080 tls\n",
        "time=2026-05-17T10:05:04Z level=warn msg=slow took=1.5s port=8080\n",
    ),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(pairs::candidates::<Logfmt>(settings))
}

/// A reader of the values of keys in a part of a line.
pub(super) fn reader(wanted: &[Wanted], settings: &Settings) -> Result<Box<dyn Reader>, Unknown> {
    Ok(pairs::reader::<Logfmt>(wanted, Rule::Any, settings))
}

struct Logfmt;

impl Notation for Logfmt {
    // A key alone is true, which the line does not say.
    const VERBATIM: Verbatim = Verbatim::Never;

    fn spec() -> &'static Spec {
        &SPEC
    }

    fn cut(text: &[u8]) -> Cut<'_> {
        cut(text)
    }

    fn value(written: Written<'_>, _: bool) -> Value<'_> {
        value(written)
    }

    fn time(written: Written<'_>) -> Value<'_> {
        value(written)
    }

    /// Several values, and one at the beginning: prose may have a pair in it.
    fn is_shown_by(line: &[u8]) -> bool {
        let first = line.trim_ascii_start().first();
        let begins_key = first.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        let has_value =
            |pair: Cut<'_>| matches!(pair, Ok(Some((_, written, _))) if written != Written::Alone);
        let Ok(Some((_, _, rest))) = cut(line) else {
            return false;
        };
        begins_key
            && has_value(cut(line))
            && !rest.is_empty()
            && has_value(cut(rest))
            && has_pairs(line)
    }
}

/// See [`Notation::cut`].
fn cut(text: &[u8]) -> Cut<'_> {
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return Ok(None);
    }
    let end = text
        .iter()
        .position(|byte| *byte == b'=' || *byte <= b' ' || *byte == b'"');
    let (key, rest) = text.split_at(end.unwrap_or(text.len()));
    if key.is_empty() {
        return Err(Bad::new("a value without a key"));
    }
    let (written, rest) = match rest {
        [b'=', b'"', rest @ ..] => {
            let end = json_text::closing_quote(rest)
                .ok_or_else(|| Bad::new("no closing quote after a value"))?;
            (Written::Quoted(&rest[..end]), &rest[end + 1..])
        }
        [b'=', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte <= b' ');
            let (value, rest) = rest.split_at(end.unwrap_or(rest.len()));
            if value.contains(&b'"') {
                return Err(Bad::new("a quote inside a value"));
            }
            (Written::Bare(value), rest)
        }
        [b'"', ..] => return Err(Bad::new("a quote inside a key")),
        rest => (Written::Alone, rest),
    };
    if rest.first().is_some_and(|byte| *byte > b' ') {
        return Err(Bad::new("no blank after a value in quotes"));
    }
    Ok(Some((key, written, rest)))
}

/// Whether a text is nothing but pairs whose keys are names, more of them with values than alone.
pub(super) fn has_pairs(text: &[u8]) -> bool {
    let is_name = |key: &[u8]| {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-@".contains(byte);
        key.iter().all(is_part)
    };
    let (mut rest, mut with_values, mut alone) = (text, 0, 0);
    loop {
        match cut(rest) {
            Ok(Some((key, written, after))) if is_name(key) => {
                match written {
                    Written::Alone => alone += 1,
                    Written::Bare(_) | Written::Quoted(_) => with_values += 1,
                }
                rest = after;
            }
            Ok(None) => return with_values > alone,
            Ok(Some(_)) | Err(_) => return false,
        }
    }
}

fn value(written: Written<'_>) -> Value<'_> {
    match written {
        Written::Alone => Value::Bool(true),
        Written::Bare(b"") | Written::Quoted(b"") => Value::Missing,
        Written::Bare(text) if json_text::is_number(text) => Value::Digits(Cow::Borrowed(text)),
        Written::Bare(b"true") => Value::Bool(true),
        Written::Bare(b"false") => Value::Bool(false),
        Written::Bare(b"null" | b"<nil>" | b"nil") => Value::Missing,
        Written::Bare(text) => Value::Text(Cow::Borrowed(text)),
        Written::Quoted(text) if memchr::memchr(b'\\', text).is_some() => Value::Escaped(text),
        Written::Quoted(text) => Value::Text(Cow::Borrowed(text)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::format::wanted::TIME;
    use crate::record::{FieldName, Want};

    fn read(line: &str, names: &[&str]) -> Result<Vec<String>, String> {
        let wanted: Vec<Wanted> = names
            .iter()
            .map(|name| {
                let want = if *name == TIME { Want::Time } else { Want::Any };
                Wanted::new(FieldName::key(name), want)
            })
            .collect();
        let mut reader = reader(&wanted, &Settings::of_zone(TimeZone::UTC)).expect("any names");
        let mut out = vec![Value::Text(Cow::Borrowed(b"old")); wanted.len()];
        reader
            .read(line.as_bytes(), &mut out)
            .map_err(|bad| bad.reason.into_owned())?;
        let text = |value: &Value<'_>| String::from_utf8_lossy(&value.bytes()).into_owned();
        Ok(out.iter().map(text).collect())
    }

    #[test]
    fn values_are_bare_or_in_quotes() {
        let line = r#"level=info msg="a \"b\" = c" took=012ms n=1.50 empty= quoted="" debug  level=late ok=false x=<nil>"#;
        let names = [
            "took", "msg", "level", "n", "empty", "quoted", "debug", "ok", "x", "none",
        ];
        assert_eq!(
            read(line, &names).expect("pairs"),
            [
                "012ms",
                "a \"b\" = c",
                "info",
                "1.50",
                "",
                "",
                "true",
                "false",
                "",
                ""
            ]
        );
    }

    #[test]
    fn the_first_of_equal_keys_counts_even_if_it_is_empty() {
        assert_eq!(read("a= a=2", &["a"]), Ok(vec![String::new()]));
        assert_eq!(
            read("a=1 a=2", &["a", "a"]),
            Ok(vec!["1".into(), "1".into()])
        );
    }

    #[test]
    fn the_time_has_several_names() {
        let time = |line: &str| read(line, &[TIME]).map(|mut found| found.remove(0));
        let expected = Ok("2026-05-17T10:05:03Z".to_owned());
        assert_eq!(time("ts=2026-05-17T10:05:03Z a=b"), expected);
        assert_eq!(time("t=5 ts=x time=\"2026-05-17 10:05:03\" ts=y"), expected);
        assert_eq!(time("a=b"), Ok(String::new()));
        assert_eq!(time("time=soon"), Err("time is not a time".to_owned()));
    }

    #[test]
    fn what_is_no_pair_is_bad() {
        for (line, reason) in [
            ("=x", "a value without a key"),
            ("a=\"x", "no closing quote after a value"),
            ("a=\"x\"y", "no blank after a value in quotes"),
            ("a\"b=1", "a quote inside a key"),
            ("a=b\"", "a quote inside a value"),
        ] {
            assert_eq!(read(line, &["z"]), Err(reason.to_owned()), "{line}");
            assert!(!has_pairs(line.as_bytes()));
        }
        assert!(has_pairs(b"a b=1 c=2") && !has_pairs(b"a b=1") && !has_pairs(b""));
        assert!(!has_pairs(b"/x?a=1 b=2"));
    }
}
