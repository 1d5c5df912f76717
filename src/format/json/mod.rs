//! `json` and `ndjson`: an object a line, read without being built, and rows written as such lines or as one array.

mod check;
mod paths;
mod read;
mod scan;
mod write;

use std::collections::HashSet;

use self::paths::Paths;
use self::read::JsonReader;
use super::sample::Judged;
use super::wanted::{Times, time_alias};
use super::words::{Place, Words};
use super::{
    FieldName, Opened, OutputSpec, Reader, Sample, Schema, Settings, Spec, Step, Unknown, Verbatim,
    Wanted,
};
use crate::record::json_text;

pub use self::write::{ndjson_writer, writer};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "json",
    summary: "Read JSON objects, one a line (NDJSON)",
    extensions: &["ndjson", "jsonl", "json"],
    open,
    example: concat!(
        "{\"time\":\"2026-05-17T10:05:03Z\",\"level\":\"info\",\"rt\":0.042,\"request\":{\"path\":\"/\",\"tags\":[\"a\",\"b\"]}}\n",
        "{\"time\":\"2026-05-17T10:05:04Z\",\"level\":\"warn\",\"rt\":1.50e1,\"note\":\"said \\\"no\\\" again\",\"ok\":false,\"user\":null}\n",
    ),
};

/// See the module.
pub(super) static OUTPUT: OutputSpec = OutputSpec {
    name: "json",
    summary: "Write one JSON array with an object a row",
    extensions: &["json"],
    is_rows: false,
    writer,
};

/// See the module.
pub static NDJSON: OutputSpec = OutputSpec {
    name: "ndjson",
    summary: "Write a JSON object a line",
    extensions: &["ndjson", "jsonl"],
    is_rows: true,
    writer: ndjson_writer,
};

fn open(sample: Sample<'_>, settings: &Settings) -> Opened {
    let mut seen = HashSet::new();
    let names: Vec<String> = sample
        .lines()
        .flat_map(keys)
        .filter(|name| seen.insert(name.clone()))
        .collect();
    let schema = Json {
        time: time_alias(&names),
        names,
        settings: settings.clone(),
    };
    Judged::of(&schema, sample).accept(SPEC.name)?;
    Ok(Box::new(schema))
}

/// The keys of an object, as far as the text is one.
fn keys(object: &[u8]) -> impl Iterator<Item = String> {
    let keys = scan::keys(object).into_iter();
    keys.map(|key| String::from_utf8_lossy(&json_text::unescape(key)).into_owned())
}

struct Json {
    /// The keys of the sample's objects, in the order in which they came.
    names: Vec<String>,
    /// The key that `time` stands for, if it is not `time`.
    time: Option<&'static str>,
    settings: Settings,
}

impl Schema for Json {
    fn format(&self) -> &'static str {
        SPEC.name
    }

    fn fields(&self) -> Vec<FieldName> {
        self.names.iter().map(|name| FieldName::key(name)).collect()
    }

    fn open_ended(&self) -> bool {
        true
    }

    fn time_field(&self) -> Option<&str> {
        self.time
    }

    fn members(&self, value: &[u8]) -> Vec<String> {
        keys(value).collect()
    }

    fn verbatim(&self) -> Verbatim {
        Verbatim::UnlessBackslash
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let time = self.time.map(|key| [Step::Key(key.to_owned())]);
        let mut paths = Vec::new();
        for (index, wanted) in wanted.iter().enumerate() {
            match (&wanted.name, &time) {
                (name, Some(time)) if name.as_key() == Some("time") => {
                    paths.push((index, time.as_slice()));
                }
                (FieldName::Path(path), _) if !path.is_empty() => {
                    paths.push((index, path.as_slice()));
                }
                (name, _) if Place::of(name).is_some() => {}
                _ => return Err(Unknown { index }),
            }
        }
        let paths = Paths::new(paths.into_iter());
        let words = Words::new(wanted, self.settings.infer);
        Ok(Box::new(JsonReader::new(
            paths,
            words,
            Times::new(wanted, &self.settings.zone),
        )))
    }
}

#[cfg(test)]
mod tests;
