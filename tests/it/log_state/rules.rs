//! What a run with a state reads and prints, besides what the cases say.

use std::fs;

use flate2::write::GzEncoder;
use rustix::fs::inotify;

use super::{count, lines};
use crate::follow::{Lines, append};
use crate::process::{signal, wait_for};
use crate::support::{Sandbox, command};

#[test]
fn many_threads_read_what_is_new_as_one_does() {
    let sandbox = Sandbox::new();
    let text = lines(0, 60_000);
    sandbox.file("a.log", &text).file("whole.log", &text);
    for query in [
        "count, sum(bytes), p50(bytes), uniq(ip) by path",
        "where status == 500 | select bytes, ip",
        "where status == 500 | select bytes | head 7",
        "\"GET /p3\"",
        "count",
    ] {
        let whole = sandbox.jug(["log", query, "whole.log"], b"").clean();
        for threads in ["-j1", "-j3"] {
            let _ = fs::remove_file(sandbox.path().join("state"));
            let outcome = count(&sandbox, query, &[threads, "a.log"]);
            assert_eq!(outcome.clean(), whole, "{query} {threads}");
            assert_eq!(count(&sandbox, query, &[threads, "a.log"]).clean(), "");
        }
    }
}

#[test]
fn a_compressed_rotated_file_is_read_on_where_the_plain_one_ended() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("a.log");
    append(&log, &lines(0, 10));
    assert_eq!(count(&sandbox, "count", &["a.log"]).clean(), "count\n10\n");
    append(&log, &lines(10, 5));
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &fs::read(&log).expect("a log")).expect("memory");
    sandbox.file("a.log.1.gz", packed.finish().expect("memory"));
    fs::remove_file(&log).expect("a file");
    append(&log, &lines(15, 2));
    assert_eq!(count(&sandbox, "count", &["a.log"]).clean(), "count\n7\n");
}

#[test]
fn a_table_is_read_with_the_header_that_came_in_an_earlier_run() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("a.csv");
    append(&log, "name,units\nann,1\n");
    let sum = || count(&sandbox, "sum(units) by name", &["a.csv"]).clean();
    assert_eq!(sum(), "name\tsum_units\nann\t1\n");
    append(&log, "bob,20\nann,3\n");
    assert_eq!(sum(), "name\tsum_units\nbob\t20\nann\t3\n");
    // A new file has a header of its own, with other columns.
    fs::rename(&log, sandbox.path().join("a.csv.1")).expect("a rotation");
    append(&log, "units,name\n7,cy\n");
    assert_eq!(sum(), "name\tsum_units\ncy\t7\n");
}

#[test]
fn a_shell_that_expands_a_glob_names_the_same_logs() {
    let sandbox = Sandbox::new();
    sandbox
        .file("a.log.1", lines(0, 3))
        .file("a.log", lines(3, 4));
    let outcome = count(&sandbox, "count", &["a.log", "a.log.1"]);
    assert_eq!(outcome.clean(), "count\n7\n");
    let rotate = "mv a.log.1 a.log.2; mv a.log a.log.1; : > a.log";
    sandbox.shell(rotate, b"").clean();
    append(sandbox.path().join("a.log"), &lines(7, 2));
    let outcome = count(&sandbox, "count", &["a.log", "a.log.1", "a.log.2"]);
    assert_eq!(outcome.clean(), "count\n2\n");
    assert_eq!(count(&sandbox, "count", &["a.log*"]).clean(), "");
}

#[test]
fn a_second_run_waits_for_the_first_or_exits_at_once() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", lines(0, 3));
    sandbox.file("other.log", "one\n");
    let mut first = sandbox.start(["follow", "--state", "state", "other.log"]);
    let mut printed = Lines::of(&mut first);
    printed.expect(&["one"]);
    let outcome = count(&sandbox, "count", &["--no-wait", "a.log"]);
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(
        outcome.stderr().contains("state: another run is using it"),
        "{outcome}"
    );
    let events = inotify::init(inotify::CreateFlags::NONBLOCK).expect("events");
    let lock = sandbox.path().join("state.lock");
    inotify::add_watch(&events, lock, inotify::WatchFlags::OPEN).expect("a watch");
    let second = sandbox.start(["log", "--state", "state", "count", "a.log"]);
    wait_for("the second to try the lock", || {
        rustix::io::read(&events, &mut [0; 64]).ok().map(|_| ())
    });
    signal(&first, "TERM");
    assert_eq!(first.end().signal, Some(15));
    // It waited, and then found the state of another command.
    let outcome = second.end();
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(
        outcome.stderr().contains("it is a state of jug follow"),
        "{outcome}"
    );
}

