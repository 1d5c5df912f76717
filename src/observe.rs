//! How engines report progress, warnings and missing data without knowing the terminal, and learn whether to stop.

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

    /// Whether the run should end early, because of a signal or because the reader of the output has gone.
    fn stopping(&self) -> bool {
        false
    }
}

/// Reports nothing: for tests and benches.
impl Observe for () {}
