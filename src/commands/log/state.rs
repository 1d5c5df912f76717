//! `--state`: each run reads what is new since the last one, over rotation, by the rules of `jug follow --state`.

mod keep;
mod reading;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueHint};

use super::partial::{settings, zone_of};
use super::raw::RawLines;
use super::results::{self, Lines};
use super::times::keep_from;
use super::{Intent, Log, account, cores};
use crate::args::output::{Header, Output};
use crate::args::output_file::OutputFile;
use crate::commands::context::Context;
use crate::commands::shared::ending::Ending;
use crate::commands::shared::inputs::refuse_overwriting;
use crate::commands::shared::logs::operands;
use crate::commands::shared::rows::open;
use crate::commands::shared::saved::{Saved, Wanted};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::literals;
use crate::follow::operand::join_rotated;
use crate::follow::{Cut, Follower, Options, Start};
use crate::io::growing;
use crate::io::sink::{Durability, FileOptions, Mode};
use crate::io::source::InputName;
use crate::io::stdout::was_reader_gone;
use crate::log::chunk::CHUNK;
use crate::log::partial::canonical;
use crate::log::plan::{Output as PlanOutput, Plan};
use crate::log::run::Run;
use crate::observe::Observe as _;
use crate::resume::{Disk, Files as _};
use crate::ui::Ui;
use crate::ui::results::Results;

use keep::{Kept, Window};
use reading::{Reading, announce};

/// The state of runs that go on where the last one stopped.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "State")]
pub(super) struct StateFlags {
    /// Read what is new since the last run, over rotation, and keep in STATE where reading stopped
    ///
    /// The rules are those of jug follow --state --drain: files are recognised by their content, rotated ones are found by name,
    /// compressed or not, and a last line without its newline waits for the next run. FILE may be a glob in quotes. If there is
    /// nothing new, nothing is printed. After a run that was killed, the next one repeats its lines and says so; with --append
    /// each comes exactly once.
    #[arg(long, value_name = "STATE", value_hint = ValueHint::FilePath, conflicts_with_all = ["quiet", "describe", "summary", "last", "partial"])]
    state: Option<PathBuf>,

    /// With --state: keep the time buckets of the last DURATION, and print all of them in each run
    ///
    /// The query must have time buckets, such as count by 1h, status. A bucket is kept as long as any of it is within the last
    /// DURATION before now. Lines that are older are left out and counted. The report is printed even if nothing is new.
    #[arg(long, value_name = "DURATION", value_parser = literals::duration, requires = "state")]
    keep: Option<Duration>,

    /// With --state: write at the end of FILE; each result comes exactly once, even after a crash
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "state", conflicts_with = "output")]
    append: Option<PathBuf>,

    /// With --state: exit with status 2 if another run is using the state, instead of waiting for it
    #[arg(long, requires = "state")]
    no_wait: bool,
}

impl StateFlags {
    /// The state file.
    pub(super) fn path(&self) -> Option<&Path> {
        self.state.as_deref()
    }
}

/// How long a run may take that another one waits for.
const PATIENCE: Duration = Duration::from_secs(10 * 365 * 86_400);

/// How long it takes until nobody adds to a rotated file any more, in nanoseconds.
const GRACE: i128 = 5_000_000_000;

