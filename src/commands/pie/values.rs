//! Labelled values, from words of the command line or from text in one of many formats.

use std::path::Path;

use jiff::tz::TimeZone;

use super::columns::Columns;
use super::lines::{lossy, numbered, of_lines, value};
use crate::error::{Error, Result};
use crate::format::{self, Kind, Sample, Schema, Settings, detect};
use crate::io::sink::is_same_file;
use crate::io::source::{InputName, read_unpacked};
use crate::record::{Number, Value, Want, Wanted};
use crate::ui::Ui;

/// A label and its value.
pub(super) type Labelled = (String, Number);

/// How text is read.
#[derive(Clone, Default)]
pub(super) struct Reading {
    /// The format, if it is not to be found out.
    pub(super) from: Option<&'static format::Spec>,
    /// The column of labels, or several.
    pub(super) label: Option<String>,
    /// The column of values.
    pub(super) value: Option<String>,
    /// Whether labels are counted.
    pub(super) tally: bool,
}

/// How much text is read, in bytes.
const MOST: usize = 256 << 20;
/// How much of the text shows its format, in bytes.
const SAMPLE: usize = 64 << 10;

const ONE: Number = Number::Decimal { units: 1, scale: 0 };

/// A word of the command line: `label=value`, or a value alone, which is called by its `place`.
pub(super) fn of_word(word: &str, place: usize) -> Result<Labelled> {
    let (label, number) = match word.rsplit_once('=') {
        Some((label, number)) => (label.to_owned(), number),
        None => (place.to_string(), word),
    };
    let number = value(number.as_bytes()).map_err(|reason| {
        Error::usage(format!("«{word}»: {reason}"))
            .hint("write LABEL=VALUE, or name a file with -i")
    })?;
    Ok((label, number))
}

/// The labelled values of all inputs, none of which may be `output`.
pub(super) fn of_inputs(
    names: &[InputName],
    output: Option<&Path>,
    reading: &Reading,
    ui: &Ui,
) -> Result<Vec<Labelled>> {
    let mut all = Vec::new();
    for name in names {
        if *name == InputName::Stdin && ui.stdin_is_terminal() {
            ui.hint("values are read from this terminal: end them with Ctrl-D, or write jug pie LABEL=VALUE …");
        }
        if let Some(output) = output.filter(|output| is_same_file(name, output)) {
            let message = format!("{}: the chart would overwrite its values", output.display());
            return Err(Error::usage(message));
        }
        let text = read_unpacked(name, MOST)
            .map_err(|error| Error::input(name.to_string()).caused_by(error))?;
        if text.len() > MOST {
            let message = format!("{name}: more than {} MiB of values", MOST >> 20);
            return Err(Error::input(message).hint("count them first: jug log 'count by …'"));
        }
        let path = match name {
            InputName::Path(path) => Some(path.as_path()),
            InputName::Stdin => None,
        };
        let note = |said: &str| ui.note(said);
        all.extend(of_text(&name.to_string(), path, &text, reading, &note)?);
    }
    Ok(all)
}

/// The labelled values in a text, called `name` in messages; says in `note` which columns were taken.
fn of_text(
    name: &str,
    path: Option<&Path>,
    text: &[u8],
    reading: &Reading,
    note: &dyn Fn(&str),
) -> Result<Vec<Labelled>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let has_columns = reading.label.is_some() || reading.value.is_some();
    let may_be_lines = match reading.from {
        Some(spec) => spec.kind == Kind::Text,
        None => true,
    };
    let mut fault = None;
    if may_be_lines && !has_columns {
        if reading.tally {
            return Ok(numbered(text)
                .map(|(_, line)| (lossy(line.trim_ascii()), ONE))
                .collect());
        }
        match of_lines(text) {
            Ok(values) => return Ok(values),
            Err((number, reason)) => {
                let error = Error::input(format!("{name}: line {number}: {reason}"));
                if reading.from.is_some() {
                    return Err(error);
                }
                fault = Some(error.hint("to count how often each line is there: --tally"));
            }
        }
    }
    let sample = Sample {
        bytes: beginning(text),
        whole: text.len() <= SAMPLE,
    };
    let settings = Settings {
        zone: TimeZone::UTC,
        infer: false,
    };
    let schema = match reading.from {
        Some(spec) => spec
            .open(sample, &settings)
            .map_err(|refused| Error::input(format!("{name}: {refused}")))?,
        None => detect(sample, path, &settings),
    };
    let is_table = schema.header_lines() > 0 || schema.open_ended();
    match fault {
        // It is mere words, and in one line they are no label with a value.
        Some(fault) if schema.spec().kind.fits_any_text() => Err(fault),
        Some(_) if !is_table => Err(Error::input(format!(
            "{name}: this is a log ({}), whose lines are no values",
            schema.spec().name
        ))
        .hint("count them first: jug log 'count by status' FILE | jug pie")),
        _ => of_records(name, text, &*schema, reading, note),
    }
}

