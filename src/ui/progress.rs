//! Progress: a line on the terminal, which is removed before anything else is written there, and one line of text on request
//! by a signal.
//!
//! Most runs end before a progress line could be read, so `indicatif` is not used for the first quarter of a second. Rates are
//! averages since the start, because chunks arrive in bursts.

mod description;
mod screen;

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

pub use description::Unit;
use description::{Ending, describe, narrowed};
use screen::Screen;

use super::output::Output;

/// When the line appears.
const DELAY: Duration = Duration::from_millis(250);

/// The least time between two updates: 15 per second.
const PACE: Duration = Duration::from_millis(67);

/// Columns of the bar, and the least width of a terminal that has one.
const BAR: usize = 24;
const ROOM_FOR_BAR: usize = 80;

/// Columns of the spinner, a blank, and one that keeps the cursor on the line.
const SPINNER: usize = 3;

/// The state of the run. Callers pass the time.
#[derive(Debug)]
pub(super) struct Progress {
    done: AtomicU64,
    /// 0 if unknown.
    total: AtomicU64,
    /// Time of the next update, in nanoseconds since the start; `u64::MAX` for never.
    next: AtomicU64,
    elapsed: Arc<AtomicU64>,
    unit: OnceLock<Unit>,
    bar: Mutex<Option<ProgressBar>>,
    output: Output,
    columns: fn() -> usize,
}

impl Progress {
    /// The start of a run. `columns` returns the width of the terminal.
    pub(super) fn new(is_wanted: bool, output: Output, columns: fn() -> usize) -> Progress {
        Progress {
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            next: AtomicU64::new(if is_wanted { nanos(DELAY) } else { u64::MAX }),
            elapsed: Arc::default(),
            unit: OnceLock::new(),
            bar: Mutex::new(None),
            output,
            columns,
        }
    }

    /// Sets the unit; the default is bytes. Called once, before the first advance.
    pub(super) fn count_in(&self, unit: Unit) {
        // A second call sets the same unit.
        let _ = self.unit.set(unit);
    }

    fn unit(&self) -> Unit {
        self.unit.get().copied().unwrap_or_default()
    }

    /// Adds to the expected total.
    pub(super) fn expect(&self, amount: u64) {
        self.total.fetch_add(amount, Relaxed);
    }

    /// Adds to the amount done, `elapsed` after the start.
    pub(super) fn advanced(&self, amount: u64, elapsed: Duration) {
        self.done.fetch_add(amount, Relaxed);
        if nanos(elapsed) < self.next.load(Relaxed) {
            return;
        }
        // If another thread draws or writes, this update is skipped: no worker waits for the terminal.
        if let Ok(mut bar) = self.bar.try_lock() {
            self.draw(&mut bar, elapsed);
        }
    }

    fn draw(&self, bar: &mut Option<ProgressBar>, elapsed: Duration) {
        let now = nanos(elapsed);
        // Checked again under the lock: another thread may have drawn, or the run may have ended.
        if now < self.next.load(Relaxed) {
            return;
        }
        self.next.store(now.saturating_add(nanos(PACE)), Relaxed);
        self.elapsed.store(now, Relaxed);
        let (done, total) = (self.done.load(Relaxed), self.total.load(Relaxed));
        let bar = bar.get_or_insert_with(|| self.make());
        bar.update(|state| {
            state.set_pos(done);
            if total > 0 {
                state.set_len(total.max(done));
            }
        });
    }

