//! Labelled values: what every kind of input becomes.

use crate::error::{Error, Result};
use crate::format;
use crate::record::Number;

/// A label and its value.
pub(super) type LabelledValue = (String, Number);

/// How inputs are read.
#[derive(Clone, Default)]
pub(super) struct ReadOptions {
    /// The format; `None` to detect it.
    pub(super) from: Option<&'static format::Spec>,
    /// The column of labels, or several.
    pub(super) label: Option<String>,
    /// The column of values.
    pub(super) value: Option<String>,
    /// Whether labels are counted.
    pub(super) tally: bool,
}

/// An argument: `label=value`, or a value alone, whose label is its `position`.
pub(super) fn parse_argument(word: &str, position: usize) -> Result<LabelledValue> {
    let (label, number) = match word.rsplit_once('=') {
        Some((label, number)) => (label.to_owned(), number),
        None => (position.to_string(), word),
    };
    let number = parse_value(number.as_bytes()).map_err(|reason| {
        Error::usage(format!("'{word}': {reason}"))
            .hint("write LABEL=VALUE, or name a file with -i")
    })?;
    Ok((label, number))
}

/// A number that is not negative.
pub(super) fn parse_value(text: &[u8]) -> std::result::Result<Number, String> {
    let number = Number::parse(text).ok_or_else(|| format!("'{}' is not a number", lossy(text)))?;
    if number.is_zero() || !text.starts_with(b"-") {
        Ok(number)
    } else {
        Err(format!("{number} is negative"))
    }
}

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_a_label_with_a_value_or_a_value_alone() {
        let parsed =
            |word| parse_argument(word, 3).map(|(label, value)| format!("{label} {value}"));
        assert_eq!(parsed("ok=940").unwrap(), "ok 940");
        assert_eq!(parsed("a=b=1.5").unwrap(), "a=b 1.5");
        assert_eq!(parsed("7").unwrap(), "3 7");
        assert_eq!(parsed("none=-0").unwrap(), "none 0");
        for wrong in ["ok", "ok=", "ok=NaN", "=inf"] {
            let error = parsed(wrong).unwrap_err().to_string();
            assert!(error.contains("is not a number"), "{wrong}");
        }
    }
}
