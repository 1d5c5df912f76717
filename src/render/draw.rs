//! The way of an SVG to pixels, with every check on it.

use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use resvg::tiny_skia::{Color, Pixmap};
use resvg::usvg::{self, Tree, roxmltree};

use super::canvas::Canvas;
use super::error::RenderError;
use super::images::{self, OmittedImage};
use super::options::Options;
use super::pixels::{self, Pixels};
use super::png::Metadata;
use super::{cost, document, fonts, references};
use crate::panics;

/// Deeper documents are drawn on a thread with a larger stack.
const SHALLOW: u32 = 32;

/// The size of that stack, in bytes: 1.5 times what the deepest document needs in a debug build.
const STACK: usize = 256 << 20;

/// A drawn image, and what it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The image.
    pub pixels: Pixels,
    /// For the PNG.
    pub metadata: Metadata,
    /// Whether system fonts were consulted, so that another machine may draw another image.
    pub used_system_fonts: bool,
    /// Whether characters were drawn as boxes, because no font has a glyph for them.
    pub missing_glyphs: bool,
    /// Whether files were read, whose content is in no cache key.
    pub used_files: bool,
    /// Embedded images that were not drawn.
    pub omitted: Vec<OmittedImage>,
}

/// Draws an SVG, plain or compressed with gzip.
///
/// # Errors
/// See [`RenderError`]. An image is never drawn in part.
pub fn draw(svg: &[u8], options: &Options) -> Result<Drawing, RenderError> {
    let text = document::text(svg)?;
    let document = document::parse(&text)?;
    let complexity = references::estimate(&document)?;
    isolated(complexity.depth, || draw_document(&document, options))
}

/// Runs the recursive work on a document of this depth, with stack enough, and makes an error of a panic.
///
/// resvg and tiny-skia may panic. SVGs known to cause that are rejected before (see `cost`); this is for the others. A panic
/// leaves nothing half changed, since everything that the renderer works on is dropped.
fn isolated<T: Send>(
    depth: u32,
    work: impl FnOnce() -> Result<T, RenderError> + Send,
) -> Result<T, RenderError> {
    let caught = || panics::catch_expected(work).unwrap_or(Err(RenderError::RendererPanicked));
    if depth <= SHALLOW {
        return caught();
    }
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, caught)
            .map_err(RenderError::Thread)?
            .join()
            .unwrap_or(Err(RenderError::RendererPanicked))
    })
}

fn draw_document(
    document: &roxmltree::Document<'_>,
    options: &Options,
) -> Result<Drawing, RenderError> {
    if !(options.dpi.is_finite() && options.dpi > 0.0) {
        return Err(RenderError::InvalidSize);
    }
    let font_use = fonts::FontUse::default();
    let images = images::Images::new(
        options.resources.as_deref(),
        options.max_pixels,
        options.fonts,
        &font_use,
    );
    let tree = {
        let reading = usvg::Options {
            dpi: options.dpi,
            font_family: "sans-serif".to_owned(),
            image_href_resolver: images.resolver(),
            font_resolver: fonts::resolver(options.fonts, &font_use),
            fontdb: fonts::database(),
            ..usvg::Options::default()
        };
        Tree::from_xmltree(document, &reading).map_err(RenderError::Svg)?
    };
    let canvas = Canvas::new(tree.size(), options)?;
    cost::check(&tree, canvas.area(), f64::from(canvas.scale))?;
    let too_large = RenderError::TooLarge {
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
            .expect("a pixmap has four bytes per pixel"),
        metadata: Metadata {
            title: document::metadata(document, "title"),
            description: document::metadata(document, "desc"),
            density: Some(options.dpi * canvas.scale),
        },
        used_system_fonts: font_use.system.load(Relaxed),
        missing_glyphs: font_use.missing_glyphs.load(Relaxed),
        used_files: images.used_files(),
        omitted: images.into_omitted(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_renderer_is_an_error_on_either_stack() {
        for depth in [1, SHALLOW, SHALLOW + 1, 500] {
            let panicked = isolated(depth, || -> Result<(), RenderError> { panic!("a bug") });
            assert!(matches!(panicked, Err(RenderError::RendererPanicked)));
            assert_eq!(isolated(depth, || Ok(depth)).unwrap(), depth);
            let error = isolated(depth, || Err::<(), _>(RenderError::InvalidSize));
            assert!(matches!(error, Err(RenderError::InvalidSize)));
        }
    }
}
