//! Texts onto the picture: title, names, and what stands in the hole.

use super::circle::{Point, Wheel};
use super::desk::{Desk, MARGIN};
use super::inside::Inside;
use super::layout::{Anchor, Text};
use super::palette::{Rgb, ink_on};
use super::plate::Plate;
use super::template::{Filling, Template};
use super::text::{LABEL, SUBTITLE, TITLE, cut, line_height, shown, width};
use crate::render::Weight;

/// Letters on white, and quieter ones; on black.
pub(super) const INK: [Rgb; 2] = [[0x1f, 0x23, 0x28], [0xf0, 0xf3, 0xf6]];
const QUIET: [Rgb; 2] = [[0x59, 0x63, 0x6e], [0xb1, 0xba, 0xc4]];

impl Desk<'_> {
    /// Title and subtitle; gives where the rest begins.
    pub(super) fn write_head(&mut self) -> f64 {
        let room = f64::from(self.options.width) - 2.0 * MARGIN;
        let mut top = MARGIN;
        let lines = [
            (&self.options.title, TITLE, Weight::Bold, INK),
            (&self.options.subtitle, SUBTITLE, Weight::Regular, QUIET),
        ];
        for (text, size, weight, ink) in lines {
            let Some(text) = text else { continue };
            let height = line_height(size);
            self.texts.push(Text {
                at: Point {
                    x: MARGIN,
                    y: top + height / 2.0,
                },
                anchor: Anchor::Start,
                size,
                weight,
                ink: ink[self.is_dark],
                text: cut(&shown(text), size, weight, room),
            });
            top += height;
        }
        if top > MARGIN { top + 12.0 } else { top }
    }

    pub(super) fn write_names(&mut self, plate: &Plate) {
        for (index, inside) in plate.inside.iter().enumerate() {
            let Some(Inside { lines, at }) = inside else {
                continue;
            };
            let ink = ink_on(self.slices.slices[index].color);
            self.write_lines(lines, *at, LABEL, Weight::Regular, ink);
        }
        for (index, outside) in plate.outside.iter().enumerate() {
            let Some(outside) = outside else { continue };
            self.texts.push(Text {
                at: outside.at,
                anchor: if outside.is_right {
                    Anchor::Start
                } else {
                    Anchor::End
                },
                size: LABEL,
                weight: Weight::Regular,
                ink: INK[self.is_dark],
                text: self.names.said[index].whole.clone(),
            });
        }
    }

    fn write_lines(
        &mut self,
        lines: &[String],
        middle: Point,
        size: f64,
        weight: Weight,
        ink: Rgb,
    ) {
        let first = middle.y - line_height(size) * (lines.len() as f64 - 1.0) / 2.0;
        for (index, line) in lines.iter().enumerate() {
            self.texts.push(Text {
                at: Point {
                    x: middle.x,
                    y: first + line_height(size) * index as f64,
                },
                anchor: Anchor::Middle,
                size,
                weight,
                ink,
                text: line.clone(),
            });
        }
    }

    /// What stands in the hole, as large as it may be.
    pub(super) fn write_center(&mut self, wheel: &Wheel, total: &str) {
        let Some(center) = self.options.center.as_ref().filter(|_| wheel.hole > 0.0) else {
            return;
        };
        let mut lines = filled(center, total);
        let reach = wheel.hole * 0.92;
        let count = lines.len() as f64;
        let half_height = |size: f64| line_height(size) * count / 2.0;
        let fits = |size: f64| {
            lines.iter().all(|line| {
                let half_width = width(line, size, Weight::Bold) / 2.0;
                libm::hypot(half_width, half_height(size)) <= reach
            })
        };
        let size = CENTER.rev().map(f64::from).find(|size| fits(*size));
        let size = size.unwrap_or_else(|| {
            // At last they are shortened, so that it shows that there is more.
            let smallest = f64::from(*CENTER.start());
            let half = half_height(smallest).min(reach);
            let room = 2.0 * libm::sqrt(reach * reach - half * half);
            for line in &mut lines {
                *line = cut(line, smallest, Weight::Bold, room);
            }
            smallest
        });
        self.write_lines(&lines, wheel.center, size, Weight::Bold, INK[self.is_dark]);
    }
}

/// The sizes of letters in the hole, in pixels.
const CENTER: std::ops::RangeInclusive<u8> = 9..=28;

/// The lines that stand in the hole.
pub(super) fn filled(center: &Template, total: &str) -> Vec<String> {
    let filling = Filling {
        label: "",
        value: total,
        percent: "100%",
        total,
    };
    center.fill(filling).lines().map(shown).collect()
}
