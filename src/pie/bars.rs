//! The slices in words: as bars of text, for mail and terminals without colours, and as the key to a picture.

use unicode_width::UnicodeWidthStr as _;

use super::layout::people;
use super::percent::percents;
use super::text::shown;
use super::writing::filled;
use super::{Options, Rgb, Slice, Slices};

/// Eighths of a cell, from one to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/// A bar is never longer, in cells.
const LONGEST: usize = 50;

/// A slice in words.
struct Line<'a> {
    slice: &'a Slice,
    value: String,
    percent: String,
}

/// All slices in words, and how wide their columns are, in cells: names, values, percents.
fn lines<'a>(slices: &'a Slices, options: &Options) -> (Vec<Line<'a>>, [usize; 3]) {
    let shares: Vec<f64> = slices.slices.iter().map(|slice| slice.share).collect();
    let mut percents = percents(&shares, options.digits);
    percents.extend(slices.zeros.iter().map(|_| "0%".to_owned()));
    let lines: Vec<Line<'_>> = slices
        .slices
        .iter()
        .chain(&slices.zeros)
        .zip(percents)
        .map(|(slice, percent)| Line {
            slice,
            value: people(slice.value),
            percent,
        })
        .collect();
    let widest = |text: &dyn Fn(&Line<'_>) -> usize| lines.iter().map(text).max().unwrap_or(0);
    let columns = [
        widest(&|line| line.slice.label.width()),
        widest(&|line| line.value.width()),
        widest(&|line| line.percent.width()),
    ];
    (lines, columns)
}

impl Line<'_> {
    /// The words in columns.
    fn shown(&self, [of_labels, of_values, of_percents]: [usize; 3]) -> String {
        let Line { value, percent, .. } = self;
        let label = fitted(&self.slice.label, of_labels);
        let blanks = " ".repeat(of_labels - label.width());
        format!("{label}{blanks}  {value:>of_values$}  {percent:>of_percents$}")
    }
}

/// A line for each slice: name, value, percent and a bar, within so many columns where names allow it.
pub fn bars(slices: &Slices, options: &Options, columns: usize) -> String {
    let (lines, [of_labels, of_values, of_percents]) = lines(slices, options);
    let rest = of_values + of_percents + 6;
    let of_labels = of_labels.min(columns.saturating_sub(rest + 10).max(10));
    let room = columns.saturating_sub(of_labels + rest).clamp(4, LONGEST);
    let shares = lines.iter().map(|line| line.slice.share);
    let largest = shares.fold(0.0, f64::max);
    let mut out = head(slices, options).join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    for line in &lines {
        let words = line.shown([of_labels, of_values, of_percents]);
        let bar = bar(line.slice.share / largest, room);
        out.push_str(format!("{words}  {bar}").trim_end());
        out.push('\n');
    }
    out
}

/// Title, subtitle, and what stands in the hole.
pub fn head(slices: &Slices, options: &Options) -> Vec<String> {
    let titles = [&options.title, &options.subtitle].into_iter().flatten();
    let total = people(slices.total);
    let center = options.center.as_ref();
    let center = center.map(|center| filled(center, &total).join(" "));
    titles.map(|text| shown(text)).chain(center).collect()
}

/// The colour of each slice, and its name, value and percent within so many columns where names allow it.
pub fn key(slices: &Slices, options: &Options, columns: usize) -> Vec<(Rgb, String)> {
    let (lines, [of_labels, of_values, of_percents]) = lines(slices, options);
    let room = columns.saturating_sub(of_values + of_percents + 4).max(10);
    let columns = [of_labels.min(room), of_values, of_percents];
    let shown = |line: &Line<'_>| (line.slice.color, line.shown(columns));
    lines.iter().map(shown).collect()
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
    use super::super::Arrangement;
    use super::*;
    use crate::record::Number;

    #[test]
    fn bars_are_as_long_as_their_part() {
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5, 3), "█▌");
        assert_eq!(bar(1e-9, 4), "▏");
        assert_eq!(bar(0.0, 4), "");
    }

    #[test]
    fn a_key_has_the_colors_and_lines_up() {
        let values = [("a", 900), ("longer", 100)].map(|(label, units)| {
            let value = Number::Decimal { units, scale: 0 };
            (label.to_owned(), value)
        });
        let slices = Slices::new(values, &Arrangement::default()).unwrap();
        let [one, other] = &key(&slices, &Options::default(), 80)[..] else {
            panic!("two slices");
        };
        assert_eq!(one.1, "a       900  90%");
        assert_eq!(other.1, "longer  100  10%");
        assert_ne!(one.0, other.0);
        assert_eq!(key(&slices, &Options::default(), 0)[1].1, other.1);
    }

    #[test]
    fn labels_are_cut_to_cells() {
        assert_eq!(fitted("日本語", 5), "日本…");
        assert_eq!(fitted("abc", 3), "abc");
        assert_eq!(fitted("abcd", 3), "ab…");
    }
}
