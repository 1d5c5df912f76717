//! The values of flags, and what they mean for the chart.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, TypedValueParser};

use crate::args::values as parsers;
use crate::args::words::suggested;
use crate::error::{Error, Result};
use crate::pie::{self, palette};

/// The order of the slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// Keep the order of the input
    Input,
    /// Put the largest first
    Value,
    /// Sort by label
    Label,
}

/// Where to put labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LabelFlag {
    /// In the slice or beside the pie; in a legend if there are too many
    Auto,
    /// In the slice, or only in the legend
    In,
    /// Beside the pie
    Out,
    /// No labels
    None,
}

/// Where to put the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LegendFlag {
    /// If one is needed, beside the pie or below it
    Auto,
    /// Beside the pie
    Right,
    /// Below the pie
    Bottom,
    /// No legend
    None,
}

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// A PNG image
    Png,
    /// An SVG image
    Svg,
    /// Bars of text
    Bars,
    /// An image on the terminal
    Terminal,
}

impl From<Order> for pie::Sort {
    fn from(order: Order) -> pie::Sort {
        match order {
            Order::Input => pie::Sort::Input,
            Order::Value => pie::Sort::Value,
            Order::Label => pie::Sort::Label,
        }
    }
}

impl From<LabelFlag> for pie::LabelPosition {
    fn from(flag: LabelFlag) -> pie::LabelPosition {
        match flag {
            LabelFlag::Auto => pie::LabelPosition::Auto,
            LabelFlag::In => pie::LabelPosition::Inside,
            LabelFlag::Out => pie::LabelPosition::Outside,
            LabelFlag::None => pie::LabelPosition::None,
        }
    }
}

impl From<LegendFlag> for pie::LegendPosition {
    fn from(flag: LegendFlag) -> pie::LegendPosition {
        match flag {
            LegendFlag::Auto => pie::LegendPosition::Auto,
            LegendFlag::Right => pie::LegendPosition::Right,
            LegendFlag::Bottom => pie::LegendPosition::Bottom,
            LegendFlag::None => pie::LegendPosition::None,
        }
    }
}

impl OutputFormat {
    /// The format for a file extension.
    pub(super) fn by_extension(extension: &OsStr) -> Option<OutputFormat> {
        match extension.to_str()?.to_ascii_lowercase().as_str() {
            "png" => Some(OutputFormat::Png),
            "svg" => Some(OutputFormat::Svg),
            "txt" => Some(OutputFormat::Bars),
            _ => None,
        }
    }
}

/// The value of `--to`.
impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value();
        f.write_str(name.as_ref().map_or("", PossibleValue::get_name))
    }
}

/// The format given by `--to` or the extension of the output file; `None` without either.
pub(super) fn output_format(
    to: Option<OutputFormat>,
    file: Option<&Path>,
) -> Result<Option<OutputFormat>> {
    let Some(file) = file else {
        return Ok(to);
    };
    let shown = file.display();
    match (to, file.extension().map(OutputFormat::by_extension)) {
        (Some(OutputFormat::Terminal), _) => {
            let message = "--to terminal cannot be written to a file";
            Err(Error::usage(message).hint("leave out -o, or use --to png"))
        }
        (Some(to), Some(Some(extension))) if to != extension => {
            let message = format!("{shown}: the extension contradicts --to {to}");
            Err(Error::usage(message).hint("change the extension, or leave out --to"))
        }
        (None, Some(None)) => {
            let message = format!("{shown}: unknown extension: expected png, svg or txt");
            Err(Error::usage(message).hint("use such an extension, or --to png"))
        }
        (to, extension) => Ok(to.or(extension.flatten())),
    }
}

/// Parses `LABEL=COLOR`.
pub(super) fn slice_color(word: &str) -> Result<(String, pie::Rgb)> {
    let (label, color) = word.rsplit_once('=').ok_or_else(|| {
        Error::usage(format!(
            "invalid slice colour '{word}': expected LABEL=COLOR, such as error=#d55e00"
        ))
    })?;
    Ok((label.to_owned(), opaque(color)?))
}

fn opaque(text: &str) -> Result<pie::Rgb> {
    match parsers::color(text).map_err(Error::usage)? {
        [red, green, blue, 255] => Ok([red, green, blue]),
        _ => Err(Error::usage(format!(
            "invalid colour '{text}': slices cannot be transparent"
        ))),
    }
}

pub(super) fn hole(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(hole) if (0.0..=0.9).contains(&hole) => Ok(hole),
        _ => Err("expected a number from 0 to 0.9".to_owned()),
    }
}

pub(super) fn gap(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(gap) if (0.0..=30.0).contains(&gap) => Ok(gap),
        _ => Err("expected 0 to 30 degrees".to_owned()),
    }
}

/// The background of a chart, white by default. It decides the colour of texts, so it cannot be half transparent.
pub(super) fn background(color: Option<[u8; 4]>) -> Result<Option<pie::Rgb>> {
    match color {
        None => Ok(Some([255; 3])),
        Some([red, green, blue, 255]) => Ok(Some([red, green, blue])),
        Some([.., 0]) => Ok(None),
        Some(_) => Err(Error::usage(
            "the background of a chart must be opaque or fully transparent",
        )),
    }
}

/// The colours of a palette, or of a comma-separated list.
pub(super) fn palette_colors(word: &str) -> Result<Vec<pie::Rgb>> {
    match palette::find(word) {
        Some(palette) => Ok(palette.colors.to_vec()),
        None => word.split(',').map(opaque).collect(),
    }
}

/// A parser for the name of a palette or a list of colours, which is checked later.
pub(super) fn palette_parser() -> impl TypedValueParser<Value = String> {
    let value = |palette: &pie::Palette| PossibleValue::new(palette.name).help(palette.summary);
    suggested(pie::PALETTES.iter().map(value).collect())
}
