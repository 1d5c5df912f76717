//! `--stats`: what went through each stage, and where the time went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::pipe::plan::Stage;
use crate::pipe::run::Counts;
use crate::ui::units;

/// The counts of a run, and when it began.
#[derive(Clone)]
pub(super) struct Stats {
    stages: Vec<(Stage, Arc<Counts>)>,
    started: Instant,
}

/// The columns: of the stage, of what goes in and out, and the shares of the time in which the stage computes, waits for input and
/// waits until its output is taken.
const HEADER: [&str; 9] = [
    "stage",
    "",
    "in",
    "items",
    "out",
    "items",
    "in/s",
    "busy",
    "waits for in, out",
];

impl Stats {
    pub(super) fn new(stages: &[(Stage, Arc<Counts>)]) -> Stats {
        Stats {
            stages: stages.to_vec(),
            started: Instant::now(),
        }
    }

    /// A table with a line for each stage.
    pub(super) fn lines(&self) -> Vec<String> {
        let elapsed = self.started.elapsed();
        let header = HEADER.map(str::to_owned);
        let stages = self.stages.iter();
        let rows = stages.map(|(stage, counts)| row(stage, counts, elapsed));
        aligned(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
    }
}

fn row(stage: &Stage, counts: &Counts, elapsed: Duration) -> [String; 9] {
    let counted = counts.now();
    let units = |count: u64| match count {
        0 => "-".to_owned(),
        _ => units::count(count),
    };
    let share = |time: Duration| {
        let percent = 100.0 * time.as_secs_f64() / elapsed.as_secs_f64().max(1e-9);
        format!("{percent:.0}%")
    };
    [
        stage.number.to_string(),
        stage.name.to_owned(),
        units::bytes(counted.bytes_in),
        units(counted.units_in),
        units::bytes(counted.bytes_out),
        units(counted.units_out),
        units::rate(counted.bytes_in, elapsed).unwrap_or_else(|| "-".to_owned()),
        share(counted.busy),
        format!(
            "{}, {}",
            share(counted.waited_for_input),
            share(counted.waited_for_output)
        ),
    ]
}

/// Rows in columns: names to the left, figures to the right.
fn aligned(rows: &[[String; 9]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; 9] = std::array::from_fn(width);
    let line = |row: &[String; 9]| {
        let cells = row.iter().zip(widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(column, (cell, width))| match column {
                0 | 1 => format!("{cell:width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        cells.join("  ")
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_aligned_to_the_left_and_figures_to_the_right() {
        let row = |cells: [&str; 9]| cells.map(str::to_owned);
        let rows = [
            row([
                "stage", "", "in", "items", "out", "items", "in/s", "busy", "waits",
            ]),
            row([
                "1", "upper", "1 KiB", "-", "12 B", "7", "9 B/s", "5%", "1%, 20%",
            ]),
        ];
        assert_eq!(
            aligned(&rows),
            [
                "stage            in  items   out  items   in/s  busy    waits",
                "1      upper  1 KiB      -  12 B      7  9 B/s    5%  1%, 20%",
            ]
        );
    }
}