#[test]
fn nothing_is_saved_if_the_output_cannot_be_written() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", lines(0, 3));
    for query in ["count by status", "\"GET\""] {
        let full = format!("jug log --state state '{query}' a.log > /dev/full");
        assert_eq!(sandbox.shell(&full, b"").status, 2);
        let outcome = count(&sandbox, query, &["a.log"]);
        assert!(outcome.stdout().lines().count() >= 3, "{outcome}");
        fs::remove_file(sandbox.path().join("state")).expect("a state");
    }
}

#[test]
fn a_reader_that_goes_away_leaves_the_lines_to_the_next_run() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", lines(0, 20_000));
    let mut shell = command("bash");
    shell.args([
        "-c",
        "jug log --state state '\"GET\"' a.log | head -n 1; exit ${PIPESTATUS[0]}",
    ]);
    let outcome = sandbox.run(shell, b"");
    assert_eq!(outcome.status, 141, "{outcome}");
    let outcome = count(&sandbox, "\"GET\"", &["a.log"]);
    assert_eq!(outcome.stdout().lines().count(), 20_000);
    assert!(
        outcome.stderr().contains("did not end properly"),
        "{outcome}"
    );
}

#[test]
fn a_run_that_fails_leaves_an_earlier_state_as_it_was() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("a.log");
    append(&log, &lines(0, 3));
    assert_eq!(count(&sandbox, "count", &["a.log"]).clean(), "count\n3\n");
    append(&log, &lines(3, 2));
    let full = "jug log --state state count a.log > /dev/full";
    assert_eq!(sandbox.shell(full, b"").status, 2);
    let outcome = count(&sandbox, "count", &["a.log"]);
    assert_eq!(outcome.stdout(), "count\n2\n");
    assert!(
        outcome.stderr().contains("did not end properly"),
        "{outcome}"
    );
    // A query that fits no file takes nothing either.
    append(&log, &lines(5, 1));
    let other = sandbox.jug(["log", "--state", "other", "count by none", "a.log"], b"");
    assert_eq!(other.status, 2, "{other}");
    assert!(!sandbox.path().join("other").exists());
    assert_eq!(count(&sandbox, "count", &["a.log"]).clean(), "count\n1\n");
}

#[test]
fn each_file_of_a_log_has_its_own_format() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("a.log");
    append(&log, "{\"status\": 1}\n");
    let run = || count(&sandbox, "count by status", &["a.log"]).clean();
    assert_eq!(run(), "status\tcount\n1\t1\n");
    append(&log, "{\"status\": 2}\n");
    fs::rename(&log, sandbox.path().join("a.log.1")).expect("a rotation");
    append(&log, "status=3 b=4\nstatus=3 b=5\n");
    assert_eq!(run(), "status\tcount\n3\t2\n2\t1\n");
}

#[test]
fn rows_that_came_before_a_kill_come_again_and_that_is_said() {
    let sandbox = Sandbox::new();
    let text = lines(0, 20_000);
    sandbox.file("a.log", &text);
    let mut child = sandbox.start(["log", "--state", "state", "\"GET\"", "a.log"]);
    let mut printed = Lines::of(&mut child);
    // It waits for its reader, so it cannot have ended.
    let first = printed.next();
    assert!(text.starts_with(&first), "{first}");
    child.kill().expect("a process of ours");
    drop(child);
    let outcome = count(&sandbox, "\"GET\"", &["a.log"]);
    assert_eq!(outcome.stdout(), text);
    assert!(
        outcome.stderr().contains("repeating from byte 0"),
        "{outcome}"
    );
    assert_eq!(count(&sandbox, "\"GET\"", &["a.log"]).clean(), "");
}
