//! What all stages of a run share: the settings of the chain, and where they report.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::clock::{Clock, System};
use super::failure::{Failure, Part};
use crate::io::source::InputName;
use crate::observe::Observe;
use crate::record::{Cell, Timestamp};

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
    /// The time of day.
    pub now: fn() -> Timestamp,
    /// The time zone of times that are shown.
    pub zone: fn() -> TimeZone,
    /// The time since some moment, by a clock that is never set.
    pub uptime: fn() -> Duration,
    /// Whether the time that each stage takes is measured.
    pub is_timed: bool,
    /// How many items and records were left out.
    pub skipped: AtomicU64,
    /// Draws a table for reading: names of columns, and rows.
    pub draw: &'a Draw<'a>,
}

/// See [`Shared::draw`].
pub type Draw<'a> = dyn Fn(&[String], &[Vec<Cell>]) -> String + Sync + 'a;

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
            now: Timestamp::now,
            zone: || TimeZone::UTC,
            uptime,
            is_timed: false,
            skipped: AtomicU64::new(0),
            draw: &|_, _| String::new(),
        }
    }

    /// Reports input that is missing from the output, with the name of the stage.
    pub fn missed(&self, part: Option<Part>, message: &str) {
        let failure = Failure::new(message);
        let failure = match part {
            Some(part) => failure.within(part),
            None => failure,
        };
        self.observe.missed(&failure.to_string());
    }

    /// Counts an item or record that was left out, and reports it if each is to be reported.
    pub fn skip(&self, message: &str) {
        self.skipped.fetch_add(1, Relaxed);
        if self.on_error == OnError::Report {
            self.observe.missed(message);
        }
    }
}

/// The time since the first call.
fn uptime() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
