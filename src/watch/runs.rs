//! When a command runs: after changes, together or one by one, never more at once than asked for, and not for ever because of
//! itself.
//!
//! This is a state machine over changes, ends of commands and time. It starts nothing and reads no clock: it says what to do.

use std::time::{Duration, Instant};

use crate::io::process::Signal;

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

/// The runs in a row that cause each other before they are slowed down.
const LOOPS: u32 = 5;

/// The longest pause between runs that cause each other.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long after a run a change may still be its own.
const AFTERMATH: Duration = Duration::from_millis(150);

/// The state of all runs.
#[derive(Debug)]
pub struct Runs {
    policy: Policy,
    pending: Vec<Pending>,
    running: Vec<Run>,
    next: u64,
    last_end: Option<Instant>,
    /// Runs in a row that were caused by runs only.
    loops: u32,
    pause_until: Option<Instant>,
    is_asked: bool,
}

#[derive(Debug)]
struct Pending {
    path: Vec<u8>,
    first: Instant,
    last: Instant,
    /// Whether it changed while a command ran, and at no other time.
    is_own: bool,
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
            pending: Vec::new(),
            running: Vec::new(),
            next: 0,
            last_end: None,
            loops: 0,
            pause_until: None,
            is_asked: false,
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
        let is_after = self
            .last_end
            .is_some_and(|end| now.saturating_duration_since(end) < AFTERMATH);
        let is_own = self.is_running() || is_after;
        if !is_own {
            self.loops = 0;
            self.pause_until = None;
        }
        match self.pending.iter_mut().find(|known| known.path == path) {
            Some(known) => {
                known.last = now;
                known.is_own &= is_own;
            }
            None => self.pending.push(Pending {
                path: path.to_vec(),
                first: now,
                last: now,
                is_own,
            }),
        }
    }

    /// Somebody asks for a run, with or without changes.
    pub fn ask(&mut self) {
        self.is_asked = true;
        self.loops = 0;
        self.pause_until = None;
    }

    /// A command has ended; whether its time was over.
    pub fn ended(&mut self, number: u64, now: Instant) -> bool {
        let at = self.running.iter().position(|run| run.number == number);
        self.last_end = Some(now);
        at.is_some_and(|at| self.running.remove(at).is_late)
    }

    fn due_at(&self, pending: &Pending) -> Instant {
        (pending.last + self.policy.debounce).min(pending.first + self.policy.max_wait)
    }

    /// When changes are to be acted on.
    fn batch_at(&self) -> Option<Instant> {
        let first = self.pending.iter().map(|pending| pending.first).min()?;
        let last = self.pending.iter().map(|pending| pending.last).max()?;
        Some((last + self.policy.debounce).min(first + self.policy.max_wait))
    }

    /// When to ask again what to do.
    pub fn deadline(&self) -> Option<Instant> {
        let is_full = self.running.len() >= self.policy.jobs;
        let start = match (self.policy.per_path, self.policy.busy) {
            (true, _) | (false, Busy::Queue | Busy::Drop) if is_full => None,
            (true, _) => self
                .pending
                .iter()
                .filter(|pending| !self.is_running_for(&pending.path))
                .map(|pending| self.due_at(pending))
                .min(),
            // It is being stopped: its end is awaited.
            (false, Busy::Restart) if self.running.iter().any(|run| run.kill_at.is_some()) => None,
            (false, _) => self.batch_at(),
        };
        let start = start.map(|at| self.pause_until.map_or(at, |until| at.max(until)));
        let ends = self.running.iter().filter(|run| !run.is_killed);
        let ends = ends.filter_map(|run| match (run.kill_at, self.policy.time_limit) {
            (Some(at), _) => Some(at),
            (None, Some(limit)) => Some(run.started + limit),
            (None, None) => None,
        });
        start.into_iter().chain(ends).min()
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
        let is_due = self.is_asked || self.batch_at().is_some_and(|at| at <= now);
        if !is_due {
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
        if self.pause_until.is_some_and(|until| now < until) {
            return None;
        }
        if let Some(guard) = self.guard(now) {
            return Some(guard);
        }
        self.is_asked = false;
        let paths = self.take_paths();
        Some(self.start(paths, now))
    }

    fn next_of_paths(&mut self, now: Instant) -> Option<Action> {
        if self.running.len() >= self.policy.jobs
            || self.pause_until.is_some_and(|until| now < until)
        {
            return None;
        }
        let is_due =
            |pending: &Pending| self.due_at(pending) <= now && !self.is_running_for(&pending.path);
        let at = self.pending.iter().position(is_due)?;
        let pending = self.pending.remove(at);
        Some(self.start(vec![pending.path], now))
    }

    /// Notices that runs cause each other.
    fn guard(&mut self, now: Instant) -> Option<Action> {
        let is_own = !self.is_asked && self.pending.iter().all(|pending| pending.is_own);
        // The pause is over: this run was announced.
        if self.pause_until.take().is_some() {
            return None;
        }
        if !is_own {
            self.loops = 0;
            return None;
        }
        self.loops += 1;
        let over = self.loops.checked_sub(LOOPS)?;
        let pause = Duration::from_secs(1 << over.min(5)).min(LONGEST_PAUSE);
        self.pause_until = Some(now + pause);
        let paths = self.pending.iter().map(|pending| pending.path.clone());
        Some(Action::Guard(pause, paths.collect()))
    }

    /// The paths of the next run: as many as fit.
    fn take_paths(&mut self) -> Vec<Vec<u8>> {
        let mut size = 0;
        let fits = |pending: &&Pending| {
            size += pending.path.len() + 1 + size_of::<usize>();
            size <= self.policy.most
        };
        let count = self.pending.iter().take_while(fits).count();
        let count = count.max(1).min(self.pending.len());
        self.pending
            .drain(..count)
            .map(|pending| pending.path)
            .collect()
    }

    fn start(&mut self, paths: Vec<Vec<u8>>, now: Instant) -> Action {
        let number = self.next;
        self.next += 1;
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
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn policy(busy: Busy) -> Policy {
        Policy {
            debounce: 100 * MS,
            max_wait: 2000 * MS,
            busy,
            per_path: false,
            jobs: 1,
            time_limit: None,
            kill_after: 500 * MS,
            most: 1 << 16,
        }
    }

    /// What a script does: `a` changes a path, `+N` lets time pass in steps of 10 ms, `!` ends the first command, `?` asks.
    fn acted(policy: Policy, script: &str) -> String {
        let mut now = Instant::now();
        let mut runs = Runs::new(policy);
        let (mut done, mut running) = (Vec::new(), Vec::new());
        for word in script.split(' ') {
            let mut steps = 1;
            match word.strip_prefix('+') {
                Some(time) => steps = time.parse::<u32>().unwrap() / 10,
                None if word == "!" => {
                    let number = running.remove(0);
                    if runs.ended(number, now) {
                        done.push("late".to_owned());
                    }
                }
                None if word == "?" => runs.ask(),
                None => runs.change(word.as_bytes(), now),
            }
            for _ in 0..steps {
                if word.starts_with('+') {
                    now += 10 * MS;
                }
                let is_due = runs.deadline().is_some_and(|at| at <= now);
                let mut acts = false;
                while let Some(action) = runs.next(now) {
                    acts = true;
                    done.push(match action {
                        Action::Start(number, paths) => {
                            running.push(number);
                            let paths: Vec<_> = paths
                                .iter()
                                .map(|path| String::from_utf8_lossy(path))
                                .collect();
                            format!("start({})", paths.join(","))
                        }
                        Action::Stop(_) => "stop".to_owned(),
                        Action::Kill(_) => "kill".to_owned(),
                        Action::Send(..) => "send".to_owned(),
                        Action::Guard(pause, _) => format!("guard({})", pause.as_secs()),
                    });
                }
                assert!(
                    !acts || is_due || word == "?" || word == "!",
                    "{script}: {done:?}"
                );
                assert!(
                    runs.deadline().is_none_or(|at| at > now),
                    "{script}: it would wait for the past after {done:?}"
                );
            }
        }
        done.join(" ")
    }

    #[test]
    fn changes_are_collected() {
        for (script, expected) in [
            ("a +90", ""),
            ("a +100", "start(a)"),
            ("a +50 b +50 a +90", ""),
            ("a +50 b +50 a +100", "start(a,b)"),
            ("? +10", "start()"),
            ("a +100 ! +500 b +100", "start(a) start(b)"),
        ] {
            assert_eq!(acted(policy(Busy::Queue), script), expected, "{script}");
        }
        let words: Vec<String> = (0..30).map(|_| "a +90".to_owned()).collect();
        let done = acted(policy(Busy::Queue), &words.join(" "));
        assert_eq!(done, "start(a)", "after --max-wait");
    }

    #[test]
    fn changes_during_a_run_queue_restart_drop_or_signal() {
        let script = "a +100 b c +400 ! +10";
        for (busy, expected) in [
            (Busy::Queue, "start(a) start(b,c)"),
            (Busy::Restart, "start(a) stop start(b,c)"),
            (Busy::Drop, "start(a)"),
            (Busy::Signal(Signal::parse("HUP").unwrap()), "start(a) send"),
        ] {
            assert_eq!(acted(policy(busy), script), expected, "{busy:?}");
        }
        let done = acted(policy(Busy::Restart), "a +100 b +100 c +700 ! +10");
        assert_eq!(done, "start(a) stop kill start(b,c)");
    }

    #[test]
    fn a_late_command_is_stopped_and_killed() {
        let limited = Policy {
            time_limit: Some(300 * MS),
            ..policy(Busy::Queue)
        };
        for (script, expected) in [
            ("a +100 +200 !", "start(a)"),
            ("a +100 +300 !", "start(a) stop late"),
            ("a +100 +300 +600 !", "start(a) stop kill late"),
        ] {
            assert_eq!(acted(limited, script), expected, "{script}");
        }
    }

    #[test]
    fn paths_run_one_by_one_within_the_number_of_jobs() {
        let per_path = Policy {
            per_path: true,
            jobs: 2,
            ..policy(Busy::Queue)
        };
        for (script, expected) in [
            ("a b c +100", "start(a) start(b)"),
            ("a b c +100 ! +10", "start(a) start(b) start(c)"),
            ("a +100 a +200", "start(a)"),
            ("a +100 a +200 ! +10", "start(a) start(a)"),
            ("a +50 b +50", "start(a)"),
        ] {
            assert_eq!(acted(per_path, script), expected, "{script}");
        }
    }

    #[test]
    fn runs_that_cause_each_other_are_slowed_down() {
        let first = "a +100 x !";
        let start = ["start(x)"; 4].join(" ");
        let looped = format!("{first} +100 x ! +100 x ! +100 x ! +100 x ! +100");
        assert_eq!(
            acted(policy(Busy::Queue), &looped),
            format!("start(a) {start} guard(1)")
        );
        let longer = format!("{looped} +1000 x ! +100 +2000");
        assert_eq!(
            acted(policy(Busy::Queue), &longer),
            format!("start(a) {start} guard(1) start(x) guard(2) start(x)")
        );
        // Something else has changed.
        let other = format!("{looped} +500 b +100");
        assert_eq!(
            acted(policy(Busy::Queue), &other),
            format!("start(a) {start} guard(1) start(x,b)")
        );
        // Changes long after a run are not its own.
        let slow = ["x +100 ! +500"; 9].join(" ");
        assert!(!acted(policy(Busy::Queue), &slow).contains("guard"));
    }

    #[test]
    fn more_paths_than_fit_are_split() {
        let small = Policy {
            most: 2 * (1 + 1 + size_of::<usize>()),
            ..policy(Busy::Queue)
        };
        assert_eq!(
            acted(small, "a b c +100 ! +10 ! +10"),
            "start(a,b) start(c)"
        );
    }
}
