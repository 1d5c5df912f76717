//! Comparisons on the command line: `>10M`, `<=7d`, `=0`.
//!
//! Every value needs a relation. `10M` alone could mean exactly or at least, and `+10M` and `-10M` belong to find, which rounds
//! up to the unit; each is an error with a hint.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::values;
use crate::record::Timestamp;
use crate::select::{Comparison, Relation};

/// A size in bytes.
///
/// # Errors
/// A message for the user.
pub fn size(text: &str) -> Result<Comparison<u64>, String> {
    comparison(text, values::size)
}

/// A count.
///
/// # Errors
/// A message for the user.
pub fn count(text: &str) -> Result<Comparison<u64>, String> {
    comparison(text, values::count)
}

/// The time since something happened; negative for the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    is_negative: bool,
    length: Duration,
}

impl Age {
    /// The time with this age, if it can be represented.
    pub fn before(self, now: Timestamp) -> Option<Timestamp> {
        if self.is_negative {
            now.plus(self.length)
        } else {
            Some(now.minus(self.length))
        }
    }
}

/// An age.
///
/// # Errors
/// A message for the user.
pub fn age(text: &str) -> Result<Comparison<Age>, String> {
    let found = comparison(text, |text| {
        let length = text.strip_prefix('-');
        Ok(Age {
            is_negative: length.is_some(),
            length: values::duration(length.unwrap_or(text))?,
        })
    })?;
    if found.relation == Relation::Equal {
        return Err(
            "= would compare to the nanosecond: give a range, such as '>=7d' and '<8d'".to_owned(),
        );
    }
    Ok(found)
}

/// A time, to be resolved with a clock: see [`crate::expr::Clock::moment`].
///
/// # Errors
/// A message for the user.
pub fn moment(text: &str) -> Result<Comparison<String>, String> {
    let Some((relation, value)) = Relation::split(text) else {
        return Err(format!(
            "'{text}' needs a relation: use '>={text}' (since then) or '<{text}' (before)"
        ));
    };
    let value = value.trim().to_owned();
    let looks_dated = value.len() >= 5 && value.as_bytes()[4] == b'-';
    if looks_dated && Timestamp::parse(value.as_bytes(), &TimeZone::UTC).is_none() {
        return Err(format!("'{value}' is not a date"));
    }
    // Dates and relative times are instants: no file would match to the nanosecond.
    let is_exact = value.contains(':') || value.bytes().all(|byte| byte.is_ascii_digit());
    if relation == Relation::Equal && !is_exact {
        return Err(format!(
            "'{value}' is a single instant: give a range, such as '>=2026-01-31' and '<2026-02-01'"
        ));
    }
    Ok(Comparison { relation, value })
}

fn comparison<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Comparison<T>, String> {
    if let Some((relation, value)) = Relation::split(text) {
        let value = read(value.trim())?;
        return Ok(Comparison { relation, value });
    }
    let finds = text
        .strip_prefix('+')
        .map(|value| (value, '>', "more"))
        .or_else(|| text.strip_prefix('-').map(|value| (value, '<', "less")));
    match finds {
        Some((value, sign, meaning)) if read(value).is_ok() => {
            Err(format!("use '{sign}{value}' for {meaning} than that"))
        }
        None if read(text).is_ok() => Err(format!(
            "'{text}' needs a relation: use '>={text}', '<={text}' or '={text}'"
        )),
        _ => Err(format!(
            "invalid comparison '{text}': use >, >=, <, <= or = and a value, in quotes"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_needs_a_relation() {
        for (text, relation, value) in [
            (">10M", Relation::Greater, 10 << 20),
            (">=1KB", Relation::AtLeast, 1000),
            ("< 5", Relation::Less, 5),
            ("<=0", Relation::AtMost, 0),
            ("=2G", Relation::Equal, 2 << 30),
        ] {
            assert_eq!(size(text), Ok(Comparison { relation, value }), "{text}");
        }
        for (text, says) in [
            ("10M", "'>=10M', '<=10M' or '=10M'"),
            ("+10M", "'>10M'"),
            ("-10M", "'<10M'"),
            (">x", "invalid size"),
            ("==5", "invalid size"),
            ("", "invalid comparison"),
            ("--name", "invalid comparison"),
        ] {
            let message = size(text).unwrap_err();
            assert!(message.contains(says), "{text}: {message}");
        }
        assert!(count("2").unwrap_err().contains("'=2'"));
        assert_eq!(count(">1").unwrap().value, 1);
    }

    #[test]
    fn ages_may_be_negative_and_need_ranges() {
        let now = Timestamp::new(1_000_000, 0, 9).unwrap();
        let at = |text| age(text).unwrap().value.before(now).unwrap();
        assert_eq!(at(">1h"), Timestamp::new(996_400, 0, 9).unwrap());
        assert_eq!(at("<-1h"), Timestamp::new(1_003_600, 0, 9).unwrap());
        assert!(age("=7d").unwrap_err().contains("range"));
        assert!(age("-7d").unwrap_err().contains("'<7d'"));
        assert!(age("7d").unwrap_err().contains("'>=7d'"));
        assert!(age(">7").is_err());
    }

    #[test]
    fn equality_needs_an_exact_time() {
        assert_eq!(moment(">=2h").unwrap().value, "2h");
        assert_eq!(
            moment("=2026-01-01T00:00:00Z").unwrap().relation,
            Relation::Equal
        );
        for vague in ["=2026-01-01", "=yesterday", "=2h"] {
            assert!(moment(vague).unwrap_err().contains("range"), "{vague}");
        }
        assert!(moment("yesterday").unwrap_err().contains("'>=yesterday'"));
    }

    proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in any::<String>(), sign in "[<>=+-]{0,2}") {
            let text = format!("{sign}{text}");
            let _ = (size(&text), count(&text), age(&text), moment(&text));
        }
    }
}
