//! What following a log brings: lines, and what happens to its files.

use std::path::Path;

use crate::error::Result;
use crate::resume::{Content, LogState};

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

/// Whole units of a log; only the last line of a file may lack its newline.
pub struct Units<'u> {
    /// The log.
    pub log: &'u Path,
    /// The file that they are in, where it was found.
    pub file: &'u Path,
    /// Where they begin in its content.
    pub offset: u64,
    /// The units.
    pub bytes: &'u [u8],
    /// The content, of which more may be read.
    pub content: &'u mut dyn Content,
    /// The number of the content: while it is open, no other has the same.
    pub number: u64,
}

/// Takes what following brings.
pub trait Receive {
    /// What was read of a log by earlier runs.
    fn recall(&self, log: &Path) -> Option<LogState> {
        let _ = log;
        None
    }

    /// Takes units. Returns how many bytes it has taken, an end of a unit: less than all to stop.
    ///
    /// # Errors
    /// Those of writing.
    fn take(&mut self, units: Units<'_>) -> Result<usize>;

    /// Takes note of an event.
    ///
    /// # Errors
    /// Those of writing.
    fn event(&mut self, log: &Path, event: &Event) -> Result<()>;
}
