//! `jug render`: convert SVG to PNG.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use clap::{Args, ValueHint};
use rayon::prelude::*;

use super::context::Context;
use super::shared::ending::Ending;
use super::shared::image::Renderer;
use super::shared::inputs::{hint_at_terminal, refuse_overwriting};
use crate::args::common::Threads;
use crate::args::image::ImageArgs;
use crate::args::inputs::Inputs;
use crate::args::output_file::OutputFile;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::sink::{Durability, FileOptions};
use crate::io::source::{InputName, read_unpacked};
use crate::observe::Observe as _;
use crate::render::{MAX_BYTES, RenderError};
use crate::ui::Ui;
use crate::ui::results::Results;

const EXAMPLES: &str = "\
Examples:
  Draw an SVG at twice its size
      jug render --scale 2 chart.svg -o chart.png
  Convert the output of another program
      dot -Tsvg graph.dot | jug render > graph.png
  Convert many files on all cores
      jug render --width 128 icons/*.svg --dir build
  Show an SVG on the terminal
      jug render chart.svg";

/// Convert SVG to PNG
///
/// The output is the same on every machine: text uses a font embedded in jug, and the system's fonts only for glyphs that it
/// lacks. External files are loaded only from --resources. SVGs that would take hours or all memory to draw are rejected. Images
/// are cached: see jug cache.
///
/// On a terminal the image is shown there.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, mut_arg("output", |arg| arg.help("Write to FILE atomically")))]
pub struct Render {
    #[command(flatten)]
    inputs: Inputs,

    /// Load files that an SVG refers to from DIR
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Drawing")]
    resources: Option<PathBuf>,

    #[command(flatten)]
    image: ImageArgs,

    #[command(flatten)]
    output: OutputFile,

    /// Write a PNG for each input into DIR
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, group = "destination", help_heading = "Output")]
    dir: Option<PathBuf>,

    #[command(flatten)]
    threads: Threads,
}

/// What the arguments mean.
#[derive(Debug, PartialEq)]
enum Plan {
    /// One image, to a file or standard output.
    One(InputName, Option<PathBuf>),
    /// Inputs with their output files.
    Many(Vec<(InputName, PathBuf)>),
}

impl Render {
    /// What the arguments mean, for these inputs. Does no I/O.
    fn plan(&self, names: Vec<InputName>) -> Result<Plan> {
        if let Some(dir) = &self.dir {
            return output_files(names, dir).map(Plan::Many);
        }
        let [name] = names.as_slice() else {
            return Err(Error::usage("several images need a directory")
                .hint("write them to a directory: --dir DIR"));
        };
        let output = self.output.path();
        if let Some(output) = output
            && let Some(extension) = output.extension().and_then(OsStr::to_str)
            && !extension.eq_ignore_ascii_case("png")
        {
            let message = format!("{}: unknown extension: expected png", output.display());
            return Err(Error::usage(message).hint("use the extension png, or none"));
        }
        Ok(Plan::One(name.clone(), output.map(Path::to_owned)))
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let ui = &context.ui;
        let mut options = self.image.options();
        options.resources.clone_from(&self.resources);
        let plan = self.plan(self.inputs.names()?)?;
        if let Some(dir) = self.dir.as_deref().filter(|dir| !dir.is_dir()) {
            let dir = dir.display();
            return Err(Error::usage(format!("{dir}: no such directory"))
                .hint(format!("create it first: mkdir -p {dir}")));
        }
        let renderer = Renderer::new(&self.image, options, ui)?;
        match plan {
            Plan::One(name, output) => self.one(&renderer, &name, output.as_deref(), ui),
            Plan::Many(files) => self.many(&renderer, &files, ui),
        }
    }

    fn one(
        &self,
        renderer: &Renderer<'_>,
        name: &InputName,
        output: Option<&Path>,
        ui: &Ui,
    ) -> Result<Exit> {
        hint_at_terminal(name, "an SVG", "name a file", ui);
        if output.is_some() || !ui.stdout_is_terminal() {
            let (exit, withheld) = self.draw(renderer, name, output)?;
            let ending = Ending {
                is_quiet: false,
                has_results: exit == Exit::Done,
                withheld: withheld.as_deref(),
            };
            return Ok(match ending.finish(ui) {
                Exit::Done => exit,
                other => other,
            });
        }
        let mut results = Results::open(None, FileOptions::default())?;
        let image = renderer
            .on_terminal(&name.to_string(), &read(name)?)
            .map_err(|error| render_error(name, &error))?;
        let Some(image) = image else {
            return Err(
                Error::usage("a PNG cannot be written to a terminal without colours")
                    .hint("write it to a file: -o FILE"),
            );
        };
        results.put_own(image.as_bytes())?;
        results.close()?;
        Ok(Exit::Done)
    }

    /// Draws one image into a file or to standard output. Returns the output file if it was not replaced.
    fn draw(
        &self,
        renderer: &Renderer<'_>,
        name: &InputName,
        output: Option<&Path>,
    ) -> Result<(Exit, Option<String>)> {
        refuse_overwriting(std::slice::from_ref(name), output)?;
        let mut results = Results::open(output, self.output.options(Durability::Unsynced))?;
        let png = renderer
            .png(&name.to_string(), &read(name)?)
            .map_err(|error| render_error(name, &error))?;
        let Some(png) = png else {
            return Ok((Exit::No, None));
        };
        results.put_own(&png)?;
        Ok((Exit::Done, results.close()?))
    }

    /// Draws all images that can be drawn, and reports the others.
    fn many(
        &self,
        renderer: &Renderer<'_>,
        files: &[(InputName, PathBuf)],
        ui: &Ui,
    ) -> Result<Exit> {
        let (drawn, uncached) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            files.par_iter().for_each(|(name, output)| {
                if ui.stopping() {
                    return;
                }
                match self.draw(renderer, name, Some(output)) {
                    Ok((Exit::No, _)) => uncached.fetch_add(1, Relaxed),
                    Ok(_) => drawn.fetch_add(1, Relaxed),
                    Err(error) => {
                        ui.missed_error(&error);
                        0
                    }
                };
            });
        };
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.count.unwrap_or(0))
            .build()
            .map_err(|error| Error::input("could not start worker threads").caused_by(error))?
            .install(work);
        let (drawn, uncached) = (drawn.into_inner(), uncached.into_inner());
        let ending = Ending {
            is_quiet: false,
            has_results: drawn > 0,
            withheld: None,
        };
        Ok(match (ending.finish(ui), drawn, uncached) {
            (Exit::Incomplete, 0, _) => Exit::Failed,
            (Exit::Done, _, 1..) => Exit::No,
            (exit, ..) => exit,
        })
    }
}

/// Each input with its output file in `dir`.
fn output_files(names: Vec<InputName>, dir: &Path) -> Result<Vec<(InputName, PathBuf)>> {
    let mut taken = BTreeMap::new();
    for name in names {
        let InputName::Path(path) = &name else {
            return Err(Error::usage("--dir needs named files, not standard input")
                .hint("write standard input with -o FILE"));
        };
        let Some(stem) = path.file_name() else {
            return Err(Error::usage(format!("{name}: not a file")));
        };
        let output = dir.join(stem).with_extension("png");
        if let Some(other) = taken.insert(output.clone(), name.clone()) {
            let message = format!(
                "{other} and {name} would both be written to {}",
                output.display()
            );
            return Err(Error::usage(message));
        }
    }
    Ok(taken
        .into_iter()
        .map(|(output, name)| (name, output))
        .collect())
}

fn read(name: &InputName) -> Result<Vec<u8>> {
    read_unpacked(name, MAX_BYTES).map_err(|error| Error::input(name.to_string()).caused_by(error))
}

fn render_error(name: &InputName, error: &RenderError) -> Error {
    // The message of a render error contains its causes.
    let message = Error::input(format!("{name}: {error}"));
    match error {
        RenderError::TooLarge { .. } => message.hint("--max-pixels sets the limit"),
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        render: Render,
    }

    fn planned(words: &[&str]) -> std::result::Result<Plan, String> {
        let line = Line::try_parse_from(std::iter::once(&"jug").chain(words))
            .map_err(|error| error.to_string())?;
        line.render
            .plan(line.render.inputs.names().expect("no list"))
            .map_err(|error| error.to_string())
    }

    fn path(path: &str) -> InputName {
        InputName::Path(path.into())
    }

    #[test]
    fn inputs_are_planned_with_their_outputs() {
        assert_eq!(planned(&[]), Ok(Plan::One(InputName::Stdin, None)));
        assert_eq!(
            planned(&["a.svg", "-o", "-"]),
            Ok(Plan::One(path("a.svg"), None))
        );
        assert_eq!(
            planned(&["b/x.svg", "a.svgz", "--dir", "out"]),
            Ok(Plan::Many(vec![
                (path("a.svgz"), "out/a.png".into()),
                (path("b/x.svg"), "out/x.png".into()),
            ]))
        );
    }

    #[test]
    fn contradictions_are_rejected() {
        for (words, message) in [
            (&["a.svg", "b.svg"][..], "several images need a directory"),
            (
                &["a/x.svg", "b/x.svg", "--dir", "d"],
                "a/x.svg and b/x.svg would both be written to d/x.png",
            ),
            (&["-", "--dir", "d"], "--dir needs named files"),
            (&["..", "--dir", "d"], "..: not a file"),
            (
                &["a.svg", "-o", "a.jpg"],
                "a.jpg: unknown extension: expected png",
            ),
            (&["a.svg", "--if-changed"], "arguments were not provided"),
            (&["a.svg", "-o", "x", "--dir", "d"], "cannot be used with"),
            (&["--width", "0"], "invalid number of pixels"),
        ] {
            let error = planned(words).unwrap_err();
            assert!(error.contains(message), "{words:?}: {error}");
        }
    }
}
