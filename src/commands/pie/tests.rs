//! What the arguments mean, and which contradict each other.

use super::*;
use clap::Parser as _;

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    pie: Pie,
}

fn planned(words: &[&str]) -> std::result::Result<Plan, String> {
    let line = Line::try_parse_from(std::iter::once(&"jug").chain(words))
        .map_err(|error| error.to_string())?;
    line.pie.plan().map_err(|error| error.to_string())
}

#[test]
fn arguments_are_planned() {
    let plan = planned(&[
        "a=1",
        "2",
        "--top",
        "3",
        "--min-pct",
        "2%",
        "--hole",
        "0.5",
        "-o",
        "x.svg",
    ])
    .unwrap();
    assert!(matches!(&plan.source, Source::Arguments(values) if values[1].0 == "2"));
    assert_eq!(
        (plan.arrangement.top, plan.arrangement.min_share),
        (Some(3), 0.02)
    );
    assert_eq!(
        (plan.options.hole, plan.format),
        (0.5, Some(OutputFormat::Svg))
    );
    let format = |words: &[&str]| planned(words).unwrap().format;
    assert_eq!(format(&["1", "-o", "x.TXT"]), Some(OutputFormat::Bars));
    assert_eq!(format(&["1", "-o", "x"]), None);
    assert_eq!(
        format(&["1", "-o", "x.new", "--to", "svg"]),
        Some(OutputFormat::Svg)
    );
    assert_eq!(
        format(&["1", "-o", "-", "--to", "terminal"]),
        Some(OutputFormat::Terminal)
    );
    let plan = planned(&[
        "--palette",
        "#000,#fff",
        "--slice-color",
        "a=b=red",
        "--background",
        "transparent",
    ])
    .unwrap();
    assert_eq!(plan.arrangement.colors, [[0; 3], [255; 3]]);
    assert_eq!(
        plan.arrangement.label_colors,
        [("a=b".to_owned(), [255, 0, 0])]
    );
    assert_eq!(plan.options.background, None);
}

#[test]
fn contradictions_are_rejected() {
    for (words, message) in [
        (&["a=1", "-i", "x"][..], "cannot be used with"),
        (&["a"], "'a': 'a' is not a number"),
        (
            &["1", "-o", "x.svg", "--to", "png"],
            "x.svg: the extension contradicts --to png",
        ),
        (
            &["1", "-o", "x", "--to", "terminal"],
            "cannot be written to a file",
        ),
        (
            &["1", "-o", "x.jpg"],
            "unknown extension: expected png, svg or txt",
        ),
        (&["1", "--center", "{total}"], "--hole"),
        (&["1", "--hole", "1"], "expected a number from 0 to 0.9"),
        (&["1", "--format", "{pct}"], "unknown placeholder {pct}"),
        (&["1", "--palette", "blurple"], "invalid colour 'blurple'"),
        (&["1", "--slice-color", "a"], "expected LABEL=COLOR"),
        (&["1", "--width", "50"], "at least 100 pixels"),
        (
            &["1", "--background", "#fff8"],
            "must be opaque or fully transparent",
        ),
    ] {
        let error = planned(words).err().unwrap_or_default();
        assert!(error.contains(message), "{words:?}: {error}");
    }
}
