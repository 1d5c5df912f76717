//! jug: streaming utilities for shell pipelines, one-off log analysis and cron jobs, in one binary.
//!
//! The modules, from the top. A module may import only those that `tests/it/layers/` allows, which are below it:
//!
//! | module | contents |
//! |---|---|
//! | [`cli`] | the root command; completion scripts and man pages, made in memory |
//! | [`commands`] | one file per command: arguments, their meaning, the run |
//! | [`args`] | argument groups that commands share, and the parsers of their values |
//! | [`ui`] | the terminal: warnings, progress, tables, colour |
//! | [`log`] | the engine of `jug log`; engines do not import each other |
//! | [`walk`] | the engine of `jug walk` |
//! | [`follow`] | the engine of `jug follow` |
//! | [`watch`] | the engine of `jug watch` |
//! | [`pie`] | values to a pie chart, as SVG or bars of text |
//! | [`pipe`] | the engine of `jug pipe`: a chain of stages |
//! | [`expr`] | the expression language: read, check, evaluate |
//! | [`group`] | hash groups |
//! | [`mod@format`] | one file per record format, reading and writing |
//! | [`render`] | SVG to pixels to PNG; the font inside |
//! | [`select`] | which paths are selected: globs, types, sizes, times, owners, ignore files |
//! | [`resume`] | where a run stopped: file identity, rotation, state files |
//! | [`dirs`] | directories: descriptors, listings, attributes, owners, mounts |
//! | [`record`] | values, numbers, times |
//! | [`io`] | files, streams, decoders, the cache, signals; the only `unsafe` code |
//! | [`error`], [`exit`], [`observe`] | the error shown to the user, the exit statuses, how engines report |
//! | [`panics`] | panics: recorded without printing |

pub mod args;
pub mod cli;
pub mod commands;
pub mod dirs;
pub mod error;
pub mod exit;
pub mod expr;
pub mod follow;
pub mod format;
pub mod group;
pub mod io;
pub mod log;
pub mod observe;
pub mod panics;
pub mod pie;
pub mod pipe;
pub mod record;
pub mod render;
pub mod resume;
pub mod select;
pub mod ui;
pub mod walk;
pub mod watch;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use commands::Context;
use error::{Error, Kind, Result};
use exit::Exit;
use io::signals;
use io::sink::Sink;
use ui::{Hooks, Ui};

/// Runs the program with its arguments, the first of which is its name. Prints the error if there is one; nothing else does.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let settings = ui::Settings {
        color: cli::color(&args).choice(),
        ..ui::Settings::default()
    };
    guarded(cli::title(&args), settings, || run_command(&args)).into()
}

/// Runs `work`. If it panics, or a thread that it started, prints one message in the name of `command` and fails.
pub fn guarded(command: &'static str, settings: ui::Settings, work: impl FnOnce() -> Exit) -> Exit {
    panics::install();
    let exit = panics::catch(work);
    let Some(panic) = panics::first() else {
        return exit.unwrap_or(Exit::Failed);
    };
    let ui = Ui::new(command, settings, Hooks::default());
    ui.error(&Error::internal(panic));
    Exit::Failed
}

fn run_command(args: &[OsString]) -> Exit {
    let cli = match cli::parse(args) {
        Ok(cli) => cli,
        Err(error) => return show(&error, args),
    };
    let hooks = Hooks {
        stopping: Box::new(io::wait::is_stopping),
        asked: Box::new(signals::take_progress_request),
    };
    let ui = Arc::new(Ui::new(cli.command.title(), cli.global.settings(), hooks));
    let answering = Arc::clone(&ui);
    signals::set_answer(Box::new(move || answering.answer()));
    if let Err(error) = signals::install() {
        ui.warn(&format!("cannot handle signals: {error}"));
    }
    let context = Context {
        ui,
        artifacts: cli::artifacts::all,
    };
    let result = cli.command.run(&context);
    context.ui.finish();
    if panics::first().is_some() {
        return Exit::Failed;
    }
    let exit = match result {
        // A wait was cut short by the end of the reader: a write would have found the closed pipe.
        _ if signals::which().is_none() && io::stdout::was_reader_gone() => {
            killed_by(signals::SIGPIPE)
        }
        Ok(exit) => exit,
        // A signal that cut the run short is not an error.
        Err(_) if signals::which().is_some() => Exit::Failed,
        Err(error) => ended_by(&error, &context.ui),
    };
    match signals::which() {
        Some(signal) => killed_by(signal),
        None => exit,
    }
}

/// Ends the process by the signal; returns the status to use if that fails.
fn killed_by(signal: i32) -> Exit {
    Exit::Signal(signals::die_by(signal).saturating_sub(128))
}

fn ended_by(error: &Error, ui: &Ui) -> Exit {
    if error.kind() == Kind::ClosedPipe {
        return killed_by(signals::SIGPIPE);
    }
    ui.error(error);
    error.exit()
}

/// Prints what the argument parser stopped for: help or the version, which are results, or a usage error.
fn show(error: &clap::Error, args: &[OsString]) -> Exit {
    let title = cli::title(args);
    let settings = ui::Settings {
        color: cli::color(args).choice(),
        ..ui::Settings::default()
    };
    let ui = Ui::new(title, settings, Hooks::default());
    let text = |is_colored: bool| {
        let text = error.render();
        match is_colored {
            true => text.ansi().to_string(),
            false => text.to_string(),
        }
    };
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        ui.raw(&text(ui.messages_are_colored()));
        return Exit::Failed;
    }
    if error.use_stderr() {
        ui.error(&cli::command_line_error(error, title, args));
        return Exit::Failed;
    }
    match print(&text(ui.painter().is_colored())) {
        Ok(()) => Exit::Done,
        Err(error) => ended_by(&error, &ui),
    }
}

fn print(text: &str) -> Result<()> {
    let failed = |error| Error::writing("standard output", error);
    let mut out = Sink::stdout().map_err(failed)?;
    out.write_all(text.as_bytes()).map_err(failed)?;
    out.commit().map_err(failed)
}
