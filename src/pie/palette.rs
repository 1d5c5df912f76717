//! Colours of slices, and colours of text and lines that are readable on others.

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// Colours for slices.
#[derive(Debug)]
pub struct Palette {
    /// The word after `--palette`: kebab-case.
    pub name: &'static str,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// In the order of their use: neighbours differ, and so do the last and the first.
    pub colors: &'static [Rgb],
}

/// Every palette, the default first.
pub static PALETTES: &[Palette] = &[
    Palette {
        name: "okabe-ito",
        summary: "Use seven colours, safe for colour-blind readers",
        // Okabe and Ito, Color Universal Design (2008), reordered, with R's amber in place of the yellow, which is too light on
        // white.
        colors: &[
            [0x00, 0x72, 0xb2],
            [0xe6, 0x9f, 0x00],
            [0x00, 0x9e, 0x73],
            [0xcc, 0x79, 0xa7],
            [0x56, 0xb4, 0xe9],
            [0xd5, 0x5e, 0x00],
            [0xf5, 0xc7, 0x10],
        ],
    },
    Palette {
        name: "bright",
        summary: "Use six strong colours, safe for colour-blind readers",
        // Paul Tol, Colour Schemes, issue 3.2 (2021), figure 1.
        colors: &[
            [0x44, 0x77, 0xaa],
            [0xee, 0x66, 0x77],
            [0x22, 0x88, 0x33],
            [0xcc, 0xbb, 0x44],
            [0x66, 0xcc, 0xee],
            [0xaa, 0x33, 0x77],
        ],
    },
    Palette {
        name: "muted",
        summary: "Use nine quiet colours, safe for colour-blind readers",
        // Paul Tol, as above, figure 4.
        colors: &[
            [0xcc, 0x66, 0x77],
            [0x33, 0x22, 0x88],
            [0xdd, 0xcc, 0x77],
            [0x11, 0x77, 0x33],
            [0x88, 0xcc, 0xee],
            [0x88, 0x22, 0x55],
            [0x44, 0xaa, 0x99],
            [0x99, 0x99, 0x33],
            [0xaa, 0x44, 0x99],
        ],
    },
    Palette {
        name: "grey",
        summary: "Use greys, for print",
        colors: &[
            [0x40, 0x40, 0x40],
            [0xb0, 0xb0, 0xb0],
            [0x70, 0x70, 0x70],
            [0xd8, 0xd8, 0xd8],
            [0x58, 0x58, 0x58],
            [0x98, 0x98, 0x98],
        ],
    },
];

/// The slice that combines small ones.
pub const OTHER: Rgb = [0xa6, 0xa6, 0xa6];

pub(super) const WHITE: Rgb = [255; 3];
pub(super) const BLACK: Rgb = [0; 3];

/// The palette with this name.
pub fn find(name: &str) -> Option<&'static Palette> {
    PALETTES.iter().find(|palette| palette.name == name)
}

/// The colour of the n-th value. With more values than colours, the colours are repeated lighter, then darker, then unchanged.
pub(super) fn color(colors: &[Rgb], index: usize) -> Rgb {
    let color = colors[index % colors.len()];
    match index / colors.len() % 3 {
        1 => mix(color, WHITE, 0.45),
        2 => mix(color, BLACK, 0.35),
        _ => color,
    }
}

/// The colour, changed as little as possible so that a thin line in it is visible on a background.
pub(super) fn line_color(color: Rgb, background: Rgb) -> Rgb {
    let text = text_color(background);
    let shares = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5];
    // WCAG 2.2, 1.4.11: graphics need a contrast of 3.
    let is_visible = |color: &Rgb| contrast(*color, background) >= 3.0;
    let mut candidates = shares.iter().map(|share| mix(color, text, *share));
    candidates.find(is_visible).unwrap_or(text)
}

/// The first colour with a share of the second in it.
fn mix(color: Rgb, with: Rgb, share: f64) -> Rgb {
    let level = |index: usize| {
        let (one, other) = (f64::from(color[index]), f64::from(with[index]));
        (one + (other - one) * share).round() as u8
    };
    [level(0), level(1), level(2)]
}

