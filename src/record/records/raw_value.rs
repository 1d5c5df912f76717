//! A value of a record, as it was written.

use std::borrow::Cow;

use crate::record::{Value, json_text};

/// What a value is, as its format wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text: the bytes are what is meant.
    Text,
    /// Text of a JSON string that contains escapes: the bytes are those between the quotes.
    Escaped,
    /// A JSON number, digit for digit.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
    /// A JSON object or array, as it was written.
    Nested,
}

/// A value: its form and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawValue<'a> {
    /// What the bytes are.
    pub form: Form,
    /// The bytes, as they were written.
    pub bytes: &'a [u8],
}

impl<'a> RawValue<'a> {
    /// A text.
    pub fn text(bytes: &'a [u8]) -> RawValue<'a> {
        RawValue {
            form: Form::Text,
            bytes,
        }
    }

    /// What a format without types writes: the text that is meant, numbers and nested values as they were written, nothing
    /// for `null`.
    pub fn plain(self) -> Cow<'a, [u8]> {
        match self.form {
            Form::Escaped => Cow::Owned(json_text::unescape(self.bytes)),
            Form::Null => Cow::Borrowed(b""),
            Form::Text | Form::Number | Form::Boolean | Form::Nested => Cow::Borrowed(self.bytes),
        }
    }

    /// What expressions see: an empty text is missing, as `null` is.
    pub fn value(self) -> Value<'a> {
        match self.form {
            Form::Null => Value::Missing,
            Form::Text | Form::Escaped if self.bytes.is_empty() => Value::Missing,
            Form::Text => Value::Text(Cow::Borrowed(self.bytes)),
            Form::Escaped => Value::Escaped(self.bytes),
            Form::Number => Value::Digits(Cow::Borrowed(self.bytes)),
            Form::Boolean => Value::Bool(self.bytes == b"true"),
            Form::Nested => Value::Json(Cow::Borrowed(self.bytes)),
        }
    }
}
