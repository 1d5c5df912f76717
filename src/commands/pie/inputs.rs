//! Labelled values from inputs, in one of many formats.

use std::path::Path;

use jiff::tz::TimeZone;

use super::columns::Columns;
use super::lines::{numbered, parse_lines};
use super::values::{LabelledValue, ReadOptions, lossy, parse_value};
use crate::commands::shared::inputs::hint_at_terminal;
use crate::error::{Error, Result};
use crate::format::{Kind, Sample, Schema, Settings, detect};
use crate::io::source::{InputName, read_unpacked};
use crate::record::time::Years;
use crate::record::{Number, Timestamp, Value, Want, Wanted};
use crate::ui::Ui;

/// The most text that is read from an input, in bytes.
const MAX_TEXT: usize = 256 << 20;
/// The most text that is used to detect the format, in bytes.
const MAX_SAMPLE: usize = 64 << 10;

const ONE: Number = Number::Decimal { units: 1, scale: 0 };

/// Reads the labelled values of all inputs.
pub(super) fn read_inputs(
    names: &[InputName],
    options: &ReadOptions,
    ui: &Ui,
) -> Result<Vec<LabelledValue>> {
    let mut all = Vec::new();
    for name in names {
        hint_at_terminal(name, "values", "write jug pie LABEL=VALUE …", ui);
        let text = read_unpacked(name, MAX_TEXT)
            .map_err(|error| Error::input(name.to_string()).caused_by(error))?;
        if text.len() > MAX_TEXT {
            let message = format!("{name}: more than {} MiB of values", MAX_TEXT >> 20);
            return Err(Error::input(message).hint("count first: jug log 'count by …'"));
        }
        let path = match name {
            InputName::Path(path) => Some(path.as_path()),
            InputName::Stdin => None,
        };
        let (note, warn) = (|text: &str| ui.note(text), |text: &str| ui.warn(text));
        let tell: Tell<'_> = (&note, &warn);
        all.extend(parse_text(&name.to_string(), path, &text, options, tell)?);
    }
    Ok(all)
}

/// What takes notes, and what takes warnings.
type Tell<'t> = (&'t dyn Fn(&str), &'t dyn Fn(&str));

/// The labelled values in a text, called `name` in messages. Notes are the names of the columns that are used, warnings what is
/// left out.
fn parse_text(
    name: &str,
    path: Option<&Path>,
    text: &[u8],
    options: &ReadOptions,
    tell: Tell<'_>,
) -> Result<Vec<LabelledValue>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if let Some(lines) = array_lines(text) {
        return parse_text(name, path, &lines, options, tell);
    }
    let has_columns = options.label.is_some() || options.value.is_some();
    let may_be_lines = match options.from {
        Some(spec) => spec.kind == Kind::Text,
        None => true,
    };
    let mut line_error = None;
    if may_be_lines && !has_columns {
        if options.tally {
            return Ok(numbered(text)
                .map(|(_, line)| (lossy(line.trim_ascii()), ONE))
                .collect());
        }
        match parse_lines(text) {
            Ok(values) => return Ok(values),
            Err((number, reason)) => {
                let error = Error::input(format!("{name}: line {number}: {reason}"));
                if options.from.is_some() {
                    return Err(error);
                }
                line_error = Some(error.hint("to count how often each line occurs, use --tally"));
            }
        }
    }
    let sample = Sample {
        bytes: sample_of(text),
        whole: text.len() <= MAX_SAMPLE,
    };
    let settings = Settings {
        zone: TimeZone::UTC,
        infer: false,
        years: Years::Until(Timestamp::now()),
        has_header: true,
        rule: None,
    };
    let schema = match options.from {
        Some(spec) => spec
            .open(sample, &settings)
            .map_err(|refused| Error::input(format!("{name}: {refused}")))?,
        None => detect(sample, path, &settings),
    };
    let is_table = schema.header_lines() > 0 || schema.open_ended();
    match line_error {
        // No table: the line without a value is the error.
        Some(error) if schema.spec().kind.fits_any_text() => Err(error),
        Some(_) if !is_table => Err(Error::input(format!(
            "{name}: this is a log ({}), not values",
            schema.spec().name
        ))
        .hint("count first: jug log 'count by status' FILE | jug pie")),
        _ => parse_records(name, text, &*schema, options, tell),
    }
}

fn parse_records(
    name: &str,
    text: &[u8],
    schema: &dyn Schema,
    options: &ReadOptions,
    (note, warn): Tell<'_>,
) -> Result<Vec<LabelledValue>> {
    let header = schema.header_lines();
    let records = || numbered(text).filter(|(number, _)| *number > header);
    let first = records().next().map(|(_, line)| line);
    let columns = Columns::find(name, first, schema, options)?;
    note(&format!("{name}: {columns}"));
    let wanted: Vec<Wanted> = columns
        .labels
        .iter()
        .chain(&columns.value)
        .map(|column| Wanted::new(column.clone(), Want::Any))
        .collect();
    let mut reader = schema.reader(&wanted).map_err(|unknown| {
        let known: Vec<String> = schema.fields().iter().map(ToString::to_string).collect();
        Error::usage(format!(
            "{name}: no column '{}'",
            wanted[unknown.index].name
        ))
        .hint(format!("columns: {}", known.join(" ")))
    })?;
    let mut all = Vec::new();
    for (number, line) in records() {
        let at = |reason: &str| Error::input(format!("{name}: line {number}: {reason}"));
        let mut row = vec![Value::Missing; wanted.len()];
        reader.read(line, &mut row).map_err(|bad| at(&bad.reason))?;
        let (labels, values) = row.split_at(columns.labels.len());
        let label = join_cells(labels);
        let count = match values.first() {
            None => ONE,
            // Such as the largest of no values: there is nothing to draw.
            Some(found) if found.is_missing() => {
                warn(&format!(
                    "{name}: line {number}: '{label}' has no value and is left out"
                ));
                continue;
            }
            Some(found) => {
                parse_value(&found.bytes()).map_err(|reason| at(&format!("'{label}': {reason}")))?
            }
        };
        all.push((label, count));
    }
    Ok(all)
}

