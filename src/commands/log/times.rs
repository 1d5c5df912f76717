//! `--since`, `--until`, `--last`, `--time` and `--time-format`: stages that are put into the query.

use std::time::Duration;

use clap::Args;

use crate::commands::shared::moments::moment;
use crate::error::{Error, Result};
use crate::expr::Clock;
use crate::expr::literals;
use crate::expr::parse as expr;
use crate::expr::syntax::{Expr, ExprKind};
use crate::log::query::{Item, Query, Range, Stage, StageKind};
use crate::record::{FieldName, Timestamp};

/// The times of lines.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Time")]
pub(super) struct Times {
    /// Keep lines from TIME on: 2026-01-31, 2026-01-31T10:00:00, 2h (ago), yesterday, @SECONDS
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,

    /// Keep lines before TIME
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,

    /// Keep the last DURATION before the newest line of the files, which are read twice
    #[arg(long, value_name = "DURATION", value_parser = literals::duration, conflicts_with = "since")]
    pub(super) last: Option<Duration>,

    /// Use this field as the time of lines
    #[arg(long, value_name = "FIELD")]
    time: Option<String>,

    /// Read the time of lines by this format, as of strptime(3): '%d.%m.%Y %H:%M:%S'
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
}

impl Times {
    /// Puts stages for the flags into the query: after the stages that parse lines and define the time, before those that make rows.
    ///
    /// # Errors
    /// Values of flags that are no times or fields.
    pub(super) fn apply(&self, query: &mut Query, clock: &Clock) -> Result<()> {
        let mut stages = Vec::new();
        if self.time.is_some() || self.time_format.is_some() {
            stages.push(StageKind::Let(TIME.to_owned(), self.source()?));
        }
        let range = Range {
            since: moment(clock, "--since", self.since.as_deref())?,
            until: moment(clock, "--until", self.until.as_deref())?,
            counts_older: false,
        };
        if range != Range::default() {
            stages.push(StageKind::Within(range));
        }
        insert(query, stages);
        Ok(())
    }

    /// The options that change which time lines have, with their values.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let settings = [("time", &self.time), ("time-format", &self.time_format)];
        settings
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    /// The times between which lines are kept.
    pub(super) fn window(&self, clock: &Clock) -> (Option<Timestamp>, Option<Timestamp>) {
        let moment = |text: &Option<String>| clock.moment(text.as_deref()?);
        (moment(&self.since), moment(&self.until))
    }

    /// The times between which lines are kept, as they were typed.
    pub(super) fn range(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let range = [("since", &self.since), ("until", &self.until)];
        range
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    /// What the time is read from.
    fn source(&self) -> Result<Expr> {
        let name = self.time.as_deref().unwrap_or(TIME);
        let field = expr::parse(name)
            .ok()
            .filter(|expr| matches!(expr.kind, ExprKind::Field(_)));
        let Some(field) = field else {
            let message = format!("invalid field '{name}' for --time");
            return Err(Error::usage(message).hint("for a computed time, write: let time = EXPR"));
        };
        let field = Expr::new(field.kind, NOWHERE);
        Ok(match &self.time_format {
            None => field,
            Some(format) => {
                let format = ExprKind::Text(format.as_bytes().to_vec());
                let arguments = vec![field, Expr::new(format, NOWHERE)];
                Expr::new(ExprKind::Call("strptime".to_owned(), arguments), NOWHERE)
            }
        })
    }
}

const TIME: &str = "time";
/// What was not typed in the query.
const NOWHERE: std::ops::Range<usize> = 0..0;

fn time() -> Expr {
    Expr::new(ExprKind::Field(FieldName::key(TIME)), NOWHERE)
}

/// How many stages come before any that makes rows, sorts or cuts.
fn stages_of_lines(query: &Query) -> usize {
    let is_of_lines = |stage: &Stage| {
        matches!(
            stage.kind,
            StageKind::Filter(_)
                | StageKind::Parse(..)
                | StageKind::Let(..)
                | StageKind::Where(_)
                | StageKind::Within(_)
        )
    };
    query
        .stages
        .iter()
        .take_while(|stage| is_of_lines(stage))
        .count()
}

/// Where the stages for flags belong: behind the last stage that parses lines or defines a field.
fn place(query: &Query) -> usize {
    let stages = &query.stages[..stages_of_lines(query)];
    let defines = |stage: &Stage| {
        matches!(
            stage.kind,
            StageKind::Parse(..) | StageKind::Filter(_) | StageKind::Let(..)
        )
    };
    stages
        .iter()
        .rposition(defines)
        .map_or(0, |place| place + 1)
}

fn insert(query: &mut Query, stages: Vec<StageKind>) {
    let place = place(query);
    let stages = stages.into_iter().map(|kind| Stage {
        kind,
        span: NOWHERE,
    });
    query.stages.splice(place..place, stages);
}

/// The query for the time of the newest line, whatever the query does with lines otherwise.
pub(super) fn newest(query: &Query) -> Query {
    let is_needed =
        |stage: &&Stage| matches!(stage.kind, StageKind::Parse(..) | StageKind::Let(..));
    let lines = query.stages[..stages_of_lines(query)].iter();
    let mut stages: Vec<Stage> = lines.filter(is_needed).cloned().collect();
    let max = Expr::new(ExprKind::Call("max".to_owned(), vec![time()]), NOWHERE);
    let item = Item {
        expr: max,
        name: Some(TIME.to_owned()),
        text: String::new(),
    };
    stages.push(Stage {
        kind: StageKind::Aggregate(vec![item], Vec::new()),
        span: NOWHERE,
    });
    Query { stages }
}

/// Keeps lines of the last `duration` before `newest`.
pub(super) fn keep_last(query: &mut Query, duration: Duration, newest: Timestamp) {
    let range = Range {
        since: Some(newest.minus(duration)),
        ..Range::default()
    };
    insert(query, vec![StageKind::Within(range)]);
}

/// Keeps lines from `since` on, and counts those that are older.
pub(super) fn keep_from(query: &mut Query, since: Timestamp) {
    let range = Range {
        since: Some(since),
        counts_older: true,
        ..Range::default()
    };
    insert(query, vec![StageKind::Within(range)]);
}
