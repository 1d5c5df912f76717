//! Where a chain or a part of it begins and ends: files, queues, other programs.

use std::sync::Arc;
use std::time::Instant;

use super::data::Data;
use super::failure::Failure;
use super::flow::Flow;
use super::shared::Shared;
use crate::io::wait;

/// What a source has for the stages after it.
pub enum Event<'a> {
    /// Some of the input.
    Data(Data<'a>),
    /// There is nothing now, but there may be later.
    Idle,
    /// The deadline has passed.
    Due,
    /// The next input file begins.
    NextFile,
    /// The input has ended.
    End,
    /// Perhaps nothing more is wanted: the wait was ended by [`Source::start`]'s event.
    Woken,
    /// An earlier part of the chain was aborted, and has reported why.
    Aborted,
}

/// Where stages get their input. Dropped, it tells what is before it that nothing more is wanted.
pub trait Source {
    /// The run begins. `closed` is set when the stages after it want nothing more.
    ///
    /// # Errors
    /// If there is nothing to read from.
    fn start(&mut self, closed: &Arc<wait::Event>, shared: &Shared<'_>) -> Result<(), Failure> {
        let _ = (closed, shared);
        Ok(())
    }

    /// Waits for what comes next, but not past the deadline. Before it waits, it gives [`Event::Idle`] once, so that nothing is
    /// kept back.
    ///
    /// # Errors
    /// Those of reading; a signal that asks to stop; the reader of standard output has gone.
    fn next(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure>;
}

/// Where stages put their output. Dropped without [`Sink::end`], it aborts what follows.
pub trait Sink {
    /// Takes data.
    ///
    /// # Errors
    /// Those of writing.
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure>;

    /// Writes out what was collected: the input is waiting.
    ///
    /// # Errors
    /// Those of writing.
    fn idle(&mut self) -> Result<(), Failure>;

    /// The next input file begins.
    fn next_file(&mut self) {}

    /// Whether data is of any use.
    ///
    /// # Errors
    /// If the run is to stop.
    fn is_wanted(&mut self) -> Result<bool, Failure>;

    /// The output is complete.
    ///
    /// # Errors
    /// Those of writing.
    fn end(&mut self) -> Result<(), Failure>;
}
