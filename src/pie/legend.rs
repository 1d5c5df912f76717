//! The legend: an entry for each slice, in columns.

use super::elements::{Anchor, Swatch, Text};
use super::geometry::Point;
use super::labels::Label;
use super::palette::{Rgb, Theme};
use super::text::{LABEL, line_height, truncate};
use crate::render::Weight;

/// The side of a swatch, and the space between it and its text, in pixels.
pub(super) const SWATCH: f64 = 12.0;
const SPACE: f64 = 8.0;
/// Between two columns, in pixels.
const GUTTER: f64 = 24.0;

/// From one row to the next, in pixels.
pub(super) fn row_height() -> f64 {
    line_height(LABEL) + 3.0
}

/// The size of a legend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Legend {
    /// Of a column with its swatches, in pixels.
    pub(super) column_width: f64,
    pub(super) columns: usize,
    /// Of the longest column.
    pub(super) rows: usize,
}

impl Legend {
    /// A legend of entries whose texts have these widths, at most `room` pixels wide. With `max_rows` it has as few columns as
    /// it needs for that, otherwise as many as fit.
    pub(super) fn new(widths: &[f64], room: f64, max_rows: Option<usize>) -> Legend {
        let widest = widths.iter().copied().fold(0.0, f64::max);
        let column_width = (widest.ceil() + SWATCH + SPACE).min(room);
        let fitting = (((room + GUTTER) / (column_width + GUTTER)) as usize).max(1);
        let needed = max_rows.map_or(fitting, |rows| widths.len().div_ceil(rows.max(1)));
        let columns = needed.min(fitting).clamp(1, widths.len().max(1));
        Legend {
            column_width,
            columns,
            rows: widths.len().div_ceil(columns),
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.columns as f64 * (self.column_width + GUTTER) - GUTTER
    }

    pub(super) fn height(&self) -> f64 {
        self.rows as f64 * row_height()
    }

    /// The first `shown` of all entries, column by column. If there are more, the last one is replaced by their number.
    pub(super) fn entries(
        &self,
        corner: Point,
        entries: &[(&Label, Rgb)],
        shown: usize,
        theme: &Theme,
    ) -> (Vec<Swatch>, Vec<Text>) {
        let room = self.column_width - SWATCH - SPACE;
        let (mut swatches, mut texts) = (Vec::new(), Vec::new());
        for (index, (label, color)) in entries.iter().enumerate().take(shown) {
            let at = self.position(corner, index);
            let is_rest = shown < entries.len() && index + 1 == shown;
            let text = if is_rest {
                let rest = format!("and {} more", entries.len() - index);
                truncate(&rest, LABEL, Weight::Regular, room)
            } else {
                swatches.push(Swatch { at, color: *color });
                label.fit(room)
            };
            texts.push(Text {
                at: Point {
                    x: at.x + SWATCH + SPACE,
                    y: at.y,
                },
                anchor: Anchor::Start,
                size: LABEL,
                weight: Weight::Regular,
                color: theme.text,
                text,
            });
        }
        (swatches, texts)
    }

    /// The middle of the left side of an entry; columns are filled one after the other.
    fn position(&self, corner: Point, index: usize) -> Point {
        let (column, row) = (index / self.rows.max(1), index % self.rows.max(1));
        Point {
            x: corner.x + column as f64 * (self.column_width + GUTTER),
            y: corner.y + (row as f64 + 0.5) * row_height(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_few_as_needed_and_no_more_than_fit() {
        let widths = [62.0; 10];
        let few = Legend::new(&widths, 600.0, Some(10));
        assert_eq!((few.columns, few.rows), (1, 10));
        let two = Legend::new(&widths, 600.0, Some(5));
        assert_eq!((two.columns, two.rows), (2, 5));
        let all = Legend::new(&widths, 600.0, None);
        assert!(all.columns > 4 && all.width() <= 600.0);
        let narrow = Legend::new(&widths, 20.0, None);
        assert_eq!((narrow.columns, narrow.column_width), (1, 20.0));
    }

    #[test]
    fn columns_are_filled_from_the_top() {
        let legend = Legend {
            column_width: 100.0,
            columns: 2,
            rows: 3,
        };
        let corner = Point { x: 10.0, y: 0.0 };
        assert_eq!(legend.position(corner, 0).x, 10.0);
        assert_eq!(legend.position(corner, 2).y, 2.5 * row_height());
        assert_eq!(
            legend.position(corner, 3),
            Point {
                x: 134.0,
                y: 0.5 * row_height()
            }
        );
    }
}
