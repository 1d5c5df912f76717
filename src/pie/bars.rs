//! The slices as bars of text, for terminals without pictures and for mail.

use unicode_width::UnicodeWidthStr as _;

use super::layout::people;
use super::percent::percents;
use super::{Options, Slices};

/// Eighths of a cell, from one to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/// A bar is never longer, in cells.
const LONGEST: usize = 50;

/// A line for each slice: name, value, percent and a bar, within so many columns where names allow it.
pub fn bars(slices: &Slices, options: &Options, columns: usize) -> String {
    let shares: Vec<f64> = slices.slices.iter().map(|slice| slice.share).collect();
    let mut percents = percents(&shares, options.digits);
    percents.extend(slices.zeros.iter().map(|_| "0%".to_owned()));
    let all: Vec<_> = slices.slices.iter().chain(&slices.zeros).collect();
    let values: Vec<String> = all.iter().map(|slice| people(slice.value)).collect();
    let widest =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| text.width()).max().unwrap_or(0);
    let of_values = widest(&mut values.iter().map(String::as_str));
    let of_percents = widest(&mut percents.iter().map(String::as_str));
    let rest = of_values + of_percents + 6;
    let of_labels = widest(&mut all.iter().map(|slice| slice.label.as_str()));
    let of_labels = of_labels.min(columns.saturating_sub(rest + 10).max(10));
    let room = columns.saturating_sub(of_labels + rest).clamp(4, LONGEST);
    let largest = shares.iter().copied().fold(0.0, f64::max);
    let mut out = String::new();
    for title in [&options.title, &options.subtitle].into_iter().flatten() {
        out.push_str(&super::text::shown(title));
        out.push('\n');
    }
    for ((slice, value), percent) in all.iter().zip(&values).zip(&percents) {
        let label = fitted(&slice.label, of_labels);
        let bar = bar(slice.share / largest, room);
        let line = format!(
            "{label}{}  {value:>of_values$}  {percent:>of_percents$}  {bar}",
            " ".repeat(of_labels - label.width())
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The label in so many cells, cut where it is longer.
fn fitted(label: &str, cells: usize) -> String {
    if label.width() <= cells {
        return label.to_owned();
    }
    let mut out = String::new();
    for letter in label.chars() {
        out.push(letter);
        if out.width() > cells.saturating_sub(1) {
            out.pop();
            break;
        }
    }
    out.push('…');
    out
}

/// A bar that is so large a part of `room` cells; what is there has at least an eighth of one.
fn bar(part: f64, room: usize) -> String {
    let eighths = (part * room as f64 * 8.0).round() as usize;
    let eighths = if part > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_part() {
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5, 3), "█▌");
        assert_eq!(bar(1e-9, 4), "▏");
        assert_eq!(bar(0.0, 4), "");
    }

    #[test]
    fn labels_are_cut_to_cells() {
        assert_eq!(fitted("日本語", 5), "日本…");
        assert_eq!(fitted("abc", 3), "abc");
        assert_eq!(fitted("abcd", 3), "ab…");
    }
}
