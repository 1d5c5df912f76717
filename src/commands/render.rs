//! `jug render`: SVG to PNG.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use clap::{Args, ValueHint};
use rayon::prelude::*;

use super::Context;
use super::shared::picture::Studio;
use crate::args::inputs::Inputs;
use crate::args::picture::Picture;
use crate::args::values;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::sink::{FileOptions, is_same_file};
use crate::io::source::{InputName, read_unpacked};
use crate::observe::Observe as _;
use crate::render::{Fault, MAX_BYTES};
use crate::ui::Ui;
use crate::ui::results::Results;

const EXAMPLES: &str = "\
Examples:
  Draw a picture twice as large
      jug render --scale 2 chart.svg -o chart.png
  Draw what another program writes
      dot -Tsvg graph.dot | jug render > graph.png
  Draw many, on every core
      jug render --width 128 icons/*.svg --dir build
  Show one on the terminal
      jug render chart.svg";

/// Draw SVGs as PNGs
///
/// The same bytes come out on every machine: letters are drawn with a font inside jug, and with the system's only where that
/// one lacks them. Files named in an SVG are not read, unless --resources says where they are; what would take hours or all
/// memory to draw is refused. A picture that was drawn before comes from a cache.
///
/// On a terminal the picture is shown there.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Render {
    #[command(flatten)]
    inputs: Inputs,

    /// Read files that an SVG names, if they are in this directory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Drawing")]
    resources: Option<PathBuf>,

    #[command(flatten)]
    picture: Picture,

    /// Write to a file, whole or not at all
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "dir", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Write a file for each input into a directory, with the ending png
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Output")]
    dir: Option<PathBuf>,

    /// Leave files untouched that would not change
    #[arg(long, help_heading = "Output")]
    if_changed: bool,

    /// How many threads draw [default: one for each core]
    #[arg(short = 'j', long, value_name = "N", value_parser = values::threads, help_heading = "Work")]
    threads: Option<usize>,
}

/// What the arguments mean.
#[derive(Debug, PartialEq)]
enum Intent {
    /// One picture, to a file or standard output.
    One(InputName, Option<PathBuf>),
    /// Pictures with the files they become.
    Many(Vec<(InputName, PathBuf)>),
}

impl Render {
    /// What the arguments mean, for these inputs. Touches no file.
    fn plan(&self, names: Vec<InputName>) -> Result<Intent> {
        if let Some(dir) = &self.dir {
            return places(names, dir).map(Intent::Many);
        }
        let [name] = names.as_slice() else {
            return Err(Error::usage("only one picture can be written at a time")
                .hint("to draw many, say where they go: --dir DIR"));
        };
        let output = self.output.clone().filter(|path| path.as_os_str() != "-");
        if self.if_changed && output.is_none() {
            return Err(Error::usage(
                "--if-changed needs a file: -o FILE or --dir DIR",
            ));
        }
        if let Some(output) = &output
            && let Some(ending) = output.extension().and_then(OsStr::to_str)
            && !ending.eq_ignore_ascii_case("png")
        {
            let message = format!("{}: what is written is a PNG", output.display());
            return Err(Error::usage(message).hint("give the file the ending png, or none"));
        }
        Ok(Intent::One(name.clone(), output))
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let ui = &context.ui;
        let mut options = self.picture.options();
        options.resources.clone_from(&self.resources);
        let intent = self.plan(self.inputs.names()?)?;
        if let Some(dir) = self.dir.as_deref().filter(|dir| !dir.is_dir()) {
            let dir = dir.display();
            return Err(Error::usage(format!("{dir}: there is no such directory"))
                .hint(format!("make it first: mkdir -p {dir}")));
        }
        let studio = Studio::new(&self.picture, options, ui)?;
        match intent {
            Intent::One(name, output) => self.one(&studio, &name, output.as_deref(), ui),
            Intent::Many(places) => self.many(&studio, &places, ui),
        }
    }

    fn one(
        &self,
        studio: &Studio<'_>,
        name: &InputName,
        output: Option<&Path>,
        ui: &Ui,
    ) -> Result<Exit> {
        if *name == InputName::Stdin && ui.stdin_is_terminal() {
            ui.hint("an SVG is read from this terminal: end it with Ctrl-D, or name a file");
        }
        if output.is_none() && ui.stdout_is_terminal() {
            let svg = read(name)?;
            let shown = studio
                .on_terminal(&name.to_string(), &svg)
                .map_err(|fault| refused(name, &fault))?;
            let Some(shown) = shown else {
                return Err(Error::usage(
                    "a PNG does not go to a terminal, and this one shows no colours",
                )
                .hint("write it to a file: -o FILE"));
            };
            let mut out = Results::open(None, FileOptions::default())?;
            out.put_own(shown.as_bytes())?;
            out.close()?;
            return Ok(Exit::Done);
        }
        self.draw(studio, name, output)
    }

    /// Draws one picture into a file or to standard output.
    fn draw(&self, studio: &Studio<'_>, name: &InputName, output: Option<&Path>) -> Result<Exit> {
        if let Some(output) = output.filter(|output| is_same_file(name, output)) {
            let message = format!("{}: the picture would overwrite its SVG", output.display());
            return Err(Error::usage(message));
        }
        let svg = read(name)?;
        let png = studio
            .png(&name.to_string(), &svg)
            .map_err(|fault| refused(name, &fault))?;
        let Some(png) = png else {
            return Ok(Exit::No);
        };
        let options = FileOptions {
            if_changed: self.if_changed,
        };
        let mut out = Results::open(output, options)?;
        out.put_own(&png)?;
        out.close()?;
        Ok(Exit::Done)
    }

    /// Draws all that can be drawn.
    fn many(&self, studio: &Studio<'_>, places: &[(InputName, PathBuf)], ui: &Ui) -> Result<Exit> {
        let (drawn, missed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            places.par_iter().for_each(|(name, output)| {
                if ui.stopping() {
                    return;
                }
                match self.draw(studio, name, Some(output)) {
                    Ok(Exit::No) => missed.fetch_add(1, Relaxed),
                    Ok(_) => drawn.fetch_add(1, Relaxed),
                    Err(error) => {
                        ui.missed_error(&error);
                        0
                    }
                };
            });
        };
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.unwrap_or(0))
            .build()
            .map_err(|error| Error::input("threads").caused_by(error))?
            .install(work);
        ui.finish();
        Ok(
            match (ui.is_incomplete(), drawn.into_inner(), missed.into_inner()) {
                (true, 0, _) => Exit::Failed,
                (true, ..) => Exit::Incomplete,
                (false, _, 0) => Exit::Done,
                (false, ..) => Exit::No,
            },
        )
    }
}

/// The file in `dir` that each input becomes.
fn places(names: Vec<InputName>, dir: &Path) -> Result<Vec<(InputName, PathBuf)>> {
    let mut taken = BTreeMap::new();
    for name in names {
        let InputName::Path(path) = &name else {
            return Err(
                Error::usage("standard input has no name for a file in --dir")
                    .hint("write it with -o FILE"),
            );
        };
        let Some(stem) = path.file_name() else {
            return Err(Error::usage(format!("{name}: this is no file")));
        };
        let output = dir.join(stem).with_extension("png");
        if let Some(other) = taken.insert(output.clone(), name.clone()) {
            let message = format!("{other} and {name} would both become {}", output.display());
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

fn refused(name: &InputName, fault: &Fault) -> Error {
    let hint = match fault {
        Fault::TooLarge { .. } => Some("--max-pixels sets the limit"),
        _ => None,
    };
    // A fault's own causes are in its words already.
    let error = Error::input(format!("{name}: {fault}"));
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
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

    fn planned(words: &[&str]) -> std::result::Result<Intent, String> {
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
    fn arguments_mean_what_they_say() {
        assert_eq!(planned(&[]), Ok(Intent::One(InputName::Stdin, None)));
        assert_eq!(
            planned(&["a.svg", "-o", "-"]),
            Ok(Intent::One(path("a.svg"), None))
        );
        assert_eq!(
            planned(&["b/x.svg", "a.svgz", "--dir", "out"]),
            Ok(Intent::Many(vec![
                (path("a.svgz"), "out/a.png".into()),
                (path("b/x.svg"), "out/x.png".into()),
            ]))
        );
    }

    #[test]
    fn contradictions_are_refused() {
        for (words, message) in [
            (&["a.svg", "b.svg"][..], "only one picture"),
            (
                &["a/x.svg", "b/x.svg", "--dir", "d"],
                "a/x.svg and b/x.svg would both become d/x.png",
            ),
            (&["-", "--dir", "d"], "standard input has no name"),
            (&["..", "--dir", "d"], "..: this is no file"),
            (&["a.svg", "-o", "a.jpg"], "a.jpg: what is written is a PNG"),
            (&["a.svg", "--if-changed"], "--if-changed needs a file"),
            (&["a.svg", "-o", "x", "--dir", "d"], "cannot be used with"),
            (&["--width", "0"], "no number of pixels"),
        ] {
            let error = planned(words).unwrap_err();
            assert!(error.contains(message), "{words:?}: {error}");
        }
    }
}
