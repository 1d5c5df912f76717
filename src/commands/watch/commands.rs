//! Runs commands as the state machine of [`crate::watch::runs`] says, and reports how they end.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::time::{Duration, Instant};

use super::Watch;
use super::ends::End;
use super::flags::ExitOn;
use super::output::Output;
use crate::error::{Error, Plain, Result};
use crate::exit::Exit;
use crate::io::keys::Keys;
use crate::io::process::{self, Process, Reader};
use crate::io::wait::Interest;
use crate::ui::{Ui, units};
use crate::watch::runs::{Action, Policy, Runs};

/// The commands of a run.
pub(super) struct Commands<'a> {
    watch: &'a Watch,
    ui: &'a Ui,
    runs: Runs,
    running: Vec<Running>,
    keys: Option<Keys>,
}

/// A command that runs.
struct Running {
    number: u64,
    process: Process,
    output: Option<Reader>,
    /// How many bytes it may still print.
    left: u64,
    is_too_long: bool,
    started: Instant,
    about: String,
}

impl<'a> Commands<'a> {
    pub(super) fn new(watch: &'a Watch, policy: &Policy, ui: &'a Ui) -> Commands<'a> {
        let takes_keys = !watch.command.is_empty() && ui.stderr_is_terminal();
        Commands {
            watch,
            ui,
            runs: Runs::new(*policy),
            running: Vec::new(),
            keys: takes_keys.then(Keys::open).flatten(),
        }
    }

    /// A path has changed.
    pub(super) fn change(&mut self, path: &[u8], now: Instant) {
        if !self.watch.command.is_empty() {
            self.runs.change(path, now);
        }
    }

    /// Runs the command, whether something has changed or not.
    pub(super) fn ask(&mut self) {
        self.runs.ask();
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.runs.deadline()
    }

    pub(super) fn interests(&self) -> Vec<Interest<'_>> {
        let processes = self.running.iter().map(|run| Interest::read(&run.process));
        let outputs = self.running.iter().filter_map(|run| run.output.as_ref());
        let keys = self.keys.iter().map(Interest::read);
        processes
            .chain(outputs.map(Interest::read))
            .chain(keys)
            .collect()
    }

    /// Does what is to be done now. Returns how the run ends, if it does.
    pub(super) fn act(&mut self, output: &mut Output<'_>) -> Result<Option<End>> {
        self.read_keys();
        self.read_outputs(output)?;
        while let Some(at) = self.running.iter().position(|run| run.process.has_exited()) {
            let run = self.running.remove(at);
            if let Some(end) = self.ended(run, output)? {
                return Ok(Some(end));
            }
        }
        while let Some(action) = self.runs.next(Instant::now()) {
            match action {
                Action::Start(number, paths) => {
                    if let Some(end) = self.start(number, &paths, output)? {
                        return Ok(Some(end));
                    }
                }
                Action::Stop(number) => self.signal(number, self.watch.stop_signal),
                Action::Kill(number) => self.signal(number, process::Signal::KILL),
                Action::Send(number, signal) => self.signal(number, signal),
                Action::Guard(pause, paths) => {
                    let paths: Vec<_> = paths
                        .iter()
                        .take(3)
                        .map(|path| String::from_utf8_lossy(path))
                        .collect();
                    let seconds = pause.as_secs();
                    self.ui.warn(&format!(
                        "the command causes its own runs by changing {}; the next run waits {seconds} s",
                        paths.join(", ")
                    ));
                }
            }
        }
        Ok(None)
    }

    fn signal(&self, number: u64, signal: process::Signal) {
        if let Some(run) = self.running.iter().find(|run| run.number == number) {
            run.process.signal(signal);
            run.process.signal(process::Signal::CONT);
        }
    }

    fn read_keys(&mut self) {
        if let Some(keys) = &self.keys
            && let Ok(pressed) = keys.read()
            && pressed.iter().any(|key| b"\r\n ".contains(key))
        {
            self.runs.ask();
        }
    }

    /// Passes on what commands print, up to the limit.
    fn read_outputs(&mut self, output: &mut Output<'_>) -> Result<()> {
        for run in &mut self.running {
            run.pass_on(output, self.watch.stop_signal)?;
        }
        Ok(())
    }

    fn start(
        &mut self,
        number: u64,
        paths: &[Vec<u8>],
        output: &mut Output<'_>,
    ) -> Result<Option<End>> {
        if self.watch.clear && self.ui.stderr_is_terminal() {
            self.ui.raw("\x1b[H\x1b[2J\x1b[3J");
        }
        let words = words(&self.watch.command, paths);
        let input = self.watch.stdin.then(|| {
            let ended = paths
                .iter()
                .flat_map(|path| path.iter().copied().chain([0]));
            ended.collect::<Vec<u8>>()
        });
        let to = match (self.watch.max_output, self.watch.ndjson) {
            (Some(_), _) => process::Output::Pipe,
            (None, true) => process::Output::Messages,
            (None, false) => process::Output::Results,
        };
        match process::start(&words, input.as_deref(), to) {
            Ok((process, reader)) => {
                let members = format!(
                    ",\"run\":{number},\"pid\":{},\"paths\":{}",
                    process.number(),
                    paths.len()
                );
                output.status("run_start", &members)?;
                output.flush()?;
                self.running.push(Running {
                    number,
                    process,
                    output: reader,
                    left: self.watch.max_output.unwrap_or(u64::MAX),
                    is_too_long: false,
                    started: Instant::now(),
                    about: about(paths),
                });
                Ok(None)
            }
            Err(error) => {
                let name = words.first().cloned().unwrap_or_default();
                let message = format!("{}: {}", name.display(), Plain(error.error()));
                Err(Error::input(message).ending(Exit::Command(error.status())))
            }
        }
    }

    fn ended(&mut self, mut run: Running, output: &mut Output<'_>) -> Result<Option<End>> {
        // Before it is waited for: then its number is still its own.
        run.process.signal(process::Signal::KILL);
        run.pass_on(output, self.watch.stop_signal)?;
        let failed = |error| Error::input("waiting for the command").caused_by(error);
        let status = run.process.status().map_err(failed)?;
        let now = Instant::now();
        let is_late = self.runs.ended(run.number, now);
        let code = match status {
            _ if is_late => Exit::TimedOut.code(),
            Some(_) if run.is_too_long => Exit::Failed.code(),
            Some(status) => status.code(),
            None => Exit::Failed.code(),
        };
        if is_late {
            let limit = self.watch.cmd_timeout.unwrap_or_default();
            let limit = units::duration(limit);
            self.ui.warn(&format!(
                "the command was stopped: it ran for more than {limit}"
            ));
        }
        if run.is_too_long {
            let limit = units::bytes(self.watch.max_output.unwrap_or_default());
            self.ui.warn(&format!(
                "the command was stopped: it printed more than {limit}"
            ));
        }
        let took = now.saturating_duration_since(run.started);
        let signal = status.and_then(process::Ended::signal);
        let how = match signal {
            Some(signal) => format!("\"signal\":{signal}"),
            None => format!("\"code\":{code}"),
        };
        let members = format!(",\"run\":{},{how},\"ms\":{}", run.number, took.as_millis());
        output.status("run_end", &members)?;
        output.flush()?;
        if self.ui.stderr_is_terminal() {
            self.ui.raw(&line(code, took, &run.about));
        }
        let is_wanted = match self.watch.exit_on {
            Some(ExitOn::Fail) => code != 0,
            Some(ExitOn::Ok) => code == 0,
            None => false,
        };
        Ok((is_wanted || self.watch.once).then_some(End::Command(code)))
    }

    /// Ends all commands, with everything in their process groups.
    pub(super) fn end_all(&mut self) {
        for run in &self.running {
            run.process.signal(self.watch.stop_signal);
        }
        for run in self.running.drain(..) {
            run.process.end(self.watch.stop_signal);
        }
    }
}

