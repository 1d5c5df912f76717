//! One cell: a field of a line, a constant, or something computed.
//!
//! Values borrow from the line for as long as they can. Numbers read from a line keep their text ([`Value::Digits`])
//! until somebody does arithmetic with them, so grouping by a status code never parses one and never rewrites one.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::json_text;
use super::number::cmp_texts;
use super::{Number, Timestamp};

/// A cell. The order of the variants is the order of the kinds in [`Value::total_cmp`].
#[derive(Clone, Debug, Default)]
pub enum Value<'a> {
    /// Absent, `-`, empty where the format says so, or JSON's `null`.
    #[default]
    Missing,
    /// JSON's `true` and `false`, and what conditions give.
    Bool(bool),
    /// A number as it was written, which its format has checked to be one.
    Digits(Cow<'a, [u8]>),
    /// A number that was computed.
    Number(Number),
    /// An instant.
    Time(Timestamp),
    /// Text: any bytes.
    Text(Cow<'a, [u8]>),
    /// The inside of a JSON string that has escapes in it, kept as it was written until somebody looks.
    Escaped(&'a [u8]),
    /// A JSON object or array as it was written.
    Json(Cow<'a, [u8]>),
}

/// A cell of a result: a value that borrows nothing, and whether it is an approximation.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The value.
    pub value: Value<'static>,
    /// Whether it is an approximation, within the error that what computed it documents. A missing value that is one is a number
    /// that is out of range.
    pub approx: bool,
}

impl Cell {
    /// An exact value.
    pub fn exact(value: Value<'static>) -> Cell {
        Cell {
            value,
            approx: false,
        }
    }

    /// An approximation.
    pub fn approximate(value: Value<'static>) -> Cell {
        Cell {
            value,
            approx: true,
        }
    }

    /// Whether it is a number that nothing can hold.
    pub fn is_out_of_range(&self) -> bool {
        self.approx && matches!(self.value, Value::Missing)
    }

    /// A text, copied.
    pub fn text(text: impl AsRef<[u8]>) -> Cell {
        Cell::exact(Value::Text(Cow::Owned(text.as_ref().to_vec())))
    }

    /// A number that was computed.
    pub fn number(number: impl Into<Number>) -> Cell {
        Cell::exact(Value::Number(number.into()))
    }
}

/// Whether a text stands for a missing value. Called, so that the loops over numbers stay small.
#[inline(never)]
fn stands_for_nothing(text: &[u8]) -> bool {
    matches!(text, [] | [b'-'])
}

/// Whether a text can be a number, by its first byte: most texts cannot.
#[inline]
fn begins_number(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.'))
}

impl Value<'_> {
    /// Whether there is none: it is absent or `null`, or its text is empty or `-`, as formats without a null write it.
    #[inline(always)]
    pub fn is_missing(&self) -> bool {
        match self {
            Value::Missing => true,
            Value::Text(text) => stands_for_nothing(text),
            _ => false,
        }
    }

    /// The number that it is, or that its text is.
    pub fn number(&self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Digits(text) => Number::parse(text),
            Value::Text(text) => begins_number(text).then(|| Number::parse(text))?,
            Value::Escaped(_) => Number::parse(&self.bytes()),
            Value::Missing | Value::Bool(_) | Value::Time(_) | Value::Json(_) => None,
        }
    }

    /// Its plain text, as TSV and CSV show it; nothing if it is missing.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Value::Missing => Cow::Borrowed(b""),
            Value::Bool(true) => Cow::Borrowed(b"true"),
            Value::Bool(false) => Cow::Borrowed(b"false"),
            Value::Digits(text) | Value::Text(text) | Value::Json(text) => Cow::Borrowed(text),
            Value::Number(number) => Cow::Owned(number.to_string().into_bytes()),
            Value::Time(time) => Cow::Owned(time.to_string().into_bytes()),
            Value::Escaped(text) => Cow::Owned(json_text::unescape(text)),
        }
    }

    /// Appends its plain text if that is digits and punctuation that no format has to escape; false if it is something else.
    pub fn write_plainly(&self, out: &mut Vec<u8>) -> bool {
        match self {
            Value::Number(number) => number.write(out),
            Value::Time(time) => time.write(out),
            _ => return false,
        }
        true
    }

    /// The same value, borrowing nothing.
    pub fn into_static(self) -> Value<'static> {
        let owned = |text: Cow<'_, [u8]>| Cow::Owned(text.into_owned());
        match self {
            Value::Missing => Value::Missing,
            Value::Bool(value) => Value::Bool(value),
            Value::Digits(text) => Value::Digits(owned(text)),
            Value::Number(number) => Value::Number(number),
            Value::Time(time) => Value::Time(time),
            Value::Text(text) => Value::Text(owned(text)),
            Value::Escaped(text) => Value::Text(Cow::Owned(json_text::unescape(text))),
            Value::Json(text) => Value::Json(owned(text)),
        }
    }

    /// Puts a copy in the place of another value, whose memory is used again if it is of the same kind.
    pub fn copy_to(&self, place: &mut Value<'static>) {
        match (self, place) {
            (Value::Digits(text), Value::Digits(Cow::Owned(kept)))
            | (Value::Text(text), Value::Text(Cow::Owned(kept)))
            | (Value::Json(text), Value::Json(Cow::Owned(kept))) => {
                kept.clear();
                kept.extend_from_slice(text);
            }
            (value, place) => *place = value.clone().into_static(),
        }
    }

    /// The same value, borrowing from this one.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Value::Digits(text) => Value::Digits(Cow::Borrowed(text)),
            Value::Text(text) => Value::Text(Cow::Borrowed(text)),
            Value::Json(text) => Value::Json(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }

    /// The one total order: missing, false, true, numbers by size and then by text, times, texts by bytes, JSON by bytes.
    /// Text that is a number is among the numbers; of two with one text, the one that is text comes last.
    pub fn total_cmp(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            // What is counted is nearly always compared with the like.
            (
                Value::Number(Number::Decimal {
                    units: left,
                    scale: left_scale,
                }),
                Value::Number(Number::Decimal {
                    units: right,
                    scale: right_scale,
                }),
            ) if left_scale == right_scale => left.cmp(right),
            (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
            (Value::Time(left), Value::Time(right)) => left
                .cmp(right)
                .then_with(|| left.digits().cmp(&right.digits())),
            (Value::Json(left), Value::Json(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right))
                if !begins_number(left) && !begins_number(right) =>
            {
                left.cmp(right)
            }
            _ => self.cmp_by_rank(other),
        }
    }

    fn cmp_by_rank(&self, other: &Value<'_>) -> Ordering {
        let (left, right) = (self.number(), other.number());
        let (left_rank, right_rank) = (self.rank(left), other.rank(right));
        let by_value = match (left, right) {
            (Some(left), Some(right)) => self.cmp_numbers(left, other, right),
            _ => left_rank.cmp(&right_rank),
        };
        by_value
            .then_with(|| self.spelling_cmp(other))
            .then_with(|| self.is_text().cmp(&other.is_text()))
    }

    /// The order of two values that are these numbers, by their exact values: what a float would round is compared digit by
    /// digit.
    #[inline]
    pub fn cmp_numbers(&self, number: Number, other: &Value<'_>, others: Number) -> Ordering {
        match (number, others) {
            (Number::Decimal { .. }, Number::Decimal { .. }) => number.numeric_cmp(others),
            _ => cmp_texts(&self.bytes(), &other.bytes()),
        }
    }

    /// The order of two equal values, by their texts. Computed decimals of one scale have one text, and need not be
    /// written to be compared.
    fn spelling_cmp(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (
                Value::Number(Number::Decimal { scale: left, .. }),
                Value::Number(Number::Decimal { scale: right, .. }),
            ) if left == right => Ordering::Equal,
            _ => self.bytes().cmp(&other.bytes()),
        }
    }

    fn is_text(&self) -> bool {
        matches!(self, Value::Text(_) | Value::Escaped(_))
    }

    /// The place of its kind in the order; `number` is the number that it is.
    fn rank(&self, number: Option<Number>) -> u8 {
        match self {
            _ if number.is_some() => 2,
            Value::Missing => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::Time(_) => 3,
            // Digits that no number can hold, such as 1e999, are compared as text.
            Value::Digits(_) | Value::Text(_) | Value::Escaped(_) => 4,
            Value::Json(_) => 5,
        }
    }

    /// Appends it as JSON: numbers as they were written if JSON can write them so.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Value::Missing => out.extend_from_slice(b"null"),
            Value::Digits(text) if json_text::is_number(text) => out.extend_from_slice(text),
            Value::Digits(text) => match Number::parse(text) {
                Some(number) => Value::Number(number).write_json(out),
                None => json_text::write_string(text, out),
            },
            Value::Number(number) => number.write(out),
            Value::Time(time) => {
                out.push(b'"');
                time.write(out);
                out.push(b'"');
            }
            Value::Escaped(text) if json_text::is_string_inside(text) => {
                out.push(b'"');
                out.extend_from_slice(text);
                out.push(b'"');
            }
            Value::Text(_) | Value::Escaped(_) => json_text::write_string(&self.bytes(), out),
            Value::Bool(_) | Value::Json(_) => out.extend_from_slice(&self.bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Value<'_> {
        Value::Digits(Cow::Borrowed(text.as_bytes()))
    }

    fn text(text: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(text.as_bytes()))
    }

    #[test]
    fn a_copy_is_the_same_value_whatever_stood_in_its_place() {
        let values = || {
            [
                Value::Missing,
                Value::Bool(true),
                digits("12.50"),
                digits("7"),
                text("long enough to be kept"),
                text(""),
                Value::Escaped(b"a\\nb"),
                Value::Json(Cow::Borrowed(b"[1]")),
            ]
        };
        for old in values() {
            for new in values() {
                let mut place = old.clone().into_static();
                new.copy_to(&mut place);
                assert_eq!(
                    format!("{place:?}"),
                    format!("{:?}", new.clone().into_static())
                );
            }
        }
    }

    fn json(value: &Value<'_>) -> String {
        let mut out = Vec::new();
        value.write_json(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn has_one_total_order() {
        let time = |text: &str| {
            Value::Time(Timestamp::parse(text.as_bytes(), &jiff::tz::TimeZone::UTC).unwrap())
        };
        let sorted = [
            Value::Missing,
            Value::Bool(false),
            Value::Bool(true),
            digits("-3"),
            digits("1.5"),
            digits("1.50"),
            Value::Number(Number::from(2_u64)),
            text("9"),
            Value::Escaped(b"9.\\u0035"),
            digits("10"),
            text("10"),
            text("1e1"),
            time("2026-01-01T00:00:00Z"),
            time("2026-01-01T00:00:00.0Z"),
            text(""),
            text("-"),
            digits("1e999"),
            text("a"),
            Value::Json(Cow::Borrowed(b"[1]")),
        ];
        for (index, left) in sorted.iter().enumerate() {
            for (other, right) in sorted.iter().enumerate() {
                assert_eq!(
                    left.total_cmp(right),
                    index.cmp(&other),
                    "{left:?} {right:?}"
                );
            }
        }
    }

    #[test]
    fn writes_json_as_it_came() {
        assert_eq!(json(&digits("1.50")), "1.50");
        assert_eq!(json(&digits("007")), "7");
        assert_eq!(json(&text("a\"b\n\u{e9}")), "\"a\\\"b\\n\u{e9}\"");
        assert_eq!(json(&Value::Text(Cow::Borrowed(b"\xff"))), "\"\u{fffd}\"");
        assert_eq!(json(&Value::Escaped(b"a\\u00e9\\n")), "\"a\\u00e9\\n\"");
        assert_eq!(json(&Value::Escaped(b"bad \\q")), "\"bad \\\\q\"");
        assert_eq!(
            json(&Value::Json(Cow::Borrowed(b"{\"a\": 1}"))),
            "{\"a\": 1}"
        );
        assert_eq!(json(&Value::Missing), "null");
    }
}
