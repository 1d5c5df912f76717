//! `--describe`: what an input holds, from its first lines: format, fields, their types and samples.

use std::borrow::Cow;

use super::input::Input;
use crate::record::{Cell, Value, Want, Wanted};

/// How many of the first lines are looked at.
const LINES: usize = 100;
/// How many different samples of a field are shown.
const SAMPLES: usize = 3;
/// How long a sample may be, in characters.
const SAMPLE_LENGTH: usize = 30;

/// The columns of the description.
pub const COLUMNS: [&str; 5] = ["file", "format", "field", "type", "samples"];

/// A row for each field of an input; of an empty one only its name.
pub fn describe(input: &Input) -> Vec<Vec<Cell>> {
    let bytes = |bytes: &[u8]| Cell {
        value: Value::Text(Cow::Owned(bytes.to_vec())),
        approx: false,
    };
    let Some(schema) = &input.bound.schema else {
        let mut row = vec![Cell::default(); COLUMNS.len()];
        row[0] = bytes(&input.bound.name);
        return vec![row];
    };
    let text = |text: &str| bytes(text.as_bytes());
    let row = |field: &str, kind: &str, samples: &str| {
        vec![
            bytes(&input.bound.name),
            text(schema.format()),
            text(field),
            text(kind),
            text(samples),
        ]
    };
    let names = schema.fields();
    if names.is_empty() {
        return vec![row(
            "line",
            "text",
            &samples(
                &input
                    .sample_lines()
                    .map(|line| Value::Text(Cow::Borrowed(line)))
                    .collect::<Vec<_>>(),
            ),
        )];
    }
    names
        .iter()
        .map(|name| {
            let want = if name.as_key() == Some("time") {
                Want::Time
            } else {
                Want::Any
            };
            let wanted = [Wanted::new(name.clone(), want)];
            let mut values = Vec::new();
            if let Ok(mut reader) = schema.reader(&wanted) {
                for line in input.sample_lines().take(LINES) {
                    let mut value = [Value::Missing];
                    if reader.read(line, &mut value).is_ok() {
                        let [value] = value;
                        values.push(value);
                    }
                }
            }
            row(&name.to_string(), kind(&values), &samples(&values))
        })
        .collect()
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
