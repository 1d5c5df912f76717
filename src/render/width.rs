//! The width of a text, for layouts.
//!
//! It is the sum of the advances of the embedded font. Kerning and ligatures, which the renderer applies, only make a text a
//! little narrower, so a text that fits by this width does fit.

use std::sync::LazyLock;

use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

struct Face {
    charmap: Charmap<'static>,
    /// In units of the em square.
    metrics: GlyphMetrics<'static>,
    units_per_em: f32,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Face {
        let font = FontRef::new(bytes).expect("the embedded font is valid");
        let (size, location) = (Size::unscaled(), LocationRef::default());
        Face {
            charmap: font.charmap(),
            metrics: font.glyph_metrics(size, location),
            units_per_em: f32::from(font.metrics(size, location).units_per_em),
        }
    }

    /// In ems.
    fn advance(&self, letter: char) -> f32 {
        let advance = self
            .charmap
            .map(letter)
            .and_then(|glyph| self.metrics.advance_width(glyph));
        match advance {
            Some(advance) => advance / self.units_per_em,
            // A system font will be used. Its glyph is at most about as wide as the character's cells on a terminal.
            None => {
                let cells = unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0);
                cells as f32 * 0.65
            }
        }
    }
}

static REGULAR: LazyLock<Face> = LazyLock::new(|| Face::new(dejavu::sans::regular()));
static BOLD: LazyLock<Face> = LazyLock::new(|| Face::new(dejavu::sans::bold()));

/// The font weight of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// `font-weight` below 600.
    #[default]
    Regular,
    /// `font-weight` 600 and more.
    Bold,
}

/// The width of a text in the embedded font, in the unit of `size`, its font size.
pub fn text_width(text: &str, size: f32, weight: Weight) -> f32 {
    let face = match weight {
        Weight::Regular => &*REGULAR,
        Weight::Bold => &*BOLD,
    };
    let ems: f32 = text.chars().map(|letter| face.advance(letter)).sum();
    ems * size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_the_advances_of_the_font() {
        // Advances as DejaVu Sans 2.37's hmtx table has them, of 2048 units per em.
        for (text, units) in [("", 0), ("i", 569), ("m", 1995), ("0", 1303), ("W", 2025)] {
            let expected = units as f32 / 2048.0 * 10.0;
            let found = text_width(text, 10.0, Weight::Regular);
            assert!((found - expected).abs() < 1e-4, "{text}: {found}");
        }
        let both = text_width("mi0", 16.0, Weight::Regular);
        assert!((both - (569 + 1995 + 1303) as f32 / 128.0).abs() < 1e-3);
        assert!(
            text_width("Total", 10.0, Weight::Bold) > text_width("Total", 10.0, Weight::Regular)
        );
    }

    #[test]
    fn characters_of_other_fonts_have_a_width_and_marks_have_none() {
        let width = |text| text_width(text, 10.0, Weight::Regular);
        assert!(width("漢") > width("m"));
        assert!(width("\u{200d}") < 0.001);
    }
}
