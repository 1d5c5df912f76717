//! Which of the descriptors 0, 1 and 2 were open when the process started.
//!
//! Rust's runtime opens closed ones as `/dev/null` before `main`, so that no file gets their numbers by accident. But then
//! `jug … >&-` would succeed silently instead of failing. So a constructor checks them first: the dynamic loader calls it before
//! Rust's own start-up (System V ABI, "Initialization and Termination Functions").

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU8, Ordering};

use rustix::io::Errno;

/// A bit for each of 0, 1 and 2 that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

// SAFETY: `.init_array` holds addresses of functions with the C calling convention, as this one is; what it does (a system
// call, an atomic store) needs nothing of the runtime.
#[allow(unsafe_code)]
#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = record;

extern "C" fn record() {
    for descriptor in 0..3 {
        // SAFETY: fcntl with F_GETFD takes any number and touches no memory.
        #[allow(unsafe_code)]
        let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFD) };
        if flags == -1 {
            CLOSED.fetch_or(1 << descriptor, Ordering::Relaxed);
        }
    }
}

/// Whether descriptor 0, 1 or 2 was open when the process started.
pub fn was_open(descriptor: u8) -> bool {
    descriptor < 3 && CLOSED.load(Ordering::Relaxed) & (1 << descriptor) == 0
}

/// Standard input, as a descriptor of its own.
///
/// # Errors
/// `EBADF` where it was closed at the start.
pub(super) fn take_stdin() -> io::Result<OwnedFd> {
    duplicate(0, io::stdin().as_fd())
}

/// Standard output, as a descriptor of its own.
///
/// # Errors
/// `EBADF` where it was closed at the start.
pub(super) fn take_stdout() -> io::Result<OwnedFd> {
    duplicate(1, io::stdout().as_fd())
}

fn duplicate(number: u8, descriptor: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    if was_open(number) {
        descriptor.try_clone_to_owned()
    } else {
        Err(Errno::BADF.into())
    }
}
