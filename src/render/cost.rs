//! The time and memory that drawing will take, estimated before the first pixel is drawn.
//!
//! Each transparent group, mask and filter is drawn on a separate layer, and filters may visit thousands of pixels for each one.
//! So a small SVG can ask for hours and for all memory.

use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::{Group, ImageKind, Node, Paint, Path, Rect, Stroke, Transform, Tree};

use super::error::RenderError;

/// Pixels written, over all layers: up to half a minute.
const MAX_WORK: f64 = 20e9;

/// The work for a pixel of a layer, which is cleared, drawn and composited, in pixels of a plain shape.
const LAYER: f64 = 4.0;

/// Bytes of all layers that exist at once.
const MAX_MEMORY: f64 = 2e9;

/// The largest coordinate of a shape, in pixels. At ten times as much tiny-skia's edge counters overflow, and it panics, again in
/// a destructor, which cannot be caught.
const MAX_REACH: f64 = 1e6;

/// The area of a layer relative to the surface below it, which resvg allows for filters that reach beyond the edge.
const BEYOND: f64 = 25.0;

/// A surface to draw on.
#[derive(Clone, Copy)]
struct Surface {
    /// In pixels.
    area: f64,
    /// Pixels per unit of the root.
    scale: f64,
    /// Bytes of the layers below it, and its own.
    memory: f64,
    /// Whether it has the coordinates of the root; the content of patterns and masks has its own.
    is_root: bool,
}

#[derive(Default)]
struct Cost {
    work: f64,
    memory: f64,
    reach: f64,
}

/// Rejects a tree that takes too much, drawn on `area` pixels with `scale` pixels per unit.
pub(super) fn check(tree: &Tree, area: f64, scale: f64) -> Result<(), RenderError> {
    let mut cost = Cost::default();
    let surface = Surface {
        area,
        scale,
        memory: 0.0,
        is_root: true,
    };
    cost.group(tree.root(), surface);
    if cost.reach > MAX_REACH {
        return Err(RenderError::ShapeTooLarge);
    }
    // Comparisons with NaN are false, so it counts as unbounded.
    let is_bounded = cost.work <= MAX_WORK && cost.memory <= MAX_MEMORY.max(area * 32.0);
    if is_bounded {
        Ok(())
    } else {
        Err(RenderError::TooComplex)
    }
}

impl Cost {
    fn take(&mut self, memory: f64) {
        self.memory = self.memory.max(memory);
    }

    /// Records how far a rectangle reaches, in units of the root.
    fn reach(&mut self, rect: Rect, on: Surface) {
        for side in [rect.left(), rect.top(), rect.right(), rect.bottom()] {
            let reach = f64::from(side).abs() * on.scale;
            self.reach = self
                .reach
                .max(if reach.is_nan() { f64::INFINITY } else { reach });
        }
    }

    fn group(&mut self, group: &Group, on: Surface) {
        let mut surface = on;
        if group.should_isolate() {
            let rect = group.abs_layer_bounding_box();
            let all = on.area * BEYOND;
            surface.area = if on.is_root {
                all.min(pixels(rect.width(), rect.height(), on.scale))
            } else {
                all
            };
            let bytes = surface.area * 4.0;
            surface.memory += bytes;
            self.work += surface.area * LAYER;
            self.take(surface.memory);
            for filter in group.filters() {
                self.filter(filter, surface);
            }
            let mut clip = group.clip_path();
            while let Some(path) = clip {
                let scale = surface.scale * larger_scale(path.transform());
                self.covering(path.root(), Surface { scale, ..surface });
                clip = path.clip_path();
            }
            let mut mask = group.mask();
            while let Some(path) = mask {
                self.covering(path.root(), surface);
                mask = path.mask();
            }
        }
        for node in group.children() {
            self.node(node, surface);
        }
    }

    /// A clip path or a mask: another surface of the same size.
    fn covering(&mut self, group: &Group, on: Surface) {
        let surface = Surface {
            memory: on.memory + on.area * 4.0,
            is_root: false,
            ..on
        };
        self.work += surface.area * LAYER;
        self.take(surface.memory);
        self.group(group, surface);
    }

