//! Title and subtitle, and the text in the hole.

use super::elements::{Anchor, Text, centered_lines};
use super::geometry::{Disc, Point};
use super::options::Options;
use super::palette::Theme;
use super::rows::format_number;
use super::slices::Slices;
use super::template::{Template, Values};
use super::text::{SUBTITLE, TITLE, line_height, sanitize, truncate, width};
use crate::render::Weight;

/// Around the chart, in pixels.
pub(super) const MARGIN: f64 = 20.0;
/// Between the header and the pie, in pixels.
const GAP: f64 = 12.0;
/// The font sizes tried for the text in the hole, in pixels.
const CENTER_SIZES: std::ops::RangeInclusive<u8> = 9..=28;

/// Title and subtitle, and where they end.
pub(super) fn header(options: &Options, theme: &Theme) -> (Vec<Text>, f64) {
    let room = f64::from(options.width) - 2.0 * MARGIN;
    let mut top = MARGIN;
    let mut texts = Vec::new();
    let lines = [
        (&options.title, TITLE, Weight::Bold, theme.text),
        (&options.subtitle, SUBTITLE, Weight::Regular, theme.muted),
    ];
    for (text, size, weight, color) in lines {
        let Some(text) = text else { continue };
        let height = line_height(size);
        texts.push(Text {
            at: Point {
                x: MARGIN,
                y: top + height / 2.0,
            },
            anchor: Anchor::Start,
            size,
            weight,
            color,
            text: truncate(&sanitize(text), size, weight, room),
        });
        top += height;
    }
    let gap = if texts.is_empty() { 0.0 } else { GAP };
    (texts, top + gap)
}

/// The text in the hole, in the largest size that fits.
pub(super) fn center_text(options: &Options, disc: &Disc, total: &str, theme: &Theme) -> Vec<Text> {
    let Some(center) = options.center.as_ref().filter(|_| disc.hole > 0.0) else {
        return Vec::new();
    };
    let mut lines = center_lines(center, total);
    let reach = disc.hole * 0.92;
    let count = lines.len() as f64;
    let half_height = |size: f64| line_height(size) * count / 2.0;
    let fits = |size: f64| {
        lines.iter().all(|line| {
            let half_width = width(line, size, Weight::Bold) / 2.0;
            libm::hypot(half_width, half_height(size)) <= reach
        })
    };
    let size = CENTER_SIZES
        .rev()
        .map(f64::from)
        .find(|size| fits(*size))
        .unwrap_or_else(|| {
            let smallest = f64::from(*CENTER_SIZES.start());
            let half = half_height(smallest).min(reach);
            let room = 2.0 * libm::sqrt(reach * reach - half * half);
            for line in &mut lines {
                *line = truncate(line, smallest, Weight::Bold, room);
            }
            smallest
        });
    centered_lines(&lines, disc.center, size, Weight::Bold, theme.text)
}

/// Title, subtitle and the text in the hole, a line each.
pub fn header_lines(slices: &Slices, options: &Options) -> Vec<String> {
    let titles = [&options.title, &options.subtitle].into_iter().flatten();
    let total = format_number(slices.total);
    let center = options.center.as_ref();
    let center = center.map(|center| center_lines(center, &total).join(" "));
    titles.map(|text| sanitize(text)).chain(center).collect()
}

fn center_lines(center: &Template, total: &str) -> Vec<String> {
    let values = Values {
        label: "",
        value: total,
        percent: "100%",
        total,
    };
    center.fill(values).lines().map(sanitize).collect()
}
