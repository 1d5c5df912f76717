//! Names beside the pie, in a column on each side, spread so that none covers another, each with a line to its slice.
//!
//! Lines do not cross: from the sides of the pie up to its top, and down to its bottom, each leads around those before it.

use std::f64::consts::TAU;

use super::circle::{Arc, Point, Wheel};
use super::text::{LABEL, line_height};

/// From the pie to the bend of a line, where nothing is in its way, and from the pie to the names, in pixels.
const BEND: f64 = 9.0;
pub(super) const REACH: f64 = 24.0;
/// How much farther from the pie a bend may be.
const FARTHEST: f64 = 36.0;
/// From a line to the pie, and to the bend of another.
const CLEAR: f64 = 3.5;
/// The level part of a line, before its name.
const LEVEL: f64 = 10.0;
/// Between a line's end and its name.
pub(super) const SPACE: f64 = 5.0;

/// Where a name goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outside {
    /// Where the name begins, or ends on the left side; the middle of its line.
    pub(super) at: Point,
    pub(super) is_right: bool,
    /// From the slice to the name.
    pub(super) line: Vec<Point>,
}

/// The places of names for these slices, between two heights; none if they are too many, or a line would lead too far around it.
pub(super) fn spread(wheel: &Wheel, arcs: &[Arc], top: f64, bottom: f64) -> Option<Vec<Outside>> {
    let mut placed: Vec<Option<Outside>> = vec![None; arcs.len()];
    for is_right in [true, false] {
        let mut side: Vec<usize> = (0..arcs.len())
            .filter(|index| arcs[*index].is_right() == is_right)
            .collect();
        if !is_right {
            // On the right the slices go down, on the left up.
            side.reverse();
        }
        let anchor = |index: usize, beyond: f64| {
            let turn = arcs[index].middle();
            wheel.at(turn, wheel.radius + beyond).y
        };
        let wished: Vec<f64> = side.iter().map(|index| anchor(*index, REACH)).collect();
        let gap = line_height(LABEL);
        let heights = apart(&wished, gap, top + gap / 2.0, bottom - gap / 2.0)?;
        // In the middle of a row of pixels a level line is sharp.
        let heights = heights.into_iter().map(|height| height.floor() + 0.5);
        let names: Vec<(usize, f64)> = side.into_iter().zip(heights).collect();
        let upper = names.partition_point(|(index, _)| anchor(*index, 0.0) < wheel.center.y);
        let (upper, lower) = names.split_at(upper);
        let halves: [Vec<_>; 2] = [upper.iter().rev().collect(), lower.iter().collect()];
        for half in halves {
            let mut bends = Vec::new();
            for (index, height) in half {
                let outside = leader(
                    wheel,
                    &arcs[*index],
                    is_right,
                    *height,
                    &bends,
                    (top, bottom),
                )?;
                bends.push(outside.line[1]);
                placed[*index] = Some(outside);
            }
        }
    }
    placed.into_iter().collect()
}

/// A name at this height, with a line around the bends of others; none if that would lead too far.
fn leader(
    wheel: &Wheel,
    arc: &Arc,
    is_right: bool,
    height: f64,
    bends: &[Point],
    (top, bottom): (f64, f64),
) -> Option<Outside> {
    let side = if is_right { 1.0 } else { -1.0 };
    let end = Point {
        x: wheel.center.x + side * (wheel.radius + REACH),
        y: height,
    };
    let elbow = Point {
        x: end.x - side * LEVEL,
        y: height,
    };
    // Best is a level line, if there the bend is about where it would be anyway.
    let level = (wheel.center.y - height) / libm::cos(arc.middle() * TAU) - wheel.radius;
    let level = Some(level).filter(|level| (BEND - 3.0..=BEND + 6.0).contains(level));
    let others = (0..=FARTHEST as u32).map(|more| BEND + f64::from(more));
    let bend = level
        .into_iter()
        .chain(others)
        .map(|beyond| wheel.at(arc.middle(), wheel.radius + beyond))
        .filter(|bend| (top..=bottom).contains(&bend.y) && (elbow.x - bend.x) * side > 0.0)
        .find(|bend| {
            distance_to_center(wheel, *bend, elbow) >= wheel.radius + CLEAR
                && bends
                    .iter()
                    .all(|other| is_between(wheel, *bend, elbow, *other))
        })?;
    Some(Outside {
        at: Point {
            x: end.x + side * SPACE,
            y: height,
        },
        is_right,
        line: vec![wheel.at(arc.middle(), wheel.radius), bend, elbow, end],
    })
}

