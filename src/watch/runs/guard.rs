//! Guards against commands that cause their own runs.

use std::time::{Duration, Instant};

/// The runs in a row that cause each other before they are slowed down.
const LOOPS: u32 = 5;

/// The longest pause between runs that cause each other.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long after a run a change may still be its own.
const AFTERMATH: Duration = Duration::from_millis(150);

/// What is known of runs that cause each other.
#[derive(Debug, Default)]
pub(super) struct Guard {
    last_end: Option<Instant>,
    /// Runs in a row that were caused by runs only.
    loops: u32,
    pause_until: Option<Instant>,
}

impl Guard {
    /// Whether a change now may be the work of a run. Any other ends the pause.
    pub(super) fn takes_as_own(&mut self, now: Instant, is_running: bool) -> bool {
        let is_after = |end| now.saturating_duration_since(end) < AFTERMATH;
        let is_own = is_running || self.last_end.is_some_and(is_after);
        if !is_own {
            self.loops = 0;
            self.pause_until = None;
        }
        is_own
    }

    /// A run has ended.
    pub(super) fn ended(&mut self, now: Instant) {
        self.last_end = Some(now);
    }

    /// Until when no run starts.
    pub(super) fn pause_until(&self) -> Option<Instant> {
        self.pause_until
    }

    /// Whether no run starts now.
    pub(super) fn pauses(&self, now: Instant) -> bool {
        self.pause_until.is_some_and(|until| now < until)
    }

    /// How long to wait before the next run, which only runs have caused if `is_own`. To be asked once the last pause is over.
    pub(super) fn pause_before(&mut self, is_own: bool, now: Instant) -> Option<Duration> {
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
        Some(pause)
    }
}
