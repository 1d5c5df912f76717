//! Waiting for descriptors, signals, another thread, a deadline, and the end of the reader of standard output, all at once.
//!
//! A wait is one poll(2) over everything that can end it, so nothing wakes up in between. A signal may come just before the
//! call, or to another thread; handlers therefore write to event descriptors that every wait polls (see `signals`).
//! [`wait`] returns what happened; [`Until`] and `ready` serve readers that only need to know whether to go on.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

pub use super::event::Event;
use super::{signals, stdout};

/// A descriptor to wait for, and the event: readable or writable.
#[derive(Debug)]
pub struct Interest<'a> {
    descriptor: BorrowedFd<'a>,
    flags: PollFlags,
    /// Whether the last wait found it ready, at its end, or failed: reading or writing it will not block.
    pub is_ready: bool,
}

impl<'a> Interest<'a> {
    /// Waits until there is something to read, or the end of the input.
    pub fn read(descriptor: &'a impl AsFd) -> Interest<'a> {
        Interest::new(descriptor, PollFlags::IN)
    }

    /// Waits until something can be written, or the reader has gone.
    pub fn write(descriptor: &'a impl AsFd) -> Interest<'a> {
        Interest::new(descriptor, PollFlags::OUT)
    }

    fn new(descriptor: &'a impl AsFd, flags: PollFlags) -> Interest<'a> {
        Interest {
            descriptor: descriptor.as_fd(),
            flags,
            is_ready: false,
        }
    }
}

/// What ends a wait besides descriptors. The default is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wakers<'a> {
    /// SIGINT, SIGTERM and SIGHUP, also those that came before the wait.
    pub stop_signals: bool,
    /// SIGUSR1. One waiting thread is woken for each request.
    pub progress: bool,
    /// The reader of standard output has gone, if results go there.
    pub reader: bool,
    /// Another thread has set this event.
    pub event: Option<&'a Event>,
    /// When to give up.
    pub deadline: Option<Instant>,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// A signal asks to stop.
    StopSignal,
    /// SIGUSR1 asks for progress.
    Progress,
    /// Another thread has set the event.
    Event,
    /// The reader of standard output has gone.
    ReaderGone,
    /// At least one descriptor is ready.
    Ready,
    /// The deadline has passed.
    Deadline,
}

/// Waits for the first of `interests` and `wakers`. Where several have happened, the first in the order of [`Woken`] is
/// returned, so a descriptor that is always ready hides no signal.
///
/// # Errors
/// Those of poll(2), interruptions aside, and of eventfd(2) at the first wait.
pub fn wait(interests: &mut [Interest<'_>], wakers: &Wakers<'_>) -> io::Result<Woken> {
    let stop = wakers.stop_signals.then(signals::stop_event).transpose()?;
    let progress = wakers.progress.then(signals::progress_event).transpose()?;
    let event = wakers.event.map(Event::descriptor).transpose()?;
    let reader = wakers.reader.then(stdout::watched).flatten();
    let mut sources = Vec::with_capacity(4 + interests.len());
    let own = [
        (stop, Woken::StopSignal),
        (progress, Woken::Progress),
        (event, Woken::Event),
        (reader, Woken::ReaderGone),
    ];
    let mut reasons = Vec::with_capacity(own.len());
    for (descriptor, reason) in own {
        if let Some(descriptor) = descriptor {
            // POLLERR and POLLHUP, which report the end of the reader, need no flag.
            let flags = match reason {
                Woken::ReaderGone => PollFlags::empty(),
                _ => PollFlags::IN,
            };
            sources.push(PollFd::from_borrowed_fd(descriptor, flags));
            reasons.push(reason);
        }
    }
    for interest in &*interests {
        sources.push(PollFd::from_borrowed_fd(
            interest.descriptor,
            interest.flags,
        ));
    }
    loop {
        let timeout = wakers.deadline.map(time_left);
        match rustix::event::poll(&mut sources, timeout.as_ref()) {
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        let (own, others) = sources.split_at(reasons.len());
        let mut is_any_ready = false;
        for (interest, source) in interests.iter_mut().zip(others) {
            interest.is_ready = !source.revents().is_empty();
            is_any_ready |= interest.is_ready;
        }
        for (source, reason) in own.iter().zip(&reasons) {
            let found = source.revents();
            let happened = match reason {
                Woken::ReaderGone => stdout::tells_end(found),
                // Of several threads that wake up together, the first takes the request.
                Woken::Progress => !found.is_empty() && signals::take_progress_event(),
                _ => !found.is_empty(),
            };
            if happened {
                return Ok(*reason);
            }
        }
        if is_any_ready {
            return Ok(Woken::Ready);
        }
        if wakers
            .deadline
            .is_some_and(|deadline| deadline <= Instant::now())
        {
            return Ok(Woken::Deadline);
        }
    }
}

fn time_left(deadline: Instant) -> Timespec {
    let left = deadline.saturating_duration_since(Instant::now());
    Timespec {
        // Longer than any process lives.
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: left.subsec_nanos().into(),
    }
}

/// How long to wait for input.
#[derive(Clone, Copy)]
pub struct Until<'a> {
    /// Whether to stop waiting. Asked before each wait, and again when a signal, the event or the end of the reader of standard
    /// output ends one.
    pub is_stopping: &'a dyn Fn() -> bool,
    /// An event by which other threads wake the wait.
    pub event: Option<&'a Event>,
    /// When to give up.
    pub deadline: Option<Instant>,
}

impl<'a> Until<'a> {
    /// Waits until `is_stopping` returns true.
    pub fn stopped(is_stopping: &'a dyn Fn() -> bool) -> Until<'a> {
        Until {
            is_stopping,
            event: None,
            deadline: None,
        }
    }
}

/// How a wait for one descriptor ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ready,
    Stopped,
    Deadline,
}

/// Waits for one descriptor.
pub(super) fn ready(interest: Interest<'_>, until: &Until<'_>) -> io::Result<Outcome> {
    let mut wakers = Wakers {
        stop_signals: true,
        progress: true,
        reader: true,
        event: until.event,
        deadline: until.deadline,
    };
    let mut interests = [interest];
    loop {
        if (until.is_stopping)() {
            return Ok(Outcome::Stopped);
        }
        // A waker that does not stop the caller is removed, or the wait would spin.
        match wait(&mut interests, &wakers)? {
            Woken::Ready => return Ok(Outcome::Ready),
            Woken::Deadline => return Ok(Outcome::Deadline),
            Woken::StopSignal => wakers.stop_signals = false,
            Woken::ReaderGone => wakers.reader = false,
            Woken::Event => wakers.event = None,
            Woken::Progress => {}
        }
    }
}

/// Ends all waits of the process as a signal that asks to stop does.
pub fn stop_all() {
    signals::stop_without_signal();
}

/// Whether the process should end early: a signal asks for it, or the reader of standard output has gone. Cheap enough for
/// each block of a busy loop.
pub fn is_stopping() -> bool {
    signals::stopping() || stdout::reader_is_gone()
}

#[cfg(test)]
mod tests;
