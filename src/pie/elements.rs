//! The elements of a chart beside its slices.

use super::geometry::Point;
use super::palette::Rgb;
use super::text::line_height;
use crate::render::Weight;

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The vertical middle of the line, at the point that `anchor` names.
    pub(super) at: Point,
    pub(super) anchor: Anchor,
    /// The font size, in pixels.
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) color: Rgb,
    pub(super) text: String,
}

/// Which point of a text its position refers to, as SVG's `text-anchor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The colour sample of a legend entry.
#[derive(Clone, Debug)]
pub(super) struct Swatch {
    /// The middle of its left side.
    pub(super) at: Point,
    pub(super) color: Rgb,
}

/// The line from a slice to its label.
#[derive(Clone, Debug)]
pub(super) struct LeaderLine {
    /// The index of the slice.
    pub(super) slice: usize,
    pub(super) points: Vec<Point>,
}

/// Lines of text, centred on a point.
pub(super) fn centered_lines(
    lines: &[String],
    center: Point,
    size: f64,
    weight: Weight,
    color: Rgb,
) -> Vec<Text> {
    let first = center.y - line_height(size) * (lines.len() as f64 - 1.0) / 2.0;
    let texts = lines.iter().enumerate().map(|(index, line)| Text {
        at: Point {
            x: center.x,
            y: first + line_height(size) * index as f64,
        },
        anchor: Anchor::Middle,
        size,
        weight,
        color,
        text: line.clone(),
    });
    texts.collect()
}
