//! `jug follow`: print what is appended to files, across rotation and restarts.

mod output;
mod running;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use regex_automata::meta::Regex;

use super::context::Context;
use super::shared::logs::operands;
use super::shared::saved::{Saved, Wanted};
use crate::args::values;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::follow::watch::{Engine, Watcher};
use crate::follow::{Cut, Follower, Options, Start};
use crate::io::limits;
use crate::io::signals;
use crate::resume::{Disk, Files as _};
use crate::ui::Ui;

use output::{Format, Output};

const EXAMPLES: &str = "\
Examples:
  Follow a log over its rotation, as tail -F does, but without losing a line
      jug follow /var/log/small.log --timeout 1s
  Everything new since the last run, for cron
      jug follow --state app.pos --drain logs/a.log
  Wait until a program has started
      jug follow logs/a.log --start begin --wait-for ready --timeout 60s
  All logs of a directory, also those that appear later, as records
      jug follow --start begin --drain --ndjson 'logs/*.log'";

/// Print what is appended to files, across rotation and restarts
///
/// Whole lines are printed as they are appended. When a file is rotated, the old one is read to its end before the new one; lines that
/// late writers add to it still come. Nothing is left out in silence: what is lost, such as by truncation, is reported.
///
/// FILE may be a path or, in quotes, a glob: then files that appear later are followed, too. A file that does not exist yet is
/// awaited. Rotated files (app.log.1, app.log-20261127.gz, app-2026-11-27.log) are found by name and recognised by content,
/// compressed or not. A path that is a link is followed to whatever it leads to; a file that is replaced by a link is not.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Follow {
    /// Files to follow, or globs in quotes
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    files: Vec<OsString>,

    /// Where to begin in files that are there, and that the state does not know: begin, end, line:-N or state [default: line:-10, or
    /// begin with --state or --drain]
    #[arg(long, value_name = "WHERE", value_parser = start, help_heading = "Input")]
    start: Option<Begin>,

    /// Read records of N bytes instead of lines
    #[arg(long, value_name = "N", value_parser = record_length, help_heading = "Input")]
    fixed: Option<usize>,

    /// Keep where reading stopped in FILE, and go on from there in the next run
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "State")]
    state: Option<PathBuf>,

    /// Wait at most DURATION for another run with the same state to end; then exit with status 124
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = values::duration, requires = "state", help_heading = "State")]
    state_wait: Duration,

    /// Read everything that is there, then exit; a last line without a newline is left for the next run
    #[arg(long, help_heading = "State")]
    drain: bool,

    /// Write NDJSON: lines with their file and offsets, and what happens to the files
    #[arg(long, help_heading = "Output", conflicts_with_all = ["prefix", "null"])]
    ndjson: bool,

    /// Write the name of the file before each line
    #[arg(long, help_heading = "Output", conflicts_with = "fixed")]
    prefix: bool,

    /// End lines and records with NUL
    #[arg(short = '0', long = "null", help_heading = "Output")]
    null: bool,

    /// Write at the end of FILE; with --state, each line comes exactly once, even after a crash
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    append: Option<PathBuf>,

    /// Exit after N lines
    #[arg(short = 'n', long = "limit", value_name = "N", value_parser = values::rows, help_heading = "End")]
    limit: Option<u64>,

    /// Exit after the first line that matches REGEX
    #[arg(long, value_name = "REGEX", help_heading = "End")]
    wait_for: Option<String>,

    /// Exit when no line has come for DURATION
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "End")]
    idle: Option<Duration>,

    /// Exit after DURATION; with status 124 if --wait-for or -n was not met by then
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "End")]
    timeout: Option<Duration>,

    /// Hold a rotated file open until nothing was added to it for DURATION
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = values::duration, help_heading = "Files")]
    rotate_grace: Duration,

    /// How changes are noticed
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "auto",
        help_heading = "Debugging"
    )]
    engine: EngineChoice,

    /// Time between two looks at files whose changes the system does not report
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = values::duration, help_heading = "Debugging")]
    interval: Duration,
}

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EngineChoice {
    /// By inotify; on file systems where it does not report everything, also by looking
    Auto,
    /// By inotify alone
    Inotify,
    /// By looking from time to time
    Poll,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    At(Start),
    /// Where the state says.
    State,
}

fn start(text: &str) -> std::result::Result<Begin, String> {
    match text {
        "begin" => Ok(Begin::At(Start::Begin)),
        "end" => Ok(Begin::At(Start::End)),
        "state" => Ok(Begin::State),
        _ => match text.strip_prefix("line:-").map(str::parse) {
            Some(Ok(count)) => Ok(Begin::At(Start::Last(count))),
            _ => Err(format!(
                "invalid start '{text}': expected begin, end, line:-N or state"
            )),
        },
    }
}

fn record_length(text: &str) -> std::result::Result<usize, String> {
    match values::size(text)
        .ok()
        .and_then(|size| usize::try_from(size).ok())
    {
        Some(length @ 1..=MOST_RECORD) => Ok(length),
        _ => Err(format!(
            "invalid record length '{text}': expected 1 to 1M bytes"
        )),
    }
}

