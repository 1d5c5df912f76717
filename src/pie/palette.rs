//! The colours of slices, and of letters on them.

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// Colours that go together.
#[derive(Debug)]
pub struct Palette {
    /// The word after `--palette`: kebab-case.
    pub name: &'static str,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// In the order in which they are given out, each unlike its neighbours; the last is unlike the first.
    pub colors: &'static [Rgb],
}

/// Every palette, the default first.
pub static PALETTES: &[Palette] = &[
    Palette {
        name: "okabe-ito",
        summary: "Use colours that colour-blind readers tell apart",
        // Okabe and Ito, Color Universal Design (2008), in another order, and with R's amber for the yellow, which is too light
        // on white.
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
        // The same, figure 4.
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

/// What stands for all the others.
pub const OTHER: Rgb = [0xa6, 0xa6, 0xa6];

/// The palette of this name.
pub fn find(name: &str) -> Option<&'static Palette> {
    PALETTES.iter().find(|palette| palette.name == name)
}

/// The colour of the n-th value. Where there are more values than colours, they come again lighter, then darker, and only then
/// as they were.
pub(super) fn color(colors: &[Rgb], index: usize) -> Rgb {
    let color = colors[index % colors.len()];
    match index / colors.len() % 3 {
        1 => mixed(color, [255; 3], 0.45),
        2 => mixed(color, [0; 3], 0.35),
        _ => color,
    }
}

/// The colour, or one like it that a thin line can be seen in on a background.
pub(super) fn line_on(color: Rgb, background: Rgb) -> Rgb {
    let ink = ink_on(background);
    let shares = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5];
    // WCAG 2.2, 1.4.11, asks for 3 of what is not text.
    let seen = |color: &Rgb| contrast(*color, background) >= 3.0;
    let mut tried = shares.iter().map(|share| mixed(color, ink, *share));
    tried.find(seen).unwrap_or(ink)
}

fn mixed(color: Rgb, with: Rgb, share: f64) -> Rgb {
    let level = |index: usize| {
        let (one, other) = (f64::from(color[index]), f64::from(with[index]));
        (one + (other - one) * share).round() as u8
    };
    [level(0), level(1), level(2)]
}

/// How much two colours differ in lightness, from 1 to 21 (WCAG 2.2, contrast ratio).
pub(super) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, relative luminance.
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

/// Black or white, whichever is read better on a colour: one of them always has the 4.5 that WCAG asks for.
pub(super) fn ink_on(color: Rgb) -> Rgb {
    let (black, white) = ([0; 3], [255; 3]);
    if contrast(color, white) >= contrast(color, black) {
        white
    } else {
        black
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
    fn neighbours_differ() {
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
    fn letters_can_be_read_on_every_color() {
        let drawn = PALETTES
            .iter()
            .flat_map(|palette| (0..3 * palette.colors.len()).map(|n| color(palette.colors, n)));
        for color in drawn.chain([OTHER]) {
            assert!(contrast(color, ink_on(color)) >= 4.5, "{color:?}");
        }
    }

    #[test]
    fn contrasts_are_those_of_the_standard() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        // The lightest grey that may be read on white.
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
    }
}
