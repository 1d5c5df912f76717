//! Questions that must be answered before the query itself, or instead of one: small queries over the same files.

use std::sync::Arc;

use super::times::{keep_last, newest};
use super::{Intent, Log};
use crate::error::{Error, Result};
use crate::expr::syntax::{Expr, ExprKind, Unary};
use crate::format::{Needs, is_unusual};
use crate::io::source::InputName;
use crate::io::wait::Until;
use crate::log::chunk::CHUNK;
use crate::log::input::{Input, Opening};
use crate::log::options::Options;
use crate::log::plan::plan;
use crate::log::query::{Query, Stage, StageKind};
use crate::log::run::{self, Report};
use crate::observe::Observe as _;
use crate::record::{FieldName, Value};
use crate::ui::Ui;

/// The answer to a question.
pub(super) struct Answered {
    /// The formats of the files, each once.
    pub(super) formats: Vec<&'static str>,
    /// The result.
    pub(super) report: Report,
}

/// Runs a query over all files that have the fields it needs. What is wrong with the others is for the run of the query itself to
/// say. None if it makes no sense for any of them.
pub(super) fn ask(
    query: &Query,
    text: &str,
    intent: &Intent,
    names: &[InputName],
    ui: &Ui,
) -> Option<Answered> {
    let plan = Arc::new(plan(query, text, &intent.clock).ok()?);
    let is_stopping = || ui.stopping();
    let opening = Opening {
        from: intent.from,
        settings: &intent.settings,
        needs_schema: true,
        needs: Needs {
            names: false,
            time: plan.field_names().any(|name| name.as_key() == Some("time")),
            unusual: plan.field_names().any(is_unusual),
        },
        counts_records: true,
        chunk: CHUNK,
        max_line: intent.options.max_line,
        range: intent.range,
        until: Until::stopped(&is_stopping),
    };
    let names = names.iter().cloned().enumerate();
    let inputs: Vec<Input> = names
        .filter_map(|(number, name)| Input::open(name, number, &opening).ok())
        .filter(|input| input.check(&plan).is_ok())
        .collect();
    if inputs.is_empty() {
        return None;
    }
    let mut formats = Vec::new();
    for schema in inputs
        .iter()
        .filter_map(|input| input.bound.schema.as_ref())
    {
        let name = schema.spec().name;
        if !formats.contains(&name) {
            formats.push(name);
        }
    }
    let options = Options {
        threads: super::cores(),
        ..intent.options
    };
    let report = run::run(plan, inputs, options, ui, None);
    if let Some(failure) = &report.failure {
        ui.missed(&failure.to_string());
        return None;
    }
    Some(Answered { formats, report })
}

impl Log {
    /// Finds the newest line, and changes the query to keep what `--last` says.
    ///
    /// # Errors
    /// If there is input that can be read only once.
    pub(super) fn keep_last(
        &self,
        intent: &mut Intent,
        names: &[InputName],
        ui: &Ui,
    ) -> Result<()> {
        let Some(duration) = self.times.last else {
            return Ok(());
        };
        let is_file = |name: &InputName| match name {
            InputName::Path(path) => path.is_file() || !path.exists(),
            InputName::Stdin => false,
        };
        if let Some(name) = names.iter().find(|name| !is_file(name)) {
            let message =
                format!("{name}: --last reads files twice, and this can be read only once");
            return Err(Error::usage(message).hint("use --since, or write it to a file first"));
        }
        let query = newest(&intent.query);
        let found = ask(&query, &intent.text, intent, names, ui);
        let time = found.and_then(|found| {
            let mut rows = found.report.table.rows();
            let cell = rows.next()?.first()?.value.clone();
            match cell {
                Value::Time(time) => Some(time),
                _ => None,
            }
        });
        // Without any time the query fails or finds nothing by itself.
        match time {
            Some(time) => keep_last(&mut intent.query, duration, time),
            None => intent.query.stages.insert(0, never()),
        }
        Ok(())
    }
}

/// A stage that needs the time.
fn never() -> Stage {
    let time = ExprKind::Field(FieldName::key("time"));
    let missing = ExprKind::Call("missing".to_owned(), vec![Expr::new(time, 0..0)]);
    let is_there = ExprKind::Unary(Unary::Not, Box::new(Expr::new(missing, 0..0)));
    Stage {
        kind: StageKind::Where(Expr::new(is_there, 0..0)),
        span: 0..0,
    }
}
