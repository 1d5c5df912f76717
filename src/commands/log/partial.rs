//! `--partial` and `--label`: the unfinished result of a run, for `jug merge`.

use std::sync::Arc;

use clap::Args;
use jiff::tz::TimeZone;

use super::results::{Found, names_of};
use super::{Intent, Log, account};
use crate::error::{Error, Result};
use crate::expr::Clock;
use crate::expr::lex::lex;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::token::TokenKind;
use crate::io::growing::Growing;
use crate::io::signals;
use crate::io::source::InputName;
use crate::log::input::{Body, Input};
use crate::log::partial::{Of, Part, Question, Range, VERSION, Written};
use crate::log::plan::{Output, Plan, plan};
use crate::log::query::{Query, Stage, StageKind, parse};
use crate::log::run::Run;
use crate::record::Timestamp;
use crate::record::time::zone;
use crate::ui::Ui;
use crate::ui::results::Results;

/// Partial results.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Partial results")]
pub(super) struct PartialFlags {
    /// Write the unfinished result, as lines for jug merge
    #[arg(long, conflicts_with_all = ["quiet", "to", "ndjson", "limit", "last", "describe", "summary"])]
    partial: bool,

    /// Give all lines a field of this name and value; jug merge shows it and checks that none is missing
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    label: Vec<(String, String)>,
}

