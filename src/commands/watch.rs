//! `jug watch`: report every change, or run a command on change.

mod commands;
mod ends;
mod flags;
mod output;
mod running;
mod settle;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::context::Context;
use super::shared::selected::{read_ignores, resolved};
use crate::args::selection::SelectionArgs;
use crate::args::values;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::Clock;
use crate::io::process::Signal;
use crate::io::sink::{FileOptions, Sink};
use crate::io::{limits, signals};
use crate::record::Timestamp;
use crate::select::{Pruning, Selection};
use crate::watch::runs::{Busy, Policy};
use crate::watch::{Kind, Options, Scope, Watcher};

use commands::Commands;
use ends::{End, Ends};
use flags::{EngineName, ExitOn, KindName, WaitFor};
use output::Output;
use running::Parts;
use settle::Settling;

const EXAMPLES: &str = "\
Examples:
  Run the tests again after each change, and stop those that still run
      jug watch src --ext rs --busy restart -- cargo test
  Import each file once it was written completely
      jug watch /srv/upload --on close --per-path -- import {}
  Wait until a file is there
      jug watch done.flag --wait-for exists --timeout 2h && echo go on
  Every change as a record
      jug watch . --gitignore --ndjson | jq -r .path
  Reload a service when its configuration has other bytes
      jug watch /etc/app.conf --content -- systemctl reload app";

/// Report every change below some paths, or run a command on change
///
/// Without a command, a line is printed for each change: what has happened, the path, and after a rename the path before,
/// separated by tabs. With --ndjson they are records with type, size, time and inode, and with what the watcher itself did; 'seq'
/// has no gaps.
///
/// New directories are watched with everything that is in them already. When the kernel loses events, everything is looked at
/// again and the difference is reported. A file that an editor replaces is one change, with the reason 'replaced'. A PATH that is
/// a link is followed wherever it leads, and one that does not exist yet is awaited. Reading changes nothing. A file
/// with several hard links is reported under the name by which it was changed.
///
/// With a command, {} stands for the paths that have changed, each as an argument; a long list is split into several runs. The command
/// reads nothing from standard input unless --stdin. No shell is involved: write 'sh -c' for one. When the command exits, what it has
/// left in its process group is ended. After five runs in a row that only changes during runs have caused, the paths are named, and
/// the next runs wait for 1 s, 2 s and so on up to 30 s, until something else changes.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
#[command(mut_arg("limit", |arg| arg.help("Exit after N changes")))]
pub struct Watch {
    /// Watch these paths [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<OsString>,

    /// Run this command on change
    #[arg(value_name = "CMD", last = true, value_hint = ValueHint::CommandName)]
    command: Vec<OsString>,

