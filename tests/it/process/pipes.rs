//! Outputs: readers that go away, outputs that are closed or full, and lines that must not wait.

use std::io::{Read as _, Write as _};

use super::{output, waiting};
use crate::support::Sandbox;

#[test]
fn a_closed_pipe_ends_the_run_silently() {
    let sandbox = Sandbox::new();
    sandbox.file("long.log", "a line\n".repeat(500_000));
    let line = "{ jug log '\"line\"' long.log; echo $? >&2; } | head -n 1";
    let outcome = sandbox.shell(line, b"");
    assert_eq!(
        (outcome.stdout().as_str(), outcome.stderr().as_str()),
        ("a line\n", "141\n")
    );
}

#[test]
fn a_closed_pipe_ends_the_wait_for_input() {
    for (args, lines) in [
        (&["log", "\"x\""][..], ""),
        (&["log", "\"x\""], "a\nb\n"),
        (&["log", "count by line"], "a\nb\n"),
    ] {
        let mut child = waiting(args, lines);
        let still_open = child.stdin.take();
        drop(child.stdout.replace(nothing()));
        let (code, signal, _, stderr) = output(child);
        let sigpipe = Some(13);
        assert_eq!(
            (code, signal, stderr.as_str()),
            (None, sigpipe, ""),
            "{args:?}"
        );
        drop(still_open);
    }
}

/// The end of a pipe that never had anything.
fn nothing() -> std::process::ChildStdout {
    let (reader, _writer) = rustix::pipe::pipe().expect("a pipe");
    reader.into()
}

#[test]
fn a_closed_pipe_ends_a_busy_run_that_prints_nothing() {
    let mut child = waiting(&["log", "\"x\""], "a\n");
    let mut input = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        // Ends when jug does.
        scope.spawn(move || while input.write_all(&[b'\n'; 4096]).is_ok() {});
        drop(child.stdout.replace(nothing()));
        let (code, signal, _, stderr) = output(child);
        assert_eq!((code, signal, stderr.as_str()), (None, Some(13), ""));
    });
}

#[test]
fn a_closed_or_full_output_is_an_error() {
    let sandbox = Sandbox::new();
    for command in [
        "log count fixtures/logs/six.log",
        "log '\"GET\"' fixtures/logs/six.log",
        "--help",
        "--version",
        "completions bash",
    ] {
        let closed = sandbox.shell(&format!("jug {command} >&-"), b"");
        assert!(
            closed.status == 2 && closed.stderr().contains("Bad file descriptor"),
            "{closed}"
        );
        let full = sandbox.shell(&format!("jug {command} > /dev/full"), b"");
        assert!(
            full.status == 2 && full.stderr().contains("No space left on device"),
            "{full}"
        );
    }
    let closed = sandbox.shell("jug log count <&-", b"");
    assert!(
        closed.status == 2 && closed.stderr().contains("Bad file descriptor"),
        "{closed}"
    );
}

#[test]
fn lines_come_out_while_the_pipe_is_silent() {
    for args in [
        &["log", "\"a\""][..],
        &[
            "log",
            "-f",
            "csv",
            "--to",
            "csv",
            "--header",
            "never",
            "where x == \"a\" | select x",
        ],
    ] {
        let mut child = waiting(args, "x\na\nb\na\n");
        let mut found = [0; 4];
        let stdout = child.stdout.as_mut().expect("a pipe");
        stdout.read_exact(&mut found).expect("two lines");
        assert_eq!(&found, b"a\na\n", "{args:?}");
        drop(child.stdin.take());
        let (code, ..) = output(child);
        assert_eq!(code, Some(0), "{args:?}");
    }
}

#[test]
fn ten_lines_decide_that_live_text_has_times() {
    // The first time is in the last of them.
    let text = format!("{}2026-05-17T10:05:03Z ten\n", "no time\n".repeat(9));
    let query = "\"ten\" | select time, line";
    let mut child = waiting(&["log", "--header", "never", query], &text);
    let mut found = vec![0; 2 * "2026-05-17T10:05:03Z".len() + "\t ten\n".len()];
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut found).expect("a line");
    assert_eq!(found, b"2026-05-17T10:05:03Z\t2026-05-17T10:05:03Z ten\n");
    drop(child.stdin.take());
    let (code, ..) = output(child);
    assert_eq!(code, Some(0));
}

#[test]
fn quiet_runs_end_at_the_first_result_of_a_stream() {
    for args in [
        &["log", "-q", "\"a\""][..],
        &["log", "\"a\" | head 1"],
        &["log", "-n", "1", "\"a\""],
    ] {
        let mut child = waiting(args, "a\nb\n");
        let still_open = child.stdin.take();
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{args:?}");
        drop(still_open);
    }
}
