//! Where everything goes.
//!
//! Names are in their slice where they fit, else beside the pie with a line to it. Where they are too many or too long for that,
//! or are of slices that are nothing, all of them go into a legend beside the pie; where there is no room for it, below the pie,
//! and the picture grows unless its height is given. Only then a name is cut; whole it is in the picture's description.

use super::circle::{Arc, Point, Wheel, arcs};
use super::inside::Inside;
use super::legend::{self, Legend as Rows};
use super::palette::{Rgb, contrast, ink_on};
use super::percent::percents;
use super::plate::{Names, Plate, Rect, SMALLEST, Said, say};
use super::template::Filling;
use super::text::{LABEL, SUBTITLE, TITLE, cut, line_height, width};
use super::{Labels, Legend, Options, Slice, Slices};
use crate::record::Number;
use crate::record::number::grouped;
use crate::render::Weight;

/// Around the picture, in pixels.
const MARGIN: f64 = 20.0;
/// Of a picture whose height is not given.
const HEIGHT: f64 = 400.0;
/// Above a legend below its pie.
const LEGEND_GAP: f64 = 24.0;
/// The diameter of the pie above a legend.
const ABOVE: f64 = 300.0;

/// Letters on white, and quieter ones; on black.
const INK: [Rgb; 2] = [[0x1f, 0x23, 0x28], [0xf0, 0xf3, 0xf6]];
const QUIET: [Rgb; 2] = [[0x59, 0x63, 0x6e], [0xb1, 0xba, 0xc4]];

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
    let mut desk = Desk {
        slices,
        options,
        names: Names {
            arcs: arcs(&shares),
            said,
            options,
        },
        is_dark: usize::from(
            options
                .background
                .is_some_and(|color| contrast(color, [255; 3]) > contrast(color, [0; 3])),
        ),
        texts: Vec::new(),
        squares: Vec::new(),
        height: options.height.map_or(HEIGHT, f64::from),
    };
    let plate = desk.arrange();
    desk.write_center(&plate.wheel, &total);
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
        description,
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

/// A layout in the making.
struct Desk<'a> {
    slices: &'a Slices,
    options: &'a Options,
    names: Names<'a>,
    is_dark: usize,
    texts: Vec<Text>,
    squares: Vec<(Point, Rgb)>,
    height: f64,
}

