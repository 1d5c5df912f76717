//! How engines report progress, warnings and missing data without knowing the terminal, and learn whether to stop.

use std::time::Duration;

/// What has passed a place that is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Bytes.
    pub bytes: u64,
    /// Lines, items or records.
    pub units: u64,
    /// The time since the beginning.
    pub time: Duration,
}

/// Reports of an engine. All methods may be called from any thread.
pub trait Observe: Sync {
    /// More of the input is done: bytes as stored on disk, or directory entries. Called per chunk or directory, never per
    /// line or entry.
    fn advanced(&self, amount: u64) {
        let _ = amount;
    }

    /// A warning; the results are complete.
    fn warned(&self, message: &str) {
        let _ = message;
    }

    /// A note: shown on a terminal, and with `-v`.
    fn noted(&self, message: &str) {
        let _ = message;
    }

    /// Something is missing from the results; the run ends as incomplete.
    fn missed(&self, message: &str) {
        let _ = message;
    }

    /// How much has passed the place of this name, which the user asked to watch; `units` is what is counted, such as "lines".
    fn passed(&self, name: &str, units: &str, passed: &Passed) {
        let _ = (name, units, passed);
    }

    /// Whether somebody watches reports as they come.
    fn is_watched(&self) -> bool {
        false
    }

    /// Whether the run should end early, because of a signal or because the reader of the output has gone.
    fn stopping(&self) -> bool {
        false
    }
}

/// Reports nothing: for tests and benches.
impl Observe for () {}
