//! Finding out how the lines of a log are laid out, from the first of them.
//!
//! What most lines have in the same place is what it looks like: a word for a level is the level, a number before it a
//! process, and so on. Where nothing is sure, the message begins.

use super::super::Sample;
use super::LINES;
use super::layout::{Layout, Mark, Slot, StampPlace};
use super::level;
use super::piece::Piece;
use super::priority::priority;
use super::slots::{self, has_parts};
use crate::record::time::StampLayout;

/// How many pieces may stand before the time.
const BEFORE: usize = 5;
/// How many slots there are at most.
const SLOTS: usize = 10;
/// How far ahead of a piece the level or a repeated time is looked for.
const AHEAD: usize = 6;

/// The layout of a log that begins with this sample, by its first lines that are not blank; none if fewer than half of them have a
/// time near their beginning.
pub(super) fn learn(sample: Sample<'_>) -> Option<Layout> {
    let lines = sample.lines().filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<&[u8]> = lines.take(LINES).collect();
    let Some((place, stamp)) = find_stamp(&lines) else {
        return learn_without_date(&lines);
    };
    let has_priority = place.before > 0 && most(&lines, |line| priority(line).is_some());
    let slots = if has_priority && place.before == 2 {
        // RFC 5424: the version stands before the time.
        vec![
            Slot::Host,
            Slot::Program,
            Slot::Pid,
            Slot::Other,
            Slot::Data,
        ]
    } else {
        find_slots(&lines, place, stamp)
    };
    let ambiguous = stamp.other_order().and_then(|other| {
        let starts = lines
            .iter()
            .filter_map(|line| line.get(place.find(line)?..));
        let mut times = starts.filter(|text| stamp.length(text).is_some());
        let are_both = times.clone().all(|text| other.length(text).is_some());
        let first = times.next().filter(|_| are_both)?;
        Some(String::from_utf8_lossy(&first[..stamp.length(first)?]).into_owned())
    });
    Some(Layout {
        place,
        has_priority,
        stamp,
        slots,
        ambiguous,
    })
}

/// The layout of lines that begin with a time of day and name a level: without one, nothing shows that it is a log.
fn learn_without_date(lines: &[&[u8]]) -> Option<Layout> {
    let (place, stamp) = (StampPlace::default(), StampLayout::TIME_OF_DAY);
    let begin = StampStart { place, stamp };
    let stamped = lines.iter().filter(|line| begin.begins(line)).count();
    if stamped == 0 || 2 * stamped < lines.len() {
        return None;
    }
    let slots = find_slots(lines, place, stamp);
    slots.contains(&Slot::Level).then_some(Layout {
        place,
        has_priority: false,
        stamp,
        slots,
        ambiguous: None,
    })
}

/// A place where lines have a time, and how it is written there.
#[derive(Clone, Copy, Debug)]
pub(in crate::format) struct StampStart {
    place: StampPlace,
    stamp: StampLayout,
}

impl StampStart {
    /// That of a line; none if there is no time near its beginning.
    pub(in crate::format) fn of(line: &[u8]) -> Option<StampStart> {
        let dated = find_stamp(&[line]).map(|(place, stamp)| StampStart { place, stamp });
        let timed = StampStart {
            place: StampPlace::default(),
            stamp: StampLayout::TIME_OF_DAY,
        };
        dated.or_else(|| timed.begins(line).then_some(timed))
    }

    /// Whether a line has a time there.
    pub(in crate::format) fn begins(self, line: &[u8]) -> bool {
        let text = self.place.find(line).and_then(|start| line.get(start..));
        text.is_some_and(|text| self.stamp.length(text).is_some())
    }
}

/// Where the time is, and how it is written.
fn find_stamp(lines: &[&[u8]]) -> Option<(StampPlace, StampLayout)> {
    let places = (0..=BEFORE).flat_map(|before| {
        [false, true].map(|has_level_letter| StampPlace {
            before,
            has_level_letter,
        })
    });
    let mut places = places.map(|place| (place, likeliest_stamp(lines, place)));
    places.find_map(|(place, stamp)| Some((place, stamp?)))
}

/// The layout in which half of the lines have a time in this place.
fn likeliest_stamp(lines: &[&[u8]], place: StampPlace) -> Option<StampLayout> {
    let is_level = |letter: &u8| level::of_letter(*letter).is_some();
    let mut votes: Vec<(StampLayout, usize)> = Vec::new();
    for line in lines {
        let Some((before, text)) = place
            .find(line)
            .and_then(|start| line.split_at_checked(start))
        else {
            continue;
        };
        if place.has_level_letter && !before.last().is_some_and(is_level) {
            continue;
        }
        for (stamp, _) in StampLayout::all(text) {
            match votes.iter_mut().find(|(known, _)| *known == stamp) {
                Some((_, count)) => *count += 1,
                None => votes.push((stamp, 1)),
            }
        }
    }
    // Of those with equally many votes the first, which is the likeliest.
    let (stamp, count) = votes.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (2 * count >= lines.len()).then_some(stamp)
}

