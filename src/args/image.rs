//! How an SVG becomes pixels, and whether the image cache is used.

use clap::{Args, ValueEnum};

use super::values;
use crate::render;

/// The flags of commands that draw.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Drawing")]
pub struct ImageArgs {
    /// Image width in pixels; without --height, the aspect ratio is kept
    #[arg(long, value_name = "PIXELS", value_parser = values::pixels)]
    pub width: Option<u32>,

    /// Image height in pixels; without --width, the aspect ratio is kept
    #[arg(long, value_name = "PIXELS", value_parser = values::pixels)]
    pub height: Option<u32>,

    /// Scale factor
    #[arg(long, value_name = "FACTOR", default_value = "1", hide_default_value = true, value_parser = values::positive)]
    pub scale: f32,

    /// Pixels per inch, for lengths in inches, millimetres and points
    #[arg(long, value_name = "DPI", default_value = "96", value_parser = values::positive)]
    pub dpi: f32,

    /// Background colour: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]
    #[arg(long, value_name = "COLOR", value_parser = values::color)]
    pub background: Option<[u8; 4]>,

    /// Reject images with more than N pixels
    #[arg(long, value_name = "N", default_value = "100M", value_parser = values::count)]
    pub max_pixels: u64,

    /// Fonts for text
    #[arg(long, value_name = "FROM", default_value = "auto")]
    pub fonts: Fonts,

    /// How to use the image cache
    #[arg(
        long,
        value_name = "MODE",
        default_value = "on",
        help_heading = "Cache"
    )]
    pub cache: CacheMode,
}

/// Fonts for text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fonts {
    /// Use the embedded font, and the system's fonts for glyphs that it lacks
    Auto,
    /// Use only the embedded font, for the same image on every machine
    Embedded,
    /// Use the system's fonts that the SVG names, and the embedded font for others
    System,
}

/// How to use the image cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CacheMode {
    /// Use cached images and store new ones
    On,
    /// Do not use the cache
    Off,
    /// Draw again and replace the cached image
    Refresh,
    /// Draw nothing; exit with status 1 if the image is not cached
    Only,
}

impl ImageArgs {
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
