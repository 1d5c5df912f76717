//! Parsers of argument values: sizes, counts, percentages, durations, colours.
//!
//! Their messages quote the value and list valid forms.

pub use crate::expr::literals::{duration, size};
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use crate::format::Rule;
use crate::log::account::MaxBad;

/// A count: `500`, `2K` (2,000), `100M` (100 million).
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn count(text: &str) -> Result<u64, String> {
    let wrong = || format!("invalid number '{text}': expected 500, 20K, 100M or 1G");
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        Some(b'G') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    let number = digits.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(wrong)
}

/// A duration that may be nothing: `0`, or as [`duration`].
///
/// # Errors
/// As there.
pub fn delay(text: &str) -> Result<std::time::Duration, String> {
    match text {
        "0" => Ok(std::time::Duration::ZERO),
        text => duration(text),
    }
}

/// A number of rows.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn rows(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("invalid number of rows '{text}': expected a whole number"))
}

/// A width or height in pixels: at least 1.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn pixels(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(pixels @ 1..) => Ok(pixels),
        _ => Err(format!(
            "invalid number of pixels '{text}': expected 1 or more"
        )),
    }
}

/// A positive number.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn positive(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err(format!(
            "invalid number '{text}': expected a number greater than 0"
        )),
    }
}

/// A CSS colour, as red, green, blue and opacity: `white`, `#fff`, `#ffffff80`, `transparent`, `rgb(0, 0, 0)`.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn color(text: &str) -> Result<[u8; 4], String> {
    let color: svgtypes::Color = text.trim().parse().map_err(|_| {
        format!(
            "invalid colour '{text}': expected a name such as white, #fff, #ffffff or #ffffff80"
        )
    })?;
    Ok([color.red, color.green, color.blue, color.alpha])
}

/// A number of lines or a percentage of them: `10`, `1%`, `0.5pct`.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn max_bad(text: &str) -> Result<MaxBad, String> {
    let wrong = || {
        format!(
            "invalid limit '{text}': expected a number of lines, or a percentage such as 1% or 1pct"
        )
    };
    if text.ends_with('%') || text.ends_with("pct") {
        return percent(text).map(MaxBad::Share).map_err(|_| wrong());
    }
    text.parse().map(MaxBad::Lines).map_err(|_| wrong())
}

/// What a record begins with: `time`, or a regex, perhaps between slashes.
///
/// # Errors
/// A message that quotes the regex and says what is wrong with it.
pub fn record_start(text: &str) -> Result<Rule, String> {
    if text == "time" {
        return Ok(Rule::FromTime);
    }
    let between = |text: &str| Some(text.strip_prefix('/')?.strip_suffix('/')?.to_owned());
    let regex = between(text).unwrap_or_else(|| text.to_owned());
    let bytes = syntax::Config::new().utf8(false);
    let any = meta::Config::new().utf8_empty(false);
    let built = Regex::builder().syntax(bytes).configure(any).build(&regex);
    built
        .map(|built| Rule::From(built, regex.clone()))
        .map_err(|error| {
            let reason = error
                .syntax_error()
                .map_or_else(|| error.to_string(), short_reason);
            format!("invalid regex '{regex}': {reason}")
        })
}

/// What is wrong with a regex, without a copy of it.
fn short_reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    }
}

/// A percentage as a fraction from 0 to 1: `2`, `2%`, `0.5pct`.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn percent(text: &str) -> Result<f64, String> {
    let number = text
        .strip_suffix('%')
        .or_else(|| text.strip_suffix("pct"))
        .unwrap_or(text);
    match number.trim().parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err(format!("invalid percentage '{text}': expected 0% to 100%")),
    }
}

/// A number of threads.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=1024) => Ok(threads),
        _ => Err(format!("invalid thread count '{text}': expected 1 to 1024")),
    }
}

/// A year of four digits, from 1970 to 2099.
///
/// # Errors
/// Why it is none.
pub fn year(text: &str) -> Result<i64, String> {
    match text.parse() {
        Ok(year @ 1970..=2099) => Ok(year),
        _ => Err(format!("invalid year '{text}': expected 1970 to 2099")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_four_digits() {
        assert_eq!(year("1970"), Ok(1970));
        assert_eq!(year("2099"), Ok(2099));
        for text in ["1969", "2100", "26", "", "2026x"] {
            assert!(year(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_rows_threads_and_pixels() {
        assert_eq!(count("100M"), Ok(100_000_000));
        assert_eq!(count("7"), Ok(7));
        for wrong in ["", "K", "-1", "1.5M", "99999999999G"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
        assert_eq!(rows("0"), Ok(0));
        for wrong in ["", "-1", "1K", "many"] {
            assert!(rows(wrong).is_err(), "{wrong}");
        }
        for (text, meant) in [
            ("1", Some(1)),
            ("1024", Some(1024)),
            ("0", None),
            ("1025", None),
        ] {
            assert_eq!(threads(text).ok(), meant, "{text}");
        }
        assert_eq!(pixels("640"), Ok(640));
        assert!(pixels("0").is_err() && pixels("640px").is_err());
        assert_eq!(positive("1.5"), Ok(1.5));
        for wrong in ["0", "-1", "inf", "NaN", "x"] {
            assert!(positive(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn colors() {
        for (text, meant) in [
            ("white", [255, 255, 255, 255]),
            ("#0af", [0, 170, 255, 255]),
            ("#11223344", [0x11, 0x22, 0x33, 0x44]),
            ("transparent", [0, 0, 0, 0]),
        ] {
            assert_eq!(color(text), Ok(meant), "{text}");
        }
        for wrong in ["", "#12", "whitish", "url(#a)"] {
            assert!(color(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn percentages_can_be_written_without_a_percent_sign() {
        assert_eq!(max_bad("1%"), Ok(MaxBad::Share(0.01)));
        assert_eq!(max_bad("1pct"), Ok(MaxBad::Share(0.01)));
        assert_eq!(max_bad("12"), Ok(MaxBad::Lines(12)));
        for wrong in ["", "%", "101%", "-1%", "NaN%", "1.5"] {
            assert!(max_bad(wrong).is_err(), "{wrong}");
        }
    }
}
