//! Pictures on a terminal: by the protocols of terminals that show pixels, else in coloured half blocks.

use std::ffi::OsString;
use std::fmt::Write as _;

use data_encoding::BASE64;

/// How a terminal shows pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// kitty's graphics protocol (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>).
    Kitty,
    /// iTerm2's inline images (<https://iterm2.com/documentation-images.html>).
    Iterm2,
    /// Two pixels a letter, in any of 16 million colours or in the 256 of the common palette.
    Blocks {
        /// Whether there are 16 million.
        true_color: bool,
    },
}

impl Protocol {
    /// What the terminal speaks, as far as its environment says; `variable` looks one up.
    ///
    /// A multiplexer between us and the terminal would swallow the protocols, so there it is blocks.
    pub(super) fn of(variable: impl Fn(&str) -> Option<OsString>) -> Protocol {
        let text = |name| {
            variable(name)
                .and_then(|value| value.into_string().ok())
                .unwrap_or_default()
        };
        let (term, program) = (text("TERM"), text("TERM_PROGRAM"));
        let is_multiplexed = ["TMUX", "STY"].iter().any(|name| !text(name).is_empty());
        if !is_multiplexed {
            if term == "xterm-kitty" || term == "xterm-ghostty" || program == "ghostty" {
                return Protocol::Kitty;
            }
            let is_iterm2 = matches!(program.as_str(), "iTerm.app" | "WezTerm");
            if is_iterm2 || text("LC_TERMINAL") == "iTerm2" {
                return Protocol::Iterm2;
            }
        }
        let colors = text("COLORTERM");
        Protocol::Blocks {
            true_color: colors == "truecolor" || colors == "24bit" || term.ends_with("-direct"),
        }
    }
}

/// The longest piece of a picture that kitty takes at once, in letters of base64.
const KITTY_PIECE: usize = 4096;

/// A PNG as kitty takes it, with an end of line.
pub fn kitty(png: &[u8]) -> String {
    let text = BASE64.encode(png);
    let mut out = String::with_capacity(text.len() + text.len() / 100 + 64);
    let pieces = text.as_bytes().chunks(KITTY_PIECE);
    let count = pieces.len();
    for (index, piece) in pieces.enumerate() {
        // a=T: take and show; f=100: PNG; q=2: answer nothing, since nobody reads; m=1: there is more.
        let about = if index == 0 { "a=T,f=100,q=2," } else { "" };
        let more = u8::from(index + 1 < count);
        let _ = write!(out, "\x1b_G{about}m={more};");
        out.push_str(str::from_utf8(piece).expect("base64 is ASCII"));
        out.push_str("\x1b\\");
    }
    out.push('\n');
    out
}

/// A PNG as iTerm2 takes it, with an end of line.
pub fn iterm2(png: &[u8]) -> String {
    let (size, text) = (png.len(), BASE64.encode(png));
    format!("\x1b]1337;File=inline=1;size={size}:{text}\x07\n")
}

/// Pixels of red, green, blue and opacity, `width` of them a row, two rows a line. What is half transparent or more is left out.
pub fn blocks(width: usize, rgba: &[u8], true_color: bool) -> String {
    let lines = block_lines(width, rgba, true_color);
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end_matches(' ')))
        .collect()
}

/// The same line by line, each `width` cells wide.
pub fn block_lines(width: usize, rgba: &[u8], true_color: bool) -> Vec<String> {
    let (pixels, _) = rgba.as_chunks::<4>();
    let rows: Vec<&[[u8; 4]]> = pixels.chunks(width.max(1)).collect();
    let line = |pair: &[&[[u8; 4]]]| {
        let mut out = String::new();
        let (mut ink, mut paper) = (None, None);
        for column in 0..width {
            let at = |row: usize| pair.get(row).and_then(|row| seen(row.get(column)?));
            let (letter, new_ink, new_paper) = match (at(0), at(1)) {
                (None, None) => (' ', ink, None),
                (Some(upper), None) => ('▀', Some(upper), None),
                (None, Some(lower)) => ('▄', Some(lower), None),
                (Some(upper), Some(lower)) if upper == lower => (' ', ink, Some(lower)),
                (Some(upper), Some(lower)) => ('▀', Some(upper), Some(lower)),
            };
            paint(&mut out, 38, &mut ink, new_ink, true_color);
            paint(&mut out, 48, &mut paper, new_paper, true_color);
            out.push(letter);
        }
        if ink.is_some() || paper.is_some() {
            out.push_str("\x1b[0m");
        }
        out
    };
    rows.chunks(2).map(line).collect()
}

