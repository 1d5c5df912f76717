//! Values to a pie chart: an SVG that is right, readable and the same on every machine, or bars in plain text.
//!
//! [`slices`] adds up and orders the values, `layout` decides where everything goes, `svg` writes it down; `palette` has the
//! colours. Where values come from and what becomes of the SVG is left to the commands.

mod bars;
mod circle;
mod desk;
mod inside;
mod layout;
mod legend;
mod outside;
pub mod palette;
mod percent;
mod plate;
pub mod slices;
mod svg;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
mod writing;

pub use bars::{bars, head, key};
pub use layout::nameless;
pub use palette::{PALETTES, Palette, Rgb};
pub use slices::{Arrangement, Fault, Slice, Slices, Sort};
pub use svg::chart;
pub use template::Template;

/// How a chart looks.
#[derive(Clone, Debug)]
pub struct Options {
    /// In pixels.
    pub width: u32,
    /// In pixels; where there is none, 400, and more where the legend needs more.
    pub height: Option<u32>,
    /// Above the chart.
    pub title: Option<String>,
    /// Below the title.
    pub subtitle: Option<String>,
    /// The radius of the hole, as a share of the pie's: 0 for a pie, up to 0.9.
    pub hole: f64,
    /// In the hole.
    pub center: Option<Template>,
    /// Between two slices, in degrees.
    pub gap: f64,
    /// Where slices are named.
    pub labels: Labels,
    /// Where the legend stands.
    pub legend: Legend,
    /// What is said of a slice.
    pub format: Template,
    /// Digits of percents after the point.
    pub digits: usize,
    /// Behind everything; transparent where there is none.
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
            labels: Labels::Auto,
            legend: Legend::Auto,
            format: Template::default(),
            digits: 0,
            background: Some([255; 3]),
        }
    }
}

/// Where slices are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// In the slice where the name fits, else beside the pie; in a legend where they are too many.
    Auto,
    /// In the slice, or only in the legend.
    In,
    /// Beside the pie.
    Out,
    /// Nowhere.
    None,
}

/// Where the legend stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legend {
    /// Where there is one, beside the pie, or below it if there is no room.
    Auto,
    /// Beside the pie.
    Right,
    /// Below the pie.
    Bottom,
    /// Nowhere.
    None,
}
