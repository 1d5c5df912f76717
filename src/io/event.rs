//! An event descriptor that ends the waits of other threads.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering, fence};

use rustix::event::{EventfdFlags, eventfd};

/// Something that one thread makes known to all others, also to those that wait. Once set, it stays set.
#[derive(Debug, Default)]
pub struct Event {
    is_set: AtomicBool,
    /// Made by the first thread that waits.
    descriptor: OnceLock<OwnedFd>,
}

impl Event {
    /// An event that is not set.
    pub const fn new() -> Event {
        Event {
            is_set: AtomicBool::new(false),
            descriptor: OnceLock::new(),
        }
    }

    /// Sets the event and wakes all threads that wait for it. May be called by a signal handler: it takes no lock and no memory.
    pub fn set(&self) {
        if self.is_set.swap(true, Ordering::Relaxed) {
            return;
        }
        // With its counterpart in `descriptor`: either the descriptor is seen here, or the flag there.
        fence(Ordering::SeqCst);
        if let Some(descriptor) = self.descriptor.get() {
            raise(descriptor.as_fd());
        }
    }

    /// Whether it has been set.
    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Relaxed)
    }

    /// A descriptor that can be read once the event is set.
    pub(super) fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        if self.descriptor.get().is_none() {
            // Another thread may have been faster; then this one is closed.
            let _ = self.descriptor.set(new_descriptor()?);
        }
        let descriptor = self.descriptor.get().expect("it has just been set").as_fd();
        fence(Ordering::SeqCst);
        if self.is_set() {
            raise(descriptor);
        }
        Ok(descriptor)
    }
}

/// A new event descriptor: not inherited, and never blocking.
pub(super) fn new_descriptor() -> io::Result<OwnedFd> {
    Ok(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?)
}

/// Makes an event descriptor readable. May be called by a signal handler: write(2) is all it does.
pub(super) fn raise(descriptor: BorrowedFd<'_>) {
    // It fails only if the counter would overflow, and then the descriptor can be read already.
    let _ = rustix::io::write(descriptor, &1_u64.to_ne_bytes());
}
