//! Access logs of web servers: the schema and the reader that `common`, `combined`, `vhost_combined` and `nginx` share. They
//! have the fields of one list, each format from one to another.
//!
//! Where the parts of a line are is left to [`cut()`], the end of nginx's lines to [`tail`].

mod cut;
mod tail;

use std::borrow::Cow;

use self::cut::{FieldError, Piece, PieceVisitor, Request, cut, cut_vhost};
use super::wanted::{TimeTexts, Times, named, put};
use super::words::Words;
use super::{
    Always, Bad, Candidate, Reader, Sample, Schema, Settings, Slots, Spec, Unknown, Verbatim,
    Wanted,
};
use crate::io::masks::{Masks, Task, with_masks};
use crate::record::number::is_digits;
use crate::record::{FieldName, Value};

/// The fields, in the order of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Vhost,
    /// The list of addresses that proxies have put in front, where there is one; its first is the address.
    Forwarded,
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
            Part::Vhost | Part::Forwarded | Part::Ip => Piece::Ip,
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

const PARTS: [(&str, Part); 15] = [
    ("vhost", Part::Vhost),
    ("forwarded", Part::Forwarded),
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

/// The schema of a format with the fields from `first` to `last`.
pub(super) fn candidates(
    spec: &'static Spec,
    first: Part,
    last: Part,
    settings: &Settings,
) -> Vec<Candidate> {
    let schema = Access {
        spec,
        first,
        last,
        has_lists: false,
        rt: tail::Place::default(),
        settings: settings.clone(),
    };
    vec![Candidate {
        schema: Box::new(schema),
        is_likely: true,
        enough: 1,
    }]
}

struct Access {
    spec: &'static Spec,
    first: Part,
    last: Part,
    /// Whether the lines that decided have lists of addresses.
    has_lists: bool,
    /// Where they have the request time.
    rt: tail::Place,
    settings: Settings,
}

impl Access {
    fn parts(&self) -> impl Iterator<Item = &'static (&'static str, Part)> {
        let parts = self.first..=self.last;
        PARTS.iter().filter(move |(_, part)| parts.contains(part))
    }
}

impl Schema for Access {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn learn(&mut self, sample: Sample<'_>) {
        for (line, _) in sample.lines_with_ends() {
            let mut shape = LineShape::default();
            let line = match self.first {
                Part::Vhost => cut_vhost(line).map_or(line, |(_, rest)| rest),
                _ => line,
            };
            if cut(line, self.last.piece(), &mut shape).is_ok() {
                self.has_lists |= shape.has_list;
                if self.rt == tail::Place::First {
                    self.rt = shape.rt.unwrap_or_default();
                }
            }
        }
    }

    fn fields(&self) -> Vec<FieldName> {
        self.parts()
            .filter(|(_, part)| *part != Part::Forwarded || self.has_lists)
            .map(|(name, _)| FieldName::key(name))
            .collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn always(&self, field: &str) -> Option<Always> {
        match field {
            "status" | "bytes" | "rt" => Some(Always::Number),
            "time" => None,
            _ => Some(Always::Text),
        }
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
        let (mut places, mut twins) = (Places::none(), Vec::new());
        let parts = named(wanted, find)?;
        for &(part, place) in &parts {
            match places.0[part as usize] {
                Places::NONE => places.0[part as usize] = place,
                first => twins.push((first, place)),
            }
        }
        Ok(Box::new(AccessReader {
            places,
            twins,
            last_wanted: parts.last().map(|(part, _)| part.piece()),
            words: Words::new(wanted, self.settings.infer),
            times: Times::new(wanted, &self.settings.zone),
            has_vhost: self.first == Part::Vhost,
            rt: self.rt,
            last: self.last,
            texts: TimeTexts::new(&self.settings.zone),
        }))
    }
}

struct AccessReader {
    places: Places,
    /// Parts that are wanted once more: the first place, and the other.
    twins: Vec<(usize, usize)>,
    /// The piece that the last wanted part is in.
    last_wanted: Option<Piece>,
    words: Words,
    times: Times,
    has_vhost: bool,
    rt: tail::Place,
    /// The last part of whole lines.
    last: Part,
    texts: TimeTexts,
}

/// The place of each part in the list of wanted fields.
struct Places([usize; PARTS.len()]);

impl Places {
    /// The place of a part that is not wanted, which no list reaches.
    const NONE: usize = usize::MAX;

    fn none() -> Places {
        Places([Places::NONE; PARTS.len()])
    }
}

impl AccessReader {
    #[inline(always)]
    fn read_line<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if let Some(last) = self.last_wanted {
            let mut visitor = WantedFields {
                places: &self.places,
                rt: self.rt,
                out,
            };
            let mut rest = line;
            if self.has_vhost {
                let (vhost, after) = cut_vhost(line).map_err(Bad::new)?;
                visitor.text(Part::Vhost, vhost);
                rest = after;
            }
            cut(rest, last, &mut visitor).map_err(Bad::new)?;
            for &(first, other) in &self.twins {
                out[other] = out[first].clone();
            }
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }
}

/// Lines to be read, and where their values go.
struct ReadAll<'r, 'l, 'o, 'a> {
    reader: &'r mut AccessReader,
    lines: &'l [&'a [u8]],
    slots: Slots<'o, 'a>,
    refuse: &'r mut dyn FnMut(usize, Bad),
}

impl Task for ReadAll<'_, '_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Masks>(self, _: M) {
        let rows = self.slots.values.chunks_exact_mut(self.slots.stride);
        for (index, (line, row)) in self.lines.iter().zip(rows).enumerate() {
            if let Err(bad) = self.reader.read_line(line, &mut row[self.slots.first..]) {
                (self.refuse)(index, bad);
            }
        }
    }
}

