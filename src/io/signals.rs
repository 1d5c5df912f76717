//! Signals: asked to stop, asked how far we are, and ending as a signal would have ended us.
//!
//! Handlers only set flags. They are installed without `SA_RESTART`, so that a read that waits is interrupted and its loop
//! looks at the flags. What to finish before stopping is left to the commands. SIGQUIT keeps its default.

use std::io;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The signal that asked to stop; 0 before.
static STOP: AtomicI32 = AtomicI32::new(0);

/// Set by SIGUSR1.
static PROGRESS: AtomicBool = AtomicBool::new(false);

/// Installs the handlers of SIGHUP, SIGINT, SIGTERM and SIGUSR1, once for the process; a signal that was ignored when the process
/// started (nohup, `&` in a script) stays ignored. After a first that asks to stop, a second ends the process at once.
///
/// # Errors
/// Those of sigaction(2), which for these signals has none.
pub fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    if INSTALLED.get().is_none() {
        for (signal, handler) in [
            (libc::SIGINT, on_stop as extern "C" fn(libc::c_int)),
            (libc::SIGTERM, on_stop),
            (libc::SIGHUP, on_stop),
            (libc::SIGUSR1, on_progress),
        ] {
            handle(signal, handler)?;
        }
        INSTALLED.get_or_init(|| ());
    }
    Ok(())
}

/// Whether a signal has asked to stop.
pub fn stopping() -> bool {
    STOP.load(Ordering::Relaxed) != 0
}

/// The signal that asked to stop, the first if there were several.
pub fn which() -> Option<i32> {
    Some(STOP.load(Ordering::Relaxed)).filter(|&signal| signal != 0)
}

/// The signal by which a process ends when the reader of its output has gone.
pub const SIGPIPE: i32 = libc::SIGPIPE;

/// Whether SIGUSR1 came since the last call.
pub fn take_progress_request() -> bool {
    PROGRESS.load(Ordering::Relaxed) && PROGRESS.swap(false, Ordering::Relaxed)
}

/// Ends the process as `signal` does by default, so that the parent sees how it ended. Returns the exit code to use instead,
/// 128 + n, only if that did not end it.
pub fn die_by(signal: i32) -> u8 {
    reset_and_raise(signal);
    128 + signal.clamp(0, 127) as u8
}

#[allow(unsafe_code)]
fn handle(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) -> io::Result<()> {
    // SAFETY: sigaction is plain data for which zeros are a value.
    let (mut action, mut before) =
        unsafe { std::mem::zeroed::<(libc::sigaction, libc::sigaction)>() };
    // SAFETY: a null action only asks for the present one, which is written to `before`.
    if unsafe { libc::sigaction(signal, ptr::null(), &raw mut before) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if before.sa_sigaction == libc::SIG_IGN {
        return Ok(());
    }
    action.sa_sigaction = handler as usize;
    // SAFETY: the handler has the signature asked for without SA_SIGINFO; it uses atomics and calls of signal-safety(7).
    if unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

extern "C" fn on_stop(signal: libc::c_int) {
    if STOP
        .compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed)
        .is_err()
    {
        reset_and_raise(signal);
    }
}

extern "C" fn on_progress(_signal: libc::c_int) {
    PROGRESS.store(true, Ordering::Relaxed);
}

/// Raises `signal` with its default action, here and now.
#[allow(unsafe_code)]
fn reset_and_raise(signal: libc::c_int) {
    // SAFETY: all of these may be called from a handler (signal-safety(7)); the set is plain data, initialised by sigemptyset
    // before use; numbers that are no signals are refused with an error, which changes nothing.
    unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::signal(signal, libc::SIG_DFL);
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, signal);
        // Unblocked before it is raised: it would wait for the end of the handler otherwise.
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, ptr::null_mut());
        libc::raise(signal);
    }
}

#[cfg(test)]
mod tests;
