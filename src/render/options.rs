//! How an SVG is drawn.

use std::path::PathBuf;

use super::fonts::Fonts;

/// The largest SVG that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// The default of [`Options::max_pixels`].
pub const MAX_PIXELS: u64 = 100_000_000;

/// How an SVG is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// In pixels, before `scale`. Alone, it keeps the SVG's aspect ratio.
    pub width: Option<u32>,
    /// In pixels, before `scale`. With a width, the SVG is scaled to fit and centred.
    pub height: Option<u32>,
    /// The scale factor.
    pub scale: f32,
    /// Pixels per inch, for lengths in inches, millimetres and points.
    pub dpi: f32,
    /// Red, green, blue and opacity; transparent by default.
    pub background: Option<[u8; 4]>,
    /// Larger images are rejected, and larger embedded ones omitted.
    pub max_pixels: u64,
    /// The directory from which files named in the SVG are read; without it, none is read.
    pub resources: Option<PathBuf>,
    /// Where fonts come from.
    pub fonts: Fonts,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            width: None,
            height: None,
            scale: 1.0,
            dpi: 96.0,
            background: None,
            max_pixels: MAX_PIXELS,
            resources: None,
            fonts: Fonts::Auto,
        }
    }
}