impl Running {
    /// Passes on what it prints, up to the limit.
    fn pass_on(&mut self, output: &mut Output<'_>, signal: process::Signal) -> Result<()> {
        let mut buffer = vec![0; BLOCK];
        // A bounded number of blocks, so that changes and signals are seen in between.
        for _ in 0..BLOCKS {
            let Some(reader) = &mut self.output else {
                break;
            };
            let read = reader.read(&mut buffer);
            let failed = |error| Error::input("reading from the command").caused_by(error);
            match read.map_err(failed)? {
                None => break,
                Some(0) => self.output = None,
                Some(count) => {
                    let most = usize::try_from(self.left).unwrap_or(usize::MAX);
                    output.copy(&buffer[..count.min(most)])?;
                    self.left = self.left.saturating_sub(count as u64);
                    if count > most && !self.is_too_long {
                        self.is_too_long = true;
                        self.process.end(signal);
                        self.output = None;
                    }
                }
            }
        }
        Ok(())
    }
}

/// How much is read of a command at once, in bytes, and how often.
const BLOCK: usize = 64 << 10;
const BLOCKS: usize = 16;

/// The command with paths where `{}` stands.
fn words(command: &[OsString], paths: &[Vec<u8>]) -> Vec<OsString> {
    let mut words = Vec::with_capacity(command.len() + paths.len());
    for word in command {
        let bytes = word.as_bytes();
        if bytes == b"{}" {
            words.extend(paths.iter().cloned().map(OsString::from_vec));
        } else if let ([path], Some(_)) = (paths, memchr::memmem::find(bytes, b"{}")) {
            let mut word = Vec::with_capacity(bytes.len() + path.len());
            let mut from = 0;
            for at in memchr::memmem::find_iter(bytes, b"{}") {
                word.extend_from_slice(&bytes[from..at]);
                word.extend_from_slice(path);
                from = at + 2;
            }
            word.extend_from_slice(&bytes[from..]);
            words.push(OsString::from_vec(word));
        } else {
            words.push(word.clone());
        }
    }
    words
}

/// What a run is about: its only path, or how many there are.
fn about(paths: &[Vec<u8>]) -> String {
    match paths {
        [] => "no change".to_owned(),
        [path] => crate::ui::escape::escape(path).into_owned(),
        paths => format!("{} paths", paths.len()),
    }
}

/// The line after a run, on a terminal.
fn line(code: u8, took: Duration, about: &str) -> String {
    format!("[exit {code} · {:.1} s · {about}]\n", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_take_the_place_of_braces() {
        let command: Vec<OsString> = ["cp", "{}", "to"].map(OsString::from).to_vec();
        let paths = [b"a b".to_vec(), b"c".to_vec()];
        assert_eq!(words(&command, &paths), ["cp", "a b", "c", "to"]);
        assert_eq!(words(&command, &[]), ["cp", "to"]);
        let command: Vec<OsString> = ["x", "--in={}.z"].map(OsString::from).to_vec();
        assert_eq!(words(&command, &paths[..1]), ["x", "--in=a b.z"]);
    }

    #[test]
    fn a_run_is_one_line() {
        let took = Duration::from_millis(420);
        let about = about(&[b"src/main.rs".to_vec()]);
        assert_eq!(line(1, took, &about), "[exit 1 · 0.4 s · src/main.rs]\n");
    }
}
