//! The table of a query while its input arrives, on a terminal.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::log::input::Input;
use crate::log::plan::Plan;
use crate::log::run::Run;
use crate::observe::Observe;
use crate::record::Cell;
use crate::ui::{Table, Ui, units};

/// When the table appears: most runs are over before.
const DELAY: Duration = Duration::from_millis(250);

/// The shortest time between two redraws: 20 a second.
const PACE: Duration = Duration::from_millis(50);

/// Snapshots take at most this fraction of the time, as its denominator: with many groups they cost more.
const SHARE: u32 = 10;

/// Lines of the screen that are not for rows: the header, the count of rows that do not fit, and the cursor's.
const OTHER_LINES: usize = 3;

/// A table that is redrawn as a run goes on.
pub(super) struct Live<'a> {
    ui: &'a Ui,
    plan: &'a Plan,
    columns: &'a [String],
    bars: Option<usize>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    has_news: bool,
    is_over: bool,
}

impl<'a> Live<'a> {
    /// A table with these columns, of which one has bars.
    pub(super) fn new(
        ui: &'a Ui,
        plan: &'a Plan,
        columns: &'a [String],
        bars: Option<usize>,
    ) -> Live<'a> {
        Live {
            ui,
            plan,
            columns,
            bars,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Feeds the run and shows its results so far. The region is empty again at the end.
    pub(super) fn feed(&self, run: &Run<'_>, inputs: Vec<Input>) {
        self.ui.hide_progress();
        thread::scope(|threads| {
            threads.spawn(|| self.redraw(run));
            let over = Over(self);
            run.feed(inputs, self);
            drop(over);
        });
        self.ui.clear();
    }

    fn redraw(&self, run: &Run<'_>) {
        let mut next = Instant::now() + DELAY;
        while self.wait(next) {
            let begun = Instant::now();
            // The error is reported at the end of the run.
            let Ok(partial) = run.snapshot() else { return };
            let table = partial.into_answer(self.plan, &|_| ()).into_table();
            let height = self.ui.height().saturating_sub(OTHER_LINES).max(1);
            let text = self.render(&table, height);
            // Asked again, since the answer may have been complete by now.
            if self.state().is_over {
                return;
            }
            self.ui.show_live(text);
            next = Instant::now() + PACE.max(begun.elapsed() * SHARE);
        }
    }

    /// Waits for news, at least until `next`; false if the run is over.
    fn wait(&self, next: Instant) -> bool {
        let mut state = self.state();
        while !state.is_over {
            let left = next.saturating_duration_since(Instant::now());
            if !state.has_news {
                let woken = self.changed.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            } else if !left.is_zero() {
                let woken = self.changed.wait_timeout(state, left);
                state = woken.unwrap_or_else(PoisonError::into_inner).0;
            } else {
                state.has_news = false;
                return true;
            }
        }
        false
    }

    fn render(&self, rows: &[Vec<Cell>], height: usize) -> String {
        let zone: &TimeZone = &self.plan.clock.zone;
        render(self.ui, (self.columns, zone, self.bars), rows, height)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first rows of a table, and how many more there are.
fn render(
    ui: &Ui,
    (columns, zone, bars): (&[String], &TimeZone, Option<usize>),
    rows: &[Vec<Cell>],
    height: usize,
) -> String {
    let shown = &rows[..rows.len().min(height)];
    let table = Table {
        columns,
        rows: shown,
        zone,
        bars,
        header: true,
    };
    let mut text = table.render(ui.width(), ui.painter());
    let more = rows.len() - shown.len();
    if more > 0 {
        text.push_str(&format!("… {} more\n", units::count(more as u64)));
    }
    text
}

/// Ends the redrawing, even if the run panics.
struct Over<'l, 'a>(&'l Live<'a>);

impl Drop for Over<'_, '_> {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.changed.notify_all();
    }
}

/// Passes everything on, and notes that there is something new to show.
impl Observe for Live<'_> {
    fn advanced(&self, amount: u64) {
        self.ui.advanced(amount);
        let mut state = self.state();
        if !state.has_news {
            state.has_news = true;
            self.changed.notify_all();
        }
    }

    fn warned(&self, message: &str) {
        self.ui.warned(message);
    }

    fn noted(&self, message: &str) {
        self.ui.noted(message);
    }

    fn missed(&self, message: &str) {
        self.ui.missed(message);
    }

    fn stopping(&self) -> bool {
        self.ui.stopping()
    }
}
