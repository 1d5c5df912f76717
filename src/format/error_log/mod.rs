//! Error logs of web servers: the schema and the reader that `apache-error` and `nginx-error` share.
//!
//! How a line is cut is left to [`apache`] and [`nginx`]. A line that does not begin with a time goes on from the line before:
//! it is all message, as in logs of applications.

mod apache;
mod nginx;

use std::borrow::Cow;

use super::app::level_of_word;
use super::wanted::named;
use super::words::Words;
use super::{
    Always, Bad, Candidate, FieldName, Reader, Schema, Settings, Spec, Unknown, Verbatim, Wanted,
};
use crate::record::Value;
use crate::record::time::{StampLayout, Stamps};

pub(super) use self::apache::SPEC as APACHE;
pub(super) use self::nginx::SPEC as NGINX;

/// The fields, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Time,
    Level,
    LevelText,
    Module,
    Pid,
    Tid,
    Connection,
    Source,
    Error,
    Client,
    Port,
    Message,
    Server,
    Request,
    Subrequest,
    Upstream,
    Host,
    Referer,
    Extra,
}

const FIELDS: [(&str, Field); 19] = [
    ("time", Field::Time),
    ("level", Field::Level),
    ("level_text", Field::LevelText),
    ("module", Field::Module),
    ("pid", Field::Pid),
    ("tid", Field::Tid),
    ("connection", Field::Connection),
    ("source", Field::Source),
    ("error", Field::Error),
    ("client", Field::Client),
    ("port", Field::Port),
    ("message", Field::Message),
    ("server", Field::Server),
    ("request", Field::Request),
    ("subrequest", Field::Subrequest),
    ("upstream", Field::Upstream),
    ("host", Field::Host),
    ("referer", Field::Referer),
    ("extra", Field::Extra),
];

/// How the lines of a server are cut.
struct Server {
    spec: &'static Spec,
    stamp: StampLayout,
    /// What stands before the time.
    opening: &'static [u8],
    /// The fields besides the time, the level and the message.
    fields: &'static [Field],
    /// Cuts what follows the time.
    cut: for<'a> fn(&'a [u8], &mut Entry<'a>) -> Result<(), Bad>,
}

/// The texts of a line.
struct Entry<'a>([&'a [u8]; FIELDS.len()]);

impl<'a> Entry<'a> {
    fn put(&mut self, field: Field, text: &'a [u8]) {
        self.0[field as usize] = text;
    }

    fn get(&self, field: Field) -> &'a [u8] {
        self.0[field as usize]
    }
}

fn candidates(server: &'static Server, settings: &Settings) -> Vec<Candidate> {
    vec![Candidate {
        schema: Box::new(ErrorLog {
            server,
            settings: settings.clone(),
        }),
        is_likely: true,
        enough: 1,
    }]
}

struct ErrorLog {
    server: &'static Server,
    settings: Settings,
}

impl ErrorLog {
    fn has(&self, field: Field) -> bool {
        const ALL: [Field; 4] = [Field::Time, Field::Level, Field::LevelText, Field::Message];
        ALL.contains(&field) || self.server.fields.contains(&field)
    }
}

impl Schema for ErrorLog {
    fn spec(&self) -> &'static Spec {
        self.server.spec
    }

    fn fields(&self) -> Vec<FieldName> {
        let fields = FIELDS.iter().filter(|(_, field)| self.has(*field));
        fields.map(|(name, _)| FieldName::key(name)).collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn always(&self, field: &str) -> Option<Always> {
        match field {
            "time" => None,
            "pid" | "tid" | "connection" | "port" => Some(Always::Number),
            _ => Some(Always::Text),
        }
    }

    fn verbatim(&self) -> Verbatim {
        // Levels are not spelt as they stand in the line.
        Verbatim::Never
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let find = |name: &str| {
            let found = FIELDS.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, field)| *field)
                .filter(|field| self.has(*field))
        };
        let Settings {
            zone, years, infer, ..
        } = &self.settings;
        Ok(Box::new(ErrorLogReader {
            server: self.server,
            stamps: Stamps::new(self.server.stamp, zone, *years),
            places: named(wanted, find)?,
            words: Words::new(wanted, *infer),
        }))
    }
}

struct ErrorLogReader {
    server: &'static Server,
    stamps: Stamps,
    /// The places of each field in the list of wanted fields.
    places: Vec<(Field, usize)>,
    words: Words,
}

impl ErrorLogReader {
    /// Where the time of a line begins and ends; none if the line does not begin with one.
    fn stamp(&mut self, line: &[u8]) -> Option<(usize, usize)> {
        let start = self.server.opening.len();
        let rest = line.strip_prefix(self.server.opening)?;
        Some((start, start + self.stamps.length(rest)?))
    }
}

impl Reader for ErrorLogReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if !self.places.is_empty() {
            let mut entry = Entry([&[][..]; FIELDS.len()]);
            let stamp = self.stamp(line);
            match stamp {
                Some((_, end)) => (self.server.cut)(&line[end..], &mut entry)?,
                None => entry.put(Field::Message, line),
            }
            for &(field, place) in &self.places {
                out[place] = match (field, stamp) {
                    (Field::Time, Some((start, _))) => {
                        let read = self.stamps.read(&line[start..]);
                        let (time, _) = read.ok_or_else(|| Bad::new("time is not a time"))?;
                        Value::Time(time)
                    }
                    _ => value(field, &entry)?,
                };
            }
        }
        self.words.fill(line, out);
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let (_, end) = self
            .stamp(line)
            .ok_or_else(|| Bad::new("no time at the beginning"))?;
        let mut entry = Entry([&[][..]; FIELDS.len()]);
        (self.server.cut)(&line[end..], &mut entry)?;
        let mut fields = FIELDS.iter();
        fields.try_for_each(|(_, field)| value(*field, &entry).map(drop))
    }
}

/// The value of a field other than the time.
fn value<'a>(field: Field, entry: &Entry<'a>) -> Result<Value<'a>, Bad> {
    let text = entry.get(field);
    Ok(match field {
        Field::Level => match entry.get(Field::LevelText) {
            b"" => Value::Missing,
            word => Value::Text(Cow::Borrowed(level(word)?.as_bytes())),
        },
        _ if matches!(text, b"" | b"-") => Value::Missing,
        Field::Pid | Field::Tid | Field::Connection | Field::Port => {
            if !text.iter().all(u8::is_ascii_digit) {
                let name = FIELDS[field as usize].0;
                return Err(Bad::new(format!("{name} is not a number")));
            }
            Value::Digits(Cow::Borrowed(text))
        }
        _ => Value::Text(Cow::Borrowed(text)),
    })
}

/// The level that a word stands for; Apache counts those of traces.
fn level(word: &[u8]) -> Result<&'static str, Bad> {
    let word = match word {
        [trace @ .., b'1'..=b'8'] if trace == b"trace" => trace,
        word => word,
    };
    level_of_word(word).ok_or_else(|| Bad::new("unknown level"))
}

/// What stands in brackets at the beginning of a text, and what follows them.
fn bracketed(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = text.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', inside)?;
    Some((&inside[..end], &inside[end + 1..]))
}

#[cfg(test)]
mod tests;
