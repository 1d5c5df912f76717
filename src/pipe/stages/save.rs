//! `save`: a copy of the stream in a file, which is replaced when the whole chain has ended well.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{ArgMatches, Args, ValueHint};

use crate::io::sink::{Durability, FileOptions, Mode, Sink};
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Save {
    /// Fail if FILE exists
    #[arg(long)]
    exclusive: bool,

    /// The file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: OsString,
}

pub(super) static SPEC: Spec = Spec {
    name: "save",
    summary: "Keep a copy in a file, which is replaced only if the whole chain succeeds",
    family: Family::Flow,
    define: Save::augment_args,
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
    let asked = arguments::<Save>(matches);
    let path = super::output_file(&asked.file)?;
    let mode = match asked.exclusive {
        true => Mode::Exclusive,
        false => Mode::Replace,
    };
    let work = Work::Step(Box::new(Saved {
        path: path.clone(),
        mode,
        sink: None,
    }));
    Ok(Opened::same(work).writing(vec![path]))
}

struct Saved {
    path: PathBuf,
    mode: Mode,
    sink: Option<Sink>,
}

impl Step for Saved {
    fn start(&mut self, _shared: &Shared<'_>) -> Result<(), Failure> {
        let options = FileOptions {
            mode: self.mode,
            durability: Durability::Synced,
        };
        let sink = Sink::file(&self.path, options);
        self.sink = Some(sink.map_err(|error| super::unwritable(&self.path, &error))?);
        Ok(())
    }

    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        if let Some(sink) = &mut self.sink {
            let written = sink.write_all(data.written());
            written.map_err(|error| super::unwritable(&self.path, &error))?;
        }
        out.put(data)
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        let Some(sink) = &mut self.sink else {
            return Ok(());
        };
        let flushed = sink.flush();
        flushed.map_err(|error| super::unwritable(&self.path, &error))
    }

    fn commit(&mut self) -> Result<(), Failure> {
        let Some(sink) = self.sink.take() else {
            return Ok(());
        };
        let committed = sink.commit();
        committed.map_err(|error| super::unwritable(&self.path, &error))
    }

    fn drains(&self) -> bool {
        true
    }
}
