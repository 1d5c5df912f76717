//! `jug watch` as a process: no change is lost, whatever happens, and commands run when they should. Nothing here waits for a time
//! to pass: records and files are awaited, each with a deadline.

mod busy;
mod commands;
mod ends;
mod examples;
mod limits;
mod reports;
mod terminal;
mod trees;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::ChildStdout;

use serde_json::Value;

use crate::process::{signal, wait_for};
use crate::support::{Running, Sandbox};

/// A watcher that writes records, and the directory that it runs in.
pub(super) struct Watching {
    pub(super) sandbox: Sandbox,
    pub(super) child: Running,
    lines: BufReader<ChildStdout>,
    seq: u64,
}

impl Watching {
    /// Watches a directory `d`, after `prepare` and with more arguments; returns once it is ready.
    #[track_caller]
    pub(super) fn new(args: &[&str], prepare: impl FnOnce(&Sandbox)) -> Watching {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path().join("d")).expect("a new directory");
        prepare(&sandbox);
        Watching::of(sandbox, &[&["d"], args].concat())
    }

    /// Watches with these arguments.
    #[track_caller]
    pub(super) fn of(sandbox: Sandbox, args: &[&str]) -> Watching {
        let args = [&["watch", "--ndjson"], args].concat();
        let mut child = sandbox.start(&args);
        let lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut watching = Watching {
            sandbox,
            child,
            lines,
            seq: 0,
        };
        while watching.next()["event"] != "ready" {}
        watching
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.sandbox.path().join(name)
    }

    /// The next record. The numbers of records have no gaps.
    #[track_caller]
    pub(super) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("text");
        let record: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
        self.seq += 1;
        assert_eq!(record["seq"], self.seq, "{line}");
        record
    }

    /// All records up to a change of a file `end`, which this creates, in short.
    #[track_caller]
    pub(super) fn until_end(&mut self) -> Vec<String> {
        let name = format!("d/end{}", self.seq);
        fs::write(self.path(&name), "").expect("a file");
        let end = format!("create {name}");
        let mut found = Vec::new();
        loop {
            let record = short(&self.next());
            if record == end {
                return found;
            }
            if !record.starts_with("modify d/end") {
                found.push(record);
            }
        }
    }

    /// Expects exactly these records, and then nothing.
    #[track_caller]
    pub(super) fn expect(&mut self, records: &[&str]) {
        for record in records {
            assert_eq!(short(&self.next()), *record);
        }
    }

    /// Waits for a record.
    #[track_caller]
    pub(super) fn await_record(&mut self, record: &str) {
        let mut before = Vec::new();
        loop {
            let next = short(&self.next());
            if next == record {
                return;
            }
            before.push(next);
            assert!(before.len() < 100_000, "{before:?}");
        }
    }

    pub(super) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }
}

/// A record as `event path`, `rename from > path`, with `!` after an event with a reason.
pub(super) fn short(record: &Value) -> String {
    let word = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let reason = match record["reason"].as_str() {
        Some("replaced") => "!",
        _ => "",
    };
    let from = match record["from"].as_str() {
        Some(from) => format!("{from} > "),
        None => String::new(),
    };
    format!("{}{reason} {from}{}", word("event"), word("path"))
        .trim_end()
        .to_owned()
}

/// Starts `jug watch` with a command, and waits until it is ready.
#[track_caller]
pub(super) fn commanding(sandbox: &Sandbox, args: &[&str]) -> Running {
    let ready = sandbox.path().join("ready");
    let _ = fs::remove_file(&ready);
    let args = [&["watch", "--ready-file", "ready"], args].concat();
    let mut command = crate::support::command(crate::support::JUG);
    command
        .args(&args)
        .current_dir(sandbox.path())
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let child = Running::new(&mut command);
    wait_for("the watcher", || ready.exists().then_some(()));
    child
}

/// Waits until a file has this text.
#[track_caller]
pub(super) fn await_text(sandbox: &Sandbox, name: &str, text: &str) {
    let path = sandbox.path().join(name);
    wait_for(&format!("{text:?} in {name}"), || {
        (fs::read_to_string(&path).ok()? == text).then_some(())
    });
}
