//! `jug cache`: manage the image cache.

use std::time::{Duration, SystemTime};

use clap::{Args, ValueEnum};

use super::context::Context;
use super::shared::ending::Ending;
use super::shared::image::open_cache;
use super::shared::rows::{Rows, write_text};
use crate::args::output::Output;
use crate::args::{values, zone};
use crate::error::{Error, Plain, Result};
use crate::exit::Exit;
use crate::io::cache::{Cache, CacheError, Removed};
use crate::record::number::counted;
use crate::record::{Cell, Timestamp, Value};
use crate::ui::Ui;
use crate::ui::units;

const EXAMPLES: &str = "\
Examples:
  Show how much is in the cache
      jug cache stat
  Remove images that were not used for a month
      jug cache prune --unused-for 30d
  Use another cache directory for one command
      JUG_CACHE_DIR=/var/cache/jug jug render chart.svg -o chart.png";

/// Manage the image cache
///
/// jug pie and jug render cache the images they draw. The cache directory is JUG_CACHE_DIR, otherwise XDG_CACHE_HOME/jug,
/// otherwise ~/.cache/jug. The cache is limited to JUG_CACHE_MAX (256M by default); the least recently used images are evicted
/// first. If no directory is available, nothing is cached.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct CacheCommand {
    /// What to do
    #[arg(value_name = "ACTION")]
    action: Action,

    /// With prune: remove the least recently used images until SIZE is left [default: JUG_CACHE_MAX]
    #[arg(long, value_name = "SIZE", value_parser = values::size, help_heading = "Pruning")]
    max: Option<u64>,

    /// With prune: remove images not used for DURATION
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "Pruning")]
    unused_for: Option<Duration>,

    #[command(flatten)]
    output: Output,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Print the cache directory
    Path,
    /// Print the number and size of cached images
    Stat,
    /// Remove old images, and those above the size limit
    Prune,
    /// Remove all images
    Clear,
    /// Check all images and remove damaged ones; exit with status 1 if there were any
    Verify,
}

impl CacheCommand {
    /// Rejects flags of another action. Does no I/O.
    fn plan(&self) -> Result<Action> {
        if self.action != Action::Prune && (self.max.is_some() || self.unused_for.is_some()) {
            return Err(Error::usage("--max and --unused-for need the action prune")
                .hint("write: jug cache prune --max 64M"));
        }
        let output = &self.output;
        if self.action != Action::Stat
            && (output.to.is_some() || output.ndjson || output.file.is_given())
        {
            return Err(
                Error::usage("output flags need the action stat").hint("write: jug cache stat")
            );
        }
        Ok(self.action)
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let ui = &context.ui;
        let action = self.plan()?;
        let cache =
            open_cache()?.map_err(|fault| Error::input(format!("no cache: {}", Plain(&fault))))?;
        let failed = |error: CacheError| Error::input(Plain(&error).to_string());
        match action {
            Action::Path => write_text(&format!("{}\n", cache.directory().display()), &self.output),
            Action::Stat => self.stat(&cache, ui),
            Action::Prune => {
                let max = self.max.unwrap_or(cache.max());
                cache
                    .prune(max, self.unused_for)
                    .map_err(failed)
                    .map(|removed| report_removed(removed, ui))
            }
            Action::Clear => cache
                .clear()
                .map_err(failed)
                .map(|removed| report_removed(removed, ui)),
            Action::Verify => {
                let verdict = cache.verify().map_err(failed)?;
                for path in &verdict.damaged {
                    ui.warn(&format!("{}: damaged; removed", path.display()));
                }
                for path in &verdict.unreadable {
                    ui.missed_error(&Error::input(format!(
                        "{}: could not be read",
                        path.display()
                    )));
                }
                ui.note(&format!(
                    "intact: {}",
                    counted(verdict.good as u64, "image")
                ));
                ui.finish();
                Ok(verified(ui.is_incomplete(), !verdict.damaged.is_empty()))
            }
        }
    }

    fn stat(&self, cache: &Cache, ui: &Ui) -> Result<Exit> {
        let stat = cache
            .stat()
            .map_err(|fault| Error::input(Plain(&fault).to_string()))?;
        let row = [
            Cell::number(stat.entries),
            Cell::number(stat.bytes),
            Cell::number(cache.max()),
            time(stat.oldest),
            time(stat.newest),
        ];
        let rows = Rows {
            columns: &["entries", "bytes", "max", "oldest", "newest"].map(str::to_owned),
            rows: &[row.to_vec()],
            zone: &zone::system(),
            bars: None,
        };
        let withheld = rows.write(&self.output, self.output.asked()?, ui)?;
        let ending = Ending {
            is_quiet: false,
            has_results: true,
            withheld: withheld.as_deref(),
        };
        Ok(ending.finish(ui))
    }
}

/// The exit status of the action verify.
fn verified(is_incomplete: bool, is_damaged: bool) -> Exit {
    match (is_incomplete, is_damaged) {
        (true, _) => Exit::Incomplete,
        (false, true) => Exit::No,
        (false, false) => Exit::Done,
    }
}

fn time(time: Option<SystemTime>) -> Cell {
    let value = time
        .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok())
        .and_then(|since| Timestamp::new(i64::try_from(since.as_secs()).ok()?, 0, 0))
        .map_or(Value::Missing, Value::Time);
    Cell::exact(value)
}

fn report_removed(removed: Removed, ui: &Ui) -> Exit {
    let Removed { entries, bytes } = removed;
    ui.note(&format!(
        "removed {entries} images, {}",
        units::bytes(bytes)
    ));
    Exit::Done
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        cache: CacheCommand,
    }

    #[test]
    fn verify_exits_with_3_if_an_image_could_not_be_read() {
        for (is_incomplete, is_damaged, exit) in [
            (false, false, Exit::Done),
            (false, true, Exit::No),
            (true, false, Exit::Incomplete),
            (true, true, Exit::Incomplete),
        ] {
            assert_eq!(verified(is_incomplete, is_damaged), exit);
        }
    }

    #[test]
    fn flags_of_another_action_are_rejected() {
        let planned = |words: &[&str]| {
            let line = Line::try_parse_from(std::iter::once(&"jug").chain(words)).unwrap();
            line.cache.plan().map_err(|error| error.to_string())
        };
        assert_eq!(planned(&["prune", "--max", "1M"]), Ok(Action::Prune));
        assert_eq!(planned(&["stat", "--ndjson"]), Ok(Action::Stat));
        assert!(
            planned(&["clear", "--max", "1M"])
                .unwrap_err()
                .contains("need the action prune")
        );
        assert!(
            planned(&["path", "--ndjson"])
                .unwrap_err()
                .contains("need the action stat")
        );
    }
}
