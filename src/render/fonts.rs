//! The fonts of texts: one embedded in the binary, so that images are the same on every machine, and the system's only for
//! glyphs that it lacks.
//!
//! Loading the system's fonts takes longer than drawing a small image, so they are loaded when the first such glyph is needed.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Family, ID, Query, Source, Stretch, Style, Weight};
use resvg::usvg::{self, FontFamily, FontResolver, FontStretch, FontStyle};
use skrifa::{FontRef, MetadataProvider};

/// Where fonts come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fonts {
    /// The embedded font, and the system's for glyphs that it lacks.
    #[default]
    Auto,
    /// The embedded font only: the same bytes on every machine.
    Embedded,
    /// The system's fonts that the SVG names, and the embedded font for others.
    System,
}

/// The name and version of the embedded font: part of a cache key.
pub const FONT: &str = "DejaVu Sans 2.37";

/// The lightest weight drawn in bold (CSS Fonts 4, 2.2: 600 is the first that falls back to bold).
const BOLD_FROM: u16 = 600;

struct Embedded {
    database: Arc<Database>,
    regular: ID,
    bold: ID,
    mono: ID,
}

static EMBEDDED: LazyLock<Embedded> = LazyLock::new(|| {
    let mut database = Database::new();
    let mut load =
        |bytes: &'static [u8]| database.load_font_source(Source::Binary(Arc::new(bytes)))[0];
    let regular = load(dejavu::sans::regular());
    let bold = load(dejavu::sans::bold());
    let mono = load(dejavu::sans_mono::regular());
    Embedded {
        database: Arc::new(database),
        regular,
        bold,
        mono,
    }
});

/// The embedded fonts.
pub(super) fn database() -> Arc<Database> {
    EMBEDDED.database.clone()
}

/// How fonts were resolved.
#[derive(Debug, Default)]
pub(super) struct FontUse {
    /// Whether system fonts were consulted.
    pub(super) system: AtomicBool,
    /// Whether no font has a glyph for some character.
    pub(super) missing_glyphs: AtomicBool,
}

/// How usvg finds fonts; `font_use` records the result.
pub(super) fn resolver(fonts: Fonts, font_use: &FontUse) -> FontResolver<'_> {
    FontResolver {
        select_font: Box::new(move |font, database| match fonts {
            Fonts::Auto | Fonts::Embedded => Some(embedded(font)),
            Fonts::System => {
                load_system(database, font_use);
                named(font, database).or_else(|| Some(embedded(font)))
            }
        }),
        select_fallback: Box::new(move |letter, used, database| {
            let faces = [EMBEDDED.regular, EMBEDDED.bold, EMBEDDED.mono];
            let found = faces
                .into_iter()
                .find(|id| !used.contains(id) && has_glyph(database, *id, letter));
            let found = found.or_else(|| {
                if fonts == Fonts::Embedded {
                    return None;
                }
                load_system(database, font_use);
                fallback(letter, used, database)
            });
            if found.is_none() {
                font_use.missing_glyphs.store(true, Relaxed);
            }
            found
        }),
    }
}

/// The nearest embedded face.
fn embedded(font: &usvg::Font) -> ID {
    let is_mono = font.families().iter().any(|family| match family {
        FontFamily::Monospace => true,
        FontFamily::Named(name) => name.to_ascii_lowercase().contains("mono"),
        _ => false,
    });
    if is_mono {
        EMBEDDED.mono
    } else if font.weight() >= BOLD_FROM {
        EMBEDDED.bold
    } else {
        EMBEDDED.regular
    }
}

fn load_system(database: &mut Arc<Database>, font_use: &FontUse) {
    font_use.system.store(true, Relaxed);
    // Each embedded SVG starts with the embedded fonts again.
    if database.len() == EMBEDDED.database.len() {
        Arc::make_mut(database).load_system_fonts();
    }
}

/// The system's face for the names that the SVG gives.
fn named(font: &usvg::Font, database: &Database) -> Option<ID> {
    let families: Vec<Family<'_>> = font
        .families()
        .iter()
        .map(|family| match family {
            FontFamily::Serif => Family::Serif,
            FontFamily::SansSerif => Family::SansSerif,
            FontFamily::Cursive => Family::Cursive,
            FontFamily::Fantasy => Family::Fantasy,
            FontFamily::Monospace => Family::Monospace,
            FontFamily::Named(name) => Family::Name(name),
        })
        .collect();
    database.query(&Query {
        families: &families,
        weight: Weight(font.weight()),
        stretch: match font.stretch() {
            FontStretch::UltraCondensed => Stretch::UltraCondensed,
            FontStretch::ExtraCondensed => Stretch::ExtraCondensed,
            FontStretch::Condensed => Stretch::Condensed,
            FontStretch::SemiCondensed => Stretch::SemiCondensed,
            FontStretch::Normal => Stretch::Normal,
            FontStretch::SemiExpanded => Stretch::SemiExpanded,
            FontStretch::Expanded => Stretch::Expanded,
            FontStretch::ExtraExpanded => Stretch::ExtraExpanded,
            FontStretch::UltraExpanded => Stretch::UltraExpanded,
        },
        style: match font.style() {
            FontStyle::Normal => Style::Normal,
            FontStyle::Italic => Style::Italic,
            FontStyle::Oblique => Style::Oblique,
        },
    })
}

/// The face nearest in weight and style that has a glyph for the character.
fn fallback(letter: char, used: &[ID], database: &Database) -> Option<ID> {
    let like = database.face(*used.first()?)?;
    let mut faces: Vec<_> = database
        .faces()
        .filter(|face| !used.contains(&face.id))
        .collect();
    faces.sort_by_key(|face| {
        (
            face.weight.0.abs_diff(like.weight.0),
            face.style != like.style,
        )
    });
    faces
        .into_iter()
        .map(|face| face.id)
        .find(|id| has_glyph(database, *id, letter))
}

fn has_glyph(database: &Database, id: ID, letter: char) -> bool {
    let has = |bytes: &[u8], index: u32| {
        FontRef::from_index(bytes, index).is_ok_and(|font| font.charmap().map(letter).is_some())
    };
    database.with_face_data(id, has).unwrap_or(false)
}