impl Reader for AccessReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        self.read_line(line, out)
    }

    fn read_all<'a>(
        &mut self,
        lines: &[&'a [u8]],
        slots: Slots<'_, 'a>,
        refuse: &mut dyn FnMut(usize, Bad),
    ) {
        // The shortest searches gain by the instructions for bits that come with those for vectors.
        with_masks(ReadAll {
            reader: self,
            lines,
            slots,
            refuse,
        });
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut visitor = FieldChecker {
            rt: self.rt,
            texts: &mut self.texts,
        };
        let line = match self.has_vhost {
            true => cut_vhost(line).map_err(Bad::new)?.1,
            false => line,
        };
        cut(line, self.last.piece(), &mut visitor).map_err(Bad::new)
    }
}

/// Puts what is wanted of a line where it is wanted.
struct WantedFields<'w, 'o, 'a> {
    places: &'w Places,
    rt: tail::Place,
    out: &'o mut [Value<'a>],
}

impl<'a> WantedFields<'_, '_, 'a> {
    /// Where a part is wanted, if it is.
    #[inline(always)]
    fn place(&mut self, part: Part) -> Option<&mut Value<'a>> {
        self.out.get_mut(self.places.0[part as usize])
    }

    #[inline(always)]
    fn text(&mut self, part: Part, text: &'a [u8]) {
        if let Some(place) = self.place(part) {
            put_text(text, place);
        }
    }
}

impl<'a> PieceVisitor<'a> for WantedFields<'_, '_, 'a> {
    // `cut` says which piece it is where it is compiled, so of all this only one arm is left each time.
    #[inline(always)]
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError> {
        match piece {
            Piece::Ip => {
                self.text(Part::Ip, first_of_list(text));
                if let Some(place) = self.place(Part::Forwarded)
                    && memchr::memchr(b',', text).is_some()
                {
                    put_text(text, place);
                }
            }
            Piece::Ident => self.text(Part::Ident, text),
            Piece::User => self.text(Part::User, text),
            Piece::Time => self.text(Part::Time, text),
            Piece::Referer => self.text(Part::Referer, text),
            Piece::Agent => self.text(Part::Agent, text),
            Piece::Status => {
                if let Some(place) = self.place(Part::Status) {
                    put_status(text, place)?;
                }
            }
            Piece::Bytes => {
                if let Some(place) = self.place(Part::Bytes) {
                    put_bytes(text, place)?;
                }
            }
            Piece::Tail => {
                let rt = self.rt;
                if let Some(place) = self.place(Part::Rt) {
                    *place = tail::request_time(text, rt)?;
                }
            }
            Piece::Request => {}
        }
        Ok(())
    }

    #[inline(always)]
    fn visit_request(&mut self, rest: &'a [u8], end: usize) {
        let wanted = [Part::Method, Part::Url, Part::Path, Part::Protocol];
        if wanted.map(|part| self.places.0[part as usize]) != [Places::NONE; 4] {
            let request = Request::new(rest, end);
            self.text(Part::Method, request.method);
            self.text(Part::Url, request.url);
            if let Some(place) = self.place(Part::Path) {
                put_text(request.path(), place);
            }
            self.text(Part::Protocol, request.protocol);
        }
    }
}

/// Looks at what is not free text.
struct FieldChecker<'t> {
    rt: tail::Place,
    texts: &'t mut TimeTexts,
}

impl<'a> PieceVisitor<'a> for FieldChecker<'_> {
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError> {
        match piece {
            Piece::Time if text != b"-" && self.texts.parse(text).is_none() => {
                Err("time is not a time")
            }
            Piece::Status => put_status(text, &mut Value::Missing),
            Piece::Bytes => put_bytes(text, &mut Value::Missing),
            Piece::Tail => tail::request_time(text, self.rt).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn visit_request(&mut self, _: &'a [u8], _: usize) {}
}

/// What a line shows of the layout of its file.
#[derive(Default)]
struct LineShape {
    has_list: bool,
    rt: Option<tail::Place>,
}

impl<'a> PieceVisitor<'a> for LineShape {
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError> {
        match piece {
            Piece::Ip => self.has_list = memchr::memchr(b',', text).is_some(),
            Piece::Tail => self.rt = tail::Place::shown_by(text),
            _ => {}
        }
        Ok(())
    }

    fn visit_request(&mut self, _: &'a [u8], _: usize) {}
}

/// The first address of a list, which is the client's.
#[inline(always)]
fn first_of_list(text: &[u8]) -> &[u8] {
    match memchr::memchr(b',', text) {
        Some(comma) => &text[..comma],
        None => text,
    }
}

#[inline(always)]
fn put_text<'a>(text: &'a [u8], out: &mut Value<'a>) {
    let value = if matches!(text, b"" | b"-") {
        Value::Missing
    } else {
        Value::Text(Cow::Borrowed(text))
    };
    put(value, out);
}

#[inline(always)]
fn put_status<'a>(text: &'a [u8], out: &mut Value<'a>) -> Result<(), FieldError> {
    put_digits(text, "status is not a number", out)
}

#[inline(always)]
fn put_bytes<'a>(text: &'a [u8], out: &mut Value<'a>) -> Result<(), FieldError> {
    put_digits(text, "bytes is not a number", out)
}

#[inline(always)]
fn put_digits<'a>(
    text: &'a [u8],
    error: FieldError,
    out: &mut Value<'a>,
) -> Result<(), FieldError> {
    if is_digits(text) {
        put(Value::Digits(Cow::Borrowed(text)), out);
    } else if text == b"-" {
        put(Value::Missing, out);
    } else {
        return Err(error);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
