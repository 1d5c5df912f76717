//! Which stages were asked for: on the command line, in a job file; or help about them.

use std::ffi::{OsStr, OsString};

use super::{Pipe, help, mistakes};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::source::{self, InputName};
use crate::pipe::chain;
use crate::pipe::words::job;
use crate::ui::results::Results;

/// The longest job file that is read, in bytes.
const LONGEST_JOB: usize = 1 << 20;

/// What was asked for.
pub(super) enum Request {
    /// Print this text.
    Show(String),
    /// Run these words.
    Run(Vec<OsString>),
}

/// What a command line asks for.
pub(super) fn request(pipe: &Pipe) -> Result<Request> {
    if pipe.list {
        return Ok(Request::Show(help::list()));
    }
    if let Some(file) = &pipe.file {
        return read_job(file).map(Request::Run);
    }
    match pipe.words.as_slice() {
        [] => Err(mistakes::nothing()),
        [word] if word == "help" => Ok(Request::Show(help::list())),
        [word, name] if word == "help" => match chain::find(name) {
            Some(spec) => Ok(Request::Show(help::stage(spec))),
            None => Err(mistakes::unknown(name, None)),
        },
        words => Ok(Request::Run(words.to_vec())),
    }
}

fn read_job(file: &OsStr) -> Result<Vec<OsString>> {
    let name = InputName::from_arg(file.to_owned());
    let failed = |error| Error::input(name.to_string()).caused_by(error);
    let text = source::read_whole(&name, LONGEST_JOB).map_err(failed)?;
    if text.len() > LONGEST_JOB {
        return Err(Error::usage(format!(
            "{name}: a job file is at most 1 MiB long"
        )));
    }
    let words = job(&text).map_err(|error| Error::usage(format!("{name}: {error}")))?;
    match words.is_empty() {
        true => Err(Error::usage(format!("{name}: no stage in the job file"))),
        false => Ok(words),
    }
}

/// Prints text as a result.
pub(super) fn show(text: &str) -> Result<Exit> {
    let mut out = Results::open(None, crate::io::sink::FileOptions::default())?;
    out.put_own(text.as_bytes())?;
    out.close()?;
    Ok(Exit::Done)
}