/// Whether a point is on the pie's side of a line from a bend to an elbow, with room between them.
fn is_between(wheel: &Wheel, bend: Point, elbow: Point, point: Point) -> bool {
    let (dx, dy) = (elbow.x - bend.x, elbow.y - bend.y);
    let below = (dx * (point.y - bend.y) - dy * (point.x - bend.x)) / libm::hypot(dx, dy);
    let is_upper = bend.y < wheel.center.y;
    // Elbows are outward from bends: on the left, what turns the other way is below.
    let is_mirrored = (dx > 0.0) != is_upper;
    (if is_mirrored { -below } else { below }) >= CLEAR
}

/// How near a line between two points comes to the center.
fn distance_to_center(wheel: &Wheel, one: Point, other: Point) -> f64 {
    let (dx, dy) = (other.x - one.x, other.y - one.y);
    let (cx, cy) = (wheel.center.x - one.x, wheel.center.y - one.y);
    let along = ((cx * dx + cy * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
    libm::hypot(cx - along * dx, cy - along * dy)
}

/// Moves heights as little as possible (by least squares) until they are `gap` apart and between two bounds: pools of those
/// that touch lie around their mean (Ayer et al. 1955, pool adjacent violators). None if there is no room.
fn apart(wished: &[f64], gap: f64, top: f64, bottom: f64) -> Option<Vec<f64>> {
    let room = bottom - top - gap * wished.len().saturating_sub(1) as f64;
    if room < 0.0 && !wished.is_empty() {
        return None;
    }
    // Without the gaps before each of them, heights need only not fall.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (index, wish) in wished.iter().enumerate() {
        let (mut mean, mut count) = (wish - gap * index as f64, 1);
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
    use super::super::circle::arcs;
    use super::*;
    use proptest::prelude::*;

    const WHEEL: Wheel = Wheel {
        center: Point { x: 320.0, y: 200.0 },
        radius: 140.0,
        hole: 0.0,
    };

    #[test]
    fn who_has_room_stays() {
        assert_eq!(
            apart(&[10.0, 50.0], 18.0, 0.0, 100.0),
            Some(vec![10.0, 50.0])
        );
        assert_eq!(
            apart(&[50.0, 52.0], 18.0, 0.0, 100.0),
            Some(vec![42.0, 60.0])
        );
        assert_eq!(
            apart(&[1.0, 2.0, 3.0], 18.0, 0.0, 100.0),
            Some(vec![0.0, 18.0, 36.0])
        );
        assert_eq!(apart(&[0.0; 7], 18.0, 0.0, 100.0), None);
        assert_eq!(apart(&[], 18.0, 0.0, 0.0), Some(vec![]));
    }

    /// Whether two lines have a point in common that is the end of neither.
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
    fn a_line_leads_around_those_nearer_to_the_side() {
        // A long tail of small slices, as of sorted values.
        let shares = [0.8, 0.085, 0.055, 0.04, 0.01, 0.005, 0.005];
        let placed = spread(&WHEEL, &arcs(&shares)[1..], 20.0, 380.0).unwrap();
        let from_center = |outside: &Outside| {
            let bend = outside.line[1];
            libm::hypot(bend.x - WHEEL.center.x, bend.y - WHEEL.center.y)
        };
        let distances: Vec<f64> = placed.iter().map(from_center).collect();
        assert!(distances.is_sorted(), "{distances:?}");
        assert!(distances[0] < WHEEL.radius + BEND + 0.5 && distances[5] > distances[0] + 3.0);
    }

    proptest! {
        #[test]
        fn none_covers_another_or_leaves_the_picture(shares in prop::collection::vec(prop_oneof![0.001_f64..1.0, 0.001_f64..0.03], 1..30)) {
            let arcs = arcs(&shares);
            let Some(placed) = spread(&WHEEL, &arcs, 20.0, 380.0) else { return Ok(()) };
            for (index, one) in placed.iter().enumerate() {
                prop_assert!((20.0 + 9.0..=380.0 - 9.0 + 0.5).contains(&one.at.y));
                for other in &placed[..index] {
                    prop_assert!(one.is_right != other.is_right || (one.at.y - other.at.y).abs() >= 18.0 - 1e-6);
                }
                for pair in one.line.windows(2) {
                    prop_assert!(distance_to_center(&WHEEL, pair[0], pair[1]) >= WHEEL.radius - 1e-6);
                    for other in placed[..index].iter().flat_map(|other| other.line.windows(2)) {
                        prop_assert!(!do_cross(pair, other), "{pair:?} {other:?}");
                    }
                }
            }
        }
    }
}
