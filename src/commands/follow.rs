//! `jug follow`: print what is appended to files, across rotation and restarts.

mod output;
mod saved;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum, ValueHint};
use regex_automata::meta::Regex;

use super::context::Context;
use crate::args::values;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::follow::operand::Operand;
use crate::follow::watch::{Engine, Watcher};
use crate::follow::{Cut, Follower, Log, Options, Pause, Start, Turn};
use crate::io::growing::{self, Growing, Links};
use crate::io::inotify::is_out_of_watches;
use crate::io::limits;
use crate::io::signals;
use crate::resume::{Disk, Files as _, Known};
use crate::ui::Ui;

use output::{Format, Output};
use saved::Saved;

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

    /// Read everything that is there, then exit
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

/// The time between two commits of a state while lines come.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

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
        let operands = self.operands()?;
        let saved = Saved::open(self, &plan, ui)?;
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

    fn operands(&self) -> Result<Vec<Operand>> {
        let mut operands = Vec::new();
        for file in &self.files {
            let path = Path::new(file);
            let found = growing::status(path, Links::Followed);
            if found
                .as_ref()
                .is_ok_and(|status| status.kind == growing::Kind::Directory)
            {
                let shown = path.display();
                return Err(
                    Error::usage(format!("{shown}: is a directory")).hint(format!(
                        "follow the files in it: '{}/*'",
                        shown.to_string().trim_end_matches('/')
                    )),
                );
            }
            let operand = Operand::new(file, found.is_ok());
            operands.push(operand.map_err(|error| Error::usage(error.to_string()))?);
        }
        Ok(operands)
    }

    /// Follows until something ends it.
    fn follow(&self, follower: &mut Follower, output: &mut Output<'_>, ui: &Ui) -> Result<Ended> {
        let started = Instant::now();
        let time_out = self.timeout.map(|limit| started + limit);
        let mut last_line = started;
        let mut next_commit = started + COMMIT_EVERY;
        loop {
            if follower.has_new_names() {
                follower.expand(output)?;
                // A run that is killed after its first line must be known to the next one.
                if output.has_state() && follower.prepare(output)? {
                    output.commit(follower);
                }
            }
            let lines = output.lines();
            let turn = follower.turn(output)?;
            output.flush()?;
            let now = Instant::now();
            if output.lines() > lines {
                last_line = now;
            }
            if let Some(error) = follower.watcher().and_then(Watcher::take_trouble) {
                warn_of_watches(&error, ui);
            }
            match turn {
                _ if output.is_done() => return Ok(Ended::Met),
                Turn::Stopped => return Ok(Ended::Stopped),
                Turn::More if time_out.is_none_or(|end| now < end) => {
                    if now >= next_commit {
                        output.commit(follower);
                        next_commit = now + COMMIT_EVERY;
                    }
                    continue;
                }
                Turn::More => return Ok(Ended::TimedOut),
                Turn::Idle if self.drain => return Ok(Ended::Drained),
                Turn::Idle => {}
            }
            if now >= next_commit {
                output.commit(follower);
                next_commit = now + COMMIT_EVERY;
            }
            let idle = self.idle.map(|limit| last_line + limit);
            for end in [time_out, idle].into_iter().flatten() {
                if now >= end {
                    return Ok(Ended::TimedOut);
                }
            }
            let commit = output.is_uncommitted().then_some(next_commit);
            let deadline = [time_out, idle, commit].into_iter().flatten().min();
            match follower
                .pause(deadline)
                .map_err(|error| Error::input("waiting").caused_by(error))?
            {
                Pause::Over => {}
                Pause::Stopped => return Ok(Ended::Stopped),
                Pause::Asked => {}
            }
            if signals::take_look_request() {
                ui.answer();
                follower.look_again();
            }
        }
    }

    /// Reports files that do not exist and never did, as far as is known; an error if there is nothing else.
    fn check_missing(&self, follower: &Follower, ui: &Ui) -> Result<()> {
        let logs = follower.logs();
        if logs.is_empty() {
            let shown = self.files[0].display();
            return Err(Error::input(format!("{shown}: no file matches")));
        }
        let is_missing = |log: &&Log<Growing>| {
            let known = log.known();
            !log.has_files()
                && !log.is_refused()
                && known.is_none_or(|known| known == Known::default())
        };
        let missing: Vec<&Log<Growing>> = logs.iter().filter(is_missing).collect();
        for (at, log) in missing.iter().enumerate() {
            let path = &log.place().path;
            let error = Error::input(format!("{}: No such file or directory", path.display()));
            if at + 1 == logs.len() {
                return Err(error);
            }
            ui.missed_error(&error);
        }
        Ok(())
    }

    /// Commits, and decides how the run ends.
    fn finish(
        &self,
        ended: Result<Ended>,
        follower: &Follower,
        mut output: Output<'_>,
        ui: &Ui,
    ) -> Result<Exit> {
        let ended = ended?;
        if ended == Ended::Drained {
            self.check_missing(follower, ui)?;
        }
        let is_saved = output.commit(follower);
        output.close()?;
        ui.finish();
        let is_awaited = self.wait_for.is_some() || self.limit.is_some();
        Ok(match ended {
            _ if !is_saved => Exit::Failed,
            Ended::TimedOut if is_awaited => Exit::TimedOut,
            Ended::Drained if self.wait_for.is_some() => Exit::No,
            _ if ui.is_incomplete() => Exit::Incomplete,
            _ => Exit::Done,
        })
    }
}

/// What has ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The line that was waited for has come, or as many as were wanted.
    Met,
    /// Everything was read.
    Drained,
    /// The time is over.
    TimedOut,
    /// A signal, or the end of the reader.
    Stopped,
}

fn warn_of_watches(error: &std::io::Error, ui: &Ui) {
    let reason = crate::error::Plain(error);
    ui.warn(&format!(
        "files are looked at once a second, since they cannot be watched: {reason}"
    ));
    if is_out_of_watches(error) {
        ui.hint(
            "the limits are fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl)",
        );
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
