//! The layout as SVG: the same bytes on every machine.

use std::fmt::Write as _;

use super::elements::{Anchor, Text};
use super::geometry::{Arc, Disc, Point};
use super::layout::{Layout, layout};
use super::legend::SWATCH;
use super::options::Options;
use super::palette::{Rgb, WHITE, line_color};
use super::rows::format_number;
use super::slices::Slices;
use super::text::baseline_offset;
use crate::render::Weight;

/// The width of the line between two slices, in pixels.
const SEPARATOR: f64 = 1.5;
/// With more slices these lines become thinner, since they all meet in the center.
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
        escape(title)
    );
    let _ = writeln!(out, "<title>{}</title>", escape(title));
    let _ = writeln!(out, "<desc>{}</desc>", escape(&layout.description));
    if let Some(background) = options.background {
        let _ = writeln!(
            out,
            "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
            color(background)
        );
    }
    write_slices(&mut out, slices, options, &layout);
    let background = options.background.unwrap_or(WHITE);
    for line in &layout.leader_lines {
        let points: Vec<String> = line
            .points
            .iter()
            .map(|point| format!("{},{}", number(point.x), number(point.y)))
            .collect();
        let stroke = color(line_color(slices.slices[line.slice].color, background));
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\"/>",
            points.join(" ")
        );
    }
    for swatch in &layout.swatches {
        let (x, y) = (number(swatch.at.x), number(swatch.at.y - SWATCH / 2.0));
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{SWATCH}\" height=\"{SWATCH}\" rx=\"2\" fill=\"{}\"/>",
            color(swatch.color)
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
                whole_pie(&layout.disc)
            } else {
                wedge(&layout.disc, &arc)
            },
            color(slice.color),
            escape(&slice.label),
            format_number(slice.value),
        );
    }
    if !is_alone && gap == 0.0 {
        write_separators(out, options, layout);
    }
}

/// Lines between slices, in the colour of the background.
fn write_separators(out: &mut String, options: &Options, layout: &Layout) {
    let Layout { disc, arcs, .. } = layout;
    let stroke = color(options.background.unwrap_or(WHITE));
    let widest = SEPARATOR * (MANY / arcs.len() as f64).min(1.0);
    let length = |arc: &Arc| arc.turns() * std::f64::consts::TAU * disc.radius;
    for (index, arc) in arcs.iter().enumerate() {
        let before = &arcs[(index + arcs.len() - 1) % arcs.len()];
        // A line as wide as a slice would hide it; half a line's width at least keeps invisible slices apart.
        let shorter = length(arc).min(length(before));
        let width = number(widest.min((shorter / 4.0).max(SEPARATOR / 2.0)));
        let (from, to) = (
            disc.point(arc.start, disc.hole),
            disc.point(arc.start, disc.radius),
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

/// The outline of a slice. Arcs of more than half a turn are split in two, so that none is ambiguous.
fn wedge(disc: &Disc, arc: &Arc) -> String {
    let outer = [arc.start, arc.middle(), arc.end].map(|turn| point(disc.point(turn, disc.radius)));
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
    let out = along(disc.radius, &outer, 1);
    if disc.hole == 0.0 {
        return format!("M{}L{}{out}Z", point(disc.center), outer[0]);
    }
    let inner = [arc.end, arc.middle(), arc.start].map(|turn| point(disc.point(turn, disc.hole)));
    format!(
        "M{}{out}L{}{}Z",
        outer[0],
        inner[0],
        along(disc.hole, &inner, 0)
    )
}

/// The outline of a pie of one slice.
fn whole_pie(disc: &Disc) -> String {
    let circle = |radius: f64, sweep: u8| {
        let (top, bottom) = (
            point(disc.point(0.0, radius)),
            point(disc.point(0.5, radius)),
        );
        let radius = number(radius);
        format!(
            "M{top}A{radius} {radius} 0 0 {sweep} {bottom}A{radius} {radius} 0 0 {sweep} {top}Z"
        )
    };
    if disc.hole == 0.0 {
        return circle(disc.radius, 1);
    }
    // Drawn counterclockwise, the inner circle is a hole (non-zero fill rule).
    format!("{}{}", circle(disc.radius, 1), circle(disc.hole, 0))
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
        number(text.at.y + baseline_offset(text.size)),
        number(text.size),
        color(text.color),
        escape(&text.text)
    );
}

fn point(point: Point) -> String {
    format!("{} {}", number(point.x), number(point.y))
}

/// A number with at most two decimal places.
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

fn escape(text: &str) -> String {
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
    fn numbers_have_at_most_two_decimal_places() {
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
