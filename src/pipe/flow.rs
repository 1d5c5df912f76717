//! How data goes from a stage to the next.

use std::time::Instant;

use super::data::{Batch, Data};
use super::failure::{Failure, Part};
use super::shared::Shared;

/// Whether more input is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Flow {
    /// More input is welcome.
    More,
    /// No input will change the output any more.
    Enough,
}

/// Takes what a stage gives.
pub trait Out {
    /// Hands data to the next stage.
    ///
    /// # Errors
    /// Those of all later stages and of the output.
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure>;

    /// Writes out what later stages keep back, and waits until then. Only for stages with a thread of their own.
    ///
    /// [`Flow::Enough`] if nothing more is wanted before that.
    ///
    /// # Errors
    /// Those of later stages; a signal that asks to stop.
    fn pause(&mut self, until: Instant) -> Result<Flow, Failure>;

    /// What all stages share.
    fn shared(&self) -> &Shared<'_>;

    /// The stage whose output this is; none inside an item.
    fn part(&self) -> Option<Part>;
}

/// The result of a stage that fails, after what it gave before that was handed on: if later stages have enough of that, what is
/// behind it is not missed.
///
/// # Errors
/// Those of later stages, then that of the stage.
pub fn give_before(
    given: Result<Flow, Failure>,
    result: Result<(), Failure>,
) -> Result<Flow, Failure> {
    match (given?, result) {
        (Flow::More, Err(failure)) => Err(failure),
        (flow, _) => Ok(flow),
    }
}

/// Hands on bytes that a stage has made, if there are any, and empties the buffer.
///
/// # Errors
/// Those of later stages.
pub fn give_bytes(made: &mut Vec<u8>, out: &mut dyn Out) -> Result<Flow, Failure> {
    if made.is_empty() {
        return Ok(Flow::More);
    }
    let flow = out.put(Data::Bytes(made));
    made.clear();
    flow
}

/// Hands on items that a stage has made, if there are any, and empties the batch.
///
/// # Errors
/// Those of later stages.
pub fn give_items(made: &mut Batch, out: &mut dyn Out) -> Result<Flow, Failure> {
    if made.is_empty() {
        return Ok(Flow::More);
    }
    let flow = out.put(Data::Items(made.items()));
    made.clear();
    flow
}
