//! `exec`: another program as a stage.

mod ends;
mod running;

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Args};

use crate::expr::literals;
use crate::io::process::{Input, Signal};
use crate::pipe::data::Kind;
use crate::pipe::spec::{Bridge, Example, Family, Opened, Refused, Spec, Work, arguments};

use ends::{Entry, Exit};
use running::{Command, Limits};

/// Run a command, which reads and writes bytes
///
/// The command is started once, without a shell, in a process group of its own. It reads what would be written here: items as
/// lines. As the first stage of a chain without -i it reads jug's own input, unless that is a terminal.
///
/// A status other than 0 ends the chain with that status, once the output has been passed on. The chain goes on if the command
/// takes no more input. The command and what it started are stopped when the chain ends, by a signal, too; only if jug itself is
/// ended by SIGKILL, the command lasts until it reads or writes.
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

    /// Take exit status N for success, too, such as 1 for grep
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    ok_status: Vec<u8>,

    /// Begin the chain with a command that has no input
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
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["sort", "-u"],
            input: "b\na\nb\n",
            output: "a\nb\n",
        },
        Example {
            words: &["--ok-status", "1", "grep", "-c", "error"],
            input: "fine\n",
            output: "0\n",
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
    let command = |input| {
        let limits = Limits {
            time: asked.timeout,
            output: asked.max_output,
            signal: asked.signal,
            ok_status: asked.ok_status.clone(),
        };
        Arc::new(Command::new(asked.words.clone(), input, limits))
    };
    if asked.no_input {
        let source = Exit::new(command(Input::Nothing));
        return Ok(Opened::giving(Kind::Bytes, Work::Source(Box::new(source))));
    }
    let between = command(Input::Pipe);
    let bridge = Bridge {
        exit: Box::new(Exit::new(Arc::clone(&between))),
        entry: Box::new(Entry::new(between)),
    };
    let alone = Exit::new(command(Input::Inherited));
    Ok(Opened::giving(Kind::Bytes, Work::Bridge(bridge)).alone(Box::new(alone)))
}

fn signal(text: &str) -> Result<Signal, String> {
    Signal::parse(text).ok_or_else(|| {
        format!("unknown signal '{text}': expected a name such as TERM or INT, or a number")
    })
}
