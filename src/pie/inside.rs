//! Names that fit into their slice.

use super::circle::{Arc, Point, Wheel};
use super::text::{LABEL, line_height, width};
use crate::render::Weight;

/// What is left free around a name, in pixels.
const MARGIN: f64 = 5.0;
/// How many points of each side of a name's box are looked at.
const STEPS: u32 = 8;

/// Lines of text in a slice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inside {
    pub(super) lines: Vec<String>,
    /// The middle of the lines.
    pub(super) at: Point,
}

/// The first of several ways to say it that fits into the slice, which may be the only one.
pub(super) fn fitting(
    wheel: &Wheel,
    arc: &Arc,
    is_alone: bool,
    ways: &[Vec<String>],
) -> Option<Inside> {
    // In a circle without a side there is a better place than beside the middle.
    let depths: &[f64] = if is_alone && wheel.hole == 0.0 {
        &[0.0]
    } else {
        &[0.6, 0.68, 0.5]
    };
    ways.iter().find_map(|lines| {
        depths.iter().find_map(|depth| {
            let distance = wheel.hole
                + (wheel.radius - wheel.hole) * depth.max(if wheel.hole > 0.0 { 0.5 } else { 0.0 });
            let at = wheel.at(arc.middle(), distance);
            fits(wheel, arc, is_alone, lines, at).then(|| Inside {
                lines: lines.clone(),
                at,
            })
        })
    })
}

fn fits(wheel: &Wheel, arc: &Arc, is_alone: bool, lines: &[String], at: Point) -> bool {
    let half_width = lines
        .iter()
        .map(|line| width(line, LABEL, Weight::Regular))
        .fold(0.0, f64::max)
        / 2.0
        + MARGIN;
    let half_height = line_height(LABEL) * lines.len() as f64 / 2.0 + MARGIN / 2.0;
    let is_in = |x: f64, y: f64| {
        let point = Point {
            x: at.x + x * half_width,
            y: at.y + y * half_height,
        };
        let (turn, distance) = wheel.polar(point);
        distance <= wheel.radius - 2.0
            && (wheel.hole == 0.0 || distance >= wheel.hole + 2.0)
            && (is_alone || arc.contains(turn))
    };
    (0..=STEPS).all(|step| {
        let along = f64::from(step) / f64::from(STEPS) * 2.0 - 1.0;
        is_in(along, -1.0) && is_in(along, 1.0) && is_in(-1.0, along) && is_in(1.0, along)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEEL: Wheel = Wheel {
        center: Point { x: 0.0, y: 0.0 },
        radius: 150.0,
        hole: 0.0,
    };

    fn is_in(start: f64, end: f64, text: &str, wheel: Wheel) -> bool {
        let is_alone = end - start == 1.0;
        fitting(
            &wheel,
            &Arc { start, end },
            is_alone,
            &[vec![text.to_owned()]],
        )
        .is_some()
    }

    #[test]
    fn short_names_fit_into_large_slices() {
        assert!(is_in(0.0, 0.25, "errors", WHEEL));
        assert!(is_in(0.0, 1.0, "everything", WHEEL));
        assert!(!is_in(0.0, 0.02, "errors", WHEEL));
        assert!(!is_in(
            0.0,
            0.25,
            "a name that is much too long for it",
            WHEEL
        ));
        let ring = Wheel {
            hole: 120.0,
            ..WHEEL
        };
        assert!(!is_in(0.0, 0.5, "errors", ring) && is_in(0.1, 0.4, "5", ring));
    }

    #[test]
    fn no_name_lies_on_a_side() {
        // As good as all of it, but there is another.
        let arc = Arc {
            start: 0.0,
            end: 1.0,
        };
        let way = [vec!["nearly all".to_owned()]];
        let middle = |is_alone| fitting(&WHEEL, &arc, is_alone, &way).unwrap().at;
        assert_eq!(middle(true), WHEEL.center);
        assert!(middle(false).y > WHEEL.center.y + 50.0);
    }

    #[test]
    fn the_first_way_that_fits_is_taken() {
        let ways =
            ["a long way to say what it is all about", "short"].map(|way| vec![way.to_owned()]);
        let arc = Arc {
            start: 0.0,
            end: 0.25,
        };
        let found = fitting(&WHEEL, &arc, false, &ways).unwrap();
        assert_eq!(found.lines, ["short"]);
    }
}
