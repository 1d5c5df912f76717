//! `docker`: the files of Docker's driver `json-file`. Docker cuts long lines into pieces, which are joined: a piece goes
//! on if it has no newline at its end. A record is `partial` if its last piece is not there.

use std::borrow::Cow;

use memchr::{memchr, memrchr};

use super::framing::Piece;
use super::json;
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
    pieces: Some(piece),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    renamed::candidates(&RENAMING, settings)
}

/// A line as a piece of a record: the text is the inside of the string `log`.
fn piece(line: &[u8]) -> Option<Piece<'_>> {
    if let Some(piece) = usual_piece(line) {
        return Some(piece);
    }
    let members = json::scan::members(line);
    let find = |key: &str| {
        let mut members = members.iter();
        let (_, place) = members.find(|(known, _)| *known == key.as_bytes())?;
        Some(place.clone())
    };
    let log = find("log")?;
    let inside = line[log.clone()].strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let text = |key| line[find(key).unwrap_or(0..0)].trim_ascii();
    Some(Piece {
        stream: text("stream"),
        head: &line[..log.start + 1],
        mark: b"",
        text: inside,
        tail: &line[log.end - 1..],
        is_partial: without_newline(inside).is_none(),
        time: text("time").strip_prefix(b"\"")?.strip_suffix(b"\"")?,
    })
}

/// The same for a line as Docker writes it: `{"log":"…","stream":"stdout","time":"…"}`.
fn usual_piece(line: &[u8]) -> Option<Piece<'_>> {
    const LOG: &[u8] = b"{\"log\":\"";
    const STREAM: &[u8] = b"\",\"stream\":\"";
    const TIME: &[u8] = b"\",\"time\":\"";
    line.strip_prefix(LOG)?;
    let rest = line.strip_suffix(b"\"}")?;
    let time_at = memrchr(b'"', rest)? + 1;
    let rest = rest[..time_at].strip_suffix(TIME)?;
    let stream_at = memrchr(b'"', rest)? + 1;
    let rest = rest[..stream_at].strip_suffix(STREAM)?;
    let text = rest.get(LOG.len()..)?;
    let stream = &line[stream_at - 1..time_at - TIME.len() + 1];
    Some(Piece {
        stream,
        head: LOG,
        mark: b"",
        text,
        tail: &line[rest.len()..],
        is_partial: without_newline(text).is_none(),
        time: &line[time_at..line.len() - 2],
    })
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
    fn lines_are_cut_alike_however_they_are_written() {
        for (log, is_partial) in [
            ("a", true),
            ("a\\n", false),
            ("a\\\\n", true),
            ("", true),
            ("\\\"}\\n", false),
        ] {
            let usual = format!("{{\"log\":\"{log}\",\"stream\":\"stderr\",\"time\":\"T\"}}");
            let other = format!(
                "{{ \"time\":\"T\", \"log\" : \"{log}\",\"attrs\":{{}},\"stream\":\"stderr\"}}"
            );
            let found = usual_piece(usual.as_bytes()).expect("it is usual");
            let scanned = piece(other.as_bytes()).expect("an object");
            assert!(usual_piece(other.as_bytes()).is_none());
            for (line, piece) in [(&usual, found), (&other, scanned)] {
                assert_eq!(piece.text, log.as_bytes(), "{line}");
                assert_eq!(piece.stream, b"\"stderr\"", "{line}");
                assert_eq!(piece.time, b"T", "{line}");
                assert_eq!(piece.is_partial, is_partial, "{line}");
                assert_eq!(
                    [piece.head, piece.text, piece.tail].concat(),
                    line.as_bytes()
                );
            }
        }
        for line in [
            "",
            "{}",
            "{\"log\":1,\"time\":\"T\"}",
            "{\"log\":\"a\",\"time\":9}",
        ] {
            assert!(piece(line.as_bytes()).is_none(), "{line}");
        }
    }

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
