//! How a run ends: what is reported after an interruption, and the exit status.

use crate::exit::Exit;
use crate::io::signals;
use crate::observe::Observe as _;
use crate::ui::Ui;

/// The result of a run that can be quiet.
pub(in crate::commands) struct Ending<'a> {
    /// Whether `-q` was given.
    pub(in crate::commands) is_quiet: bool,
    /// Whether there was any result.
    pub(in crate::commands) has_results: bool,
    /// The output file, if it was not replaced.
    pub(in crate::commands) withheld: Option<&'a str>,
}

impl Ending<'_> {
    /// Reports an interruption, ends the messages, and returns the exit status.
    pub(in crate::commands) fn finish(&self, ui: &Ui) -> Exit {
        if signals::which().is_some() {
            match self.withheld {
                Some(file) => ui.missed(&format!("interrupted: {file} was not written")),
                None if self.has_results && !self.is_quiet => {
                    ui.missed("interrupted: results cover only the input read so far");
                }
                None => {}
            }
        }
        ui.finish();
        status(self.is_quiet, self.has_results, ui.is_incomplete())
    }
}

fn status(is_quiet: bool, has_results: bool, is_incomplete: bool) -> Exit {
    match (is_quiet, has_results, is_incomplete) {
        (true, true, _) | (false, _, false) => Exit::Done,
        (true, false, false) => Exit::No,
        (_, _, true) => Exit::Incomplete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_runs_exit_with_the_answer_and_others_with_completeness() {
        for (is_quiet, has_results, is_incomplete, exit) in [
            (true, true, false, Exit::Done),
            (true, true, true, Exit::Done),
            (true, false, false, Exit::No),
            (true, false, true, Exit::Incomplete),
            (false, true, false, Exit::Done),
            (false, false, false, Exit::Done),
            (false, true, true, Exit::Incomplete),
            (false, false, true, Exit::Incomplete),
        ] {
            assert_eq!(status(is_quiet, has_results, is_incomplete), exit);
        }
    }
}
