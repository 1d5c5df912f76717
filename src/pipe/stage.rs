//! The traits that the author of a stage chooses from.
//!
//! | trait | sees | in a stream of items |
//! |---|---|---|
//! | [`ByteStage`] | bytes, cut anywhere | each item is a whole input of its own |
//! | [`LineStage`] | a line, or a block of whole lines | each item is a line |
//! | [`UnitStage`] | an item or a record; lines, where nothing was cut | as it is |
//! | [`Step`] | everything, with time and ends | as it is |
//!
//! The law for all of them: the output does not depend on where the input was cut.

use std::time::Instant;

use super::data::{self, Data};
use super::emit::{Emit, Unit};
use super::failure::Failure;
use super::flow::{Flow, Out};
use super::shared::Shared;

/// A stage that sees bytes, cut anywhere.
pub trait ByteStage: Send {
    /// Takes some bytes.
    ///
    /// # Errors
    /// When they cannot be processed, with their position from the last [`ByteStage::end`] on.
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure>;

    /// The input ends. Afterwards the stage is as it was when it was opened, also after an error.
    ///
    /// # Errors
    /// When what came cannot end here.
    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure>;

    /// The input is waiting: what can be given out should be.
    ///
    /// # Errors
    /// Those of later stages.
    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }

    /// The next input file begins.
    ///
    /// # Errors
    /// As [`ByteStage::push`].
    fn next_file(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }

    /// Whether what it gives at the end is worth having, too, when a signal ends the input early.
    fn has_partial_result(&self) -> bool {
        false
    }

    /// Whether it gives one line of text, without a newline: one is added, unless the item has a terminator.
    fn gives_line(&self) -> bool {
        false
    }
}

/// A stage that sees one line at a time and gives a line or none.
pub trait LineStage: Send {
    /// Takes a line without its terminator and appends what becomes of it; false leaves the line out, whatever was appended.
    ///
    /// # Errors
    /// When the line cannot be processed.
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure>;

    /// Takes whole lines with their terminators, of which only the last of the input may have none. The same as
    /// [`LineStage::line`] for each; for stages that are faster on many.
    ///
    /// # Errors
    /// As [`LineStage::line`].
    fn block(&mut self, lines: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        for (line, index) in data::lines(lines).zip(0..) {
            let (content, terminator) = data::split_terminator(line);
            let start = out.len();
            match self.line(content, out) {
                Ok(true) => out.extend_from_slice(terminator),
                Ok(false) => out.truncate(start),
                Err(failure) => {
                    out.truncate(start);
                    return Err(failure.at_line(index));
                }
            }
        }
        Ok(())
    }
}

/// A stage that sees whole items or records: lines, where nothing else was cut.
pub trait UnitStage: Send {
    /// Takes an item or a record.
    ///
    /// # Errors
    /// When it cannot be processed, and those of later stages.
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure>;

    /// The input ends.
    ///
    /// # Errors
    /// Those of later stages.
    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }

    /// Whether what it gives at the end is worth having, too, when a signal ends the input early.
    fn has_partial_result(&self) -> bool {
        false
    }

    /// When [`UnitStage::due`] is to be called, if it is.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// The deadline has passed.
    ///
    /// # Errors
    /// As [`UnitStage::unit`].
    fn due(&mut self, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let _ = out;
        Ok(Flow::More)
    }
}

/// A time at which a run is aborted, whatever its stages wait for.
#[derive(Debug)]
pub struct Limit {
    /// The time.
    pub at: Instant,
    /// The failure to report.
    pub failure: Failure,
}

/// A stage, or what stands between stages, as the run sees it.
pub trait Step: Send {
    /// The run is about to begin: opens what the step writes beside the stream, and notes the time. Called for all steps of a
    /// chain before any of them gets data.
    ///
    /// # Errors
    /// If something cannot be opened.
    fn start(&mut self, shared: &Shared<'_>) -> Result<(), Failure> {
        let _ = shared;
        Ok(())
    }

    /// Takes some data.
    ///
    /// # Errors
    /// When it cannot be processed, and those of later stages.
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure>;

    /// The input ends.
    ///
    /// # Errors
    /// As [`Step::take`].
    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure>;

    /// The input is waiting: what can be given out should be.
    ///
    /// # Errors
    /// Those of later stages.
    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }

    /// The next input file begins.
    ///
    /// # Errors
    /// As [`Step::take`].
    fn next_file(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }

    /// Whether [`Step::end`] is called, too, when a signal ends the input early.
    fn has_partial_result(&self) -> bool {
        false
    }

    /// The whole chain has ended without a failure: what the step keeps beside the stream takes its place.
    ///
    /// # Errors
    /// Those of writing.
    fn commit(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether it must see all of its input, even if nobody takes its output: it has an output of its own.
    fn drains(&self) -> bool {
        false
    }

    /// When the whole run must have ended, if there is such a time. Asked once, after [`Step::start`].
    fn limit(&self) -> Option<Limit> {
        None
    }

    /// When [`Step::due`] is to be called, if it is.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// The deadline has passed.
    ///
    /// # Errors
    /// As [`Step::take`].
    fn due(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        let _ = out;
        Ok(Flow::More)
    }
}
