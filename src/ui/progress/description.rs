//! The progress in words: amount, rate, time.

use std::fmt::Write as _;
use std::time::Duration;

use crate::ui::units;

/// The unit of progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of the input.
    #[default]
    Bytes,
    /// Entries of directories.
    Entries,
}

impl Unit {
    fn amount(self, count: u64) -> String {
        match self {
            Unit::Bytes => units::bytes(count),
            Unit::Entries => format!("{} entries", units::count(count)),
        }
    }

    fn rate(self, count: u64, elapsed: Duration) -> Option<String> {
        match self {
            Unit::Bytes => units::rate(count, elapsed),
            Unit::Entries => {
                let nanos = elapsed.as_nanos();
                let rate = (u128::from(count) * 1_000_000_000).checked_div(nanos)?;
                let rate = u64::try_from(rate).unwrap_or(u64::MAX);
                Some(format!("{}/s", units::count(rate)))
            }
        }
    }
}

/// The time in a description.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The time left, if it is known.
    Left,
    /// The time since the start.
    SoFar,
}

/// `25 MiB of 100 MiB (25%), 100 MiB/s, 1 s left`; a total of 0 is unknown.
pub(super) fn describe(
    unit: Unit,
    done: u64,
    total: u64,
    elapsed: Duration,
    ending: Ending,
) -> String {
    let mut out = unit.amount(done);
    let total = if total == 0 {
        None
    } else {
        Some(total.max(done))
    };
    if let Some(total) = total {
        let percent = u128::from(done) * 100 / u128::from(total);
        let _ = write!(out, " of {} ({percent}%)", unit.amount(total));
    }
    if let Some(rate) = unit.rate(done, elapsed) {
        let _ = write!(out, ", {rate}");
    }
    match total {
        Some(total) if ending == Ending::Left && done > 0 => {
            let left = elapsed.as_secs_f64() * (total - done) as f64 / done as f64;
            // Whole seconds, because tenths of an estimate flicker.
            let left = match left.ceil() as u64 {
                0 => "0 s".to_owned(),
                seconds => units::duration(Duration::from_secs(seconds)),
            };
            let _ = write!(out, ", {left} left");
        }
        _ => {
            let _ = write!(out, ", {} so far", units::duration(elapsed));
        }
    }
    out
}

/// The first parts of a description that fit: a line that wraps could not be removed from a resized terminal.
pub(super) fn narrowed(mut text: &str, columns: usize) -> &str {
    while text.len() > columns {
        text = text.rsplit_once(", ").map_or("", |(before, _)| before);
    }
    text
}
