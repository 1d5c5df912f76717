//! The layout of a chart: every element with its place, and the description.

use super::composition::{Composer, Composition};
use super::elements::{LeaderLine, Swatch, Text};
use super::geometry::{Arc, Disc, arcs};
use super::header::{center_text, header};
use super::labels::Label;
use super::options::{LegendPosition, Options};
use super::palette::{Rgb, Theme};
use super::placement::{Placement, Placer};
use super::rows::{Row, format_number, rows};
use super::slices::Slices;

/// A chart with a place for each element, in pixels.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) disc: Disc,
    /// One for each slice.
    pub(super) arcs: Vec<Arc>,
    pub(super) leader_lines: Vec<LeaderLine>,
    pub(super) swatches: Vec<Swatch>,
    pub(super) texts: Vec<Text>,
    /// How many slices are named neither in the chart nor in its legend.
    pub(super) unlabelled: usize,
    /// The alternative text.
    pub(super) description: String,
}

/// Lays a chart out.
pub(super) fn layout(slices: &Slices, options: &Options) -> Layout {
    let rows = rows(slices, options.digits);
    let total = format_number(slices.total);
    let labels: Vec<Label> = rows
        .iter()
        .map(|row| Label::new(row, &total, options))
        .collect();
    let shares: Vec<f64> = slices.slices.iter().map(|slice| slice.share).collect();
    let arcs = arcs(&shares);
    let theme = Theme::new(options.background);
    let (mut texts, top) = header(options, &theme);
    let composer = Composer {
        placer: Placer {
            arcs: &arcs,
            labels: &labels[..arcs.len()],
            options,
        },
        labels: &labels,
        top,
        options,
    };
    let Composition {
        height,
        pie,
        legend,
    } = composer.compose();
    texts.extend(slice_labels(&pie, slices, &labels, theme.text));
    let (mut swatches, mut entries) = (Vec::new(), Vec::new());
    if let Some(placed) = legend {
        let all: Vec<(&Label, Rgb)> = rows
            .iter()
            .zip(&labels)
            .map(|(row, label)| (label, row.slice.color))
            .collect();
        let corner = placed.corner;
        (swatches, entries) = placed.legend.entries(corner, &all, placed.shown, &theme);
    }
    texts.extend(entries);
    texts.extend(center_text(options, &pie.disc, &total, &theme));
    Layout {
        width: f64::from(options.width),
        height,
        disc: pie.disc,
        unlabelled: if swatches.is_empty() {
            unlabelled(&pie)
        } else {
            0
        },
        leader_lines: leader_lines(pie),
        arcs,
        swatches,
        texts,
        description: describe(&rows, &total),
    }
}

/// How many slices have no label in the chart because there is no room and no legend is allowed.
pub fn count_unlabelled(slices: &Slices, options: &Options) -> usize {
    if options.legend == LegendPosition::None && options.labels.allows_outside() {
        layout(slices, options).unlabelled
    } else {
        0
    }
}

/// The labels in slices, then those beside the pie.
fn slice_labels(pie: &Placement, slices: &Slices, labels: &[Label], color: Rgb) -> Vec<Text> {
    let inner = pie.inner.iter().zip(&slices.slices);
    let inner = inner.filter_map(|(label, slice)| Some(label.as_ref()?.texts(slice.color)));
    let outer = pie.outer.iter().zip(labels);
    let outer =
        outer.filter_map(|(outer, label)| Some(outer.as_ref()?.text(label.line.clone(), color)));
    inner.flatten().chain(outer).collect()
}

fn unlabelled(pie: &Placement) -> usize {
    let labels = pie.inner.iter().zip(&pie.outer);
    labels
        .filter(|(inner, outer)| inner.is_none() && outer.is_none())
        .count()
}

fn leader_lines(pie: Placement) -> Vec<LeaderLine> {
    let labels = pie.outer.into_iter().enumerate();
    let lines = labels.filter_map(|(slice, label)| {
        let points = label?.leader_line;
        Some(LeaderLine { slice, points })
    });
    lines.collect()
}

fn describe(rows: &[Row<'_>], total: &str) -> String {
    let parts: Vec<String> = rows
        .iter()
        .map(|row| format!("{}: {} ({})", row.slice.label, row.value, row.percent))
        .collect();
    format!("{}. Total: {total}.", parts.join("; "))
}
