//! Pictures in a picture: those in the SVG itself, and files, which are refused unless they are in a directory that is given.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use crate::io::confined::read_within;

use super::fonts::{self, Asked, Fonts};
use super::{document, references};

/// A picture in a picture may be nested no deeper, since both are on one stack.
const MAX_DEPTH: u32 = 48;

/// A file or address that was to be drawn and was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// As it stands in the SVG, shortened.
    pub href: String,
    /// Why it was not drawn.
    pub why: &'static str,
}

/// What pictures in a picture may use.
#[derive(Debug)]
pub(super) struct Images<'a> {
    directory: Option<PathBuf>,
    max_pixels: u64,
    fonts: Fonts,
    asked: &'a Asked,
    /// What they may weigh, all together.
    weight: AtomicU64,
    refused: Mutex<Vec<Refused>>,
    /// Whether any came from a file.
    used_files: std::sync::atomic::AtomicBool,
}

impl<'a> Images<'a> {
    pub(super) fn new(
        directory: Option<&Path>,
        max_pixels: u64,
        fonts: Fonts,
        asked: &'a Asked,
    ) -> Images<'a> {
        Images {
            // One that does not exist has nothing in it.
            directory: directory.map(|path| path.canonicalize().unwrap_or_else(|_| path.into())),
            max_pixels,
            fonts,
            asked,
            weight: references::MAX_WEIGHT.into(),
            refused: Mutex::default(),
            used_files: false.into(),
        }
    }

    pub(super) fn resolver(&self) -> ImageHrefResolver<'_> {
        ImageHrefResolver {
            resolve_data: Box::new(|_, data, options| {
                let made = self.picture(data, options);
                self.told("data:", made)
            }),
            resolve_string: Box::new(|href, options| {
                let made = self.file(href).and_then(|data| {
                    self.used_files.store(true, Relaxed);
                    self.picture(Arc::new(data), options)
                });
                self.told(href, made)
            }),
        }
    }

    /// Whether a file decided anything, or was asked for in vain.
    pub(super) fn used_files(&self) -> bool {
        self.used_files.load(Relaxed)
    }

    pub(super) fn into_refused(self) -> Vec<Refused> {
        self.refused
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self, href: &str, made: Result<ImageKind, &'static str>) -> Option<ImageKind> {
        match made {
            Ok(kind) => Some(kind),
            Err(why) => {
                let refused = Refused {
                    href: href.chars().take(200).collect(),
                    why,
                };
                let mut all = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                // One file may be drawn a thousand times.
                if all.len() < 100 && !all.contains(&refused) {
                    all.push(refused);
                }
                None
            }
        }
    }

    /// The bytes of a file in the directory.
    fn file(&self, href: &str) -> Result<Vec<u8>, &'static str> {
        if href.contains("://") || href.starts_with("//") {
            return Err("nothing is fetched");
        }
        let directory = self
            .directory
            .as_ref()
            .ok_or("files are read only from a directory of resources, and none is given")?;
        read_within(directory, href, document::MAX_BYTES).map_err(|refusal| refusal.why())
    }

    /// What the bytes are, by themselves: names and media types may lie.
    fn picture(
        &self,
        data: Arc<Vec<u8>>,
        options: &Options<'_>,
    ) -> Result<ImageKind, &'static str> {
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
        let size = imagesize::blob_size(&data).map_err(|_| "it is no picture that can be read")?;
        if (size.width as u64).saturating_mul(size.height as u64) > self.max_pixels {
            return Err("it has too many pixels");
        }
        Ok(kind(data))
    }

    fn svg(&self, data: &[u8], options: &Options<'_>) -> Result<Tree, &'static str> {
        let refused = |_| "it is no picture that can be read, or too much of one";
        let text = document::text(data).map_err(refused)?;
        let document = document::parse(&text).map_err(refused)?;
        let burden = references::weigh(&document).map_err(refused)?;
        let left = |left: u64| left.checked_sub(burden.weight);
        if burden.depth > MAX_DEPTH || self.weight.fetch_update(Relaxed, Relaxed, left).is_err() {
            return Err("it is too much together with the others");
        }
        // Such a picture may have no files of its own (SVG 2, 5.10.1), and no third one in it.
        let inner = Options {
            dpi: options.dpi,
            font_family: options.font_family.clone(),
            languages: options.languages.clone(),
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, data, options| {
                    let is_raster = !data.trim_ascii_start().starts_with(b"<")
                        && !data.starts_with(&[0x1f, 0x8b]);
                    let made = if is_raster {
                        self.picture(data, options)
                    } else {
                        Err("it is nested too deep")
                    };
                    self.told("data:", made)
                }),
                resolve_string: Box::new(|href, _| {
                    self.told(href, Err("a picture in a picture has no files"))
                }),
            },
            font_resolver: fonts::resolver(self.fonts, self.asked),
            fontdb: options.fontdb.clone(),
            ..Options::default()
        };
        Tree::from_xmltree(&document, &inner).map_err(|_| "it is no picture that can be read")
    }
}
