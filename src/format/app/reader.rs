//! Reading the head of a line by its layout.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::super::wanted::put;
use super::super::words::Words;
use super::super::{Bad, Reader};
use super::Field;
use super::layout::{Layout, Slot};
use super::level::of_letter;
use super::piece::is_number;
use super::priority::{facility, priority, severity};
use super::slots::{level, piece_of, process};
use crate::record::Value;
use crate::record::time::{Stamps, Years};

/// Reads lines of one layout.
pub(super) struct LayoutReader {
    layout: Layout,
    stamps: Stamps,
    /// The places of each field in the list of wanted fields.
    places: Vec<(Field, usize)>,
    /// The last slot that a wanted field needs, counted from 1; all of them for the message.
    depth: usize,
    wants_time: bool,
    /// Whether lines without a time are bad.
    is_strict: bool,
    words: Words,
}

impl LayoutReader {
    pub(super) fn new(
        layout: &Layout,
        zone: &TimeZone,
        years: Years,
        places: Vec<(Field, usize)>,
        is_strict: bool,
        words: Words,
    ) -> LayoutReader {
        let depth = places
            .iter()
            .map(|(field, _)| depth_of(*field, layout))
            .max();
        LayoutReader {
            stamps: Stamps::new(layout.stamp, zone, years),
            layout: layout.clone(),
            depth: depth.unwrap_or(0),
            wants_time: places.iter().any(|(field, _)| *field == Field::Time),
            places,
            is_strict,
            words,
        }
    }

    fn put<'a>(&self, field: Field, value: &Value<'a>, out: &mut [Value<'a>]) {
        for &(_, place) in self.places.iter().filter(|(wanted, _)| *wanted == field) {
            put(value.clone(), &mut out[place]);
        }
    }

    fn put_text<'a>(&self, field: Field, text: &'a [u8], out: &mut [Value<'a>]) {
        if !text.is_empty() && text != b"-" {
            self.put(field, &Value::Text(Cow::Borrowed(text)), out);
        }
    }

    fn put_level<'a>(&self, level: &'static str, text: &'a [u8], out: &mut [Value<'a>]) {
        self.put(
            Field::Level,
            &Value::Text(Cow::Borrowed(level.as_bytes())),
            out,
        );
        self.put_text(Field::LevelText, text, out);
    }

    /// Reads what is in a slot; gives where the line goes on.
    fn slot<'a>(&self, slot: Slot, line: &'a [u8], at: usize, out: &mut [Value<'a>]) -> usize {
        let Some((piece, next)) = piece_of(slot, line, at) else {
            return at;
        };
        match slot {
            Slot::Level => {
                if let Some((level, text)) = level(&piece) {
                    self.put_level(level, text, out);
                }
            }
            Slot::Pid | Slot::Thread => {
                let (pid, thread) = process(&piece).unwrap_or((piece.text, None));
                if slot == Slot::Thread {
                    self.put_text(Field::Thread, pid, out);
                } else if is_number(pid) {
                    self.put(Field::Pid, &Value::Digits(Cow::Borrowed(pid)), out);
                }
                if let Some(thread) = thread {
                    self.put_text(Field::Thread, thread, out);
                }
            }
            Slot::Host => self.put_text(Field::Host, piece.text, out),
            Slot::Logger(_) => self.put_text(Field::Logger, piece.text, out),
            Slot::Tag | Slot::Program => {
                self.put_text(Field::Program, piece.text, out);
                if let Some(number) = piece.number {
                    self.put(Field::Pid, &Value::Digits(Cow::Borrowed(number)), out);
                }
            }
            Slot::Separator | Slot::Time(_) | Slot::Data | Slot::Other => {}
        }
        next
    }

    /// Where the time of a line begins and ends.
    #[inline]
    fn stamp_end(&mut self, line: &[u8]) -> Option<(usize, usize)> {
        let start = self.layout.place.find(line)?;
        let length = self.stamps.length(line.get(start..)?)?;
        Some((start, start + length))
    }

    /// The time, and where the line goes on after it.
    #[inline]
    fn stamp<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Option<usize> {
        let (start, end) = if self.wants_time {
            let start = self.layout.place.find(line)?;
            let (time, length) = self.stamps.read(line.get(start..)?)?;
            self.put(Field::Time, &Value::Time(time), out);
            (start, start + length)
        } else {
            self.stamp_end(line)?
        };
        if self.layout.stamp.lacks_day() {
            self.put_text(Field::TimeOfDay, &line[start..end], out);
        }
        if self.layout.place.has_level_letter {
            let letter = &line[start - 1..start];
            self.put_level(of_letter(letter[0])?, letter, out);
        }
        Some(Layout::after_stamp(line, end))
    }
}

impl Reader for LayoutReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        for &(_, place) in &self.places {
            put(Value::Missing, &mut out[place]);
        }
        if !self.places.is_empty() {
            match self.stamp(line, out) {
                Some(mut at) => {
                    for &slot in &self.layout.slots[..self.depth.min(self.layout.slots.len())] {
                        at = self.slot(slot, line, at, out);
                    }
                    if self.depth > self.layout.slots.len() {
                        self.put_text(Field::Message, &line[at.min(line.len())..], out);
                    }
                    if let Some(priority) = priority(line) {
                        self.put_text(Field::Facility, facility(priority), out);
                        self.put_text(Field::Severity, severity(priority), out);
                    }
                }
                None if self.is_strict => return Err(no_time()),
                // What goes on from the line before.
                None => self.put_text(Field::Message, line, out),
            }
        }
        self.words.fill(line, out);
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        match self.is_strict && self.stamp_end(line).is_none() {
            true => Err(no_time()),
            false => Ok(()),
        }
    }
}

fn no_time() -> Bad {
    Bad::new("no time where the first lines have it".to_owned())
}

/// How many slots must be read for a field.
fn depth_of(field: Field, layout: &Layout) -> usize {
    let holds = |slot: &Slot| match field {
        Field::Level | Field::LevelText => *slot == Slot::Level,
        Field::Pid => matches!(slot, Slot::Pid | Slot::Tag),
        Field::Thread => matches!(slot, Slot::Thread | Slot::Pid),
        Field::Host => *slot == Slot::Host,
        Field::Logger => matches!(slot, Slot::Logger(_)),
        Field::Program => matches!(slot, Slot::Tag | Slot::Program),
        Field::Time | Field::TimeOfDay | Field::Message | Field::Facility | Field::Severity => {
            false
        }
    };
    match field {
        Field::Message => layout.slots.len() + 1,
        _ => layout
            .slots
            .iter()
            .rposition(holds)
            .map_or(0, |place| place + 1),
    }
}
