//! What all readers do alike with the wanted fields: finding them by name, and turning those that are to be times into times.

use std::mem;

use jiff::tz::TimeZone;

use super::{Bad, Unknown, Want, Wanted};
use crate::record::time::AccessTimes;
use crate::record::{Timestamp, Value};

/// The field that holds the time of a record; its name differs between formats.
pub(super) const TIME: &str = "time";

/// Keys under which programs write the time of a record, the likeliest first.
pub(super) const TIME_KEYS: [&str; 7] = [
    TIME,
    "timestamp",
    "@timestamp",
    "ts",
    "datetime",
    "date",
    "t",
];

/// The name that holds the time: the likeliest of the names that programs use.
pub(super) fn time_key(names: &[String]) -> Option<&'static str> {
    TIME_KEYS
        .into_iter()
        .find(|key| names.iter().any(|name| name == key))
}

/// The field that `time` stands for if no field has that name.
pub(super) fn time_alias(names: &[String]) -> Option<&'static str> {
    time_key(names).filter(|key| *key != TIME)
}

/// Finds the wanted fields that have names: `(what `find` gave, place in the list)`, in the order of what it gave.
/// Words by number (`$N`) are left to others; `$0` is nothing.
pub(super) fn named<T: Ord>(
    wanted: &[Wanted],
    find: impl Fn(&str) -> Option<T>,
) -> Result<Vec<(T, usize)>, Unknown> {
    let mut found = Vec::new();
    for (index, wanted) in wanted.iter().enumerate() {
        match wanted.name.as_key().map(&find) {
            Some(Some(field)) => found.push((field, index)),
            None if super::words::Place::of(&wanted.name).is_some() => {}
            Some(None) | None if wanted.may_lack => {}
            Some(None) | None => return Err(Unknown { index }),
        }
    }
    found.sort();
    Ok(found)
}

/// Puts a value into a place where there have only been values that own nothing, as all that readers find in a line, and that
/// therefore need not be dropped.
///
/// A value is three words or more: made where it stays, it is not copied while its words are still on their way to memory.
#[inline(always)]
pub(super) fn put<'a>(value: Value<'a>, place: &mut Value<'a>) {
    mem::forget(mem::replace(place, value));
}

/// The wanted fields that are to be times.
pub(super) struct Times {
    /// Place in the list of wanted fields, name for the message if a value must be a time.
    wanted: Vec<(usize, Option<String>)>,
    texts: TimeTexts,
}

impl Times {
    /// Picks them out of the wanted fields.
    pub(super) fn new(wanted: &[Wanted], zone: &TimeZone) -> Times {
        let times = wanted
            .iter()
            .enumerate()
            .filter(|(_, wanted)| matches!(wanted.want, Want::Time | Want::MaybeTime));
        let name = |wanted: &Wanted| (wanted.want == Want::Time).then(|| wanted.name.to_string());
        let wanted = times.map(|(slot, wanted)| (slot, name(wanted))).collect();
        let texts = TimeTexts::new(zone);
        Times { wanted, texts }
    }

    /// Turns the values of a line, otherwise complete, into times where times are wanted.
    #[inline(always)]
    pub(super) fn apply(&mut self, out: &mut [Value<'_>]) -> Result<(), Bad> {
        if self.wanted.is_empty() {
            Ok(())
        } else {
            self.convert(out)
        }
    }

    fn convert(&mut self, out: &mut [Value<'_>]) -> Result<(), Bad> {
        for (slot, name) in &self.wanted {
            let value = mem::take(&mut out[*slot]);
            let time = match &value {
                Value::Missing => continue,
                Value::Time(time) => Some(*time),
                Value::Text(text) | Value::Digits(text) => self.texts.parse(text),
                Value::Escaped(_) => self.texts.parse(&value.bytes()),
                Value::Bool(_) | Value::Number(_) | Value::Json(_) => None,
            };
            match (time, name) {
                (Some(time), _) => out[*slot] = Value::Time(time),
                (None, Some(name)) => return Err(Bad::new(format!("{name} is not a time"))),
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// Reads times in any of the ways that logs write them.
pub(super) struct TimeTexts {
    zone: TimeZone,
    access: AccessTimes,
}

impl TimeTexts {
    /// `zone` is that of times which name none.
    pub(super) fn new(zone: &TimeZone) -> TimeTexts {
        TimeTexts {
            zone: zone.clone(),
            access: AccessTimes::default(),
        }
    }

    /// The time, if the text is one.
    #[inline]
    pub(super) fn parse(&mut self, text: &[u8]) -> Option<Timestamp> {
        // Only an access log's time has a slash there: 17/May/2026:10:05:03 +0000.
        if text.get(2) == Some(&b'/') {
            self.access.parse(text)
        } else {
            Timestamp::parse(text, &self.zone)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FieldName;

    #[test]
    fn time_stands_for_the_likeliest_key_only_if_there_is_none() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            time_alias(&names(&["t", "a", "@timestamp"])),
            Some("@timestamp")
        );
        assert_eq!(time_alias(&names(&["ts", "time"])), None);
        assert_eq!(time_alias(&names(&["a"])), None);
    }

    #[test]
    fn one_instant_in_four_spellings() {
        let mut texts = TimeTexts::new(&TimeZone::UTC);
        let expected = texts.parse(b"2026-05-17T10:05:03Z");
        assert!(expected.is_some());
        for text in [
            "17/May/2026:12:05:03 +0200",
            "2026-05-17T12:05:03+02:00",
            "1779012303",
        ] {
            assert_eq!(texts.parse(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(texts.parse(b"soon"), None);
    }

    #[test]
    fn unknown_fields_are_reported_with_their_position() {
        let want = Want::Any;
        let wanted = [
            FieldName::key("a"),
            FieldName::Last(0),
            FieldName::key("b"),
            FieldName::Nth(0),
        ]
        .map(|name| Wanted::new(name, want));
        let find = |name: &str| (name == "a").then_some(());
        assert_eq!(named(&wanted[..2], find), Ok(vec![((), 0)]));
        assert_eq!(named(&wanted, find), Err(Unknown { index: 2 }));
        assert_eq!(named(&wanted[3..], find), Err(Unknown { index: 0 }));
    }
}
