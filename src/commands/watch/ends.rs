//! What ends the run, besides changes and commands.

use std::time::{Duration, Instant};

use super::Watch;
use super::flags::WaitFor;
use crate::error::{Error, Result};
use crate::io::process::Other;
use crate::io::wait::Interest;

/// How the run has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// What was awaited has happened.
    Met,
    /// Nothing has changed for long enough.
    Idle,
    /// The time is over.
    TimedOut,
    /// The process is gone.
    Process,
    /// A command has ended with this status.
    Command(u8),
    /// A signal, or the end of the reader.
    Stopped,
}

impl End {
    /// Its name in records.
    pub(super) fn name(self) -> &'static str {
        match self {
            End::Met => "met",
            End::Idle => "idle",
            End::TimedOut => "timeout",
            End::Process => "pid",
            End::Command(_) => "command",
            End::Stopped => "signal",
        }
    }
}

/// What ends the run.
pub(super) struct Ends {
    wait_for: Option<WaitFor>,
    idle: Option<Duration>,
    time_out: Option<Instant>,
    last_change: Instant,
    process: Option<Other>,
    is_process_gone: bool,
}

impl Ends {
    pub(super) fn new(watch: &Watch) -> Result<Ends> {
        let now = Instant::now();
        let process = watch.pid.map(Other::open);
        let (process, is_process_gone) = match process {
            None => (None, false),
            Some(Ok(process)) => (Some(process), false),
            Some(Err(error)) if error.raw_os_error() == Some(NO_SUCH_PROCESS) => (None, true),
            Some(Err(error)) => {
                let number = watch.pid.unwrap_or_default();
                return Err(Error::input(format!("--pid {number}")).caused_by(error));
            }
        };
        Ok(Ends {
            wait_for: watch.wait_for,
            idle: watch.idle,
            time_out: watch.timeout.map(|limit| now + limit),
            last_change: now,
            process,
            is_process_gone,
        })
    }

    pub(super) fn changed(&mut self, now: Instant) {
        self.last_change = now;
    }

    /// Whether the run is over; `there` is whether every path exists, and how many do not, of `roots`.
    pub(super) fn reached(
        &mut self,
        now: Instant,
        (all, missing): (bool, usize),
        roots: usize,
    ) -> Option<End> {
        let is_met = match self.wait_for {
            None => false,
            Some(WaitFor::Exists) => all,
            Some(WaitFor::Gone) => missing == roots,
        };
        if is_met {
            return Some(End::Met);
        }
        let is_gone = |process: &Other| {
            use crate::io::wait::{Wakers, wait};
            let wakers = Wakers {
                deadline: Some(now),
                ..Wakers::default()
            };
            let mut interests = [Interest::read(process)];
            wait(&mut interests, &wakers).is_ok() && interests[0].is_ready
        };
        if self.is_process_gone || self.process.as_ref().is_some_and(is_gone) {
            return Some(End::Process);
        }
        if self.time_out.is_some_and(|end| end <= now) {
            return Some(End::TimedOut);
        }
        self.idle_at()
            .is_some_and(|end| end <= now)
            .then_some(End::Idle)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.time_out.into_iter().chain(self.idle_at()).min()
    }

    /// When nothing has changed for long enough.
    fn idle_at(&self) -> Option<Instant> {
        self.idle.map(|idle| self.last_change + idle)
    }

    pub(super) fn interest(&self) -> Option<Interest<'_>> {
        self.process.as_ref().map(Interest::read)
    }
}

/// `ESRCH`.
const NO_SUCH_PROCESS: i32 = rustix::io::Errno::SRCH.raw_os_error();
