//! Access logs of web servers: the schema and the reader that `common`, `combined` and `nginx` share. They have the
//! fields of one list, each format up to a different one.
//!
//! Where the parts of a line are is left to [`cut`], the end of nginx's lines to [`request_time`].

mod cut;
mod tail;

use std::borrow::Cow;

use self::cut::{Cut, Request};
use super::sample::Judged;
use super::wanted::{TimeTexts, Times, named};
use super::words::Words;
use super::{Bad, Reader, Refused, Sample, Schema, Settings, Unknown, Verbatim, Wanted};
use crate::record::Value;

/// The fields, in the order of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Ip,
    Ident,
    User,
    Time,
    Method,
    Url,
    Path,
    Protocol,
    Status,
    Bytes,
    Referer,
    Agent,
    Rt,
}

const PARTS: [(&str, Part); 13] = [
    ("ip", Part::Ip),
    ("ident", Part::Ident),
    ("user", Part::User),
    ("time", Part::Time),
    ("method", Part::Method),
    ("url", Part::Url),
    ("path", Part::Path),
    ("protocol", Part::Protocol),
    ("status", Part::Status),
    ("bytes", Part::Bytes),
    ("referer", Part::Referer),
    ("agent", Part::Agent),
    ("rt", Part::Rt),
];

/// Opens the format of this name, whose last field is `last`.
pub(super) fn open(
    format: &'static str,
    last: Part,
    sample: Sample<'_>,
    settings: &Settings,
) -> Result<Box<dyn Schema>, Refused> {
    let schema = Access {
        format,
        last,
        settings: settings.clone(),
    };
    Judged::of(&schema, sample).accept(format)?;
    Ok(Box::new(schema))
}

struct Access {
    format: &'static str,
    last: Part,
    settings: Settings,
}

impl Access {
    fn parts(&self) -> impl Iterator<Item = &'static (&'static str, Part)> {
        PARTS.iter().take_while(|(_, part)| *part <= self.last)
    }
}

impl Schema for Access {
    fn format(&self) -> &'static str {
        self.format
    }

    fn fields(&self) -> Vec<String> {
        self.parts().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn verbatim(&self) -> Verbatim {
        Verbatim::Always
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let find = |wanted: &str| {
            self.parts()
                .find(|(name, _)| *name == wanted)
                .map(|(_, part)| *part)
        };
        let parts = named(wanted, find)?;
        Ok(Box::new(AccessReader {
            last: parts.last().map(|(part, _)| *part),
            parts,
            words: Words::new(wanted, self.settings.infer),
            times: Times::new(wanted, &self.settings.zone),
            all: self.last,
            texts: TimeTexts::new(&self.settings.zone),
        }))
    }
}

struct AccessReader {
    /// Part of the line, place in the list of wanted fields; in the order of the line.
    parts: Vec<(Part, usize)>,
    /// The last of these parts.
    last: Option<Part>,
    words: Words,
    times: Times,
    /// The last part of whole lines.
    all: Part,
    texts: TimeTexts,
}

impl Reader for AccessReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if let Some(last) = self.last {
            let cut = Cut::new(line, last).map_err(Bad::new)?;
            let mut request = None;
            for &(part, slot) in &self.parts {
                out[slot] = value(part, &cut, &mut request).map_err(Bad::new)?;
            }
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let cut = Cut::new(line, self.all).map_err(Bad::new)?;
        for part in [Part::Status, Part::Bytes, self.all] {
            value(part, &cut, &mut None).map_err(Bad::new)?;
        }
        if cut.time != b"-" && self.texts.parse(cut.time).is_none() {
            return Err(Bad::new("time is not a time"));
        }
        Ok(())
    }
}

/// One part of a line that was cut at least that far.
#[inline]
fn value<'a>(
    part: Part,
    cut: &Cut<'a>,
    request: &mut Option<Request<'a>>,
) -> Result<Value<'a>, &'static str> {
    let mut request = || *request.get_or_insert_with(|| Request::new(cut.request));
    Ok(match part {
        Part::Ip => text(cut.ip),
        Part::Ident => text(cut.ident),
        Part::User => text(cut.user),
        Part::Time => text(cut.time),
        Part::Method => text(request().method),
        Part::Url => text(request().url),
        Part::Path => text(request().path()),
        Part::Protocol => text(request().protocol),
        Part::Status => digits(cut.status).ok_or("status is not a number")?,
        Part::Bytes => digits(cut.bytes).ok_or("bytes is not a number")?,
        Part::Referer => text(cut.referer),
        Part::Agent => text(cut.agent),
        Part::Rt => tail::request_time(cut.tail)?,
    })
}

#[inline]
fn text(text: &[u8]) -> Value<'_> {
    if matches!(text, b"" | b"-") {
        Value::Missing
    } else {
        Value::Text(Cow::Borrowed(text))
    }
}

#[inline]
fn digits(text: &[u8]) -> Option<Value<'_>> {
    if text.iter().all(u8::is_ascii_digit) {
        Some(Value::Digits(Cow::Borrowed(text)))
    } else {
        (text == b"-").then_some(Value::Missing)
    }
}

#[cfg(test)]
mod tests;
