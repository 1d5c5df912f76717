//! `jug log`: a query over logs, on every core.

pub(super) mod account;
mod asking;
mod byte_range;
mod inputs;
mod live;
mod live_rows;
mod partial;
mod raw;
mod results;
mod state;
mod summary;
#[cfg(test)]
mod tests;
mod times;
mod words;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};

use byte_range::byte_range;
use inputs::{
    absent_fields, are_records_already, fit_inputs, plan_all_fields, quarter_of_open_files,
    refuse_split_cells, warn_of_numbers_beside_text,
};
use partial::PartialFlags;
use raw::RawLines;
use results::Lines;
use state::StateFlags;
use times::Times;
use words::query_words;

use super::context::Context;
use super::shared::ending::Ending;
use super::shared::inputs::refuse_overwriting;
use super::shared::rows::{Rows, open, write_text};
use crate::args::common::{From, Limit, Quiet, Stats, Threads, Zone};
use crate::args::inputs::Inputs;
use crate::args::output::{Output, To};
use crate::args::values;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::{Clock, QueryError};
use crate::format::{self, Rule};
use crate::io::source::InputName;
use crate::io::stdout::was_reader_gone;
use crate::log::account::MaxBad;
use crate::log::describe;
use crate::log::input::{ByteRange, Input};
use crate::log::options::{Engine, Options};
use crate::log::plan::explain::Explained;
use crate::log::plan::{Plan, plan};
use crate::log::query::{Query, Stage, StageKind, parse};
use crate::record::time::Years;
use crate::record::{Cell, Timestamp};
use crate::ui::results::Results;

const EXAMPLES: &str = "\
Examples:
  Count requests by status
      jug log 'count by status' access.log
  Find the pages that fail most often
      jug log 'where status >= 500 | count by path | head 20' access.log*
  Count requests and compute the 99th percentile of the request time, every 5 minutes
      jug log 'count, p99(rt) by 5m' access.log
  Compute the ratio of failed requests by host
      jug log 'count(status >= 500) / count as failing by host' app.ndjson
  Sum a number that a regex finds, of the lines that have it
      jug log '\"took=\" | parse re \"took=(?<ms>[0-9]+)\" | sum(ms)' app.log.gz
  Count requests by template: what differs is replaced by its kind
      jug log 'count by norm(url) | head 20' access.log
  Print lines that contain a text
      jug log '\"timeout\" and not /healthz/' app.log.gz
  Show the format and the fields of a file
      jug log --describe access.log";

/// Query logs: filter, count and aggregate lines on every core
///
/// QUERY is a chain of stages joined by |. Filters keep lines: "text", /regex/, 10.0.0.0/8, joined by and, or, not. Then
/// where CONDITION, let NAME = EXPR, and aggregates: count, sum(bytes), avg(rt), p99(rt), uniq(ip) … by FIELD or by a time
/// interval such as 5m. Finish with sort, top, head, tail or select. Without aggregates, the output is the lines themselves.
///
/// What is not a format of its own is read by parse: parse pat "{ip} - {user} [{time}] {_}" names the parts of a line,
/// parse re "…" the named groups of a regex, parse json from message what is inside a field. Lines that do not fit are
/// bad: to pass over others, search first, as in "took=" | parse re …. hist(rt) counts values in ranges.
///
/// The format of each file is detected from its first lines. A line is bad if a field that the query uses cannot be parsed.
/// Too many bad lines (see --max-bad) cause exit status 3. Headers and blank lines are skipped. Exception: a bare count
/// includes blank lines, so it equals wc -l minus the header.
///
/// Every log has the fields file and line (its text), and time if one is found. In JSON and tables, time is the first of these
/// fields that exists: time, timestamp, @timestamp, ts, datetime, date, t. In other text it is the date and time at the start
/// of the line. To use a different field, write let time = FIELD. If a JSON key is repeated, the first value is used.
///
/// On a terminal, the table of a query over a pipe is redrawn as input arrives; Ctrl-C prints the final table.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, override_usage = "jug log [OPTIONS] QUERY [FILE]...\n       jug log [OPTIONS] --describe FILE...\n       jug log [OPTIONS] --summary FILE...")]
pub struct Log {
    /// Query to run, such as 'count by status'
    #[arg(value_name = "QUERY", required_unless_present_any = ["describe", "summary"], value_parser = query_words(), hide_possible_values = true)]
    query: Option<String>,

