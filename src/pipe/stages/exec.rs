//! `exec`: another program as a stage.

mod ends;
mod running;

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Args};

use crate::expr::literals;
use crate::io::process::Signal;
use crate::pipe::data::Kind;
use crate::pipe::spec::{Bridge, Example, Family, Opened, Refused, Spec, Work, arguments};

use ends::{Entry, Exit};
use running::{Command, Limits};

#[derive(Args)]
struct Exec {
    /// Stop the command and fail with status 124 if it takes longer than DURATION
    #[arg(long, value_name = "DURATION", value_parser = literals::duration)]
    timeout: Option<Duration>,

    /// Stop the command and fail if it writes more than SIZE bytes
    #[arg(long, value_name = "SIZE", value_parser = literals::size)]
    max_output: Option<u64>,

    /// Stop the command with SIGNAL, and a second later with KILL
    #[arg(long, value_name = "SIGNAL", default_value = "TERM", value_parser = signal)]
    signal: Signal,

    /// Begin the chain: the command has no input
    #[arg(long)]
    no_input: bool,

    /// The command and its arguments
    #[arg(
        value_name = "CMD",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    words: Vec<OsString>,
}

pub(super) static SPEC: Spec = Spec {
    name: "exec",
    summary: "Run a command, which reads and writes bytes",
    family: Family::Flow,
    define: Exec::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["sort", "-u"],
            input: "b\na\nb\n",
            output: "a\nb\n",
        },
        Example {
            words: &["--no-input", "echo", "hello", "+", "upper"],
            input: "",
            output: "HELLO\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Exec>(matches);
    let limits = Limits {
        time: asked.timeout,
        output: asked.max_output,
        signal: asked.signal,
    };
    let command = Arc::new(Command::new(asked.words, !asked.no_input, limits));
    let exit = Box::new(Exit::new(Arc::clone(&command)));
    let work = match asked.no_input {
        true => Work::Source(exit),
        false => Work::Bridge(Bridge {
            entry: Box::new(Entry::new(command)),
            exit,
        }),
    };
    Ok(Opened::giving(Kind::Bytes, work))
}

fn signal(text: &str) -> Result<Signal, String> {
    Signal::parse(text).ok_or_else(|| {
        format!("unknown signal '{text}': expected a name such as TERM or INT, or a number")
    })
}
