//! Which columns have the labels, and which one the values.
//!
//! Those that are named; else what `jug log` and `jug walk` call theirs, so that their rows need no flags: keys first, then
//! what was computed for them.

use std::fmt;

use super::values::Reading;
use crate::error::{Error, Result};
use crate::format::Schema;
use crate::log::aggregate;
use crate::record::{FieldName, Step, Value, Want, Wanted};

/// Columns that are taken for values where there is no aggregate, the likeliest first.
const VALUES: [&str; 3] = ["value", "size", "bytes"];
/// Columns that are no labels beside those, though they come before them.
const MEASURES: [&str; 3] = ["files", "dirs", "allocated"];

/// The columns that are read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// At least one.
    pub(super) labels: Vec<FieldName>,
    /// None where labels are counted.
    pub(super) value: Option<FieldName>,
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<String> = self.labels.iter().map(ToString::to_string).collect();
        write!(f, "labels from {}", labels.join(", "))?;
        match &self.value {
            Some(value) => write!(f, ", values from {value}"),
            None => f.write_str(", counted"),
        }
    }
}

impl Columns {
    /// The columns of a text that begins with this record; `name` is its own in messages.
    pub(super) fn of(
        name: &str,
        first: Option<&[u8]>,
        schema: &dyn Schema,
        reading: &Reading,
    ) -> Result<Columns> {
        let names = schema.fields();
        let place_of = |column: &FieldName| names.iter().position(|name| name == column);
        let value = reading.value.as_ref().map(|column| find(column, &names));
        let named = reading.label.as_ref().map(|words| listed(words, &names));
        let likely = Likely::of(&names, named.as_deref(), first, schema);
        let labels = named.unwrap_or_else(|| {
            let value = value.as_ref().map_or(likely.value, place_of);
            let keys = match value {
                _ if reading.tally => 1,
                Some(value) => value.min(likely.keys),
                None => likely.keys,
            };
            // Where nothing stands before the values, the label is what comes next.
            let next = (0..names.len()).find(|place| Some(*place) != value);
            let keys = if keys > 0 {
                0..keys
            } else {
                next.map_or(0..0, |next| next..next + 1)
            };
            names[keys.start..keys.end.min(names.len())].to_vec()
        });
        if labels.is_empty() {
            return Err(Error::input(format!(
                "{name}: there is no column of labels"
            )));
        }
        if reading.tally {
            return Ok(Columns {
                labels,
                value: None,
            });
        }
        let found = likely.value.map(|place| names[place].clone());
        match value.or(found.filter(|found| !labels.contains(found))) {
            Some(value) => Ok(Columns {
                labels,
                value: Some(value),
            }),
            None => Err(Error::usage(format!(
                "{name}: no column of numbers beside «{}»",
                labels[0]
            ))
            .hint("name it with --value, or count the labels with --tally")),
        }
    }
}

/// What the names of columns say.
struct Likely {
    /// The place of the values.
    value: Option<usize>,
    /// How many columns are keys: those before the first that was computed.
    keys: usize,
}

impl Likely {
    fn of(
        names: &[FieldName],
        labels: Option<&[FieldName]>,
        first: Option<&[u8]>,
        schema: &dyn Schema,
    ) -> Likely {
        let is_label = |name: &FieldName| labels.is_some_and(|labels| labels.contains(name));
        let place = |is_wanted: &dyn Fn(&str) -> bool| {
            names
                .iter()
                .position(|name| !is_label(name) && name.as_key().is_some_and(is_wanted))
        };
        if let Some(value) = place(&aggregate::names_amount) {
            return Likely {
                value: Some(value),
                keys: value,
            };
        }
        if let Some(value) = VALUES
            .iter()
            .find_map(|value| place(&|name| name == *value))
        {
            let is_measure = |name: &str| VALUES.contains(&name) || MEASURES.contains(&name);
            let keys = place(&is_measure).unwrap_or(value);
            return Likely {
                value: Some(value),
                keys,
            };
        }
        let numbers = first
            .map(|line| numbers(names, line, schema))
            .unwrap_or_default();
        // Unless labels are named, the first column is one.
        let value = numbers
            .into_iter()
            .find(|place| !is_label(&names[*place]) && (labels.is_some() || *place > 0));
        Likely {
            value,
            keys: value.unwrap_or(1),
        }
    }
}