/// What follows the time.
fn find_slots(lines: &[&[u8]], place: StampPlace, stamp: StampLayout) -> Vec<Slot> {
    let stamped = lines.iter().filter_map(|line| {
        let start = place.find(line)?;
        let length = stamp.length(line.get(start..)?)?;
        Some((*line, Layout::after_stamp(line, start + length)))
    });
    let mut head = Head {
        lines: stamped.collect(),
        slots: Vec::new(),
        has_syslog_time: stamp.is_of_syslog(),
        has_level: place.has_level_letter,
        follows_bracket: false,
    };
    while head.slots.len() < SLOTS && head.take() {}
    head.slots
}

/// Whether four of five are like this, and at least one.
fn most<T: Copy>(all: &[T], is: impl Fn(T) -> bool) -> bool {
    let count = all.iter().filter(|one| is(**one)).count();
    count > 0 && 5 * count >= 4 * all.len()
}

/// The lines with a time, from the place on that the slots so far reach.
struct Head<'a> {
    lines: Vec<(&'a [u8], usize)>,
    slots: Vec<Slot>,
    has_syslog_time: bool,
    has_level: bool,
    /// Whether brackets have been passed over of which nothing shows what stands in them.
    follows_bracket: bool,
}

impl<'a> Head<'a> {
    /// Finds the next slot; false if the message begins, or after the last slot.
    fn take(&mut self) -> bool {
        let pieces = self.pieces(0);
        if 2 * pieces.iter().flatten().count() < self.lines.len() {
            return false;
        }
        if most(&pieces, |piece| {
            piece.is_some_and(|piece| piece.is_separator())
        }) {
            return self.push(Slot::Separator);
        }
        if let Some(stamp) = self.repeated_time(0) {
            return self.push(Slot::Time(stamp));
        }
        if !self.has_level && is_level(&pieces) {
            self.has_level = true;
            return self.push(Slot::Level);
        }
        if self.has_syslog_time && self.slots.is_empty() && self.half_have_tags() {
            self.push(Slot::Host);
            self.push(Slot::Tag);
            return false;
        }
        if most(&pieces, |piece| piece.is_some_and(is_tag)) {
            let has_number = pieces.iter().flatten().any(|piece| piece.number.is_some());
            let is_tag = has_number || self.slots.contains(&Slot::Host);
            self.push(if is_tag {
                Slot::Tag
            } else {
                Slot::Logger(Mark::Colon)
            });
            return false;
        }
        let all_are = |is: fn(Piece<'a>) -> bool| most(&pieces, |piece| piece.is_some_and(is));
        let is_number_here = all_are(|piece| is_process(&piece));
        let is_bracketed = all_are(|piece| piece.is_bracketed);
        let is_name = all_are(|piece| piece.is_name());
        let is_ahead = (1..=AHEAD).find(|ahead| {
            (!self.has_level && is_level(&self.pieces(*ahead)))
                || self.repeated_time(*ahead).is_some()
        });
        let tag_follows = most(&self.pieces(1), |piece| piece.is_some_and(is_tag));
        if let Some(ahead) = is_ahead {
            let slot = if is_number_here {
                self.process()
            } else if is_bracketed {
                self.bracketed(&pieces)
            } else if is_name && !self.has_level && ahead <= 2 && self.is_last_before_level(ahead) {
                self.free(Slot::Logger(Mark::Place))
            } else if is_name && !tag_follows {
                self.free(Slot::Host)
            } else {
                Slot::Other
            };
            return self.push(slot);
        }
        if tag_follows && !is_bracketed && !is_number_here {
            return self.push(self.free(Slot::Host));
        }
        let has_bar = all_are(|piece| piece.has_bar);
        if is_number_here
            && (has_bar
                || self.has_level_letter_only()
                || self.separator_follows()
                || all_are(|piece| piece.has_colon))
        {
            return self.push(self.process());
        }
        let has_logger = self
            .slots
            .iter()
            .any(|slot| matches!(slot, Slot::Logger(_)));
        if is_bracketed
            && !has_logger
            && (self.has_level
                || pieces
                    .iter()
                    .all(|piece| piece.is_some_and(|piece| piece.is_bracketed)))
        {
            if most(&self.pieces(1), |piece| {
                piece.is_some_and(|piece| piece.is_bracketed)
            }) {
                // What the first of several is, nothing shows.
                self.follows_bracket = true;
                return self.push(Slot::Other);
            }
            let slot = self.bracketed(&pieces);
            let is_sure = !self.follows_bracket || self.is_padded_in_brackets();
            return is_sure && slot != Slot::Other && self.push(slot);
        }
        if !is_name || has_logger {
            return false;
        }
        if has_bar {
            return self.push(Slot::Logger(Mark::Place));
        }
        if self.separator_follows() {
            let slot = if self.has_level {
                Slot::Logger(Mark::Place)
            } else {
                Slot::Program
            };
            self.push(slot);
            self.push(Slot::Separator);
            return false;
        }
        if self.has_level && all_are(has_parts) {
            self.push(Slot::Logger(Mark::Parts));
        } else if self.has_level && (is_padded(&pieces) || all_are(|piece| piece.closes)) {
            self.push(Slot::Logger(Mark::Place));
        }
        false
    }

    /// Whether half of the lines have a tag after the next piece. Many lines of syslog have none.
    fn half_have_tags(&self) -> bool {
        let pieces = self.pieces(1);
        2 * pieces
            .iter()
            .flatten()
            .filter(|piece| is_tag(**piece))
            .count()
            >= pieces.len()
    }

    /// The piece of each line that stands this many pieces ahead.
    fn pieces(&self, ahead: usize) -> Vec<Option<Piece<'a>>> {
        let piece = |&(line, mut at): &(&'a [u8], usize)| {
            for _ in 0..ahead {
                at = Piece::at(line, at)?.next;
            }
            Piece::at(line, at)
        };
        self.lines.iter().map(piece).collect()
    }

