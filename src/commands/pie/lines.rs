//! Labelled values in lines: as people write them, and as `uniq -c`, `wc -l` and `du` do.

use super::values::{LabelledValue, lossy, parse_value};
use crate::record::Number;

/// The lines that are not blank, with their numbers, counted from 1.
pub(super) fn numbered(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    text.split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line.strip_suffix(b"\r").unwrap_or(line)))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// The labelled values of all lines; or the number of the first line without a value, and the reason.
///
/// All lines have the value on the same side of the tab: on the right if possible, otherwise on the left.
pub(super) fn parse_lines(text: &[u8]) -> Result<Vec<LabelledValue>, (usize, String)> {
    let all = |parse: fn(&[u8]) -> Result<LabelledValue, String>| -> Result<Vec<LabelledValue>, _> {
        numbered(text)
            .map(|(number, line)| parse(line).map_err(|reason| (number, reason)))
            .collect()
    };
    let mut values = all(label_first).or_else(|error| all(value_first).map_err(|_| error))?;
    if ends_in_total(&values) {
        values.pop();
    }
    Ok(values)
}

/// Whether the last line is the sum of the others, as `wc` and `du -c` print it.
fn ends_in_total(values: &[LabelledValue]) -> bool {
    let Some(((label, total), others)) = values.split_last() else {
        return false;
    };
    let sum = others
        .iter()
        .try_fold(Number::from(0_u64), |sum, (_, value)| {
            sum.checked_add(*value)
        });
    label == "total" && others.len() > 1 && sum.is_some_and(|sum| sum.numeric_cmp(*total).is_eq())
}

/// `label<TAB>value`; or a count and a label, as `uniq -c` prints them; or a label, a space and a value.
fn label_first(line: &[u8]) -> Result<LabelledValue, String> {
    let no_value = || format!("'{}' is not a label with a value", lossy(line.trim_ascii()));
    if let Some(tab) = memchr::memrchr(b'\t', line) {
        let (label, number) = (line[..tab].trim_ascii(), line[tab + 1..].trim_ascii());
        return parse_value(number)
            .map(|number| (lossy(label), number))
            .map_err(|reason| format!("'{}': {reason}", lossy(label)));
    }
    let line = line.trim_ascii();
    let (first, last) = (memchr::memchr(b' ', line), memchr::memrchr(b' ', line));
    let (Some(first), Some(last)) = (first, last) else {
        return Err(no_value());
    };
    if let Ok(count) = parse_value(&line[..first]) {
        return Ok((lossy(line[first..].trim_ascii()), count));
    }
    let number = parse_value(&line[last + 1..]).map_err(|_| no_value())?;
    Ok((lossy(line[..last].trim_ascii()), number))
}

/// `value<TAB>label`, as `du` prints them.
fn value_first(line: &[u8]) -> Result<LabelledValue, String> {
    let tab = memchr::memchr(b'\t', line).ok_or_else(String::new)?;
    let number = parse_value(line[..tab].trim_ascii())?;
    Ok((lossy(line[tab + 1..].trim_ascii()), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, (usize, String)> {
        let values = parse_lines(text.as_bytes())?;
        let shown = values
            .iter()
            .map(|(label, value)| format!("{label}={value}"));
        Ok(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn label_and_value_are_found_in_each_kind_of_line() {
        for text in [
            "a b\t1\nc\t2\n",
            "      1 a b\n      2 c\n",
            "a b 1\nc 2",
            "1\ta b\n2\tc\n",
            "\r\n  a b\t1\r\n\r\nc\t2\r\n",
        ] {
            assert_eq!(read(text).as_deref(), Ok("a b=1 c=2"), "{text:?}");
        }
        // With two numbers, the value is where it usually is.
        assert_eq!(read("200\t7\n").as_deref(), Ok("200=7"));
        assert_eq!(read("      7 200\n").as_deref(), Ok("200=7"));
        assert_eq!(read("").as_deref(), Ok(""));
    }

    #[test]
    fn a_total_in_the_last_line_is_no_value() {
        assert_eq!(read(" 10 a\n 5 b\n 15 total\n").as_deref(), Ok("a=10 b=5"));
        assert_eq!(read("10\ta\n5\tb\n15\ttotal\n").as_deref(), Ok("a=10 b=5"));
        // A label like others, or a single value.
        assert_eq!(
            read(" 10 a\n 5 b\n 16 total\n").as_deref(),
            Ok("a=10 b=5 total=16")
        );
        assert_eq!(read(" 10 a\n 10 total\n").as_deref(), Ok("a=10 total=10"));
    }

    #[test]
    fn the_first_line_without_a_value_is_reported() {
        let error = |text| read(text).unwrap_err();
        assert_eq!(
            error("a\t1\nb\tx\n"),
            (2, "'b': 'x' is not a number".to_owned())
        );
        assert_eq!(
            error("a\t1\n\nb\t-2\n"),
            (3, "'b': -2 is negative".to_owned())
        );
        assert_eq!(error("words\n").1, "'words' is not a label with a value");
        assert_eq!(error("a 1\nb NaN\n").0, 2);
    }
}
