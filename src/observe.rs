//! How engines tell what happens without knowing the terminal: progress, warnings, what is missing, and whether to stop.

/// What an engine says while it works. All methods may be called from any thread.
pub trait Observe: Sync {
    /// So much more of the input is behind us: bytes as they lie on disk, or entries of directories. Called per chunk or
    /// directory, never per line or entry.
    fn advanced(&self, amount: u64) {
        let _ = amount;
    }

    /// Something is worth knowing, and the answer is complete all the same.
    fn warned(&self, message: &str) {
        let _ = message;
    }

    /// Something worth knowing to somebody who watches: shown on a terminal, and with `-v`.
    fn noted(&self, message: &str) {
        let _ = message;
    }

    /// Something could not be read or done: it is said, and the run ends as incomplete.
    fn missed(&self, message: &str) {
        let _ = message;
    }

    /// True once the run should end early: a signal came, or the reader of the output has gone.
    fn stopping(&self) -> bool {
        false
    }
}

/// Nobody listens: for tests and benches.
impl Observe for () {}
