//! SVG to pixels, and pixels to PNG: the same bytes on every machine, whoever wrote the SVG.
//!
//! resvg draws. What it leaves open is decided here: a font inside the binary, and those of the system only for glyphs that it
//! lacks (`fonts`); no file is read unless a directory is given (`images`); and what would take hours or all memory is refused
//! before it does (`document`, `references`, `effort`). [`draw`] says of its result whether it depends on more than the SVG and
//! the options, which is what a cache must know. Where SVGs come from and where pictures go is left to the commands.

mod canvas;
mod crash;
mod document;
mod effort;
mod fonts;
mod images;
mod pixels;
mod png;
mod references;
#[cfg(test)]
mod tests;
mod width;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use resvg::tiny_skia::{Color, Pixmap};
use resvg::usvg::{self, Tree, roxmltree};
use thiserror::Error;

use canvas::Canvas;
pub use document::MAX_BYTES;
pub use fonts::{FONT, Fonts};
pub use images::Refused;
pub use pixels::Pixels;
pub use png::{About, encode};
pub use width::{Weight, text_width};

/// What of the renderer decides the bytes, beside [`FONT`]: part of a cache's key. From the SVG to pixels, the shaping of text
/// and its outlines among it, then from pixels to a compressed PNG. To be changed with `Cargo.lock`, as a test holds.
pub const RENDERER: &str = "resvg 0.49.0, usvg 0.49.0, tiny-skia 0.12.0, harfrust 0.12.0, skrifa 0.44.0, \
    image 0.25.10, png 0.18.1, flate2 1.1.11, zlib-rs 0.6.8";

/// How many pixels a picture has at most unless told otherwise.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Deeper documents are drawn on a stack of their own.
const SHALLOW: u32 = 32;

/// Of that stack, in bytes: what the deepest document needs in a debug build, and half as much again.
const STACK: usize = 256 << 20;

/// How an SVG is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// In pixels, before `scale`. Alone, the height follows from the SVG's proportions.
    pub width: Option<u32>,
    /// In pixels, before `scale`. With a width, the picture is in the middle, as large as fits.
    pub height: Option<u32>,
    /// Pixels for each that there would be otherwise.
    pub scale: f32,
    /// Pixels an inch, for lengths in inches, millimetres and points.
    pub dpi: f32,
    /// Under the picture: red, green, blue, opacity.
    pub background: Option<[u8; 4]>,
    /// More are refused.
    pub max_pixels: u64,
    /// Where files named in the SVG may be; without it, none is read.
    pub resources: Option<PathBuf>,
    /// Where fonts are taken from.
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

