//! Runs that are killed, that overlap, or that cannot save their state.

use std::fs;
use std::os::unix::process::CommandExt as _;

use super::{append, drain};
use crate::process::{signal, wait_for};
use crate::support::random::Random;
use crate::support::{JUG, Sandbox, command};

/// Kills runs at random times while the log grows and is rotated. Returns what came out, and what was written.
fn killed(append_to: Option<&str>) -> (String, String) {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    let mut random = Random::new(5);
    let (mut written, mut printed) = (String::new(), String::new());
    let mut args = vec!["follow", "--state", "state", "--drain"];
    args.extend(append_to.iter().flat_map(|file| ["--append", file]));
    args.push("app.log");
    // A state that knows the log: without one, a rotated file is none that was followed.
    written.push_str("first\n");
    append(&log, &written);
    printed.push_str(&sandbox.jug(&args, b"").clean());
    for round in 0..100 {
        let lines: String = (0..2000)
            .map(|n| format!("{round} {n} of some text\n"))
            .collect();
        written.push_str(&lines);
        append(&log, &lines);
        if round % 7 == 3 {
            sandbox.shell("for n in 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1; do [ ! -e app.log.$n ] || mv app.log.$n app.log.$((n+1)); done; mv app.log app.log.1; : > app.log", b"").clean();
        }
        let mut child = sandbox.start(&args);
        let mut output = child.stdout.take().expect("a pipe");
        let pauses = random.below(4000);
        (0..pauses).for_each(|_| std::thread::yield_now());
        child.kill().expect("a process of ours");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut output, &mut text).expect("text");
        // What it was writing when it was killed comes again.
        text.truncate(text.rfind('\n').map_or(0, |at| at + 1));
        printed.push_str(&text);
        drop(child);
    }
    let outcome = sandbox.jug(&args, b"");
    printed.push_str(&outcome.stdout());
    if let Some(file) = append_to {
        printed = fs::read_to_string(sandbox.path().join(file)).expect("the output");
    }
    (printed, written)
}

#[test]
fn a_run_that_is_killed_repeats_lines_and_loses_none() {
    let (printed, written) = killed(None);
    let mut came: Vec<&str> = printed.lines().collect();
    let mut wanted: Vec<&str> = written.lines().collect();
    came.sort_unstable();
    came.dedup();
    wanted.sort_unstable();
    assert!(came == wanted, "{} of {} lines", came.len(), wanted.len());
}

#[test]
fn with_a_file_for_the_output_each_line_comes_exactly_once() {
    let (printed, written) = killed(Some("all"));
    assert!(
        printed == written,
        "{} instead of {} bytes",
        printed.len(),
        written.len()
    );
}

#[test]
fn repeats_are_announced() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "one\n");
    assert_eq!(drain(&sandbox, &["app.log"]).0, "one\n");
    append(sandbox.path().join("app.log"), "two\n");
    // Killed before it has to commit.
    let mut child = sandbox.start(["follow", "--state", "state", "app.log"]);
    let mut lines = super::Lines::of(&mut child);
    lines.expect(&["two"]);
    child.kill().expect("a process of ours");
    drop(child);
    let outcome = sandbox.jug(["follow", "--state", "state", "--drain", "app.log"], b"");
    // It may have committed in time.
    if outcome.stdout() == "two\n" {
        assert!(
            outcome.stderr().contains("repeating from byte 4"),
            "{outcome}"
        );
    }
    assert_eq!(outcome.status, 0);
}

#[test]
fn the_second_of_two_runs_waits_for_the_first() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "one\n");
    let mut first = sandbox.start(["follow", "--state", "state", "app.log"]);
    let mut lines = super::Lines::of(&mut first);
    lines.expect(&["one"]);
    let second = sandbox.start(["follow", "--state", "state", "--drain", "app.log"]);
    let lock = format!("/proc/{}/fd", second.id());
    wait_for("the second to try the lock", || {
        let open = fs::read_dir(&lock).ok()?;
        let mut targets = open
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok());
        targets
            .any(|target| target.ends_with("state.lock"))
            .then_some(())
    });
    signal(&first, "TERM");
    assert_eq!(first.end().signal, Some(15));
    let outcome = second.end();
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (0, ""),
        "{outcome}"
    );
}

#[test]
fn a_state_that_cannot_be_written_is_reported_and_lines_come_out() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "one\n");
    drain(&sandbox, &["app.log"]);
    let good = fs::read(sandbox.path().join("state")).expect("a state");
    append(sandbox.path().join("app.log"), "two\n");
    // No file may grow beyond this size, as on a full disk.
    let mut limited = command("sh");
    limited.args([
        "-c",
        "trap '' XFSZ; ulimit -f 0; exec \"$0\" follow --state state --drain app.log",
        JUG,
    ]);
    limited.process_group(0);
    let outcome = sandbox.run(limited, b"");
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (2, "two\n"),
        "{outcome}"
    );
    assert!(
        outcome.stderr().contains("the state could not be saved"),
        "{outcome}"
    );
    assert_eq!(
        fs::read(sandbox.path().join("state")).expect("a state"),
        good
    );
    assert_eq!(drain(&sandbox, &["app.log"]).0, "two\n");
}
