//! The pie in its place, with the names in its slices and beside it.

use std::ops::RangeInclusive;

use super::circle::{Arc, Point, Wheel};
use super::inside::{Inside, fitting};
use super::layout::people;
use super::outside::{self, Outside, spread};
use super::template::Filling;
use super::text::{LABEL, among_others, cut, line_height, width};
use super::{Labels, Options, Slice, Template};
use crate::render::Weight;

/// The radius below which a pie is too small beside its names or its legend, in pixels: it depends on the picture, a small one
/// cannot have a large pie.
pub(super) fn smallest(options: &Options) -> f64 {
    let side = options.width.min(options.height.unwrap_or(options.width));
    (f64::from(side) / 4.0 - 20.0).clamp(16.0, 80.0)
}

/// A label that is cut shorter says nothing, in pixels.
const LEAST: f64 = 40.0;

/// A part of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    fn middle(self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }
}

/// The pie with the names in it and beside it.
pub(super) struct Plate {
    pub(super) wheel: Wheel,
    pub(super) inside: Vec<Option<Inside>>,
    pub(super) outside: Vec<Option<Outside>>,
}

/// What is said of each slice.
pub(super) struct Said {
    label: String,
    /// As the format has it, in one line.
    pub(super) whole: String,
    /// In the slice, where nothing else says it; the best way first.
    inside: Vec<Vec<String>>,
    percent: String,
}

/// The slices and what they are called.
pub(super) struct Names<'a> {
    pub(super) arcs: Vec<Arc>,
    /// For each slice, and then for each that is nothing.
    pub(super) said: Vec<Said>,
    pub(super) options: &'a Options,
}

/// What is said of a slice.
pub(super) fn say(slice: &Slice, percent: &str, total: &str, options: &Options) -> Said {
    let value = people(slice.value);
    let label = among_others(&slice.label);
    let filling = Filling {
        label: &label,
        value: &value,
        percent,
        total,
    };
    let filled = options.format.fill(filling);
    let lines: Vec<String> = filled.lines().map(str::to_owned).collect();
    let mut inside = Vec::new();
    if options.format == Template::default() {
        inside.push(vec![label.to_string(), percent.to_owned()]);
    }
    inside.push(lines.clone());
    Said {
        label: label.into_owned(),
        whole: lines.join(" "),
        inside,
        percent: percent.to_owned(),
    }
}

impl Said {
    /// As much of it as fits: where the label is too long, what is said beside it stays.
    pub(super) fn within(&self, room: f64) -> String {
        let wide = |text: &str| width(text, LABEL, Weight::Regular);
        let left = room - (wide(&self.whole) - wide(&self.label));
        let cut_label = cut(&self.label, LABEL, Weight::Regular, left);
        if left > LEAST && self.whole.contains(&self.label) {
            self.whole.replacen(&self.label, &cut_label, 1)
        } else {
            cut(&self.whole, LABEL, Weight::Regular, room)
        }
    }
}

impl Names<'_> {
    /// The pie in an area. `has_legend` says whether names are somewhere else, `names_beside` whether they may be beside the pie.
    pub(super) fn plate(&self, area: Rect, has_legend: bool, names_beside: bool) -> Option<Plate> {
        if !names_beside {
            let wheel = self.wheel(area.middle(), area.width.min(area.height) / 2.0);
            return self.named(wheel, has_legend, false, area);
        }
        let highest = area.height / 2.0 - line_height(LABEL);
        let largest = highest.min(area.width / 2.0 - outside::REACH - outside::SPACE);
        let smallest = smallest(self.options).min(largest).max(1.0);
        let mut largest = largest;
        for _ in 0..4 {
            match self.with_names_beside(area, has_legend, smallest..=largest)? {
                Ok(plate) => return Some(plate),
                // Around a smaller pie there is more room for lines.
                Err(radius) => largest = (radius * 0.92).max(smallest),
            }
        }
        None
    }

    /// The pie with names beside it, of a radius in a range; the radius if their lines have no room, none if they have none.
    fn with_names_beside(
        &self,
        area: Rect,
        has_legend: bool,
        radii: RangeInclusive<f64>,
    ) -> Option<Result<Plate, f64>> {
        let reach = outside::REACH + outside::SPACE;
        let (mut center, mut radius) = (area.middle(), *radii.end());
        // A smaller pie has more names beside it, which make it smaller still; soon nothing changes any more.
        for _ in 0..6 {
            if radius < *radii.start() {
                return None;
            }
            let inside = self.inside(&self.wheel(center, radius), has_legend);
            let widest = |is_right: bool| {
                let beside = (0..self.arcs.len()).filter(|index| {
                    inside[*index].is_none() && self.arcs[*index].is_right() == is_right
                });
                let widths = beside
                    .map(|index| width(&self.said[index].whole, LABEL, Weight::Regular) + reach);
                widths.fold(0.0, f64::max).ceil()
            };
            let (left, right) = (widest(false), widest(true));
            let fitting = radii.end().min((area.width - left - right) / 2.0);
            let leftmost = area.x + left + fitting;
            let rightmost = (area.x + area.width - right - fitting).max(leftmost);
            let x = area.middle().x.clamp(leftmost, rightmost);
            if (fitting - radius).abs() < 0.01 && (x - center.x).abs() < 0.01 {
                let plate = self.named(self.wheel(center, radius), has_legend, true, area);
                return Some(plate.ok_or(radius));
            }
            radius = fitting.min(radius);
            center.x = x;
        }
        None
    }

    fn wheel(&self, center: Point, radius: f64) -> Wheel {
        Wheel {
            center,
            radius,
            hole: radius * self.options.hole.clamp(0.0, 0.9),
        }
    }

    /// A wheel with its names; none if those beside it do not fit.
    fn named(
        &self,
        wheel: Wheel,
        has_legend: bool,
        names_beside: bool,
        area: Rect,
    ) -> Option<Plate> {
        let inside = self.inside(&wheel, has_legend);
        let mut beside = vec![None; self.arcs.len()];
        if names_beside {
            let left: Vec<usize> = (0..self.arcs.len())
                .filter(|index| inside[*index].is_none())
                .collect();
            let arcs: Vec<Arc> = left.iter().map(|index| self.arcs[*index]).collect();
            let placed = spread(&wheel, &arcs, area.y, area.y + area.height)?;
            for (index, outside) in left.into_iter().zip(placed) {
                let room = if outside.is_right {
                    area.x + area.width - outside.at.x
                } else {
                    outside.at.x - area.x
                };
                if width(&self.said[index].whole, LABEL, Weight::Regular) > room + 0.5 {
                    return None;
                }
                beside[index] = Some(outside);
            }
        }
        Some(Plate {
            wheel,
            inside,
            outside: beside,
        })
    }

    fn inside(&self, wheel: &Wheel, has_legend: bool) -> Vec<Option<Inside>> {
        let is_wanted = matches!(self.options.labels, Labels::Auto | Labels::In);
        let is_alone = self.arcs.len() == 1;
        let fit = |(arc, said): (&Arc, &Said)| {
            if !is_wanted {
                None
            } else if has_legend {
                fitting(wheel, arc, is_alone, &[vec![said.percent.clone()]])
            } else {
                fitting(wheel, arc, is_alone, &said.inside)
            }
        };
        self.arcs.iter().zip(&self.said).map(fit).collect()
    }
}
