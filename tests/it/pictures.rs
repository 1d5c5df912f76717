//! Charts compared with expected ones: the SVG byte by byte, the PNG with a tolerance of 1 in each colour level. A chart that
//! differs is written beside the expected one, with `.actual` in its name; `JUG_ACCEPT=1` replaces the expected one. Then look
//! at it.

use std::fs;
use std::path::Path;

use jug::render::{self, Drawing, Fonts, encode};

use crate::support::{Sandbox, project};

/// The charts, by the names of their files in `fixtures/pie/`.
const CHARTS: [(&str, &str); 12] = [
    ("one", "jug pie everything=1"),
    ("two", "jug pie yes=2 no=1"),
    (
        "status",
        "jug log 'count by status' fixtures/logs/access.log | jug pie --title 'Requests by status'",
    ),
    (
        "twelve",
        "seq 1 12 | awk '{ print \"kind \" $1 \"\\t\" $1 * 37 % 50 + 3 }' | jug pie --sort value",
    ),
    (
        "thirty",
        "seq 1 30 | awk '{ print \"item \" $1 \"\\t\" $1 * 37 % 50 + 3 }' | jug pie --title Thirty --subtitle 'in two columns'",
    ),
    (
        "eighty",
        "seq 1 80 | awk '{ print \"n\" $1 \"\\t\" $1 * 37 % 50 + 3 }' | jug pie",
    ),
    (
        "long",
        "seq 1 5 | awk '{ print \"a label that goes on and on, far longer than there is room for it, number \" $1 \"\\t\" $1 * 37 % 50 + 3 }' | jug pie",
    ),
    (
        "ring",
        "jug pie a=5 b=3 c=2 d=0.5 --hole 0.6 --center '{total}\\nrequests' --gap 1 --background '#14181d' --palette muted",
    ),
    (
        "odd",
        "jug pie 'b <i>&\"=2' 'мир=3' none=0 tiny=1e-9 \"$(printf 'a\\033[31mb')=1\" 'שלום=2'",
    ),
    (
        "below",
        "seq 1 30 | awk '{ print \"item \" $1 \"\\t\" $1 * 37 % 50 + 3 }' | jug pie --legend bottom --width 400 --height 320 --background '#14181d' --title Below --subtitle 'more entries than room'",
    ),
    (
        "beside",
        "seq 1 9 | awk '{ print \"kind \" $1 \"\\t\" $1 * 37 % 50 + 3 }' | jug pie --labels out --legend right --digits 1 --format '{label}: {value} of {total}'",
    ),
    (
        "within",
        "jug pie a=50 b=30 c=15 d=5 e=0 --labels in --hole 0.4 --center 'a text that is too long' --palette grey",
    ),
];

#[test]
fn charts_look_as_expected() {
    let is_accepting = std::env::var_os("JUG_ACCEPT").is_some_and(|value| value == "1");
    let mut faults = Vec::new();
    for (name, line) in CHARTS {
        let sandbox = Sandbox::new();
        let outcome = sandbox.shell(&format!("{line} --to svg"), b"");
        assert_eq!(outcome.stderr(), "", "{name}");
        let svg = outcome.stdout();
        let drawing = drawn(&svg);
        let png = encode(&drawing.pixels, &drawing.metadata).expect("pixels");
        let directory = project().join("fixtures/pie");
        let place = |ending: &str| directory.join(format!("{name}.{ending}"));
        let is_same = fs::read(place("svg")).is_ok_and(|expected| expected == svg.as_bytes())
            && is_alike(&place("png"), &drawing);
        let _ = fs::remove_file(place("actual.svg"));
        let _ = fs::remove_file(place("actual.png"));
        if is_same {
            continue;
        }
        let (to_svg, to_png) = if is_accepting {
            ("svg", "png")
        } else {
            faults.push(name);
            ("actual.svg", "actual.png")
        };
        fs::write(place(to_svg), &svg).expect("a place for it");
        fs::write(place(to_png), &png).expect("a place for it");
    }
    assert!(
        faults.is_empty(),
        "{faults:?} look otherwise: see fixtures/pie/*.actual.png; if that is right: JUG_ACCEPT=1 cargo test pictures"
    );
}

fn drawn(svg: &str) -> Drawing {
    let options = render::Options {
        fonts: Fonts::Embedded,
        ..render::Options::default()
    };
    render::draw(svg.as_bytes(), &options).expect("a chart can be drawn")
}

/// Whether a PNG has the same size, and no level of any pixel differs by more than 1. Read by resvg, which wrote none of it.
fn is_alike(expected: &Path, actual: &Drawing) -> bool {
    let Ok(expected) = resvg::tiny_skia::Pixmap::load_png(expected) else {
        return false;
    };
    let expected = expected.take_demultiplied();
    let actual = actual.pixels.rgba();
    expected.len() == actual.len()
        && expected
            .iter()
            .zip(actual)
            .all(|(one, other)| one.abs_diff(*other) <= 1)
}
