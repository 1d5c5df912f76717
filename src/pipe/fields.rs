//! Fields of records in expressions: where they are found, and what they are as values.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::failure::Failure;
use super::shared::Shared;
use super::spec::Refused;
use crate::expr::functions::Kind;
use crate::expr::syntax::Expr;
use crate::expr::{Clock, QueryError, Scope, nearest};
use crate::format::records::inside;
use crate::observe::Observe;
use crate::record::records::{Names, RawValue, Record};
use crate::record::{Bad, FieldName, Step, Timestamp, Value, Want};

/// Something with expressions, which is checked when the chain is planned, and compiled when the run has begun: only then are
/// time and zone known.
pub(super) struct Compiled<T> {
    compile: Compile<T>,
    ready: Option<(Fields, T)>,
}

/// Compiles expressions, whose fields it collects.
type Compile<T> = Box<dyn Fn(&mut Fields) -> Result<T, QueryError> + Send>;

impl<T> Compiled<T> {
    /// Checks expressions, which stand in `text`.
    ///
    /// # Errors
    /// What is wrong with them, and where.
    pub(super) fn new(
        text: &str,
        compile: impl Fn(&mut Fields) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<Compiled<T>, Refused> {
        let clock = Clock {
            now: Timestamp::now(),
            zone: TimeZone::UTC,
        };
        compile(&mut Fields::new(clock)).map_err(|error| refused(&error, text))?;
        Ok(Compiled {
            compile: Box::new(compile),
            ready: None,
        })
    }

    /// The fields, and what was compiled.
    ///
    /// # Errors
    /// If the expressions have no meaning at this time and place.
    pub(super) fn get(&mut self, shared: &Shared<'_>) -> Result<&mut (Fields, T), Failure> {
        if self.ready.is_none() {
            let mut fields = Fields::new(Clock {
                now: shared.clock.time_of_day(),
                zone: (shared.zone)(),
            });
            let compiled = (self.compile)(&mut fields);
            let compiled = compiled.map_err(|error| Failure::new(error.message))?;
            self.ready = Some((fields, compiled));
        }
        let ready = self.ready.as_mut();
        Ok(ready.expect("it has just been compiled"))
    }

    /// See [`Fields::warn`].
    pub(super) fn warn(&self, observe: &dyn Observe) {
        if let Some((fields, _)) = &self.ready {
            fields.warn(observe);
        }
    }
}

/// The fields that a stage uses, by slot.
pub(super) struct Fields {
    wanted: Vec<Wanted>,
    clock: Clock,
    /// The names that the places are for.
    names: Option<Names>,
}

struct Wanted {
    name: FieldName,
    want: Want,
    /// Where it is in records with the names at hand.
    place: Option<usize>,
    /// Some record had it.
    is_found: bool,
}

impl Fields {
    fn new(clock: Clock) -> Fields {
        Fields {
            wanted: Vec::new(),
            clock,
            names: None,
        }
    }

    /// The slot of a field.
    pub(super) fn slot(&mut self, name: &FieldName, want: Want) -> usize {
        let known = self
            .wanted
            .iter()
            .position(|known| known.name == *name && known.want == want);
        known.unwrap_or_else(|| {
            self.wanted.push(Wanted {
                name: name.clone(),
                want,
                place: None,
                is_found: false,
            });
            self.wanted.len() - 1
        })
    }

    /// Finds the fields in records with these names; the first of equal names counts.
    fn place(&mut self, names: &Names) {
        if self
            .names
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, names))
        {
            return;
        }
        for wanted in &mut self.wanted {
            wanted.place = match &wanted.name {
                FieldName::Nth(number) => {
                    number.checked_sub(1).filter(|place| *place < names.len())
                }
                FieldName::Last(before) => names.len().checked_sub(1 + before),
                FieldName::Path(steps) => match steps.first() {
                    Some(Step::Key(key)) => names.iter().position(|name| **name == *key.as_bytes()),
                    _ => None,
                },
            };
            wanted.is_found |= wanted.place.is_some();
        }
        self.names = Some(Arc::clone(names));
    }

    /// The value of a slot, as it was written.
    pub(super) fn raw<'a>(&mut self, slot: usize, record: &Record<'a>) -> Option<RawValue<'a>> {
        self.place(record.names());
        self.wanted[slot].raw(record)
    }

    /// The values of all slots.
    ///
    /// # Errors
    /// If a field is not what it is needed as.
    pub(super) fn row<'a>(&mut self, record: &Record<'a>) -> Result<Vec<Value<'a>>, Bad> {
        self.place(record.names());
        let zone = &self.clock.zone;
        self.wanted
            .iter()
            .map(|wanted| wanted.value(record, zone))
            .collect()
    }

    /// Warns about fields that no record had, which are likely to be mistyped. None is called so if there were no records.
    fn warn(&self, observe: &dyn Observe) {
        let Some(names) = &self.names else { return };
        for wanted in self.wanted.iter().filter(|wanted| !wanted.is_found) {
            let name = wanted.name.to_string();
            let known: Vec<_> = names
                .iter()
                .map(|name| String::from_utf8_lossy(name))
                .collect();
            let hint = match nearest(&name, known.iter().map(|name| &**name)) {
                Some(near) => format!("; did you mean '{near}'?"),
                None => String::new(),
            };
            observe.warned(&format!("no record had a field '{name}'{hint}"));
        }
    }
}

impl Wanted {
    fn raw<'a>(&self, record: &Record<'a>) -> Option<RawValue<'a>> {
        let value = record.value(self.place?)?;
        match &self.name {
            FieldName::Path(steps) if steps.len() > 1 => inside(value, &steps[1..]),
            _ => Some(value),
        }
    }

    fn value<'a>(&self, record: &Record<'a>, zone: &TimeZone) -> Result<Value<'a>, Bad> {
        let value = self.raw(record).map_or(Value::Missing, RawValue::value);
        if self.want != Want::Time || value.is_missing() {
            return Ok(value);
        }
        match Timestamp::parse(&value.bytes(), zone) {
            Some(time) => Ok(Value::Time(time)),
            None => Err(Bad::new(format!("{} is not a time", self.name))),
        }
    }
}

impl Scope for Fields {
    /// As in `jug log`, `time` is a time.
    fn field(
        &mut self,
        name: &FieldName,
        want: Want,
    ) -> Result<(usize, Kind), (String, Option<String>)> {
        let (want, kind) = match (want, name.as_key()) {
            (Want::Time, _) | (_, Some("time")) => (Want::Time, Kind::Time),
            _ => (Want::Any, Kind::Any),
        };
        Ok((self.slot(name, want), kind))
    }

    fn call(&mut self, _: &str, _: &[Expr], _: &Expr) -> Result<Option<(usize, Kind)>, QueryError> {
        Ok(None)
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// Words of a stage as one text of the expression language.
pub(super) fn joined(words: &[String]) -> String {
    words.join(" ")
}

/// The refusal of a text that is none of the expression language.
pub(super) fn refused(error: &QueryError, text: &str) -> Refused {
    let refused = Refused::new(error.render(text));
    match &error.hint {
        Some(hint) => refused.hint(hint),
        None => refused,
    }
}

/// The failure for a record that an expression cannot be computed for.
pub(super) fn failure(bad: Bad) -> Failure {
    Failure::new(bad.reason)
}
