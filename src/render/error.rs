//! Why an SVG was not drawn.

use std::io;

use resvg::usvg::{self, roxmltree};
use thiserror::Error;

use super::options::MAX_BYTES;

/// Why an SVG was not drawn.
#[derive(Debug, Error)]
pub enum RenderError {
    /// More than [`MAX_BYTES`], uncompressed.
    #[error("it is larger than {} MiB", MAX_BYTES >> 20)]
    TooLong,
    /// Such as UTF-16.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// It starts like a `.svgz`.
    #[error("it cannot be decompressed: {0}")]
    Gzip(#[source] io::Error),
    /// Not well-formed, or too many nodes.
    #[error("invalid XML: {0}")]
    Xml(#[source] roxmltree::Error),
    /// An entity bomb.
    #[error("its entities expand to too much text")]
    Entities,
    /// An attribute or namespace bomb.
    #[error("too many attributes in one element, or too many namespaces")]
    Attributes,
    /// With references followed.
    #[error("its elements are nested too deeply")]
    TooDeep,
    /// The element refers to itself, directly or through others.
    #[error("circular reference: '{0}' refers to itself")]
    CircularReference(String),
    /// By a number in a path, or in pixels.
    #[error("a shape is too large to draw")]
    ShapeTooLarge,
    /// With references followed, or because of its layers and filters.
    #[error("it would take too much time or memory to draw")]
    TooComplex,
    /// XML, but not an SVG, or one without a size.
    #[error("invalid SVG: {0}")]
    Svg(#[source] usvg::Error),
    /// More than `max_pixels`.
    #[error("the image would have {width} x {height} pixels, more than {max}")]
    TooLarge {
        /// In pixels.
        width: u64,
        /// In pixels.
        height: u64,
        /// In pixels.
        max: u64,
    },
    /// `scale`, `dpi` or a size is not positive.
    #[error("sizes, scale and DPI must be more than zero")]
    InvalidSize,
    /// A bug in the renderer.
    #[error("the renderer failed to draw it")]
    RendererPanicked,
    /// The thread for a deep document.
    #[error("could not start a thread: {0}")]
    Thread(#[source] io::Error),
    /// By the encoder.
    #[error("could not encode the PNG: {0}")]
    Png(#[from] image::ImageError),
}
