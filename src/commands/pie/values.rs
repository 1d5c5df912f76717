//! Labelled values, from words of the command line or from text in one of many formats.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::error::{Error, Result};
use crate::format::{self, Sample, Schema, Settings, detect};
use crate::record::{FieldName, Number, Value, Want, Wanted};

/// A label and its value.
pub(super) type Labelled = (String, Number);

/// How text is read.
#[derive(Clone, Default)]
pub(super) struct Reading {
    /// The format, if it is not to be found out.
    pub(super) from: Option<&'static format::Spec>,
    /// The column of labels.
    pub(super) label: Option<String>,
    /// The column of values.
    pub(super) value: Option<String>,
    /// Whether labels are counted.
    pub(super) tally: bool,
}

/// How much of the text shows its format, in bytes.
const SAMPLE: usize = 64 << 10;
/// Columns that are taken for values before all others.
const VALUES: [&str; 4] = ["count", "value", "size", "bytes"];

/// A word of the command line: `label=value`, or a value alone, which is called by its `place`.
pub(super) fn of_word(word: &str, place: usize) -> Result<Labelled> {
    let (label, value) = match word.rsplit_once('=') {
        Some((label, value)) => (label.to_owned(), value),
        None => (place.to_string(), word),
    };
    let value = number(value.as_bytes()).map_err(|reason| {
        Error::usage(format!("«{word}»: {reason}"))
            .hint("write LABEL=VALUE, or name a file with -i")
    })?;
    Ok((label, value))
}

/// The labelled values in a text, called `name` in messages.
pub(super) fn of_text(
    name: &str,
    path: Option<&Path>,
    text: &[u8],
    reading: &Reading,
) -> Result<Vec<Labelled>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let columns = reading.label.is_some() || reading.value.is_some();
    let is_lines = match reading.from {
        Some(spec) => spec.name == "lines" && !columns,
        None => !columns && (reading.tally || lines(text).all(|(_, line)| of_line(line).is_ok())),
    };
    let at =
        |number: usize, reason: String| Error::input(format!("{name}: line {number}: {reason}"));
    if is_lines {
        return lines(text)
            .map(|(number, line)| {
                if reading.tally {
                    return Ok((lossy(line.trim_ascii()), ONE));
                }
                of_line(line).map_err(|reason| at(number, reason))
            })
            .collect();
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
        Some(spec) => (spec.open)(sample, &settings)
            .map_err(|refused| Error::input(format!("{name}: {refused}")))?,
        None => detect(sample, path, &settings),
    };
    let has_names =
        schema.header_lines() > 0 || !schema.numbers_are_texts() && !schema.fields().is_empty();
    if !has_names && !columns && reading.from.is_none() {
        // It is mere words, and in one line they are no label with a value.
        let fault = lines(text).find_map(|(number, line)| Some((number, of_line(line).err()?)));
        let (number, reason) = fault.unwrap_or((1, "there is no value".to_owned()));
        return Err(at(number, reason).hint("to count how often each line is there: --tally"));
    }
    of_records(name, text, &*schema, reading)
}

const ONE: Number = Number::Decimal { units: 1, scale: 0 };

fn of_records(
    name: &str,
    text: &[u8],
    schema: &dyn Schema,
    reading: &Reading,
) -> Result<Vec<Labelled>> {
    let header = schema.header_lines();
    let records = || lines(text).filter(|(number, _)| *number > header);
    let names = schema.fields();
    let first = records().next().map(|(_, line)| line);
    let (label, value) = columns(name, &names, first, schema, reading)?;
    let mut wanted = vec![Wanted::new(label.clone(), Want::Any)];
    wanted.extend(
        value
            .iter()
            .map(|value| Wanted::new(value.clone(), Want::Any)),
    );
    let mut reader = schema.reader(&wanted).map_err(|unknown| {
        let known: Vec<String> = names.iter().map(ToString::to_string).collect();
        Error::usage(format!(
            "{name}: no column «{}»",
            wanted[unknown.index].name
        ))
        .hint(format!("there are: {}", known.join(" ")))
    })?;
    let mut all = Vec::new();
    for (number_of_line, line) in records() {
        let at = |reason: &str| Error::input(format!("{name}: line {number_of_line}: {reason}"));
        let mut row = vec![Value::Missing; wanted.len()];
        reader.read(line, &mut row).map_err(|bad| at(&bad.reason))?;
        let label = lossy(&row[0].bytes());
        let count = match row.get(1) {
            None => ONE,
            Some(Value::Missing) => return Err(at(&format!("«{label}» has no value"))),
            Some(value) => {
                number(&value.bytes()).map_err(|reason| at(&format!("«{label}»: {reason}")))?
            }
        };
        all.push((label, count));
    }
    Ok(all)
}

