//! The layout as SVG: the same bytes for the same values, wherever it is made.

use std::fmt::Write as _;

use super::circle::{Arc, Point, Wheel};
use super::layout::{Anchor, Layout, Text, layout, people};
use super::palette::{Rgb, line_on};
use super::text::drop;
use super::{Options, Slices};
use crate::pie::legend::SQUARE;
use crate::render::Weight;

/// Between two slices, where there is no gap, in pixels.
const SEPARATOR: f64 = 1.5;
/// With more slices the lines between them become thinner, since they all meet in the middle.
const MANY: f64 = 16.0;

/// The chart as an SVG.
pub fn chart(slices: &Slices, options: &Options) -> String {
    let layout = layout(slices, options);
    let title = options.title.as_deref().unwrap_or("Pie chart");
    let mut out = String::new();
    let (width, height) = (number(layout.width), number(layout.height));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\" font-family=\"DejaVu Sans, Verdana, sans-serif\">",
        escaped(title)
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(title));
    let _ = writeln!(out, "<desc>{}</desc>", escaped(&layout.description));
    if let Some(background) = options.background {
        let _ = writeln!(
            out,
            "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
            color(background)
        );
    }
    write_slices(&mut out, slices, options, &layout);
    let background = options.background.unwrap_or([255; 3]);
    for (index, line) in &layout.leaders {
        let points: Vec<String> = line
            .iter()
            .map(|point| format!("{},{}", number(point.x), number(point.y)))
            .collect();
        let stroke = color(line_on(slices.slices[*index].color, background));
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\"/>",
            points.join(" ")
        );
    }
    for (place, fill) in &layout.squares {
        let (x, y) = (number(place.x), number(place.y - SQUARE / 2.0));
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{SQUARE}\" height=\"{SQUARE}\" rx=\"2\" fill=\"{}\"/>",
            color(*fill)
        );
    }
    layout
        .texts
        .iter()
        .for_each(|text| write_text(&mut out, text));
    out.push_str("</svg>\n");
    out
}

fn write_slices(out: &mut String, slices: &Slices, options: &Options, layout: &Layout) {
    let is_alone = slices.slices.len() == 1;
    let gap = if is_alone { 0.0 } else { options.gap / 360.0 };
    for (slice, arc) in slices.slices.iter().zip(&layout.arcs) {
        let narrowed = gap.min(arc.turns() * 0.8) / 2.0;
        let arc = Arc {
            start: arc.start + narrowed,
            end: arc.end - narrowed,
        };
        let _ = writeln!(
            out,
            "<path d=\"{}\" fill=\"{}\"><title>{}: {}</title></path>",
            if is_alone {
                ring(&layout.wheel)
            } else {
                wedge(&layout.wheel, &arc)
            },
            color(slice.color),
            escaped(&slice.label),
            people(slice.value),
        );
    }
    if !is_alone && gap == 0.0 {
        write_separators(out, options, layout);
    }
}

/// Lines between slices, in the colour of what is behind the pie.
fn write_separators(out: &mut String, options: &Options, layout: &Layout) {
    let Layout { wheel, arcs, .. } = layout;
    let stroke = color(options.background.unwrap_or([255; 3]));
    let widest = SEPARATOR * (MANY / arcs.len() as f64).min(1.0);
    let length = |arc: &Arc| arc.turns() * std::f64::consts::TAU * wheel.radius;
    for (index, arc) in arcs.iter().enumerate() {
        let before = &arcs[(index + arcs.len() - 1) % arcs.len()];
        // A line as wide as a slice would leave nothing of it; but what cannot be seen anyway leaves a trace by it.
        let shorter = length(arc).min(length(before));
        let width = number(widest.min((shorter / 4.0).max(SEPARATOR / 2.0)));
        let (from, to) = (
            wheel.at(arc.start, wheel.hole),
            wheel.at(arc.start, wheel.radius),
        );
        let _ = writeln!(
            out,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>",
            number(from.x),
            number(from.y),
            number(to.x),
            number(to.y)
        );
    }
}

/// The outline of a slice. No arc in it is longer than half a turn, so that there is never a choice between two.
fn wedge(wheel: &Wheel, arc: &Arc) -> String {
    let outer = [arc.start, arc.middle(), arc.end].map(|turn| point(wheel.at(turn, wheel.radius)));
    let is_long = arc.turns() > 0.5;
    let along = |radius: f64, points: &[String; 3], sweep: u8| {
        let radius = number(radius);
        let arc = |to: &String| format!("A{radius} {radius} 0 0 {sweep} {to}");
        if is_long {
            format!("{}{}", arc(&points[1]), arc(&points[2]))
        } else {
            arc(&points[2])
        }
    };
    let out = along(wheel.radius, &outer, 1);
    if wheel.hole == 0.0 {
        return format!("M{}L{}{out}Z", point(wheel.center), outer[0]);
    }
    let inner = [arc.end, arc.middle(), arc.start].map(|turn| point(wheel.at(turn, wheel.hole)));
    format!(
        "M{}{out}L{}{}Z",
        outer[0],
        inner[0],
        along(wheel.hole, &inner, 0)
    )
}

/// The outline of the whole wheel.
fn ring(wheel: &Wheel) -> String {
    let circle = |radius: f64, sweep: u8| {
        let (top, bottom) = (point(wheel.at(0.0, radius)), point(wheel.at(0.5, radius)));
        let radius = number(radius);
        format!(
            "M{top}A{radius} {radius} 0 0 {sweep} {bottom}A{radius} {radius} 0 0 {sweep} {top}Z"
        )
    };
    if wheel.hole == 0.0 {
        return circle(wheel.radius, 1);
    }
    // The hole goes around the other way, so that it is one.
    format!("{}{}", circle(wheel.radius, 1), circle(wheel.hole, 0))
}

fn write_text(out: &mut String, text: &Text) {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = match text.weight {
        Weight::Regular => "",
        Weight::Bold => " font-weight=\"bold\"",
    };
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">{}</text>",
        number(text.at.x),
        number(text.at.y + drop(text.size)),
        number(text.size),
        color(text.ink),
        escaped(&text.text)
    );
}

fn point(point: Point) -> String {
    format!("{} {}", number(point.x), number(point.y))
}

/// A number to a hundredth of a pixel, without zeros that say nothing.
fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

fn color([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (1.0, "1"),
            (0.125, "0.12"),
            (-0.001, "0"),
            (10.5, "10.5"),
            (100.0, "100"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
