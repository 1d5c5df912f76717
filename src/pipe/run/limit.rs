//! A time limit for the whole run, kept by a thread of its own: whatever a stage waits for, the run ends.

use super::Run;
use crate::io::wait;
use crate::pipe::failure::Part;
use crate::pipe::stage::Limit;

/// Aborts a run when its time is over, unless `done` is set before.
pub(super) fn enforce(limit: Limit, part: Part, done: &wait::Event, run: &Run<'_>) {
    if run.shared.clock.enforce(limit.at, done) {
        run.abort(limit.failure.within(part));
        wait::stop_all();
    }
}

/// Sets an event when the run is over, also by a panic.
pub(super) struct Done<'a>(pub(super) &'a wait::Event);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}
