//! What becomes of a line, item or record that a stage cannot process.

use std::borrow::Cow;

use crate::format::records::Report;
use crate::pipe::failure::{Failure, FailureKind, Part, Position};
use crate::pipe::flow::Out;
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
        part: Option<Part>,
    ) -> Result<bool, Failure> {
        self.seen += 1;
        match result {
            Ok(is_kept) => Ok(is_kept),
            Err(failure) => {
                decide(failure, (self.position)(self.seen), shared, part).map(|()| false)
            }
        }
    }
}

/// Decides about the unit at this position, which failed: the failure, or it is left out.
///
/// # Errors
/// The failure with its position, unless such units are to be left out.
pub(in crate::pipe) fn decide(
    failure: Failure,
    position: Position,
    shared: &Shared<'_>,
    part: Option<Part>,
) -> Result<(), Failure> {
    // A failure of a later stage has its place already.
    if failure.part.is_some() {
        return Err(failure);
    }
    let failure = Failure {
        message: failure.to_string(),
        at: Some(position),
        ..failure
    };
    if failure.kind != FailureKind::Abort || shared.on_error == OnError::Fail {
        return Err(failure);
    }
    shared.skip(part, failure);
    Ok(())
}

/// Decides about records that cannot be read or written.
pub(in crate::pipe) struct Verdict<'a> {
    shared: &'a Shared<'a>,
    part: Option<Part>,
    /// Why the reader or writer stopped.
    pub(in crate::pipe) failure: Option<Failure>,
    /// How many values were not UTF-8.
    pub(in crate::pipe) replaced: u64,
}

impl<'a> Verdict<'a> {
    /// For one call of a reader or writer.
    pub(in crate::pipe) fn new(out: &'a dyn Out) -> Verdict<'a> {
        Verdict {
            shared: out.shared(),
            part: out.part(),
            failure: None,
            replaced: 0,
        }
    }
}

impl Report for Verdict<'_> {
    fn bad(&mut self, record: u64, reason: Cow<'static, str>) -> bool {
        let position = Position::Record(record);
        let decided = decide(Failure::new(reason), position, self.shared, self.part);
        self.failure = decided.err();
        self.failure.is_none()
    }

    fn broken(&mut self, reason: String) {
        self.failure = Some(Failure::new(reason));
    }

    fn note(&mut self, message: &str) {
        self.shared.observe.noted(message);
    }

    fn replaced(&mut self) {
        self.replaced += 1;
    }
}
