//! Values as keys of groups: bytes that are equal exactly when kind and text are.

use std::borrow::Cow;

use super::{Timestamp, Value};

/// The kind of a key, beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// No value.
    Missing,
    /// True or false.
    Bool,
    /// A number, by its text.
    Number,
    /// An instant and how many digits of it were known.
    Time,
    /// Text.
    Text,
    /// JSON, by its text.
    Json,
    /// Several keys, one after the other.
    Several,
}

const TAGS: [Tag; 7] = [
    Tag::Missing,
    Tag::Bool,
    Tag::Number,
    Tag::Time,
    Tag::Text,
    Tag::Json,
    Tag::Several,
];

impl Tag {
    /// The tag with this number.
    pub fn of(number: u8) -> Option<Tag> {
        TAGS.get(usize::from(number)).copied()
    }
}

impl Value<'_> {
    /// The key of a group with just this value, if the value contains its bytes.
    #[inline]
    pub fn key_in_place(&self) -> Option<(Tag, &[u8])> {
        match self {
            Value::Digits(text) => Some((Tag::Number, text)),
            Value::Text(text) => Some((Tag::Text, text)),
            Value::Missing => Some((Tag::Missing, b"")),
            Value::Json(text) => Some((Tag::Json, text)),
            Value::Time(_) | Value::Bool(_) | Value::Number(_) | Value::Escaped(_) => None,
        }
    }

    /// The key of a group with just this value. `scratch` is overwritten if the value does not contain the bytes of its key.
    #[inline]
    pub fn key<'k>(&'k self, scratch: &'k mut Vec<u8>) -> (Tag, &'k [u8]) {
        if let Some(key) = self.key_in_place() {
            return key;
        }
        scratch.clear();
        let tag = match self {
            Value::Time(time) => {
                scratch.extend_from_slice(&time.to_bytes());
                return (Tag::Time, scratch);
            }
            Value::Bool(_) => Tag::Bool,
            Value::Number(_) => Tag::Number,
            _ => Tag::Text,
        };
        scratch.extend_from_slice(&self.bytes());
        (tag, scratch)
    }

    /// Appends the value to a key of several.
    pub fn push_key(&self, key: &mut Vec<u8>) {
        let mut scratch = Vec::new();
        let (tag, bytes) = self.key(&mut scratch);
        key.push(tag as u8);
        let mut length = bytes.len();
        // Seven bits a byte, the last one below 128.
        while length >= 0x80 {
            key.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        key.push(length as u8);
        key.extend_from_slice(bytes);
    }

    /// The value of a key.
    pub fn from_key(tag: Tag, key: &[u8]) -> Value<'_> {
        let text = || Cow::Borrowed(key);
        match tag {
            Tag::Missing | Tag::Several => Value::Missing,
            Tag::Bool => Value::Bool(key == b"true"),
            Tag::Number => Value::Digits(text()),
            Tag::Time => Timestamp::from_bytes(key).map_or(Value::Missing, Value::Time),
            Tag::Text => Value::Text(text()),
            Tag::Json => Value::Json(text()),
        }
    }

    /// The values of a key of several, up to the first damaged one.
    pub fn from_keys(key: &[u8]) -> impl Iterator<Item = Value<'_>> + Clone {
        let mut rest = key;
        std::iter::from_fn(move || {
            let (value, after) = split(rest)?;
            rest = after;
            Some(value)
        })
    }
}

fn split(key: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (tag, mut rest) = key.split_first()?;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let (byte, more) = rest.split_first()?;
        rest = more;
        length |= usize::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if *byte < 0x80 {
            break;
        }
    }
    let (bytes, rest) = rest.split_at_checked(length)?;
    Some((Value::from_key(Tag::of(*tag)?, bytes), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Number;
    use proptest::prelude::*;

    fn key(value: &Value<'_>) -> (Tag, Vec<u8>) {
        let mut scratch = Vec::new();
        let (tag, bytes) = value.key(&mut scratch);
        (tag, bytes.to_vec())
    }

    #[test]
    fn a_computed_number_and_the_same_digits_are_one_key() {
        assert_eq!(
            key(&Value::Number(Number::from(200_u64))),
            key(&Value::Digits(Cow::Borrowed(b"200")))
        );
        assert_ne!(
            key(&Value::Text(Cow::Borrowed(b"200"))),
            key(&Value::Digits(Cow::Borrowed(b"200")))
        );
        assert_ne!(key(&Value::Text(Cow::Borrowed(b""))), key(&Value::Missing));
        assert_eq!(
            key(&Value::Escaped(b"a\\u0062")),
            key(&Value::Text(Cow::Borrowed(b"ab")))
        );
    }

    proptest! {
        #[test]
        fn several_keys_come_back(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..5)) {
            let mut key = Vec::new();
            for text in &texts {
                Value::Text(Cow::Borrowed(text)).push_key(&mut key);
            }
            let back: Vec<Vec<u8>> = Value::from_keys(&key).map(|value| value.bytes().into_owned()).collect();
            prop_assert_eq!(back, texts);
        }

        #[test]
        fn damaged_keys_do_not_panic(key in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Value::from_keys(&key).count();
        }
    }
}