/// `host=web1`
fn label(text: &str) -> std::result::Result<(String, String), String> {
    let is_name = |name: &str| {
        let mut letters = name.chars();
        let starts_well = letters
            .next()
            .is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_');
        starts_well && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    match text.split_once('=') {
        Some((name, value)) if is_name(name) && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err(format!(
            "invalid label '{text}': expected NAME=VALUE, such as host=web1"
        )),
    }
}

impl PartialFlags {
    /// Whether the result is left unfinished.
    pub(super) fn is_set(&self) -> bool {
        self.partial
    }

    /// The labels.
    pub(super) fn labels(&self) -> &[(String, String)] {
        &self.label
    }

    /// Defines the labels that the query uses as fields. Text filters stay in front, where they are fastest.
    pub(super) fn apply(&self, text: &str, query: &mut Query) {
        let tokens = lex(text).unwrap_or_default();
        let filters = query
            .stages
            .iter()
            .take_while(|stage| matches!(stage.kind, StageKind::Filter(_)));
        let place = filters.count();
        for (name, value) in self.label.iter().rev() {
            let is_used = tokens
                .iter()
                .any(|token| token.kind == TokenKind::Word(name.clone()));
            if is_used {
                let value = ExprKind::Text(value.as_bytes().to_vec());
                let kind = StageKind::Let(name.clone(), Expr::new(value, 0..0));
                query.stages.insert(place, Stage { kind, span: 0..0 });
            }
        }
    }
}

/// Fails if the result of the query cannot be merged with others.
pub(super) fn check(plan: &Plan) -> Result<()> {
    if let Output::Rows(_) = plan.output {
        return Err(
            Error::usage("--partial needs aggregates, and this query gives lines or rows")
                .hint("lines of several machines need no merge: concatenate them"),
        );
    }
    Ok(())
}

/// Runs the plan and writes the unfinished result.
pub(super) fn run(
    log: &Log,
    intent: &Intent,
    plan: &Arc<Plan>,
    inputs: Vec<Input>,
    mut out: Results,
    ui: &Ui,
) -> Result<Found> {
    let names = names_of(&inputs);
    let mut ranges: Vec<Option<Range>> = vec![None; names.len()];
    for input in &inputs {
        ranges[input.bound.input] = range(input);
    }
    let run = Run::new(Arc::clone(plan), intent.options, None);
    run.feed(inputs, ui);
    let mut unfinished = run
        .unfinished()
        .map_err(|error| Error::input(error.to_string()))?;
    if let Some(failure) = unfinished.report.failure.take() {
        return Err(Error::input(failure.to_string()));
    }
    account::refuse_split_cells(&unfinished.report.account, &names)?;
    if let Some(name) = unfinished.partial.positional() {
        let message = format!(
            "--partial cannot be used with {name} here: lines without a time go by their places"
        );
        return Err(Error::usage(message).hint("name the time: --time FIELD, or use min or max"));
    }
    if signals::which().is_some() {
        return Err(Error::input("interrupted: no partial result was written"));
    }
    let streams = |(number, name): (usize, &InputName)| {
        let (length, hash) = unfinished.hashes.get(&number).copied().unwrap_or_default();
        Range {
            name: name_bytes(name),
            of: Of::Stream(length, hash),
        }
    };
    let ranges = ranges.into_iter().zip(names.iter().enumerate());
    let part = Part {
        source: None,
        is_incomplete: ui.is_incomplete(),
        window: log.times.window(&intent.clock),
        labels: log.partial.label.clone(),
        ranges: ranges
            .map(|(range, name)| range.unwrap_or_else(|| streams(name)))
            .collect(),
    };
    let question = question(log, intent, plan)?;
    let written = Written::new(&unfinished.partial, question, vec![part])
        .map_err(|error| Error::input(error.to_string()))?;
    ui.clear();
    for line in written.lines() {
        out.put(&line)?;
    }
    Ok(Found {
        report: unfinished.report,
        names,
        is_any: true,
        withheld: out.close()?,
    })
}

/// What is read of a file; none if it is a stream.
fn range(input: &Input) -> Option<Range> {
    let name = name_bytes(&input.name);
    match (&input.body, &input.name) {
        (Body::Chunks(chunks), _) => {
            let bytes = (chunks.part.begin, chunks.part.end);
            let file = chunks.file.stored().ok()?;
            Range::of_file(&name, file, Some(bytes)).ok()
        }
        // A compressed file is known by what is stored.
        (Body::Blocks(_), InputName::Path(path)) if input.total().is_some() => {
            Range::of_file(&name, Growing::open_raw(path).ok()?, None).ok()
        }
        (Body::Blocks(_) | Body::Elsewhere { .. }, _) => None,
    }
}

fn name_bytes(name: &InputName) -> Vec<u8> {
    match name {
        InputName::Stdin => b"-".to_vec(),
        InputName::Path(path) => path.as_os_str().as_encoded_bytes().to_vec(),
    }
}

/// What the run answers.
pub(super) fn question(log: &Log, intent: &Intent, plan: &Plan) -> Result<Question> {
    let Output::Groups(grouping) = &plan.output else {
        return Err(Error::usage("--partial needs aggregates"));
    };
    Ok(Question {
        meaning: VERSION,
        query: intent.text.clone(),
        settings: settings(log),
        zone: zone_of(intent, grouping.has_days())?,
        now: depends_on_now(intent).then(|| intent.clock.now.to_string()),
        columns: Question::columns_of(grouping),
    })
}

/// The options that change the answer, with their values.
pub(super) fn settings(log: &Log) -> Vec<(String, String)> {
    let mut settings: Vec<(String, String)> = Vec::new();
    let mut set = |name: &str, value: &str| settings.push((name.to_owned(), value.to_owned()));
    for (name, is_set) in [
        ("ignore-case", log.ignore_case),
        ("strict", log.strict),
        ("infer", log.infer),
        ("no-header", log.no_header),
        ("csv-multiline", log.csv_multiline),
    ] {
        if is_set {
            set(name, "");
        }
    }
    log.times
        .settings()
        .for_each(|(name, value)| set(name, value));
    if let Some(rule) = &log.record_start {
        set("record-start", &rule.to_string());
    }
    if let Some(year) = log.year {
        set("year", &year.to_string());
    }
    settings
}

/// The name of the zone, if the answer depends on it.
pub(super) fn zone_of(intent: &Intent, has_days: bool) -> Result<Option<String>> {
    // Hours are the same in all zones that are whole hours apart.
    let other = TimeZone::fixed(jiff::tz::offset(-11));
    if !has_days && !depends_on(intent, |clock| clock.zone = other.clone()) {
        return Ok(None);
    }
    let name = zone::name(&intent.clock.zone).ok_or_else(|| {
        Error::usage("the time zone of this system has no name, which a kept result needs")
            .hint("name it: --tz Europe/Berlin")
    });
    name.map(Some)
}

/// Whether the query means something else at another time.
pub(super) fn depends_on_now(intent: &Intent) -> bool {
    depends_on(intent, |clock| {
        clock.now = Timestamp::new(1_000_000_007, 0, 0).unwrap_or(clock.now);
    })
}

/// Whether the query means something else with another clock.
fn depends_on(intent: &Intent, change: impl Fn(&mut Clock)) -> bool {
    let planned = |clock: &Clock| {
        let query = parse(&intent.text).ok()?;
        let plan = plan(&query, &intent.text, clock).ok()?;
        Some(format!(
            "{:?} {:?} {:?}",
            plan.steps, plan.output, plan.table
        ))
    };
    let mut other = intent.clock.clone();
    change(&mut other);
    planned(&intent.clock) != planned(&other)
}
