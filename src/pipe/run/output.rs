//! The end of a chain.

use crate::io::{signals, stdout};
use crate::pipe::data::Data;
use crate::pipe::ends::Sink;
use crate::pipe::failure::{Failure, FailureKind, Part};
use crate::pipe::flow::Flow;

/// What takes the bytes at the end of a chain. Committing it is left to the caller.
pub trait Target: Send {
    /// Writes all of the bytes, or keeps them until there are more.
    ///
    /// # Errors
    /// If they cannot be written.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure>;

    /// Writes what was kept: the input is waiting.
    ///
    /// # Errors
    /// As [`Target::write`].
    fn flush(&mut self) -> Result<(), Failure>;
}

/// Writes what comes out of a chain.
pub(super) struct Output<'a> {
    target: &'a mut dyn Target,
}

impl<'a> Output<'a> {
    pub(super) fn new(target: &'a mut dyn Target) -> Output<'a> {
        Output { target }
    }
}

fn of_output(failure: Failure) -> Failure {
    failure.within(Part::Output)
}

impl Sink for Output<'_> {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        self.target.write(data.written()).map_err(of_output)?;
        Ok(Flow::More)
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.target.flush().map_err(of_output)
    }

    fn is_wanted(&mut self) -> Result<bool, Failure> {
        let kind = if signals::stopping() {
            FailureKind::Stopped
        } else if stdout::reader_is_gone() {
            FailureKind::ReaderGone
        } else {
            return Ok(true);
        };
        Err(of_output(Failure::of_kind(kind, "the run was stopped")))
    }

    fn end(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