/// The contrast ratio of two colours, from 1 to 21 (WCAG 2.2).
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The relative luminance of a colour, from 0 to 1 (WCAG 2.2).
fn luminance([red, green, blue]: Rgb) -> f64 {
    let linear = |level: u8| {
        let level = f64::from(level) / 255.0;
        if level <= 0.04045 {
            level / 12.92
        } else {
            libm::pow((level + 0.055) / 1.055, 2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// Black or white, whichever has more contrast on a colour. One of them always has the 4.5 that WCAG requires for text.
pub(super) fn text_color(background: Rgb) -> Rgb {
    if contrast(background, WHITE) >= contrast(background, BLACK) {
        WHITE
    } else {
        BLACK
    }
}

/// The colours of texts that are directly on the background.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    pub(super) text: Rgb,
    /// For what matters less.
    pub(super) muted: Rgb,
}

impl Theme {
    /// The theme for a background; a transparent one is taken for light.
    pub(super) fn new(background: Option<Rgb>) -> Theme {
        let is_dark =
            background.is_some_and(|color| contrast(color, WHITE) > contrast(color, BLACK));
        if is_dark {
            Theme {
                text: [0xf0, 0xf3, 0xf6],
                muted: [0xb1, 0xba, 0xc4],
            }
        } else {
            Theme {
                text: [0x1f, 0x23, 0x28],
                muted: [0x59, 0x63, 0x6e],
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_summaries_short() {
        for (index, palette) in PALETTES.iter().enumerate() {
            assert!(
                PALETTES[..index]
                    .iter()
                    .all(|other| other.name != palette.name)
            );
            assert!(palette.summary.starts_with("Use ") && !palette.summary.ends_with('.'));
        }
    }

    #[test]
    fn consecutive_colors_differ() {
        for palette in PALETTES {
            let count = 4 * palette.colors.len();
            for index in 0..count {
                let (one, next) = (
                    color(palette.colors, index),
                    color(palette.colors, index + 1),
                );
                assert_ne!(one, next, "{} {index}", palette.name);
            }
        }
    }

    #[test]
    fn text_is_readable_on_every_slice_color() {
        let drawn = PALETTES
            .iter()
            .flat_map(|palette| (0..3 * palette.colors.len()).map(|n| color(palette.colors, n)));
        for color in drawn.chain([OTHER]) {
            assert!(contrast(color, text_color(color)) >= 4.5, "{color:?}");
        }
    }

    #[test]
    fn contrast_ratios_match_published_ones() {
        assert!((contrast(BLACK, WHITE) - 21.0).abs() < 1e-9);
        // #767676 is known as the lightest grey with enough contrast for text on white.
        assert!((contrast([0x76; 3], WHITE) - 4.54).abs() < 0.01);
    }
    #[test]
    fn theme_texts_are_readable_on_their_background() {
        for background in [WHITE, BLACK, [0x14, 0x18, 0x1d], [0x60; 3], [0xa0; 3]] {
            let Theme { text, muted } = Theme::new(Some(background));
            let least = if [WHITE, BLACK].contains(&background) {
                4.5
            } else {
                2.0
            };
            assert!(contrast(text, background) >= least, "{background:?}");
            assert!(contrast(muted, background) <= contrast(text, background));
        }
        assert_eq!(Theme::new(None).text, Theme::new(Some(WHITE)).text);
    }

    #[test]
    fn leader_lines_are_visible_on_every_background() {
        for color in PALETTES.iter().flat_map(|palette| palette.colors) {
            for background in [WHITE, BLACK, [0x14, 0x18, 0x1d], *color] {
                assert!(contrast(line_color(*color, background), background) >= 3.0);
            }
        }
        let blue = [0x00, 0x72, 0xb2];
        assert_eq!(line_color(blue, WHITE), blue, "visible already");
    }
}
