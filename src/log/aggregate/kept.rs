//! One value of a row that a state keeps.

use super::state::Damaged;
use crate::record::Value;

/// Reads a value that [`Value::push_key`] wrote, and nothing besides.
///
/// # Errors
/// If the bytes are not exactly one value that is there.
pub(super) fn decode(bytes: &[u8]) -> Result<Value<'static>, Damaged> {
    let mut values = Value::from_keys(bytes);
    let value = values
        .next()
        .filter(|value| !value.is_missing() && values.next().is_none())
        .ok_or(Damaged)?;
    // A computed number comes back as its digits, which are the same value.
    let mut again = Vec::new();
    value.push_key(&mut again);
    match again == bytes {
        true => Ok(value.into_static()),
        false => Err(Damaged),
    }
}

/// Bytes of its text on the heap, about.
pub(super) fn heap_bytes(value: &Value<'_>) -> usize {
    match value {
        Value::Digits(text) | Value::Text(text) | Value::Json(text) => text.len(),
        _ => 0,
    }
}
