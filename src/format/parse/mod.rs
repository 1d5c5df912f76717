//! Reading the fields of a text that is not a whole file: a line, or the value of a field. Nothing is learnt from other texts.

mod auto;
mod pat;
mod re;

use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    Reader, Refused, Settings, Spec, Unknown, Wanted, combined, common, json, logfmt, ltsv,
};

pub use pat::Pat;
pub use re::Re;

/// How the fields of a text are read.
#[derive(Clone)]
pub enum Parse {
    /// In a format that a text shows by itself.
    Named(&'static NamedParse),
    /// By a pattern.
    Pat(Arc<Pat>),
    /// By a regex.
    Re(Arc<Re>),
}

/// A format of texts, by name.
pub struct NamedParse {
    /// The word after `parse`.
    pub name: &'static str,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// The names of all fields; none if every text may have others.
    fields: fn() -> Option<Vec<String>>,
    reader: fn(&[Wanted], &Settings) -> Made,
}

/// A reader, or the first field that the format does not have.
type Made = Result<Box<dyn Reader>, Unknown>;

/// Every format of texts, by name.
pub static PARSES: &[NamedParse] = &[
    NamedParse {
        name: "auto",
        summary: "Read JSON objects, lines of access logs and pairs KEY=VALUE, each text as what it is",
        fields: || None,
        reader: auto::reader,
    },
    NamedParse {
        name: "combined",
        summary: "Read lines of access logs in the combined format",
        fields: || fields_of(&combined::SPEC),
        reader: |wanted, settings| reader_of(&combined::SPEC, wanted, settings),
    },
    NamedParse {
        name: "common",
        summary: "Read lines of access logs in the common format",
        fields: || fields_of(&common::SPEC),
        reader: |wanted, settings| reader_of(&common::SPEC, wanted, settings),
    },
    NamedParse {
        name: "json",
        summary: "Read JSON objects",
        fields: || None,
        reader: |wanted, settings| reader_of(&json::SPEC, wanted, settings),
    },
    NamedParse {
        name: "logfmt",
        summary: "Read pairs KEY=VALUE, values with blanks in quotes",
        fields: || None,
        reader: logfmt::reader,
    },
    NamedParse {
        name: "ltsv",
        summary: "Read cells LABEL:VALUE separated by tabs",
        fields: || None,
        reader: ltsv::reader,
    },
];

/// The format of texts of this name.
pub fn find_parse(name: &str) -> Option<&'static NamedParse> {
    PARSES.iter().find(|parse| parse.name == name)
}

impl Parse {
    /// Whether it says what a whole text is, and not only what stands somewhere in it.
    pub fn is_whole(&self) -> bool {
        !matches!(self, Parse::Re(_))
    }

    /// The names of all fields; none if every text may have others.
    pub fn fields(&self) -> Option<Vec<String>> {
        match self {
            Parse::Named(named) => (named.fields)(),
            Parse::Pat(pat) => Some(pat.names().map(str::to_owned).collect()),
            Parse::Re(re) => Some(re.names().map(str::to_owned).collect()),
        }
    }

    /// A reader of these fields, which have names that [`Parse::fields`] lists or any if it lists none.
    ///
    /// # Errors
    /// The first that it does not list.
    pub fn reader(
        &self,
        wanted: &[Wanted],
        settings: &Settings,
    ) -> Result<Box<dyn Reader>, Unknown> {
        match self {
            Parse::Named(named) => (named.reader)(wanted, settings),
            Parse::Pat(pat) => Ok(Box::new(pat::PatReader::new(pat, wanted, settings)?)),
            Parse::Re(re) => Ok(Box::new(re::ReReader::new(re, wanted, settings)?)),
        }
    }
}

impl fmt::Debug for Parse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// As a query writes it.
impl fmt::Display for Parse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parse::Named(named) => f.write_str(named.name),
            Parse::Pat(pat) => write!(f, "pat \"{}\"", pat.text().replace('"', "\\\"")),
            Parse::Re(re) => write!(f, "re /{}/", re.text()),
        }
    }
}

fn fields_of(spec: &Spec) -> Option<Vec<String>> {
    let settings = Settings::of_zone(TimeZone::UTC);
    let candidates = first_candidate(spec, &settings).ok()?;
    let fields = candidates.fields();
    Some(fields.iter().map(ToString::to_string).collect())
}

fn reader_of(
    spec: &Spec,
    wanted: &[Wanted],
    settings: &Settings,
) -> Result<Box<dyn Reader>, Unknown> {
    match first_candidate(spec, settings) {
        Ok(schema) => schema.reader(wanted),
        Err(_) => Err(Unknown { index: 0 }),
    }
}

fn first_candidate(spec: &Spec, settings: &Settings) -> Result<Box<dyn super::Schema>, Refused> {
    Ok((spec.candidates)(b"", settings)?.swap_remove(0).schema)
}