    /// Report these changes only [default: create,modify,remove,rename]
    #[arg(
        long,
        value_name = "CHANGE",
        value_delimiter = ',',
        help_heading = "Changes"
    )]
    on: Vec<KindName>,

    /// Report what is there at the start, too, as 'exists'
    #[arg(long, help_heading = "Changes")]
    initial: bool,

    /// Count a change only if the bytes of the file differ from before
    ///
    /// Files up to 64M are compared; a larger one counts as changed.
    #[arg(long, help_heading = "Changes")]
    content: bool,

    /// Report a path once it was quiet for DURATION
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "Changes")]
    settle: Option<Duration>,

    /// Watch at most N levels below each PATH
    #[arg(long, value_name = "N", help_heading = "Changes")]
    depth: Option<u32>,

    /// Fail if a PATH does not exist
    #[arg(long, help_heading = "Changes")]
    must_exist: bool,

    #[command(flatten)]
    selection: SelectionArgs,

    /// Write NDJSON: changes with all that is known, and what the watcher did
    #[arg(long, help_heading = "Output")]
    ndjson: bool,

    /// Terminate lines with NUL instead of a newline, and escape nothing
    #[arg(
        short = '0',
        long = "null",
        conflicts_with = "ndjson",
        help_heading = "Output"
    )]
    null: bool,

    /// Hand the paths to the command on its standard input, each terminated by NUL
    #[arg(long, requires = "command", help_heading = "Command")]
    stdin: bool,

    /// Run the command for each path on its own
    #[arg(
        long,
        requires = "command",
        conflicts_with = "busy",
        help_heading = "Command"
    )]
    per_path: bool,

    /// With --per-path, run at most N commands at once
    #[arg(long, value_name = "N", requires = "per_path", value_parser = values::threads, help_heading = "Command")]
    jobs: Option<usize>,

    /// Wait until nothing has changed for DURATION; 0 for no wait
    #[arg(long, value_name = "DURATION", default_value = "100ms", value_parser = values::delay, help_heading = "Command")]
    debounce: Duration,

    /// Wait no longer than DURATION while changes go on
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = values::delay, help_heading = "Command")]
    max_wait: Duration,

    /// What to do about changes while the command runs: queue, restart, drop or signal=SIG
    #[arg(long, value_name = "WHAT", default_value = "queue", value_parser = flags::busy, help_heading = "Command")]
    busy: Busy,

    /// Run the command at the start, too
    #[arg(long, requires = "command", help_heading = "Command")]
    first: bool,

    /// Signal that asks the command to end
    #[arg(long, value_name = "SIG", default_value = "TERM", value_parser = flags::signal, help_heading = "Command")]
    stop_signal: Signal,

    /// Kill the command if it has not ended after DURATION
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = values::duration, help_heading = "Command")]
    kill_after: Duration,

    /// Stop a command that runs for longer than DURATION
    #[arg(long, value_name = "DURATION", requires = "command", value_parser = values::duration, help_heading = "Command")]
    cmd_timeout: Option<Duration>,

    /// Stop a command that prints more than SIZE
    #[arg(long, value_name = "SIZE", requires = "command", value_parser = values::size, help_heading = "Command")]
    max_output: Option<u64>,

    /// Clear the terminal before each run
    #[arg(long, requires = "command", help_heading = "Command")]
    clear: bool,

    /// Exit when the command fails or succeeds, with its exit status
    #[arg(
        long,
        value_name = "RESULT",
        requires = "command",
        help_heading = "End"
    )]
    exit_on: Option<ExitOn>,

    /// Exit after N changes
    #[arg(short = 'n', long = "limit", value_name = "N", value_parser = values::rows, help_heading = "End")]
    limit: Option<u64>,

    /// Exit after the first change, or after the first run with its exit status
    #[arg(long, conflicts_with = "limit", help_heading = "End")]
    once: bool,

    /// Exit when every PATH exists, or none does
    #[arg(long, value_name = "STATE", help_heading = "End")]
    wait_for: Option<WaitFor>,

    /// Exit when nothing has changed for DURATION
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "End")]
    idle: Option<Duration>,

    /// Exit after DURATION; with status 124 if --wait-for, --once or -n was not met by then
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "End")]
    timeout: Option<Duration>,

    /// Exit when the process with this number ends
    #[arg(long, value_name = "PID", help_heading = "End")]
    pid: Option<i32>,

    /// Create FILE once everything is watched
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "End")]
    ready_file: Option<PathBuf>,

    /// How changes are noticed
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "auto",
        help_heading = "Debugging"
    )]
    engine: EngineName,

    /// Time between two looks at what the system does not report
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = values::duration, help_heading = "Debugging")]
    interval: Duration,
}

/// What the arguments mean.
struct Plan {
    options: Options,
    selection: Selection,
    pruning: Pruning,
    kinds: Vec<Kind>,
    policy: Policy,
    /// How long a path must be quiet.
    settle: Option<Duration>,
}

/// The most bytes of paths for one command. The system allows more, but each must leave room for the environment.
const MOST_PATHS: usize = 128 << 10;

/// How long a file must be quiet before its bytes are compared.
const CONTENT_SETTLE: Duration = Duration::from_millis(100);

