//! Labels in their slices.

use super::elements::{Text, centered_lines};
use super::geometry::{Arc, Disc, Point};
use super::palette::{Rgb, text_color};
use super::text::{LABEL, line_height, width};
use crate::render::Weight;

/// Around a label, in pixels.
const MARGIN: f64 = 5.0;
/// The points checked on each side of a label's box, less one.
const STEPS: u32 = 8;

/// A label in its slice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InnerLabel {
    pub(super) lines: Vec<String>,
    /// The middle of the lines.
    pub(super) center: Point,
}

impl InnerLabel {
    /// Its elements, readable on the colour of the slice.
    pub(super) fn texts(&self, slice_color: Rgb) -> Vec<Text> {
        let color = text_color(slice_color);
        centered_lines(&self.lines, self.center, LABEL, Weight::Regular, color)
    }
}

/// The label in the first of its variants that fits into the slice. `is_alone` if there is no other slice.
pub(super) fn fit_inside(
    disc: &Disc,
    arc: &Arc,
    is_alone: bool,
    variants: &[Vec<String>],
) -> Option<InnerLabel> {
    // A single slice has its label in the center; others have it where they are widest.
    let depths: &[f64] = if is_alone && disc.hole == 0.0 {
        &[0.0]
    } else {
        &[0.6, 0.68, 0.5]
    };
    variants.iter().find_map(|lines| {
        depths.iter().find_map(|depth| {
            let distance = disc.hole
                + (disc.radius - disc.hole) * depth.max(if disc.hole > 0.0 { 0.5 } else { 0.0 });
            let center = disc.point(arc.middle(), distance);
            fits(disc, arc, is_alone, lines, center).then(|| InnerLabel {
                lines: lines.clone(),
                center,
            })
        })
    })
}

fn fits(disc: &Disc, arc: &Arc, is_alone: bool, lines: &[String], center: Point) -> bool {
    let half_width = lines
        .iter()
        .map(|line| width(line, LABEL, Weight::Regular))
        .fold(0.0, f64::max)
        / 2.0
        + MARGIN;
    let half_height = line_height(LABEL) * lines.len() as f64 / 2.0 + MARGIN / 2.0;
    let is_inside = |x: f64, y: f64| {
        let point = Point {
            x: center.x + x * half_width,
            y: center.y + y * half_height,
        };
        let (turn, distance) = disc.polar(point);
        distance <= disc.radius - 2.0
            && (disc.hole == 0.0 || distance >= disc.hole + 2.0)
            && (is_alone || arc.contains(turn))
    };
    (0..=STEPS).all(|step| {
        let along = f64::from(step) / f64::from(STEPS) * 2.0 - 1.0;
        is_inside(along, -1.0)
            && is_inside(along, 1.0)
            && is_inside(-1.0, along)
            && is_inside(1.0, along)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISC: Disc = Disc {
        center: Point { x: 0.0, y: 0.0 },
        radius: 150.0,
        hole: 0.0,
    };

    fn is_in(start: f64, end: f64, text: &str, disc: Disc) -> bool {
        let is_alone = end - start == 1.0;
        fit_inside(
            &disc,
            &Arc { start, end },
            is_alone,
            &[vec![text.to_owned()]],
        )
        .is_some()
    }

    #[test]
    fn short_labels_fit_into_large_slices() {
        assert!(is_in(0.0, 0.25, "errors", DISC));
        assert!(is_in(0.0, 1.0, "everything", DISC));
        assert!(!is_in(0.0, 0.02, "errors", DISC));
        assert!(!is_in(
            0.0,
            0.25,
            "a name that is much too long for it",
            DISC
        ));
        let ring = Disc {
            hole: 120.0,
            ..DISC
        };
        assert!(!is_in(0.0, 0.5, "errors", ring) && is_in(0.1, 0.4, "5", ring));
    }

    #[test]
    fn labels_do_not_overlap_the_sides_of_a_slice() {
        // Almost a whole turn, but not the only slice.
        let arc = Arc {
            start: 0.0,
            end: 1.0,
        };
        let variants = [vec!["nearly all".to_owned()]];
        let middle = |is_alone| fit_inside(&DISC, &arc, is_alone, &variants).unwrap().center;
        assert_eq!(middle(true), DISC.center);
        assert!(middle(false).y > DISC.center.y + 50.0);
    }

    #[test]
    fn the_first_variant_that_fits_is_used() {
        let variants =
            ["a long text that does not fit at all", "short"].map(|text| vec![text.to_owned()]);
        let arc = Arc {
            start: 0.0,
            end: 0.25,
        };
        let found = fit_inside(&DISC, &arc, false, &variants).unwrap();
        assert_eq!(found.lines, ["short"]);
    }
}
