//! A report of several lines on standard error, which is redrawn while the work goes on, and printed on request.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::live::Region;

/// Makes the lines, each without its newline.
pub type Lines = Box<dyn Fn() -> Vec<String> + Send + Sync>;

/// The time between two redraws.
const PAUSE: Duration = Duration::from_millis(200);

/// Nothing before [`Report::set`].
pub(super) struct Report {
    lines: OnceLock<Lines>,
    region: Region,
    /// When it may be drawn again, in milliseconds since the start.
    next: AtomicU64,
}

impl Report {
    pub(super) fn new(region: Region) -> Report {
        Report {
            lines: OnceLock::new(),
            region,
            next: AtomicU64::new(0),
        }
    }

    /// Says what the lines are. The first call counts.
    pub(super) fn set(&self, lines: Lines) {
        let _ = self.lines.set(lines);
    }

    /// The lines now, if there is a report.
    pub(super) fn lines(&self) -> Option<Vec<String>> {
        self.lines.get().map(|lines| lines())
    }

    /// Redraws the report, unless that was done a moment ago.
    pub(super) fn redraw(&self, elapsed: Duration) {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let Some(lines) = self.lines.get() else {
            return;
        };
        let (now, next) = (milliseconds(elapsed), self.next.load(Relaxed));
        let after = milliseconds(elapsed + PAUSE);
        if now < next
            || self
                .next
                .compare_exchange(next, after, Relaxed, Relaxed)
                .is_err()
        {
            return;
        }
        let text: String = lines().iter().map(|line| format!("{line}\n")).collect();
        self.region.show(text);
    }

    /// Takes it off the terminal while something else is written.
    pub(super) fn aside(&self, write: impl FnOnce()) {
        self.region.aside(write);
    }

    /// Takes it off the terminal.
    pub(super) fn clear(&self) {
        self.region.clear();
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::output::{Output, Writes};
    use super::*;

    #[test]
    fn a_report_is_drawn_at_most_every_fifth_of_a_second() {
        let writes = Writes::default();
        let report = Report::new(Region::on(Output::new(writes.clone())));
        report.redraw(Duration::ZERO);
        assert_eq!(report.lines(), None);
        assert!(writes.take().is_empty());
        let count = AtomicU64::new(0);
        report.set(Box::new(move || {
            vec![format!("{} drawn", count.fetch_add(1, Relaxed))]
        }));
        for milliseconds in [0, 100, 199, 200, 399, 1000] {
            report.redraw(Duration::from_millis(milliseconds));
        }
        let drawn: Vec<String> = writes.take();
        assert_eq!(drawn.len(), 3, "{drawn:?}");
        assert!(drawn[2].contains("2 drawn"));
        assert_eq!(report.lines(), Some(vec!["3 drawn".to_owned()]));
    }
}
