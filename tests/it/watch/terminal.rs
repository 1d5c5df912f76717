//! A watcher on a terminal.

use std::fs::{self, File};
use std::io::Write as _;
use std::process::Stdio;

use crate::process::{signal, wait_for};
use crate::support::{JUG, Running, Sandbox, command};
use crate::terminal::{read_until, terminal};

/// Starts a watcher with these arguments on a new terminal; our end of it.
fn on_terminal(sandbox: &Sandbox, args: &[&str]) -> (File, Running) {
    let (ours, theirs) = terminal();
    let also = || Stdio::from(theirs.try_clone().expect("a descriptor"));
    let mut command = command(JUG);
    command
        .args(["watch", "--ready-file", "ready"])
        .args(args)
        .current_dir(sandbox.path())
        .env_clear()
        .env("TERM", "xterm")
        .stdin(also())
        .stdout(also())
        .stderr(also());
    let child = Running::new(&mut command);
    let ready = sandbox.path().join("ready");
    wait_for("the watcher", || ready.exists().then_some(()));
    (ours, child)
}

#[test]
fn a_key_runs_again_and_each_run_ends_with_a_line() {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let script = "echo \"now $@\"; exit 3";
    let args = [
        "d",
        "--clear",
        "--debounce",
        "0",
        "--",
        "sh",
        "-c",
        script,
        "x",
        "{}",
    ];
    let (mut ours, child) = on_terminal(&sandbox, &args);
    fs::write(sandbox.path().join("d/\x1b[31mred"), "").expect("a file");
    let shown = read_until(&mut ours, "]\r\n");
    assert!(shown.contains("\x1b[H\x1b[2J\x1b[3J"), "{shown:?}");
    let line = shown.lines().last().expect("a line");
    let (before, after) = line.split_once(" · ").expect("three parts");
    assert_eq!(before, "[exit 3");
    let (took, about) = after.split_once(" s · ").expect("a time");
    assert!(took.parse::<f64>().is_ok(), "{line}");
    assert!(
        about.contains("red]") && !about.contains('\x1b'),
        "{line:?}"
    );
    fs::write(sandbox.path().join("d/a"), "").expect("a file");
    read_until(&mut ours, "· d/a]\r\n");
    for key in ["\n", " ", "\r"] {
        // Any other key does nothing.
        ours.write_all(format!("x{key}").as_bytes()).expect("a key");
        let shown = read_until(&mut ours, "· d/a]\r\n");
        assert!(shown.contains("now d/a\r\n"), "{shown:?}");
        assert_eq!(shown.matches("[exit").count(), 1, "{shown:?}");
    }
    signal(&child, "INT");
    assert_eq!(child.end().signal, Some(2));
}

#[test]
fn names_are_escaped_on_a_terminal_only() {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let (mut ours, child) = on_terminal(&sandbox, &["d", "-n", "1"]);
    fs::write(sandbox.path().join("d/\x1b[31mred"), "").expect("a file");
    let shown = read_until(&mut ours, "red");
    assert!(!shown.contains("\x1b[31m"), "{shown:?}");
    assert_eq!(child.end().status, 0);
}

#[test]
fn an_editor_on_a_terminal_changes_one_file() {
    if command("nano").arg("--version").output().is_err() {
        eprintln!("skipped: there is no nano");
        return;
    }
    let mut watching = super::Watching::new(&[], |sandbox| {
        sandbox.file("d/conf", "text\n");
    });
    for round in 1..4 {
        let (mut ours, theirs) = terminal();
        let also = || Stdio::from(theirs.try_clone().expect("a descriptor"));
        let mut nano = command("nano");
        nano.args(["--ignorercfiles", "d/conf"])
            .current_dir(watching.sandbox.path())
            .env_clear()
            .env("TERM", "xterm")
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", watching.sandbox.path())
            .stdin(also())
            .stdout(also())
            .stderr(also());
        let child = Running::new(&mut nano);
        // The command keeps the other end, which must be closed here for reading to end.
        drop((nano, theirs));
        read_until(&mut ours, "text");
        // Control-O writes, Return takes the name, Control-X exits.
        ours.write_all(b"x\x0f").expect("keys");
        read_until(&mut ours, "File Name to Write");
        ours.write_all(b"\r").expect("a key");
        read_until(&mut ours, "Wrote");
        ours.write_all(b"\x18").expect("a key");
        while std::io::Read::read(&mut ours, &mut [0; 4096]).is_ok_and(|read| read > 0) {}
        assert_eq!(child.end().status, 0);
        let text = fs::read_to_string(watching.path("d/conf")).expect("a file");
        assert_eq!(text, format!("{}text\n", "x".repeat(round)));
        let found = watching.until_end();
        let others: Vec<&String> = found
            .iter()
            .filter(|record| !record.starts_with("modify"))
            .filter(|record| record.ends_with("d/conf"))
            .collect();
        assert!(others.is_empty(), "{found:?}");
        assert!(
            found.iter().any(|record| record.ends_with(" d/conf")),
            "{found:?}"
        );
    }
}
