//! The size of the image, and the place of the SVG on it.

use resvg::tiny_skia::Transform;
use resvg::usvg::Size;

use super::error::RenderError;
use super::options::Options;

/// The size of the image, and the place of the SVG on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pixels per unit of the SVG.
    pub(super) scale: f32,
    /// The top left of the SVG, in pixels.
    left: f32,
    top: f32,
}

impl Canvas {
    pub(super) fn new(svg: Size, options: &Options) -> Result<Canvas, RenderError> {
        let times = f64::from(options.scale);
        let (svg_width, svg_height) = (f64::from(svg.width()), f64::from(svg.height()));
        let wide = options.width.map(|width| f64::from(width) * times);
        let high = options.height.map(|height| f64::from(height) * times);
        let scale = match (wide, high) {
            (None, None) => times,
            (Some(wide), None) => wide / svg_width,
            (None, Some(high)) => high / svg_height,
            (Some(wide), Some(high)) => (wide / svg_width).min(high / svg_height),
        };
        if !(times.is_finite() && scale.is_finite() && scale > 0.0) {
            return Err(RenderError::InvalidSize);
        }
        let width = whole(wide.unwrap_or(svg_width * scale));
        let height = whole(high.unwrap_or(svg_height * scale));
        let too_large = || RenderError::TooLarge {
            width,
            height,
            max: options.max_pixels,
        };
        if width.saturating_mul(height) > options.max_pixels {
            return Err(too_large());
        }
        Ok(Canvas {
            width: u32::try_from(width).map_err(|_| too_large())?,
            height: u32::try_from(height).map_err(|_| too_large())?,
            scale: scale as f32,
            left: ((width as f64 - svg_width * scale) / 2.0) as f32,
            top: ((height as f64 - svg_height * scale) / 2.0) as f32,
        })
    }

    /// In pixels.
    pub(super) fn area(&self) -> f64 {
        f64::from(self.width) * f64::from(self.height)
    }

    pub(super) fn transform(&self) -> Transform {
        // Less than a pixel is left from rounding the size; a shift by it would only blur.
        let whole = |shift: f32| if shift.abs() < 1.0 { 0.0 } else { shift };
        Transform::from_row(
            self.scale,
            0.0,
            0.0,
            self.scale,
            whole(self.left),
            whole(self.top),
        )
    }
}

/// Rounded, at least one pixel.
fn whole(pixels: f64) -> u64 {
    (pixels.round() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas(width: Option<u32>, height: Option<u32>, scale: f32) -> Result<Canvas, RenderError> {
        let svg = Size::from_wh(200.0, 100.0).unwrap();
        let options = Options {
            width,
            height,
            scale,
            ..Options::default()
        };
        Canvas::new(svg, &options)
    }

    #[test]
    fn sizes_keep_the_aspect_ratio() {
        for (width, height, scale, expected) in [
            (None, None, 1.0, (200, 100, 1.0)),
            (None, None, 2.5, (500, 250, 2.5)),
            (Some(400), None, 1.0, (400, 200, 2.0)),
            (Some(400), None, 2.0, (800, 400, 4.0)),
            (None, Some(50), 1.0, (100, 50, 0.5)),
            (Some(100), Some(100), 1.0, (100, 100, 0.5)),
            (Some(400), Some(100), 2.0, (800, 200, 2.0)),
            (Some(1), None, 1.0, (1, 1, 0.005)),
            (None, None, 0.001, (1, 1, 0.001)),
        ] {
            let canvas = canvas(width, height, scale).unwrap();
            let found = (canvas.width, canvas.height, canvas.scale);
            assert_eq!(found, expected, "{width:?} {height:?} {scale}");
        }
    }

    #[test]
    fn with_width_and_height_the_svg_is_centred() {
        let canvas = canvas(Some(100), Some(100), 1.0).unwrap();
        assert_eq!((canvas.left, canvas.top), (0.0, 25.0));
    }

    #[test]
    fn invalid_and_excessive_sizes_are_rejected() {
        for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(matches!(
                canvas(None, None, scale),
                Err(RenderError::InvalidSize)
            ));
            assert!(matches!(
                canvas(Some(10), None, scale),
                Err(RenderError::InvalidSize)
            ));
        }
        assert!(matches!(
            canvas(Some(0), None, 1.0),
            Err(RenderError::InvalidSize)
        ));
        assert!(canvas(None, None, 70.0).is_ok());
        for scale in [71.0, 1e10, f32::MAX] {
            let rejected = canvas(None, None, scale);
            assert!(
                matches!(rejected, Err(RenderError::TooLarge { .. })),
                "{scale}"
            );
        }
    }
}
