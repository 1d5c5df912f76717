//! Which of the standard descriptors were open when the process began.
//!
//! Rust's runtime opens closed ones on `/dev/null` before `main`, so that `jug … >&-` would write into nothing and call it
//! a success. The question has to be asked before the runtime does: from the list of initialisers that the loader runs.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A bit for each of the descriptors 0, 1 and 2 that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// The loader calls this before the runtime begins.
// SAFETY: the section holds pointers to functions that take no arguments we look at and return nothing, as this one does.
// It only calls fcntl(2) and stores into an atomic, neither of which needs anything that the runtime sets up.
#[allow(unsafe_code)]
#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

#[cfg(target_os = "linux")]
extern "C" fn look() {
    let is_closed = |descriptor| {
        // SAFETY: the descriptor is only asked about, within this call; that it may be closed is what we want to know.
        #[allow(unsafe_code)]
        let descriptor = unsafe { BorrowedFd::borrow_raw(descriptor) };
        rustix::io::fcntl_getfd(descriptor).is_err()
    };
    let bits = (0..3)
        .filter(|descriptor| is_closed(*descriptor))
        .fold(0, |bits, descriptor| bits | 1 << descriptor);
    CLOSED.store(bits, Relaxed);
}

/// Fails if the descriptor was closed when the process began.
///
/// # Errors
/// `EBADF`, as a use of the descriptor would have.
pub(super) fn ensure_open(descriptor: u8) -> io::Result<()> {
    match CLOSED.load(Relaxed) & (1 << descriptor) {
        0 => Ok(()),
        _ => Err(rustix::io::Errno::BADF.into()),
    }
}