/// The longest record, in bytes.
const MOST_RECORD: usize = 1 << 20;

/// What the arguments mean.
#[derive(Debug)]
struct Plan {
    start: Start,
    cut: Cut,
    format: Format,
    wait_for: Option<Regex>,
    engine: Engine,
}

impl Follow {
    /// What the arguments mean. Touches no file.
    fn plan(&self) -> Result<Plan> {
        if self.files.iter().any(|file| file == "-") {
            return Err(Error::usage("standard input cannot be followed")
                .hint("it is read as it comes by any command: try 'jug pipe'"));
        }
        let start = match self.start {
            Some(Begin::State) if self.state.is_none() => {
                return Err(Error::usage("--start state needs --state FILE"));
            }
            Some(Begin::At(start)) => start,
            Some(Begin::State) => Start::Begin,
            None if self.state.is_some() || self.drain => Start::Begin,
            None => Start::Last(10),
        };
        let wait_for = self.wait_for.as_deref().map(|pattern| {
            let syntax = regex_automata::util::syntax::Config::new().utf8(false);
            let config = Regex::config().utf8_empty(false);
            let built = Regex::builder()
                .configure(config)
                .syntax(syntax)
                .build(pattern);
            built.map_err(|error| {
                let reason = error.syntax_error().map_or_else(
                    || error.to_string(),
                    |error| {
                        error
                            .to_string()
                            .lines()
                            .last()
                            .unwrap_or_default()
                            .to_owned()
                    },
                );
                Error::usage(format!(
                    "invalid regex '{pattern}' for --wait-for: {reason}"
                ))
            })
        });
        Ok(Plan {
            start,
            cut: self.fixed.map_or(Cut::Lines, Cut::Fixed),
            format: match (self.ndjson, self.prefix) {
                (true, _) => Format::Records,
                (false, true) => Format::Prefixed,
                (false, false) => Format::Plain,
            },
            wait_for: wait_for.transpose()?,
            engine: match self.engine {
                EngineChoice::Auto => Engine::Auto,
                EngineChoice::Inotify => Engine::Inotify,
                EngineChoice::Poll => Engine::Poll,
            },
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let plan = self.plan()?;
        let ui = &*context.ui;
        let operands = operands(&self.files)?;
        let saved = self
            .state
            .as_deref()
            .map(|path| self.saved(path, &plan, ui));
        let saved = saved.transpose()?;
        let mut output = Output::open(self, &plan, saved, ui)?;
        ui.hide_progress();
        let options = Options {
            cut: plan.cut,
            grace: i128::try_from(self.rotate_grace.as_nanos()).unwrap_or(i128::MAX / 4),
            is_live: !self.drain,
            started: Disk.now(),
        };
        let watcher = (!self.drain).then(|| Watcher::new(plan.engine, self.interval));
        if !self.drain {
            limits::allow_open_files(1024);
            // It is only asked for; without it, SIGHUP ends the run.
            let _ = signals::take_hangup_as_request();
        }
        let mut follower = Follower::new(operands, options, plan.start, watcher);
        let ended = self.follow(&mut follower, &mut output, ui);
        self.finish(ended, &follower, output, ui)
    }

    fn saved(&self, path: &Path, plan: &Plan, ui: &Ui) -> Result<Saved> {
        let words = match plan.cut {
            Cut::Lines => "lines".to_owned(),
            Cut::Fixed(length) => format!("records of {length} bytes"),
        };
        let wanted = Wanted {
            path,
            command: "follow",
            plan: &words,
            patience: self.state_wait,
            busy: (
                Exit::TimedOut,
                "it ends by itself, or is a jug follow without --drain",
            ),
            append: self.append.as_deref(),
        };
        Saved::open(&wanted, ui)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        follow: Follow,
    }

    fn plan(words: &str) -> Result<Plan> {
        Cli::parse_from(["follow"].into_iter().chain(words.split(' ')))
            .follow
            .plan()
    }

    #[test]
    fn the_start_depends_on_the_state() {
        for (words, start) in [
            ("a", Start::Last(10)),
            ("a --state s", Start::Begin),
            ("a --drain", Start::Begin),
            ("a --state s --start end", Start::End),
            ("a --state s --start state", Start::Begin),
            ("a --start line:-3", Start::Last(3)),
        ] {
            assert_eq!(plan(words).unwrap().start, start, "{words}");
        }
        for words in ["-", "a --start state", "a --wait-for ("] {
            assert!(plan(words).is_err(), "{words}");
        }
        for text in ["line:3", "line:-", "first", ""] {
            assert!(start(text).is_err(), "{text}");
        }
    }

    #[test]
    fn records_have_a_length() {
        assert_eq!(plan("a --fixed 16").unwrap().cut, Cut::Fixed(16));
        assert_eq!(plan("a").unwrap().cut, Cut::Lines);
        for text in ["0", "-1", "2G", "x"] {
            assert!(record_length(text).is_err(), "{text}");
        }
    }
}
