//! `jug merge`: the unfinished results of runs of `jug log` become one.

mod list;
mod parts;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use jiff::tz::TimeZone;

use super::context::Context;
use super::log::account;
use super::shared::answer::Shape;
use super::shared::ending::Ending;
use super::shared::inputs::refuse_overwriting;
use super::shared::moments::moment;
use super::shared::rows::open;
use crate::args::common::{Limit, Zone};
use crate::args::inputs::Inputs;
use crate::args::output::{Output, To};
use crate::args::values;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::Clock;
use crate::io::limits;
use crate::io::signals;
use crate::io::source::InputName;
use crate::log::account::MaxBad;
use crate::log::partial::{Asked, Merged, Merging, Question, Refusal, Written, are_stages, ask};
use crate::log::plan::Output as PlanOutput;
use crate::observe::Observe as _;
use crate::record::Timestamp;
use crate::record::time::zone;
use crate::ui::Ui;
use crate::ui::escape::escape;

/// The share of the memory that groups may use by default, as its denominator.
const MEMORY_SHARE: u64 = 4;

const EXAMPLES: &str = "\
Examples:
  Count on two machines, and add up
      ssh web1 jug log --partial --label host=web1 \"'count by status'\" access.log > web1.part
      ssh web2 jug log --partial --label host=web2 \"'count by status'\" access.log > web2.part
      jug merge web1.part web2.part
  Make a week of days
      jug merge --partial monday.part tuesday.part -o week.part
  Ask for less than the partial results know: of hours, paths and statuses, only statuses of a day
      jug merge --by status --since 2026-03-15 --until 2026-03-16 'top 10 count' *.part
  Show what is in a file
      jug merge --list week.part";

/// Combine partial results of jug log from other runs and machines
///
/// PART is what jug log --partial or jug merge --partial wrote, in any order; several may be in one file or pipe, with their
/// lines mixed. The result is the same as that of one run over all the data.
///
/// All of them must have the same query, up to blanks. One that comes twice is counted once, and reported. Two that count the
/// same bytes of a file are refused, and so is what is damaged or cut. If all have the same two or more labels, such as host and
/// day, the combinations that are missing are named (exit status 3).
///
/// With --by, keys are dropped and what was counted for them is merged; with --since and --until, time buckets are left out. The
/// stages of the query behind its aggregates are then replaced by QUERY, if there is one.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, override_usage = "jug merge [OPTIONS] [QUERY] [PART]...")]
pub struct Merge {
    /// Stages for the rows, such as 'top 10 count', then files with partial results; - or none for standard input
    #[arg(value_name = "PART", value_hint = ValueHint::FilePath)]
    words: Vec<OsString>,

    /// Read NUL-terminated file names from FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    files0_from: Option<PathBuf>,

    /// Keep only these keys, or longer time buckets: --by 1d,status
    #[arg(
        long,
        value_name = "KEY",
        value_delimiter = ',',
        help_heading = "Selection"
    )]
    by: Option<Vec<String>>,

    /// Keep time buckets from TIME on: 2026-01-31, 2026-01-31T10:00:00, yesterday
    #[arg(
        long,
        value_name = "TIME",
        allow_hyphen_values = true,
        help_heading = "Selection"
    )]
    since: Option<String>,

    /// Keep time buckets before TIME
    #[arg(
        long,
        value_name = "TIME",
        allow_hyphen_values = true,
        help_heading = "Selection"
    )]
    until: Option<String>,

    #[command(flatten, next_help_heading = "Selection")]
    zone: Zone,

    /// Write a partial result again
    #[arg(long, conflicts_with_all = ["to", "ndjson", "limit", "list"])]
    partial: bool,

    /// Show what is in the files instead of merging it
    #[arg(long, conflicts_with_all = ["by", "since", "until"])]
    list: bool,

    /// Tolerate up to N bad lines, or this percentage of all lines
    #[arg(long, value_name = "N|PERCENT", value_parser = values::max_bad, default_value = "1%", help_heading = "Input")]
    max_bad: MaxBad,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    limit: Limit,

    /// Write groups to temporary files beyond SIZE of memory [default: a quarter of what there is]
    ///
    /// The answer is the same. TMPDIR selects the directory.
    #[arg(long = "mem", value_name = "SIZE", value_parser = values::size, help_heading = "Performance")]
    memory: Option<u64>,
}

/// What the arguments mean.
struct Intent {
    asked: Asked,
    /// The zone that tables show times in, if one was given.
    zone: Option<TimeZone>,
    to: Option<To>,
}