/// Why an SVG was not drawn.
#[derive(Debug, Error)]
pub enum Fault {
    /// Of the text, unpacked.
    #[error("it is larger than {} MiB", MAX_BYTES >> 20)]
    TooLong,
    /// As SVGs of other programs may be, in UTF-16.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// It begins as a `.svgz`.
    #[error("it cannot be unpacked: {0}")]
    Gzip(#[source] io::Error),
    /// Not well-formed, or with more nodes than are read.
    #[error("it is no XML that can be read: {0}")]
    Xml(#[source] roxmltree::Error),
    /// A bomb of entities.
    #[error("its entities would make it too large")]
    Entities,
    /// A bomb of attributes or namespaces.
    #[error("it has too many attributes in one element, or too many namespaces")]
    Attributes,
    /// References followed.
    #[error("its elements are nested too deep")]
    TooDeep,
    /// The element refers to itself, by way of others or not.
    #[error("«{0}» refers to itself")]
    Circle(String),
    /// In a path, or where a shape reaches in pixels.
    #[error("a shape is larger than can be drawn")]
    HugeNumber,
    /// References followed, or layers drawn.
    #[error("it would take too much time or memory to draw")]
    TooMuch,
    /// XML, but no SVG; or one of no size.
    #[error("it is no SVG that can be drawn: {0}")]
    Svg(#[source] usvg::Error),
    /// More than [`Options::max_pixels`].
    #[error("it would be {width} x {height} pixels, more than {max}")]
    TooLarge {
        /// In pixels.
        width: u64,
        /// In pixels.
        height: u64,
        /// In pixels.
        max: u64,
    },
    /// [`Options::scale`], [`Options::dpi`] or a size that is no positive number.
    #[error("sizes, scale and dpi must be more than zero")]
    NoSize,
    /// A fault of the renderer's own.
    #[error("the renderer cannot draw it")]
    Crashed,
    /// No thread for a deep document.
    #[error("no thread can be started: {0}")]
    Thread(#[source] io::Error),
    /// The pixels cannot be written.
    #[error("no PNG can be made of it: {0}")]
    Png(#[from] image::ImageError),
}

/// What came of drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The picture.
    pub pixels: Pixels,
    /// What a PNG should say about it.
    pub about: About,
    /// Whether fonts of the system were looked at, so that another machine may draw another picture.
    pub used_system_fonts: bool,
    /// Whether a letter was in no font that might be used; a box stands in its place.
    pub lacks_glyphs: bool,
    /// Whether files were read, whose content no key of a cache speaks of.
    pub used_files: bool,
    /// Pictures in the picture that were not drawn.
    pub refused: Vec<Refused>,
}

/// Draws an SVG, plain or packed with gzip.
///
/// # Errors
/// See [`Fault`]; nothing is ever drawn half.
pub fn draw(svg: &[u8], options: &Options) -> Result<Drawing, Fault> {
    let text = document::text(svg)?;
    let document = document::parse(&text)?;
    let burden = references::weigh(&document)?;
    let draw = || crash::caught(|| draw_document(&document, options));
    if burden.depth <= SHALLOW {
        return draw();
    }
    // usvg and resvg go down into elements by recursion; the stack of whoever calls may be small.
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, draw)
            .map_err(Fault::Thread)?
            .join()
            .unwrap_or(Err(Fault::Crashed))
    })
}

fn draw_document(document: &roxmltree::Document<'_>, options: &Options) -> Result<Drawing, Fault> {
    if !(options.dpi.is_finite() && options.dpi > 0.0) {
        return Err(Fault::NoSize);
    }
    let asked = fonts::Asked::default();
    let images = images::Images::new(
        options.resources.as_deref(),
        options.max_pixels,
        options.fonts,
        &asked,
    );
    let tree = {
        let reading = usvg::Options {
            dpi: options.dpi,
            font_family: "sans-serif".to_owned(),
            image_href_resolver: images.resolver(),
            font_resolver: fonts::resolver(options.fonts, &asked),
            fontdb: fonts::database(),
            ..usvg::Options::default()
        };
        Tree::from_xmltree(document, &reading).map_err(Fault::Svg)?
    };
    let canvas = Canvas::new(tree.size(), options)?;
    effort::check(&tree, canvas.area(), f64::from(canvas.scale))?;
    let too_large = Fault::TooLarge {
        width: canvas.width.into(),
        height: canvas.height.into(),
        max: options.max_pixels,
    };
    let mut pixmap = Pixmap::new(canvas.width, canvas.height).ok_or(too_large)?;
    if let Some([red, green, blue, alpha]) = options.background {
        pixmap.fill(Color::from_rgba8(red, green, blue, alpha));
    }
    resvg::render(&tree, canvas.transform(), &mut pixmap.as_mut());
    let rgba = if pixels::is_opaque(pixmap.data()) {
        pixmap.take()
    } else {
        pixmap.take_demultiplied()
    };
    Ok(Drawing {
        pixels: Pixels::new(canvas.width, canvas.height, rgba)
            .expect("a pixmap has four bytes a pixel"),
        about: About {
            title: document::about(document, "title"),
            description: document::about(document, "desc"),
            density: Some(options.dpi * canvas.scale),
        },
        used_system_fonts: asked.system.load(Relaxed),
        lacks_glyphs: asked.in_vain.load(Relaxed),
        used_files: images.used_files(),
        refused: images.into_refused(),
    })
}
