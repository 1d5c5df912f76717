//! An image as pixels.

use image::imageops::{FilterType, resize};
use image::{ImageBuffer, RgbaImage};

/// An image in straight RGBA of 8 bits each, row by row from the top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Pixels {
    /// An image of `width * height` pixels, four bytes each; `None` if `rgba` has another length.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Pixels> {
        let length = u64::from(width) * u64::from(height);
        (length.checked_mul(4) == Some(rgba.len() as u64)).then_some(Pixels {
            width,
            height,
            rgba,
        })
    }

    /// In pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All pixels, four bytes each.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The pixel at a place; `None` outside the image.
    pub fn at(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        if x >= self.width {
            return None;
        }
        let (pixels, _) = self.rgba.as_chunks::<4>();
        pixels
            .get(y as usize * self.width as usize + x as usize)
            .copied()
    }

    /// The image resized with a triangle filter, which averages when it gets smaller and interpolates when it gets larger. Without
    /// any pixel the result is empty.
    pub fn scaled_to(mut self, width: u32, height: u32) -> Pixels {
        if [self.width, self.height, width, height].contains(&0) {
            return Pixels {
                width: 0,
                height: 0,
                rgba: Vec::new(),
            };
        }
        // Averages of colours are weighted by opacity, so the colour of transparent pixels does not count.
        self.each(|level, alpha| (level * alpha + 127) / 255);
        let from: RgbaImage = ImageBuffer::from_raw(self.width, self.height, self.rgba)
            .expect("four bytes per pixel");
        let mut to = Pixels {
            width,
            height,
            rgba: resize(&from, width, height, FilterType::Triangle).into_raw(),
        };
        to.each(|level, alpha| {
            (level * 255 + alpha / 2)
                .checked_div(alpha)
                .unwrap_or(0)
                .min(255)
        });
        to
    }

    /// Changes each colour level as a function of the level and the opacity of its pixel.
    fn each(&mut self, change: impl Fn(u32, u32) -> u32) {
        let (pixels, _) = self.rgba.as_chunks_mut::<4>();
        for [red, green, blue, alpha] in pixels {
            for level in [red, green, blue] {
                *level = change((*level).into(), (*alpha).into()) as u8;
            }
        }
    }

    pub(super) fn is_opaque(&self) -> bool {
        is_opaque(&self.rgba)
    }

    pub(super) fn without_alpha(&self) -> Vec<u8> {
        let (pixels, _) = self.rgba.as_chunks::<4>();
        let mut rgb = vec![0; pixels.len() * 3];
        let (into, _) = rgb.as_chunks_mut::<3>();
        for (into, [r, g, b, _]) in into.iter_mut().zip(pixels) {
            *into = [*r, *g, *b];
        }
        rgb
    }
}

/// Whether all pixels are opaque.
pub(super) fn is_opaque(rgba: &[u8]) -> bool {
    // In blocks: a loop that may end at every pixel takes four times as long.
    rgba.chunks(4096).all(|block| {
        let (pixels, _) = block.as_chunks::<4>();
        pixels.iter().fold(255, |all, pixel| all & pixel[3]) == 255
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_bytes_must_match() {
        assert!(Pixels::new(2, 3, vec![0; 24]).is_some());
        assert!(Pixels::new(2, 3, vec![0; 23]).is_none());
        assert!(Pixels::new(u32::MAX, u32::MAX, vec![0; 4]).is_none());
        assert!(Pixels::new(0, 0, vec![]).is_some());
    }

    #[test]
    fn pixels_are_addressed_by_column_and_row() {
        let pixels = Pixels::new(2, 2, (0..16).collect()).unwrap();
        assert_eq!(pixels.at(1, 1), Some([12, 13, 14, 15]));
        assert_eq!(pixels.at(2, 0), None);
        assert_eq!(pixels.at(0, 2), None);
    }

    #[test]
    fn downscaling_averages_and_ignores_transparent_colors() {
        let black = [0, 0, 0, 255];
        let white = [255; 4];
        let board = [black, white, white, black].concat();
        let pixels = Pixels::new(2, 2, board).unwrap();
        let one = pixels.clone().scaled_to(1, 1).at(0, 0).unwrap();
        assert!(one[..3].iter().all(|level| level.abs_diff(128) <= 1) && one[3] == 255);
        // A pixel beside a transparent one does not become darker.
        let edge = [[255, 0, 0, 255], [0; 4]].concat();
        let edge = Pixels::new(2, 1, edge).unwrap().scaled_to(1, 1);
        let [255, 0, 0, alpha] = edge.at(0, 0).unwrap() else {
            panic!("{:?}", edge.at(0, 0));
        };
        assert!(alpha.abs_diff(128) <= 1);
        assert_eq!(pixels.scaled_to(0, 5).rgba(), &[] as &[u8]);
        let none = Pixels::new(0, 0, vec![]).unwrap();
        assert_eq!(none.scaled_to(5, 5).width(), 0);
    }
}
