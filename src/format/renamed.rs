//! Objects of JSON in which a program names things its own way: the schema and the reader that `docker` and `journald` share.
//! Each of their fields is read from a key; all other keys are fields as they are.

use super::framing::{Cut, Framing, Pieces};
use super::json;
use super::wanted::TIME;
use super::{
    Always, Bad, Candidate, FieldName, Reader, Refused, Sample, Schema, Settings, Spec, Unknown,
    Verbatim, Want, Wanted,
};
use crate::record::Value;

/// What a format calls the keys.
pub(super) struct Renaming {
    pub(super) spec: &'static Spec,
    /// The keys that every object has, which show the format.
    pub(super) shown_by: &'static [&'static str],
    pub(super) fields: &'static [Renamed],
    /// How objects are cut that may be pieces of a record.
    pub(super) pieces: Option<Cut>,
}

/// A field that is read from a key.
pub(super) struct Renamed {
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    /// What the field is made of the key's value.
    pub(super) convert: Convert,
    pub(super) always: Option<Always>,
}

impl Renamed {
    /// A field that is the key's value as it is.
    pub(super) const fn kept(name: &'static str, key: &'static str) -> Renamed {
        Renamed::made(name, key, keep)
    }

    /// A field that is made of the key's value.
    pub(super) const fn made(name: &'static str, key: &'static str, convert: Convert) -> Renamed {
        Renamed {
            name,
            key,
            convert,
            always: None,
        }
    }
}

/// Makes a field of a value, or says what is wrong with it.
pub(super) type Convert = for<'a> fn(Value<'a>) -> Result<Value<'a>, Bad>;

pub(super) fn candidates(
    renaming: &'static Renaming,
    settings: &Settings,
) -> Result<Vec<Candidate>, Refused> {
    let candidates = (json::SPEC.candidates)(b"", settings)?.into_iter();
    let renamed = candidates.map(|candidate| Candidate {
        schema: Box::new(RenamedJson {
            renaming,
            json: candidate.schema,
        }),
        ..candidate
    });
    Ok(renamed.collect())
}

struct RenamedJson {
    renaming: &'static Renaming,
    json: Box<dyn Schema>,
}

impl RenamedJson {
    fn find(&self, name: &FieldName) -> Option<&'static Renamed> {
        let name = name.as_key()?;
        self.renaming.fields.iter().find(|field| field.name == name)
    }
}

impl Schema for RenamedJson {
    fn spec(&self) -> &'static Spec {
        self.renaming.spec
    }

    fn learn(&mut self, sample: Sample<'_>) {
        self.json.learn(sample);
    }

    fn fields(&self) -> Vec<FieldName> {
        let fields = self.renaming.fields.iter();
        let others = self.json.fields().into_iter();
        fields
            .map(|field| FieldName::key(field.name))
            .chain(others.filter(|name| self.find(name).is_none()))
            .collect()
    }

    fn open_ended(&self) -> bool {
        true
    }

    fn members(&self, value: &[u8]) -> Vec<String> {
        self.json.members(value)
    }

    fn always(&self, field: &str) -> Option<Always> {
        self.find(&FieldName::key(field))?.always
    }

    fn framing(&self, longest: usize) -> Option<Box<dyn Framing>> {
        let cut = self.renaming.pieces?;
        Some(Box::new(Pieces::new(cut, longest)))
    }

    fn verbatim(&self) -> Verbatim {
        // Converted values do not stand in the line.
        Verbatim::Never
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let fields = wanted.iter().enumerate();
        let converts =
            fields.filter_map(|(slot, wanted)| Some((slot, self.find(&wanted.name)?.convert)));
        let as_keys: Vec<Wanted> = wanted
            .iter()
            .map(|wanted| match self.find(&wanted.name) {
                Some(field) => Wanted {
                    name: FieldName::key(field.key),
                    want: if field.name == TIME {
                        Want::Time
                    } else {
                        wanted.want
                    },
                    ..wanted.clone()
                },
                None => wanted.clone(),
            })
            .collect();
        Ok(Box::new(RenamedReader {
            json: self.json.reader(&as_keys)?,
            converts: converts.collect(),
            renaming: self.renaming,
        }))
    }
}

struct RenamedReader {
    json: Box<dyn Reader>,
    /// The fields that are made of values: their places in the list of wanted fields.
    converts: Vec<(usize, Convert)>,
    renaming: &'static Renaming,
}

impl Reader for RenamedReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        self.json.read(line, out)?;
        for (slot, convert) in &self.converts {
            out[*slot] = convert(std::mem::take(&mut out[*slot]))?;
        }
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        self.json.check(line)?;
        let keys = json::scan::keys(line);
        let mut needed = self.renaming.shown_by.iter();
        match needed.find(|needed| !keys.contains(&needed.as_bytes())) {
            Some(missing) => Err(Bad::new(format!("no key '{missing}'"))),
            None => Ok(()),
        }
    }
}

/// The value as it is.
fn keep(value: Value<'_>) -> Result<Value<'_>, Bad> {
    Ok(value)
}
