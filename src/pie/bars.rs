//! Slices as text: bars for mail and terminals without colours, and a legend for an image on a terminal.

use unicode_width::UnicodeWidthStr as _;

use super::header::header_lines;
use super::options::Options;
use super::palette::Rgb;
use super::rows::{Row, rows};
use super::slices::Slices;

/// Blocks of zero to seven eighths of a cell.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/// The longest bar, in cells.
const MAX_BAR: usize = 50;

/// The widths of the columns, in cells.
#[derive(Clone, Copy)]
struct Columns {
    label: usize,
    value: usize,
    percent: usize,
}

impl Columns {
    fn of(rows: &[Row<'_>]) -> Columns {
        let widest = |text: fn(&Row<'_>) -> usize| rows.iter().map(text).max().unwrap_or(0);
        Columns {
            label: widest(|row| row.slice.label.width()),
            value: widest(|row| row.value.width()),
            percent: widest(|row| row.percent.width()),
        }
    }

    fn line(self, row: &Row<'_>) -> String {
        let Row { value, percent, .. } = row;
        let label = truncate(&row.slice.label, self.label);
        let padding = " ".repeat(self.label - label.width());
        let (values, percents) = (self.value, self.percent);
        format!("{label}{padding}  {value:>values$}  {percent:>percents$}")
    }
}

/// A line for each slice: label, value, percentage and a bar, at most `width` cells wide if the labels allow it.
pub fn bars(slices: &Slices, options: &Options, width: usize) -> String {
    let rows = rows(slices, options.digits);
    let mut columns = Columns::of(&rows);
    let rest = columns.value + columns.percent + 6;
    columns.label = columns.label.min(width.saturating_sub(rest + 10).max(10));
    let room = width.saturating_sub(columns.label + rest).clamp(4, MAX_BAR);
    let largest = rows.iter().map(|row| row.slice.share).fold(0.0, f64::max);
    let mut out = header_lines(slices, options).join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    for row in &rows {
        let bar = bar(row.slice.share / largest, room);
        out.push_str(format!("{}  {bar}", columns.line(row)).trim_end());
        out.push('\n');
    }
    out
}

/// The colour of each slice, and its label, value and percentage, at most `width` cells wide if the labels allow it.
pub fn text_legend(slices: &Slices, options: &Options, width: usize) -> Vec<(Rgb, String)> {
    let rows = rows(slices, options.digits);
    let mut columns = Columns::of(&rows);
    let room = width
        .saturating_sub(columns.value + columns.percent + 4)
        .max(10);
    columns.label = columns.label.min(room);
    rows.iter()
        .map(|row| (row.slice.color, columns.line(row)))
        .collect()
}

/// The label, truncated with `…` if it is wider than `cells`.
fn truncate(label: &str, cells: usize) -> String {
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

/// A bar for a fraction of `room` cells; more than zero is at least an eighth of a cell.
fn bar(fraction: f64, room: usize) -> String {
    let eighths = (fraction * room as f64 * 8.0).round() as usize;
    let eighths = if fraction > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::super::slices::Arrangement;
    use super::*;
    use crate::record::Number;

    #[test]
    fn bar_length_is_proportional_with_a_minimum() {
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5, 3), "█▌");
        assert_eq!(bar(1e-9, 4), "▏");
        assert_eq!(bar(0.0, 4), "");
    }

    #[test]
    fn the_text_legend_has_colors_and_aligned_columns() {
        let values = [("a", 900), ("longer", 100)].map(|(label, units)| {
            let value = Number::Decimal { units, scale: 0 };
            (label.to_owned(), value)
        });
        let slices = Slices::new(values, &Arrangement::default()).unwrap();
        let [one, other] = &text_legend(&slices, &Options::default(), 80)[..] else {
            panic!("two slices");
        };
        assert_eq!(one.1, "a       900  90%");
        assert_eq!(other.1, "longer  100  10%");
        assert_ne!(one.0, other.0);
        assert_eq!(text_legend(&slices, &Options::default(), 0)[1].1, other.1);
    }

    #[test]
    fn labels_are_truncated_to_cells() {
        assert_eq!(truncate("日本語", 5), "日本…");
        assert_eq!(truncate("abc", 3), "abc");
        assert_eq!(truncate("abcd", 3), "ab…");
    }
}
