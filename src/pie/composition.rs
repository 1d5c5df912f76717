//! Pie, labels and legend in the room below the header: the first arrangement that fits.
//!
//! Labels are in their slices if they fit, otherwise beside the pie with leader lines. If there are too many or too long ones, or
//! zero values among them, all entries are in a legend to the right of the pie. Without room there, the legend is below the pie,
//! and the chart grows unless its height is given. Only then are labels truncated; the description has them in full.

use super::geometry::{Point, Rect};
use super::header::MARGIN;
use super::labels::Label;
use super::legend::{Legend, row_height};
use super::options::{LabelPosition, LegendPosition, Options};
use super::placement::{Placement, Placer, Rules, min_radius};

/// Of a chart whose height is not given, in pixels.
const DEFAULT_HEIGHT: f64 = 400.0;
/// Between the pie and the legend, in pixels.
const LEGEND_GAP: f64 = 24.0;
/// The diameter of a pie above a legend, in pixels.
const DIAMETER_ABOVE: f64 = 300.0;

/// Where everything below the header is.
pub(super) struct Composition {
    /// Of the whole chart, in pixels.
    pub(super) height: f64,
    pub(super) pie: Placement,
    pub(super) legend: Option<PlacedLegend>,
}

/// A legend in its place.
pub(super) struct PlacedLegend {
    pub(super) legend: Legend,
    /// The top left.
    pub(super) corner: Point,
    /// The number of entries for which there is room.
    pub(super) shown: usize,
}

/// What is to be arranged.
pub(super) struct Composer<'a> {
    pub(super) placer: Placer<'a>,
    /// An entry for each slice and for each zero value.
    pub(super) labels: &'a [Label],
    /// Where the header ends, in pixels.
    pub(super) top: f64,
    pub(super) options: &'a Options,
}

impl Composer<'_> {
    pub(super) fn compose(&self) -> Composition {
        let height = self.options.height.map_or(DEFAULT_HEIGHT, f64::from);
        let area = Rect {
            x: MARGIN,
            y: self.top,
            width: (f64::from(self.options.width) - 2.0 * MARGIN).max(10.0),
            height: (height - self.top - MARGIN).max(10.0),
        };
        if let Some(pie) = self.without_legend(area) {
            return Composition {
                height,
                pie,
                legend: None,
            };
        }
        if let Some((pie, legend)) = self.with_legend_right(area) {
            return Composition {
                height,
                pie,
                legend: Some(legend),
            };
        }
        self.with_legend_below(area, height)
    }

    /// The pie with all slices labelled; unless a legend is allowed, at least the pie.
    fn without_legend(&self, area: Rect) -> Option<Placement> {
        let labels = self.options.labels;
        let has_zeros = self.labels.len() > self.placer.labels.len();
        let is_allowed = match self.options.legend {
            LegendPosition::None => true,
            LegendPosition::Auto => labels.allows_outside() && !has_zeros,
            LegendPosition::Right | LegendPosition::Bottom => false,
        };
        if !is_allowed {
            return None;
        }
        let place = |labels_outside| {
            let rules = Rules {
                has_legend: false,
                labels_outside,
            };
            self.placer.place(area, rules)
        };
        place(labels.allows_outside()).or_else(|| {
            let is_last_resort = self.options.legend == LegendPosition::None;
            is_last_resort.then(|| place(false))?
        })
    }

    fn with_legend_right(&self, area: Rect) -> Option<(Placement, PlacedLegend)> {
        if self.options.legend == LegendPosition::Bottom {
            return None;
        }
        let max_rows = (area.height / row_height()) as usize;
        let legend = self.legend(area.width, Some(max_rows));
        let room = area.width - legend.width() - LEGEND_GAP;
        let min_room = match (self.options.height, self.options.legend) {
            // With the legend below it, the pie can be larger.
            (None, LegendPosition::Auto) => DIAMETER_ABOVE * 0.7,
            _ => 2.0 * min_radius(self.options),
        };
        if legend.rows > max_rows || room < min_room.min(area.width / 2.0) {
            return None;
        }
        let rules = self.rules_with_legend();
        let pie = if rules.labels_outside {
            Rect {
                width: room,
                ..area
            }
        } else {
            // Pie and legend are centred together.
            let width = room.min(area.height);
            Rect {
                x: area.x + (room - width) / 2.0,
                width,
                ..area
            }
        };
        let placement = self.placer.place(pie, rules)?;
        let corner = Point {
            x: pie.right() + LEGEND_GAP,
            y: area.y + (area.height - legend.height()) / 2.0,
        };
        let placed = PlacedLegend {
            legend,
            corner,
            shown: self.labels.len(),
        };
        Some((placement, placed))
    }

    fn with_legend_below(&self, area: Rect, mut height: f64) -> Composition {
        let mut legend = self.legend(area.width, None);
        let mut shown = self.labels.len();
        let pie_height = if self.options.height.is_none() {
            let diameter = DIAMETER_ABOVE.min(area.width);
            height = (area.y + diameter + LEGEND_GAP + legend.height() + MARGIN).ceil();
            diameter
        } else {
            let max_rows = ((area.height * 0.5) / row_height()) as usize;
            if legend.rows > max_rows {
                legend.rows = max_rows.max(1);
                shown = (legend.rows * legend.columns).min(shown);
            }
            (area.height - LEGEND_GAP - legend.height()).max(10.0)
        };
        let above = Rect {
            height: pie_height,
            ..area
        };
        let rules = self.rules_with_legend();
        let without_labels = Rules {
            labels_outside: false,
            ..rules
        };
        let pie = self
            .placer
            .place(above, rules)
            .or_else(|| self.placer.place(above, without_labels))
            .expect("a pie without labels beside it fits everywhere");
        let corner = Point {
            x: area.x + ((area.width - legend.width()) / 2.0).max(0.0),
            y: area.y + pie_height + LEGEND_GAP,
        };
        Composition {
            height,
            pie,
            legend: Some(PlacedLegend {
                legend,
                corner,
                shown,
            }),
        }
    }

    fn legend(&self, room: f64, max_rows: Option<usize>) -> Legend {
        let widths: Vec<f64> = self.labels.iter().map(Label::width).collect();
        Legend::new(&widths, room, max_rows)
    }

    /// Beside a legend, labels are repeated outside only if they were asked for.
    fn rules_with_legend(&self) -> Rules {
        Rules {
            has_legend: true,
            labels_outside: self.options.labels == LabelPosition::Outside,
        }
    }
}