fn of_records(
    name: &str,
    text: &[u8],
    schema: &dyn Schema,
    reading: &Reading,
    note: &dyn Fn(&str),
) -> Result<Vec<Labelled>> {
    let header = schema.header_lines();
    let records = || numbered(text).filter(|(number, _)| *number > header);
    let first = records().next().map(|(_, line)| line);
    let columns = Columns::of(name, first, schema, reading)?;
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
            "{name}: no column «{}»",
            wanted[unknown.index].name
        ))
        .hint(format!("there are: {}", known.join(" ")))
    })?;
    let mut all = Vec::new();
    for (number, line) in records() {
        let at = |reason: &str| Error::input(format!("{name}: line {number}: {reason}"));
        let mut row = vec![Value::Missing; wanted.len()];
        reader.read(line, &mut row).map_err(|bad| at(&bad.reason))?;
        let (labels, values) = row.split_at(columns.labels.len());
        let label = joined(labels);
        let count = match values.first() {
            None => ONE,
            Some(Value::Missing) => return Err(at(&format!("«{label}» has no value"))),
            Some(found) => {
                value(&found.bytes()).map_err(|reason| at(&format!("«{label}»: {reason}")))?
            }
        };
        all.push((label, count));
    }
    Ok(all)
}

/// One label of several cells; what is absent among others is shown as such.
fn joined(cells: &[Value<'_>]) -> String {
    if let [cell] = cells {
        return lossy(&cell.bytes());
    }
    let text = |cell: &Value<'_>| match lossy(&cell.bytes()) {
        text if text.is_empty() => "(empty)".to_owned(),
        text => text,
    };
    cells.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Whole lines from the beginning.
fn beginning(text: &[u8]) -> &[u8] {
    if text.len() <= SAMPLE {
        return text;
    }
    let end = memchr::memrchr(b'\n', &text[..SAMPLE]).map_or(SAMPLE, |newline| newline + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, reading: &Reading) -> std::result::Result<String, String> {
        let values = of_text("t", None, text.as_bytes(), reading, &|_| ())
            .map_err(|error| error.to_string())?;
        let shown: Vec<String> = values
            .iter()
            .map(|(label, value)| format!("{label}={value}"))
            .collect();
        Ok(shown.join(" "))
    }

    fn by(label: &str, value: &str) -> Reading {
        Reading {
            label: Some(label.to_owned()),
            value: Some(value.to_owned()),
            ..Reading::default()
        }
    }

    #[test]
    fn words() {
        let word = |word| of_word(word, 3).map(|(label, value)| format!("{label} {value}"));
        assert_eq!(word("ok=940").unwrap(), "ok 940");
        assert_eq!(word("a=b=1.5").unwrap(), "a=b 1.5");
        assert_eq!(word("7").unwrap(), "3 7");
        for wrong in ["ok", "ok=", "ok=NaN", "=inf"] {
            assert!(
                word(wrong)
                    .unwrap_err()
                    .to_string()
                    .contains("is no number"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn texts_of_many_kinds() {
        let all = Reading::default();
        for text in [
            "a b\t1\nc\t2\n",
            "label,count\na b,1\nc,2\n",
            "label\tcount\na b\t1\nc\t2\n",
            "{\"label\":\"a b\",\"count\":1}\n{\"label\":\"c\",\"count\":2}\n",
            "\u{feff}a b\t1\r\n\r\nc\t2\r\n",
        ] {
            assert_eq!(read(text, &all).as_deref(), Ok("a b=1 c=2"), "{text:?}");
        }
    }

    #[test]
    fn several_keys_are_one_label() {
        let all = Reading::default();
        let log = "path\tstatus\tcount\tsum_bytes\n/a\t200\t3\t900\n\t404\t1\t5\n";
        assert_eq!(read(log, &all).as_deref(), Ok("/a, 200=3 (empty), 404=1"));
        let totals =
            "{\"ext\":\"rs\",\"files\":2,\"size\":500}\n{\"ext\":null,\"files\":1,\"size\":7}\n";
        assert_eq!(read(totals, &all).as_deref(), Ok("rs=500 =7"));
    }

    #[test]
    fn columns_that_are_named() {
        let text = "a,b,c\nx,1,10\ny,2,20\n";
        assert_eq!(read(text, &by("a", "c")).as_deref(), Ok("x=10 y=20"));
        assert_eq!(
            read(text, &by("a", "d")),
            Err("t: no column «d»".to_owned())
        );
    }

    #[test]
    fn labels_are_counted() {
        let tally = Reading {
            tally: true,
            ..Reading::default()
        };
        assert_eq!(read("a\nb\na\n", &tally).as_deref(), Ok("a=1 b=1 a=1"));
        let column = Reading {
            label: Some("b".to_owned()),
            ..tally
        };
        assert_eq!(read("a,b\n1,x\n2,y\n", &column).as_deref(), Ok("x=1 y=1"));
    }

    #[test]
    fn what_is_no_value_is_named_with_its_line() {
        let all = Reading::default();
        assert_eq!(
            read("a\t1\nb\tx\n", &by("1", "2")).unwrap_err(),
            "t: line 2: «b»: «x» is no number"
        );
        assert_eq!(
            read("just words\n", &all).unwrap_err(),
            "t: line 1: «just words» is no label with a value"
        );
        assert_eq!(
            read("label,count\na,1\nb,\n", &all).unwrap_err(),
            "t: line 3: «b» has no value"
        );
        assert_eq!(
            read("a\t1\nb\t-2\n", &by("1", "2")).unwrap_err(),
            "t: line 2: «b»: -2 is less than nothing"
        );
        assert_eq!(read("", &all).as_deref(), Ok(""));
    }
}