/// Runs the plan over what is new.
pub(super) fn run(
    log: &Log,
    path: &Path,
    intent: &Intent,
    plan: &Arc<Plan>,
    context: &Context,
) -> Result<Exit> {
    let (ui, started) = (&*context.ui, Instant::now());
    let words = words(log)?;
    let append = log.state.append.as_deref();
    let output = output(log, append);
    let mut intent = Intent {
        to: output.asked()?,
        ..intent.clone()
    };
    if plan.raw && intent.to.is_some() {
        let message = "with --state, the fields that are written must be named";
        return Err(Error::usage(message).hint("add a stage: … | select FIELD, FIELD"));
    }
    let window = log.state.keep.map(|keep| Window::of(keep, &intent, plan));
    let window = window.transpose()?;
    let mut plan = Arc::clone(plan);
    if let Some(window) = window {
        keep_from(&mut intent.query, window.since);
        plan = Arc::new(intent.planned(&intent.query)?);
    }
    let names: Vec<InputName> = words.iter().cloned().map(InputName::from_arg).collect();
    refuse_overwriting(&names, output.file())?;
    let operands = join_rotated(operands(&words)?);
    let mut saved = open_state(log, path, &intent, &plan, ui)?;
    let out = match append {
        Some(path) => Results::open(Some(path), APPENDING)?,
        None => open(&output)?,
    };
    let options = Options {
        cut: Cut::Lines,
        grace: GRACE,
        is_live: false,
        started: Disk.now(),
    };
    let mut follower = Follower::new(operands, options, Start::Begin, None);
    announce(&mut follower, &mut saved, ui)?;
    let (unread, has_several) = (unread(&follower), follower.logs().len() > 1);
    ui.expect(unread);
    let is_large = unread > CHUNK as u64;
    if is_large && log.threads.count.is_none() {
        intent.options.threads = cores();
    }
    let is_stopping = || ui.stopping();
    let raw = RawLines {
        has_names: has_several && !log.no_filename,
        end: if log.null { 0 } else { b'\n' },
    };
    if plan.raw && !raw.are_plain() {
        RawLines::add_names(&mut plan);
    }
    let opening = log.opening(&intent, &plan, &is_stopping);
    let kept = window.map(|window| Kept {
        window,
        lines: saved.kept().to_vec(),
    });
    let mut reading = Reading::new(&mut saved, &opening, &plan, ui);
    let mut hand_over = |run: &Run<'_>| reading.all(run, &mut follower, is_large, &words);
    let found = match &kept {
        Some(kept) => keep::run(
            log,
            (&intent, &plan),
            kept,
            &mut hand_over,
            (&output, out),
            ui,
        ),
        None => {
            let lines = Lines::HandedOver(&mut hand_over);
            let found = results::run(&output, &intent, &plan, raw, lines, Some(out), context);
            found.map(|found| (found, Vec::new()))
        }
    };
    let names = reading.into_names();
    let (found, lines) = found.inspect_err(|_| saved.withdraw())?;
    saved.keep(lines);
    if was_reader_gone() {
        // What nobody has read comes again.
        let gone = std::io::ErrorKind::BrokenPipe.into();
        return Err(Error::writing("standard output", gone));
    }
    let is_saved = found.withheld.is_some() || saved.commit(&follower, ui);
    if log.stats.is_set {
        account::say_stats(&found.report, started.elapsed(), &intent, ui);
    }
    account::tell(&found.report.account, &names, log.max_bad, &plan, false, ui);
    let ending = Ending {
        is_quiet: false,
        has_results: found.is_any,
        withheld: found.withheld.as_deref(),
    };
    let exit = ending.finish(ui);
    Ok(if is_saved { exit } else { Exit::Failed })
}

const APPENDING: FileOptions = FileOptions {
    mode: Mode::Append,
    durability: Durability::Synced,
};

/// The files and globs.
fn words(log: &Log) -> Result<Vec<OsString>> {
    let words: Vec<OsString> = log
        .names()?
        .into_iter()
        .map(|name| match name {
            InputName::Path(path) => path.into_os_string(),
            InputName::Stdin => "-".into(),
        })
        .collect();
    match words.iter().any(|word| word == "-") {
        true => Err(Error::usage(
            "--state needs files: what comes through standard input has no place to go on from",
        )
        .hint("name the log, or globs in quotes, after the query")),
        false => Ok(words),
    }
}

/// The output, which may be a file that is appended to. There a header comes once.
fn output(log: &Log, append: Option<&Path>) -> Output {
    let Some(path) = append else {
        return log.output.clone();
    };
    let is_begun =
        growing::status(path, growing::Links::Followed).is_ok_and(|status| status.size > 0);
    let header = match log.output.header {
        Header::Auto if is_begun => Header::Never,
        header => header,
    };
    Output {
        file: OutputFile::at(path),
        header,
        ..log.output.clone()
    }
}

fn open_state(log: &Log, path: &Path, intent: &Intent, plan: &Plan, ui: &Ui) -> Result<Saved> {
    let patience = match log.state.no_wait {
        true => Duration::ZERO,
        false => PATIENCE,
    };
    let wanted = Wanted {
        path,
        command: "log",
        plan: &words_of_plan(log, intent, plan)?,
        patience,
        busy: (Exit::Failed, "without --no-wait, jug waits for it"),
        append: log.state.append.as_deref(),
    };
    Saved::open(&wanted, ui)
}

/// What must be the same in each run, as a user would type it.
fn words_of_plan(log: &Log, intent: &Intent, plan: &Plan) -> Result<String> {
    let mut words = canonical(&intent.text);
    let mut add = |name: &str, value: &str| {
        words.push_str(" --");
        words.push_str(name);
        if !value.is_empty() {
            words.push(' ');
            words.push_str(value);
        }
    };
    for (name, value) in settings(log) {
        add(&name, &value);
    }
    for (name, value) in log.times.range() {
        add(name, value);
    }
    for (name, value) in log.partial.labels() {
        add("label", &format!("{name}={value}"));
    }
    let has_days = match &plan.output {
        PlanOutput::Groups(grouping) => grouping.has_days(),
        PlanOutput::Rows(_) => false,
    };
    if let Some(zone) = zone_of(intent, has_days)? {
        add("tz", &zone);
    }
    if log.state.keep.is_some() {
        add("keep", "");
    }
    Ok(words)
}

/// How many bytes there are to read, about.
fn unread(follower: &Follower) -> u64 {
    let logs = follower.logs().iter();
    logs.map(|log| {
        let place = log.place();
        let size = growing::status(&place.path, place.links).map_or(0, |status| status.size);
        size.saturating_sub(log.offset().unwrap_or(0))
    })
    .sum()
}
