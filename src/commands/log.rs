//! `jug log`: a query over logs, on every core.

mod account;
mod inputs;
mod live;
mod results;
mod words;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use inputs::{
    are_records_already, hint_at_absent_fields, plan_all_fields, refuse_to_overwrite,
    warn_of_numbers_as_text,
};
use words::query_words;

use super::Context;
use super::shared::rows::{Rows, open, write_text};
use crate::args::inputs::Inputs;
use crate::args::output::{Output, To};
use crate::args::values;
use crate::args::words::format_names;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::{Clock, Fault};
use crate::format;
use crate::io::signals;
use crate::io::source::InputName;
use crate::io::stdout::was_reader_gone;
use crate::log::account::MaxBad;
use crate::log::describe;
use crate::log::input::Input;
use crate::log::options::{Engine, Options};
use crate::log::plan::explain::Explained;
use crate::log::plan::{Plan, plan};
use crate::log::query::{Query, Stage, StageKind, parse};
use crate::observe::Observe as _;
use crate::record::{Cell, Timestamp};
use crate::ui::results::Results;

const EXAMPLES: &str = "\
Examples:
  How many requests were answered how?
      jug log 'count by status' access.log
  Which pages fail?
      jug log 'where status >= 500 | count by path | head 20' access.log*
  How slow is the slowest hundredth, and when?
      jug log 'count, p99(rt) by 5m' access.log
  What share of requests fails, by host?
      jug log 'count(status >= 500) / count as failing by host' app.ndjson
  Which lines hold a text?
      jug log '\"timeout\" and not /healthz/' app.log.gz
  What is in this file?
      jug log --describe access.log";

/// Query logs: filter, count and aggregate lines on every core
///
/// QUERY is a chain of stages joined by |. Filters keep lines: "text", /regex/, 10.0.0.0/8, joined by and, or, not. Then
/// where CONDITION, let NAME = EXPR, and aggregates: count, sum(bytes), avg(rt), p99(rt), uniq(ip) … by FIELD or by a
/// stretch of time such as 5m. At last sort, top, head, tail, select. Without aggregates the lines themselves come out.
///
/// The format of each file is found from its first lines. A line in which a field that the query needs cannot be read is
/// bad; bad lines are counted, and too many of them end in exit status 3. The header of a table and blank lines hold no
/// record, but where nothing is asked of the lines, blank ones count: count alone gives what wc -l does, less a header.
///
/// Every log has the fields file and line (its text), and time, where one is found: in JSON and tables it is the first that
/// there is of time, timestamp, @timestamp, ts, datetime, date, t; in other text a date and time that lines begin with. let
/// time = FIELD makes another one the time. Of equal keys in a JSON object the first counts.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, override_usage = "jug log [OPTIONS] QUERY [FILE]...\n       jug log [OPTIONS] --describe FILE...")]
pub struct Log {
    /// What to find out, such as 'count by status'
    #[arg(value_name = "QUERY", required_unless_present = "describe", value_parser = query_words(), hide_possible_values = true)]
    query: Option<String>,

    #[command(flatten)]
    inputs: Inputs,

    /// The format of the input
    #[arg(short, long, value_name = "FORMAT", default_value = "auto", value_parser = format_names(), help_heading = "Input")]
    from: String,

    /// Take CSV, TSV and column cells that look like numbers for numbers
    #[arg(long, help_heading = "Input")]
    infer: bool,

    /// The time zone of times that name none, of days, and of times in tables [default: the system's]
    #[arg(long, value_name = "ZONE", value_parser = values::zone, allow_hyphen_values = true, help_heading = "Input")]
    tz: Option<TimeZone>,

    /// A longer line is bad
    #[arg(long, value_name = "SIZE", value_parser = values::size, default_value = "16M", help_heading = "Input")]
    max_line: u64,

    /// So many bad lines are no fault, or such a share of the lines
    #[arg(long, value_name = "N|PERCENT", value_parser = values::max_bad, default_value = "1%", help_heading = "Input")]
    max_bad: MaxBad,

    /// Look at every line whole, needed or not
    #[arg(long, help_heading = "Input")]
    strict: bool,

    /// Show the format of each file, its fields, their types and samples
    #[arg(long, conflicts_with_all = ["quiet", "explain"])]
    describe: bool,

    #[command(flatten)]
    output: Output,

    /// Give at most so many rows
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,

    /// Print nothing; exit status 0 if anything was found, 1 if not
    #[arg(short, long, conflicts_with_all = ["to", "ndjson", "output"], help_heading = "Output")]
    quiet: bool,

