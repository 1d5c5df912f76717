//! Pie charts: labelled values become an SVG that is the same on every machine, or bars of text.
//!
//! The steps, each in a module that knows only those before it:
//!
//! 1. [`slices`] adds up, orders and colours the values; `rows` formats their numbers.
//! 2. `labels` makes the texts, `placement` puts them into the slices (`inner_labels`) or beside them with leader lines
//!    (`outer_labels`), `composition` decides between labels and a `legend`, and `layout` collects every element.
//! 3. `svg` writes the layout; [`bars`](fn@bars) and [`text_legend`] need none.
//!
//! Where values come from and what becomes of the SVG is left to the commands.

mod bars;
mod composition;
mod elements;
mod geometry;
mod header;
mod inner_labels;
mod labels;
mod layout;
mod legend;
mod options;
mod outer_labels;
pub mod palette;
mod percent;
mod placement;
mod rows;
pub mod slices;
mod svg;
pub mod template;
#[cfg(test)]
mod tests;
mod text;

pub use bars::{bars, text_legend};
pub use header::header_lines;
pub use layout::count_unlabelled;
pub use options::{LabelPosition, LegendPosition, Options};
pub use palette::{PALETTES, Palette, Rgb};
pub use slices::{Arrangement, PieError, Slice, Slices, Sort};
pub use svg::chart;
pub use template::Template;
