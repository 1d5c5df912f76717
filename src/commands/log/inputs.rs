//! The inputs of `jug log`: opening them, and hints about queries that do not fit them.

use std::os::unix::ffi::OsStrExt as _;

use super::account::split_cells;
use super::{Intent, Log};
use crate::args::output::To;
use crate::commands::shared::inputs::hint_at_terminal;
use crate::error::{Error, Result};
use crate::expr::nearest;
use crate::expr::syntax::{Expr, ExprKind};
use crate::format::{Kind, MULTILINE_CSV, Needs, is_unusual};
use crate::io::limits::{allow_open_files, open_files};
use crate::io::source::InputName;
use crate::io::wait::Until;
use crate::log::chunk::CHUNK;
use crate::log::input::{Input, Opening};
use crate::log::plan::{Output as PlanOutput, Parsing, Plan, first_key};
use crate::log::query::{Item, Query, Stage, StageKind};
use crate::observe::Observe as _;
use crate::record::{FieldName, Number, Value, Want, Wanted};
use crate::resume::is_rotated_name;
use crate::ui::Ui;

/// At most this many inputs stay open and keep their first bytes in memory, for hints and for reading on. With thousands of
/// inputs that would take too many descriptors and too much memory.
const AT_HAND: usize = 64;

/// How many lines decide whether a column holds numbers.
const SAMPLED: usize = 100;

impl Log {
    /// How inputs are opened.
    pub(super) fn opening<'o>(
        &self,
        intent: &'o Intent,
        plan: &Plan,
        is_stopping: &'o dyn Fn() -> bool,
    ) -> Opening<'o> {
        let needs_schema = self.describe
            || self.strict
            || intent.from.is_some()
            || intent.settings.rule.is_some()
            || plan.reads_fields()
            || (plan.raw && intent.to.is_some());
        Opening {
            from: intent.from,
            settings: &intent.settings,
            needs_schema,
            needs: Needs {
                names: self.describe || (plan.raw && intent.to.is_some()),
                time: self.describe || plan.field_names().any(|name| name.as_key() == Some("time")),
                unusual: self.strict || plan.field_names().any(is_unusual),
            },
            counts_records: matches!(plan.output, PlanOutput::Groups(_)),
            chunk: CHUNK,
            max_line: intent.options.max_line,
            range: self.range,
            until: Until::stopped(is_stopping),
        }
    }

    /// Opens all inputs that can be opened, and reports the others.
    pub(super) fn open(
        &self,
        intent: &Intent,
        plan: &Plan,
        names: Vec<InputName>,
        ui: &Ui,
    ) -> Result<Vec<Input>> {
        let is_stopping = || ui.stopping();
        let opening = self.opening(intent, plan, &is_stopping);
        allow_open_files(names.len());
        let at_hand = quarter_of_open_files().min(AT_HAND);
        let (mut inputs, mut first_error, mut failed) = (Vec::new(), None, 0_usize);
        for name in names {
            hint_at_terminal(&name, "lines", "name files after the query", ui);
            match Input::open(name, inputs.len(), &opening) {
                Ok(mut input) => {
                    if inputs.len() >= at_hand {
                        input.suspend();
                        if !self.describe {
                            input.drop_sample();
                        }
                    }
                    tell_of_format(&input, plan, ui);
                    inputs.push(input);
                }
                // A signal came while a pipe waited for its writer.
                Err(_) if ui.stopping() => break,
                Err(error) => {
                    failed += 1;
                    if let Some(earlier) = first_error.replace(error) {
                        ui.missed_error(&earlier);
                    }
                }
            }
        }
        join_rotated(&mut inputs);
        match first_error {
            // If nothing is left to read, the last failure is the command's own.
            Some(error) if inputs.is_empty() && failed > 0 => Err(error),
            Some(error) => {
                ui.missed_error(&error);
                Ok(inputs)
            }
            None => Ok(inputs),
        }
    }
}

/// Notes in which format an input is, and what looks wrong about it: of times only if the plan reads them.
pub(super) fn tell_of_format(input: &Input, plan: &Plan, ui: &Ui) {
    if let Some(schema) = &input.bound.schema {
        let time = match schema.time_field() {
            Some(field) => format!(", time field {field}"),
            None => String::new(),
        };
        let layout = match schema.layout() {
            Some(layout) => format!(" ({layout})"),
            None => String::new(),
        };
        ui.note(&format!(
            "{}: format {}{layout}{time}",
            input.name,
            schema.spec().name
        ));
    }
    let is_of_times = input.is_stamped() && plan.reads_fields() && !plan.reads_time();
    if let Some((doubt, hint)) = input.doubt.as_ref().filter(|_| !is_of_times) {
        ui.warn(&format!("{}: {doubt}; {hint}", input.name));
    }
}

