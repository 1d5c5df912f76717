//! SVG to PNG through the image cache: shared by the commands that draw.
//!
//! An image is looked up by everything that decides its bytes. It is stored unless it depends on more than that, or is incomplete.
//! Without a cache, images are drawn anyway, and a note reports why there is none.

use crate::args::image::{CacheMode, ImageArgs};
use crate::args::values;
use crate::error::{Error, Plain, Result};
use crate::io::cache::{self, Cache, Key};
use crate::render::{self, Drawing, Omission, Options, Pixels, RenderError};
use crate::ui::Ui;
use crate::ui::image::{Protocol, blocks, iterm2, kitty};

/// Draws images, or takes them from the cache.
pub(in crate::commands) struct Renderer<'a> {
    options: Options,
    mode: CacheMode,
    cache: Option<Cache>,
    ui: &'a Ui,
}

impl<'a> Renderer<'a> {
    /// A renderer with these options, and a cache as the flags ask for it.
    pub(in crate::commands) fn new(
        args: &ImageArgs,
        options: Options,
        ui: &'a Ui,
    ) -> Result<Renderer<'a>> {
        // The content of files is in no key, so images that may use some are never cached.
        let cache = if args.cache == CacheMode::Off || options.resources.is_some() {
            None
        } else {
            open_cache()?
                .map_err(|error| ui.note(&format!("no cache: {}", Plain(&error))))
                .ok()
        };
        Ok(Renderer {
            options,
            mode: args.cache,
            cache,
            ui,
        })
    }

    /// The PNG of an SVG, called `name` in messages. `None` with `--cache only` if it is not cached.
    pub(in crate::commands) fn png(
        &self,
        name: &str,
        svg: &[u8],
    ) -> std::result::Result<Option<Vec<u8>>, RenderError> {
        let key = key(&self.options, svg);
        if self.mode != CacheMode::Refresh
            && let Some(png) = self.cached(name, &key)
        {
            return Ok(Some(png));
        }
        if self.mode == CacheMode::Only {
            return Ok(None);
        }
        let drawing = self.draw(name, svg)?;
        let png = render::encode(&drawing.pixels, &drawing.metadata)?;
        if let Some(cache) = self.cache.as_ref().filter(|_| is_cacheable(&drawing))
            && let Err(error) = cache.put(&key, &png)
        {
            self.ui
                .note(&format!("{name}: not cached: {}", Plain(&error)));
        }
        Ok(Some(png))
    }

    fn cached(&self, name: &str, key: &Key) -> Option<Vec<u8>> {
        match self.cache.as_ref()?.get(key) {
            Ok(png) => {
                let png = png?;
                self.ui.note(&format!("{name}: from the cache"));
                Some(png)
            }
            Err(error) => {
                self.ui.note(&format!("{name}: cache: {}", Plain(&error)));
                None
            }
        }
    }

    fn draw(&self, name: &str, svg: &[u8]) -> std::result::Result<Drawing, RenderError> {
        let drawing = render::draw(svg, &self.options)?;
        for omitted in &drawing.omitted {
            let reason = match omitted.reason {
                Omission::NoDirectory => "files are only read from --resources DIR".to_owned(),
                Omission::TooLarge => "it has more pixels than --max-pixels".to_owned(),
                other => other.to_string(),
            };
            self.ui.warn(&format!(
                "{name}: embedded image '{}' omitted: {reason}",
                omitted.href
            ));
        }
        if drawing.missing_glyphs {
            self.ui.warn(&format!(
                "{name}: no font has a glyph for some characters; drawn as boxes"
            ));
        }
        Ok(drawing)
    }

    /// The image as the terminal shows it, with its newlines. `None` if the terminal has no colours, or as for `png`.
    pub(in crate::commands) fn on_terminal(
        &self,
        name: &str,
        svg: &[u8],
    ) -> std::result::Result<Option<String>, RenderError> {
        let Some(protocol) = self.ui.image_protocol() else {
            return Ok(None);
        };
        if let Protocol::Blocks { true_color } = protocol {
            // The last line is left to the prompt.
            let room = (self.ui.width(), self.ui.height().saturating_sub(1) * 2);
            let pixels = self.fitted(name, svg, room)?;
            let width = pixels.width() as usize;
            return Ok(Some(blocks(width, pixels.rgba(), true_color)));
        }
        let png = self.png(name, svg)?;
        Ok(png.map(|png| match protocol {
            Protocol::Iterm2 => iterm2(&png),
            Protocol::Kitty | Protocol::Blocks { .. } => kitty(&png),
        }))
    }

    /// The pixels of an image, scaled down to at most `room` columns and rows.
    pub(in crate::commands) fn fitted(
        &self,
        name: &str,
        svg: &[u8],
        room: (usize, usize),
    ) -> std::result::Result<Pixels, RenderError> {
        Ok(scaled_down(self.draw(name, svg)?.pixels, room))
    }
}

/// The cache key of a PNG.
///
/// The options are in it as a whole, so that none can be left out. That includes the limit of pixels, which decides which
/// embedded images are drawn.
fn key(options: &Options, svg: &[u8]) -> Key {
    Key::of(
        "png 2",
        &[
            ("renderer", render::RENDERER.as_bytes()),
            ("font", render::FONT.as_bytes()),
            ("options", format!("{options:?}").as_bytes()),
            ("svg", svg),
        ],
    )
}

/// Whether an image is complete and depends on nothing but its key. An incomplete one is drawn each time, with its warnings.
fn is_cacheable(drawing: &Drawing) -> bool {
    !drawing.used_system_fonts
        && !drawing.used_files
        && !drawing.missing_glyphs
        && drawing.omitted.is_empty()
}

/// As large as fits, but no larger than it is.
fn scaled_down(pixels: Pixels, (columns, rows): (usize, usize)) -> Pixels {
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let factor = (columns as f64 / width).min(rows as f64 / height);
    if factor >= 1.0 {
        return pixels;
    }
    let scaled = |length: f64| (length * factor).round().max(1.0) as u32;
    pixels.scaled_to(scaled(width), scaled(height))
}

/// The cache of this user, or why there is none.
///
/// # Errors
/// If `JUG_CACHE_MAX` is not a size.
pub(in crate::commands) fn open_cache() -> Result<std::result::Result<Cache, cache::CacheError>> {
    let max = match std::env::var("JUG_CACHE_MAX") {
        Ok(text) if !text.is_empty() => values::size(&text)
            .map_err(|reason| Error::usage(format!("JUG_CACHE_MAX: {reason}")))?,
        _ => cache::DEFAULT_MAX,
    };
    Ok(cache::root().and_then(|root| Cache::open(&root, max)))
}

#[cfg(test)]
mod tests;
