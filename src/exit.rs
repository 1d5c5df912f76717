//! The exit codes, in one place: the doc comments below are the EXIT STATUS table of every man page.

use std::process::ExitCode;

/// Defines the enum and its table from one list, so that the doc comments are the manual's text.
macro_rules! exits {
    ($($(#[doc = $doc:literal])+ $name:ident $(($inner:ty))? = $shown:literal),* $(,)?) => {
        /// How a run ended, as the caller of the process sees it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Exit {
            $($(#[doc = $doc])+ $name $(($inner))?,)*
        }

        /// The codes as the manual shows them, and what they mean, in order.
        pub const TABLE: &[(&str, &str)] = &[$(($shown, concat!($($doc),+))),*];
    };
}

exits! {
    /// Done, and complete.
    Done = "0",
    /// The answer is no: `-q` found nothing in a complete run.
    No = "1",
    /// Failed: a usage error, nothing could be done, or the output must not be used.
    Failed = "2",
    /// Finished, but incomplete, and said what is missing: unreadable inputs, too many bad lines, a damaged archive's end, a file that shrank.
    Incomplete = "3",
    /// Time ran out before what was waited for.
    TimedOut = "124",
    /// A command could not be run because of a failure of ours.
    CommandFailed = "125",
    /// A command could not be run: it is not executable.
    NotExecutable = "126",
    /// A command could not be run: it was not found.
    NotFound = "127",
    /// Ended by signal n: 130 after Ctrl-C, 141 when the reader of the output has gone, 143 after a plain `kill`.
    Signal(u8) = "128+n",
}

impl Exit {
    /// The number handed to the caller.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Failed => 2,
            Exit::Incomplete => 3,
            Exit::TimedOut => 124,
            Exit::CommandFailed => 125,
            Exit::NotExecutable => 126,
            Exit::NotFound => 127,
            Exit::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
