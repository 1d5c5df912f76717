//! What stands where at the beginning of the lines of one log.

use std::fmt;

use super::piece::{Piece, gap};
use crate::record::time::StampLayout;

/// What a piece after the time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A dash or the like.
    Separator,
    /// A word for a level, or a letter.
    Level,
    /// The number of a process.
    Pid,
    /// The name or number of a thread.
    Thread,
    /// The name of the machine.
    Host,
    /// The name of a class or module.
    Logger(Mark),
    /// The name of a program with a colon, perhaps with its number in brackets: `sshd[4711]:`.
    Tag,
    /// The name of a program.
    Program,
    /// What RFC 5424 calls structured data: a dash, or brackets.
    Data,
    /// The same time once more, in this layout.
    Time(StampLayout),
    /// Something else that all lines have.
    Other,
}

/// What shows that a piece is the name of a logger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The colon behind it.
    Colon,
    /// The brackets around it.
    Brackets,
    /// A point or two colons in it.
    Parts,
    /// Its place.
    Place,
}

/// Where the time of a line begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StampPlace {
    /// How many pieces stand before the time.
    pub(super) before: usize,
    /// Whether the letter of a level stands before the time without a blank.
    pub(super) has_level_letter: bool,
}

/// Where the time of a line is, and what follows it up to the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) place: StampPlace,
    /// Whether the first piece is the priority of syslog in angle brackets.
    pub(super) has_priority: bool,
    pub(super) stamp: StampLayout,
    pub(super) slots: Vec<Slot>,
    /// A time of which nothing shows whether the month or the day comes first.
    pub(super) ambiguous: Option<String>,
}

impl StampPlace {
    /// Where that is in a line; none if the line is too short for it.
    #[inline]
    pub(super) fn find(self, line: &[u8]) -> Option<usize> {
        let mut at = 0;
        for _ in 0..self.before {
            at = Piece::at(line, at)?.next;
        }
        let opening = usize::from(matches!(line.get(at), Some(b'[' | b'(' | b'<')));
        Some(at + opening + usize::from(self.has_level_letter))
    }
}

impl Layout {
    /// Whether lines name a machine and a program, as those of syslog do.
    pub(super) fn is_syslog(&self) -> bool {
        let has = |wanted: Slot| self.slots.contains(&wanted);
        has(Slot::Host) && (has(Slot::Tag) || has(Slot::Program))
    }

    /// Where the line goes on after a time that ends at `end`.
    #[inline]
    pub(super) fn after_stamp(line: &[u8], end: usize) -> usize {
        let closing = line[end..]
            .iter()
            .take_while(|byte| matches!(byte, b']' | b')' | b'>' | b':' | b','))
            .count();
        end + closing + gap(&line[end + closing..])
    }
}

/// As `-v` shows it: `time level thread logger message`.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..self.place.before {
            f.write_str("_ ")?;
        }
        f.write_str(match self.place.has_level_letter {
            true => "level+time",
            false if self.stamp.lacks_day() => "time_of_day",
            false => "time",
        })?;
        for slot in &self.slots {
            f.write_str(match slot {
                Slot::Separator => " -",
                Slot::Level => " level",
                Slot::Pid => " pid",
                Slot::Thread => " thread",
                Slot::Host => " host",
                Slot::Logger(_) => " logger",
                Slot::Tag => " program[pid]:",
                Slot::Program => " program",
                Slot::Time(_) => " time",
                Slot::Data | Slot::Other => " _",
            })?;
        }
        f.write_str(" message")
    }
}
