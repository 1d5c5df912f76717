//! The legend: a row for each slice, in columns.

use super::circle::Point;
use super::text::{LABEL, line_height, width};
use crate::render::Weight;

/// The side of a colour's square, and what is between it and the name, in pixels.
pub(super) const SQUARE: f64 = 12.0;
pub(super) const SPACE: f64 = 8.0;
/// Between two columns.
const GUTTER: f64 = 24.0;

/// From one row to the next.
pub(super) fn row_height() -> f64 {
    line_height(LABEL) + 3.0
}

/// A legend that is laid out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Legend {
    /// Of a column, square and all.
    pub(super) column: f64,
    pub(super) columns: usize,
    /// Of the longest column.
    pub(super) rows: usize,
}

impl Legend {
    /// A legend in no more than `room` pixels beside each other: as many columns as fit, or as few as `rows` rows allow.
    pub(super) fn new(texts: &[String], room: f64, rows: Option<usize>) -> Legend {
        let widest = texts
            .iter()
            .map(|text| width(text, LABEL, Weight::Regular))
            .fold(0.0, f64::max);
        let column = (widest.ceil() + SQUARE + SPACE).min(room);
        let most = (((room + GUTTER) / (column + GUTTER)) as usize).max(1);
        let needed = rows.map_or(most, |rows| texts.len().div_ceil(rows.max(1)));
        let columns = needed.min(most).clamp(1, texts.len().max(1));
        Legend {
            column,
            columns,
            rows: texts.len().div_ceil(columns),
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.columns as f64 * (self.column + GUTTER) - GUTTER
    }

    pub(super) fn height(&self) -> f64 {
        self.rows as f64 * row_height()
    }

    /// Where the n-th row's square has its left side and its middle; columns are filled one after the other.
    pub(super) fn place(&self, corner: Point, index: usize) -> Point {
        let (column, row) = (index / self.rows.max(1), index % self.rows.max(1));
        Point {
            x: corner.x + column as f64 * (self.column + GUTTER),
            y: corner.y + (row as f64 + 0.5) * row_height(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_many_as_needed_and_no_more_than_fit() {
        let texts = vec!["name 10%".to_owned(); 10];
        let few = Legend::new(&texts, 600.0, Some(10));
        assert_eq!((few.columns, few.rows), (1, 10));
        let two = Legend::new(&texts, 600.0, Some(5));
        assert_eq!((two.columns, two.rows), (2, 5));
        let all = Legend::new(&texts, 600.0, None);
        assert!(all.columns > 4 && all.width() <= 600.0);
        let narrow = Legend::new(&texts, 20.0, None);
        assert_eq!((narrow.columns, narrow.column), (1, 20.0));
    }

    #[test]
    fn columns_are_filled_from_the_top() {
        let legend = Legend {
            column: 100.0,
            columns: 2,
            rows: 3,
        };
        let corner = Point { x: 10.0, y: 0.0 };
        assert_eq!(legend.place(corner, 0).x, 10.0);
        assert_eq!(legend.place(corner, 2).y, 2.5 * row_height());
        assert_eq!(
            legend.place(corner, 3),
            Point {
                x: 134.0,
                y: 0.5 * row_height()
            }
        );
    }
}
