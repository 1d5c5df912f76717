//! Images on a terminal: with the protocol of the terminal if it has one, otherwise as coloured half blocks.

use std::ffi::OsString;
use std::fmt::Write as _;

use data_encoding::BASE64;

/// How a terminal shows images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// kitty's graphics protocol (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>).
    Kitty,
    /// iTerm2's inline images (<https://iterm2.com/documentation-images.html>).
    Iterm2,
    /// Two pixels per character cell, in 24-bit colours or in 256.
    Blocks {
        /// Whether 24-bit colours are available.
        true_color: bool,
    },
}

impl Protocol {
    /// The protocol of the terminal according to the environment; `variable` looks up a variable.
    ///
    /// A multiplexer does not pass image protocols on, so it gets blocks.
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

/// The largest chunk of an image that kitty accepts, in bytes of base64.
const KITTY_CHUNK: usize = 4096;

/// A PNG in kitty's protocol, with a newline.
pub fn kitty(png: &[u8]) -> String {
    let text = BASE64.encode(png);
    let mut out = String::with_capacity(text.len() + text.len() / 100 + 64);
    let chunks = text.as_bytes().chunks(KITTY_CHUNK);
    let count = chunks.len();
    for (index, chunk) in chunks.enumerate() {
        // a=T: transmit and display; f=100: PNG; q=2: suppress responses, since nobody reads them; m=1: more chunks follow.
        let control = if index == 0 { "a=T,f=100,q=2," } else { "" };
        let more = u8::from(index + 1 < count);
        let _ = write!(out, "\x1b_G{control}m={more};");
        out.push_str(str::from_utf8(chunk).expect("base64 is ASCII"));
        out.push_str("\x1b\\");
    }
    out.push('\n');
    out
}

/// A PNG in iTerm2's protocol, with a newline.
pub fn iterm2(png: &[u8]) -> String {
    let (size, text) = (png.len(), BASE64.encode(png));
    format!("\x1b]1337;File=inline=1;size={size}:{text}\x07\n")
}

/// RGBA pixels, `width` per row, as half blocks: two rows per line. Pixels that are at least half transparent are blank.
pub fn blocks(width: usize, rgba: &[u8], true_color: bool) -> String {
    let lines = block_lines(width, rgba, true_color);
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end_matches(' ')))
        .collect()
}

/// The same as lines of `width` cells each.
pub fn block_lines(width: usize, rgba: &[u8], true_color: bool) -> Vec<String> {
    let (pixels, _) = rgba.as_chunks::<4>();
    let rows: Vec<&[[u8; 4]]> = pixels.chunks(width.max(1)).collect();
    let line = |pair: &[&[[u8; 4]]]| {
        let mut out = String::new();
        let (mut foreground, mut background) = (None, None);
        for column in 0..width {
            let at = |row: usize| pair.get(row).and_then(|row| visible(row.get(column)?));
            let (block, new_foreground, new_background) = match (at(0), at(1)) {
                (None, None) => (' ', foreground, None),
                (Some(upper), None) => ('▀', Some(upper), None),
                (None, Some(lower)) => ('▄', Some(lower), None),
                (Some(upper), Some(lower)) if upper == lower => (' ', foreground, Some(lower)),
                (Some(upper), Some(lower)) => ('▀', Some(upper), Some(lower)),
            };
            set_color(&mut out, 38, &mut foreground, new_foreground, true_color);
            set_color(&mut out, 48, &mut background, new_background, true_color);
            out.push(block);
        }
        if foreground.is_some() || background.is_some() {
            out.push_str("\x1b[0m");
        }
        out
    };
    rows.chunks(2).map(line).collect()
}

/// A square in a colour, one cell wide.
pub fn square(color: [u8; 3], true_color: bool) -> String {
    let mut out = String::new();
    let mut foreground = None;
    set_color(&mut out, 38, &mut foreground, Some(color), true_color);
    out.push('■');
    set_color(&mut out, 38, &mut foreground, None, true_color);
    out
}

type Rgb = [u8; 3];

fn visible(&[red, green, blue, alpha]: &[u8; 4]) -> Option<Rgb> {
    (alpha >= 128).then_some([red, green, blue])
}

/// Writes the sequence for another colour if it changes: `kind` is 38 for the foreground, 48 for the background (ECMA-48, 8.3.117,
/// and ITU-T T.416, 13.1.8).
fn set_color(
    out: &mut String,
    kind: u8,
    current: &mut Option<Rgb>,
    new: Option<Rgb>,
    true_color: bool,
) {
    if *current == new {
        return;
    }
    *current = new;
    let _ = match new {
        None => write!(out, "\x1b[{}m", kind + 1),
        Some([red, green, blue]) if true_color => {
            write!(out, "\x1b[{kind};2;{red};{green};{blue}m")
        }
        Some(color) => write!(out, "\x1b[{kind};5;{}m", nearest(color)),
    };
}

/// The nearest of 256 colours: 16 to 231 are a cube of six levels each, 232 to 255 greys.
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

    fn protocol(variables: &[(&str, &str)]) -> Protocol {
        Protocol::of(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_protocol_follows_the_environment() {
        let blocks = Protocol::Blocks { true_color: false };
        assert_eq!(protocol(&[]), blocks);
        assert_eq!(protocol(&[("TERM", "xterm-kitty")]), Protocol::Kitty);
        assert_eq!(protocol(&[("TERM_PROGRAM", "iTerm.app")]), Protocol::Iterm2);
        assert_eq!(
            protocol(&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")]),
            blocks
        );
        assert_eq!(
            protocol(&[("COLORTERM", "truecolor")]),
            Protocol::Blocks { true_color: true }
        );
    }

    #[test]
    fn kitty_gets_an_image_in_chunks() {
        let png: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
        let sent = kitty(&png);
        let chunks: Vec<&str> = sent.trim_end().split_terminator("\x1b\\").collect();
        let bodies = chunks.iter().map(|chunk| chunk.split_once(';').unwrap().1);
        assert!(bodies.clone().all(|body| body.len() <= KITTY_CHUNK));
        let text: String = bodies.collect();
        assert_eq!(BASE64.decode(text.as_bytes()).unwrap(), png);
        let heads: Vec<&str> = chunks
            .iter()
            .map(|chunk| chunk.split_once(';').unwrap().0)
            .collect();
        assert_eq!(heads.first(), Some(&"\x1b_Ga=T,f=100,q=2,m=1"));
        assert_eq!(heads.last(), Some(&"\x1b_Gm=0"));
    }

    #[test]
    fn a_cell_shows_two_pixels() {
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
    fn colors_map_to_the_nearest_of_256() {
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
