//! The chart on a terminal: the picture itself where it shows pixels. Half blocks are too coarse for letters; there the pie
//! stands alone, with the names beside it as text.

use crate::commands::shared::picture::Studio;
use crate::pie::{self, Slices};
use crate::render::Fault;
use crate::ui::Ui;
use crate::ui::picture::{Protocol, block_lines, square};

/// The pie is never wider, in columns.
const WIDEST: usize = 60;
/// Between the pie and the names.
const SPACE: usize = 3;
/// What names need beside the pie; where there is less, they stand below it.
const NAMES: usize = 20;
/// In pixels, before it is made to fit.
const SIDE: u32 = 600;

/// What to write to the terminal; none if it shows no colours.
pub(super) fn shown(
    slices: &Slices,
    options: &pie::Options,
    studio: &Studio<'_>,
    ui: &Ui,
) -> Result<Option<String>, Fault> {
    match ui.picture_protocol() {
        Some(Protocol::Blocks { true_color }) => {
            let size = (ui.width(), ui.height());
            in_blocks(slices, options, studio, size, true_color).map(Some)
        }
        _ => studio.on_terminal("the chart", pie::chart(slices, options).as_bytes()),
    }
}

fn in_blocks(
    slices: &Slices,
    options: &pie::Options,
    studio: &Studio<'_>,
    (columns, rows): (usize, usize),
    true_color: bool,
) -> Result<String, Fault> {
    let head = pie::head(slices, options);
    let has_names = options.labels != pie::Labels::None || options.legend != pie::Legend::None;
    // The last line is for the prompt.
    let high = rows.saturating_sub(head.len() + 1).max(4) * 2;
    let wide = if has_names { columns / 2 } else { columns };
    // Two rows a line, so that it stays round.
    let side = high.min(wide).min(WIDEST) / 2 * 2;
    let bare = pie::Options {
        width: SIDE,
        height: Some(SIDE),
        title: None,
        subtitle: None,
        center: None,
        labels: pie::Labels::None,
        legend: pie::Legend::None,
        background: None,
        ..options.clone()
    };
    let svg = pie::chart(slices, &bare);
    let pixels = studio.fitted("the chart", svg.as_bytes(), (side.max(2), side.max(2)))?;
    let side = pixels.width() as usize;
    let pie = block_lines(side, pixels.rgba(), true_color);
    let beside = columns.saturating_sub(side + SPACE + 2);
    let is_beside = beside >= NAMES;
    let room = if is_beside {
        beside
    } else {
        columns.saturating_sub(2)
    };
    let names = match has_names {
        true => pie::key(slices, options, room),
        false => Vec::new(),
    };
    let names = names
        .into_iter()
        .map(|(color, words)| format!("{} {words}", square(color, true_color)));
    let lines = match is_beside {
        true => joined(pie, side, names.collect()),
        false => pie.into_iter().chain(names).collect(),
    };
    let lines = head.into_iter().chain(lines);
    Ok(lines.map(|line| format!("{}\n", line.trim_end())).collect())
}

/// Two columns, the second in the middle of the first if it is shorter.
fn joined(left: Vec<String>, width: usize, right: Vec<String>) -> Vec<String> {
    let above = left.len().saturating_sub(right.len()) / 2;
    let rows = left.len().max(right.len());
    let mut left = left.into_iter();
    let mut right = right.into_iter();
    (0..rows)
        .map(|row| {
            let one = left.next().unwrap_or_else(|| " ".repeat(width));
            let other = if row < above { None } else { right.next() };
            format!("{one}{}{}", " ".repeat(SPACE), other.unwrap_or_default())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_column_is_in_the_middle() {
        let lines = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let pie = || lines(&["ab", "cd", "ef"]);
        assert_eq!(
            joined(pie(), 2, lines(&["x"])),
            ["ab   ", "cd   x", "ef   "]
        );
        let long = joined(pie(), 2, lines(&["1", "2", "3", "4"]));
        assert_eq!(long[3], "     4");
    }
}
