//! What all stages of a run share: the settings of the chain, and where they report.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use jiff::tz::TimeZone;

use super::clock::{Clock, System};
use super::failure::{Failure, Part};
use crate::io::source::InputName;
use crate::observe::Observe;
use crate::record::Cell;

/// Settings and reports of a run.
pub struct Shared<'a> {
    /// Where warnings and missed input are reported.
    pub observe: &'a dyn Observe,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The names of the inputs, in order, for messages; none if the chain begins with a stage that reads nothing.
    pub inputs: Vec<InputName>,
    /// Whether damaged input aborts the run.
    pub strict: bool,
    /// What becomes of an item or record that a stage cannot process.
    pub on_error: OnError,
    /// How many bytes a queue between two threads holds before the sender waits.
    pub high_water: usize,
    /// The longest line or record that is kept in memory, in bytes.
    pub max_line: usize,
    /// Whether stages have given their results for a part of the input, since a signal ended it.
    pub gave_partial: AtomicBool,
    /// The time zone of times that are shown.
    pub zone: fn() -> TimeZone,
    /// Whether the time that each stage takes is measured.
    pub is_timed: bool,
    /// How many items and records were left out.
    pub skipped: AtomicU64,
    /// Draws a table for reading: names of columns, rows, and the widths of the table that it continues.
    pub draw: &'a Draw<'a>,
}

/// See [`Shared::draw`].
pub type Draw<'a> = dyn Fn(&[String], &[Vec<Cell>], &mut Vec<usize>) -> String + Sync + 'a;

/// What becomes of an item or record that a stage cannot process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OnError {
    /// Abort the run
    #[default]
    Fail,
    /// Leave it out, and report how many were left out
    Skip,
    /// Leave it out, and report each
    Report,
}

impl<'a> Shared<'a> {
    /// The settings of a chain without flags, which draws no tables.
    pub fn new(observe: &'a dyn Observe) -> Shared<'a> {
        Shared {
            observe,
            clock: &System,
            inputs: Vec::new(),
            strict: false,
            on_error: OnError::default(),
            high_water: 256 << 10,
            max_line: 16 << 20,
            gave_partial: AtomicBool::new(false),
            zone: || TimeZone::UTC,
            is_timed: false,
            skipped: AtomicU64::new(0),
            draw: &|_, _, _| String::new(),
        }
    }

    /// Reports input that is missing from the output, with the name of the stage.
    pub fn missed(&self, part: Option<Part>, message: impl Into<String>) {
        self.report(part, Failure::new(message));
    }

    /// The same for input at a certain place.
    pub fn report(&self, part: Option<Part>, failure: Failure) {
        let failure = match part {
            Some(part) => failure.within(part),
            None => failure,
        };
        self.observe.missed(&failure.to_string());
    }

    /// Counts an item or record that was left out, and reports it if each is to be reported.
    pub fn skip(&self, part: Option<Part>, failure: Failure) {
        self.skipped.fetch_add(1, Relaxed);
        if self.on_error == OnError::Report {
            self.report(part, failure);
        }
    }
}
