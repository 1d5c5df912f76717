//! Guards against commands that cause their own runs.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The runs in a row that cause each other before they are slowed down.
const LOOPS: u32 = 5;

/// The longest pause between runs that cause each other.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long after a run a change may still be its own.
const AFTERMATH: Duration = Duration::from_millis(150);

/// Runs that cause each other, by what they run for: a path, or nothing where one command runs for all.
#[derive(Debug, Default)]
pub(super) struct Guards {
    last_end: Option<Instant>,
    loops: HashMap<Vec<u8>, Loop>,
}

/// Runs in a row that were caused by runs only.
#[derive(Debug, Default)]
struct Loop {
    runs: u32,
    pause_until: Option<Instant>,
}

impl Guards {
    /// Whether a change now may be the work of a run. Any other ends the pause.
    pub(super) fn takes_as_own(&mut self, key: &[u8], now: Instant, is_running: bool) -> bool {
        let is_after = |end| now.saturating_duration_since(end) < AFTERMATH;
        let is_own = is_running || self.last_end.is_some_and(is_after);
        if !is_own {
            self.loops.remove(key);
        }
        is_own
    }

    /// A run has ended.
    pub(super) fn ended(&mut self, now: Instant) {
        self.last_end = Some(now);
    }

    /// Forgets all runs so far.
    pub(super) fn clear(&mut self) {
        *self = Guards::default();
    }

    /// Until when no run starts.
    pub(super) fn pause_until(&self, key: &[u8]) -> Option<Instant> {
        self.loops.get(key)?.pause_until
    }

    /// Whether no run starts now.
    pub(super) fn pauses(&self, key: &[u8], now: Instant) -> bool {
        self.pause_until(key).is_some_and(|until| now < until)
    }

    /// How long to wait before the next run, which only runs have caused if `is_own`. To be asked once the last pause is over.
    pub(super) fn pause_before(
        &mut self,
        key: &[u8],
        is_own: bool,
        now: Instant,
    ) -> Option<Duration> {
        if !is_own {
            self.loops.remove(key);
            return None;
        }
        if !self.loops.contains_key(key) {
            self.loops.insert(key.to_vec(), Loop::default());
        }
        let known = self.loops.get_mut(key)?;
        // The pause is over: this run was announced.
        if known.pause_until.take().is_some() {
            return None;
        }
        known.runs += 1;
        let over = known.runs.checked_sub(LOOPS)?;
        let pause = Duration::from_secs(1 << over.min(5)).min(LONGEST_PAUSE);
        known.pause_until = Some(now + pause);
        Some(pause)
    }
}