impl Watch {
    /// What the arguments mean. Touches no file.
    fn plan(&self, now: Timestamp) -> Result<Plan> {
        let clock = Clock {
            now,
            zone: jiff::tz::TimeZone::system(),
        };
        let (selection, pruning) = self.selection.plan(&clock)?;
        if self.paths.iter().any(|path| path.is_empty()) {
            let error = Error::usage("a path is empty");
            return Err(error.hint("for the current directory write ."));
        }
        let has_part = |word: &OsString| {
            let bytes = word.as_encoded_bytes();
            bytes != b"{}" && memchr::memmem::find(bytes, b"{}").is_some()
        };
        if let Some(word) = self.command.iter().find(|word| has_part(word))
            && !self.per_path
        {
            let shown = word.display();
            let error = Error::usage(format!("'{shown}': {{}} stands for several paths"));
            return Err(error.hint("write it as a word of its own, or add --per-path"));
        }
        if self.interval.is_zero() {
            return Err(Error::usage("--interval must be more than 0"));
        }
        let mut roots: Vec<Vec<u8>> = self.paths.iter().cloned().map(OsString::into_vec).collect();
        if roots.is_empty() {
            roots.push(b".".to_vec());
        }
        let mut seen = std::collections::HashSet::new();
        roots.retain(|root| seen.insert(root.clone()));
        let kinds = flags::kinds(&self.on, self.initial);
        Ok(Plan {
            options: Options {
                roots,
                engine: self.engine.into(),
                interval: self.interval,
                reads: kinds.contains(&Kind::Access),
            },
            selection,
            pruning,
            kinds,
            policy: Policy {
                debounce: self.debounce,
                max_wait: self.max_wait,
                busy: self.busy,
                per_path: self.per_path,
                jobs: self.jobs.unwrap_or(1),
                time_limit: self.cmd_timeout,
                kill_after: self.kill_after,
                most: MOST_PATHS,
            },
            settle: self.settle.or(self.content.then_some(CONTENT_SETTLE)),
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let plan = self.plan(Timestamp::now())?;
        let ui = &*context.ui;
        ui.hide_progress();
        limits::allow_open_files(1024);
        let selection = resolved(plan.selection.clone())?;
        let ignores = read_ignores(&plan.pruning, ui)?;
        let depth = self.depth.unwrap_or(u32::MAX);
        let scope = Scope::new(depth, selection, plan.pruning.clone(), ignores);
        let failed = |error| Error::input("inotify").caused_by(error);
        let mut watcher = Watcher::new(&plan.options, scope).map_err(failed)?;
        let mut output = Output::open(self, &plan, ui)?;
        let ends = Ends::new(self)?;
        watcher.start();
        if signals::stopping() {
            output.end(End::Stopped.name())?;
            return output.close().map(|()| Exit::Done);
        }
        if self.must_exist
            && let Some(path) = watcher.missing().next()
        {
            let path = String::from_utf8_lossy(path);
            return Err(Error::input(format!("{path}: No such file or directory")));
        }
        let mut found = Vec::new();
        watcher.take_found(&mut found);
        let mut settling = Settling::new(plan.settle, self.content);
        settling.learn(&watcher);
        output.ready(&watcher)?;
        let mut commands = Commands::new(self, &plan.policy, ui);
        if let Some(file) = &self.ready_file {
            let failed = |error| Error::writing(file.display().to_string(), error);
            let sink = Sink::file(file, FileOptions::default()).map_err(failed)?;
            sink.commit().map_err(failed)?;
        }
        for path in watcher.missing() {
            use crate::observe::Observe as _;
            let path = String::from_utf8_lossy(path);
            ui.noted(&format!("{path}: does not exist; waiting for it"));
        }
        if self.first {
            commands.ask();
        }
        let mut parts = Parts {
            watcher,
            output,
            settling,
            commands,
            ends,
        };
        let ended = parts.watch(self, found, ui);
        parts.commands.end_all();
        let end = ended?;
        if end != End::Stopped {
            parts.finish()?;
        }
        parts.output.end(end.name())?;
        parts.output.close()?;
        ui.finish();
        let is_awaited = self.wait_for.is_some() || self.once || self.limit.is_some();
        Ok(match end {
            End::Command(code) => Exit::Command(code),
            End::TimedOut | End::Idle if is_awaited => Exit::TimedOut,
            _ if ui.is_incomplete() => Exit::Incomplete,
            _ => Exit::Done,
        })
    }
}

#[cfg(test)]
mod tests;
