//! Waiting for a descriptor, with a look at a stop flag now and then.
//!
//! A signal handler sets a flag and interrupts the call that waits; one that comes just before the call would be missed, so
//! no wait is longer than [`PATIENCE`].

use std::io;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

/// The longest wait without a look at the stop flag: 100 ms, in nanoseconds.
const PATIENCE: i64 = 100_000_000;

/// Waits until `descriptor` can be read (or has ended, or failed: a read will tell). `false`: told to stop.
pub(super) fn readable(descriptor: impl AsFd, stop: &dyn Fn() -> bool) -> io::Result<bool> {
    ready(descriptor, PollFlags::IN, stop)
}

/// The same for writing.
pub(super) fn writable(descriptor: impl AsFd, stop: &dyn Fn() -> bool) -> io::Result<bool> {
    ready(descriptor, PollFlags::OUT, stop)
}

fn ready(descriptor: impl AsFd, events: PollFlags, stop: &dyn Fn() -> bool) -> io::Result<bool> {
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: PATIENCE,
    };
    loop {
        if stop() {
            return Ok(false);
        }
        let mut waiting = [PollFd::new(&descriptor, events)];
        match rustix::event::poll(&mut waiting, Some(&patience)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}
