//! Functions that make texts of texts.

use std::borrow::Cow;

use super::norm::normalized;
use super::{CallContext, given, number, text};
use crate::record::{Bad, Number, Value};

type Arguments<'a, 'r> = &'a [Cow<'r, Value<'r>>];

pub(super) fn concat<'r>(arguments: Arguments<'_, 'r>, _: &CallContext) -> Result<Value<'r>, Bad> {
    let mut joined = Vec::new();
    for argument in arguments {
        // Unlike elsewhere, - is a text here: it is usual between others.
        match argument.as_ref() {
            Value::Missing => return Ok(Value::Missing),
            part => joined.extend_from_slice(&part.bytes()),
        }
    }
    Ok(Value::Text(Cow::Owned(joined)))
}

pub(super) fn extract<'r>(
    arguments: Arguments<'_, 'r>,
    context: &CallContext,
) -> Result<Value<'r>, Bad> {
    let (Some(text), Some(regex)) = (text(&arguments[0]), &context.regex) else {
        return Ok(Value::Missing);
    };
    if regex.captures_len() == 1 {
        let found = regex.find(&*text);
        return Ok(given(found.map(|found| &text[found.range()])));
    }
    let mut captures = regex.create_captures();
    regex.captures(&*text, &mut captures);
    let group = captures.get_group(1);
    Ok(given(group.map(|group| &text[group.range()])))
}

pub(super) fn norm<'r>(arguments: Arguments<'_, 'r>, _: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(text(&arguments[0]).map_or(Value::Missing, |text| {
        Value::Text(Cow::Owned(normalized(&text)))
    }))
}

pub(super) fn replace<'r>(
    arguments: Arguments<'_, 'r>,
    context: &CallContext,
) -> Result<Value<'r>, Bad> {
    let (Some(text), Some(regex)) = (text(&arguments[0]), &context.regex) else {
        return Ok(Value::Missing);
    };
    let with = arguments[1].bytes();
    let (mut replaced, mut at) = (Vec::with_capacity(text.len()), 0);
    for found in regex.find_iter(&*text) {
        replaced.extend_from_slice(&text[at..found.start()]);
        replaced.extend_from_slice(&with);
        at = found.end();
    }
    replaced.extend_from_slice(&text[at..]);
    Ok(Value::Text(Cow::Owned(replaced)))
}

pub(super) fn split<'r>(arguments: Arguments<'_, 'r>, _: &CallContext) -> Result<Value<'r>, Bad> {
    let (Some(text), Some(place)) = (text(&arguments[0]), whole("split", &arguments[2])?) else {
        return Ok(Value::Missing);
    };
    let separator = arguments[1].bytes();
    if separator.is_empty() {
        return Err(Bad::new("split() needs a separator"));
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for found in memchr::memmem::find_iter(&text, &*separator) {
        parts.push(&text[at..found]);
        at = found + separator.len();
    }
    parts.push(&text[at..]);
    let place = match place {
        1.. => usize::try_from(place - 1).ok(),
        0 => return Err(Bad::new("split() counts parts from 1")),
        _ => parts
            .len()
            .checked_sub(usize::try_from(-place).unwrap_or(usize::MAX)),
    };
    Ok(given(place.and_then(|place| parts.get(place).copied())))
}

pub(super) fn substr<'r>(arguments: Arguments<'_, 'r>, _: &CallContext) -> Result<Value<'r>, Bad> {
    let length = match arguments.get(2) {
        Some(length) => whole("substr", length)?,
        None => Some(i128::MAX),
    };
    let (Some(text), Some(first), Some(length)) =
        (text(&arguments[0]), whole("substr", &arguments[1])?, length)
    else {
        return Ok(Value::Missing);
    };
    // As in awk, what lies before the text counts.
    let place = |place: i128| usize::try_from(place.clamp(0, text.len() as i128)).unwrap_or(0);
    let start = place(first.saturating_sub(1));
    let end = place(first.saturating_sub(1).saturating_add(length)).max(start);
    Ok(given(Some(&text[start..end])))
}

/// A whole number; none if it is missing.
fn whole(function: &str, value: &Value<'_>) -> Result<Option<i128>, Bad> {
    match number(value)?.map(Number::trimmed) {
        None => Ok(None),
        Some(Number::Decimal { units, scale: 0 }) => Ok(Some(units)),
        Some(_) => Err(Bad::new(format!("{function}() needs a whole number"))),
    }
}
