//! When a command runs: after changes, together or one by one, never more at once than asked for, and not for ever because of
//! itself.
//!
//! This is a state machine over changes, ends of commands and time. It starts nothing and reads no clock: it says what to do.

mod guard;
mod pending;

use std::time::{Duration, Instant};

use crate::io::process::Signal;
use guard::Guards;
use pending::Pending;

/// When commands run.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How long nothing must have changed.
    pub debounce: Duration,
    /// How long changes wait at most.
    pub max_wait: Duration,
    /// What happens to changes while a command runs.
    pub busy: Busy,
    /// Whether each path has a command of its own.
    pub per_path: bool,
    /// How many commands run at once.
    pub jobs: usize,
    /// How long a command may run.
    pub time_limit: Option<Duration>,
    /// How long a command may go on after it was asked to end.
    pub kill_after: Duration,
    /// How many bytes of paths a command gets at most.
    pub most: usize,
}

/// What [`Guards`] calls runs for all paths.
const ALL: &[u8] = b"";

impl Policy {
    /// What runs for a path are counted by.
    fn key<'a>(&self, path: &'a [u8]) -> &'a [u8] {
        match self.per_path {
            true => path,
            false => ALL,
        }
    }

    /// When a change is acted on that has come for the first and for the last time.
    fn due(&self, first: Instant, last: Instant) -> Instant {
        (last + self.debounce).min(first + self.max_wait)
    }
}

/// What happens to changes while a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// They wait for its end.
    Queue,
    /// It is stopped, and then starts again.
    Restart,
    /// They start nothing.
    Drop,
    /// It gets a signal.
    Signal(Signal),
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start a command with this number, for these paths.
    Start(u64, Vec<Vec<u8>>),
    /// Ask the command to end.
    Stop(u64),
    /// End it.
    Kill(u64),
    /// Send it a signal.
    Send(u64, Signal),
    /// Say that runs cause each other, by these paths, and that the next waits.
    Guard(Duration, Vec<Vec<u8>>),
}

/// The state of all runs.
#[derive(Debug)]
pub struct Runs {
    policy: Policy,
    pending: Pending,
    running: Vec<Run>,
    next: u64,
    guards: Guards,
    is_asked: bool,
    /// The paths of the last run.
    last: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Run {
    number: u64,
    paths: Vec<Vec<u8>>,
    started: Instant,
    kill_at: Option<Instant>,
    is_late: bool,
    is_killed: bool,
}

impl Runs {
    /// Nothing runs yet.
    pub fn new(policy: Policy) -> Runs {
        Runs {
            policy,
            pending: Pending::default(),
            running: Vec::new(),
            next: 0,
            guards: Guards::default(),
            is_asked: false,
            last: Vec::new(),
        }
    }

    /// Whether a command runs.
    pub fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// A path has changed.
    pub fn change(&mut self, path: &[u8], now: Instant) {
        if self.is_running() && self.policy.busy == Busy::Drop {
            return;
        }
        let is_running = self.is_running();
        let key = self.policy.key(path);
        let is_own = self.guards.takes_as_own(key, now, is_running);
        self.pending.put(path, now, is_own);
    }

    /// Somebody asks for a run: for what has changed, or else for the same paths as the last one.
    pub fn ask(&mut self) {
        self.is_asked = true;
        self.guards.clear();
    }

    /// A command has ended; whether its time was over.
    pub fn ended(&mut self, number: u64, now: Instant) -> bool {
        let at = self.running.iter().position(|run| run.number == number);
        self.guards.ended(now);
        at.is_some_and(|at| self.running.remove(at).is_late)
    }

    /// When changes are to be acted on.
    fn batch_at(&self) -> Option<Instant> {
        let (first, last) = self.pending.times()?;
        Some(self.policy.due(first, last))
    }

    fn is_due(&self, now: Instant) -> bool {
        self.is_asked || self.batch_at().is_some_and(|at| at <= now)
    }

