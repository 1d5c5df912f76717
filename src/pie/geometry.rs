//! Points, rectangles, and the circle that a pie is. Angles are in turns, clockwise from twelve o'clock.

use std::f64::consts::TAU;

/// A point, in pixels from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn center(self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }

    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// The circle of the pie, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Disc {
    pub(super) center: Point,
    pub(super) radius: f64,
    /// The radius of the hole; 0 if there is none.
    pub(super) hole: f64,
}

/// The part of the circle that a slice takes, in turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Arc {
    pub(super) start: f64,
    pub(super) end: f64,
}

impl Disc {
    /// The point at an angle and a distance from the center. libm's sines are the same on every machine.
    pub(super) fn point(&self, turn: f64, distance: f64) -> Point {
        let angle = turn * TAU;
        Point {
            x: self.center.x + distance * libm::sin(angle),
            y: self.center.y - distance * libm::cos(angle),
        }
    }

    /// The angle and the distance from the center of a point.
    pub(super) fn polar(&self, point: Point) -> (f64, f64) {
        let (dx, dy) = (point.x - self.center.x, self.center.y - point.y);
        let turn = libm::atan2(dx, dy) / TAU;
        (
            if turn < 0.0 { turn + 1.0 } else { turn },
            libm::hypot(dx, dy),
        )
    }
}

impl Arc {
    pub(super) fn turns(&self) -> f64 {
        self.end - self.start
    }

    pub(super) fn middle(&self) -> f64 {
        f64::midpoint(self.start, self.end)
    }

    /// Whether its middle is on the right half of the circle.
    pub(super) fn is_right(&self) -> bool {
        self.middle() < 0.5
    }

    pub(super) fn contains(&self, turn: f64) -> bool {
        (self.start..=self.end).contains(&turn)
    }
}

/// The arcs of the slices with these shares, one after the other; together a whole turn.
pub(super) fn arcs(shares: &[f64]) -> Vec<Arc> {
    let total: f64 = shares.iter().sum();
    let mut start = 0.0;
    shares
        .iter()
        .enumerate()
        .map(|(index, share)| {
            let end = if index + 1 == shares.len() {
                1.0
            } else {
                (start + share / total).min(1.0)
            };
            let arc = Arc { start, end };
            start = end;
            arc
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DISC: Disc = Disc {
        center: Point { x: 100.0, y: 50.0 },
        radius: 10.0,
        hole: 0.0,
    };

    #[test]
    fn angles_start_at_twelve_and_run_clockwise() {
        for (turn, x, y) in [
            (0.0, 100.0, 40.0),
            (0.25, 110.0, 50.0),
            (0.5, 100.0, 60.0),
            (0.75, 90.0, 50.0),
        ] {
            let at = DISC.point(turn, 10.0);
            assert!(
                (at.x - x).abs() < 1e-9 && (at.y - y).abs() < 1e-9,
                "{turn}: {at:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn polar_is_the_inverse_of_point(turn in 0.0_f64..1.0, distance in 0.1_f64..1e3) {
            let (found, found_distance) = DISC.polar(DISC.point(turn, distance));
            let apart = (found - turn).abs();
            prop_assert!(apart.min(1.0 - apart) < 1e-9 && (found_distance - distance).abs() < 1e-9);
        }

        #[test]
        fn arcs_are_adjacent_and_cover_a_whole_turn(shares in prop::collection::vec(1e-15_f64..1.0, 1..300)) {
            let total: f64 = shares.iter().sum();
            let shares: Vec<f64> = shares.iter().map(|share| share / total).collect();
            let arcs = arcs(&shares);
            prop_assert_eq!(arcs[0].start, 0.0);
            prop_assert_eq!(arcs.last().unwrap().end, 1.0);
            for pair in arcs.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
                prop_assert!(pair[0].turns() >= 0.0);
            }
        }
    }
}
