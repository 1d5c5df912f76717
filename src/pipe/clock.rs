//! The time as stages see it, so that tests of limits and rates need not wait.

use std::io;
use std::time::Instant;

use crate::io::wait::{self, Event, Wakers, Woken};
use crate::record::Timestamp;

/// Tells the time, and waits.
pub trait Clock: Sync {
    /// The time now, for durations.
    fn now(&self) -> Instant;

    /// The time of day.
    fn time_of_day(&self) -> Timestamp;

    /// Waits until the deadline, or until something else ends the wait.
    ///
    /// # Errors
    /// Those of [`wait::wait`].
    fn wait(&self, wakers: &Wakers<'_>) -> io::Result<Woken>;

    /// Waits until a time limit has passed, or `done` is set. Returns whether it has passed.
    fn enforce(&self, limit: Instant, done: &Event) -> bool;
}

/// The clock of the system.
#[derive(Clone, Copy, Debug)]
pub struct System;

impl Clock for System {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn time_of_day(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait(&self, wakers: &Wakers<'_>) -> io::Result<Woken> {
        wait::wait(&mut [], wakers)
    }

    fn enforce(&self, limit: Instant, done: &Event) -> bool {
        let wakers = Wakers {
            event: Some(done),
            deadline: Some(limit),
            ..Wakers::default()
        };
        self.wait(&wakers)
            .is_ok_and(|woken| woken == Woken::Deadline)
    }
}