    /// When to ask again what to do.
    pub fn deadline(&self) -> Option<Instant> {
        let is_full = self.running.len() >= self.policy.jobs;
        let start = match (self.policy.per_path, self.policy.busy) {
            (true, _) | (false, Busy::Queue | Busy::Drop) if is_full => None,
            (true, _) => self
                .pending
                .iter()
                .filter(|change| !self.is_running_for(&change.path))
                .map(|change| {
                    let due = self.policy.due(change.first, change.last);
                    self.after_pause(&change.path, due)
                })
                .min(),
            // It is being stopped: its end is awaited.
            (false, Busy::Restart) if self.running.iter().any(|run| run.kill_at.is_some()) => None,
            (false, _) => self.batch_at().map(|at| self.after_pause(ALL, at)),
        };
        let ends = self.running.iter().filter(|run| !run.is_killed);
        let ends = ends.filter_map(|run| match (run.kill_at, self.policy.time_limit) {
            (Some(at), _) => Some(at),
            (None, Some(limit)) => Some(run.started + limit),
            (None, None) => None,
        });
        start.into_iter().chain(ends).min()
    }

    /// When a run starts that would start `at` a time, if it does not have to wait because runs cause each other.
    fn after_pause(&self, path: &[u8], at: Instant) -> Instant {
        let until = self.guards.pause_until(self.policy.key(path));
        until.map_or(at, |until| at.max(until))
    }

    fn is_running_for(&self, path: &[u8]) -> bool {
        self.running
            .iter()
            .any(|run| run.paths.iter().any(|own| own == path))
    }

    /// What is to be done now; to be asked until there is nothing.
    pub fn next(&mut self, now: Instant) -> Option<Action> {
        for run in &mut self.running {
            match run.kill_at {
                Some(at) if at <= now && !run.is_killed => {
                    run.is_killed = true;
                    return Some(Action::Kill(run.number));
                }
                None if self
                    .policy
                    .time_limit
                    .is_some_and(|limit| run.started + limit <= now) =>
                {
                    run.is_late = true;
                    run.kill_at = Some(now + self.policy.kill_after);
                    return Some(Action::Stop(run.number));
                }
                _ => {}
            }
        }
        if self.policy.per_path && !self.is_asked {
            return self.next_of_paths(now);
        }
        if !self.is_due(now) {
            return None;
        }
        if let Some(run) = self.running.first_mut() {
            let number = run.number;
            return match self.policy.busy {
                Busy::Restart if run.kill_at.is_none() => {
                    run.kill_at = Some(now + self.policy.kill_after);
                    Some(Action::Stop(number))
                }
                Busy::Signal(signal) => {
                    self.pending.clear();
                    self.is_asked = false;
                    Some(Action::Send(number, signal))
                }
                _ => None,
            };
        }
        if self.guards.pauses(ALL, now) {
            return None;
        }
        let is_own = !self.is_asked && self.pending.is_all_own();
        if let Some(pause) = self.guards.pause_before(ALL, is_own, now) {
            let paths = self.pending.iter().map(|change| change.path.clone());
            return Some(Action::Guard(pause, paths.collect()));
        }
        let is_asked = std::mem::take(&mut self.is_asked);
        let paths = match self.pending.is_empty() || self.policy.per_path {
            true if is_asked => self.last.clone(),
            _ => self.pending.take(self.policy.most),
        };
        Some(self.start(paths, now))
    }

    fn next_of_paths(&mut self, now: Instant) -> Option<Action> {
        if self.running.len() >= self.policy.jobs {
            return None;
        }
        let due = self.pending.iter().find(|change| {
            self.policy.due(change.first, change.last) <= now
                && !self.is_running_for(&change.path)
                && !self.guards.pauses(&change.path, now)
        })?;
        let (path, is_own) = (due.path.clone(), due.is_own);
        if let Some(pause) = self.guards.pause_before(&path, is_own, now) {
            return Some(Action::Guard(pause, vec![path]));
        }
        self.pending.remove(&path);
        Some(self.start(vec![path], now))
    }

    fn start(&mut self, paths: Vec<Vec<u8>>, now: Instant) -> Action {
        let number = self.next;
        self.next += 1;
        self.last.clone_from(&paths);
        self.running.push(Run {
            number,
            paths: paths.clone(),
            started: now,
            kill_at: None,
            is_late: false,
            is_killed: false,
        });
        Action::Start(number, paths)
    }
}

#[cfg(test)]
mod tests;
