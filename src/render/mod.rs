//! SVG to pixels, and pixels to PNG: the same bytes on every machine, for SVGs that anyone may have written.
//!
//! resvg draws. What it leaves open is decided here: text uses a font in the binary, and the system's only for glyphs that it
//! lacks (`fonts`); files are read only from a directory that is given (`images`); an SVG that would take hours or all memory is
//! rejected before it is drawn (`document`, `references`, `cost`). [`draw()`] reports whether its result depends on more than the
//! SVG and the options, which a cache must know. Where SVGs come from and where images go is left to the commands.

mod canvas;
mod cost;
mod document;
mod draw;
mod error;
mod fonts;
mod images;
mod options;
mod pixels;
mod png;
mod references;
#[cfg(test)]
mod tests;
mod width;

pub use draw::{Drawing, draw};
pub use error::RenderError;
pub use fonts::{FONT, Fonts};
pub use images::{Omission, OmittedImage};
pub use options::{MAX_BYTES, MAX_PIXELS, Options};
pub use pixels::Pixels;
pub use png::{Metadata, encode};
pub use width::{Weight, text_width};

/// The libraries that decide the bytes of a PNG, beside [`FONT`]: part of a cache key. Those that read the SVG, shape text and
/// draw, then those that compress. A test checks that it agrees with `Cargo.lock`.
pub const RENDERER: &str = "resvg 0.49.0, usvg 0.49.0, tiny-skia 0.12.0, harfrust 0.12.0, skrifa 0.44.0, \
    image 0.25.10, png 0.18.1, flate2 1.1.11, zlib-rs 0.6.8";