impl Merge {
    /// What the arguments mean, with these stages for the rows. Touches no file.
    fn plan(&self, stages: Option<String>, now: Timestamp) -> Result<Intent> {
        let clock = Clock {
            now,
            zone: self.zone.resolve(),
        };
        Ok(Intent {
            asked: Asked {
                by: self.by.clone(),
                stages,
                zone: Some(clock.zone.clone()),
                window: (
                    moment(&clock, "--since", self.since.as_deref())?,
                    moment(&clock, "--until", self.until.as_deref())?,
                ),
            },
            zone: self.zone.given.clone(),
            to: self.output.asked()?,
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let ui = &context.ui;
        let (stages, files) = self.split_words();
        let intent = self.plan(stages, Timestamp::now())?;
        self.refuse_late_stages(&files)?;
        let inputs = Inputs {
            files,
            files0_from: self.files0_from.clone(),
        };
        let names = inputs.names()?;
        refuse_overwriting(&names, self.output.file())?;
        // Opened before the work, so that an unwritable output is reported at once.
        let out = open(&self.output)?;
        if self.list {
            let withheld = list::run(&names, out, &self.output, intent.to, ui)?;
            return Ok(ending(withheld.as_deref()).finish(ui));
        }
        let make = |question: &Question| ask(question, &intent.asked);
        let mut merging = Merging::new(&make, self.memory());
        parts::read(&names, ui, &mut |name, line| merging.take(name, line))?;
        if signals::which().is_some() {
            return Err(Error::input("interrupted: nothing was merged"));
        }
        let merged = merging.finish().map_err(refused)?;
        let Some(merged) = merged else {
            return Err(Error::input("there are no partial results in the input")
                .hint("jug log --partial and jug merge --partial write them"));
        };
        self.tell(&merged, ui);
        let withheld = match self.partial {
            true => write_partial(merged, &intent, out)?,
            false => self.write(merged, &intent, out, ui)?,
        };
        Ok(ending(withheld.as_deref()).finish(ui))
    }

    /// How many bytes groups may use.
    fn memory(&self) -> usize {
        let memory = self
            .memory
            .or_else(|| limits::memory().map(|all| all / MEMORY_SHARE));
        memory.map_or(usize::MAX, |memory| {
            usize::try_from(memory).unwrap_or(usize::MAX)
        })
    }

    /// The stages and the files. The first word is stages if it can be, and is not the name of a file.
    fn split_words(&self) -> (Option<String>, Vec<OsString>) {
        if let Some((first, files)) = self.words.split_first()
            && let Some(text) = first.to_str()
            && !Path::new(text).exists()
            && are_stages(text)
        {
            return (Some(text.to_owned()), files.to_vec());
        }
        (None, self.words.clone())
    }

    /// Stages that stand among the files.
    fn refuse_late_stages(&self, files: &[OsString]) -> Result<()> {
        let texts = files.iter().filter_map(|file| file.to_str());
        match texts
            .filter(|text| text.contains(' '))
            .find(|text| !Path::new(text).exists() && are_stages(text))
        {
            Some(text) => Err(Error::usage(format!("'{text}' is not a file"))
                .hint("stages for the rows come first, before the files")),
            None => Ok(()),
        }
    }

    /// Reports what is missing, and bad lines.
    fn tell(&self, merged: &Merged, ui: &Ui) {
        for name in &merged.doubles {
            ui.warn(&format!(
                "{name}: a partial result that came before came again; it is counted once"
            ));
        }
        for gap in &merged.gaps {
            ui.missed(&format!("missing: {gap}"));
        }
        for part in merged.parts.iter().filter(|part| part.is_incomplete) {
            let labels = part
                .labels
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let ranges = part.ranges.iter();
            let names = ranges.map(|range| String::from_utf8_lossy(&range.name).into_owned());
            let words: Vec<String> = labels.chain(names).collect();
            let words = escape(words.join(" ").as_bytes()).into_owned();
            ui.missed(&format!(
                "incomplete: the run that could not read everything: {words}"
            ));
        }
        let name = |name: &Vec<u8>| {
            use std::os::unix::ffi::OsStringExt as _;
            InputName::from_arg(OsString::from_vec(name.clone()))
        };
        let names: Vec<InputName> = merged.inputs.iter().map(name).collect();
        if !self.partial {
            account::tell(
                &merged.partial.account,
                &names,
                self.max_bad,
                &merged.plan,
                false,
                ui,
            );
        }
    }

    fn write(
        &self,
        merged: Merged,
        intent: &Intent,
        out: crate::ui::results::Results,
        ui: &Ui,
    ) -> Result<Option<String>> {
        let plan = Arc::clone(&merged.plan);
        let columns = plan.column_names();
        let infer = merged
            .question
            .settings
            .iter()
            .any(|(name, _)| name == "infer");
        let answer = merged.into_answer(&|message| ui.missed(message));
        let mut answer = answer.map_err(|error| Error::input(error.to_string()))?;
        if let Some(rows) = self.limit.rows {
            answer.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
        }
        let zone = intent.zone.as_ref().unwrap_or(&plan.clock.zone);
        let shape = Shape {
            columns: &columns,
            output: &self.output,
            to: intent.to,
            infer,
            zone,
            bars: plan.bars(),
        };
        shape.write(out, &answer, ui)
    }
}

fn write_partial(
    mut merged: Merged,
    intent: &Intent,
    mut out: crate::ui::results::Results,
) -> Result<Option<String>> {
    let (question, plan) = (merged.question.clone(), Arc::clone(&merged.plan));
    let PlanOutput::Groups(grouping) = &plan.output else {
        return Err(Error::input("the result has no groups"));
    };
    let zone = zone::name(&plan.clock.zone).filter(|_| grouping.has_days());
    let question = Question {
        zone: question.zone.or(zone),
        query: plan.text.to_string(),
        columns: Question::columns_of(grouping),
        ..question
    };
    let (since, until) = intent.asked.window;
    for part in &mut merged.parts {
        let (from, to) = &mut part.window;
        *from = (*from).max(since);
        *to = match (*to, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    let written = Written::merged(merged, question);
    let written = written.map_err(|error| Error::input(error.to_string()))?;
    for line in written.lines() {
        out.put(&line)?;
    }
    out.close()
}

fn ending(withheld: Option<&str>) -> Ending<'_> {
    Ending {
        is_quiet: false,
        has_results: true,
        withheld,
    }
}

/// The error of what cannot be merged.
fn refused(refusal: Refusal) -> Error {
    let error = Error::input(refusal.message);
    match refusal.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
