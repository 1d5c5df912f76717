//! Access logs of web servers: the schema and the reader that `common`, `combined`, `vhost_combined` and `nginx` share. They
//! have the fields of one list, each format from one to another.
//!
//! Where the parts of a line are is left to [`cut()`], what follows the agent to [`tail`].

mod cut;
mod tail;
mod visitors;

use std::borrow::Cow;

use self::cut::{FieldError, Piece, PieceVisitor as _, cut, cut_vhost};
use self::tail::layout::{Layout, TailReader};
use self::visitors::{FieldChecker, LineShape, TailCheck, WantedFields};
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
        }
    }
}

const PARTS: [(&str, Part); 14] = [
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
];

/// Whether a field needs no more than one line to be known.
pub(super) fn is_usual(name: &str) -> bool {
    PARTS.iter().any(|(known, _)| *known == name)
        || matches!(name, tail::layout::RT | tail::layout::REST)
}

/// The schema of a format with the fields from `first` to `last`.
pub(super) fn candidates(
    spec: &'static Spec,
    first: Part,
    last: Part,
    settings: &Settings,
) -> Vec<Candidate> {
    candidates_with(spec, (first, last), false, settings)
}

/// The schema of a format with the fields from the first to the last of `parts`, perhaps followed by a request time.
pub(super) fn candidates_with(
    spec: &'static Spec,
    (first, last): (Part, Part),
    needs_rt: bool,
    settings: &Settings,
) -> Vec<Candidate> {
    let schema = Access {
        spec,
        first,
        last,
        has_lists: false,
        needs_rt,
        tail: None,
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
    /// Whether all lines have a request time after the agent.
    needs_rt: bool,
    /// What follows the agent in the lines that decided.
    tail: Option<Layout>,
    settings: Settings,
}

impl Access {
    fn parts(&self) -> impl Iterator<Item = &'static (&'static str, Part)> {
        let parts = self.first..=self.last;
        PARTS.iter().filter(move |(_, part)| parts.contains(part))
    }

    /// What follows the last part, as far as it is known.
    fn tail(&self) -> Layout {
        self.tail.clone().unwrap_or_default()
    }

    /// What strict readers expect after the agent.
    fn tail_check(&self) -> TailCheck {
        match &self.tail {
            tail if self.needs_rt => {
                TailCheck::Rt(tail.as_ref().map_or(tail::Place::First, |tail| tail.rt))
            }
            Some(tail) if tail.is_empty() => TailCheck::Nothing,
            _ => TailCheck::Free,
        }
    }
}

impl Schema for Access {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn learn(&mut self, sample: Sample<'_>) {
        let mut tails = Vec::new();
        for (line, _) in sample.lines_with_ends() {
            let mut shape = LineShape::default();
            let line = match self.first {
                Part::Vhost => cut_vhost(line).map_or(line, |(_, rest)| rest),
                _ => line,
            };
            let tail = tail_of(line, self.last, &mut shape);
            if let Ok(tail) = tail {
                self.has_lists |= shape.has_list;
                tails.push(tail);
            }
        }
        let is_part = |name: &str| PARTS.iter().any(|(known, _)| *known == name);
        self.tail = Some(Layout::of(&tails, is_part));
    }

    fn learns_fields(&self) -> bool {
        true
    }

