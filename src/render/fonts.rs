//! Which font a text is drawn with: one inside the binary, so that pictures are the same on every machine; those of the system
//! only for what it lacks.
//!
//! Looking through the fonts of a system takes longer than all the rest of a small picture, so it is done when usvg asks for a
//! glyph that is not inside, and not before.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Family, ID, Query, Source, Stretch, Style, Weight};
use resvg::usvg::{self, FontFamily, FontResolver, FontStretch, FontStyle};
use skrifa::{FontRef, MetadataProvider};

/// Where fonts are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fonts {
    /// From the binary, and from the system what glyphs are not in there.
    #[default]
    Auto,
    /// From the binary alone: the same bytes on every machine.
    Embedded,
    /// From the system by the names that the SVG gives, and from the binary what is not there.
    System,
}

/// The font inside, and what identifies it: part of what decides the bytes of a picture.
pub const FONT: &str = "DejaVu Sans 2.37";

/// From this weight on a text is drawn bold (CSS Fonts 4, 2.2: 600 is the first that falls to bold).
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

/// The database to begin with.
pub(super) fn database() -> Arc<Database> {
    EMBEDDED.database.clone()
}

/// What came of resolving fonts.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Whether the fonts of the system decided anything.
    pub(super) system: AtomicBool,
    /// Whether a glyph was in no font at all.
    pub(super) in_vain: AtomicBool,
}

/// How usvg finds fonts; says in `asked` what came of it.
pub(super) fn resolver(fonts: Fonts, asked: &Asked) -> FontResolver<'_> {
    FontResolver {
        select_font: Box::new(move |font, database| match fonts {
            Fonts::Auto | Fonts::Embedded => Some(embedded(font)),
            Fonts::System => {
                load_system(database, asked);
                named(font, database).or_else(|| Some(embedded(font)))
            }
        }),
        select_fallback: Box::new(move |letter, used, database| {
            let inside = [EMBEDDED.regular, EMBEDDED.bold, EMBEDDED.mono];
            let found = inside
                .into_iter()
                .find(|id| !used.contains(id) && has_glyph(database, *id, letter));
            let found = found.or_else(|| {
                if fonts == Fonts::Embedded {
                    return None;
                }
                load_system(database, asked);
                fallback(letter, used, database)
            });
            if found.is_none() {
                asked.in_vain.store(true, Relaxed);
            }
            found
        }),
    }
}

/// The face inside that is nearest.
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

fn load_system(database: &mut Arc<Database>, asked: &Asked) {
    asked.system.store(true, Relaxed);
    // Each picture in a picture begins with the fonts inside again.
    if database.len() == EMBEDDED.database.len() {
        Arc::make_mut(database).load_system_fonts();
    }
}

/// A face of the system by the names that are asked for.
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

/// Any face that has the glyph, the nearest in weight and style first.
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
