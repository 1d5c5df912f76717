//! `--stats`: what went through each stage, and where the time went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::pipe::plan::Stage;
use crate::pipe::run::{Counted, Counts};
use crate::ui::{Ui, units};

/// The counts of a run.
pub(super) struct Stats {
    stages: Vec<(Stage, Arc<Counts>)>,
    started: Instant,
    is_wanted: bool,
}

impl Stats {
    pub(super) fn new(stages: &[(Stage, Arc<Counts>)], is_wanted: bool) -> Stats {
        Stats {
            stages: stages.to_vec(),
            started: Instant::now(),
            is_wanted,
        }
    }

    /// Prints a line for each stage, if that is wanted.
    pub(super) fn print(&self, ui: &Ui) {
        if !self.is_wanted {
            return;
        }
        for line in self.lines() {
            ui.say(&line);
        }
    }

    fn lines(&self) -> Vec<String> {
        let elapsed = self.started.elapsed();
        let stages = self.stages.iter();
        stages
            .map(|(stage, counts)| line(stage, &counts.now(), elapsed))
            .collect()
    }
}

/// `2 cut: 99 MiB, 1.2 M lines in …`.
fn line(stage: &Stage, counts: &Counted, elapsed: Duration) -> String {
    let amount = |bytes: u64, count: u64| match count {
        0 => units::bytes(bytes),
        _ => format!("{} in {}", units::bytes(bytes), units::count(count)),
    };
    let share = |time: Duration| {
        let percent = 100.0 * time.as_secs_f64() / elapsed.as_secs_f64().max(1e-9);
        format!("{percent:.0} %")
    };
    let rate = units::rate(counts.bytes_in, elapsed).unwrap_or_default();
    format!(
        "stage {} ({}): in {}, out {}, {rate}; busy {}, waited {} for input, {} for output",
        stage.number,
        stage.name,
        amount(counts.bytes_in, counts.units_in),
        amount(counts.bytes_out, counts.units_out),
        share(counts.busy),
        share(counts.waited_for_input),
        share(counts.waited_for_output),
    )
}
