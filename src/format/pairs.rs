//! Lines of pairs, each a key and a value: the schema and the reader that `logfmt` and `ltsv` share.
//!
//! Of a repeated key the first value counts. How a line is cut into pairs is left to the [`Notation`].

use std::collections::HashSet;
use std::marker::PhantomData;

use super::wanted::{TIME, TIME_KEYS, Times, time_alias};
use super::words::{Place, Words};
use super::{
    Bad, Candidate, FieldName, Reader, Sample, Schema, Settings, Spec, Unknown, Verbatim, Wanted,
};
use crate::record::Value;

/// How pairs are written.
pub(super) trait Notation: Send + Sync + 'static {
    /// What keeps a value's text from standing in the line as it is.
    const VERBATIM: Verbatim;

    /// The format.
    fn spec() -> &'static Spec;

    /// Cuts the first pair off a text; none at its end. Returns what follows it.
    fn cut(text: &[u8]) -> Cut<'_>;

    /// The value that is written there.
    fn value(written: Written<'_>, infer: bool) -> Value<'_>;

    /// The value of a key that holds the time.
    fn time(written: Written<'_>) -> Value<'_>;

    /// Whether a line is in this format without doubt.
    fn is_shown_by(line: &[u8]) -> bool;
}

/// See [`Notation::cut`]: the key, its value, the rest.
pub(super) type Cut<'a> = Result<Option<(&'a [u8], Written<'a>, &'a [u8])>, Bad>;

/// A value as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// Nothing, not even what separates it from its key.
    Alone,
    /// Without quotes.
    Bare(&'a [u8]),
    /// In quotes: what stands between them.
    Quoted(&'a [u8]),
}

/// What lines must have to be records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Nothing: they are parts of lines that others have chosen.
    Any,
    /// A key with a value.
    OneValue,
    /// What shows the format without doubt.
    Shown,
}

/// The schemas of a format of pairs: one that only lines without doubt show, and one for those who ask for it.
pub(super) fn candidates<N: Notation>(settings: &Settings) -> Vec<Candidate> {
    let candidate = |rule| Candidate {
        schema: Box::new(Pairs::<N> {
            names: Vec::new(),
            rule,
            settings: settings.clone(),
            notation: PhantomData,
        }),
        is_likely: rule == Rule::Shown,
        enough: 1,
    };
    [Rule::Shown, Rule::OneValue].map(candidate).into()
}

struct Pairs<N> {
    /// The keys of the sample's lines, in the order in which they came.
    names: Vec<String>,
    rule: Rule,
    settings: Settings,
    notation: PhantomData<N>,
}

impl<N: Notation> Schema for Pairs<N> {
    fn spec(&self) -> &'static Spec {
        N::spec()
    }

    fn learn(&mut self, sample: Sample<'_>) {
        self.rule = Rule::OneValue;
        let mut seen = HashSet::new();
        for line in sample.lines() {
            let mut rest = line;
            while let Ok(Some((key, _, after))) = N::cut(rest) {
                let name = String::from_utf8_lossy(key).into_owned();
                if seen.insert(name.clone()) {
                    self.names.push(name);
                }
                rest = after;
            }
        }
    }

    fn fields(&self) -> Vec<FieldName> {
        self.names.iter().map(|name| FieldName::key(name)).collect()
    }

    fn open_ended(&self) -> bool {
        true
    }

    fn time_field(&self) -> Option<&str> {
        time_alias(&self.names)
    }

    fn verbatim(&self) -> Verbatim {
        N::VERBATIM
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        if let Some(index) = wanted
            .iter()
            .position(|wanted| wanted.name == FieldName::Nth(0))
        {
            return Err(Unknown { index });
        }
        Ok(reader::<N>(wanted, self.rule, &self.settings))
    }
}

/// A reader of the values of keys. `time` is the first of the usual names that a text has.
pub(super) fn reader<N: Notation>(
    wanted: &[Wanted],
    rule: Rule,
    settings: &Settings,
) -> Box<dyn Reader> {
    let (mut keys, mut times) = (Vec::new(), Vec::new());
    for (index, wanted) in wanted.iter().enumerate() {
        match wanted.name.as_key() {
            Some(TIME) => times.push(index),
            Some(key) => keys.push((key.as_bytes().to_vec(), index)),
            // Keys with dots are written as they are.
            None if Place::of(&wanted.name).is_none() => {
                keys.push((wanted.name.to_string().into_bytes(), index));
            }
            None => {}
        }
    }
    Box::new(PairsReader::<N> {
        met: vec![false; keys.len()],
        keys,
        times,
        rule,
        infer: settings.infer,
        words: Words::new(wanted, settings.infer),
        converter: Times::new(wanted, &settings.zone),
        notation: PhantomData,
    })
}

struct PairsReader<N> {
    /// The wanted keys, with their places in the list of wanted fields.
    keys: Vec<(Vec<u8>, usize)>,
    /// The places of the time.
    times: Vec<usize>,
    /// Which of the keys the line has had.
    met: Vec<bool>,
    rule: Rule,
    infer: bool,
    words: Words,
    converter: Times,
    notation: PhantomData<N>,
}

const NO_VALUE: &str = "no key with a value";

impl<N: Notation> Reader for PairsReader<N> {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        for slot in self.keys.iter().map(|(_, slot)| slot).chain(&self.times) {
            out[*slot] = Value::Missing;
        }
        let mut left = self.keys.len();
        // How likely the key is under which the time was found.
        let mut rank = TIME_KEYS.len();
        let mut is_record = self.rule == Rule::Any;
        let mut rest = line;
        self.met.fill(false);
        while let Some((key, written, after)) = N::cut(rest)? {
            rest = after;
            is_record |= written != Written::Alone;
            for ((wanted, slot), met) in self.keys.iter().zip(&mut self.met) {
                if !*met && wanted == key {
                    out[*slot] = N::value(written, self.infer);
                    *met = true;
                    left -= 1;
                }
            }
            if !self.times.is_empty()
                && let Some(place) = TIME_KEYS[..rank]
                    .iter()
                    .position(|known| known.as_bytes() == key)
            {
                let time = N::time(written);
                if !time.is_missing() {
                    rank = place;
                    for slot in &self.times {
                        out[*slot] = time.clone();
                    }
                }
            }
            if is_record && left == 0 && (self.times.is_empty() || rank == 0) {
                break;
            }
        }
        if !is_record {
            return Err(Bad::new(NO_VALUE));
        }
        self.words.fill(line, out);
        self.converter.apply(out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut rest = line;
        let mut is_record = self.rule == Rule::Any;
        while let Some((_, written, after)) = N::cut(rest)? {
            is_record |= written != Written::Alone;
            rest = after;
        }
        let is_control = |byte: &u8| *byte != b'\t' && byte.is_ascii_control();
        match self.rule {
            _ if !is_record => Err(Bad::new(NO_VALUE)),
            Rule::OneValue | Rule::Shown if line.iter().any(is_control) => {
                Err(Bad::new("a control character"))
            }
            Rule::Shown if !N::is_shown_by(line) => Err(Bad::new("too few pairs")),
            _ => Ok(()),
        }
    }
}
