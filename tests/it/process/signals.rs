//! Signals: they end a run with partial results, leave files as they were, or ask for the progress.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use super::{output, signal, wait_for, waiting};
use crate::support::{JUG, Running, Sandbox, command};

#[test]
fn a_signal_ends_the_run_with_partial_results() {
    for (name, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        let child = waiting(&["log", "count by line"], "a\na\nb\ncut off");
        signal(&child, name);
        let (code, signal, stdout, stderr) = output(child);
        assert_eq!(
            (code, signal, stdout.as_str()),
            (None, Some(number), "line\tcount\na\t2\nb\t1\n")
        );
        assert!(stderr.contains("interrupted"), "{stderr}");
    }
}

#[test]
fn partial_results_are_written_for_the_output_dash() {
    let child = waiting(&["log", "count", "-o", "-"], "a\n");
    signal(&child, "TERM");
    let (_, _, stdout, stderr) = output(child);
    assert_eq!(stdout, "count\n1\n");
    assert!(
        stderr.contains("interrupted: results cover only the input read so far"),
        "{stderr}"
    );
}

#[test]
fn a_signal_ends_a_run_whose_output_is_blocked() {
    for name in ["INT", "TERM"] {
        let sandbox = Sandbox::new();
        sandbox.file("long.log", "a line\n".repeat(500_000));
        let mut command = command(JUG);
        command
            .args(["log", "\"line\"", "long.log"])
            .current_dir(sandbox.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = Running::new(&mut command);
        let pipe = child.stdout.as_ref().expect("a pipe");
        let mut before = 0;
        wait_for("the pipe to be full", || {
            // A page at a time goes in; one more may not fit.
            let filled = rustix::io::ioctl_fionread(pipe).ok()?;
            let is_full = filled >= 60_000 && filled == before;
            before = filled;
            is_full.then_some(())
        });
        signal(&child, name);
        // Nobody reads the pipe: that must not be needed.
        let status = wait_for("jug to end", || child.try_wait().expect("a child of ours"));
        assert!(status.signal().is_some(), "{status:?}");
    }
}

#[test]
fn a_signal_leaves_no_file() {
    for (name, number) in [("HUP", 1), ("TERM", 15)] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("out.tsv");
        let child = waiting(&["log", "count", "-o", path.to_str().expect("text")], "a\n");
        signal(&child, name);
        let (_, signal, _, stderr) = output(child);
        let left = fs::read_dir(directory.path()).expect("it is there").count();
        assert_eq!((signal, left), (Some(number), 0));
        assert!(stderr.contains("out.tsv was not written"), "{stderr}");
    }
}

#[test]
fn a_chart_of_interrupted_input_is_not_drawn() {
    for (args, given) in [
        (&["pie", "--to", "bars"][..], "a\t1\n"),
        (&["pie"], "a\t1\nb\t"),
        (
            &["render"],
            "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        ),
    ] {
        let child = waiting(args, given);
        signal(&child, "TERM");
        let (code, signal, stdout, stderr) = output(child);
        assert_eq!((code, signal), (None, Some(15)), "{args:?}");
        assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""), "{args:?}");
    }
}

#[test]
fn progress_can_be_asked_for() {
    let mut child = waiting(&["log", "count"], "{\"a\":1}\n{\"a\":2}\n");
    let mut answers = BufReader::new(child.stderr.take().expect("a pipe"));
    // While it still finds out the format, it has counted nothing.
    wait_for("jug to count what it has read", || {
        signal(&child, "USR1");
        let mut said = String::new();
        answers.read_line(&mut said).expect("a line of progress");
        assert!(said.ends_with(" so far\n"), "{said}");
        said.starts_with("jug log: 16 B, ").then_some(())
    });
    drop(child.stdin.take());
    let outcome = child.end();
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (0, "count\n2\n")
    );
}

#[test]
fn ignored_signals_stay_ignored() {
    let sandbox = Sandbox::new();
    let line = "trap '' INT; { echo a; kill -s INT 0; echo b; } | jug log count";
    let outcome = sandbox.shell(&format!("setsid sh -c \"{line}\""), b"");
    assert_eq!(outcome.clean(), "count\n2\n");
}
