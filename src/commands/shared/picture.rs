//! SVG to a picture, drawn once: what all commands share that draw.
//!
//! A picture is looked for in the cache by everything that decides its bytes, and is kept there unless it depends on more than
//! that, or something of it is missing. A cache that cannot be had is no fault of the picture's; `-v` tells of it.

use std::fmt::Write as _;

use crate::args::picture::{Caching, Picture};
use crate::args::values;
use crate::error::{Error, Plain, Result};
use crate::io::cache::{self, Cache, Key};
use crate::render::{self, Drawing, Fault, Options, Pixels};
use crate::ui::Ui;
use crate::ui::picture::{Protocol, blocks, iterm2, kitty};

/// Draws, or finds what was drawn.
pub(in crate::commands) struct Studio<'a> {
    options: Options,
    caching: Caching,
    cache: Option<Cache>,
    ui: &'a Ui,
}

impl<'a> Studio<'a> {
    /// What draws as these flags say; with `options` on top of them.
    pub(in crate::commands) fn new(
        picture: &Picture,
        options: Options,
        ui: &'a Ui,
    ) -> Result<Studio<'a>> {
        let cache = match picture.cache {
            Caching::Off => None,
            Caching::On | Caching::Refresh | Caching::Only => open_cache()?
                .map_err(|fault| ui.note(&format!("no cache: {}", Plain(&fault))))
                .ok(),
        };
        Ok(Studio {
            options,
            caching: picture.cache,
            cache,
            ui,
        })
    }

    /// The PNG of an SVG, called `name` in messages; none if it was only to be looked for, and is not there.
    pub(in crate::commands) fn png(
        &self,
        name: &str,
        svg: &[u8],
    ) -> std::result::Result<Option<Vec<u8>>, Fault> {
        // What files hold is in no key, so a picture that may have some is neither looked for nor kept.
        let cache = self
            .cache
            .as_ref()
            .filter(|_| self.options.resources.is_none());
        let key = self.key(svg);
        if let Some(cache) = cache.filter(|_| self.caching != Caching::Refresh) {
            match cache.get(&key) {
                Ok(Some(png)) => {
                    self.ui.note(&format!("{name}: from the cache"));
                    return Ok(Some(png));
                }
                Ok(None) => {}
                Err(fault) => self.ui.note(&format!("{name}: cache: {}", Plain(&fault))),
            }
        }
        if self.caching == Caching::Only {
            return Ok(None);
        }
        let drawing = self.draw(name, svg)?;
        let png = render::encode(&drawing.pixels, &drawing.about)?;
        if let Some(cache) = cache.filter(|_| is_whole(&drawing))
            && let Err(fault) = cache.put(&key, &png)
        {
            self.ui
                .note(&format!("{name}: not kept: {}", Plain(&fault)));
        }
        Ok(Some(png))
    }

    fn draw(&self, name: &str, svg: &[u8]) -> std::result::Result<Drawing, Fault> {
        let drawing = render::draw(svg, &self.options)?;
        for refused in &drawing.refused {
            let message = format!(
                "{name}: a picture in it is left out: «{}»: {}",
                refused.href, refused.why
            );
            self.ui.warn(&message);
        }
        if drawing.lacks_glyphs {
            self.ui.warn(&format!(
                "{name}: a letter is in no font, so a box stands for it"
            ));
        }
        Ok(drawing)
    }

    fn key(&self, svg: &[u8]) -> Key {
        // Destructured, so that whoever adds an option sees that it belongs here. The most pixels do: they decide which pictures
        // in a picture are drawn.
        let Options {
            width,
            height,
            scale,
            dpi,
            background,
            max_pixels,
            resources: _,
            fonts,
        } = &self.options;
        let mut drawn = String::new();
        let _ = write!(
            drawn,
            "{width:?} {height:?} {scale:?} {dpi:?} {background:?} {max_pixels} {fonts:?}"
        );
        Key::of(
            "png 1",
            &[
                ("renderer", render::RENDERER.as_bytes()),
                ("font", render::FONT.as_bytes()),
                ("options", drawn.as_bytes()),
                ("svg", svg),
            ],
        )
    }

    /// The picture as the terminal shows it, with the ends of its lines; none if it shows no colours.
    pub(in crate::commands) fn on_terminal(
        &self,
        name: &str,
        svg: &[u8],
    ) -> std::result::Result<Option<String>, Fault> {
        let Some(protocol) = self.ui.picture_protocol() else {
            return Ok(None);
        };
        if let Protocol::Blocks { true_color } = protocol {
            // Its last line is for the prompt.
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

    /// The pixels of the picture, no more in each direction than these.
    pub(in crate::commands) fn fitted(
        &self,
        name: &str,
        svg: &[u8],
        room: (usize, usize),
    ) -> std::result::Result<Pixels, Fault> {
        Ok(fitted(self.draw(name, svg)?.pixels, room))
    }
}

/// Whether another run would draw the same.
fn is_whole(drawing: &Drawing) -> bool {
    !drawing.used_system_fonts
        && !drawing.used_files
        && !drawing.lacks_glyphs
        && drawing.refused.is_empty()
}

/// As large as fits, but no larger than it is.
fn fitted(pixels: Pixels, (columns, rows): (usize, usize)) -> Pixels {
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
/// If `JUG_CACHE_MAX` is no size.
pub(in crate::commands) fn open_cache() -> Result<std::result::Result<Cache, cache::Fault>> {
    let max = match std::env::var("JUG_CACHE_MAX") {
        Ok(text) if !text.is_empty() => values::size(&text)
            .map_err(|reason| Error::usage(format!("JUG_CACHE_MAX: {reason}")))?,
        _ => cache::DEFAULT_MAX,
    };
    Ok(cache::root().and_then(|root| Cache::open(&root, max)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_made_to_fit_but_not_larger() {
        let size = |width: u32, height: u32, room| {
            let rgba = vec![255; (width * height * 4) as usize];
            let fitted = fitted(Pixels::new(width, height, rgba).unwrap(), room);
            (fitted.width(), fitted.height())
        };
        assert_eq!(size(640, 400, (80, 46)), (74, 46));
        assert_eq!(size(640, 400, (80, 200)), (80, 50));
        assert_eq!(size(8, 4, (80, 46)), (8, 4));
        assert_eq!(size(1000, 1, (80, 46)), (80, 1));
    }
}
