//! Laws of whole charts, for any values and labels.

use proptest::prelude::*;

use super::elements::Anchor;
use super::layout::layout;
use super::*;
use crate::record::Number;
use crate::render;

fn slices(values: &[(String, f64)]) -> Slices {
    let values = values
        .iter()
        .map(|(label, value)| (label.clone(), Number::float(*value).unwrap()));
    Slices::new(values, &Arrangement::default()).unwrap()
}

fn many(count: usize) -> Slices {
    let values: Vec<(String, f64)> = (0..count)
        .map(|n| (format!("slice number {n}"), (n * 7 % 13 + 1) as f64))
        .collect();
    slices(&values)
}

/// Draws a chart.
fn drawn(svg: &str) -> render::Drawing {
    let options = render::Options {
        fonts: render::Fonts::Embedded,
        ..render::Options::default()
    };
    let drawing = render::draw(svg.as_bytes(), &options).unwrap();
    assert!(drawing.omitted.is_empty());
    drawing
}

#[test]
fn any_number_of_slices_is_drawn() {
    for count in [1, 2, 3, 12, 30, 100, 500] {
        for hole in [0.0, 0.6] {
            let options = Options {
                hole,
                gap: 1.0,
                ..Options::default()
            };
            let svg = chart(&many(count), &options);
            assert_eq!(svg.matches("<path ").count(), count);
            drawn(&svg);
        }
    }
}

#[test]
fn every_slice_is_named_somewhere() {
    for count in [1, 5, 12, 30, 100, 500] {
        let svg = chart(&many(count), &Options::default());
        for n in 0..count {
            let text = format!(">slice number {n}");
            assert!(
                svg.contains(&format!("{text} ")) || svg.contains(&format!("{text}<")),
                "{count}: {n}"
            );
        }
    }
}

#[test]
fn a_chart_grows_only_if_its_height_is_not_given() {
    assert_eq!(layout(&many(12), &Options::default()).height, 400.0);
    assert!(layout(&many(500), &Options::default()).height > 1000.0);
    let fixed = Options {
        height: Some(300),
        ..Options::default()
    };
    let svg = chart(&many(500), &fixed);
    assert!(svg.contains("height=\"300\"") && svg.contains(" more</text>"));
}

#[test]
fn tiny_slices_are_kept_beside_huge_ones() {
    let made = slices(&[("large".to_owned(), 1e12), ("small".to_owned(), 1e-12)]);
    let svg = chart(&made, &Options::default());
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    assert!(
        svg.contains("large: 1,000,000,000,000 (100%); small"),
        "{svg}"
    );
    let drawing = drawn(&svg);
    let middle = drawing.pixels.at(320, 200).unwrap();
    assert_ne!(middle, [255; 4], "the large slice is drawn");
}

#[test]
fn zero_values_are_only_in_the_legend() {
    let made = slices(&[("some".to_owned(), 1.0), ("none".to_owned(), 0.0)]);
    let svg = chart(&made, &Options::default());
    assert_eq!(svg.matches("<path ").count(), 1);
    assert!(svg.contains(">none (0%)</text>"), "{svg}");
}

#[test]
fn charts_are_deterministic() {
    let options = Options {
        title: Some("A & B".to_owned()),
        ..Options::default()
    };
    assert_eq!(chart(&many(20), &options), chart(&many(20), &options));
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 /._-]{0,30}",
        "\\PC{0,12}",
        any::<String>().prop_map(|text| text.chars().take(40).collect()),
        Just("<script>&\"'</script>".to_owned()),
        Just("x".repeat(10_000)),
        Just("مرحبا بالعالم".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn texts_stay_inside_the_chart_and_apart(
        values in prop::collection::vec((label(), 0.0_f64..1e9), 1..40),
        width in 60_u32..1200,
        height in prop::option::of(60_u32..900),
        hole in prop_oneof![Just(0.0), 0.1_f64..0.9],
        title in prop::option::of(label()),
    ) {
        prop_assume!(values.iter().any(|(_, value)| *value > 1e-3));
        let options = Options { width, height, hole, title, ..Options::default() };
        let layout = layout(&slices(&values), &options);
        let mut boxes: Vec<(f64, f64, f64, f64)> = Vec::new();
        for text in &layout.texts {
            let wide = text::width(&text.text, text.size, text.weight);
            let left = match text.anchor {
                Anchor::Start => text.at.x,
                Anchor::Middle => text.at.x - wide / 2.0,
                Anchor::End => text.at.x - wide,
            };
            // Smaller charts have no room for labels, and a lone ellipsis may stick out.
            if width >= 200 && text.text != "…" {
                prop_assert!(left >= -0.5 && left + wide <= layout.width + 1.0, "{} {text:?}", layout.width);
            }
            if height.is_none_or(|height| height >= 200) {
                prop_assert!(text.at.y >= 0.0 && text.at.y <= layout.height, "{} {text:?}", layout.height);
            }
            let half = text.size * 0.5;
            boxes.push((left, left + wide, text.at.y - half, text.at.y + half));
        }
        if width >= 200 && height.is_none_or(|height| height >= 200) {
            for (index, one) in boxes.iter().enumerate() {
                for other in &boxes[..index] {
                    let is_apart = one.1 <= other.0 || other.1 <= one.0 || one.3 <= other.2 + 0.01 || other.3 <= one.2 + 0.01;
                    prop_assert!(is_apart, "{one:?} {other:?}");
                }
            }
        }
        let svg = chart(&slices(&values), &options);
        prop_assert!(resvg::usvg::roxmltree::Document::parse(&svg).is_ok());
        prop_assert_eq!(svg.matches("<path ").count(), layout.arcs.len());
    }
}
