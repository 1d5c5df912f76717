//! Runs that are killed, that overlap, or that cannot save their state.

use std::fs;
use std::os::unix::process::CommandExt as _;

use rustix::fs::inotify;

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
    for round in 0..100 {
        let lines: String = (0..2000)
            .map(|n| format!("{round} {n} of some text\n"))
            .collect();
        written.push_str(&lines);
        append(&log, &lines);
        let has_state = sandbox.path().join("state").exists();
        // Before there is a state, a rotated file is none that was followed.
        if round % 7 == 3 && has_state {
            sandbox.shell("for n in 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1; do [ ! -e app.log.$n ] || mv app.log.$n app.log.$((n+1)); done; mv app.log app.log.1; : > app.log", b"").clean();
        }
        let mut child = sandbox.start(&args);
        let mut output = child.stdout.take().expect("a pipe");
        let pauses = random.below(4000);
        (0..pauses).for_each(|_| std::thread::yield_now());
        child.kill().expect("a process of ours");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut output, &mut text).expect("text");
        let is_known = sandbox.path().join("state").exists();
        assert!(is_known || text.is_empty(), "lines came before the state");
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
fn a_first_run_that_is_killed_before_it_commits_is_known_to_the_next() {
    for is_ndjson in [false, true] {
        let sandbox = Sandbox::new();
        let log = sandbox.path().join("app.log");
        append(&log, "one\ntwo\n");
        let mut child = sandbox.start(["follow", "--state", "state", "app.log"]);
        let mut lines = super::Lines::of(&mut child);
        lines.expect(&["one"]);
        child.kill().expect("a process of ours");
        drop(child);
        fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
        append(&log, "three\n");
        let mut args = vec!["follow", "--state", "state", "--drain", "app.log"];
        args.extend(is_ndjson.then_some("--ndjson"));
        let outcome = sandbox.jug(args, b"");
        assert_eq!(outcome.status, 0, "{outcome}");
        let printed = outcome.stdout();
        if is_ndjson {
            let first = printed.lines().next().expect("a record");
            assert!(
                first.starts_with("{\"event\":\"repeating\",\"path\":"),
                "{first}"
            );
            assert!(first.ends_with("app.log\",\"offset\":0}"), "{first}");
            assert_eq!(printed.matches("\"event\":\"line\"").count(), 3);
        } else {
            assert_eq!(printed, "one\ntwo\nthree\n");
        }
        assert!(
            outcome.stderr().contains("repeating from byte 0"),
            "{outcome}"
        );
    }
}

#[test]
fn a_run_gives_up_when_another_has_the_state_for_too_long() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "one\n");
    let mut first = sandbox.start(["follow", "--state", "state", "app.log"]);
    let mut lines = super::Lines::of(&mut first);
    lines.expect(&["one"]);
    let args = [
        "follow",
        "--state",
        "state",
        "--state-wait",
        "20ms",
        "--drain",
        "app.log",
    ];
    let outcome = sandbox.jug(args, b"");
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (124, ""),
        "{outcome}"
    );
    assert!(
        outcome.stderr().contains("state: another run is using it"),
        "{outcome}"
    );
}

/// A state whose earlier version cannot be replaced: every commit fails.
#[test]
fn a_failing_commit_keeps_no_deleted_files_open() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, "0\n");
    drain(&sandbox, &["app.log"]);
    fs::remove_file(sandbox.path().join("state.previous")).expect("the earlier version");
    sandbox.file("state.previous/file", "");
    let args = [
        "follow",
        "--state",
        "state",
        "--rotate-grace",
        "1ms",
        "app.log",
    ];
    let mut child = sandbox.start(args);
    let mut lines = super::Lines::of(&mut child);
    append(&log, "1\n");
    lines.expect(&["1"]);
    let before = super::held_by(&child);
    for number in 2..50 {
        fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
        append(&log, &format!("{number}\n"));
        assert_eq!(lines.next(), number.to_string());
        fs::remove_file(sandbox.path().join("app.log.1")).expect("a file");
    }
    wait_for("jug to close deleted files", || {
        let now = super::held_by(&child);
        (now.0 <= before.0 + 2 && now.1 <= before.1 + 2).then_some(())
    });
    signal(&child, "TERM");
    let outcome = child.end();
    assert!(
        outcome.stderr().contains("the state could not be saved"),
        "{outcome}"
    );
}

#[test]
fn the_second_of_two_runs_waits_for_the_first() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "one\n");
    let mut first = sandbox.start(["follow", "--state", "state", "app.log"]);
    let mut lines = super::Lines::of(&mut first);
    lines.expect(&["one"]);
    let events = inotify::init(inotify::CreateFlags::NONBLOCK).expect("events");
    let lock = sandbox.path().join("state.lock");
    inotify::add_watch(&events, lock, inotify::WatchFlags::OPEN).expect("a watch");
    let second = sandbox.start(["follow", "--state", "state", "--drain", "app.log"]);
    wait_for("the second to try the lock", || {
        rustix::io::read(&events, &mut [0; 64]).ok().map(|_| ())
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
