//! What following a log brings: lines, and what happens to its files.

use std::path::Path;

use crate::error::Result;
use crate::resume::LogState;

/// Something that happened to a log, besides lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The log does not exist yet, or not any more.
    Waiting,
    /// What the log was written to has been read to its end, and reading goes on in another file.
    Rotated {
        /// How many bytes of content were read of it, from its beginning.
        bytes: u64,
    },
    /// The file was truncated while it was followed, or since the last run.
    Truncated {
        /// Where reading had stopped.
        offset: u64,
        /// The size that it has now.
        size: u64,
        /// How many bytes are known to be lost; there may be more.
        at_least: u64,
        /// Whether what it had before was found in another file.
        has_copy: bool,
    },
    /// Lines are lost.
    Gap {
        /// Behind which byte of the content that was read last.
        offset: Option<u64>,
        /// How many bytes are known to be lost; there may be more.
        at_least: u64,
        /// Why.
        reason: String,
    },
    /// A line longer than can be held was cut in two.
    Split {
        /// The offset of its second part.
        offset: u64,
    },
    /// What was read from this offset on comes again, as the last run was killed before it could save its state.
    Repeating {
        /// Where reading begins.
        offset: u64,
    },
    /// The path is not read, for this reason.
    Refused(String),
}

/// Takes what following brings.
pub trait Receive {
    /// What was read of a log by earlier runs.
    fn recall(&self, log: &Path) -> Option<LogState> {
        let _ = log;
        None
    }

    /// Takes whole units of a log, which begin at `offset` of the content; only the last line of a file may lack its newline.
    /// Returns how many bytes it has taken, an end of a unit: less than all to stop.
    ///
    /// # Errors
    /// Those of writing.
    fn take(&mut self, log: &Path, offset: u64, units: &[u8]) -> Result<usize>;

    /// Takes note of an event.
    ///
    /// # Errors
    /// Those of writing.
    fn event(&mut self, log: &Path, event: &Event) -> Result<()>;
}