    /// How many threads work [default: one for each core]
    #[arg(short = 'j', long, value_name = "N", value_parser = values::threads, help_heading = "Work")]
    threads: Option<usize>,

    /// How plain files are read
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "auto",
        help_heading = "Finding faults"
    )]
    engine: EngineName,

    /// Show what the query does, and do nothing
    #[arg(long, help_heading = "Finding faults")]
    explain: bool,

    /// Say at the end how much was read, how fast
    #[arg(long, help_heading = "Finding faults")]
    stats: bool,
}

/// How plain files are read.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    /// Mapped where that is safe, else read
    Auto,
    /// Mapped into memory where groups are counted; rows are always read
    Mmap,
    /// Read into buffers
    Read,
}

/// What the arguments mean.
struct Intent {
    text: String,
    query: Query,
    clock: Clock,
    to: Option<To>,
    from: Option<&'static format::Spec>,
    settings: format::Settings,
    options: Options,
}

impl Log {
    /// What the arguments mean. Fails on contradictions; touches no file.
    fn plan(&self, now: Timestamp) -> Result<Intent> {
        let zone = self.tz.clone().unwrap_or_else(values::system_zone);
        let text = match &self.query {
            Some(text) if !self.describe => text.clone(),
            _ => "head 0".to_owned(),
        };
        if self.max_line == 0 {
            return Err(Error::usage("--max-line 0 would make every line bad"));
        }
        let mut query = parse(&text).map_err(|fault| refused(&fault, &text))?;
        if let Some(limit) = self.limit {
            query.stages.push(Stage {
                kind: StageKind::Head(limit),
                span: 0..0,
            });
        }
        Ok(Intent {
            text,
            query,
            to: self.output.asked()?,
            from: format::find(&self.from),
            settings: format::Settings {
                zone: zone.clone(),
                infer: self.infer,
            },
            options: Options {
                threads: self.threads.unwrap_or(1),
                engine: match self.engine {
                    EngineName::Auto => Engine::Auto,
                    EngineName::Mmap => Engine::Mmap,
                    EngineName::Read => Engine::Read,
                },
                strict: self.strict,
                max_line: usize::try_from(self.max_line).unwrap_or(usize::MAX),
                live: false,
            },
            clock: Clock { now, zone },
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let started = Instant::now();
        self.refuse_lone_file()?;
        let mut intent = self.plan(Timestamp::now())?;
        let mut plan = Arc::new(intent.planned(&intent.query)?);
        if self.explain {
            let explained = Explained {
                query: &intent.query,
                text: &intent.text,
                plan: &plan,
            };
            return write_text(&format!("{explained}\n"), &self.output);
        }
        if self.tz.is_none()
            && let Some(name) = values::unknown_zone()
        {
            let message = format!("TZ is «{name}», which is no time zone: UTC is taken");
            context.ui.warn(&message);
        }
        let names = self.names()?;
        if let Some(target) = self.output.file() {
            refuse_to_overwrite(&names, target)?;
        }
        // Opened before the work, so that nothing is computed in vain.
        let mut out = (!self.quiet).then(|| open(&self.output)).transpose()?;
        let inputs = self.open(&intent, &plan, names, &context.ui)?;
        if let Some(out) = out.take_if(|_| self.describe) {
            return self.describe(&intent, &inputs, out, context);
        }
        if plan.raw && intent.to.is_some() {
            if are_records_already(&intent, &inputs) {
                // Written as they are, so that no key is lost; but only if they are whole.
                intent.options.strict = true;
            } else {
                plan = Arc::new(plan_all_fields(&intent, &plan, &inputs)?);
            }
        }
        let missing = inputs.iter().try_for_each(|input| input.check(&plan));
        missing?;
        hint_at_absent_fields(&inputs, &plan, &context.ui);
        warn_of_numbers_as_text(&inputs, &plan, &context.ui);
        inputs
            .iter()
            .filter_map(Input::total)
            .for_each(|bytes| context.ui.expect(bytes));
        if self.threads.is_none() && !inputs.iter().all(Input::is_small) {
            // Asking how many cores there are costs more than a small input does.
            intent.options.threads = cores();
        }
        let found = results::run(self, &intent, &plan, inputs, out, context)?;
        if was_reader_gone() {
            // The account of a run that was cut short for this reason interests nobody.
            let gone = std::io::ErrorKind::BrokenPipe.into();
            return Err(Error::writing("standard output", gone));
        }
        if self.stats {
            account::say_stats(&found.report, started.elapsed(), &intent, &context.ui);
        }
        account::tell(
            &found.report.account,
            &found.names,
            self.max_bad,
            &context.ui,
        );
        if plan.raw && !found.is_any && !self.quiet {
            account::tell_of_word(&intent, &context.ui);
        }
        if signals::which().is_some() {
            let result = match &found.withheld {
                Some(file) => format!("{file} was not written"),
                None => "this is about what had been read by then".to_owned(),
            };
            context.ui.missed(&format!("stopped by a signal: {result}"));
        }
        context.ui.finish();
        Ok(
            match (self.quiet, found.is_any, context.ui.is_incomplete()) {
                (true, true, _) | (false, _, false) => Exit::Done,
                (true, false, false) => Exit::No,
                (_, _, true) => Exit::Incomplete,
            },
        )
    }

    /// One word that is no query but a file, and nothing after it: somebody forgot the query.
    fn refuse_lone_file(&self) -> Result<()> {
        let Some(word) = self.query.as_deref().filter(|_| {
            !self.describe && self.inputs.files.is_empty() && self.inputs.files0_from.is_none()
        }) else {
            return Ok(());
        };
        let is_query = parse(word).is_ok_and(|query| {
            !matches!(
                query.stages.as_slice(),
                [Stage {
                    kind: StageKind::Filter(_),
                    ..
                }]
            )
        });
        if is_query || !Path::new(word).is_file() {
            return Ok(());
        }
        let hint = format!(
            "jug log 'count by status' {word}, or to see what is in it: jug log --describe {word}"
        );
        Err(Error::usage(format!("«{word}» is a file, and the query comes first")).hint(hint))
    }

    /// The inputs; with `--describe` the first word is one too.
    fn names(&self) -> Result<Vec<InputName>> {
        let mut inputs = self.inputs.clone();
        if let Some(first) = self.query.as_ref().filter(|_| self.describe) {
            inputs.files.insert(0, first.into());
        }
        inputs.names()
    }

    fn describe(
        &self,
        intent: &Intent,
        inputs: &[Input],
        out: Results,
        context: &Context,
    ) -> Result<Exit> {
        let rows: Vec<Vec<Cell>> = inputs.iter().flat_map(describe::describe).collect();
        let columns: Vec<String> = describe::COLUMNS.iter().map(ToString::to_string).collect();
        let rows = Rows {
            columns: &columns,
            rows: &rows,
            zone: &intent.clock.zone,
            bars: None,
        };
        rows.write_to(out, &self.output, intent.to, &context.ui)?;
        context.ui.finish();
        Ok(if context.ui.is_incomplete() {
            Exit::Incomplete
        } else {
            Exit::Done
        })
    }
}

impl Intent {
    fn planned(&self, query: &Query) -> Result<Plan> {
        plan(query, &self.text, &self.clock).map_err(|fault| refused(&fault, &self.text))
    }
}

/// The error of a query that makes no sense, with the place marked.
fn refused(fault: &Fault, text: &str) -> Error {
    let error = Error::usage(fault.render(text));
    match &fault.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// How many cores there are for this process.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        log: Log,
    }

    fn intent(words: &[&str]) -> Result<Intent> {
        let line = Line::try_parse_from(std::iter::once(&"jug").chain(words))
            .map_err(|error| Error::usage(error.to_string()))?;
        line.log.plan(Timestamp::now())
    }

    #[test]
    fn arguments_mean_what_they_say() {
        let found = intent(&[
            "count by status",
            "-j",
            "3",
            "--max-line",
            "64K",
            "--from",
            "json",
            "-n",
            "5",
            "--tz",
            "UTC",
        ])
        .unwrap();
        assert_eq!((found.options.threads, found.options.max_line), (3, 65_536));
        assert_eq!(found.from.map(|spec| spec.name), Some("json"));
        assert!(matches!(
            found.query.stages.last().map(|stage| &stage.kind),
            Some(StageKind::Head(5))
        ));
    }

    #[test]
    fn contradictions_are_refused() {
        for (words, message) in [
            (
                &["count", "-o", "x.csv", "--to", "json"][..],
                "x.csv says csv, --to says json",
            ),
            (
                &["where status = 5"],
                "a single = compares nothing\n  where status = 5\n               ^",
            ),
            (&["count", "-j", "0"], "«0» is no number of threads"),
            (&["count", "--max-line", "0"], "every line bad"),
            (&["count", "--ndjson", "--to", "csv"], "cannot be used with"),
        ] {
            let error = intent(words)
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(error.contains(message), "{words:?}: {error}");
        }
    }
}
