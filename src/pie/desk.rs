//! The picture in the making: title, pie, names and legend, each in the first place that has room.
//!
//! Names are in their slice where they fit, else beside the pie with a line to it. Where they are too many or too long for that,
//! or are of slices that are nothing, all of them go into a legend beside the pie; where there is no room for it, below the pie,
//! and the picture grows unless its height is given. Only then a name is cut; whole it is in the picture's description.

use super::circle::Point;
use super::layout::{Anchor, Text};
use super::legend::{self, Legend as Rows};
use super::palette::{Rgb, contrast};
use super::plate::{Names, Plate, Rect, smallest};
use super::text::{LABEL, cut};
use super::writing::INK;
use super::{Labels, Legend, Options, Slice, Slices};
use crate::render::Weight;

/// Around the picture, in pixels.
pub(super) const MARGIN: f64 = 20.0;
/// Of a picture whose height is not given.
const HEIGHT: f64 = 400.0;
/// Above a legend below its pie.
const LEGEND_GAP: f64 = 24.0;
/// The diameter of the pie above a legend.
const ABOVE: f64 = 300.0;

/// A layout in the making.
pub(super) struct Desk<'a> {
    pub(super) slices: &'a Slices,
    pub(super) options: &'a Options,
    pub(super) names: Names<'a>,
    /// Whether letters must be light: an index into inks.
    pub(super) is_dark: usize,
    pub(super) texts: Vec<Text>,
    pub(super) squares: Vec<(Point, Rgb)>,
    pub(super) height: f64,
}

impl<'a> Desk<'a> {
    pub(super) fn new(slices: &'a Slices, names: Names<'a>) -> Desk<'a> {
        let options = names.options;
        let is_dark = options
            .background
            .is_some_and(|color| contrast(color, [255; 3]) > contrast(color, [0; 3]));
        Desk {
            slices,
            options,
            names,
            is_dark: is_dark.into(),
            texts: Vec::new(),
            squares: Vec::new(),
            height: options.height.map_or(HEIGHT, f64::from),
        }
    }

    /// The title, the pie, its names, its legend: the first way that fits.
    pub(super) fn arrange(&mut self) -> Plate {
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
        let least = match (self.options.height, self.options.legend) {
            // Below it there is room for a larger one.
            (None, Legend::Auto) => ABOVE * 0.7,
            _ => 2.0 * smallest(self.options),
        };
        if rows.rows > fitting || room < least.min(area.width / 2.0) {
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
                let rest = format!("and {} more", all.len() - index);
                cut(&rest, LABEL, Weight::Regular, room)
            } else {
                self.squares.push((place, slice.color));
                self.names.said[index].within(room)
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
                text,
            });
        }
    }
}
