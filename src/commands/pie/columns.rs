//! The columns of labels and of values.
//!
//! They can be named. Otherwise they are found by the names that `jug log` and `jug walk` use, so that their rows need no flags:
//! keys come first, then what was computed for them.

use std::fmt;

use super::values::ReadOptions;
use crate::error::{Error, Result};
use crate::format::Schema;
use crate::log::aggregate;
use crate::record::{FieldName, Step, Value, Want, Wanted};

/// Columns that are used as values if there is no aggregate, the most likely first.
const VALUES: [&str; 3] = ["value", "size", "bytes"];
/// Columns that are not labels even if they precede those.
const MEASURES: [&str; 3] = ["files", "dirs", "allocated"];

/// The columns that are read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// At least one.
    pub(super) labels: Vec<FieldName>,
    /// `None` if labels are counted.
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
    /// The columns of a text that starts with the record `first`; `name` is the input in messages.
    pub(super) fn find(
        name: &str,
        first: Option<&[u8]>,
        schema: &dyn Schema,
        options: &ReadOptions,
    ) -> Result<Columns> {
        let names = schema.fields();
        let place_of = |column: &FieldName| names.iter().position(|name| name == column);
        let value = options
            .value
            .as_ref()
            .map(|column| find_column(column, &names));
        let named = options
            .label
            .as_ref()
            .map(|words| find_columns(words, &names));
        let guess = Guess::of(&names, named.as_deref(), first, schema);
        let labels = named.unwrap_or_else(|| {
            let value = value.as_ref().map_or(guess.value, place_of);
            let keys = match value {
                _ if options.tally => 1,
                Some(value) => value.min(guess.keys),
                None => guess.keys,
            };
            // Without a column before the values, the label is the next one.
            let next = (0..names.len()).find(|place| Some(*place) != value);
            let keys = if keys > 0 {
                0..keys
            } else {
                next.map_or(0..0, |next| next..next + 1)
            };
            names[keys.start..keys.end.min(names.len())].to_vec()
        });
        if labels.is_empty() {
            return Err(Error::input(format!("{name}: no column of labels")));
        }
        if options.tally {
            return Ok(Columns {
                labels,
                value: None,
            });
        }
        let found = guess.value.map(|place| names[place].clone());
        match value.or(found.filter(|found| !labels.contains(found))) {
            Some(value) => Ok(Columns {
                labels,
                value: Some(value),
            }),
            None => Err(Error::usage(format!(
                "{name}: no column of numbers beside '{}'",
                labels[0]
            ))
            .hint("name it with --value, or count the labels with --tally")),
        }
    }
}

/// The columns of values and keys as their names and cells suggest.
struct Guess {
    /// The index of the column of values.
    value: Option<usize>,
    /// The number of key columns: those before the first computed one.
    keys: usize,
}

impl Guess {
    fn of(
        names: &[FieldName],
        labels: Option<&[FieldName]>,
        first: Option<&[u8]>,
        schema: &dyn Schema,
    ) -> Guess {
        let is_label = |name: &FieldName| labels.is_some_and(|labels| labels.contains(name));
        let place = |is_wanted: &dyn Fn(&str) -> bool| {
            names
                .iter()
                .position(|name| !is_label(name) && name.as_key().is_some_and(is_wanted))
        };
        if let Some(value) = place(&aggregate::names_amount) {
            return Guess {
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
            return Guess {
                value: Some(value),
                keys,
            };
        }
        let numbers = first
            .map(|line| numbers(names, line, schema))
            .unwrap_or_default();
        // Unless labels are named, the first column has the labels.
        let value = numbers
            .into_iter()
            .find(|place| !is_label(&names[*place]) && (labels.is_some() || *place > 0));
        Guess {
            value,
            keys: value.unwrap_or(1),
        }
    }
}

/// The columns whose cells in a line are numbers.
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

/// The columns of labels as typed: one, or several separated by commas.
fn find_columns(words: &str, names: &[FieldName]) -> Vec<FieldName> {
    if names.iter().any(|name| is_called(name, words)) {
        return vec![find_column(words, names)];
    }
    words
        .split(',')
        .map(|word| find_column(word.trim(), names))
        .collect()
}

/// A column by its name, or by its number, counted from 1.
fn find_column(word: &str, names: &[FieldName]) -> FieldName {
    let by_name = names.iter().find(|name| is_called(name, word));
    let by_number = || names.get(word.parse::<usize>().ok()?.checked_sub(1)?);
    match by_name.or_else(by_number) {
        Some(name) => name.clone(),
        // A key in a nested JSON object.
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
    use crate::record::time::Years;

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
            years: Years::Known(2026),
            has_header: true,
            rule: None,
        };
        let schema = detect(sample, None, &settings);
        let options = ReadOptions {
            label: label.map(str::to_owned),
            value: value.map(str::to_owned),
            ..ReadOptions::default()
        };
        let first = text.lines().nth(schema.header_lines()).map(str::as_bytes);
        Columns::find("t", first, &*schema, &options)
            .map(|columns| columns.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn columns_of_other_commands_are_found_without_flags() {
        for (text, columns) in [
            (
                "status\tcount\n200\t160\n",
                "labels from status, values from count",
            ),
            (
                "path\tstatus\tcount\tsum_bytes\n/a\t200\t3\t900\n",
                "labels from path, status, values from count",
            ),
            // The first aggregate of the query.
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
    fn columns_are_found_by_name_and_by_number() {
        let text = "a,b,c\nx,1,10\n";
        for (label, value, columns) in [
            (Some("a"), Some("c"), "labels from a, values from c"),
            (Some("1"), Some("2"), "labels from a, values from b"),
            (Some("a,b"), None, "labels from a, b, values from c"),
            (Some("3, 1"), None, "labels from c, a, values from b"),
            (None, Some("c"), "labels from a, values from c"),
            (None, Some("a"), "labels from b, values from a"),
            // Unknown columns are reported later, by the reader.
            (None, Some("d"), "labels from a, values from d"),
        ] {
            assert_eq!(chosen(text, label, value).as_deref(), Ok(columns));
        }
        let nested = "{\"a\":{\"b\":\"x\"},\"n\":5}\n";
        let columns = chosen(nested, Some("a.b"), None);
        assert_eq!(columns.as_deref(), Ok("labels from a.b, values from n"));
    }

    #[test]
    fn a_table_without_numbers_is_an_error() {
        let error = chosen("a,b\nx,y\n", None, None).unwrap_err();
        assert_eq!(error, "t: no column of numbers beside 'a'");
    }
}
