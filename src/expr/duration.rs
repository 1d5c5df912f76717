//! Durations, written the same way in queries and in arguments: `250ms`, `5m`, `1.5h`, `1d12h`.

use std::time::Duration;

/// Reads one or more numbers, each with its unit: ms, s, m, h, d, w or y (365 days).
pub fn parse(text: &str) -> Option<Duration> {
    let is_letter = |letter: char| letter.is_ascii_alphabetic();
    let (mut rest, mut total) = (text, Duration::ZERO);
    loop {
        let unit = rest.find(is_letter)?;
        let length = rest[unit..]
            .find(|letter| !is_letter(letter))
            .unwrap_or(rest.len() - unit);
        let number: f64 = rest[..unit].parse().ok()?;
        let seconds = number * unit_seconds(&rest[unit..unit + length])?;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = &rest[unit + length..];
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// Seconds in a unit.
pub(super) fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        "y" => 31_536_000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, millis) in [
            ("250ms", 250),
            ("5s", 5_000),
            ("1.5h", 5_400_000),
            ("1w", 7 * 86_400_000),
            ("1d12h", 129_600_000),
            ("1m0.5s", 60_500),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for wrong in [
            "",
            "5",
            "m",
            "-1s",
            "1 fortnight",
            "1e400d",
            "1d12",
            "1dd",
            "1d-1h",
            "1d 1h",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