    fn make(&self) -> ProgressBar {
        let columns = (self.columns)();
        let elapsed = Arc::clone(&self.elapsed);
        let unit = self.unit();
        let numbers = move |state: &ProgressState, out: &mut dyn Write| {
            let elapsed = Duration::from_nanos(elapsed.load(Relaxed));
            let total = state.len().unwrap_or(0);
            let text = describe(unit, state.pos(), total, elapsed, Ending::Left);
            let _ = out.write_str(narrowed(&text, columns.saturating_sub(SPINNER)));
        };
        let template = match self.total.load(Relaxed) {
            0 => "{spinner} {numbers}".to_owned(),
            _ if columns < ROOM_FOR_BAR => "{numbers}".to_owned(),
            _ => format!("{{bar:{BAR}}} {{numbers}}"),
        };
        let style = ProgressStyle::with_template(&template)
            .expect("the templates above are well-formed")
            .with_key("numbers", numbers)
            .progress_chars("━╸─");
        let screen = Screen::new(self.output.clone(), self.columns);
        let bar = ProgressBar::no_length().with_finish(ProgressFinish::AndClear);
        bar.set_style(style);
        bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(screen)));
        bar
    }

    /// Removes the line while `say` writes to the terminal.
    pub(super) fn aside(&self, say: impl FnOnce()) {
        match &*self.bar() {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// Removes the line until the next chunk.
    pub(super) fn clear(&self) {
        self.clear_for(|| ());
    }

    /// Removes the line and writes to the terminal.
    pub(super) fn clear_for<T>(&self, write: impl FnOnce() -> T) -> T {
        let mut bar = self.bar();
        if let Some(bar) = bar.take() {
            bar.finish_and_clear();
        }
        write()
    }

    /// Removes the line permanently.
    pub(super) fn finish(&self) {
        self.next.store(u64::MAX, Relaxed);
        self.clear();
    }

    /// The progress as text: `512 MiB of 988 MiB (52%), 1.2 GiB/s, 3 s so far`.
    pub(super) fn in_words(&self, elapsed: Duration) -> String {
        describe(
            self.unit(),
            self.done.load(Relaxed),
            self.total.load(Relaxed),
            elapsed,
            Ending::SoFar,
        )
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::output::Writes;
    use super::*;

    const MIB: u64 = 1 << 20;

    fn progress(is_wanted: bool, columns: fn() -> usize) -> (Progress, Writes) {
        let writes = Writes::default();
        (
            Progress::new(is_wanted, Output::new(writes.clone()), columns),
            writes,
        )
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_short_run_shows_nothing() {
        let (progress, writes) = progress(true, || 100);
        progress.expect(100 * MIB);
        progress.advanced(100 * MIB, at(249));
        assert!(progress.bar().is_none());
        progress.finish();
        progress.advanced(MIB, at(10_000));
        assert!(progress.bar().is_none());
        assert!(writes.take().is_empty());
    }

    #[test]
    fn a_bar_appears_late_updates_at_intervals_and_is_removed() {
        let (progress, writes) = progress(true, || 100);
        progress.expect(100 * MIB);
        progress.advanced(25 * MIB, at(250));
        let first = writes.take();
        assert_eq!(first.len(), 1);
        let numbers = "25 MiB of 100 MiB (25%), 100 MiB/s, 1 s left";
        assert_eq!(
            first[0].trim_end(),
            format!("━━━━━━╸───────────────── {numbers}")
        );
        progress.advanced(MIB, at(300));
        assert!(writes.take().is_empty());
        progress.advanced(MIB, at(317));
        assert!(writes.take()[0].contains("27 MiB of 100 MiB (27%)"));
        progress.finish();
        assert_eq!(writes.take(), ["\r\x1b[2K"]);
    }

    #[test]
    fn messages_are_written_between_two_updates() {
        let (progress, writes) = progress(true, || 60);
        progress.expect(100 * MIB);
        progress.advanced(50 * MIB, at(500));
        writes.take();
        let said = Output::new(writes.clone());
        progress.aside(|| said.put("jug log: hello\n"));
        let written = writes.take();
        assert_eq!(written[..2], ["\r\x1b[2K", "jug log: hello\n"]);
        assert_eq!(
            written[2].trim_end(),
            "50 MiB of 100 MiB (50%), 100 MiB/s, 1 s left"
        );
        assert_eq!(written.len(), 3);
    }

    #[test]
    fn a_spinner_is_shown_if_the_total_is_unknown() {
        let (progress, writes) = progress(true, || 30);
        progress.advanced(512 * MIB, at(500));
        let first = writes.take().concat();
        assert!(first.trim_end().ends_with(" 512 MiB, 1 GiB/s"), "{first:?}");
        assert!(first.chars().count() <= 30);
    }

    #[test]
    fn disabled_progress_can_still_be_requested() {
        let (progress, writes) = progress(false, || 100);
        progress.expect(988 * MIB);
        progress.advanced(514 * MIB, at(3_000));
        assert_eq!(
            progress.in_words(at(3_000)),
            "514 MiB of 988 MiB (52%), 171.3 MiB/s, 3 s so far"
        );
        assert!(writes.take().is_empty());
    }

    #[test]
    fn a_file_that_grew_is_at_100_percent() {
        let (progress, _) = progress(false, || 100);
        assert_eq!(progress.in_words(at(0)), "0 B, 0 ms so far");
        progress.expect(MIB);
        progress.advanced(3 * MIB, at(1_000));
        assert_eq!(
            progress.in_words(at(1_000)),
            "3 MiB of 3 MiB (100%), 3 MiB/s, 1 s so far"
        );
    }
}
