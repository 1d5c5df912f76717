//! SVGs that multiply are rejected, and ordinary ones are not.

use super::*;
use crate::render::document;

fn estimated(inside: &str) -> Result<Complexity, RenderError> {
    let text = format!(r#"<svg xmlns:xlink="http://www.w3.org/1999/xlink">{inside}</svg>"#);
    estimate(&document::parse(&text).unwrap())
}

fn weight(inside: &str) -> u64 {
    estimated(inside).unwrap().weight
}

#[test]
fn weights_count_the_elements_that_are_drawn() {
    assert_eq!(weight(""), 1);
    assert_eq!(weight("<g><rect/><rect/></g>"), 4);
    // The copy, and the visit of what is copied.
    assert_eq!(weight("<g id='a'><rect/></g><use href='#a'/>"), 8);
    let pattern = "<pattern id='p'><rect/><rect/></pattern>";
    assert_eq!(weight(&format!("{pattern}<rect fill='url(#p)'/>")), 8);
    let inherited = format!("{pattern}<g style='fill: url( \"#p\" )'><rect/><rect/><rect/></g>");
    assert_eq!(weight(&inherited), 1 + 3 + 4 + 4 * 3);
    let marked =
        "<marker id='m'><path/></marker><path d='M 0 0 L 1 1 L 2 2' marker-mid='url(#m)'/>";
    assert_eq!(weight(marked), 1 + 2 + 1 + 5 * 2);
    let gradient = "<linearGradient id='g'><stop/><stop/></linearGradient><rect fill='url(#g)'/>";
    assert_eq!(weight(gradient), 1 + 3 + 2);
    assert_eq!(
        weight(&format!("<image href='data:{}'/>", "x".repeat(1024))),
        6
    );
}

#[test]
fn every_copy_of_an_outline_counts() {
    let outline = "L1 1".repeat(8 * 1000);
    let path = format!("<path id='a' d='M0 0{outline}'/>");
    assert_eq!(weight(&path), 2 + 1000);
    let copies = |count: usize| format!("{path}{}", "<use href='#a'/>".repeat(count));
    assert!(estimated(&copies(1000)).is_ok());
    assert!(matches!(
        estimated(&copies(10_000)),
        Err(RenderError::TooComplex)
    ));
}

#[test]
fn links_and_animations_are_not_followed() {
    let link = "<g id='a'><a xlink:href='#a'><rect/></a><animate href='#a'/></g>";
    assert_eq!(weight(link), 5);
    assert_eq!(
        weight("<use href='#nobody'/><rect fill='url(#nobody)'/>"),
        3
    );
}

#[test]
fn circular_references_of_any_length_are_rejected() {
    for circle in [
        "<g id='a'><use href='#a'/></g>",
        "<g id='a'><use xlink:href='#b'/></g><g id='b'><use href='#c'/></g><g id='c'><use href='#a'/></g>",
        "<pattern id='a'><rect fill='url(#b)'/></pattern><pattern id='b'><rect fill='url(#c)'/></pattern>
         <pattern id='c'><rect style='fill:url(#a)'/></pattern><rect fill='url(#a)'/>",
        "<style>#r { mask: url(#m) }</style><mask id='m'><rect id='r'/></mask>",
        "<clipPath id='a' clip-path='url(#b)'/><clipPath id='b' clip-path=\"url('#a')\"/>",
    ] {
        assert!(matches!(estimated(circle), Err(RenderError::CircularReference(_))), "{circle}");
    }
    let Err(RenderError::CircularReference(name)) =
        estimated("<g id='tail'><use href='#tail'/></g>")
    else {
        panic!("not found");
    };
    assert_eq!(name, "tail");
}

/// `levels` definitions, each with `times` references to the one before.
fn tower(levels: usize, times: usize, open: &str, reference: &str, close: &str) -> String {
    let mut tower = format!("{}<rect/>{close}", open.replace('@', "0"));
    for level in 1..=levels {
        tower += &open.replace('@', &level.to_string());
        tower += &reference
            .replace('@', &(level - 1).to_string())
            .repeat(times);
        tower += close;
    }
    tower + &reference.replace('@', &levels.to_string())
}

#[test]
fn references_that_multiply_are_rejected() {
    for (open, reference, close) in [
        ("<g id='l@'>", "<use href='#l@'/>", "</g>"),
        ("<pattern id='l@'>", "<rect fill='url(#l@)'/>", "</pattern>"),
        ("<mask id='l@'>", "<rect mask='url(#l@)'/>", "</mask>"),
        (
            "<marker id='l@'>",
            "<path d='M0 0' marker-start='url(#l@)'/>",
            "</marker>",
        ),
        (
            "<clipPath id='l@'>",
            "<rect clip-path='url(#l@)'/>",
            "</clipPath>",
        ),
        ("<filter id='l@'>", "<rect filter='url(#l@)'/>", "</filter>"),
    ] {
        let small = tower(4, 3, open, reference, close);
        assert!(weight(&small) < 20_000, "{open}");
        let large = tower(30, 10, open, reference, close);
        assert!(
            matches!(estimated(&large), Err(RenderError::TooComplex)),
            "{open}"
        );
        let deep = tower(600, 1, open, reference, close);
        assert!(
            matches!(estimated(&deep), Err(RenderError::TooDeep)),
            "{open}"
        );
    }
}

#[test]
fn nesting_is_rejected_above_the_limit() {
    let nested = |depth: usize| "<g>".repeat(depth) + &"</g>".repeat(depth);
    assert_eq!(estimated(&nested(100)).unwrap().depth, 101);
    assert!(estimated(&nested(511)).is_ok());
    assert!(matches!(estimated(&nested(512)), Err(RenderError::TooDeep)));
    assert!(matches!(
        estimated(&nested(200_000)),
        Err(RenderError::TooDeep)
    ));
}

#[test]
fn texts_and_styles_that_take_quadratic_time_are_rejected() {
    let spans = |count| format!("<text>{}</text>", "<tspan>x</tspan>".repeat(count));
    let letters = |count| format!("<text>{}</text>", "x".repeat(count));
    let style = |count| format!("<g style='{}'/>", "fill:red;".repeat(count));
    for small in [
        spans(2000),
        letters(50_000),
        style(10_000),
        letters(5000).repeat(100),
    ] {
        assert!(estimated(&small).is_ok());
    }
    for large in [spans(10_000), letters(200_000), style(100_000)] {
        assert!(matches!(estimated(&large), Err(RenderError::TooComplex)));
    }
}

#[test]
fn huge_numbers_in_paths_are_rejected() {
    for sane in [
        "M0 0L1e9 1",
        "M-123456789.123456789012,000000000012",
        "M1e-38.5.12345678901",
        "m 1-2e+3",
    ] {
        assert!(!has_huge_number(sane), "{sane}");
    }
    for huge in [
        "M0 0L1e38 1",
        "M1234567890",
        "M1-2E+10",
        "L0.1e1000000000000",
    ] {
        assert!(has_huge_number(huge), "{huge}");
    }
    assert!(matches!(
        estimated("<path d='M1e38 0'/>"),
        Err(RenderError::ShapeTooLarge)
    ));
}

#[test]
fn huge_style_sheets_are_rejected() {
    let rules = "rect { fill: red }".repeat(10_000);
    let sheet = format!("<style>{rules}</style>{}", "<rect/>".repeat(10_000));
    assert!(matches!(estimated(&sheet), Err(RenderError::TooComplex)));
}
