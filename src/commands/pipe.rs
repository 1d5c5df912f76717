//! `jug pipe`: run bytes, lines and records through a chain of stages.

mod help;
mod mistakes;
mod output;
mod stats;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;

use clap::{Args, ValueHint};

use super::context::Context;
use super::shared::ending::Ending;
use super::shared::inputs::{hint_at_terminal, refuse_overwriting, refuse_reading_output};
use crate::args::common::Stats;
use crate::args::{values, zone};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::sink::Mode;
use crate::io::source::InputName;
use crate::observe::Observe as _;
use crate::pipe::chain;
use crate::pipe::data::Kind;
use crate::pipe::failure::{Failure, FailureKind, Part};
use crate::pipe::plan::{Ends, Plan, Stage, plan};
use crate::pipe::run::prepare;
use crate::pipe::shared::{OnError, Shared};
use crate::record::Cell;
use crate::ui::{Painter, Table};

use output::Written;
use stats::Stats as StageStats;
use words::Request;

const EXAMPLES: &str = "\
Examples:
  Which paths fail most, in a compressed log?
      gzip -dc access.log.gz | jug pipe match ' 5[0-9][0-9] ' + cut -d ' ' -f 7 + tally
  Decode each line by itself
      jug pipe lines + base64 -d < tokens.txt
  One stage is a filter of its own
      jug pipe hash sha256 < file
  All stages, and one of them
      jug pipe --list
      jug pipe help cut";

/// Run bytes, lines and records through a chain of stages
///
/// Each STAGE is a name with flags and words of its own. A + that stands alone begins the next stage; write ++ for a literal +.
/// The flags of the chain come before the first stage.
///
/// A stream consists of bytes until a stage cuts it into items ('lines', 'bytes') or reads records ('from'). Stages of bytes
/// then work on each item alone. At the end, items are written as lines, and records as NDJSON, or on a terminal as a table.
///
/// A failure ends the chain. What the lines, items and records before it gave is written to standard output; files of -o and
/// 'save' stay as they were.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, override_usage = "jug pipe [OPTIONS] STAGE [ARG]... [+ STAGE [ARG]...]...\n       jug pipe [OPTIONS] --file JOB\n       jug pipe --list\n       jug pipe help STAGE")]
pub struct Pipe {
    /// Stages and their arguments, separated by +
    #[arg(
        value_name = "STAGE",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    words: Vec<OsString>,

    /// Read FILE, as it is; repeat the option to read several in order [default: standard input]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    input: Vec<OsString>,

    /// Read the stages from JOB: one on each line, in words as a shell splits them; # begins a comment
    #[arg(long, value_name = "JOB", value_hint = ValueHint::FilePath, conflicts_with = "words", help_heading = "Input")]
    file: Option<OsString>,

    /// What to do with an item or record that a stage cannot process
    #[arg(
        long,
        value_name = "ACTION",
        default_value = "fail",
        help_heading = "Input"
    )]
    on_error: OnError,

    /// Fail if the input is damaged or truncated, instead of using what can be read of it
    #[arg(long, help_heading = "Input")]
    strict: bool,

    /// Write to FILE atomically: it is replaced at the end, unless the chain fails
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "target", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Write at the end of FILE, which keeps what it has
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "target", help_heading = "Output")]
    append: Option<PathBuf>,

    /// Write to FILE atomically, and fail if it exists
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "target", help_heading = "Output")]
    exclusive: Option<PathBuf>,

    /// Let SIZE bytes wait between two threads before the first of them pauses
    #[arg(long, value_name = "SIZE", default_value = "256K", value_parser = values::size, help_heading = "Performance")]
    high_water: u64,

    /// Fail if a line or record that must be kept in memory is longer than SIZE
    #[arg(long, value_name = "SIZE", default_value = "16M", value_parser = values::size, help_heading = "Input")]
    max_line: u64,

    /// List all stages
    #[arg(long, conflicts_with_all = ["words", "file"], help_heading = "Debugging")]
    list: bool,

    #[command(flatten)]
    stats: Stats,

    /// Print what flows between the stages, and which of them share a thread, instead of running them
    #[arg(long, help_heading = "Debugging")]
    explain: bool,
}

/// What the arguments mean.
struct Intent {
    inputs: Vec<InputName>,
    target: Option<PathBuf>,
    mode: Mode,
}

impl Pipe {
    /// What the arguments mean. Touches no file.
    fn plan(&self) -> Intent {
        let (target, mode) = match (&self.output, &self.append, &self.exclusive) {
            (None, Some(path), _) => (Some(path), Mode::Append),
            (None, None, Some(path)) => (Some(path), Mode::Exclusive),
            (path, ..) => (path.as_ref(), Mode::Replace),
        };
        let mut inputs: Vec<InputName> = self
            .input
            .iter()
            .cloned()
            .map(InputName::from_arg)
            .collect();
        if inputs.is_empty() {
            inputs.push(InputName::Stdin);
        }
        Intent {
            inputs,
            target: target.filter(|path| path.as_os_str() != "-").cloned(),
            mode,
        }
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let words = match words::request(self)? {
            Request::Show(text) => return words::show(&text),
            Request::Run(words) => words,
        };
        let chain = match chain::parse(mistakes::checked(&words)?) {
            Ok(chain) => chain,
            Err(error) => match mistakes::asked_help(&error) {
                Some(help) => return words::show(&help),
                None => return Err(mistakes::explain(&error)),
            },
        };
        let intent = self.plan();
        let ends = Ends {
            has_input: !self.input.is_empty(),
            for_reading: intent.target.is_none() && context.ui.stdout_is_terminal(),
        };
        let plan = plan(&chain, ends).map_err(|error| mistakes::refused(&error, &chain))?;
        if self.explain {
            return words::show(&plan.to_string());
        }
        self.check(&plan, &intent, context)?;
        let output = Written::open(intent.target.as_deref(), intent.mode)?;
        if intent.target.is_none() && context.ui.stdout_is_terminal() {
            // It would come between the lines of the output.
            context.ui.hide_progress();
        }
        self.execute(plan, intent.inputs, ends, output, context)
    }