    fn node(&mut self, node: &Node, on: Surface) {
        match node {
            Node::Group(group) => self.group(group, on),
            Node::Text(text) => self.group(text.flattened(), on),
            Node::Path(path) => self.path(path, on),
            Node::Image(image) => {
                self.work += on.area;
                self.reach(image.abs_bounding_box(), on);
                match image.kind() {
                    // On a separate layer.
                    ImageKind::SVG(tree) => {
                        let scale = on.scale * larger_scale(image.abs_transform());
                        self.covering(tree.root(), Surface { scale, ..on });
                    }
                    _ => {
                        let size = image.size();
                        let area = pixels(size.width(), size.height(), 1.0);
                        self.work += area;
                        self.take(on.memory + area * 8.0);
                    }
                }
            }
        }
    }

    fn path(&mut self, path: &Path, on: Surface) {
        if !path.is_visible() {
            return;
        }
        let rect = path.abs_stroke_bounding_box();
        self.reach(rect, on);
        let (area, height) = if on.is_root {
            let area = pixels(rect.width(), rect.height(), on.scale);
            (area.min(on.area), f64::from(rect.height()) * on.scale)
        } else {
            (on.area, on.area.sqrt())
        };
        let mut points = path.data().len() as f64;
        if let Some(stroke) = path.stroke() {
            points += dashes(path, stroke);
        }
        self.work += area + points * height.min(on.area.sqrt() * BEYOND);
        self.work += sorting(path, on.scale);
        let paints = [
            path.fill().map(|fill| fill.paint()),
            path.stroke().map(Stroke::paint),
        ];
        for paint in paints.into_iter().flatten() {
            if let Paint::Pattern(pattern) = paint {
                let scale = on.scale * larger_scale(path.abs_transform());
                let scale = scale * larger_scale(pattern.transform());
                let rect = pattern.rect();
                let area = pixels(rect.width(), rect.height(), scale);
                let tile = Surface {
                    area,
                    scale,
                    memory: on.memory + area * 4.0,
                    is_root: false,
                };
                self.work += area;
                self.take(tile.memory);
                self.group(pattern.root(), tile);
            }
        }
    }

    fn filter(&mut self, filter: &Filter, on: Surface) {
        let primitives = filter.primitives();
        // Each primitive keeps its result for those after it.
        let results = primitives.len() as f64 + 3.0;
        self.take(on.memory + on.area * 4.0 * results);
        for primitive in primitives {
            let visits = match primitive.kind() {
                Kind::Turbulence(it) => 40.0 * f64::from(it.num_octaves()),
                Kind::ConvolveMatrix(it) => {
                    f64::from(it.matrix().columns()) * f64::from(it.matrix().rows())
                }
                Kind::Morphology(it) => {
                    let side = |radius: f32| 2.0 * f64::from(radius) * on.scale + 1.0;
                    let window = side(it.radius_x().get()) * side(it.radius_y().get());
                    window.min(on.area)
                }
                Kind::Merge(it) => 4.0 * it.inputs().len() as f64,
                Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 20.0,
                Kind::GaussianBlur(_) | Kind::DropShadow(_) => 10.0,
                Kind::Image(it) => {
                    self.covering(it.root(), on);
                    4.0
                }
                _ => 4.0,
            };
            self.work += on.area * visits;
        }
    }
}

fn pixels(width: f32, height: f32, scale: f64) -> f64 {
    (f64::from(width) * scale + 4.0) * (f64::from(height) * scale + 4.0)
}

fn larger_scale(transform: Transform) -> f64 {
    let (x, y) = transform.get_scale();
    f64::from(x.max(y))
}

/// The work of sorting the edges of a path along each row of pixels: the square of their number if they cross all the time, a
/// tenth of a pixel each (measured).
fn sorting(path: &Path, scale: f64) -> f64 {
    let (_, scale_y) = path.abs_transform().get_scale();
    let points = path.data().points();
    // A curve is not higher than its control polygon.
    let ways = points
        .windows(2)
        .map(|two| f64::from((two[1].y - two[0].y).abs()));
    let crossed = ways.sum::<f64>() * scale * f64::from(scale_y);
    let height = f64::from(path.abs_bounding_box().height()).max(1.0) * scale;
    let edges = (crossed / height).min(points.len() as f64);
    let sides = if path.stroke().is_some() { 4.0 } else { 1.0 };
    edges * crossed * sides / 10.0
}

/// The number of dashes of a path; tiny-skia stops at a million.
fn dashes(path: &Path, stroke: &Stroke) -> f64 {
    let Some(dashes) = stroke.dasharray() else {
        return 0.0;
    };
    let period: f32 = dashes.iter().sum();
    let rect = path.bounding_box();
    let length = path.data().len() as f32 * (rect.width() + rect.height());
    f64::from(length / period * dashes.len() as f32).clamp(0.0, 1e6)
}