impl Desk<'_> {
    /// The title, the pie, its names, its legend: the first way that fits.
    fn arrange(&mut self) -> Plate {
        let head = self.write_head();
        let width = f64::from(self.options.width);
        let area = Rect {
            x: MARGIN,
            y: head,
            width: (width - 2.0 * MARGIN).max(10.0),
            height: (self.height - head - MARGIN).max(10.0),
        };
        let Options { labels, legend, .. } = *self.options;
        let has_zeros = !self.slices.zeros.is_empty();
        let is_direct = match legend {
            Legend::None => true,
            Legend::Auto => matches!(labels, Labels::Auto | Labels::Out) && !has_zeros,
            Legend::Right | Legend::Bottom => false,
        };
        let names_beside = matches!(labels, Labels::Auto | Labels::Out);
        if is_direct {
            let plate = self.names.plate(area, false, names_beside);
            let plate = plate.or_else(|| {
                (legend == Legend::None).then(|| self.names.plate(area, false, false))?
            });
            if let Some(plate) = plate {
                self.write_names(&plate);
                return plate;
            }
        }
        let beside = labels == Labels::Out;
        if legend != Legend::Bottom
            && let Some((plate, rows, corner)) = self.with_legend_beside(area, beside)
        {
            self.write_names(&plate);
            self.write_legend(&rows, corner, self.names.said.len());
            return plate;
        }
        self.with_legend_below(area, beside)
    }

    fn with_legend_beside(&self, area: Rect, names_beside: bool) -> Option<(Plate, Rows, Point)> {
        let texts: Vec<String> = self
            .names
            .said
            .iter()
            .map(|said| said.whole.clone())
            .collect();
        let fitting = (area.height / legend::row_height()) as usize;
        let rows = Rows::new(&texts, area.width, Some(fitting));
        let room = area.width - rows.width() - LEGEND_GAP;
        if rows.rows > fitting || room < 2.0 * SMALLEST {
            return None;
        }
        let pie = if names_beside {
            Rect {
                width: room,
                ..area
            }
        } else {
            // Pie and legend together stand in the middle.
            let width = room.min(area.height);
            Rect {
                x: area.x + (room - width) / 2.0,
                width,
                ..area
            }
        };
        let plate = self.names.plate(pie, true, names_beside)?;
        let corner = Point {
            x: pie.x + pie.width + LEGEND_GAP,
            y: area.y + (area.height - rows.height()) / 2.0,
        };
        Some((plate, rows, corner))
    }

    fn with_legend_below(&mut self, area: Rect, names_beside: bool) -> Plate {
        let texts: Vec<String> = self
            .names
            .said
            .iter()
            .map(|said| said.whole.clone())
            .collect();
        let mut rows = Rows::new(&texts, area.width, None);
        let mut listed = texts.len();
        let pie = match self.options.height {
            None => {
                let pie = ABOVE.min(area.width);
                self.height = (area.y + pie + LEGEND_GAP + rows.height() + MARGIN).ceil();
                pie
            }
            Some(_) => {
                let most = ((area.height * 0.5) / legend::row_height()) as usize;
                if rows.rows > most {
                    rows.rows = most.max(1);
                    listed = (rows.rows * rows.columns).min(listed);
                }
                (area.height - LEGEND_GAP - rows.height()).max(10.0)
            }
        };
        let top = Rect {
            height: pie,
            ..area
        };
        let plate = self
            .names
            .plate(top, true, names_beside)
            .or_else(|| self.names.plate(top, true, false))
            .expect("without names beside it a pie fits everywhere");
        let corner = Point {
            x: area.x + ((area.width - rows.width()) / 2.0).max(0.0),
            y: area.y + pie + LEGEND_GAP,
        };
        self.write_names(&plate);
        self.write_legend(&rows, corner, listed);
        plate
    }

    /// Title and subtitle; gives where the rest begins.
    fn write_head(&mut self) -> f64 {
        let room = f64::from(self.options.width) - 2.0 * MARGIN;
        let mut top = MARGIN;
        let lines = [
            (&self.options.title, TITLE, Weight::Bold, INK),
            (&self.options.subtitle, SUBTITLE, Weight::Regular, QUIET),
        ];
        for (text, size, weight, ink) in lines {
            let Some(text) = text else { continue };
            let height = line_height(size);
            self.texts.push(Text {
                at: Point {
                    x: MARGIN,
                    y: top + height / 2.0,
                },
                anchor: Anchor::Start,
                size,
                weight,
                ink: ink[self.is_dark],
                text: cut(&super::text::shown(text), size, weight, room),
            });
            top += height;
        }
        if top > MARGIN { top + 12.0 } else { top }
    }

    fn write_names(&mut self, plate: &Plate) {
        for (index, inside) in plate.inside.iter().enumerate() {
            let Some(Inside { lines, at }) = inside else {
                continue;
            };
            let ink = ink_on(self.slices.slices[index].color);
            self.write_lines(lines, *at, LABEL, Weight::Regular, ink);
        }
        for (index, outside) in plate.outside.iter().enumerate() {
            let Some(outside) = outside else { continue };
            self.texts.push(Text {
                at: outside.at,
                anchor: if outside.is_right {
                    Anchor::Start
                } else {
                    Anchor::End
                },
                size: LABEL,
                weight: Weight::Regular,
                ink: INK[self.is_dark],
                text: self.names.said[index].whole.clone(),
            });
        }
    }

    fn write_lines(
        &mut self,
        lines: &[String],
        middle: Point,
        size: f64,
        weight: Weight,
        ink: Rgb,
    ) {
        let first = middle.y - line_height(size) * (lines.len() as f64 - 1.0) / 2.0;
        for (index, line) in lines.iter().enumerate() {
            self.texts.push(Text {
                at: Point {
                    x: middle.x,
                    y: first + line_height(size) * index as f64,
                },
                anchor: Anchor::Middle,
                size,
                weight,
                ink,
                text: line.clone(),
            });
        }
    }

    /// The first `listed` rows; where that is not all of them, the last says how many more there are.
    fn write_legend(&mut self, rows: &Rows, corner: Point, listed: usize) {
        let room = rows.column - legend::SQUARE - legend::SPACE;
        let all: Vec<&Slice> = self
            .slices
            .slices
            .iter()
            .chain(&self.slices.zeros)
            .collect();
        let is_cut = listed < all.len();
        for (index, slice) in all.iter().enumerate().take(listed) {
            let place = rows.place(corner, index);
            let is_rest = is_cut && index + 1 == listed;
            let text = if is_rest {
                format!("and {} more", all.len() - index)
            } else {
                self.squares.push((place, slice.color));
                self.names.said[index].whole.clone()
            };
            self.texts.push(Text {
                at: Point {
                    x: place.x + legend::SQUARE + legend::SPACE,
                    y: place.y,
                },
                anchor: Anchor::Start,
                size: LABEL,
                weight: Weight::Regular,
                ink: INK[self.is_dark],
                text: cut(&text, LABEL, Weight::Regular, room),
            });
        }
    }

    /// What stands in the hole, as large as it may be.
    fn write_center(&mut self, wheel: &Wheel, total: &str) {
        let Some(center) = self.options.center.as_ref().filter(|_| wheel.hole > 0.0) else {
            return;
        };
        let filling = Filling {
            label: "",
            value: total,
            percent: "100%",
            total,
        };
        let lines: Vec<String> = center
            .fill(filling)
            .lines()
            .map(super::text::shown)
            .collect();
        let fits = |size: f64| {
            let half = line_height(size) * lines.len() as f64 / 2.0;
            lines.iter().all(|line| {
                libm::hypot(width(line, size, Weight::Bold) / 2.0, half) <= wheel.hole * 0.92
            })
        };
        let size = (9..=28).rev().map(f64::from).find(|size| fits(*size));
        if let Some(size) = size {
            self.write_lines(&lines, wheel.center, size, Weight::Bold, INK[self.is_dark]);
        }
    }
}