/// The columns of labels and of values: those that are named; else the first for labels, and for values one that is called so,
/// or the first after it whose first cell is a number.
fn columns(
    name: &str,
    names: &[FieldName],
    first: Option<&[u8]>,
    schema: &dyn Schema,
    reading: &Reading,
) -> Result<(FieldName, Option<FieldName>)> {
    let named = |column: &String| match column.parse::<usize>() {
        Ok(place @ 1..) if !names.iter().any(|name| name.as_key() == Some(column)) => {
            names.get(place - 1).cloned()
        }
        _ => None,
    };
    let find = |column: &String| named(column).unwrap_or_else(|| FieldName::key(column));
    let value = reading.value.as_ref().map(find);
    let label = match &reading.label {
        Some(column) => find(column),
        None => names
            .iter()
            .find(|name| Some(*name) != value.as_ref())
            .cloned()
            .ok_or_else(|| Error::input(format!("{name}: there is no column of labels")))?,
    };
    if reading.tally || value.is_some() {
        return Ok((label, value.filter(|_| !reading.tally)));
    }
    let others: Vec<&FieldName> = names.iter().filter(|name| **name != label).collect();
    let called = VALUES
        .iter()
        .find_map(|wanted| others.iter().find(|name| name.as_key() == Some(wanted)));
    let wanted: Vec<Wanted> = others
        .iter()
        .map(|name| Wanted::new((*name).clone(), Want::Any))
        .collect();
    let mut row = vec![Value::Missing; wanted.len()];
    let is_read = first.is_some_and(|line| {
        schema
            .reader(&wanted)
            .is_ok_and(|mut reader| reader.read(line, &mut row).is_ok())
    });
    let is_number = |index: &usize| is_read && row[*index].number().is_some();
    let found = called
        .copied()
        .or_else(|| (0..others.len()).find(is_number).map(|index| others[index]));
    match found {
        Some(value) => Ok((label, Some(value.clone()))),
        None => Err(
            Error::usage(format!("{name}: no column of numbers beside «{label}»"))
                .hint("name it with --value, or count the labels with --tally"),
        ),
    }
}

/// The lines that are not blank, with their numbers.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    text.split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line.strip_suffix(b"\r").unwrap_or(line)))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// Whole lines from the beginning.
fn beginning(text: &[u8]) -> &[u8] {
    if text.len() <= SAMPLE {
        return text;
    }
    let end = memchr::memrchr(b'\n', &text[..SAMPLE]).map_or(SAMPLE, |newline| newline + 1);
    &text[..end]
}

/// `label<TAB>value`; or a count and a label, as `uniq -c` writes them; or a label, a blank and a value.
fn of_line(line: &[u8]) -> std::result::Result<Labelled, String> {
    let no_value = || format!("«{}» is no label with a value", lossy(line.trim_ascii()));
    if let Some(tab) = memchr::memrchr(b'\t', line) {
        let (label, value) = (line[..tab].trim_ascii(), line[tab + 1..].trim_ascii());
        return number(value)
            .map(|value| (lossy(label), value))
            .map_err(|reason| format!("«{}»: {reason}", lossy(label)));
    }
    let line = line.trim_ascii();
    let (first, last) = (memchr::memchr(b' ', line), memchr::memrchr(b' ', line));
    let (Some(first), Some(last)) = (first, last) else {
        return Err(no_value());
    };
    if let Ok(count) = number(&line[..first]) {
        return Ok((lossy(line[first..].trim_ascii()), count));
    }
    let value = number(&line[last + 1..]).map_err(|_| no_value())?;
    Ok((lossy(line[..last].trim_ascii()), value))
}

/// A number from nothing on.
fn number(text: &[u8]) -> std::result::Result<Number, String> {
    let number = Number::parse(text).ok_or_else(|| format!("«{}» is no number", lossy(text)))?;
    if number.is_zero() || !text.starts_with(b"-") {
        Ok(number)
    } else {
        Err(format!("{number} is less than nothing"))
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, reading: &Reading) -> std::result::Result<String, String> {
        let values =
            of_text("t", None, text.as_bytes(), reading).map_err(|error| error.to_string())?;
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
    fn lines_of_many_kinds() {
        let all = Reading::default();
        for text in [
            "a b\t1\nc\t2\n",
            "      1 a b\n      2 c\n",
            "a b 1\nc 2",
            "label,count\na b,1\nc,2\n",
            "label\tcount\na b\t1\nc\t2\n",
            "{\"label\":\"a b\",\"count\":1}\n{\"label\":\"c\",\"count\":2}\n",
            "\u{feff}a b\t1\r\n\r\nc\t2\r\n",
        ] {
            assert_eq!(read(text, &all).as_deref(), Ok("a b=1 c=2"), "{text:?}");
        }
    }

    #[test]
    fn what_other_commands_print_needs_no_flags() {
        let all = Reading::default();
        let log = "path\tstatus\tcount\tsum_bytes\n/a\t200\t3\t900\n/b\t404\t1\t5\n";
        assert_eq!(read(log, &all).as_deref(), Ok("/a=3 /b=1"));
        assert_eq!(
            read("status\tcount\n200\t160\n", &all).as_deref(),
            Ok("200=160")
        );
        assert_eq!(
            read("status\tp99_rt\n200\t1.5\n", &all).as_deref(),
            Ok("200=1.5")
        );
        let totals = "{\"ext\":\"rs\",\"files\":2,\"dirs\":0,\"size\":500}\n";
        assert_eq!(read(totals, &all).as_deref(), Ok("rs=500"));
    }

    #[test]
    fn columns_by_name_and_by_number() {
        let text = "a,b,c\nx,1,10\ny,2,20\n";
        assert_eq!(read(text, &by("a", "c")).as_deref(), Ok("x=10 y=20"));
        assert_eq!(read(text, &by("1", "2")).as_deref(), Ok("x=1 y=2"));
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
