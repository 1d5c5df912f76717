//! Access logs of web servers: the schema and the reader that `common`, `combined` and `nginx` share. They have the
//! fields of one list, each format up to a different one.
//!
//! Where the parts of a line are is left to [`cut()`], the end of nginx's lines to [`tail`].

mod cut;
mod tail;

use std::borrow::Cow;

use self::cut::{Fault, Piece, Pieces, Request, cut};
use super::sample::Judged;
use super::wanted::{TimeTexts, Times, named};
use super::words::Words;
use super::{Bad, Opened, Reader, Sample, Schema, Settings, Unknown, Verbatim, Wanted};
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

impl Part {
    /// The piece of a line that it is, or that it is in.
    fn piece(self) -> Piece {
        match self {
            Part::Ip => Piece::Ip,
            Part::Ident => Piece::Ident,
            Part::User => Piece::User,
            Part::Time => Piece::Time,
            Part::Method | Part::Url | Part::Path | Part::Protocol => Piece::Request,
            Part::Status => Piece::Status,
            Part::Bytes => Piece::Bytes,
            Part::Referer => Piece::Referer,
            Part::Agent => Piece::Agent,
            Part::Rt => Piece::Tail,
        }
    }
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
) -> Opened {
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
        let parts = named(wanted, find)?.into_iter();
        let targets = parts.map(|(part, slot)| Target {
            piece: part.piece(),
            part,
            slot,
        });
        Ok(Box::new(AccessReader {
            targets: targets.collect(),
            words: Words::new(wanted, self.settings.infer),
            times: Times::new(wanted, &self.settings.zone),
            last: self.last,
            texts: TimeTexts::new(&self.settings.zone),
        }))
    }
}

struct AccessReader {
    /// What is wanted, in the order of the line.
    targets: Vec<Target>,
    words: Words,
    times: Times,
    /// The last part of whole lines.
    last: Part,
    texts: TimeTexts,
}

/// A wanted part.
struct Target {
    /// The piece of the line that it is, or that it is in.
    piece: Piece,
    part: Part,
    /// Its place in the list of wanted fields.
    slot: usize,
}

impl Reader for AccessReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if let Some(last) = self.targets.last() {
            let mut pieces = Wishes {
                next: self.targets[0].piece,
                targets: &self.targets,
                out,
            };
            cut(line, last.piece, &mut pieces).map_err(Bad::new)?;
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut pieces = Judge {
            texts: &mut self.texts,
        };
        cut(line, self.last.piece(), &mut pieces).map_err(Bad::new)
    }
}

/// Puts what is wanted of a line where it is wanted.
struct Wishes<'t, 'o, 'a> {
    /// The piece that the first target is in.
    next: Piece,
    /// What has not been met yet.
    targets: &'t [Target],
    out: &'o mut [Value<'a>],
}

impl<'a> Pieces<'a> for Wishes<'_, '_, 'a> {
    #[inline(always)]
    fn meet(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), Fault> {
        if piece == self.next {
            self.take(text)
        } else {
            Ok(())
        }
    }
}

impl<'a> Wishes<'_, '_, 'a> {
    fn take(&mut self, text: &'a [u8]) -> Result<(), Fault> {
        while let Some((target, others)) = self.targets.split_first() {
            if target.piece != self.next {
                self.next = target.piece;
                break;
            }
            put(target.part, text, &mut self.out[target.slot])?;
            self.targets = others;
        }
        Ok(())
    }
}

/// Looks at what is not free text.
struct Judge<'t> {
    texts: &'t mut TimeTexts,
}

impl<'a> Pieces<'a> for Judge<'_> {
    fn meet(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), Fault> {
        match piece {
            Piece::Time if text != b"-" && self.texts.parse(text).is_none() => {
                Err("time is not a time")
            }
            Piece::Status => put(Part::Status, text, &mut Value::Missing),
            Piece::Bytes => put(Part::Bytes, text, &mut Value::Missing),
            Piece::Tail => put(Part::Rt, text, &mut Value::Missing),
            _ => Ok(()),
        }
    }
}

/// Puts the value of a part, from the piece that it is in, into its place. A value is three words or more: made where it
/// stays, it is not copied while its words are still on their way to memory.
#[inline]
fn put<'a>(part: Part, piece: &'a [u8], out: &mut Value<'a>) -> Result<(), Fault> {
    match part {
        Part::Method => put_text(Request::new(piece).method, out),
        Part::Url => put_text(Request::new(piece).url, out),
        Part::Path => put_text(Request::new(piece).path(), out),
        Part::Protocol => put_text(Request::new(piece).protocol, out),
        Part::Status => return put_digits(piece, "status is not a number", out),
        Part::Bytes => return put_digits(piece, "bytes is not a number", out),
        Part::Rt => *out = tail::request_time(piece)?,
        Part::Ip | Part::Ident | Part::User | Part::Time | Part::Referer | Part::Agent => {
            put_text(piece, out);
        }
    }
    Ok(())
}

#[inline]
fn put_text<'a>(text: &'a [u8], out: &mut Value<'a>) {
    *out = if matches!(text, b"" | b"-") {
        Value::Missing
    } else {
        Value::Text(Cow::Borrowed(text))
    };
}

#[inline]
fn put_digits<'a>(text: &'a [u8], fault: Fault, out: &mut Value<'a>) -> Result<(), Fault> {
    if text.iter().all(u8::is_ascii_digit) {
        *out = Value::Digits(Cow::Borrowed(text));
    } else if text == b"-" {
        *out = Value::Missing;
    } else {
        return Err(fault);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
