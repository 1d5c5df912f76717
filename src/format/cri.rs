//! `cri`: logs of containers as the runtimes of Kubernetes write them, `TIME STREAM TAG MESSAGE`. Long lines are cut into pieces, of
//! which all but the last have the tag `P`; they are joined.

use std::borrow::Cow;

use memchr::memchr;

use super::framing::{Framing, Piece, Pieces};
use super::wanted::{TIME, TimeTexts, named};
use super::words::Words;
use super::{
    Bad, Candidate, FieldName, Kind, Reader, Schema, Settings, Spec, Unknown, Verbatim, Wanted,
};
use crate::record::Value;

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "cri",
    summary: "Read logs of containers as Kubernetes has them: lines 'TIME stdout F MESSAGE'",
    kind: Kind::Records,
    precedence: 3,
    extensions: &[],
    rows: None,
    candidates: |_, settings| {
        Ok(vec![Candidate {
            schema: Box::new(Cri {
                settings: settings.clone(),
            }),
            is_likely: true,
            enough: 1,
        }])
    },
    example: concat!(
        "2026-05-17T10:05:03.000000000Z stdout F started on port 80\n",
        "2026-05-17T12:05:03.250000000+02:00 stderr P a very long\n",
    ),
};

/// The fields, in the order of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Time,
    Stream,
    Partial,
    Message,
}

const FIELDS: [(&str, Field); 4] = [
    (TIME, Field::Time),
    ("stream", Field::Stream),
    ("partial", Field::Partial),
    ("message", Field::Message),
];

struct Cri {
    settings: Settings,
}

impl Schema for Cri {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn fields(&self) -> Vec<FieldName> {
        FIELDS
            .iter()
            .map(|(name, _)| FieldName::key(name))
            .collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn framing(&self, longest: usize) -> Option<Box<dyn Framing>> {
        Some(Box::new(Pieces::new(piece, longest)))
    }

    fn verbatim(&self) -> Verbatim {
        // The tag is shown as a truth value, and the time in another zone.
        Verbatim::Never
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let find = |name: &str| {
            let found = FIELDS.iter().find(|(known, _)| *known == name);
            found.map(|(_, field)| *field)
        };
        Ok(Box::new(CriReader {
            places: named(wanted, find)?,
            texts: TimeTexts::new(&self.settings.zone),
            words: Words::new(wanted, self.settings.infer),
        }))
    }
}

struct CriReader {
    /// The places of each field in the list of wanted fields.
    places: Vec<(Field, usize)>,
    texts: TimeTexts,
    words: Words,
}

/// The parts of a line.
struct Entry<'a> {
    time: &'a [u8],
    stream: &'a [u8],
    is_partial: bool,
    message: &'a [u8],
}

fn cut(line: &[u8]) -> Result<Entry<'_>, Bad> {
    let word = |text| {
        let end = memchr(b' ', text)?;
        Some((&text[..end], &text[end + 1..]))
    };
    let (time, rest) = word(line).ok_or_else(|| Bad::new("no time at the beginning"))?;
    let stream = word(rest).filter(|(stream, _)| matches!(*stream, b"stdout" | b"stderr"));
    let (stream, rest) =
        stream.ok_or_else(|| Bad::new("neither stdout nor stderr after the time"))?;
    // The message may be empty; further tags may follow a colon.
    let (tags, message) = word(rest).unwrap_or((rest, b""));
    let is_partial = match tags {
        b"F" | [b'F', b':', ..] => false,
        b"P" | [b'P', b':', ..] => true,
        _ => return Err(Bad::new("neither F nor P after the stream")),
    };
    Ok(Entry {
        time,
        stream,
        is_partial,
        message,
    })
}

/// A line as a piece of a record: the time and the stream, then the tags, then the message.
fn piece(line: &[u8]) -> Option<Piece<'_>> {
    let Entry {
        time,
        stream,
        is_partial,
        message,
    } = cut(line).ok()?;
    let head = time.len() + stream.len() + 2;
    let message_at = line.len() - message.len();
    Some(Piece {
        stream,
        head: &line[..head],
        mark: &line[head..message_at],
        text: message,
        tail: b"",
        is_partial,
        time,
    })
}

impl CriReader {
    fn time<'a>(&mut self, entry: &Entry<'_>) -> Result<Value<'a>, Bad> {
        let is_dated = entry.time.get(10) == Some(&b'T');
        let time = self.texts.parse(entry.time).filter(|_| is_dated);
        time.map(Value::Time)
            .ok_or_else(|| Bad::new("time is not a time"))
    }
}

impl Reader for CriReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if !self.places.is_empty() {
            let entry = cut(line)?;
            let text = |text: &'a [u8]| match text {
                b"" => Value::Missing,
                text => Value::Text(Cow::Borrowed(text)),
            };
            for index in 0..self.places.len() {
                let (field, place) = self.places[index];
                out[place] = match field {
                    Field::Time => self.time(&entry)?,
                    Field::Stream => text(entry.stream),
                    Field::Partial => Value::Bool(entry.is_partial),
                    Field::Message => text(entry.message),
                };
            }
        }
        self.words.fill(line, out);
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let entry = cut(line)?;
        self.time(&entry).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut() {
        let parts = |line: &str| {
            let entry = cut(line.as_bytes()).map_err(|bad| bad.reason.into_owned())?;
            let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            Ok::<_, String>((
                text(entry.time),
                text(entry.stream),
                entry.is_partial,
                text(entry.message),
            ))
        };
        let all = |stream: &str, is_partial, message: &str| {
            Ok((
                "T".to_owned(),
                stream.to_owned(),
                is_partial,
                message.to_owned(),
            ))
        };
        assert_eq!(parts("T stdout F a  b "), all("stdout", false, "a  b "));
        for line in [
            "T stdout F a  b ",
            "T stderr P:x:y a",
            "T stderr F",
            "T stderr F ",
        ] {
            let piece = piece(line.as_bytes()).expect("an entry");
            let parts = [piece.head, piece.mark, piece.text, piece.tail].concat();
            assert_eq!(parts, line.as_bytes());
            assert_eq!(piece.is_partial, line.contains('P'));
        }
        assert!(piece(b"T stdin F a").is_none());
        assert_eq!(parts("T stderr P a"), all("stderr", true, "a"));
        assert_eq!(parts("T stderr P:x:y a"), all("stderr", true, "a"));
        assert_eq!(parts("T stderr F"), all("stderr", false, ""));
        assert_eq!(parts("T stderr F:z "), all("stderr", false, ""));
        for (line, reason) in [
            ("T", "no time at the beginning"),
            ("T stdin F a", "neither stdout nor stderr after the time"),
            ("T stdout", "neither stdout nor stderr after the time"),
            ("T stdout X a", "neither F nor P after the stream"),
            ("T stdout FF a", "neither F nor P after the stream"),
        ] {
            assert_eq!(parts(line), Err(reason.to_owned()), "{line}");
        }
    }
}
