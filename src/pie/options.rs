//! How a chart looks.

use super::palette::{Rgb, WHITE};
use super::template::Template;

/// How a chart looks.
#[derive(Clone, Debug)]
pub struct Options {
    /// In pixels.
    pub width: u32,
    /// In pixels; by default 400, or more if the legend needs it.
    pub height: Option<u32>,
    /// Shown above the chart.
    pub title: Option<String>,
    /// Shown below the title.
    pub subtitle: Option<String>,
    /// The radius of the hole as a fraction of the pie's: 0 for a pie, up to 0.9 for a ring.
    pub hole: f64,
    /// The text in the hole.
    pub center: Option<Template>,
    /// Between two slices, in degrees.
    pub gap: f64,
    /// Where slices are labelled.
    pub labels: LabelPosition,
    /// Where the legend is.
    pub legend: LegendPosition,
    /// The label of a slice.
    pub format: Template,
    /// Decimal places in percentages.
    pub digits: usize,
    /// `None` for a transparent background.
    pub background: Option<Rgb>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            width: 640,
            height: None,
            title: None,
            subtitle: None,
            hole: 0.0,
            center: None,
            gap: 0.0,
            labels: LabelPosition::Auto,
            legend: LegendPosition::Auto,
            format: Template::default(),
            digits: 0,
            background: Some(WHITE),
        }
    }
}

/// Where slices are labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelPosition {
    /// In the slice if the label fits, otherwise beside the pie; in a legend if there are too many.
    Auto,
    /// In the slice, or only in the legend.
    Inside,
    /// Beside the pie.
    Outside,
    /// Never.
    None,
}

impl LabelPosition {
    /// Whether labels may be in the slices.
    pub(super) fn allows_inside(self) -> bool {
        matches!(self, LabelPosition::Auto | LabelPosition::Inside)
    }

    /// Whether labels may be beside the pie, with leader lines.
    pub(super) fn allows_outside(self) -> bool {
        matches!(self, LabelPosition::Auto | LabelPosition::Outside)
    }
}

/// Where the legend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegendPosition {
    /// If a legend is needed, to the right of the pie, or below it if there is no room.
    Auto,
    /// To the right of the pie.
    Right,
    /// Below the pie.
    Bottom,
    /// No legend.
    None,
}
