use jug::render::{Options, draw};

/// Any bytes are a picture of an allowed size or an error.
pub fn svg(data: &[u8]) {
    let options = Options {
        max_pixels: 1 << 16,
        ..Options::default()
    };
    if let Ok(drawing) = draw(data, &options) {
        let (width, height) = (drawing.pixels.width(), drawing.pixels.height());
        assert!(width > 0 && height > 0, "{width} x {height}");
        assert!(u64::from(width) * u64::from(height) <= options.max_pixels);
    }
}
