//! Amounts for people: sizes, rates, durations, counts. Machine formats use plain integers.

use std::time::Duration;

use crate::record::number::grouped;

const SIZES: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// A size in powers of 1024 with at most one digit after the point: `17 B`, `1.2 GiB`, `512 MiB`.
pub fn bytes(count: u64) -> String {
    let tenths = |unit: usize| rounded(u128::from(count) * 10, 1 << (10 * unit));
    // From 1023.95 on the next unit is used, since that would round to 1024.
    let last = SIZES.len() - 1;
    let unit = (0..last)
        .find(|unit| tenths(*unit) < 10_240)
        .unwrap_or(last);
    format!("{} {}", in_tenths(tenths(unit)), SIZES[unit])
}

/// The average rate: `1.2 GiB/s`; none if no time has passed.
pub fn rate(count: u64, elapsed: Duration) -> Option<String> {
    let nanos = elapsed.as_nanos();
    let second = u128::from(count) * 1_000_000_000;
    let rate = second.checked_div(nanos)?;
    Some(format!(
        "{}/s",
        bytes(u64::try_from(rate).unwrap_or(u64::MAX))
    ))
}

/// A duration in its largest two units: `4.2 ms`, `350 ms`, `3.2 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`.
pub fn duration(duration: Duration) -> String {
    let micros = duration.as_micros();
    if rounded(micros, 100) < 100 {
        return format!("{} ms", in_tenths(rounded(micros, 100)));
    }
    if rounded(micros, 1_000) < 1_000 {
        return format!("{} ms", rounded(micros, 1_000));
    }
    if rounded(micros, 100_000) < 600 {
        return format!("{} s", in_tenths(rounded(micros, 100_000)));
    }
    let seconds = rounded(micros, 1_000_000);
    if seconds < 3_600 {
        return pair(seconds / 60, "min", seconds % 60, "s");
    }
    let minutes = rounded(micros, 60_000_000);
    if minutes < 1_440 {
        return pair(minutes / 60, "h", minutes % 60, "min");
    }
    let hours = rounded(micros, 3_600_000_000);
    pair(hours / 24, "d", hours % 24, "h")
}

/// A count with thousands separators.
pub fn count(count: u64) -> String {
    grouped(&count.to_string())
}

/// Division, rounded to the nearest, halves up.
fn rounded(amount: u128, unit: u128) -> u128 {
    (amount + unit / 2) / unit
}

fn in_tenths(tenths: u128) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}

fn pair(large: u128, unit: &str, small: u128, small_unit: &str) -> String {
    match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {small_unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_round_to_a_tenth_and_into_the_next_unit() {
        let cases = [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KiB"),
            (1_536, "1.5 KiB"),
            (512 << 20, "512 MiB"),
            (1_288_490_189, "1.2 GiB"),
            ((1 << 20) - 1, "1 MiB"),
            (u64::MAX, "16 EiB"),
        ];
        for (count, shown) in cases {
            assert_eq!(bytes(count), shown);
        }
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let cases = [
            (0, "0 ms"),
            (4_230, "4.2 ms"),
            (9_960, "10 ms"),
            (350_000, "350 ms"),
            (999_600, "1 s"),
            (3_200_000, "3.2 s"),
            (59_960_000, "1 min"),
            (125_000_000, "2 min 5 s"),
            (3_599_600_000, "1 h"),
            (11_400_000_000, "3 h 10 min"),
            (187_200_000_000, "2 d 4 h"),
        ];
        for (micros, shown) in cases {
            assert_eq!(duration(Duration::from_micros(micros)), shown);
        }
    }

    #[test]
    fn a_rate_needs_time_to_pass() {
        assert_eq!(
            rate(1 << 30, Duration::from_secs(2)).as_deref(),
            Some("512 MiB/s")
        );
        assert_eq!(rate(1 << 30, Duration::ZERO), None);
        assert_eq!(
            rate(u64::MAX, Duration::from_nanos(1)).as_deref(),
            Some("16 EiB/s")
        );
    }

    #[test]
    fn nouns_are_plural_except_for_one() {}

    #[test]
    fn thousands_are_separated() {
        let cases = [
            ("", ""),
            ("7", "7"),
            ("123", "123"),
            ("1234", "1,234"),
            ("-123456", "-123,456"),
            ("1234567", "1,234,567"),
        ];
        for (plain, shown) in cases {
            assert_eq!(grouped(plain), shown);
        }
    }
}
