//! The chart on a terminal. A terminal that shows images gets the whole chart. Half blocks are too coarse for text, so with them
//! only the pie is drawn, with a legend of text.

use crate::commands::shared::image::Renderer;
use crate::pie::{self, Slices};
use crate::render::RenderError;
use crate::ui::Ui;
use crate::ui::image::{Protocol, block_lines, square};

/// The largest pie, in columns.
const MAX_WIDTH: usize = 60;
/// Between the pie and the legend, in columns.
const SPACE: usize = 3;
/// The least room for a legend beside the pie, in columns; with less it is below.
const MIN_LEGEND: usize = 20;
/// The side of the image in pixels, before it is scaled down.
const SIDE: u32 = 600;

/// The output for the terminal; `None` if it has no colours.
pub(super) fn chart(
    slices: &Slices,
    options: &pie::Options,
    renderer: &Renderer<'_>,
    ui: &Ui,
) -> Result<Option<String>, RenderError> {
    match ui.image_protocol() {
        Some(Protocol::Blocks { true_color }) => {
            let size = (ui.width(), ui.height());
            in_blocks(slices, options, renderer, size, true_color).map(Some)
        }
        _ => renderer.on_terminal("the chart", pie::chart(slices, options).as_bytes()),
    }
}

fn in_blocks(
    slices: &Slices,
    options: &pie::Options,
    renderer: &Renderer<'_>,
    (columns, rows): (usize, usize),
    true_color: bool,
) -> Result<String, RenderError> {
    let head = pie::header_lines(slices, options);
    let has_legend =
        options.labels != pie::LabelPosition::None || options.legend != pie::LegendPosition::None;
    // The last line is left to the prompt.
    let high = rows.saturating_sub(head.len() + 1).max(4) * 2;
    let wide = if has_legend { columns / 2 } else { columns };
    // A line has two rows of pixels, so the side is even.
    let side = high.min(wide).min(MAX_WIDTH) / 2 * 2;
    let bare = pie::Options {
        width: SIDE,
        height: Some(SIDE),
        title: None,
        subtitle: None,
        center: None,
        labels: pie::LabelPosition::None,
        legend: pie::LegendPosition::None,
        background: None,
        ..options.clone()
    };
    let svg = pie::chart(slices, &bare);
    let pixels = renderer.fitted("the chart", svg.as_bytes(), (side.max(2), side.max(2)))?;
    let side = pixels.width() as usize;
    let pie = block_lines(side, pixels.rgba(), true_color);
    let beside = columns.saturating_sub(side + SPACE + 2);
    let is_beside = beside >= MIN_LEGEND;
    let room = if is_beside {
        beside
    } else {
        columns.saturating_sub(2)
    };
    let legend = match has_legend {
        true => pie::text_legend(slices, options, room),
        false => Vec::new(),
    };
    let legend = legend
        .into_iter()
        .map(|(color, text)| format!("{} {text}", square(color, true_color)));
    let lines = match is_beside {
        true => side_by_side(pie, side, legend.collect()),
        false => pie.into_iter().chain(legend).collect(),
    };
    let lines = head.into_iter().chain(lines);
    Ok(lines.map(|line| format!("{}\n", line.trim_end())).collect())
}

/// Two columns; the second is centred vertically if it is shorter.
fn side_by_side(left: Vec<String>, width: usize, right: Vec<String>) -> Vec<String> {
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
    fn a_shorter_second_column_is_centred() {
        let lines = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let pie = || lines(&["ab", "cd", "ef"]);
        assert_eq!(
            side_by_side(pie(), 2, lines(&["x"])),
            ["ab   ", "cd   x", "ef   "]
        );
        let long = side_by_side(pie(), 2, lines(&["1", "2", "3", "4"]));
        assert_eq!(long[3], "     4");
    }
}
