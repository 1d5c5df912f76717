//! `json` and `ndjson`: an object a line, read without being built, and rows written as such lines or as one array.

pub(super) mod blocks;
pub(super) mod check;
mod expected;
mod paths;
mod read;
pub(super) mod scan;
mod write;

use std::collections::HashSet;

use self::check::check;
use self::paths::Paths;
use self::read::{AnyTime, JsonReader};
use super::wanted::{TIME, Times, time_key};
use super::words::{Place, Words};
use super::{
    Candidate, FieldName, Kind, OutputSpec, Reader, Refused, Sample, Schema, Settings, Spec, Step,
    Unknown, Verbatim, Wanted,
};
use crate::record::json_text;

pub use self::write::{ndjson_writer, writer};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "json",
    summary: "Read JSON objects, one per line (NDJSON)",
    kind: Kind::Records,
    precedence: 1,
    extensions: &["ndjson", "jsonl", "json"],
    rows: Some(&NDJSON),
    candidates,
    example: concat!(
        "{\"time\":\"2026-05-17T10:05:03Z\",\"level\":\"info\",\"rt\":0.042,\"request\":{\"path\":\"/\",\"tags\":[\"a\",\"b\"]}}\n",
        "{\"time\":\"2026-05-17T10:05:04Z\",\"level\":\"warn\",\"rt\":1.50e1,\"note\":\"said \\\"no\\\" again\",\"ok\":false,\"user\":null}\n",
    ),
};

/// See the module.
pub(super) static OUTPUT: OutputSpec = OutputSpec {
    name: "json",
    summary: "Write a JSON array with one object per row",
    extensions: &["json"],
    is_rows: false,
    is_read: true,
    marks_approximations: true,
    writer,
};

/// See the module.
pub static NDJSON: OutputSpec = OutputSpec {
    name: "ndjson",
    summary: "Write one JSON object per line",
    extensions: &["ndjson", "jsonl"],
    is_rows: true,
    is_read: true,
    marks_approximations: true,
    writer: ndjson_writer,
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    let schema = Json {
        names: Vec::new(),
        time: None,
        settings: settings.clone(),
    };
    Ok(vec![Candidate {
        schema: Box::new(schema),
        is_likely: true,
        enough: 1,
    }])
}

/// The keys of an object, as far as the text is one.
fn keys(object: &[u8]) -> impl Iterator<Item = String> {
    let keys = scan::keys(object).into_iter();
    keys.map(|key| String::from_utf8_lossy(&json_text::unescape(key)).into_owned())
}

struct Json {
    /// The keys of the sample's objects, in the order in which they came.
    names: Vec<String>,
    /// The key that holds the time of every line, if the first object has one. If it has none, each line may have another.
    time: Option<&'static str>,
    settings: Settings,
}

impl Schema for Json {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn learn(&mut self, sample: Sample<'_>) {
        let mut seen = HashSet::new();
        self.names = sample
            .lines()
            .flat_map(keys)
            .filter(|name| seen.insert(name.clone()))
            .collect();
        // The names of later lines must not matter here, since a stream is opened before they are known.
        let mut brackets = Vec::new();
        let first = sample
            .lines()
            .find(|line| check(line, &mut brackets).is_ok());
        let first_names: Vec<String> = first.into_iter().flat_map(keys).collect();
        self.time = time_key(&first_names);
    }

    fn fields(&self) -> Vec<FieldName> {
        self.names.iter().map(|name| FieldName::key(name)).collect()
    }

    fn open_ended(&self) -> bool {
        true
    }

    fn time_field(&self) -> Option<&str> {
        let key = self.time.or_else(|| time_key(&self.names));
        key.filter(|key| *key != TIME)
    }

    fn members(&self, value: &[u8]) -> Vec<String> {
        keys(value).collect()
    }

    fn verbatim(&self) -> Verbatim {
        Verbatim::UnlessBackslash
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let time = [Step::Key(self.time.unwrap_or(TIME).to_owned())];
        let (mut paths, mut times) = (Vec::new(), Vec::new());
        for (index, wanted) in wanted.iter().enumerate() {
            match &wanted.name {
                name if name.as_key() == Some(TIME) => {
                    paths.push((index, time.as_slice()));
                    times.push(index);
                }
                FieldName::Path(path) if !path.is_empty() => paths.push((index, path.as_slice())),
                name if Place::of(name).is_some() => {}
                _ => return Err(Unknown { index }),
            }
        }
        let any_time = (self.time.is_none() && !times.is_empty()).then(|| AnyTime::new(times));
        Ok(Box::new(JsonReader::new(
            Paths::new(paths.into_iter()),
            any_time,
            Words::new(wanted, self.settings.infer),
            Times::new(wanted, &self.settings.zone),
        )))
    }
}

#[cfg(test)]
mod tests;