/// The objects of a JSON array, one a line; none if the text is no array of objects.
fn array_lines(text: &[u8]) -> Option<Vec<u8>> {
    let inside = text.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    if !inside.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let mut lines = Vec::with_capacity(inside.len());
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for byte in inside {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.checked_sub(1)?,
            _ => {}
        }
        match byte {
            b'\n' | b'\r' if !in_text => lines.push(b' '),
            b',' if depth == 0 && !in_text => lines.push(b'\n'),
            byte => lines.push(*byte),
        }
    }
    (depth == 0 && !in_text).then_some(lines)
}

/// A label made of one or several cells; empty ones among several are shown as such.
fn join_cells(cells: &[Value<'_>]) -> String {
    if let [cell] = cells {
        return lossy(&cell.bytes());
    }
    let text = |cell: &Value<'_>| match lossy(&cell.bytes()) {
        text if text.is_empty() => "(empty)".to_owned(),
        text => text,
    };
    cells.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The complete lines at the start of the text.
fn sample_of(text: &[u8]) -> &[u8] {
    if text.len() <= MAX_SAMPLE {
        return text;
    }
    let end = memchr::memrchr(b'\n', &text[..MAX_SAMPLE]).map_or(MAX_SAMPLE, |newline| newline + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, options: &ReadOptions) -> std::result::Result<String, String> {
        let values = parse_text("t", None, text.as_bytes(), options, (&|_| (), &|_| ()))
            .map_err(|error| error.to_string())?;
        let shown: Vec<String> = values
            .iter()
            .map(|(label, value)| format!("{label}={value}"))
            .collect();
        Ok(shown.join(" "))
    }

    fn by(label: &str, value: &str) -> ReadOptions {
        ReadOptions {
            label: Some(label.to_owned()),
            value: Some(value.to_owned()),
            ..ReadOptions::default()
        }
    }

    #[test]
    fn the_format_is_detected() {
        let all = ReadOptions::default();
        for text in [
            "a b\t1\nc\t2\n",
            "label,count\na b,1\nc,2\n",
            "label\tcount\na b\t1\nc\t2\n",
            "{\"label\":\"a b\",\"count\":1}\n{\"label\":\"c\",\"count\":2}\n",
            "\u{feff}a b\t1\r\n\r\nc\t2\r\n",
            "[\n{\"label\":\"a b\",\"count\":1},\n{\"label\":\"c\",\"count\":2}\n]\n",
            "[{\"label\": \"a b\",\n \"count\": 1, \"x\": [1, {}]}, {\"label\": \"c\", \"count\": 2}]",
        ] {
            assert_eq!(read(text, &all).as_deref(), Ok("a b=1 c=2"), "{text:?}");
        }
    }

    #[test]
    fn several_key_columns_make_one_label() {
        let all = ReadOptions::default();
        let log = "path\tstatus\tcount\tsum_bytes\n/a\t200\t3\t900\n\t404\t1\t5\n";
        assert_eq!(read(log, &all).as_deref(), Ok("/a, 200=3 (empty), 404=1"));
        let totals =
            "{\"ext\":\"rs\",\"files\":2,\"size\":500}\n{\"ext\":null,\"files\":1,\"size\":7}\n";
        assert_eq!(read(totals, &all).as_deref(), Ok("rs=500 =7"));
    }

    #[test]
    fn columns_can_be_named() {
        let text = "a,b,c\nx,1,10\ny,2,20\n";
        assert_eq!(read(text, &by("a", "c")).as_deref(), Ok("x=10 y=20"));
        assert_eq!(
            read(text, &by("a", "d")),
            Err("t: no column 'd'".to_owned())
        );
    }

    #[test]
    fn labels_can_be_tallied() {
        let tally = ReadOptions {
            tally: true,
            ..ReadOptions::default()
        };
        assert_eq!(read("a\nb\na\n", &tally).as_deref(), Ok("a=1 b=1 a=1"));
        let column = ReadOptions {
            label: Some("b".to_owned()),
            ..tally
        };
        assert_eq!(read("a,b\n1,x\n2,y\n", &column).as_deref(), Ok("x=1 y=1"));
    }

    #[test]
    fn errors_name_the_line_and_the_label() {
        let all = ReadOptions::default();
        assert_eq!(
            read("a\t1\nb\tx\n", &by("1", "2")).unwrap_err(),
            "t: line 2: 'b': 'x' is not a number"
        );
        assert_eq!(
            read("just words\n", &all).unwrap_err(),
            "t: line 1: 'just words' is not a label with a value"
        );
        // A value that is missing is not 0; it is reported and left out.
        assert_eq!(read("label,count\na,1\nb,\n", &all).as_deref(), Ok("a=1"));
        assert_eq!(
            read("a\t1\nb\t-2\n", &by("1", "2")).unwrap_err(),
            "t: line 2: 'b': -2 is negative"
        );
        assert_eq!(read("", &all).as_deref(), Ok(""));
    }
}