/// A square of this colour, a cell wide.
pub fn square(color: [u8; 3], true_color: bool) -> String {
    let mut out = String::new();
    let mut ink = None;
    paint(&mut out, 38, &mut ink, Some(color), true_color);
    out.push('■');
    paint(&mut out, 38, &mut ink, None, true_color);
    out
}

type Rgb = [u8; 3];

fn seen(&[red, green, blue, alpha]: &[u8; 4]) -> Option<Rgb> {
    (alpha >= 128).then_some([red, green, blue])
}

/// Changes a colour where it is another than before: `kind` is 38 for the letter's, 48 for what is behind it (ECMA-48, 8.3.117,
/// and ITU-T T.416, 13.1.8).
fn paint(out: &mut String, kind: u8, before: &mut Option<Rgb>, now: Option<Rgb>, true_color: bool) {
    if *before == now {
        return;
    }
    *before = now;
    let _ = match now {
        None => write!(out, "\x1b[{}m", kind + 1),
        Some([red, green, blue]) if true_color => {
            write!(out, "\x1b[{kind};2;{red};{green};{blue}m")
        }
        Some(color) => write!(out, "\x1b[{kind};5;{}m", nearest(color)),
    };
}

/// The nearest of the 256 colours: 16 to 231 are a cube of six levels each, 232 to 255 greys.
fn nearest([red, green, blue]: Rgb) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |value: u8| {
        (0..6)
            .min_by_key(|level| LEVELS[*level].abs_diff(value))
            .unwrap_or(0)
    };
    let cube = [level(red), level(green), level(blue)];
    let mean = (u16::from(red) + u16::from(green) + u16::from(blue)) / 3;
    let grey = (mean.saturating_sub(3) / 10).min(23) as u8;
    let distance = |other: Rgb| -> u32 {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(other[0], red) + square(other[1], green) + square(other[2], blue)
    };
    let of_grey = 8 + 10 * grey;
    if distance([of_grey; 3]) < distance(cube.map(|level| LEVELS[level])) {
        232 + grey
    } else {
        (16 + 36 * cube[0] + 6 * cube[1] + cube[2]) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(variables: &[(&str, &str)]) -> Protocol {
        Protocol::of(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_environment_tells_the_protocol() {
        let blocks = Protocol::Blocks { true_color: false };
        assert_eq!(spoken(&[]), blocks);
        assert_eq!(spoken(&[("TERM", "xterm-kitty")]), Protocol::Kitty);
        assert_eq!(spoken(&[("TERM_PROGRAM", "iTerm.app")]), Protocol::Iterm2);
        assert_eq!(
            spoken(&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")]),
            blocks
        );
        assert_eq!(
            spoken(&[("COLORTERM", "truecolor")]),
            Protocol::Blocks { true_color: true }
        );
    }

    #[test]
    fn kitty_gets_it_in_pieces() {
        let png: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
        let sent = kitty(&png);
        let pieces: Vec<&str> = sent.trim_end().split_terminator("\x1b\\").collect();
        let bodies = pieces.iter().map(|piece| piece.split_once(';').unwrap().1);
        assert!(bodies.clone().all(|body| body.len() <= KITTY_PIECE));
        let text: String = bodies.collect();
        assert_eq!(BASE64.decode(text.as_bytes()).unwrap(), png);
        let heads: Vec<&str> = pieces
            .iter()
            .map(|piece| piece.split_once(';').unwrap().0)
            .collect();
        assert_eq!(heads.first(), Some(&"\x1b_Ga=T,f=100,q=2,m=1"));
        assert_eq!(heads.last(), Some(&"\x1b_Gm=0"));
    }

    #[test]
    fn two_pixels_a_letter() {
        let (red, blue, none) = ([255, 0, 0, 255], [0, 0, 255, 255], [9, 9, 9, 0]);
        // Three columns, three rows.
        let rgba = [[red, red, none], [blue, red, none], [none, blue, none]]
            .concat()
            .concat();
        assert_eq!(
            blocks(3, &rgba, true),
            "\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[48;2;255;0;0m \x1b[49m \x1b[0m\n \x1b[38;2;0;0;255m▀ \x1b[0m\n"
        );
        assert_eq!(blocks(3, &[], true), "");
        let lines = block_lines(3, &rgba, true);
        assert!(
            lines[1].ends_with("▀\x1b[39m \x1b[0m") || lines[1].contains("▀ "),
            "{lines:?}"
        );
        assert_eq!(
            square(red[..3].try_into().unwrap(), false),
            "\x1b[38;5;196m■\x1b[39m"
        );
    }

    #[test]
    fn the_nearest_of_256_colors() {
        for (color, number) in [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([255, 0, 0], 196),
            ([128, 128, 128], 244),
            ([0, 114, 178], 25),
        ] {
            assert_eq!(nearest(color), number, "{color:?}");
        }
    }
}
