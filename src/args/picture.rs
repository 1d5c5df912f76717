//! How an SVG becomes pixels, and whether they are kept.

use clap::{Args, ValueEnum};

use super::values;
use crate::render;

/// The flags of commands that draw.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Drawing")]
pub struct Picture {
    /// The picture's width in pixels; alone, the height follows
    #[arg(long, value_name = "PIXELS", value_parser = values::pixels)]
    pub width: Option<u32>,

    /// The picture's height in pixels; alone, the width follows
    #[arg(long, value_name = "PIXELS", value_parser = values::pixels)]
    pub height: Option<u32>,

    /// Draw so many pixels for each
    #[arg(long, value_name = "FACTOR", default_value = "1", hide_default_value = true, value_parser = values::positive)]
    pub scale: f32,

    /// Pixels an inch, for lengths in inches, millimetres and points
    #[arg(long, value_name = "DPI", default_value = "96", value_parser = values::positive)]
    pub dpi: f32,

    /// The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]
    #[arg(long, value_name = "COLOR", value_parser = values::color)]
    pub background: Option<[u8; 4]>,

    /// Refuse larger pictures
    #[arg(long, value_name = "N", default_value = "100M", value_parser = values::count)]
    pub max_pixels: u64,

    /// Where letters are taken from
    #[arg(long, value_name = "FROM", default_value = "auto")]
    pub fonts: Fonts,

    /// Whether pictures drawn before are used again
    #[arg(long, value_name = "HOW", default_value = "on", help_heading = "Cache")]
    pub cache: Caching,
}

/// Where letters are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fonts {
    /// From the font inside jug, and what it lacks from the system's
    Auto,
    /// From the font inside jug alone: the same picture on every machine
    Embedded,
    /// From the system's fonts by name, and from the one inside jug where there is none
    System,
}

/// Whether pictures drawn before are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Caching {
    /// Use what is there, keep what is drawn
    On,
    /// Neither
    Off,
    /// Draw anew, and keep it
    Refresh,
    /// Draw nothing: exit status 1 if it is not there
    Only,
}

impl Picture {
    /// The same for the renderer.
    pub fn options(&self) -> render::Options {
        render::Options {
            width: self.width,
            height: self.height,
            scale: self.scale,
            dpi: self.dpi,
            background: self.background,
            max_pixels: self.max_pixels,
            resources: None,
            fonts: match self.fonts {
                Fonts::Auto => render::Fonts::Auto,
                Fonts::Embedded => render::Fonts::Embedded,
                Fonts::System => render::Fonts::System,
            },
        }
    }
}
