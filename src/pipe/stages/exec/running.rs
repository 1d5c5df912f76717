//! A command of a chain: started by whichever end needs it first, ended with the chain.

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Plain;
use crate::io::process::{self, Ended, Input, Process, Reader, Signal, Writer};
use crate::io::signals;
use crate::pipe::failure::{Failure, FailureKind};

/// What a command may not exceed, and how it is stopped.
pub(super) struct Limits {
    pub(super) time: Option<Duration>,
    /// In bytes.
    pub(super) output: Option<u64>,
    pub(super) signal: Signal,
    /// Exit statuses that mean success, besides 0.
    pub(super) ok_status: Vec<u8>,
}

/// A command that runs, or will.
pub(super) struct Command {
    words: Vec<OsString>,
    input: Input,
    pub(super) limits: Limits,
    state: Mutex<State>,
    /// The stages before it were aborted.
    is_aborted: AtomicBool,
    /// The stages after it take no more.
    is_closed: AtomicBool,
}

enum State {
    Waiting,
    Running {
        process: Arc<Process>,
        stdin: Option<Writer>,
        stdout: Option<Reader>,
    },
    /// It could not be started: with which status, and what is reported.
    Failed(u8, String),
}

impl Command {
    pub(super) fn new(words: Vec<OsString>, input: Input, limits: Limits) -> Command {
        Command {
            words,
            input,
            limits,
            state: Mutex::new(State::Waiting),
            is_aborted: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        }
    }

    /// The command as messages name it.
    fn name(&self) -> String {
        let name = self.words.first().map(|word| word.display().to_string());
        format!("'{}'", name.unwrap_or_default())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the command, unless it runs.
    fn started(&self) -> Result<MutexGuard<'_, State>, Failure> {
        let mut state = self.state();
        if matches!(*state, State::Waiting) {
            *state = match process::spawn(&self.words, self.input) {
                Ok(spawned) => State::Running {
                    process: Arc::new(spawned.process),
                    stdin: spawned.stdin,
                    stdout: Some(spawned.stdout),
                },
                Err(error) => {
                    let message = format!("{}: {}", self.name(), Plain(error.error()));
                    State::Failed(error.status(), message)
                }
            };
        }
        if let State::Failed(status, message) = &*state {
            return Err(Failure::of_kind(
                FailureKind::Command(*status),
                message.clone(),
            ));
        }
        Ok(state)
    }

    /// The running command and its input; both may be taken once.
    pub(super) fn take_input(&self) -> Result<(Arc<Process>, Option<Writer>), Failure> {
        match &mut *self.started()? {
            State::Running { process, stdin, .. } => Ok((Arc::clone(process), stdin.take())),
            _ => Err(Failure::new("the command does not run")),
        }
    }

    /// The running command and its output; both may be taken once.
    pub(super) fn take_output(&self) -> Result<(Arc<Process>, Option<Reader>), Failure> {
        match &mut *self.started()? {
            State::Running {
                process, stdout, ..
            } => Ok((Arc::clone(process), stdout.take())),
            _ => Err(Failure::new("the command does not run")),
        }
    }

    /// Ends the command because the stages before it were aborted.
    pub(super) fn abort(&self) {
        self.is_aborted.store(true, Relaxed);
        self.end();
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.is_aborted.load(Relaxed)
    }

    /// Ends the command because the stages after it take no more.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Relaxed);
        self.end();
    }

    /// Whether input is of any use to it.
    pub(super) fn is_wanted(&self) -> bool {
        if self.is_closed.load(Relaxed) {
            return false;
        }
        match &*self.state() {
            State::Waiting => true,
            State::Running { process, .. } => !process.has_exited(),
            State::Failed(..) => false,
        }
    }

    /// Ends its process group: by the signal that ends jug, or by that of the limits.
    pub(super) fn end(&self) -> Option<Ended> {
        let running = match &*self.state() {
            State::Running { process, .. } => Arc::clone(process),
            State::Waiting | State::Failed(..) => return None,
        };
        let signal = signals::which().and_then(Signal::numbered);
        running.end(signal.unwrap_or(self.limits.signal))
    }

    /// The failure that an exit status means; none for success.
    pub(super) fn failure(&self, ended: Ended) -> Option<Failure> {
        let (name, code) = (self.name(), ended.code());
        let message = match ended.signal() {
            Some(number) => match Signal::numbered(number) {
                Some(signal) => format!("{name} was ended by {signal}"),
                None => format!("{name} was ended by signal {number}"),
            },
            None if code == 0 || self.limits.ok_status.contains(&code) => return None,
            None => format!("{name} exited with status {code}"),
        };
        Some(Failure::of_kind(FailureKind::Command(code), message))
    }

    /// The failure of a command that has taken too long.
    pub(super) fn too_slow(&self, limit: Duration) -> Failure {
        let message = format!("{} did not finish within {limit:?}", self.name());
        Failure::of_kind(FailureKind::TimedOut, message)
    }

    /// The failure of a command that has written too much.
    pub(super) fn too_much(&self, limit: u64) -> Failure {
        Failure::new(format!("{} wrote more than {limit} bytes", self.name()))
    }

    /// What is reported of a command that has exited, while its output stayed open until the time was over.
    pub(super) fn left_open(&self) -> String {
        let name = self.name();
        format!(
            "{name}: it has exited, but a process that it started kept its output open until the time limit"
        )
    }
}