/// The columns whose cell in this line is a number.
fn numbers(names: &[FieldName], line: &[u8], schema: &dyn Schema) -> Vec<usize> {
    let wanted: Vec<Wanted> = names
        .iter()
        .map(|name| Wanted::new(name.clone(), Want::Any))
        .collect();
    let mut row = vec![Value::Missing; wanted.len()];
    let is_read = schema
        .reader(&wanted)
        .is_ok_and(|mut reader| reader.read(line, &mut row).is_ok());
    let is_number = |place: &usize| is_read && row[*place].number().is_some();
    (0..names.len()).filter(is_number).collect()
}

/// Columns of labels as they were typed: one, or several with commas between them.
fn listed(words: &str, names: &[FieldName]) -> Vec<FieldName> {
    if names.iter().any(|name| is_called(name, words)) {
        return vec![find(words, names)];
    }
    words
        .split(',')
        .map(|word| find(word.trim(), names))
        .collect()
}

/// A column by its name, or by its number, counted from 1.
fn find(word: &str, names: &[FieldName]) -> FieldName {
    let by_name = names.iter().find(|name| is_called(name, word));
    let by_number = || names.get(word.parse::<usize>().ok()?.checked_sub(1)?);
    match by_name.or_else(by_number) {
        Some(name) => name.clone(),
        // A key inside another's object (JSON).
        None => FieldName::Path(
            word.split('.')
                .map(|key| Step::Key(key.to_owned()))
                .collect(),
        ),
    }
}

fn is_called(name: &FieldName, word: &str) -> bool {
    name.as_key() == Some(word) || name.to_string() == word
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::format::{Sample, Settings, detect};

    fn chosen(
        text: &str,
        label: Option<&str>,
        value: Option<&str>,
    ) -> std::result::Result<String, String> {
        let sample = Sample {
            bytes: text.as_bytes(),
            whole: true,
        };
        let settings = Settings {
            zone: TimeZone::UTC,
            infer: false,
        };
        let schema = detect(sample, None, &settings);
        let reading = Reading {
            label: label.map(str::to_owned),
            value: value.map(str::to_owned),
            ..Reading::default()
        };
        let first = text.lines().nth(schema.header_lines()).map(str::as_bytes);
        Columns::of("t", first, &*schema, &reading)
            .map(|columns| columns.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn rows_of_other_commands_need_no_flags() {
        for (text, columns) in [
            (
                "status\tcount\n200\t160\n",
                "labels from status, values from count",
            ),
            (
                "path\tstatus\tcount\tsum_bytes\n/a\t200\t3\t900\n",
                "labels from path, status, values from count",
            ),
            // Whatever was asked for first.
            (
                "path\tsum_bytes\tcount\n/a\t900\t3\n",
                "labels from path, values from sum_bytes",
            ),
            (
                "path\tbytes\tcount\n/a\t900\t3\n",
                "labels from path, bytes, values from count",
            ),
            (
                "status\tp99_rt\n200\t1.5\n",
                "labels from status, values from p99_rt",
            ),
            (
                "{\"ext\":\"rs\",\"files\":2,\"dirs\":0,\"size\":500,\"allocated\":4096,\"oldest\":\"2026-01-01T00:00:00Z\"}\n",
                "labels from ext, values from size",
            ),
            (
                "owner\text\tfiles\tdirs\tsize\tallocated\nroot\trs\t2\t0\t500\t4096\n",
                "labels from owner, ext, values from size",
            ),
            ("count,name\n1,a\n", "labels from name, values from count"),
            (
                "name,place,price\na,b,3\n",
                "labels from name, place, values from price",
            ),
        ] {
            assert_eq!(chosen(text, None, None).as_deref(), Ok(columns), "{text}");
        }
    }

    #[test]
    fn columns_by_name_and_by_number() {
        let text = "a,b,c\nx,1,10\n";
        for (label, value, columns) in [
            (Some("a"), Some("c"), "labels from a, values from c"),
            (Some("1"), Some("2"), "labels from a, values from b"),
            (Some("a,b"), None, "labels from a, b, values from c"),
            (Some("3, 1"), None, "labels from c, a, values from b"),
            (None, Some("c"), "labels from a, values from c"),
            (None, Some("a"), "labels from b, values from a"),
            // Whether there is such a column, the reader says.
            (None, Some("d"), "labels from a, values from d"),
        ] {
            assert_eq!(chosen(text, label, value).as_deref(), Ok(columns));
        }
        let nested = "{\"a\":{\"b\":\"x\"},\"n\":5}\n";
        let columns = chosen(nested, Some("a.b"), None);
        assert_eq!(columns.as_deref(), Ok("labels from a.b, values from n"));
    }

    #[test]
    fn without_numbers_there_are_no_values() {
        let told = chosen("a,b\nx,y\n", None, None).unwrap_err();
        assert_eq!(told, "t: no column of numbers beside «a»");
    }
}
