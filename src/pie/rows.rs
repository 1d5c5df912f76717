//! The numbers of all slices as text: what labels, legends, bars and the description are made of.

use super::percent::percents;
use super::slices::{Slice, Slices};
use crate::record::Number;
use crate::record::number::grouped;

/// A slice with its numbers as text.
pub(super) struct Row<'a> {
    pub(super) slice: &'a Slice,
    pub(super) value: String,
    pub(super) percent: String,
}

/// A row for each slice, then one for each zero value.
pub(super) fn rows(slices: &Slices, digits: usize) -> Vec<Row<'_>> {
    let shares: Vec<f64> = slices.slices.iter().map(|slice| slice.share).collect();
    let zeros = slices.zeros.iter().map(|_| "0%".to_owned());
    let percents = percents(&shares, digits).into_iter().chain(zeros);
    let all = slices.slices.iter().chain(&slices.zeros);
    all.zip(percents)
        .map(|(slice, percent)| Row {
            slice,
            value: format_number(slice.value),
            percent,
        })
        .collect()
}

/// A number with its thousands separated.
pub(super) fn format_number(number: Number) -> String {
    let text = number.to_string();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    match &text[end..] {
        rest if rest.starts_with('e') => text,
        rest => format!("{}{rest}", grouped(&text[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_only_before_the_decimal_point() {
        for (number, text) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567.12345", "1,234,567.12345"),
            ("0.0001", "0.0001"),
        ] {
            let number = Number::parse(number.as_bytes()).unwrap();
            assert_eq!(format_number(number), text);
        }
        let huge = Number::float(1.5e300).unwrap();
        assert_eq!(format_number(huge), huge.to_string());
    }
}