    fn fields(&self) -> Vec<FieldName> {
        let tail = self.tail();
        self.parts()
            .filter(|(_, part)| *part != Part::Forwarded || self.has_lists)
            .map(|(name, _)| *name)
            .chain(tail.names(self.needs_rt))
            .map(FieldName::key)
            .collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn always(&self, field: &str) -> Option<Always> {
        match field {
            "status" | "bytes" | "rt" => Some(Always::Number),
            name if PARTS.iter().all(|(known, _)| *known != name) => None,
            "time" => None,
            _ => Some(Always::Text),
        }
    }

    fn verbatim(&self) -> Verbatim {
        Verbatim::Always
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let tail = self.tail();
        let in_tail = |name: &str| tail.find(name, self.needs_rt);
        let find = |wanted: &str| {
            let mut parts = self.parts();
            let part = parts.find(|(name, _)| *name == wanted);
            match part {
                Some((_, part)) => Some(Some(*part)),
                None => in_tail(wanted).map(|_| None),
            }
        };
        let (mut places, mut twins, mut after_agent) = (Places::none(), Vec::new(), Vec::new());
        for (part, place) in named(wanted, find)? {
            let Some(part) = part else {
                let name = wanted[place].name.as_key();
                after_agent.extend(name.and_then(in_tail).map(|field| (field, place)));
                continue;
            };
            match places.0[part as usize] {
                Places::NONE => places.0[part as usize] = place,
                first => twins.push((first, place)),
            }
        }
        let is_wanted = |part: &Part| places.0[*part as usize] != Places::NONE;
        let mut parts = PARTS.iter().rev().map(|(_, part)| *part);
        let last_wanted = match after_agent.is_empty() {
            false if self.last == Part::Agent => Some(Piece::Tail),
            _ => parts.find(is_wanted).map(Part::piece),
        };
        // Only lines with an agent are cut further than the last part.
        let has_short_tail = self.last != Part::Agent && !after_agent.is_empty();
        let wants_list = places.0[Part::Forwarded as usize] != Places::NONE;
        let is_end_known =
            matches!(self.tail_check(), TailCheck::Nothing) && after_agent.is_empty();
        Ok(Box::new(AccessReader {
            is_rare: self.first == Part::Vhost || wants_list || has_short_tail,
            has_short_tail,
            twins,
            last_wanted,
            words: Words::new(wanted, self.settings.infer),
            times: Times::new(wanted, &self.settings.zone),
            has_vhost: self.first == Part::Vhost,
            tail: TailReader {
                rt: tail.rt,
                fields: after_agent,
            },
            tail_check: self.tail_check(),
            last: self.last,
            end: Some(places.0[self.last as usize])
                .filter(|_| is_end_known && is_wanted(&self.last)),
            surplus: 0,
            texts: TimeTexts::new(&self.settings.zone),
            places,
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
    /// Whether there is a virtual host, or the list of addresses is wanted, or what follows a line without an agent.
    is_rare: bool,
    /// Whether what follows a line without an agent is wanted.
    has_short_tail: bool,
    tail: TailReader,
    tail_check: TailCheck,
    /// The last part of whole lines.
    last: Part,
    /// Where that is wanted, if nothing follows it in the lines that decided.
    end: Option<usize>,
    /// How many lines have something there all the same.
    surplus: u64,
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
        if self.is_rare {
            self.read_rare(line, out)?;
        } else if let Some(last) = self.last_wanted {
            let mut visitor = WantedFields::<false> {
                places: &self.places,
                tail: &self.tail,
                out,
            };
            cut(line, last, &mut visitor).map_err(Bad::new)?;
            for &(first, other) in &self.twins {
                out[other] = out[first].clone();
            }
        }
        if let Some(end) = self.end
            && !ends_with(line, &out[end])
        {
            self.surplus += 1;
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }

    /// Reads a line with a virtual host in front, or of which something else is wanted that few have. It is apart, since most lines
    /// have neither and are read faster so.
    #[inline(never)]
    fn read_rare<'a>(&self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if self.has_short_tail {
            let line = match self.has_vhost {
                true => cut_vhost(line).map_err(Bad::new)?.1,
                false => line,
            };
            let tail = tail_of(line, self.last, &mut LineShape::default());
            let tail = tail.map_err(Bad::new)?;
            self.tail.read(tail, out).map_err(Bad::new)?;
        }
        let Some(last) = self.last_wanted else {
            return Ok(());
        };
        let mut visitor = WantedFields::<true> {
            places: &self.places,
            tail: &self.tail,
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

/// What follows the last part of a line.
fn tail_of<'a>(
    line: &'a [u8],
    last: Part,
    shape: &mut LineShape<'a>,
) -> Result<&'a [u8], FieldError> {
    if last == Part::Agent {
        cut(line, Piece::Tail, shape)?;
        return Ok(shape.tail);
    }
    cut(line, last.piece(), shape)?;
    let end = shape.last.as_ptr_range().end as usize - line.as_ptr() as usize;
    Ok(&line[end..])
}

/// Whether nothing but quotes and blanks follows the last field of a line.
#[inline]
fn ends_with(line: &[u8], last: &Value<'_>) -> bool {
    let end = match last {
        Value::Text(Cow::Borrowed(text)) | Value::Digits(Cow::Borrowed(text)) => {
            text.as_ptr_range().end as usize - line.as_ptr() as usize
        }
        // A dash, or nothing between quotes.
        _ => {
            return matches!(
                line.trim_ascii_end(),
                [.., b' ', b'-'] | [.., b'-' | b'"', b'"']
            );
        }
    };
    let rest = line.get(end..).unwrap_or_default();
    rest.strip_prefix(b"\"")
        .unwrap_or(rest)
        .trim_ascii()
        .is_empty()
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

    fn take_surplus(&mut self) -> u64 {
        std::mem::take(&mut self.surplus)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut visitor = FieldChecker {
            tail: self.tail_check,
            texts: &mut self.texts,
        };
        let line = match self.has_vhost {
            true => cut_vhost(line).map_err(Bad::new)?.1,
            false => line,
        };
        let last = match (self.last, self.tail_check) {
            (Part::Agent, TailCheck::Rt(_) | TailCheck::Nothing) => Piece::Tail,
            (last, TailCheck::Nothing) => {
                let tail = tail_of(line, last, &mut LineShape::default());
                visitor
                    .visit(Piece::Tail, tail.map_err(Bad::new)?)
                    .map_err(Bad::new)?;
                last.piece()
            }
            (last, _) => last.piece(),
        };
        cut(line, last, &mut visitor).map_err(Bad::new)
    }
}

#[cfg(test)]
mod tests;