    /// The layout of a time that most lines have this many pieces ahead.
    fn repeated_time(&self, ahead: usize) -> Option<StampLayout> {
        let starts: Vec<Option<&[u8]>> = self
            .lines
            .iter()
            .map(|&(line, mut at)| {
                for _ in 0..ahead {
                    at = Piece::at(line, at)?.next;
                }
                line.get(at..)
            })
            .collect();
        let first = starts
            .iter()
            .flatten()
            .find_map(|text| StampLayout::all(text).next())?
            .0;
        let is_it = |text: Option<&[u8]>| text.is_some_and(|text| first.length(text).is_some());
        (most(&starts, is_it) && !first.is_epoch()).then_some(first)
    }

    /// Adds a slot, and goes on after it in each line.
    fn push(&mut self, slot: Slot) -> bool {
        for (line, at) in &mut self.lines {
            *at = slots::skip(slot, line, *at);
        }
        self.slots.push(slot);
        true
    }

    /// The slot, unless there is one already.
    fn free(&self, slot: Slot) -> Slot {
        if self.slots.contains(&slot) {
            Slot::Other
        } else {
            slot
        }
    }

    /// What a number is.
    fn process(&self) -> Slot {
        match self.free(Slot::Pid) {
            Slot::Other => self.free(Slot::Thread),
            pid => pid,
        }
    }

    /// Whether blanks fill up the brackets in some lines, as those around the names of threads.
    fn is_padded_in_brackets(&self) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|(line, at)| line[(*at).min(line.len())..].starts_with(b"[ "))
    }

    /// What stands in brackets.
    fn bracketed(&self, pieces: &[Option<Piece<'a>>]) -> Slot {
        if most(pieces, |piece| {
            piece.is_some_and(|piece| is_process(&piece))
        }) {
            self.process()
        } else if most(pieces, |piece| piece.is_some_and(is_counter)) {
            Slot::Other
        } else if most(pieces, |piece| piece.is_some_and(has_parts)) {
            self.free(Slot::Logger(Mark::Brackets))
        } else {
            self.free(Slot::Thread)
        }
    }

    /// Whether only separators stand between a piece and the level.
    fn is_last_before_level(&self, ahead: usize) -> bool {
        is_level(&self.pieces(ahead))
            && (1..ahead).all(|ahead| {
                most(&self.pieces(ahead), |piece| {
                    piece.is_some_and(|piece| piece.is_separator())
                })
            })
    }

    /// Whether the level is a letter before the time and nothing has followed yet.
    fn has_level_letter_only(&self) -> bool {
        self.has_level && self.slots.is_empty()
    }

    fn separator_follows(&self) -> bool {
        most(&self.pieces(1), |piece| {
            piece.is_some_and(|piece| piece.is_separator())
        })
    }
}

/// Whether most pieces are levels. Letters must all be.
fn is_level(pieces: &[Option<Piece<'_>>]) -> bool {
    let letters = pieces
        .iter()
        .flatten()
        .filter(|piece| piece.text.len() == 1);
    if letters.clone().count() > 0 {
        return letters.count() == pieces.len()
            && pieces
                .iter()
                .flatten()
                .all(|piece| level::of_letter(piece.text[0]).is_some());
    }
    most(pieces, |piece| {
        piece.is_some_and(|piece| slots::level(&piece).is_some())
    })
}

/// `name:` or `name[17]:`
fn is_tag(piece: Piece<'_>) -> bool {
    piece.has_colon && piece.is_name()
}

/// Whether it is the number of a process or thread.
fn is_process(piece: &Piece<'_>) -> bool {
    slots::process(piece).is_some()
}

/// Whether it counts something, such as the lines of a session: `3-1`.
fn is_counter(piece: Piece<'_>) -> bool {
    piece.text.contains(&b'-')
        && piece
            .text
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'-'))
}

/// Whether blanks fill up a column of names.
fn is_padded(pieces: &[Option<Piece<'_>>]) -> bool {
    let mut widths = pieces
        .iter()
        .flatten()
        .map(|piece| piece.text.len() + piece.gap);
    let Some(width) = widths.next() else {
        return false;
    };
    pieces.len() > 1
        && widths.all(|other| other == width)
        && pieces.iter().flatten().all(|piece| piece.gap > 1)
}
