//! Drawn images, pixel by pixel, and SVGs that must be rejected.

use std::fmt::Write;
use std::path::PathBuf;
use std::{fs, io};

use super::*;

const NS: &str = r#"xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink""#;

fn svg(size: u32, inside: &str) -> String {
    format!(r#"<svg {NS} width="{size}" height="{size}">{inside}</svg>"#)
}

fn drawn(svg: &str, options: &Options) -> Drawing {
    draw(svg.as_bytes(), options).unwrap()
}

fn plain(inside: &str) -> Drawing {
    drawn(&svg(10, inside), &Options::default())
}

fn rejected(inside: &str) -> RenderError {
    draw(svg(10, inside).as_bytes(), &Options::default()).unwrap_err()
}

/// A PNG of one colour, encoded by the image crate alone.
fn png(colour: [u8; 4]) -> Vec<u8> {
    let image = image::RgbaImage::from_pixel(4, 4, image::Rgba(colour));
    let mut to = io::Cursor::new(Vec::new());
    image.write_to(&mut to, image::ImageFormat::Png).unwrap();
    to.into_inner()
}

/// Bytes as a percent-encoded data URL.
fn data_url(media: &str, bytes: &[u8]) -> String {
    let mut url = format!("data:{media},");
    for byte in bytes {
        write!(url, "%{byte:02x}").unwrap();
    }
    url
}

#[test]
fn colours_positions_and_metadata_are_right() {
    let drawing = plain(
        r##"<title>Half</title><desc>a red one</desc>
           <rect width="5" height="10" fill="#f00"/><rect x="5" width="5" height="5" fill="#00f" opacity="0.5"/>"##,
    );
    let at = |x, y| drawing.pixels.at(x, y).unwrap();
    assert_eq!(at(2, 2), [255, 0, 0, 255]);
    assert_eq!(at(7, 7), [0, 0, 0, 0]);
    let [0, 0, 255, alpha] = at(7, 2) else {
        panic!("{:?}", at(7, 2));
    };
    assert!(alpha.abs_diff(128) <= 1);
    assert_eq!(drawing.metadata.title.as_deref(), Some("Half"));
    assert_eq!(drawing.metadata.description.as_deref(), Some("a red one"));
    assert!(!drawing.used_system_fonts && !drawing.missing_glyphs && !drawing.used_files);
}

#[test]
fn size_scale_and_background_follow_the_options() {
    let options = Options {
        width: Some(30),
        height: Some(20),
        scale: 2.0,
        background: Some([0, 255, 0, 255]),
        ..Options::default()
    };
    let drawing = drawn(&svg(10, r#"<rect width="10" height="10"/>"#), &options);
    let pixels = &drawing.pixels;
    assert_eq!((pixels.width(), pixels.height()), (60, 40));
    assert_eq!(pixels.at(5, 20), Some([0, 255, 0, 255]));
    assert_eq!(pixels.at(30, 20), Some([0, 0, 0, 255]));
    assert_eq!(drawing.metadata.density, Some(96.0 * 4.0));
    let inch = format!(r#"<svg {NS} width="1in" height="0.5in"/>"#);
    let options = Options {
        dpi: 300.0,
        ..Options::default()
    };
    let pixels = drawn(&inch, &options).pixels;
    assert_eq!((pixels.width(), pixels.height()), (300, 150));
}

#[test]
fn text_uses_the_embedded_font_and_fits_its_computed_width() {
    let options = Options {
        fonts: Fonts::Embedded,
        ..Options::default()
    };
    for (text, attribute, weight) in [
        ("Total 1234", "", Weight::Regular),
        ("Ünïcödé Ωλ Дж → ≤ ∞", "", Weight::Regular),
        ("Bold", r#"font-weight="bold""#, Weight::Bold),
        ("AVAVAV", "", Weight::Regular),
    ] {
        let inside = format!(r#"<text x="0" y="30" font-size="20" {attribute}>{text}</text>"#);
        let drawing = drawn(&svg(400, &inside), &options);
        assert!(
            !drawing.used_system_fonts && !drawing.missing_glyphs,
            "{text}"
        );
        let pixels = &drawing.pixels;
        let is_inked = |x: &u32| (0..400).any(|y| pixels.at(*x, y).unwrap()[3] > 0);
        let right = (0..400).rev().find(is_inked).unwrap() as f32;
        let width = text_width(text, 20.0, weight);
        // Less wide only by kerning and the space beside the last letter.
        assert!(
            right <= width + 1.0 && right > width * 0.9,
            "{text}: {right} of {width}"
        );
    }
}

#[test]
fn missing_glyphs_and_system_fonts_are_reported() {
    let inside = r#"<text y="8">漢</text>"#;
    let options = Options {
        fonts: Fonts::Embedded,
        ..Options::default()
    };
    let drawing = drawn(&svg(10, inside), &options);
    assert!(drawing.missing_glyphs && !drawing.used_system_fonts);
    assert!(plain(inside).used_system_fonts);
}

#[test]
fn drawing_is_deterministic() {
    let inside = r##"<defs><linearGradient id="g"><stop stop-color="red"/><stop offset="1"/></linearGradient></defs>
        <circle cx="5" cy="5" r="4" fill="url(#g)"/><text y="9" font-size="6">Ab</text>"##;
    let bytes = |_| {
        let drawing = plain(inside);
        encode(&drawing.pixels, &drawing.metadata).unwrap()
    };
    assert_eq!(bytes(0), bytes(1));
}

#[test]
fn embedded_images_are_drawn() {
    let blue = png([0, 0, 255, 255]);
    for href in [
        data_url("image/png", &blue),
        // Media types may be wrong.
        data_url("image/jpeg", &blue),
        data_url(
            "image/svg+xml",
            svg(4, r#"<rect width="4" height="4" fill="blue"/>"#).as_bytes(),
        ),
    ] {
        let drawing = plain(&format!(r#"<image width="10" height="10" href="{href}"/>"#));
        assert_eq!(drawing.pixels.at(5, 5), Some([0, 0, 255, 255]));
        assert_eq!(drawing.omitted, []);
    }
}

#[test]
fn files_are_read_only_from_the_resource_directory() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("inside");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("blue.png"), png([0, 0, 255, 255])).unwrap();
    fs::write(directory.path().join("secret.png"), png([255, 0, 0, 255])).unwrap();
    std::os::unix::fs::symlink("../secret.png", inside.join("link.png")).unwrap();
    let at = |resources: Option<&PathBuf>, href: &str| {
        let options = Options {
            resources: resources.cloned(),
            ..Options::default()
        };
        let image = format!(r#"<image width="10" height="10" xlink:href="{href}"/>"#);
        let drawing = drawn(&svg(10, &image), &options);
        let is_drawn = drawing.pixels.at(5, 5).unwrap()[3] > 0;
        assert_eq!(is_drawn, drawing.omitted.is_empty());
        assert_eq!(is_drawn, drawing.used_files);
        is_drawn
    };
    assert!(at(Some(&inside), "blue.png"));
    assert!(at(Some(&inside), "../inside/blue.png"));
    assert!(at(Some(&directory.path().into()), "secret.png"));
    let absolute = inside.join("blue.png");
    assert!(!at(None, absolute.to_str().unwrap()));
    for href in [
        "../secret.png",
        "link.png",
        "/etc/passwd",
        "none.png",
        "..",
        "",
        "https://example.com/a.png",
        "file:///etc/passwd",
    ] {
        assert!(!at(Some(&inside), href), "{href}");
    }
    // An embedded SVG may not use files.
    let nested = svg(4, r#"<image width="4" height="4" href="blue.png"/>"#);
    let url = data_url("image/svg+xml", nested.as_bytes());
    assert!(!at(Some(&inside), &url));
}

#[test]
fn svgs_that_take_too_much_are_rejected_before_drawing() {
    let filter = |primitive: &str| {
        rejected(&format!(
            r#"<filter id="f">{primitive}</filter><rect width="10" height="10" filter="url(#f)"/>"#
        ))
    };
    assert!(matches!(
        filter(r#"<feTurbulence baseFrequency="1" numOctaves="2000000000"/>"#),
        RenderError::TooComplex
    ));
    let layers = r#"<g opacity=".9">"#.repeat(100) + "<rect/>" + &"</g>".repeat(100);
    plain(&layers);
    let large = Options {
        scale: 900.0,
        ..Options::default()
    };
    let rects = r#"<rect width="10" height="10"/>"#.repeat(3000);
    assert!(matches!(
        draw(svg(10, &rects).as_bytes(), &large),
        Err(RenderError::TooComplex)
    ));
    let nested = r#"<g opacity=".9">"#.repeat(100) + &rects[..30] + &"</g>".repeat(100);
    assert!(matches!(
        draw(svg(10, &nested).as_bytes(), &large),
        Err(RenderError::TooComplex)
    ));
    let morphology = svg(
        10,
        r#"<filter id="f"><feMorphology radius="9"/></filter><rect width="10" height="10" filter="url(#f)"/>"#,
    );
    assert!(matches!(
        draw(morphology.as_bytes(), &large),
        Err(RenderError::TooComplex)
    ));
    let merged = svg(
        10,
        &format!(
            r#"<filter id="f"><feMerge>{}</feMerge></filter><rect width="10" height="10" filter="url(#f)"/>"#,
            r#"<feMergeNode in="SourceGraphic"/>"#.repeat(100)
        ),
    );
    assert!(draw(merged.as_bytes(), &Options::default()).is_ok());
    assert!(matches!(
        draw(merged.as_bytes(), &large),
        Err(RenderError::TooComplex)
    ));
    let tile = r#"<pattern id="p" width="1e9" height="1e9" patternUnits="userSpaceOnUse"><rect width="1" height="1"/></pattern>
        <rect width="10" height="10" fill="url(#p)"/>"#;
    assert!(matches!(rejected(tile), RenderError::TooComplex));
    let size = format!(r#"<svg {NS} width="1e9" height="1e9"/>"#);
    let error = draw(size.as_bytes(), &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the image would have 1000000000 x 1000000000 pixels, more than 100000000"
    );
}

#[test]
fn the_deepest_documents_allowed_are_drawn() {
    let nest = |depth: usize, open: &str, close: &str| {
        svg(
            10,
            &(open.repeat(depth) + r#"<rect width="9" height="9"/>"# + &close.repeat(depth)),
        )
    };
    for (open, close) in [
        ("<g>", "</g>"),
        (r#"<g opacity="0.99">"#, "</g>"),
        ("<svg>", "</svg>"),
        (r#"<a transform="scale(1)">"#, "</a>"),
    ] {
        drawn(&nest(500, open, close), &Options::default());
        let deeper = nest(600, open, close);
        let error = draw(deeper.as_bytes(), &Options::default());
        assert!(matches!(error, Err(RenderError::TooDeep)), "{open}");
    }
    drawn(
        &svg(
            10,
            &format!(
                "<text>{}x{}</text>",
                "<tspan>".repeat(500),
                "</tspan>".repeat(500)
            ),
        ),
        &Options::default(),
    );
    // Nested by references, which the renderer follows by recursion.
    for (kind, property) in [
        ("mask", "mask"),
        ("clipPath", "clip-path"),
        ("pattern", "fill"),
    ] {
        let mut chain = format!(
            r#"<{kind} id="a0" width="1" height="1"><rect width="9" height="9"/></{kind}>"#
        );
        for at in 1..160 {
            let before = at - 1;
            chain += &format!(
                r#"<{kind} id="a{at}" width="1" height="1"><g><rect width="9" height="9" {property}="url(#a{before})"/></g></{kind}>"#
            );
        }
        chain += &format!(r#"<rect width="9" height="9" {property}="url(#a159)"/>"#);
        let _ = draw(svg(10, &chain).as_bytes(), &Options::default());
    }
}

#[test]
fn shapes_that_would_crash_the_renderer_are_rejected() {
    let filter = r#"<filter id="f"><feGaussianBlur stdDeviation="2"/></filter>"#;
    for shape in [
        r#"<rect width="5" height="4" stroke="red" stroke-width="99999999999"/>"#,
        r#"<rect width="5" height="4" stroke="red" stroke-width="99999999999" filter="url(#f)"/>"#,
        r#"<path d="M0 0L20000000 3 1 30000000z"/>"#,
        r#"<g transform="scale(1e8)"><circle r="1"/></g>"#,
    ] {
        let error = rejected(&format!("{filter}{shape}"));
        assert!(
            matches!(error, RenderError::ShapeTooLarge),
            "{shape}: {error}"
        );
    }
    plain(r#"<rect x="-90000" y="-90000" width="180000" height="180000"/>"#);
}

#[test]
fn inputs_that_are_not_svgs_are_rejected_with_a_reason() {
    let draw = |text: &str| draw(text.as_bytes(), &Options::default()).unwrap_err();
    assert!(matches!(draw(""), RenderError::Xml(_)));
    assert!(matches!(draw("<html/>"), RenderError::Svg(_)));
    assert!(matches!(draw("<svg"), RenderError::Xml(_)));
    assert!(matches!(
        draw(&format!(r#"<svg {NS} width="0" height="5"/>"#)),
        RenderError::Svg(_)
    ));
    let no_dpi = Options {
        dpi: 0.0,
        ..Options::default()
    };
    let error = super::draw(svg(10, "").as_bytes(), &no_dpi);
    assert!(matches!(error, Err(RenderError::InvalidSize)));
}

#[test]
fn the_renderer_versions_match_the_lock_file() {
    let lock = include_str!("../../Cargo.lock");
    for part in RENDERER.split(", ") {
        let (name, version) = part.split_once(' ').unwrap();
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"");
        assert!(lock.contains(&entry), "{part}");
    }
}
