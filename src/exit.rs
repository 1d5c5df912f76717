//! The exit statuses, in one place, and how manual pages explain them.

use std::process::ExitCode;

/// How a run ended, as the caller of the process sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Success, and complete.
    Done,
    /// The answer is no: nothing found, nothing in the cache, something damaged.
    No,
    /// An error.
    Failed,
    /// Finished, but incomplete; what is missing was reported.
    Incomplete,
    /// Timed out while waiting for something.
    TimedOut,
    /// A command that was run as part of the work ended with this status, or could not be run.
    Command(u8),
    /// Ended by this signal.
    Signal(u8),
}

impl Exit {
    /// The number that the caller gets.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Failed => 2,
            Exit::Incomplete => 3,
            Exit::TimedOut => 124,
            Exit::Command(status) => status,
            Exit::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// An exit status of a command: the number as its page shows it, and the meaning.
pub type Status = (&'static str, &'static str);

/// Of every command.
pub const SUCCESS: Status = ("0", "Success; the results are complete.");
/// Of commands with `-q`.
pub const NOT_FOUND: Status = ("1", "Nothing found with -q, and all input was read.");
/// Of commands that draw.
pub const NOT_CACHED: Status = ("1", "The image is not in the cache (--cache only).");
/// Of `jug follow`.
pub const NOT_MET: Status = ("1", "With --drain, no line matched --wait-for.");
/// Of `jug cache`.
pub const DAMAGED: Status = (
    "1",
    "The action verify found damaged entries and removed them.",
);
/// Of every command.
pub const ERROR: Status = (
    "2",
    "Error: bad usage, nothing could be done, or the output is unusable.",
);
/// Of commands that go on without what they cannot read.
pub const INCOMPLETE: Status = (
    "3",
    "Finished, but the results are incomplete; what is missing was reported on standard error.",
);
/// Of commands with a time limit.
pub const TIMED_OUT: Status = ("124", "Timed out while waiting for input or for a command.");
/// Of commands that run others.
pub const COMMAND_FAILED: Status = (
    "n",
    "A command that was run failed with status n: 125 if jug could not start it, 126 if it cannot be executed, 127 if it was not \
     found.",
);
/// Of every command.
pub const SIGNALED: Status = (
    "128+n",
    "Ended by signal n: 130 after Ctrl-C, 141 when the reader of the output has gone, 143 after kill.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_manual() {
        for (exit, status) in [
            (Exit::Done, SUCCESS),
            (Exit::No, NOT_FOUND),
            (Exit::No, NOT_CACHED),
            (Exit::No, NOT_MET),
            (Exit::No, DAMAGED),
            (Exit::Failed, ERROR),
            (Exit::Incomplete, INCOMPLETE),
            (Exit::TimedOut, TIMED_OUT),
        ] {
            assert_eq!(exit.code().to_string(), status.0);
        }
        assert_eq!(Exit::Command(127).code(), 127);
        assert_eq!(Exit::Signal(2).code(), 130);
        assert_eq!(Exit::Signal(255).code(), 255);
    }
}
