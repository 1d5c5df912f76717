//! Signals: the first one asks a run to end, a second one ends it; `SIGUSR1` asks how far it is.
//!
//! Handlers only set flags. What was ignored when the process began (`nohup`) stays ignored. `SIGHUP` and `SIGQUIT` keep
//! their own way.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};

use libc::{SIG_IGN, SIGINT, SIGTERM, SIGUSR1};

/// The signal by which the process ends when the reader of its output has gone.
pub const SIGPIPE: i32 = libc::SIGPIPE;

static WHICH: AtomicI32 = AtomicI32::new(0);
static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens to signals, from now on. Called once.
///
/// # Errors
/// If the system refuses.
pub fn install() -> io::Result<()> {
    for signal in [SIGINT, SIGTERM, SIGUSR1] {
        if !is_ignored(signal) {
            handle(signal)?;
        }
    }
    Ok(())
}

/// Whether a signal has asked the run to end.
pub fn stopping() -> bool {
    WHICH.load(Relaxed) != 0
}

/// The signal that has asked the run to end.
pub fn which() -> Option<i32> {
    Some(WHICH.load(Relaxed)).filter(|signal| *signal != 0)
}

/// Whether somebody has asked how far the run is, since this was last called.
pub fn take_progress_request() -> bool {
    ASKED.load(Relaxed) && ASKED.swap(false, Relaxed)
}

fn handle(signal: i32) -> io::Result<()> {
    let action = move || {
        if signal == SIGUSR1 {
            ASKED.store(true, Relaxed);
        } else if WHICH.swap(signal, Relaxed) != 0 {
            // Asked twice: at once. Raising the signal by its own way is allowed in a handler.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    // SAFETY: the handler only loads and stores atomics and calls `emulate_default_handler`, which is documented to be safe
    // in a handler; it neither allocates nor locks.
    #[allow(unsafe_code)]
    unsafe {
        signal_hook::low_level::register(signal, action)?;
    }
    Ok(())
}

fn is_ignored(signal: i32) -> bool {
    // SAFETY: sigaction(2) with no new action only writes the old one into the place it is given, which is large enough
    // and may hold any bytes.
    #[allow(unsafe_code)]
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut old) == 0 && old.sa_sigaction == SIG_IGN
    }
}

/// Ends the process as killed by the signal, so that a shell sees 128 + n and knows why.
pub fn die_by(signal: i32) {
    // SAFETY: sets the signal back to what it does by itself, lets it through, and sends it to this thread. The set is
    // made by sigemptyset before it is used.
    #[allow(unsafe_code)]
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut());
        libc::raise(signal);
    }
}
