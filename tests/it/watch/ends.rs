//! What ends a run.

use std::fs;

use super::{Watching, commanding};
use crate::process::signal;
use crate::support::Sandbox;

#[test]
fn a_number_of_changes_ends_the_run() {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let child = commanding(&sandbox, &["d", "-n", "2"]);
    sandbox.file("d/a", "").file("d/tab\tb", "").file("d/c", "");
    let outcome = child.end();
    assert_eq!(outcome.clean(), "create\td/a\ncreate\td/tab\\tb\n");
    let child = commanding(&sandbox, &["d", "--once", "-0"]);
    sandbox.file("d/x\ny", "");
    assert_eq!(child.end().clean(), "create\td/x\ny\0");
}

#[test]
fn what_is_there_is_reported_at_the_start() {
    let sandbox = Sandbox::new();
    sandbox.file("d/a", "1").file("d/sub/b", "");
    let args = ["watch", "d", "--initial", "--type", "file", "-n", "2"];
    assert_eq!(
        sandbox.jug(args, b"").clean(),
        "exists\td/a\nexists\td/sub/b\n"
    );
}

#[test]
fn a_path_is_awaited_or_its_end() {
    let sandbox = Sandbox::new();
    let child = commanding(&sandbox, &["flag", "--wait-for", "exists"]);
    sandbox.file("flag", "");
    assert_eq!(child.end().status, 0);
    let child = commanding(&sandbox, &["flag", "--wait-for", "gone"]);
    fs::remove_file(sandbox.path().join("flag")).expect("a file");
    assert_eq!(child.end().status, 0);
    for (args, status) in [
        (
            &["flag", "--wait-for", "exists", "--timeout", "50ms"][..],
            124,
        ),
        (&["flag", "--wait-for", "gone"], 0),
        (&[".", "--timeout", "50ms"], 0),
        (&[".", "--idle", "50ms"], 0),
        (&[".", "--once", "--timeout", "50ms"], 124),
        (&[".", "--pid", "2000000000"], 0),
    ] {
        let outcome = sandbox.jug([&["watch"], args].concat(), b"");
        assert_eq!(outcome.status, status, "{outcome}");
    }
}

#[test]
fn the_end_of_a_process_ends_the_run() {
    let sandbox = Sandbox::new();
    let mut other = crate::support::command("sleep")
        .arg("1000")
        .spawn()
        .expect("sleep");
    let number = other.id().to_string();
    let child = commanding(&sandbox, &[".", "--pid", &number]);
    other.kill().expect("a signal");
    other.wait().expect("its end");
    assert_eq!(child.end().status, 0);
}

#[test]
fn signals_and_the_end_of_the_reader_end_the_run() {
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let watching = Watching::new(&["--debounce", "1h"], |_| {});
        signal(&watching.child, name);
        assert_eq!(watching.child.end().signal, Some(number));
    }
    let watching = Watching::new(&[], |_| {});
    let Watching {
        child,
        sandbox: _sandbox,
        lines,
        ..
    } = watching;
    drop(lines);
    assert_eq!(child.end().signal, Some(13));
}

#[test]
fn a_pending_run_is_not_started_at_the_end() {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let args = [
        "d",
        "--debounce",
        "1h",
        "--max-wait",
        "1h",
        "--ndjson",
        "--",
        "touch",
        "started",
    ];
    let mut child = commanding(&sandbox, &args);
    let mut lines = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    sandbox.file("d/new", "");
    let mut line = String::new();
    while !line.contains("d/new") {
        line.clear();
        std::io::BufRead::read_line(&mut lines, &mut line).expect("text");
    }
    signal(&child, "TERM");
    assert_eq!(child.end().signal, Some(15));
    assert!(!sandbox.path().join("started").exists());
}

#[test]
fn a_signal_asks_to_look_again() {
    let mut watching = Watching::new(&["--engine", "poll", "--interval", "1h"], |_| {});
    fs::write(watching.path("d/a"), "").expect("a file");
    watching.signal("USR1");
    watching.expect(&["rescan_begin", "create d/a", "rescan_done"]);
}