/// Marks inputs with which the next goes on: rotated files of one log, one after the other.
fn join_rotated(inputs: &mut [Input]) {
    let place = |input: &Input| match &input.name {
        InputName::Path(path) if input.framing.is_some() => {
            let name = path.file_name()?.as_bytes().to_vec();
            Some((path.parent()?.to_path_buf(), name))
        }
        _ => None,
    };
    let places: Vec<_> = inputs.iter().map(place).collect();
    for index in 1..inputs.len() {
        let (Some(before), Some(this)) = (&places[index - 1], &places[index]) else {
            continue;
        };
        let is_of = |active: &[u8], name: &[u8]| active == name || is_rotated_name(active, name);
        let mut active = places.iter().flatten().filter(|place| place.0 == this.0);
        inputs[index - 1].goes_on = before.0 == this.0
            && before.1 != this.1
            && active.any(|active| is_of(&active.1, &before.1) && is_of(&active.1, &this.1));
    }
}

/// A quarter of the files that may be open at once. The inputs that stay open, the workers and the threads that decompress get a
/// quarter each.
pub(super) fn quarter_of_open_files() -> usize {
    usize::try_from(open_files() / 4).unwrap_or(usize::MAX)
}

/// Whether lines are in the format that is wanted as they stand.
pub(super) fn are_records_already(intent: &Intent, inputs: &[Input]) -> bool {
    let Some(To::Rows(output)) = intent.to else {
        return false;
    };
    // A record of several lines is no row.
    if intent.settings.rule.is_some() {
        return false;
    }
    inputs.iter().all(|input| match &input.bound.schema {
        Some(schema) => schema.spec().has_rows_of(output),
        // It is empty.
        None => true,
    })
}

/// The plan of the query with all fields of the inputs selected: for lines that are to be written as records. What one
/// input has and another has not is missing in the other's records.
pub(super) fn plan_all_fields(intent: &Intent, plan: &Plan, inputs: &[Input]) -> Result<Plan> {
    if let Some(parsing) = plan
        .parsings()
        .find(|parsing| parsing.parse.fields().is_none())
    {
        let message = format!(
            "the fields of {} are known line by line only",
            parsing.parse
        );
        return Err(Error::usage(message).hint("name those to write: … | select FIELD, FIELD"));
    }
    let query = with_all_fields(&intent.query, plan, inputs);
    let mut whole = intent.planned(&query)?;
    for field in &mut whole.fields {
        field.may_lack = !plan.field_names().any(|name| *name == field.name);
    }
    Ok(whole)
}

