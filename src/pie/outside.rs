//! Names beside the pie, in a column on each side, spread so that none covers another, each with a line to its slice.

use std::f64::consts::TAU;

use super::circle::{Arc, Point, Wheel};
use super::text::{LABEL, line_height};

/// From the pie to the bend of a line, and from the pie to the names, in pixels.
const BEND: f64 = 9.0;
pub(super) const REACH: f64 = 24.0;
/// How far a line may go along the edge, and how far at once, in turns.
const FARTHEST: f64 = 0.12;
const STEP: f64 = 0.008;
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
        let anchor = |index: usize| wheel.at(arcs[index].middle(), wheel.radius + BEND);
        // On the right the slices go down, on the left up.
        side.sort_by(|a, b| {
            anchor(*a)
                .y
                .total_cmp(&anchor(*b).y)
                .then(if is_right { a.cmp(b) } else { b.cmp(a) })
        });
        let wished: Vec<f64> = side.iter().map(|index| anchor(*index).y).collect();
        let gap = line_height(LABEL);
        let heights = apart(&wished, gap, top + gap / 2.0, bottom - gap / 2.0)?;
        for (index, height) in side.into_iter().zip(heights) {
            placed[index] = Some(leader(wheel, &arcs[index], is_right, height)?);
        }
    }
    placed.into_iter().collect()
}

/// A name at this height; none if its line would lead too far around the pie.
fn leader(wheel: &Wheel, arc: &Arc, is_right: bool, height: f64) -> Option<Outside> {
    let side = if is_right { 1.0 } else { -1.0 };
    let start = wheel.at(arc.middle(), wheel.radius);
    let bend = wheel.at(arc.middle(), wheel.radius + BEND);
    let end = Point {
        x: wheel.center.x + side * (wheel.radius + REACH),
        y: height,
    };
    let elbow = Point {
        x: end.x - side * (REACH - BEND).min(10.0),
        y: height,
    };
    let mut line = vec![start, bend];
    if distance_to_center(wheel, bend, elbow) < wheel.radius + 2.0 {
        line.extend(around(wheel, arc.middle(), is_right, height)?);
    } else {
        line.push(elbow);
    }
    line.push(end);
    Some(Outside {
        at: Point {
            x: end.x + side * SPACE,
            y: height,
        },
        is_right,
        line,
    })
}

/// Along the pie's edge to where it has this height; none if that is too far to follow with the eye.
fn around(wheel: &Wheel, from: f64, is_right: bool, height: f64) -> Option<Vec<Point>> {
    let ring = wheel.radius + BEND;
    let turn = libm::acos(((wheel.center.y - height) / ring).clamp(-1.0, 1.0)) / TAU;
    let to = if is_right { turn } else { 1.0 - turn };
    let way = to - from;
    if way.abs() > FARTHEST {
        return None;
    }
    let steps = (way.abs() / STEP).ceil().max(1.0);
    let point = |step: u32| wheel.at(from + way * f64::from(step) / steps, ring);
    Some((1..=steps as u32).map(point).collect())
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

    proptest! {
        #[test]
        fn none_covers_another_or_leaves_the_picture(shares in prop::collection::vec(0.001_f64..1.0, 1..30)) {
            let arcs = arcs(&shares);
            let Some(placed) = spread(&WHEEL, &arcs, 20.0, 380.0) else { return Ok(()) };
            for (index, one) in placed.iter().enumerate() {
                prop_assert!((20.0 + 9.0 - 1e-9..=380.0 - 9.0 + 1e-9).contains(&one.at.y));
                for other in &placed[..index] {
                    prop_assert!(one.is_right != other.is_right || (one.at.y - other.at.y).abs() >= 18.0 - 1e-6);
                }
                for pair in one.line.windows(2) {
                    prop_assert!(distance_to_center(&WHEEL, pair[0], pair[1]) >= WHEEL.radius - 1e-6);
                }
            }
        }
    }
}
