//! `--describe`: the format of an input, its fields, their types and samples, from its first lines.

use std::borrow::Cow;

use super::input::Input;
use crate::format::Schema;
use crate::record::{Cell, FieldName, Value, Want, Wanted};

/// The number of first lines that are read.
const LINES: usize = 100;
/// The number of different samples shown for a field.
const SAMPLES: usize = 3;
/// The maximum length of a sample, in characters.
const SAMPLE_LENGTH: usize = 30;

/// The maximum depth of nested objects, and the maximum number of names shown for one object.
const DEPTH: usize = 4;
const MEMBERS: usize = 30;

/// The columns of the description.
pub const COLUMNS: [&str; 5] = ["file", "format", "field", "type", "samples"];

/// A row for each field of an input, including fields of nested objects. An empty input has one row with its name.
pub fn describe(input: &Input) -> Vec<Vec<Cell>> {
    let Some(schema) = &input.bound.schema else {
        let mut row = vec![Cell::default(); COLUMNS.len()];
        row[0] = Cell::text(&input.bound.name);
        return vec![row];
    };
    let mut rows = Described {
        input,
        schema: &**schema,
        rows: Vec::new(),
    };
    let names = schema.fields();
    if schema.time_field().is_some() {
        rows.field(&FieldName::key("time"), 0);
    }
    for name in &names {
        rows.field(name, 0);
    }
    if names.iter().all(|name| name.as_key() == Some("time")) {
        let lines = input.sample_lines().take(LINES);
        let lines: Vec<Value<'_>> = lines.map(|line| Value::Text(Cow::Borrowed(line))).collect();
        rows.row("line", "text", &lines);
    }
    rows.rows
}

struct Described<'a> {
    input: &'a Input,
    schema: &'a dyn Schema,
    rows: Vec<Vec<Cell>>,
}

impl<'a> Described<'a> {
    /// A row for a field, or the rows of its members where it is an object in all lines; `depth` objects are around it.
    fn field(&mut self, name: &FieldName, depth: usize) {
        let values = self.values(name);
        let there = || values.iter().filter(|value| !value.is_missing());
        let mut members: Vec<String> = Vec::new();
        for value in there() {
            for member in self.schema.members(&value.bytes()) {
                if !members.contains(&member) && members.len() <= MEMBERS {
                    members.push(member);
                }
            }
        }
        let are_objects =
            there().all(|value| matches!(value, Value::Json(text) if text[0] == b'{'));
        // An object with very many names uses data as names.
        if depth == DEPTH || !are_objects || members.is_empty() || members.len() > MEMBERS {
            return self.row(&name.to_string(), kind(&values), &values);
        }
        for member in members.iter().filter_map(|member| name.member(member)) {
            self.field(&member, depth + 1);
        }
    }

    /// The values of a field in the first lines.
    fn values(&self, name: &FieldName) -> Vec<Value<'a>> {
        let want = if name.as_key() == Some("time") {
            Want::Time
        } else {
            Want::Any
        };
        let Ok(mut reader) = self.schema.reader(&[Wanted::new(name.clone(), want)]) else {
            return Vec::new();
        };
        let lines = self.input.sample_lines().take(LINES);
        let values = lines.filter_map(|line| {
            let mut value = [Value::Missing];
            reader.read(line, &mut value).ok()?;
            let [value] = value;
            Some(value)
        });
        values.collect()
    }

    fn row(&mut self, field: &str, kind: &str, values: &[Value<'_>]) {
        self.rows.push(vec![
            Cell::text(&self.input.bound.name),
            Cell::text(self.schema.spec().name),
            Cell::text(field),
            Cell::text(kind),
            Cell::text(samples(values)),
        ]);
    }
}

/// The kind of the values that are there, `mixed` if there are several.
fn kind(values: &[Value<'_>]) -> &'static str {
    let mut kinds = values
        .iter()
        .filter(|value| !value.is_missing())
        .map(|value| match value {
            Value::Bool(_) => "bool",
            Value::Digits(_) | Value::Number(_) => "number",
            Value::Time(_) => "time",
            Value::Json(_) => "json",
            Value::Text(_) | Value::Escaped(_) | Value::Missing => "text",
        });
    match kinds.next() {
        None => "missing",
        Some(first) if kinds.all(|kind| kind == first) => first,
        Some(_) => "mixed",
    }
}

fn samples(values: &[Value<'_>]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for value in values.iter().filter(|value| !value.is_missing()) {
        let text = String::from_utf8_lossy(&value.bytes()).into_owned();
        let short = match text.char_indices().nth(SAMPLE_LENGTH) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        };
        if !shown.contains(&short) {
            shown.push(short);
        }
        if shown.len() == SAMPLES {
            break;
        }
    }
    shown.join(", ")
}
