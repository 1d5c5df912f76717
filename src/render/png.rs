//! Pixels as a PNG (ISO/IEC 15948). The image crate encodes it; the chunks that it does not write are inserted after the header.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::error::RenderError;
use super::pixels::Pixels;

/// The end of the header: the signature, and IHDR with its length, name, 13 bytes and checksum.
const HEADER: usize = 8 + 4 + 4 + 13 + 4;

/// The metadata of a PNG.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The SVG's title.
    pub title: Option<String>,
    /// The SVG's description.
    pub description: Option<String>,
    /// In pixels per inch.
    pub density: Option<f32>,
}

/// Encodes the pixels as a PNG, without alpha if all are opaque.
///
/// # Errors
/// [`RenderError::Png`], for an image without pixels.
pub fn encode(pixels: &Pixels, metadata: &Metadata) -> Result<Vec<u8>, RenderError> {
    let opaque = pixels.is_opaque().then(|| pixels.without_alpha());
    let (bytes, colour) = match &opaque {
        Some(bytes) => (&bytes[..], ExtendedColorType::Rgb8),
        None => (pixels.rgba(), ExtendedColorType::Rgba8),
    };
    let mut png = Vec::with_capacity(bytes.len() / 16 + 1024);
    // Drawings have flat areas, on which filters do not help. Measured on pies of 640 x 400: level 6 takes 1.7 times as long and
    // saves 7 %, level 2 takes two thirds and adds 8 %; with filters, files are larger by a quarter.
    PngEncoder::new_with_quality(&mut png, CompressionType::Level(4), FilterType::NoFilter)
        .write_image(bytes, pixels.width(), pixels.height(), colour)?;
    png.splice(HEADER..HEADER, chunks(metadata));
    Ok(png)
}

fn chunks(metadata: &Metadata) -> Vec<u8> {
    let mut chunks = Vec::new();
    if let Some(density) = metadata.density {
        let per_metre = (f64::from(density) / 0.0254).round() as u32;
        let both = [per_metre.to_be_bytes(), per_metre.to_be_bytes()].concat();
        // Unit 1 is the metre.
        push(&mut chunks, b"pHYs", &[&both[..], &[1]].concat());
    }
    for (keyword, text) in [
        ("Title", &metadata.title),
        ("Description", &metadata.description),
    ] {
        let Some(text) = text else { continue };
        // NUL ends a text, so it cannot contain one.
        let text = text.replace('\0', "");
        let data = [keyword.as_bytes(), b"\0"].concat();
        match latin1(&text) {
            Some(text) => push(&mut chunks, b"tEXt", &[data, text].concat()),
            // Not compressed; no language, no translated keyword.
            None => push(
                &mut chunks,
                b"iTXt",
                &[&data, &[0; 4][..], text.as_bytes()].concat(),
            ),
        }
    }
    chunks
}

fn push(chunks: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    // Chunks are limited to 2^31 - 1 bytes; metadata is optional.
    let Ok(length) = i32::try_from(data.len()) else {
        return;
    };
    chunks.extend(length.to_be_bytes());
    let from = chunks.len();
    chunks.extend(name);
    chunks.extend(data);
    let checksum = crc32(&chunks[from..]);
    chunks.extend(checksum.to_be_bytes());
}

/// The text in Latin-1, the encoding of tEXt; `None` if it has other characters or control characters.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|letter| match letter {
            '\n' | ' '..='~' | '\u{a0}'..='\u{ff}' => Some(letter as u8),
            _ => None,
        })
        .collect()
}

/// The checksum of chunks (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests;