    /// Refuses inputs that are not read, or that are also an output.
    fn check(&self, plan: &Plan, intent: &Intent, context: &Context) -> Result<()> {
        let inputs = &intent.inputs;
        for file in intent.target.iter().chain(&plan.writes) {
            refuse_overwriting(inputs, Some(file))?;
        }
        if intent.target.is_none() {
            refuse_reading_output(inputs)?;
        }
        if !plan.has_source() {
            hint_at_terminal(&inputs[0], "input", "name a file with -i", &context.ui);
            return Ok(());
        }
        match self.input.first() {
            Some(input) => {
                let input = input.display();
                let message =
                    format!("-i {input}: the chain begins with a stage that reads nothing");
                Err(Error::usage(message))
            }
            None => Ok(()),
        }
    }

    /// Runs a chain to its end.
    fn execute(
        &self,
        plan: Plan,
        inputs: Vec<InputName>,
        ends: Ends,
        mut output: Written,
        context: &Context,
    ) -> Result<Exit> {
        let ui = &context.ui;
        let width = match ends.for_reading {
            true => ui.width(),
            false => usize::MAX,
        };
        let draw = |columns: &[String], rows: &[Vec<Cell>], widths: &mut Vec<usize>| {
            let table = Table {
                columns,
                rows,
                zone: &zone::system(),
                bars: None,
                header: true,
            };
            table.render_after(widths, width, Painter::default())
        };
        let shared = Shared {
            draw: &draw,
            inputs: match plan.has_source() {
                true => Vec::new(),
                false => inputs.clone(),
            },
            strict: self.strict,
            on_error: self.on_error,
            high_water: usize::try_from(self.high_water)
                .unwrap_or(usize::MAX)
                .max(1),
            max_line: usize::try_from(self.max_line).unwrap_or(usize::MAX),
            is_timed: self.stats.is_set,
            zone: zone::system,
            ..Shared::new(&**ui)
        };
        let prepared = prepare(plan);
        let stats = self
            .stats
            .is_set
            .then(|| StageStats::new(prepared.counts()));
        if let Some(stats) = stats.clone() {
            ui.set_report(Box::new(move || stats.lines()));
        }
        let stages = prepared.counts().iter().map(|(stage, _)| stage);
        let implied: Vec<Part> = stages
            .filter(|stage| stage.is_implied && stage.gives == Kind::Records)
            .map(Stage::part)
            .collect();
        let result = prepared.run(inputs, &mut output, &shared);
        if let Some(stats) = stats {
            stats.lines().iter().for_each(|line| ui.say(line));
        }
        self.finish(result, &implied, output, &shared, context)
    }

    /// Puts the output in place, or leaves it as it was after a failure. `implied` are readers that nobody wrote.
    fn finish(
        &self,
        result: std::result::Result<(), Failure>,
        implied: &[Part],
        output: Written,
        shared: &Shared<'_>,
        context: &Context,
    ) -> Result<Exit> {
        match result {
            Ok(()) => {}
            Err(failure) if failure.kind == FailureKind::Stopped => {
                let ending = Ending {
                    is_quiet: false,
                    has_results: shared.gave_partial.load(Relaxed),
                    withheld: output.abort(),
                };
                return Ok(ending.finish(&context.ui));
            }
            Err(failure) => {
                let error = ended_by(&failure);
                return Err(match failure.part {
                    Some(part) if implied.contains(&part) => error.hint(
                        "the input is read as NDJSON; for another format begin with 'from', such as 'from csv'",
                    ),
                    _ => error,
                });
            }
        }
        let skipped = shared.skipped.load(Relaxed);
        if skipped > 0 {
            let message =
                format!("items and records left out, since they could not be processed: {skipped}");
            context.ui.missed(&message);
        }
        output.commit()?;
        let ending = Ending {
            is_quiet: false,
            has_results: true,
            withheld: None,
        };
        Ok(ending.finish(&context.ui))
    }
}

/// The error for a failed chain.
fn ended_by(failure: &Failure) -> Error {
    let error = Error::input(failure.to_string());
    match failure.kind {
        FailureKind::ReaderGone => {
            Error::writing("standard output", std::io::ErrorKind::BrokenPipe.into())
        }
        FailureKind::TimedOut => error.ending(Exit::TimedOut),
        FailureKind::Command(status) => error.ending(Exit::Command(status)),
        FailureKind::Abort | FailureKind::Stopped => error,
    }
}
