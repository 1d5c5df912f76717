//! What becomes of an item or record that a stage cannot process.

use crate::pipe::failure::{Failure, FailureKind, Position};
use crate::pipe::shared::{OnError, Shared};

/// Counts units, and decides about those that failed.
pub(super) struct Judge {
    seen: u64,
    position: fn(u64) -> Position,
}

impl Judge {
    /// `position` is how messages name a unit.
    pub(super) fn new(position: fn(u64) -> Position) -> Judge {
        Judge { seen: 0, position }
    }

    /// Takes the result of one unit: whether it is kept.
    pub(super) fn judge(
        &mut self,
        result: Result<bool, Failure>,
        shared: &Shared<'_>,
    ) -> Result<bool, Failure> {
        self.seen += 1;
        let failure = match result {
            Ok(is_kept) => return Ok(is_kept),
            // A failure of a later stage has its place already.
            Err(failure) if failure.part.is_some() => return Err(failure),
            Err(failure) => failure,
        };
        let position = (self.position)(self.seen);
        if failure.kind != FailureKind::Abort || shared.on_error == OnError::Fail {
            return Err(Failure {
                message: failure.to_string(),
                at: Some(position),
                ..failure
            });
        }
        shared.skip(&format!("{position}: {failure}"));
        Ok(false)
    }
}
