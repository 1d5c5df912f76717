//! Sizes and durations as they are written in arguments: the literals of the language, alone in a text.
//!
//! The messages quote the text and list valid forms.

use std::time::Duration;

use super::duration;
use super::lex::lex;
use super::token::TokenKind;
use crate::record::Number;

/// A size in bytes: `64K` or `64k`, `2M`, `10MB`, `1000`.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!(
            "invalid size '{text}': expected a number with K, M or G (powers of 1024) or KB, MB or GB (powers of 1000)"
        )
    };
    // A unit that is only said, as in 100B.
    let bare = text
        .strip_suffix('B')
        .filter(|bare| bare.ends_with(|last: char| last.is_ascii_digit()));
    match lex(bare.unwrap_or(text)).map_err(|_| wrong())?.as_slice() {
        [token, _] => match &token.kind {
            TokenKind::Number(literal) => match literal.0.trimmed() {
                Number::Decimal { units, scale: 0 } => u64::try_from(units).map_err(|_| wrong()),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// A duration: `250ms`, `5s`, `1.5h`, `2d`, `1w`, `1d12h`.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn duration(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| {
        format!(
            "invalid duration '{text}': expected a form such as 250ms, 5s, 5m, 1h, 2d, 1w or 1d12h"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("64K"), Ok(65_536));
        assert_eq!(size("100k"), Ok(102_400));
        assert_eq!(size("2kB"), Ok(2_000));
        assert_eq!(size("10MB"), Ok(10_000_000));
        assert_eq!(size("1.5K"), Ok(1536));
        assert_eq!(size("100B"), Ok(100));
        for wrong in ["", "x", "B", "1.3B", "1.3", "-1", "5m", "1 2"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("1d12h"), Ok(Duration::from_secs(129_600)));
        let error = duration("1 day").unwrap_err();
        assert!(error.starts_with("invalid duration '1 day': "), "{error}");
    }
}
