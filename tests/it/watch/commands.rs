//! Commands that run on change.

use std::fs;
use std::io::Write as _;

use super::{await_text, commanding};
use crate::process::signal;
use crate::support::Sandbox;

/// Runs `sh -c SCRIPT x {}` once, after these files were written, and returns the outcome.
fn once(sandbox: &Sandbox, args: &[&str], script: &str, files: &[&str]) -> crate::support::Outcome {
    sandbox.file("d/old", "");
    let command = ["--", "sh", "-c", script, "x", "{}"];
    let args = [&["d", "--once"], args, &command].concat();
    let child = commanding(sandbox, &args);
    for file in files {
        sandbox.file(file, "text");
    }
    child.end()
}

#[test]
fn a_command_gets_the_paths_and_gives_its_status() {
    for (args, script, stdout, status) in [
        (&[][..], "echo \"$@\"; exit 3", "d/a d/b c\n", 3),
        (&["--stdin"], "tr '\\0' ' '", "d/a d/b c ", 0),
        (&[], "cat; kill -TERM $$", "", 143),
        (&["--ext", "x"], "echo \"$@\"", "d/c.x\n", 0),
    ] {
        let outcome = once(
            &Sandbox::new(),
            args,
            script,
            &["d/a", "d/b c", "d/c.x"][if args.contains(&"--ext") { 0..3 } else { 0..2 }],
        );
        assert_eq!(
            (outcome.stdout(), outcome.status),
            (stdout.to_owned(), status)
        );
        assert_eq!(outcome.stderr(), "");
    }
}

#[test]
fn a_command_that_cannot_be_run_ends_the_run() {
    let sandbox = Sandbox::new();
    sandbox.file("plain", "");
    for (name, status) in [("./missing", 127), ("./plain", 126)] {
        let outcome = sandbox.jug(["watch", ".", "--first", "--", name], b"");
        assert_eq!(outcome.status, status, "{outcome}");
        assert!(outcome.stderr().contains(name), "{outcome}");
    }
}

#[test]
fn a_flood_is_stopped() {
    let sandbox = Sandbox::new();
    let outcome = once(&sandbox, &["--max-output", "10K"], "yes", &["d/a"]);
    assert_eq!(
        (outcome.status, outcome.stdout.len()),
        (2, 10 << 10),
        "{}",
        outcome.stderr()
    );
    assert!(outcome.stderr().contains("printed more than"));
}

#[test]
fn a_command_that_ignores_the_stop_signal_is_killed() {
    let sandbox = Sandbox::new();
    let args = ["--cmd-timeout", "100ms", "--kill-after", "100ms"];
    let script = "trap '' TERM; echo on; while :; do sleep 0.1; done";
    let outcome = once(&sandbox, &args, script, &["d/a"]);
    assert_eq!((outcome.status, outcome.stdout()), (124, "on\n".to_owned()));
    assert_eq!(outcome.stderr().lines().count(), 1, "{outcome}");
}

#[test]
fn each_path_has_its_command_once_it_is_closed() {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let script = "cat \"$1\" >> log; echo >> log";
    let args = [
        "d",
        "--on",
        "close",
        "--per-path",
        "--debounce",
        "10ms",
        "--",
        "sh",
        "-c",
        script,
        "x",
        "{}",
    ];
    let child = commanding(&sandbox, &args);
    let mut upload = fs::File::create(sandbox.path().join("d/upload")).expect("a file");
    upload.write_all(b"one ").expect("text");
    sandbox.file("d/other", "other");
    await_text(&sandbox, "log", "other\n");
    upload.write_all(b"two").expect("text");
    drop(upload);
    await_text(&sandbox, "log", "other\none two\n");
    signal(&child, "INT");
    assert_eq!(child.end().signal, Some(2));
}

#[test]
fn a_command_that_causes_its_own_runs_is_slowed_down() {
    for mode in [&[][..], &["--per-path"]] {
        let sandbox = Sandbox::new();
        sandbox.file("d/old", "");
        let quick = ["d", "--debounce", "10ms", "--timeout", "20s"];
        let command = ["--", "sh", "-c", "echo run >> d/log"];
        let mut child = commanding(&sandbox, &[&quick, mode, &command].concat());
        sandbox.file("d/a", "");
        let mut messages = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
        let mut first = String::new();
        std::io::BufRead::read_line(&mut messages, &mut first).expect("text");
        assert!(
            first.contains("causes its own runs by changing d/log"),
            "{mode:?}: {first}"
        );
        let runs = fs::read_to_string(sandbox.path().join("d/log")).expect("a log");
        assert!((5..=6).contains(&runs.lines().count()), "{mode:?}: {runs}");
        signal(&child, "TERM");
        assert_eq!(child.end().signal, Some(15));
    }
}

#[test]
fn a_result_ends_the_run() {
    let sandbox = Sandbox::new();
    for (on, script, status) in [("fail", "exit 7", 7), ("ok", "true", 0)] {
        let args = [".", "--first", "--exit-on", on, "--", "sh", "-c", script];
        let outcome = sandbox.jug([&["watch"], &args[..]].concat(), b"");
        assert_eq!(outcome.status, status, "{outcome}");
    }
}

#[test]
fn a_command_that_ignores_signals_ends_with_the_watcher() {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let script = "trap '' TERM INT; echo $$ > pid; echo on > log; while :; do sleep 0.1; done";
    let args = ["d", "--first", "--", "sh", "-c", script];
    let child = commanding(&sandbox, &args);
    await_text(&sandbox, "log", "on\n");
    signal(&child, "TERM");
    assert_eq!(child.end().signal, Some(15));
    let number = fs::read_to_string(sandbox.path().join("pid")).expect("a number");
    crate::process::wait_for("the end of the command", || {
        let status = fs::read_to_string(format!("/proc/{}/stat", number.trim()));
        status
            .map_or(true, |status| status.contains(") Z "))
            .then_some(())
    });
}
