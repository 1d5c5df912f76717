//! The pie in an area, as large as possible, with labels in its slices and beside it.

use std::ops::RangeInclusive;

use super::geometry::{Arc, Disc, Rect};
use super::inner_labels::{InnerLabel, fit_inside};
use super::labels::Label;
use super::options::Options;
use super::outer_labels::{OuterLabel, REACH, SPACE, place_outside};
use super::text::{LABEL, line_height};

/// The radius below which a pie is too small beside its labels or its legend, in pixels. It depends on the size of the chart.
pub(super) fn min_radius(options: &Options) -> f64 {
    let side = options.width.min(options.height.unwrap_or(options.width));
    (f64::from(side) / 4.0 - 20.0).clamp(16.0, 80.0)
}

/// A pie with its labels in place.
pub(super) struct Placement {
    pub(super) disc: Disc,
    /// For each slice, if its label is in it.
    pub(super) inner: Vec<Option<InnerLabel>>,
    /// For each slice, if its label is beside the pie.
    pub(super) outer: Vec<Option<OuterLabel>>,
}

/// Which labels a pie has.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// Whether a legend names the slices, so that only percentages are written into them.
    pub(super) has_legend: bool,
    /// Whether every label that is not in its slice is beside the pie.
    pub(super) labels_outside: bool,
}

/// Places pies with these slices.
pub(super) struct Placer<'a> {
    pub(super) arcs: &'a [Arc],
    /// For each slice.
    pub(super) labels: &'a [Label],
    pub(super) options: &'a Options,
}

/// Why labels could not be placed beside a pie of some radius.
enum Failure {
    /// They are too wide.
    NoWidth,
    /// The leader lines had no room around a pie of this radius.
    NoHeight(f64),
}

impl Placer<'_> {
    /// The pie in an area; `None` if the labels beside it do not fit.
    pub(super) fn place(&self, area: Rect, rules: Rules) -> Option<Placement> {
        if !rules.labels_outside {
            let disc = self.disc(area, area.width.min(area.height) / 2.0);
            return self.with_labels(disc, area, rules);
        }
        let highest = area.height / 2.0 - line_height(LABEL);
        let mut largest = highest.min(area.width / 2.0 - REACH - SPACE);
        let smallest = min_radius(self.options).min(largest).max(1.0);
        for _ in 0..4 {
            match self.with_outer_labels(area, rules, smallest..=largest) {
                Ok(placement) => return Some(placement),
                Err(Failure::NoWidth) => return None,
                // There is more room for leader lines around a smaller pie.
                Err(Failure::NoHeight(radius)) => largest = (radius * 0.92).max(smallest),
            }
        }
        None
    }

    /// The pie with labels beside it, of a radius in a range.
    fn with_outer_labels(
        &self,
        area: Rect,
        rules: Rules,
        radii: RangeInclusive<f64>,
    ) -> Result<Placement, Failure> {
        let reach = REACH + SPACE;
        let mut disc = self.disc(area, *radii.end());
        // A smaller pie has more labels beside it, which make it smaller still, until nothing changes.
        for _ in 0..6 {
            if disc.radius < *radii.start() {
                return Err(Failure::NoWidth);
            }
            let inner = self.inner_labels(&disc, rules);
            let widest = |is_right: bool| {
                let beside = (0..self.arcs.len()).filter(|index| {
                    inner[*index].is_none() && self.arcs[*index].is_right() == is_right
                });
                let widths = beside.map(|index| self.labels[index].width() + reach);
                widths.fold(0.0, f64::max).ceil()
            };
            let (left, right) = (widest(false), widest(true));
            let fitting = radii.end().min((area.width - left - right) / 2.0);
            let leftmost = area.x + left + fitting;
            let rightmost = (area.right() - right - fitting).max(leftmost);
            let x = area.center().x.clamp(leftmost, rightmost);
            if (fitting - disc.radius).abs() < 0.01 && (x - disc.center.x).abs() < 0.01 {
                let placement = self.with_labels(disc, area, rules);
                return placement.ok_or(Failure::NoHeight(disc.radius));
            }
            disc = self.disc(area, fitting.min(disc.radius));
            disc.center.x = x;
        }
        Err(Failure::NoWidth)
    }

    fn disc(&self, area: Rect, radius: f64) -> Disc {
        Disc {
            center: area.center(),
            radius,
            hole: radius * self.options.hole.clamp(0.0, 0.9),
        }
    }

    /// The labels of a pie; `None` if those beside it do not fit.
    fn with_labels(&self, disc: Disc, area: Rect, rules: Rules) -> Option<Placement> {
        let inner = self.inner_labels(&disc, rules);
        let mut outer = vec![None; self.arcs.len()];
        if rules.labels_outside {
            let outside: Vec<usize> = (0..self.arcs.len())
                .filter(|index| inner[*index].is_none())
                .collect();
            let arcs: Vec<Arc> = outside.iter().map(|index| self.arcs[*index]).collect();
            let placed = place_outside(&disc, &arcs, area.y, area.bottom())?;
            for (index, label) in outside.into_iter().zip(placed) {
                let room = if label.is_right {
                    area.right() - label.at.x
                } else {
                    label.at.x - area.x
                };
                if self.labels[index].width() > room + 0.5 {
                    return None;
                }
                outer[index] = Some(label);
            }
        }
        Some(Placement { disc, inner, outer })
    }

    fn inner_labels(&self, disc: &Disc, rules: Rules) -> Vec<Option<InnerLabel>> {
        if !self.options.labels.allows_inside() {
            return vec![None; self.arcs.len()];
        }
        let is_alone = self.arcs.len() == 1;
        let fit = |(arc, label): (&Arc, &Label)| {
            if rules.has_legend {
                fit_inside(disc, arc, is_alone, &[vec![label.percent.clone()]])
            } else {
                fit_inside(disc, arc, is_alone, &label.variants)
            }
        };
        self.arcs.iter().zip(self.labels).map(fit).collect()
    }
}
