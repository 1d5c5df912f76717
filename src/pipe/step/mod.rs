//! What makes a [`Step`] of each kind of stage, for each kind of stream.

mod each_item;
mod each_line;
mod each_unit;
pub(super) mod judge;
mod whole;

use super::data::Kind;
use super::spec::Work;
use super::stage::Step;

/// The step that runs a stage on a stream of this kind.
///
/// # Errors
/// The stage itself, if it is not run as a step.
pub(super) fn step(work: Work, input: Kind) -> Result<Box<dyn Step>, Work> {
    Ok(match (work, input) {
        (Work::Step(step), _) => step,
        (Work::Bytes(stage), Kind::Bytes) => Box::new(whole::Whole::new(stage)),
        (Work::Bytes(stage), _) => Box::new(each_item::Bytes::new(stage)),
        (Work::Lines(stage), Kind::Bytes) => Box::new(each_line::Lines::new(stage)),
        (Work::Lines(stage), _) => Box::new(each_item::Lines::new(stage)),
        (Work::Units(stage), kind) => Box::new(each_unit::Units::new(stage, kind)),
        (work @ (Work::Source(_) | Work::Bridge(_)), _) => return Err(work),
    })
}
