//! Access logs of web servers: the schema and the reader that `common`, `combined`, `vhost_combined` and `nginx` share. They
//! have the fields of one list, each format from one to another.
//!
//! Where the parts of a line are is left to [`cut()`], the end of nginx's lines to [`tail`].

mod cut;
mod tail;
mod visitors;

use self::cut::{Piece, cut, cut_vhost};
use self::visitors::{FieldChecker, LineShape, WantedFields};
use super::wanted::{TimeTexts, Times, named};
use super::words::Words;
use super::{
    Always, Bad, Candidate, Reader, Sample, Schema, Settings, Slots, Spec, Unknown, Verbatim,
    Wanted,
};
use crate::io::masks::{Masks, Task, with_masks};
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
        let wants_list = places.0[Part::Forwarded as usize] != Places::NONE;
        Ok(Box::new(AccessReader {
            has_more_in_front: self.first == Part::Vhost || wants_list,
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
    /// Whether there is a virtual host, or the list of addresses is wanted.
    has_more_in_front: bool,
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
        if self.has_more_in_front {
            self.read_front(line, out)?;
        } else if let Some(last) = self.last_wanted {
            let mut visitor = WantedFields::<false> {
                places: &self.places,
                rt: &self.rt,
                out,
            };
            cut(line, last, &mut visitor).map_err(Bad::new)?;
            for &(first, other) in &self.twins {
                out[other] = out[first].clone();
            }
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }

    /// Reads a line with a virtual host in front, or of which the list of addresses is wanted. It is apart, since most lines have
    /// neither and are read faster so.
    #[inline(never)]
    fn read_front<'a>(&self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        let Some(last) = self.last_wanted else {
            return Ok(());
        };
        let mut visitor = WantedFields::<true> {
            places: &self.places,
            rt: &self.rt,
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
        Ok(())
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

#[cfg(test)]
mod tests;