    #[command(flatten)]
    inputs: Inputs,

    #[command(flatten)]
    from: From,

    /// Write text that looks like a number as a number
    #[arg(long, help_heading = "Input")]
    infer: bool,

    /// Read the first line of CSV and TSV as a record; columns are f1, f2 and so on, or $1, $2
    #[arg(long, help_heading = "Input")]
    no_header: bool,

    /// Read CSV with newlines in quoted cells; one thread puts lines together
    #[arg(long, help_heading = "Input")]
    csv_multiline: bool,

    /// Begin a record at lines with a time, or at lines that match a regex; other lines belong to the record before. One thread puts lines together
    #[arg(long, value_name = "time|REGEX", value_parser = values::record_start, conflicts_with = "csv_multiline", help_heading = "Input")]
    record_start: Option<Rule>,

    /// Read only the lines that begin in these bytes of each file: 0:1G, 1G:2G, 2G:
    ///
    /// Ranges that cover a file, without a gap, have each of its lines once, wherever they are cut.
    #[arg(long, value_name = "BEGIN:END", value_parser = byte_range, conflicts_with_all = ["state", "describe"], help_heading = "Input")]
    range: Option<ByteRange>,

    #[command(flatten, next_help_heading = "Input")]
    zone: Zone,

    /// Use this year for times without one, instead of the latest that is not after tomorrow
    #[arg(long, value_name = "YEAR", value_parser = values::year, help_heading = "Input")]
    year: Option<i64>,

    #[command(flatten)]
    times: Times,

    /// Treat lines longer than SIZE as bad
    #[arg(long, value_name = "SIZE", value_parser = values::size, default_value = "16M", help_heading = "Input")]
    max_line: u64,

    /// Tolerate up to N bad lines, or this percentage of all lines; also N lines that a range of times leaves out for lack of one
    #[arg(long, value_name = "N|PERCENT", value_parser = values::max_bad, default_value = "1%", help_heading = "Input")]
    max_bad: MaxBad,

    /// Ignore case in text and regex filters, as /…/i does in one
    #[arg(short, long, help_heading = "Input")]
    ignore_case: bool,

    /// Check every field of every line, even unused ones
    #[arg(long, help_heading = "Input")]
    strict: bool,

    /// Print the format, fields, types and samples of each file
    #[arg(long, conflicts_with_all = ["quiet", "explain"])]
    describe: bool,

    /// Print what is in the files on one screen: time range, lines, main groups, slowest requests, errors
    #[arg(long, conflicts_with_all = ["quiet", "explain", "describe"])]
    summary: bool,

    #[command(flatten)]
    output: Output,

    /// Do not put the name of the file in front of lines of several files
    #[arg(long, help_heading = "Output")]
    no_filename: bool,

    /// End lines with NUL instead of a newline
    #[arg(short = '0', long, help_heading = "Output")]
    null: bool,

    #[command(flatten)]
    limit: Limit,

    #[command(flatten)]
    partial: PartialFlags,

    #[command(flatten)]
    state: StateFlags,

    #[command(flatten)]
    quiet: Quiet,

    #[command(flatten)]
    threads: Threads,

    /// Write groups to temporary files beyond SIZE of memory [default: a quarter of what there is]
    ///
    /// The answer is the same. TMPDIR selects the directory.
    #[arg(long = "mem", value_name = "SIZE", value_parser = values::size, help_heading = "Performance")]
    memory: Option<u64>,

    /// How to read uncompressed files
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "auto",
        help_heading = "Debugging"
    )]
    engine: EngineName,

    /// Print the query plan and exit
    #[arg(long, help_heading = "Debugging")]
    explain: bool,

    #[command(flatten)]
    stats: Stats,
}

/// How uncompressed files are read.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    /// Memory-map where that is safe, otherwise read
    Auto,
    /// Memory-map for aggregates; lines and rows are always read
    Mmap,
    /// Read into buffers
    Read,
}

