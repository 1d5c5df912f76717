//! Labels beside the pie, in a column on each side, without overlaps, each with a leader line to its slice.
//!
//! Leader lines do not cross: from the middle of each side up to the top and down to the bottom, each is led around those before.

use std::f64::consts::TAU;

use super::elements::{Anchor, Text};
use super::geometry::{Arc, Disc, Point};
use super::palette::Rgb;
use super::text::{LABEL, line_height};
use crate::render::Weight;

/// From the pie to the bend of an unhindered leader line, and from the pie to the end of every one, in pixels.
const BEND: f64 = 9.0;
pub(super) const REACH: f64 = 24.0;
/// How much farther from the pie a bend may be, in pixels.
const MAX_DETOUR: f64 = 36.0;
/// From a leader line to the pie, and to the bends of others, in pixels.
const CLEARANCE: f64 = 3.5;
/// The level end of a leader line, in pixels.
const LEVEL: f64 = 10.0;
/// Between a leader line and its label, in pixels.
pub(super) const SPACE: f64 = 5.0;

/// The place of a label beside the pie.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OuterLabel {
    /// Where the label starts, or on the left side ends; the vertical middle of its line.
    pub(super) at: Point,
    pub(super) is_right: bool,
    /// From the slice to the label.
    pub(super) leader_line: Vec<Point>,
}

impl OuterLabel {
    pub(super) fn text(&self, text: String, color: Rgb) -> Text {
        Text {
            at: self.at,
            anchor: if self.is_right {
                Anchor::Start
            } else {
                Anchor::End
            },
            size: LABEL,
            weight: Weight::Regular,
            color,
            text,
        }
    }
}

/// Places for the labels of these slices between two heights. `None` if there are too many, or if a leader line would need too
/// long a detour.
pub(super) fn place_outside(
    disc: &Disc,
    arcs: &[Arc],
    top: f64,
    bottom: f64,
) -> Option<Vec<OuterLabel>> {
    let mut placed: Vec<Option<OuterLabel>> = vec![None; arcs.len()];
    for is_right in [true, false] {
        let mut side: Vec<usize> = (0..arcs.len())
            .filter(|index| arcs[*index].is_right() == is_right)
            .collect();
        if !is_right {
            // From top to bottom; clockwise, the left side runs upwards.
            side.reverse();
        }
        let anchor = |index: usize, beyond: f64| {
            let turn = arcs[index].middle();
            disc.point(turn, disc.radius + beyond).y
        };
        let desired: Vec<f64> = side.iter().map(|index| anchor(*index, REACH)).collect();
        let gap = line_height(LABEL);
        let heights = separate(&desired, gap, top + gap / 2.0, bottom - gap / 2.0)?;
        // A level line is sharp in the middle of a row of pixels.
        let heights = heights.into_iter().map(|height| height.floor() + 0.5);
        let labels: Vec<(usize, f64)> = side.into_iter().zip(heights).collect();
        let upper = labels.partition_point(|(index, _)| anchor(*index, 0.0) < disc.center.y);
        let (upper, lower) = labels.split_at(upper);
        let halves: [Vec<_>; 2] = [upper.iter().rev().collect(), lower.iter().collect()];
        for half in halves {
            let mut bends = Vec::new();
            for (index, height) in half {
                let label = place_label(
                    disc,
                    &arcs[*index],
                    is_right,
                    *height,
                    &bends,
                    (top, bottom),
                )?;
                bends.push(label.leader_line[1]);
                placed[*index] = Some(label);
            }
        }
    }
    placed.into_iter().collect()
}

/// A label at a height, its leader line led around the bends of others. `None` if the detour would be too long.
fn place_label(
    disc: &Disc,
    arc: &Arc,
    is_right: bool,
    height: f64,
    bends: &[Point],
    (top, bottom): (f64, f64),
) -> Option<OuterLabel> {
    let side = if is_right { 1.0 } else { -1.0 };
    let end = Point {
        x: disc.center.x + side * (disc.radius + REACH),
        y: height,
    };
    let elbow = Point {
        x: end.x - side * LEVEL,
        y: height,
    };
    // A level line is preferred if its bend is near the usual distance.
    let level = (disc.center.y - height) / libm::cos(arc.middle() * TAU) - disc.radius;
    let level = Some(level).filter(|level| (BEND - 3.0..=BEND + 6.0).contains(level));
    let others = (0..=MAX_DETOUR as u32).map(|more| BEND + f64::from(more));
    let bend = level
        .into_iter()
        .chain(others)
        .map(|beyond| disc.point(arc.middle(), disc.radius + beyond))
        .filter(|bend| (top..=bottom).contains(&bend.y) && (elbow.x - bend.x) * side > 0.0)
        .find(|bend| {
            distance_to_center(disc, *bend, elbow) >= disc.radius + CLEARANCE
                && bends
                    .iter()
                    .all(|other| is_between(disc, *bend, elbow, *other))
        })?;
    Some(OuterLabel {
        at: Point {
            x: end.x + side * SPACE,
            y: height,
        },
        is_right,
        leader_line: vec![disc.point(arc.middle(), disc.radius), bend, elbow, end],
    })
}

