//! Signals: asked to stop, asked how far we are, and ending as a signal would have ended us.
//!
//! Handlers set flags, and write to event descriptors on which threads wait (see `wait`). They are installed without
//! `SA_RESTART`, so that calls that block without a descriptor to poll, such as opening a FIFO, are interrupted too. What to
//! finish before stopping is left to the commands. SIGQUIT keeps its default.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering, fence};

use super::event::{self, Event};

/// The signal that asked to stop; 0 before; [`NO_SIGNAL`] if something else did.
static STOP: AtomicI32 = AtomicI32::new(0);

/// See [`stop_without_signal`].
const NO_SIGNAL: i32 = -1;

/// Set by the first signal that asks to stop.
static STOP_EVENT: Event = Event::new();

/// Set by SIGUSR1.
static PROGRESS: AtomicBool = AtomicBool::new(false);

/// Set by SIGUSR1, and by SIGHUP after [`take_hangup_as_request`].
static LOOK: AtomicBool = AtomicBool::new(false);

/// Can be read after SIGUSR1; made by the first thread that waits.
static PROGRESS_EVENT: OnceLock<OwnedFd> = OnceLock::new();

/// Answers SIGUSR1 while a write waits for its reader.
static ANSWER: OnceLock<Answer> = OnceLock::new();

/// Prints a line of progress if one was requested.
pub type Answer = Box<dyn Fn() + Send + Sync>;

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
    Some(STOP.load(Ordering::Relaxed)).filter(|&signal| signal > 0)
}

/// Stops the process as a signal would, without one that ends it: a time limit is over.
pub(super) fn stop_without_signal() {
    let _ = STOP.compare_exchange(0, NO_SIGNAL, Ordering::Relaxed, Ordering::Relaxed);
    STOP_EVENT.set();
}

/// The signal by which a process ends when the reader of its output has gone.
pub const SIGPIPE: i32 = libc::SIGPIPE;

/// Whether SIGUSR1 came since the last call.
pub fn take_progress_request() -> bool {
    PROGRESS.load(Ordering::Relaxed) && PROGRESS.swap(false, Ordering::Relaxed)
}

/// Whether SIGUSR1, or SIGHUP after [`take_hangup_as_request`], asked since the last call to look at everything again.
pub fn take_look_request() -> bool {
    LOOK.load(Ordering::Relaxed) && LOOK.swap(false, Ordering::Relaxed)
}

/// From now on SIGHUP no longer asks to stop, but to look at everything again, if there is no controlling terminal: then it comes
/// from a rotator or a service manager. If it was ignored at the start, it stays ignored.
///
/// # Errors
/// Those of sigaction(2), which for this signal has none.
pub fn take_hangup_as_request() -> io::Result<()> {
    // Opening it fails without a controlling terminal: tty(4), credentials(7).
    match std::fs::File::open("/dev/tty") {
        Ok(_) => Ok(()),
        Err(_) => handle(libc::SIGHUP, on_hangup),
    }
}

/// Sets what answers SIGUSR1 while a write waits for its reader: no caller can do it then. It runs on the thread that writes,
/// which may hold locks of its callers. Only the first call counts.
pub fn set_answer(answer: Answer) {
    let _ = ANSWER.set(answer);
}

/// What [`set_answer`] has set.
pub(super) fn answer() -> Option<&'static Answer> {
    ANSWER.get()
}

/// A descriptor that can be read once a signal has asked to stop.
pub(super) fn stop_event() -> io::Result<BorrowedFd<'static>> {
    STOP_EVENT.descriptor()
}

/// A descriptor that can be read after SIGUSR1, until [`take_progress_event`].
pub(super) fn progress_event() -> io::Result<BorrowedFd<'static>> {
    if PROGRESS_EVENT.get().is_none() {
        let _ = PROGRESS_EVENT.set(event::new_descriptor()?);
        // With its counterpart in the handler: either the descriptor is seen there, or the flag here.
        fence(Ordering::SeqCst);
        if PROGRESS.load(Ordering::Relaxed) || LOOK.load(Ordering::Relaxed) {
            raise_progress();
        }
    }
    let descriptor = PROGRESS_EVENT.get().expect("it has just been set");
    Ok(descriptor.as_fd())
}

/// Makes [`progress_event`] unreadable; true if it was readable. False for all but one of several threads.
pub(super) fn take_progress_event() -> bool {
    let mut count = [0; 8];
    PROGRESS_EVENT
        .get()
        .is_some_and(|descriptor| rustix::io::read(descriptor, &mut count).is_ok())
}

fn raise_progress() {
    if let Some(descriptor) = PROGRESS_EVENT.get() {
        event::raise(descriptor.as_fd());
    }
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
        return;
    }
    keeping_errno(|| STOP_EVENT.set());
}

extern "C" fn on_progress(signal: libc::c_int) {
    PROGRESS.store(true, Ordering::Relaxed);
    on_hangup(signal);
}

extern "C" fn on_hangup(_signal: libc::c_int) {
    LOOK.store(true, Ordering::Relaxed);
    fence(Ordering::SeqCst);
    keeping_errno(raise_progress);
}

/// Does something in a handler that makes system calls: the code it interrupts may be about to look at its own errno.
fn keeping_errno(act: impl FnOnce()) {
    // SAFETY: it returns the address of a thread's own errno, which is valid as long as the thread runs.
    #[allow(unsafe_code)]
    let (errno, before) = unsafe {
        let errno = libc::__errno_location();
        (errno, *errno)
    };
    act();
    // SAFETY: as above.
    #[allow(unsafe_code)]
    unsafe {
        *errno = before;
    }
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
