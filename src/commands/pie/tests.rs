//! What the arguments mean, and which contradict each other.

use super::*;
use clap::Parser as _;

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    pie: Pie,
}

fn planned(words: &[&str]) -> std::result::Result<Intent, String> {
    let line = Line::try_parse_from(std::iter::once(&"jug").chain(words))
        .map_err(|error| error.to_string())?;
    line.pie.plan().map_err(|error| error.to_string())
}

#[test]
fn arguments_mean_what_they_say() {
    let intent = planned(&[
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
    assert!(matches!(&intent.source, Source::Words(values) if values[1].0 == "2"));
    assert_eq!(
        (intent.arrangement.top, intent.arrangement.min_share),
        (Some(3), 0.02)
    );
    assert_eq!((intent.options.hole, intent.to), (0.5, Some(To::Svg)));
    let to = |words: &[&str]| planned(words).unwrap().to;
    assert_eq!(to(&["1", "-o", "x.TXT"]), Some(To::Bars));
    assert_eq!(to(&["1", "-o", "x"]), None);
    assert_eq!(to(&["1", "-o", "x.new", "--to", "svg"]), Some(To::Svg));
    assert_eq!(
        to(&["1", "-o", "-", "--to", "terminal"]),
        Some(To::Terminal)
    );
    let intent = planned(&[
        "--palette",
        "#000,#fff",
        "--slice-color",
        "a=b=red",
        "--background",
        "transparent",
    ])
    .unwrap();
    assert_eq!(intent.arrangement.colors, [[0; 3], [255; 3]]);
    assert_eq!(
        intent.arrangement.colored,
        [("a=b".to_owned(), [255, 0, 0])]
    );
    assert_eq!(intent.options.background, None);
}

#[test]
fn contradictions_are_refused() {
    for (words, message) in [
        (&["a=1", "-i", "x"][..], "cannot be used with"),
        (&["a"], "«a»: «a» is no number"),
        (
            &["1", "-o", "x.svg", "--to", "png"],
            "x.svg says svg, --to says png",
        ),
        (&["1", "-o", "x", "--to", "terminal"], "writes no file"),
        (&["1", "-o", "x.jpg"], "written as png, svg or txt"),
        (&["1", "--center", "{total}"], "--hole"),
        (&["1", "--hole", "1"], "no share from 0 to 0.9"),
        (&["1", "--format", "{pct}"], "there is no {pct}"),
        (&["1", "--palette", "blurple"], "«blurple» is no colour"),
        (&["1", "--slice-color", "a"], "write LABEL=COLOR"),
        (&["1", "--width", "50"], "at least 100 pixels"),
        (&["1", "--background", "#fff8"], "opaque, or transparent"),
    ] {
        let error = planned(words).err().unwrap_or_default();
        assert!(error.contains(message), "{words:?}: {error}");
    }
}