fn with_all_fields(query: &Query, plan: &Plan, inputs: &[Input]) -> Query {
    let mut fields: Vec<FieldName> = Vec::new();
    for parsing in plan.parsings() {
        for name in parsing.parse.fields().unwrap_or_default() {
            let name = FieldName::key(&name);
            if !fields.contains(&name) {
                fields.push(name);
            }
        }
    }
    let is_parsed_whole = |parsing: &Parsing| parsing.from.is_none() && parsing.parse.is_whole();
    let is_replaced = plan.parsings().any(is_parsed_whole);
    for field in inputs
        .iter()
        .filter(|_| !is_replaced)
        .filter_map(|input| input.bound.schema.as_ref())
        .flat_map(|schema| schema.fields())
    {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    // Plain text has no fields that hold all of it.
    let is_text = |input: &Input| {
        let fields = input.bound.schema.as_ref().map(|schema| schema.fields());
        fields.is_none_or(|fields| fields.iter().all(|field| field.as_key() == Some("time")))
    };
    if plan.parsings().next().is_none() && inputs.iter().any(is_text) {
        fields.push(FieldName::key("line"));
    }
    let items = fields.into_iter().map(|field| Item {
        name: field.as_key().map(str::to_owned),
        text: field.to_string(),
        expr: Expr::new(ExprKind::Field(field), 0..0),
    });
    let mut query = query.clone();
    query.stages.push(Stage {
        kind: StageKind::Select(items.collect()),
        span: 0..0,
    });
    query
}

/// A field that the first lines of an input in an open format do not have. Later lines may have it.
pub(super) struct Absent {
    place: usize,
    message: String,
}

impl Absent {
    /// Its bit among those that are watched; none if there are too many fields.
    pub(super) fn bit(&self) -> u64 {
        u32::try_from(self.place).map_or(0, |place| 1_u64.checked_shl(place).unwrap_or(0))
    }

    /// Reports it, if no line had it: a warning if all lines were read.
    pub(super) fn report(&self, seen: u64, are_all_read: bool, ui: &Ui) {
        if seen & self.bit() != 0 {
            return;
        }
        match are_all_read {
            true => ui.warn(&self.message),
            false => ui.noted(&self.message),
        }
    }
}

/// The fields that the query reads and the first lines do not have.
pub(super) fn absent_fields(inputs: &[Input], plan: &Plan) -> Vec<Absent> {
    let mut found: Vec<Absent> = Vec::new();
    for input in inputs {
        let Some(schema) = input
            .bound
            .schema
            .as_ref()
            .filter(|schema| schema.open_ended())
        else {
            continue;
        };
        let known: Vec<String> = schema.fields().iter().map(ToString::to_string).collect();
        for (place, wanted) in plan.fields.iter().enumerate() {
            let name = &wanted.name;
            let Some(key) = first_key(name).filter(|_| !wanted.may_lack) else {
                continue;
            };
            let place = plan.first_field - plan.first_parsed + place;
            let is_known = known.iter().any(|known| known == key)
                || (key == "time" && schema.time_field().is_some());
            if is_known || found.iter().any(|absent| absent.place == place) {
                continue;
            }
            let is_compared_with = || {
                let names = plan.compared_with.iter();
                names.filter_map(FieldName::as_key).any(|name| name == key)
            };
            let near = match nearest(key, known.iter().map(String::as_str)) {
                Some(near) => format!("; did you mean {near}?"),
                None if is_compared_with() => format!("; if it is text, write \"{key}\""),
                None if key == "time" => "; name it first: let time = FIELD | …".to_owned(),
                None => String::new(),
            };
            let message = format!("{}: no line has a field '{key}'{near}", input.name);
            found.push(Absent { place, message });
        }
    }
    for parsing in plan
        .parsings()
        .filter(|parsing| parsing.parse.fields().is_none())
    {
        let fields = parsing.fields.iter().enumerate();
        for (number, wanted) in fields.filter(|(_, wanted)| !wanted.may_lack) {
            let name = &wanted.name;
            // What a later stage falls back on need not be there.
            let slot = parsing.first + number;
            let mut others = plan.parsings().flat_map(|parsing| &parsing.else_from);
            if others.any(|(_, other)| *other == slot) {
                continue;
            }
            found.push(Absent {
                place: slot - plan.first_parsed,
                message: format!("no line has a field '{name}', parsed as {}", parsing.parse),
            });
        }
    }
    found
}

/// The inputs that have the fields that the query needs; the others are reported, unless none is left.
pub(super) fn fit_inputs(inputs: Vec<Input>, plan: &Plan, ui: &Ui) -> Result<Vec<Input>> {
    let mut first_error = None;
    let (mut fit, mut unfit) = (Vec::new(), Vec::new());
    for input in inputs {
        match input.check(plan) {
            Ok(()) => fit.push(input),
            Err(error) => {
                unfit.push(error);
            }
        }
    }
    for error in unfit {
        match fit.is_empty() {
            true => drop(first_error.get_or_insert(error)),
            false => ui.missed_error(&error),
        }
    }
    match first_error {
        Some(error) => Err(error),
        None => Ok(fit),
    }
}

/// Fails if the first lines of a table show that cells span lines, before anything is written.
pub(super) fn refuse_split_cells(inputs: &[Input], plan: &Plan, all_fields: bool) -> Result<()> {
    for input in inputs {
        let Some(schema) = &input.bound.schema else {
            continue;
        };
        if schema.spec().kind != Kind::Table {
            continue;
        }
        let wanted: Vec<Wanted> = match all_fields {
            true => schema
                .fields()
                .into_iter()
                .map(|name| Wanted::new(name, Want::Any))
                .collect(),
            false => plan.fields.clone(),
        };
        let Ok(mut reader) = schema.reader(&wanted) else {
            continue;
        };
        let mut lines = input.sample_lines().take(SAMPLED);
        let mut values = vec![Value::Missing; wanted.len()];
        let is_split = lines.any(|line| {
            values.fill(Value::Missing);
            let read = reader.read(line, &mut values);
            read.is_err_and(|bad| bad.reason == MULTILINE_CSV)
        });
        if is_split {
            return Err(split_cells(&format!("{}: {MULTILINE_CSV}", input.name)));
        }
    }
    Ok(())
}

/// Warns if a field is compared with a text although all its values are numbers: the answer is the same for all of them.
pub(super) fn warn_of_numbers_beside_text(inputs: &[Input], plan: &Plan, ui: &Ui) {
    let compared: Vec<(usize, Vec<u8>)> = plan
        .texts_compared()
        .into_iter()
        .filter(|(_, text)| Number::parse(text).is_none())
        .collect();
    if compared.is_empty() {
        return;
    }
    for input in inputs {
        let schema = input.bound.schema.as_ref();
        let Some(Ok(mut reader)) = schema.map(|schema| schema.reader(&plan.fields)) else {
            continue;
        };
        let mut are_numbers = vec![None; plan.fields.len()];
        for line in input.sample_lines().take(SAMPLED) {
            let mut values = vec![Value::Missing; plan.fields.len()];
            if reader.read(line, &mut values).is_ok() {
                for (value, are) in values.iter().zip(&mut are_numbers) {
                    if !value.is_missing() {
                        *are = Some(are.unwrap_or(true) && value.number().is_some());
                    }
                }
            }
        }
        for (place, text) in &compared {
            if are_numbers[*place] == Some(true) {
                ui.warn(&format!(
                    "{}: {} holds numbers but is compared with the text '{}'",
                    input.name,
                    plan.fields[*place].name,
                    String::from_utf8_lossy(text)
                ));
            }
        }
    }
}
