//! What has gone through a stage, for `--stats`: counted per piece of data, never per line.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::pipe::data::Data;

/// The counts of one stage, which any thread may read while it runs.
#[derive(Debug, Default)]
pub struct Counts {
    bytes_in: AtomicU64,
    units_in: AtomicU64,
    bytes_out: AtomicU64,
    units_out: AtomicU64,
    busy: AtomicU64,
    waited_for_input: AtomicU64,
    waited_for_output: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Bytes taken.
    pub bytes_in: u64,
    /// Items and records taken.
    pub units_in: u64,
    /// Bytes given.
    pub bytes_out: u64,
    /// Items and records given.
    pub units_out: u64,
    /// Time that the stage itself took, if that is measured.
    pub busy: Duration,
    /// Time that its thread waited for data.
    pub waited_for_input: Duration,
    /// Time that its thread waited until its data was taken.
    pub waited_for_output: Duration,
}

impl Counts {
    pub(super) fn came(&self, data: &Data<'_>) {
        add(&self.bytes_in, data.size() as u64);
        add(&self.units_in, data.units() as u64);
    }

    pub(super) fn went(&self, data: &Data<'_>) {
        add(&self.bytes_out, data.size() as u64);
        add(&self.units_out, data.units() as u64);
    }

    pub(super) fn worked(&self, time: Duration) {
        add(&self.busy, nanoseconds(time));
    }

    pub(super) fn waited_for_input(&self, time: Duration) {
        add(&self.waited_for_input, nanoseconds(time));
    }

    pub(super) fn waited_for_output(&self, time: Duration) {
        add(&self.waited_for_output, nanoseconds(time));
    }

    /// The counts now.
    pub fn now(&self) -> Counted {
        let time = |nanoseconds: &AtomicU64| Duration::from_nanos(nanoseconds.load(Relaxed));
        Counted {
            bytes_in: self.bytes_in.load(Relaxed),
            units_in: self.units_in.load(Relaxed),
            bytes_out: self.bytes_out.load(Relaxed),
            units_out: self.units_out.load(Relaxed),
            busy: time(&self.busy),
            waited_for_input: time(&self.waited_for_input),
            waited_for_output: time(&self.waited_for_output),
        }
    }
}

/// Adds without a locked instruction: only the thread that runs the stage writes.
fn add(count: &AtomicU64, more: u64) {
    count.store(count.load(Relaxed) + more, Relaxed);
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
