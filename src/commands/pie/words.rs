//! The words and numbers after the flags, and what they mean to the chart.

use std::ffi::OsStr;
use std::fmt;

use clap::ValueEnum;
use clap::builder::{PossibleValue, TypedValueParser};

use crate::args::values as parsers;
use crate::args::words::suggested;
use crate::error::{Error, Result};
use crate::pie::{self, palette};

/// How slices are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// As they come
    Input,
    /// The largest first
    Value,
    /// By their names
    Label,
}

/// Where slices are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Labels {
    /// In the slice or beside the pie; in the legend where they are too many
    Auto,
    /// In the slice, or only in the legend
    In,
    /// Beside the pie
    Out,
    /// Nowhere
    None,
}

/// Where the legend stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Legend {
    /// Where one is needed, beside the pie or below it
    Auto,
    /// Beside the pie
    Right,
    /// Below the pie
    Bottom,
    /// Nowhere
    None,
}

/// The formats of charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// Write pixels
    Png,
    /// Write shapes
    Svg,
    /// Write bars of text
    Bars,
    /// Show the picture on the terminal
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

impl From<Labels> for pie::Labels {
    fn from(labels: Labels) -> pie::Labels {
        match labels {
            Labels::Auto => pie::Labels::Auto,
            Labels::In => pie::Labels::In,
            Labels::Out => pie::Labels::Out,
            Labels::None => pie::Labels::None,
        }
    }
}

impl From<Legend> for pie::Legend {
    fn from(legend: Legend) -> pie::Legend {
        match legend {
            Legend::Auto => pie::Legend::Auto,
            Legend::Right => pie::Legend::Right,
            Legend::Bottom => pie::Legend::Bottom,
            Legend::None => pie::Legend::None,
        }
    }
}

impl To {
    /// The format that a file's ending stands for.
    pub(super) fn by_ending(ending: &OsStr) -> Option<To> {
        match ending.to_str()?.to_ascii_lowercase().as_str() {
            "png" => Some(To::Png),
            "svg" => Some(To::Svg),
            "txt" => Some(To::Bars),
            _ => None,
        }
    }
}

/// The word after `--to`.
impl fmt::Display for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.to_possible_value();
        f.write_str(word.as_ref().map_or("", PossibleValue::get_name))
    }
}

/// `LABEL=#hex`.
pub(super) fn slice_color(word: &str) -> Result<(String, pie::Rgb)> {
    let (label, color) = word.rsplit_once('=').ok_or_else(|| {
        Error::usage(format!(
            "«{word}»: write LABEL=COLOR, such as error=#d55e00"
        ))
    })?;
    Ok((label.to_owned(), opaque(color)?))
}

fn opaque(text: &str) -> Result<pie::Rgb> {
    match parsers::color(text).map_err(Error::usage)? {
        [red, green, blue, 255] => Ok([red, green, blue]),
        _ => Err(Error::usage(format!("«{text}»: slices are opaque"))),
    }
}

pub(super) fn hole(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(hole) if (0.0..=0.9).contains(&hole) => Ok(hole),
        _ => Err(format!("«{text}» is no share from 0 to 0.9")),
    }
}

pub(super) fn gap(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(gap) if (0.0..=30.0).contains(&gap) => Ok(gap),
        _ => Err(format!("«{text}» is no number of degrees from 0 to 30")),
    }
}

/// What is behind a chart, white by default: it must be known which letters can be read on it.
pub(super) fn opaque_or_none(color: Option<[u8; 4]>) -> Result<Option<pie::Rgb>> {
    match color {
        None => Ok(Some([255; 3])),
        Some([red, green, blue, 255]) => Ok(Some([red, green, blue])),
        Some([.., 0]) => Ok(None),
        Some(_) => Err(Error::usage(
            "the background of a chart is opaque, or transparent",
        )),
    }
}

/// The colours of a palette, by its name, or of a list.
pub(super) fn named_colors(word: &str) -> Result<Vec<pie::Rgb>> {
    match palette::find(word) {
        Some(palette) => Ok(palette.colors.to_vec()),
        None => word.split(',').map(opaque).collect(),
    }
}

/// The name of a palette, or a list of colours, which is looked at later.
pub(super) fn colors() -> impl TypedValueParser<Value = String> {
    let named = |palette: &pie::Palette| PossibleValue::new(palette.name).help(palette.summary);
    suggested(pie::PALETTES.iter().map(named).collect())
}
