//! PNGs are decoded by the image crate, and their chunks by hand.

use super::*;
use proptest::prelude::*;

fn pixels(colour: [u8; 4]) -> Pixels {
    Pixels::new(3, 2, colour.repeat(6)).unwrap()
}

/// The chunks of a PNG, with their checksums verified.
fn read_chunks(png: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
    let mut chunks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let (named, after) = after.split_at(length + 4);
        let (checksum, after) = after.split_first_chunk::<4>().unwrap();
        assert_eq!(crc32(named), u32::from_be_bytes(*checksum));
        let name = String::from_utf8(named[..4].to_vec()).unwrap();
        chunks.push((name, named[4..].to_vec()));
        rest = after;
    }
    assert_eq!(rest, b"");
    chunks
}

fn chunk(chunks: &[(String, Vec<u8>)], name: &str) -> Option<Vec<u8>> {
    let (_, data) = chunks.iter().find(|(found, _)| found == name)?;
    Some(data.clone())
}

#[test]
fn the_checksum_matches_the_standard() {
    // IEND has no data, so its checksum is the same in every PNG.
    assert_eq!(crc32(b"IEND"), 0xae42_6082);
}

#[test]
fn title_description_and_density_precede_the_pixels() {
    let about = Metadata {
        title: Some("Café\0".into()),
        description: Some("→ 12 %".into()),
        density: Some(96.0),
    };
    let chunks = read_chunks(&encode(&pixels([1, 2, 3, 255]), &about).unwrap());
    let names: Vec<&str> = chunks.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["IHDR", "pHYs", "tEXt", "iTXt", "IDAT", "IEND"]);
    // 96 pixels per inch are 3780 per metre, as other programs write it.
    let both = [0, 0, 0x0e, 0xc4, 0, 0, 0x0e, 0xc4, 1];
    assert_eq!(chunk(&chunks, "pHYs").unwrap(), both);
    assert_eq!(chunk(&chunks, "tEXt").unwrap(), b"Title\0Caf\xe9");
    let international = [b"Description\0\0\0\0\0", "→ 12 %".as_bytes()].concat();
    assert_eq!(chunk(&chunks, "iTXt").unwrap(), international);
}

#[test]
fn opaque_images_have_no_alpha() {
    for (colour, kind) in [([9, 8, 7, 255], 2), ([9, 8, 7, 254], 6)] {
        let png = encode(&pixels(colour), &Metadata::default()).unwrap();
        let header = chunk(&read_chunks(&png), "IHDR").unwrap();
        // Colour types 2 and 6 of the standard.
        assert_eq!(header[9], kind);
        assert_eq!(png.windows(4).filter(|four| four == b"tEXt").count(), 0);
    }
}

#[test]
fn an_image_without_pixels_is_rejected() {
    let none = Pixels::new(0, 0, vec![]).unwrap();
    assert!(encode(&none, &Metadata::default()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_pixel_is_decoded_as_it_was_encoded(width in 1..20_u32, bytes in prop::collection::vec(any::<[u8; 4]>(), 1..200), title: String) {
        let height = bytes.len() as u32 / width;
        prop_assume!(height > 0);
        let rgba = bytes[..(width * height) as usize].concat();
        let pixels = Pixels::new(width, height, rgba.clone()).unwrap();
        let about = Metadata { title: Some(title), ..Metadata::default() };
        let png = encode(&pixels, &about).unwrap();
        read_chunks(&png);
        let read = image::load_from_memory(&png).unwrap().to_rgba8();
        prop_assert_eq!(read.dimensions(), (width, height));
        prop_assert_eq!(read.into_raw(), rgba);
    }
}
