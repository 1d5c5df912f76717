//! `tee`: copies of the stream in files, written as it comes.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, ValueHint};

use crate::error::Plain;
use crate::io::sink::{Durability, FileOptions, Mode, Sink};
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Tee {
    /// Add to the end of each FILE instead of replacing what it has
    #[arg(short, long)]
    append: bool,

    /// The files; pipes and devices too
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    files: Vec<OsString>,
}

pub(super) static SPEC: Spec = Spec {
    name: "tee",
    summary: "Copy everything to files as it comes, and pass it on",
    family: Family::Flow,
    define: Tee::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[Example {
        words: &["/dev/null", "+", "upper"],
        input: "a\n",
        output: "A\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Tee>(matches);
    let mode = match asked.append {
        true => Mode::Append,
        false => Mode::InPlace,
    };
    let paths = asked.files.iter().map(|file| super::output_file(file));
    let paths = paths.collect::<Result<Vec<PathBuf>, Refused>>()?;
    let work = Work::Step(Box::new(Copies {
        waiting: paths.clone(),
        mode,
        open: Vec::new(),
    }));
    Ok(Opened::same(work).writing(paths))
}

struct Copies {
    waiting: Vec<PathBuf>,
    mode: Mode,
    /// The files that can still be written.
    open: Vec<(PathBuf, Sink)>,
}

impl Copies {
    /// Does something with each file. One that fails is reported, and left alone from then on.
    fn each(
        &mut self,
        out: &dyn Out,
        mut act: impl FnMut(&mut Sink) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut result = Ok(());
        self.open.retain_mut(|(path, sink)| match act(sink) {
            Ok(()) => true,
            // A signal asked to stop, and the reader takes nothing.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                result = Err(Failure::of_kind(
                    FailureKind::Stopped,
                    "the run was stopped",
                ));
                true
            }
            Err(error) => {
                let message = incomplete(path, &error);
                out.shared().missed(out.part(), &message);
                false
            }
        });
        result
    }
}

fn incomplete(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    format!("{path}: the copy is incomplete: {}", Plain(error))
}

impl Step for Copies {
    fn start(&mut self, _shared: &Shared<'_>) -> Result<(), Failure> {
        let options = FileOptions {
            mode: self.mode,
            durability: Durability::Unsynced,
        };
        for path in self.waiting.drain(..) {
            let sink =
                Sink::file(&path, options).map_err(|error| super::unwritable(&path, &error))?;
            self.open.push((path, sink));
        }
        Ok(())
    }

    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        self.each(out, |sink| {
            sink.write_all(data.written())?;
            sink.flush()
        })?;
        out.put(data)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        for (path, sink) in self.open.drain(..) {
            if let Err(error) = sink.commit() {
                out.shared().missed(out.part(), incomplete(&path, &error));
            }
        }
        Ok(())
    }

    fn drains(&self) -> bool {
        !self.open.is_empty()
    }
}
