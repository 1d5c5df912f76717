//! Which stages were asked for: on the command line, in a job file; or help about them.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;

use super::{Pipe, mistakes};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::source::{self, InputName};
use crate::pipe::chain;
use crate::pipe::spec::Spec;
use crate::pipe::stages::STAGES;
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
        return Ok(Request::Show(list()));
    }
    if let Some(file) = &pipe.file {
        return read_job(file).map(Request::Run);
    }
    match pipe.words.as_slice() {
        [] => Err(mistakes::nothing()),
        [word] if word == "help" => Ok(Request::Show(list())),
        [word, name] if word == "help" => match chain::find(name) {
            Some(spec) => Ok(Request::Show(help(spec))),
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

/// All stages by family, a line for each.
fn list() -> String {
    let mut stages = STAGES.to_vec();
    stages.sort_by_key(|spec| spec.family);
    let width = stages.iter().map(|spec| spec.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut family = None;
    for spec in stages {
        if family != Some(spec.family) {
            let gap = if family.is_some() { "\n" } else { "" };
            let _ = writeln!(text, "{gap}{}:", spec.family.title());
            family = Some(spec.family);
        }
        let _ = writeln!(text, "  {:width$}  {}", spec.name, spec.summary);
    }
    text
}

/// The help of a stage, with its first examples.
fn help(spec: &Spec) -> String {
    let shown = spec
        .examples
        .iter()
        .filter(|example| !example.output.contains('\0'));
    let examples = shown
        .take(2)
        .fold(String::from("Examples:"), |text, example| {
            let output = example.output.trim_end().replace('\n', "\n      ");
            format!("{text}\n  $ {}\n      {output}", example.command(spec.name))
        });
    let mut command = chain::command(spec)
        .after_long_help(examples)
        .term_width(100);
    command.render_long_help().to_string()
}

/// Prints text as a result.
pub(super) fn show(text: &str) -> Result<Exit> {
    let mut out = Results::open(None, crate::io::sink::FileOptions::default())?;
    out.put_own(text.as_bytes())?;
    out.close()?;
    Ok(Exit::Done)
}