/// What the arguments mean.
#[derive(Clone)]
struct Intent {
    text: String,
    query: Query,
    clock: Clock,
    to: Option<To>,
    from: Option<&'static format::Spec>,
    settings: format::Settings,
    options: Options,
    range: Option<ByteRange>,
}

impl Log {
    /// What the arguments mean. Fails on contradictions; touches no file.
    fn plan(&self, now: Timestamp) -> Result<Intent> {
        let zone = self.zone.resolve();
        let text = match &self.query {
            Some(text) if !self.is_about_files() => text.clone(),
            _ => "head 0".to_owned(),
        };
        if self.max_line == 0 {
            return Err(Error::usage(
                "invalid line length 0 for --max-line: expected 1 or more",
            ));
        }
        let mut query = parse(&text).map_err(|error| refused(&error, &text))?;
        let clock = Clock {
            now,
            zone: zone.clone(),
        };
        if self.ignore_case {
            let ignored = query.ignore_case();
            ignored.map_err(|error| refused(&error, &text))?;
        }
        self.times.apply(&mut query, &clock)?;
        self.partial.apply(&text, &mut query);
        if let Some(limit) = self.limit.rows {
            query.stages.push(Stage {
                kind: StageKind::Head(usize::try_from(limit).unwrap_or(usize::MAX)),
                span: 0..0,
            });
        }
        Ok(Intent {
            text,
            query,
            to: self.output.asked()?,
            from: self.from.format(),
            settings: format::Settings {
                zone: zone.clone(),
                infer: self.infer,
                years: match self.year {
                    Some(year) => Years::Known(year),
                    None => Years::Until(now),
                },
                has_header: !self.no_header,
                rule: match self.csv_multiline {
                    true => Some(Rule::Quotes(None)),
                    false => self.record_start.clone(),
                },
            },
            options: Options {
                threads: self.threads.count.unwrap_or(1),
                engine: match self.engine {
                    EngineName::Auto => Engine::Auto,
                    EngineName::Mmap => Engine::Mmap,
                    EngineName::Read => Engine::Read,
                },
                strict: self.strict,
                max_line: usize::try_from(self.max_line).unwrap_or(usize::MAX),
                live: false,
                watched: 0,
                memory: self.memory,
                hashes_streams: false,
            },
            range: self.range,
            clock,
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let started = Instant::now();
        self.refuse_lone_file()?;
        let mut intent = self.plan(Timestamp::now())?;
        let mut plan = Arc::new(intent.planned(&intent.query)?);
        if self.partial.is_set() {
            partial::check(&plan)?;
            intent.options.hashes_streams = true;
        }
        if self.explain {
            let explained = Explained {
                query: &intent.query,
                text: &intent.text,
                plan: &plan,
            };
            return write_text(&format!("{explained}\n"), &self.output);
        }
        if let Some(message) = self.zone.warning() {
            context.ui.warn(&message);
        }
        if let Some(path) = self.state.path() {
            return state::run(self, path, &intent, &plan, context);
        }
        let names = self.names()?;
        refuse_overwriting(&names, self.output.file())?;
        if self.times.last.is_some() {
            self.keep_last(&mut intent, &names, &context.ui)?;
            plan = Arc::new(intent.planned(&intent.query)?);
        }
        if self.summary {
            let text = self.summary(&intent, &names, &context.ui)?;
            context.ui.clear();
            return write_text(&text, &self.output);
        }
        // Opened before the work, so that an unwritable output is reported at once.
        let mut out = (!self.quiet.is_set)
            .then(|| open(&self.output))
            .transpose()?;
        let has_several = names.len() > 1;
        let inputs = self.open(&intent, &plan, names, &context.ui)?;
        refuse_split_cells(&inputs, &plan, self.describe)?;
        if let Some(out) = out.take_if(|_| self.describe) {
            return self.describe(&intent, &inputs, out, context);
        }
        if self.null && (!plan.raw || intent.to.is_some()) {
            let message = "-0 ends lines, but this query gives rows";
            return Err(Error::usage(message).hint("leave out -0, or --to"));
        }
        if plan.raw && intent.to.is_some() {
            if plan.parsings().next().is_none() && are_records_already(&intent, &inputs) {
                // Written as they are, so that no key is lost; but only if they are whole.
                intent.options.strict = true;
            } else {
                plan = Arc::new(plan_all_fields(&intent, &plan, &inputs)?);
            }
        }
        let raw = RawLines {
            has_names: has_several && !self.no_filename,
            end: if self.null { 0 } else { b'\n' },
        };
        let inputs = fit_inputs(inputs, &plan, &context.ui)?;
        if plan.raw && !raw.are_plain() {
            RawLines::add_names(&mut plan);
        }
        let absent = absent_fields(&inputs, &plan);
        let are_stamped = intent.settings.rule.is_none() && inputs.iter().any(Input::is_stamped);
        for field in &absent {
            intent.options.watched |= field.bit();
        }
        warn_of_numbers_beside_text(&inputs, &plan, &context.ui);
        inputs
            .iter()
            .filter_map(Input::total)
            .for_each(|bytes| context.ui.expect(bytes));
        if self.threads.count.is_none() && !inputs.iter().all(Input::is_small) {
            // Asking how many cores there are costs more than a small input does.
            intent.options.threads = cores();
        }
        // Each thread may have a file open.
        let most_threads = quarter_of_open_files().max(1);
        intent.options.threads = intent.options.threads.min(most_threads);
        let found = match out {
            Some(out) if self.partial.is_set() => {
                partial::run(self, &intent, &plan, inputs, out, &context.ui)?
            }
            out => {
                let lines = Lines::Inputs(inputs);
                results::run(&self.output, &intent, &plan, raw, lines, out, context)?
            }
        };
        if was_reader_gone() {
            // Nobody reads the results, so no account is printed.
            let gone = std::io::ErrorKind::BrokenPipe.into();
            return Err(Error::writing("standard output", gone));
        }
        if self.stats.is_set {
            account::say_stats(&found.report, started.elapsed(), &intent, &context.ui);
        }
        let are_all_read = !self.quiet.is_set
            && plan.rows_wanted().is_none()
            && crate::io::signals::which().is_none();
        let has_lines = found.report.account.judged > 0;
        for field in absent.iter().filter(|_| has_lines) {
            field.report(found.report.account.seen, are_all_read, &context.ui);
        }
        let max_bad = match self.partial.is_set() {
            // All results together decide.
            true => MaxBad::Lines(u64::MAX),
            false => self.max_bad,
        };
        account::tell(
            &found.report.account,
            &found.names,
            max_bad,
            &plan,
            are_stamped,
            &context.ui,
        );
        if plan.raw && !found.is_any && !self.quiet.is_set {
            account::tell_of_word(&intent, &context.ui);
        }
        let ending = Ending {
            is_quiet: self.quiet.is_set,
            has_results: found.is_any,
            withheld: found.withheld.as_deref(),
        };
        Ok(ending.finish(&context.ui))
    }

    /// A single word that names a file: the query was forgotten.
    fn refuse_lone_file(&self) -> Result<()> {
        let Some(word) = self.query.as_deref().filter(|_| {
            !self.is_about_files()
                && self.inputs.files.is_empty()
                && self.inputs.files0_from.is_none()
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
        let hint =
            format!("for example: jug log 'count by status' {word}, or: jug log --describe {word}");
        Err(Error::usage(format!("'{word}' is a file; the query comes first")).hint(hint))
    }

    /// Whether files are named and no query.
    fn is_about_files(&self) -> bool {
        self.describe || self.summary
    }

    /// The inputs; without a query the first word is one too.
    fn names(&self) -> Result<Vec<InputName>> {
        let mut inputs = self.inputs.clone();
        if let Some(first) = self.query.as_ref().filter(|_| self.is_about_files()) {
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
        let withheld = rows.write_to(out, &self.output, intent.to, &context.ui)?;
        let ending = Ending {
            is_quiet: false,
            has_results: true,
            withheld: withheld.as_deref(),
        };
        Ok(ending.finish(&context.ui))
    }
}

impl Intent {
    fn planned(&self, query: &Query) -> Result<Plan> {
        plan(query, &self.text, &self.clock).map_err(|error| refused(&error, &self.text))
    }
}

/// The error for an invalid query, with the place marked.
fn refused(query_error: &QueryError, text: &str) -> Error {
    let error = Error::usage(query_error.render(text));
    match &query_error.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// How many cores there are for this process.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}
