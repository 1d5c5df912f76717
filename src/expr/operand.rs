//! Values as the operands of arithmetic and functions.

use crate::record::{Bad, Number, Value};

/// How many characters of a value a message shows.
const SHOWN: usize = 40;

/// The number that a value holds. Missing values stay missing.
///
/// # Errors
/// If there is a value that is not a number.
pub fn number(value: &Value<'_>) -> Result<Option<Number>, Bad> {
    match value {
        value if value.is_missing() => Ok(None),
        _ => match value.number() {
            Some(number) => Ok(Some(number)),
            None => Err(Bad::new(format!("'{}' is not a number", shown(value)))),
        },
    }
}

/// A value as messages show it: cut short.
pub(super) fn shown(value: &Value<'_>) -> String {
    let text = value.bytes();
    let lossy = String::from_utf8_lossy(&text);
    match lossy.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &lossy[..end]),
        None => lossy.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_in_messages() {
        let text = "é".repeat(SHOWN);
        assert_eq!(shown(&Value::Text(text.as_bytes().into())), text);
        let longer = format!("{text}x");
        let cut = format!("{text}…");
        assert_eq!(shown(&Value::Text(longer.as_bytes().into())), cut);
        let dash = number(&Value::Text(b"-"[..].into()));
        assert!(matches!(dash, Ok(None)));
        let bad = number(&Value::Text(b"x"[..].into())).unwrap_err();
        assert_eq!(bad.reason, "'x' is not a number");
    }
}
