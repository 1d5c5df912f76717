//! The pie in its place, with the names in its slices and beside it.

use super::circle::{Arc, Point, Wheel};
use super::inside::{Inside, fitting};
use super::layout::people;
use super::outside::{self, Outside, spread};
use super::template::Filling;
use super::text::{LABEL, line_height, width};
use super::{Labels, Options, Slice, Template};
use crate::render::Weight;

/// A smaller pie beside its names or its legend cannot be read, in pixels.
pub(super) const SMALLEST: f64 = 80.0;

/// A part of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The pie with the names in it and beside it.
pub(super) struct Plate {
    pub(super) wheel: Wheel,
    pub(super) inside: Vec<Option<Inside>>,
    pub(super) outside: Vec<Option<Outside>>,
}

/// What is said of each slice.
pub(super) struct Said {
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
    let filling = Filling {
        label: &slice.label,
        value: &value,
        percent,
        total,
    };
    let filled = options.format.fill(filling);
    let lines: Vec<String> = filled.lines().map(str::to_owned).collect();
    let mut inside = Vec::new();
    if options.format == Template::default() {
        inside.push(vec![slice.label.clone(), percent.to_owned()]);
    }
    inside.push(lines.clone());
    Said {
        whole: lines.join(" "),
        inside,
        percent: percent.to_owned(),
    }
}

impl Names<'_> {
    /// The pie in an area. `has_legend` says whether names are somewhere else, `names_beside` whether they may be beside the pie.
    pub(super) fn plate(&self, area: Rect, has_legend: bool, names_beside: bool) -> Option<Plate> {
        let hole = self.options.hole.clamp(0.0, 0.9);
        let wheel = |center: Point, radius: f64| Wheel {
            center,
            radius,
            hole: radius * hole,
        };
        let middle = Point {
            x: area.x + area.width / 2.0,
            y: area.y + area.height / 2.0,
        };
        if !names_beside {
            let radius = area.width.min(area.height) / 2.0;
            return self.named(wheel(middle, radius), has_legend, false, area);
        }
        let reach = outside::REACH + outside::SPACE;
        let largest = (area.height / 2.0 - line_height(LABEL)).min(area.width / 2.0 - reach);
        let mut radius = largest;
        let mut center = middle;
        // A smaller pie has more names beside it, which make it smaller still; soon nothing changes any more.
        for _ in 0..6 {
            if radius < SMALLEST.min(largest) || radius <= 0.0 {
                return None;
            }
            let inside = self.inside(&wheel(center, radius), has_legend);
            let widest = |is_right: bool| {
                let beside = (0..self.arcs.len()).filter(|index| {
                    inside[*index].is_none() && self.arcs[*index].is_right() == is_right
                });
                let widths = beside
                    .map(|index| width(&self.said[index].whole, LABEL, Weight::Regular) + reach);
                widths.fold(0.0, f64::max).ceil()
            };
            let (left, right) = (widest(false), widest(true));
            let fitting = largest.min((area.width - left - right) / 2.0);
            let x = middle.x.clamp(
                (area.x + left + fitting).min(middle.x + area.width),
                (area.x + area.width - right - fitting).max(area.x + left + fitting),
            );
            if (fitting - radius).abs() < 0.01 && (x - center.x).abs() < 0.01 {
                return self.named(wheel(center, radius), has_legend, true, area);
            }
            radius = fitting.min(radius);
            center.x = x;
        }
        None
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
        let fit = |(arc, said): (&Arc, &Said)| {
            if !is_wanted {
                None
            } else if has_legend {
                fitting(wheel, arc, &[vec![said.percent.clone()]])
            } else {
                fitting(wheel, arc, &said.inside)
            }
        };
        self.arcs.iter().zip(&self.said).map(fit).collect()
    }
}
