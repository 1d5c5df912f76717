//! What is in the cache key, and what is never cached.

use clap::{Args as _, FromArgMatches as _};

use super::*;
use crate::render::{Fonts, Metadata, Omission, OmittedImage};

/// Another value than the default for each flag of [`ImageArgs`]. `None` for those that decide no bytes.
fn other_value(flag: &str) -> Option<&'static str> {
    match flag {
        "width" | "height" => Some("77"),
        "scale" => Some("2"),
        "dpi" => Some("97"),
        "background" => Some("white"),
        "max-pixels" => Some("1000"),
        "fonts" => Some("embedded"),
        "cache" => None,
        other => panic!("--{other}: add another value for it to this test"),
    }
}

fn command() -> clap::Command {
    ImageArgs::augment_args(clap::Command::new("test"))
}

fn key_of(words: &[String]) -> Key {
    let words = std::iter::once("test".to_owned()).chain(words.iter().cloned());
    let matches = command().try_get_matches_from(words).unwrap();
    key(
        &ImageArgs::from_arg_matches(&matches).unwrap().options(),
        b"<svg/>",
    )
}

#[test]
fn every_flag_that_changes_the_image_changes_the_key() {
    let command = command();
    let flags = command.get_arguments().filter_map(clap::Arg::get_long);
    let mut keys = vec![("none".to_owned(), key_of(&[]))];
    for flag in flags {
        let Some(value) = other_value(flag) else {
            continue;
        };
        let key = key_of(&[format!("--{flag}={value}")]);
        for (other, known) in &keys {
            assert_ne!(key, *known, "--{flag} has the key of {other}");
        }
        keys.push((flag.to_owned(), key));
    }
    assert!(keys.len() >= 8);
    assert_eq!(key_of(&["--cache=refresh".to_owned()]), keys[0].1);
}

#[test]
fn every_option_of_the_renderer_changes_the_key() {
    let base = Options::default();
    // Exhaustive, so that a new option does not compile before it is tested.
    let Options {
        width: None,
        height: None,
        scale: _,
        dpi: _,
        background: None,
        max_pixels,
        resources: None,
        fonts: Fonts::Auto,
    } = base.clone()
    else {
        panic!("the defaults have changed");
    };
    let changed = |change: &dyn Fn(&mut Options)| {
        let mut options = base.clone();
        change(&mut options);
        options
    };
    let all = [
        base.clone(),
        changed(&|options| options.width = Some(1)),
        changed(&|options| options.width = Some(11)),
        changed(&|options| options.height = Some(1)),
        changed(&|options| options.height = Some(11)),
        changed(&|options| options.scale = 1.0 + f32::EPSILON),
        changed(&|options| options.dpi = 96.00001),
        changed(&|options| options.background = Some([0, 0, 0, 0])),
        changed(&|options| options.background = Some([0, 0, 0, 1])),
        changed(&|options| options.max_pixels = max_pixels + 1),
        changed(&|options| options.resources = Some("a".into())),
        changed(&|options| options.fonts = Fonts::Embedded),
        changed(&|options| options.fonts = Fonts::System),
    ];
    let keys: Vec<Key> = all.iter().map(|options| key(options, b"<svg/>")).collect();
    for (index, one) in keys.iter().enumerate() {
        for (other, earlier) in keys[..index].iter().enumerate() {
            assert_ne!(one, earlier, "{:?} and {:?}", all[index], all[other]);
        }
    }
    assert_ne!(key(&base, b"<svg/>"), key(&base, b"<svg />"));
    assert_eq!(key(&base, b"<svg/>"), key(&base.clone(), b"<svg/>"));
}

#[test]
fn the_key_names_the_renderer_and_the_font() {
    let options = Options::default();
    let with = |renderer: &str, font: &str| {
        let shown = format!("{options:?}");
        let parts = [
            ("renderer", renderer.as_bytes()),
            ("font", font.as_bytes()),
            ("options", shown.as_bytes()),
            ("svg", &b"<svg/>"[..]),
        ];
        Key::of("png 2", &parts)
    };
    let found = key(&options, b"<svg/>");
    assert_eq!(found, with(render::RENDERER, render::FONT));
    assert_ne!(found, with("resvg 0", render::FONT));
    assert_ne!(found, with(render::RENDERER, "another font"));
}

#[test]
fn images_that_are_incomplete_or_depend_on_the_machine_are_not_cached() {
    let whole = Drawing {
        pixels: Pixels::new(1, 1, vec![0; 4]).unwrap(),
        metadata: Metadata::default(),
        used_system_fonts: false,
        missing_glyphs: false,
        used_files: false,
        omitted: Vec::new(),
    };
    assert!(is_cacheable(&whole));
    let omitted = OmittedImage {
        href: "a.png".to_owned(),
        reason: Omission::TooLarge,
    };
    for drawing in [
        Drawing {
            used_system_fonts: true,
            ..whole.clone()
        },
        Drawing {
            missing_glyphs: true,
            ..whole.clone()
        },
        Drawing {
            used_files: true,
            ..whole.clone()
        },
        Drawing {
            omitted: vec![omitted],
            ..whole.clone()
        },
    ] {
        assert!(!is_cacheable(&drawing), "{drawing:?}");
    }
}

#[test]
fn images_are_scaled_down_to_fit_but_never_up() {
    let size = |width: u32, height: u32, room| {
        let rgba = vec![255; (width * height * 4) as usize];
        let pixels = scaled_down(Pixels::new(width, height, rgba).unwrap(), room);
        (pixels.width(), pixels.height())
    };
    assert_eq!(size(640, 400, (80, 46)), (74, 46));
    assert_eq!(size(640, 400, (80, 200)), (80, 50));
    assert_eq!(size(8, 4, (80, 46)), (8, 4));
    assert_eq!(size(1000, 1, (80, 46)), (80, 1));
}

#[test]
fn images_are_scaled_down_until_they_fit_and_never_up() {
    for (size, room, expected) in [
        ((4, 6), (4, 6), (4, 6)),
        ((4, 6), (5, 7), (4, 6)),
        ((4, 6), (7, 11), (4, 6)),
        ((4, 6), (100, 100), (4, 6)),
        ((40, 20), (10, 100), (10, 5)),
        ((40, 20), (100, 5), (10, 5)),
        ((40, 20), (39, 20), (39, 20)),
        ((40, 1), (10, 10), (10, 1)),
    ] {
        let (width, height): (u32, u32) = size;
        let pixels = Pixels::new(width, height, vec![255; (width * height * 4) as usize]).unwrap();
        let scaled = scaled_down(pixels, room);
        assert_eq!(
            (scaled.width(), scaled.height()),
            expected,
            "{size:?} in {room:?}"
        );
    }
}
