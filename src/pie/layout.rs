//! A picture that is laid out: what is where, and what is said of it.

use super::circle::{Arc, Point, Wheel, arcs};
use super::desk::Desk;
use super::palette::Rgb;
use super::percent::percents;
use super::plate::{Names, Said, say};
use super::{Labels, Legend, Options, Slice, Slices};
use crate::record::Number;
use crate::record::number::grouped;
use crate::render::Weight;

/// A picture that is laid out.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) wheel: Wheel,
    /// One for each slice.
    pub(super) arcs: Vec<Arc>,
    /// Lines to slices, with their places.
    pub(super) leaders: Vec<(usize, Vec<Point>)>,
    /// The squares of the legend: the left side and the middle of each.
    pub(super) squares: Vec<(Point, Rgb)>,
    pub(super) texts: Vec<Text>,
    /// How many slices have no name, in the picture or in its legend.
    pub(super) nameless: usize,
    /// What the whole says, for who cannot see it.
    pub(super) description: String,
}

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The middle of the line, where it begins, lies or ends.
    pub(super) at: Point,
    pub(super) anchor: Anchor,
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) ink: Rgb,
    pub(super) text: String,
}

/// Which part of a text is where it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Lays a chart out.
pub(super) fn layout(slices: &Slices, options: &Options) -> Layout {
    let shares: Vec<f64> = slices.slices.iter().map(|slice| slice.share).collect();
    let mut percents = percents(&shares, options.digits);
    percents.extend(slices.zeros.iter().map(|_| "0%".to_owned()));
    let all: Vec<&Slice> = slices.slices.iter().chain(&slices.zeros).collect();
    let total = people(slices.total);
    let said: Vec<Said> = all
        .iter()
        .zip(&percents)
        .map(|(slice, percent)| say(slice, percent, &total, options))
        .collect();
    let names = Names {
        arcs: arcs(&shares),
        said,
        options,
    };
    let mut desk = Desk::new(slices, names);
    let plate = desk.arrange();
    desk.write_center(&plate.wheel, &total);
    let has_legend = !desk.squares.is_empty();
    let names = plate.inside.iter().zip(&plate.outside);
    let nameless = names.filter(|(inside, outside)| inside.is_none() && outside.is_none());
    let nameless = if has_legend { 0 } else { nameless.count() };
    let leaders = plate
        .outside
        .into_iter()
        .enumerate()
        .filter_map(|(index, outside)| Some((index, outside?.line)))
        .collect();
    let description = describe(&all, &percents, &total);
    Layout {
        width: f64::from(options.width),
        height: desk.height,
        wheel: plate.wheel,
        arcs: desk.names.arcs,
        leaders,
        squares: desk.squares,
        texts: desk.texts,
        nameless,
        description,
    }
}

/// How many slices have no name in the picture of these options, though they are wanted: there is no room for them, and no
/// legend is allowed.
pub fn nameless(slices: &Slices, options: &Options) -> usize {
    match (options.labels, options.legend) {
        (Labels::Auto | Labels::Out, Legend::None) => layout(slices, options).nameless,
        _ => 0,
    }
}

/// A number as people read it.
pub(super) fn people(number: Number) -> String {
    let text = number.to_string();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    match &text[end..] {
        rest if rest.starts_with('e') => text,
        rest => format!("{}{rest}", grouped(&text[..end])),
    }
}

fn describe(all: &[&Slice], percents: &[String], total: &str) -> String {
    let parts: Vec<String> = all
        .iter()
        .zip(percents)
        .map(|(slice, percent)| format!("{}: {} ({percent})", slice.label, people(slice.value)))
        .collect();
    format!("{}. Total: {total}.", parts.join("; "))
}
