//! Embedded images: from data URLs, and from files in a directory that is given.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use crate::io::confined::{Refusal, read_within};

use super::fonts::{self, FontUse, Fonts};
use super::options::MAX_BYTES;
use super::{document, references};

/// The depth of an embedded SVG, which is drawn on the same stack as the outer one.
const MAX_DEPTH: u32 = 48;

/// An embedded image that was not drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OmittedImage {
    /// As in the SVG, shortened.
    pub href: String,
    /// Why it was omitted.
    pub reason: Omission,
}

/// Why an embedded image was not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Omission {
    /// It is on another machine.
    #[error("URLs are not fetched")]
    Remote,
    /// [`super::Options::resources`] is not set.
    #[error("files are not read")]
    NoDirectory,
    /// The file could not be read.
    #[error("{}", .0.why())]
    Unread(Refusal),
    /// It has more than [`super::Options::max_pixels`].
    #[error("it has too many pixels")]
    TooLarge,
    /// A raster image without a size.
    #[error("unknown or damaged image")]
    Damaged,
    /// Neither a raster image nor an SVG that is drawn.
    #[error("unknown, damaged or too complex image")]
    Unknown,
    /// Alone it could be drawn.
    #[error("too complex together with the other embedded images")]
    TooComplex,
    /// An SVG in an SVG in an SVG.
    #[error("embedded SVGs are nested too deeply")]
    TooDeep,
    /// A file in an embedded SVG (SVG 2, 5.10.1).
    #[error("an embedded SVG may not use files")]
    FileInSvg,
    /// XML, but not an SVG.
    #[error("invalid SVG")]
    Invalid,
}

/// The embedded images of one SVG.
#[derive(Debug)]
pub(super) struct Images<'a> {
    directory: Option<PathBuf>,
    max_pixels: u64,
    fonts: Fonts,
    font_use: &'a FontUse,
    /// The weight that is left for further ones.
    weight: AtomicU64,
    omitted: Mutex<Vec<OmittedImage>>,
    /// Whether a file was drawn.
    used_files: AtomicBool,
}

impl<'a> Images<'a> {
    pub(super) fn new(
        directory: Option<&Path>,
        max_pixels: u64,
        fonts: Fonts,
        font_use: &'a FontUse,
    ) -> Images<'a> {
        Images {
            // A directory that does not exist is treated as empty.
            directory: directory.map(|path| path.canonicalize().unwrap_or_else(|_| path.into())),
            max_pixels,
            fonts,
            font_use,
            weight: references::MAX_WEIGHT.into(),
            omitted: Mutex::default(),
            used_files: false.into(),
        }
    }

    pub(super) fn resolver(&self) -> ImageHrefResolver<'_> {
        ImageHrefResolver {
            resolve_data: Box::new(|_, data, options| {
                let decoded = self.decode(data, options);
                self.note("data:", decoded)
            }),
            resolve_string: Box::new(|href, options| {
                let decoded = self.file(href).and_then(|data| {
                    self.used_files.store(true, Relaxed);
                    self.decode(Arc::new(data), options)
                });
                self.note(href, decoded)
            }),
        }
    }

    /// Whether a file was drawn.
    pub(super) fn used_files(&self) -> bool {
        self.used_files.load(Relaxed)
    }

    pub(super) fn into_omitted(self) -> Vec<OmittedImage> {
        self.omitted
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, href: &str, decoded: Result<ImageKind, Omission>) -> Option<ImageKind> {
        match decoded {
            Ok(kind) => Some(kind),
            Err(reason) => {
                let omitted = OmittedImage {
                    href: href.chars().take(200).collect(),
                    reason,
                };
                let mut all = self.omitted.lock().unwrap_or_else(PoisonError::into_inner);
                // The same image may be used many times.
                if all.len() < 100 && !all.contains(&omitted) {
                    all.push(omitted);
                }
                None
            }
        }
    }

    /// Reads a file in the directory.
    fn file(&self, href: &str) -> Result<Vec<u8>, Omission> {
        if href.contains("://") || href.starts_with("//") {
            return Err(Omission::Remote);
        }
        let directory = self.directory.as_ref().ok_or(Omission::NoDirectory)?;
        read_within(directory, href, MAX_BYTES).map_err(Omission::Unread)
    }

    /// Decodes an image by its magic bytes: names and media types may be wrong.
    fn decode(&self, data: Arc<Vec<u8>>, options: &Options<'_>) -> Result<ImageKind, Omission> {
        let kind = match &data[..] {
            [0x89, b'P', b'N', b'G', ..] => ImageKind::PNG,
            [0xff, 0xd8, 0xff, ..] => ImageKind::JPEG,
            [b'G', b'I', b'F', b'8', ..] => ImageKind::GIF,
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => ImageKind::WEBP,
            _ => return self.svg(&data, options).map(ImageKind::SVG),
        };
        let size = imagesize::blob_size(&data).map_err(|_| Omission::Damaged)?;
        if (size.width as u64).saturating_mul(size.height as u64) > self.max_pixels {
            return Err(Omission::TooLarge);
        }
        Ok(kind(data))
    }

    fn svg(&self, data: &[u8], options: &Options<'_>) -> Result<Tree, Omission> {
        let invalid = |_| Omission::Unknown;
        let text = document::text(data).map_err(invalid)?;
        let document = document::parse(&text).map_err(invalid)?;
        let complexity = references::estimate(&document).map_err(invalid)?;
        let left = |left: u64| left.checked_sub(complexity.weight);
        if complexity.depth > MAX_DEPTH || self.weight.fetch_update(Relaxed, Relaxed, left).is_err()
        {
            return Err(Omission::TooComplex);
        }
        // An embedded SVG may not use files (SVG 2, 5.10.1), nor embed further SVGs.
        let inner = Options {
            dpi: options.dpi,
            font_family: options.font_family.clone(),
            languages: options.languages.clone(),
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, data, options| {
                    let is_raster = !data.trim_ascii_start().starts_with(b"<")
                        && !data.starts_with(&[0x1f, 0x8b]);
                    let decoded = if is_raster {
                        self.decode(data, options)
                    } else {
                        Err(Omission::TooDeep)
                    };
                    self.note("data:", decoded)
                }),
                resolve_string: Box::new(|href, _| self.note(href, Err(Omission::FileInSvg))),
            },
            font_resolver: fonts::resolver(self.fonts, self.font_use),
            fontdb: options.fontdb.clone(),
            ..Options::default()
        };
        Tree::from_xmltree(&document, &inner).map_err(|_| Omission::Invalid)
    }
}
