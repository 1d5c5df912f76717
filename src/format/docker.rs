//! `docker`: the files of Docker's driver `json-file`. Docker cuts long lines into pieces; a piece without the newline at its end is
//! `partial`.

use std::borrow::Cow;

use memchr::memchr;

use super::renamed::{self, Renamed, Renaming};
use super::{Bad, Candidate, Kind, Refused, Settings, Spec};
use crate::record::Value;

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "docker",
    summary: "Read logs of containers as Docker writes them: JSON objects with log, stream and time",
    kind: Kind::Records,
    precedence: 2,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "{\"log\":\"started on port 80\\n\",\"stream\":\"stdout\",\"time\":\"2026-05-17T10:05:03Z\"}\n",
        "{\"log\":\"a very long\",\"stream\":\"stderr\",\"time\":\"2026-05-17T10:05:03.25Z\"}\n",
    ),
};

static RENAMING: Renaming = Renaming {
    spec: &SPEC,
    shown_by: &["log", "stream", "time"],
    fields: &[
        Renamed::kept("time", "time"),
        Renamed::kept("stream", "stream"),
        Renamed::made("partial", "log", partial),
        Renamed::made("message", "log", message),
    ],
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    renamed::candidates(&RENAMING, settings)
}

/// Whether a piece has no newline at its end.
fn partial(log: Value<'_>) -> Result<Value<'_>, Bad> {
    if log.is_missing() {
        return Ok(log);
    }
    let is_whole = matches!(&log, Value::Escaped(text) if without_newline(text).is_some());
    Ok(Value::Bool(!is_whole))
}

/// The text without the newline at its end.
fn message(log: Value<'_>) -> Result<Value<'_>, Bad> {
    Ok(match log {
        Value::Escaped(text) => match without_newline(text) {
            Some(b"") => Value::Missing,
            Some(text) if memchr(b'\\', text).is_none() => Value::Text(Cow::Borrowed(text)),
            Some(text) => Value::Escaped(text),
            None => log,
        },
        other => other,
    })
}

/// What stands before the escaped newline at the end of a text in JSON.
fn without_newline(text: &[u8]) -> Option<&[u8]> {
    let before = text.strip_suffix(b"\\n")?;
    let backslashes = before
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count();
    (backslashes % 2 == 0).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_newline_at_the_end_is_taken_off() {
        for (text, expected) in [
            (r"a\n", Some("a")),
            (r"\n", Some("")),
            (r"a\\n", None),
            (r"a\\\n", Some(r"a\\")),
            (r"a\nb", None),
            (r"a\n\n", Some(r"a\n")),
        ] {
            let found = without_newline(text.as_bytes());
            assert_eq!(found, expected.map(str::as_bytes), "{text}");
        }
    }
}
