//! The time as stages see it, so that tests of limits and rates need not wait.

use std::io;
use std::time::Instant;

use crate::io::wait::{self, Wakers, Woken};

/// Tells the time, and waits.
pub trait Clock: Sync {
    /// The time now.
    fn now(&self) -> Instant;

    /// Waits until the deadline, or until something else ends the wait.
    ///
    /// # Errors
    /// Those of [`wait::wait`].
    fn wait(&self, wakers: &Wakers<'_>) -> io::Result<Woken>;
}

/// The clock of the system.
#[derive(Clone, Copy, Debug)]
pub struct System;

impl Clock for System {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wait(&self, wakers: &Wakers<'_>) -> io::Result<Woken> {
        wait::wait(&mut [], wakers)
    }
}