/// Whether a point is between the pie and a line from a bend to an elbow, with clearance.
fn is_between(disc: &Disc, bend: Point, elbow: Point, point: Point) -> bool {
    let (dx, dy) = (elbow.x - bend.x, elbow.y - bend.y);
    let below = (dx * (point.y - bend.y) - dy * (point.x - bend.x)) / libm::hypot(dx, dy);
    let is_upper = bend.y < disc.center.y;
    // Elbows are farther out than bends, so on the left side the sign is reversed.
    let is_mirrored = (dx > 0.0) != is_upper;
    (if is_mirrored { -below } else { below }) >= CLEARANCE
}

/// The distance of a line between two points from the center.
fn distance_to_center(disc: &Disc, one: Point, other: Point) -> f64 {
    let (dx, dy) = (other.x - one.x, other.y - one.y);
    let (cx, cy) = (disc.center.x - one.x, disc.center.y - one.y);
    let along = ((cx * dx + cy * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
    libm::hypot(cx - along * dx, cy - along * dy)
}

/// Moves heights as little as possible (by least squares) until they are `gap` apart and between two bounds, by pooling those
/// that touch around their mean (pool adjacent violators, Ayer et al. 1955). `None` if there is no room.
fn separate(desired: &[f64], gap: f64, top: f64, bottom: f64) -> Option<Vec<f64>> {
    let room = bottom - top - gap * desired.len().saturating_sub(1) as f64;
    if room < 0.0 && !desired.is_empty() {
        return None;
    }
    // With the gaps subtracted, the heights only have to be non-decreasing.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (index, height) in desired.iter().enumerate() {
        let (mut mean, mut count) = (height - gap * index as f64, 1);
        while let Some((before, of)) = pools.last().copied().filter(|(before, _)| *before > mean) {
            mean = (before * of as f64 + mean * count as f64) / (of + count) as f64;
            count += of;
            pools.pop();
        }
        pools.push((mean, count));
    }
    let flat = pools
        .into_iter()
        .flat_map(|(mean, count)| std::iter::repeat_n(mean, count));
    let heights = flat
        .enumerate()
        .map(|(index, flat)| flat.clamp(top, top + room) + gap * index as f64);
    Some(heights.collect())
}

#[cfg(test)]
mod tests {
    use super::super::geometry::arcs;
    use super::*;
    use proptest::prelude::*;

    const DISC: Disc = Disc {
        center: Point { x: 320.0, y: 200.0 },
        radius: 140.0,
        hole: 0.0,
    };

    #[test]
    fn heights_move_only_as_far_as_needed() {
        assert_eq!(
            separate(&[10.0, 50.0], 18.0, 0.0, 100.0),
            Some(vec![10.0, 50.0])
        );
        assert_eq!(
            separate(&[50.0, 52.0], 18.0, 0.0, 100.0),
            Some(vec![42.0, 60.0])
        );
        assert_eq!(
            separate(&[1.0, 2.0, 3.0], 18.0, 0.0, 100.0),
            Some(vec![0.0, 18.0, 36.0])
        );
        assert_eq!(separate(&[0.0; 7], 18.0, 0.0, 100.0), None);
        assert_eq!(separate(&[], 18.0, 0.0, 0.0), Some(vec![]));
    }

    /// Whether two line segments cross, other than at an end.
    fn do_cross(one: &[Point], other: &[Point]) -> bool {
        let turn = |a: Point, b: Point, c: Point| {
            ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)).signum()
        };
        let parts = |line: &[Point], points: &[Point]| {
            turn(line[0], line[1], points[0]) != turn(line[0], line[1], points[1])
        };
        parts(one, other) && parts(other, one)
    }

    #[test]
    fn leader_lines_of_a_long_tail_are_led_around_each_other() {
        // A long tail of small slices, as sorted values have.
        let shares = [0.8, 0.085, 0.055, 0.04, 0.01, 0.005, 0.005];
        let placed = place_outside(&DISC, &arcs(&shares)[1..], 20.0, 380.0).unwrap();
        let from_center = |label: &OuterLabel| {
            let bend = label.leader_line[1];
            libm::hypot(bend.x - DISC.center.x, bend.y - DISC.center.y)
        };
        let distances: Vec<f64> = placed.iter().map(from_center).collect();
        assert!(distances.is_sorted(), "{distances:?}");
        assert!(distances[0] < DISC.radius + BEND + 0.5 && distances[5] > distances[0] + 3.0);
    }

    proptest! {
        #[test]
        fn labels_stay_apart_and_leader_lines_do_not_cross(shares in prop::collection::vec(prop_oneof![0.001_f64..1.0, 0.001_f64..0.03], 1..30)) {
            let arcs = arcs(&shares);
            let Some(placed) = place_outside(&DISC, &arcs, 20.0, 380.0) else { return Ok(()) };
            for (index, one) in placed.iter().enumerate() {
                prop_assert!((20.0 + 9.0..=380.0 - 9.0 + 0.5).contains(&one.at.y));
                for other in &placed[..index] {
                    prop_assert!(one.is_right != other.is_right || (one.at.y - other.at.y).abs() >= 18.0 - 1e-6);
                }
                for pair in one.leader_line.windows(2) {
                    prop_assert!(distance_to_center(&DISC, pair[0], pair[1]) >= DISC.radius - 1e-6);
                    for other in placed[..index].iter().flat_map(|other| other.leader_line.windows(2)) {
                        prop_assert!(!do_cross(pair, other), "{pair:?} {other:?}");
                    }
                }
            }
        }
    }
}
