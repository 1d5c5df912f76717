//! What followers were reported to get wrong, a test for each kind.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::time::Instant;

use super::{Lines, append, drain, held_by};
use crate::process::wait_for;
use crate::support::Sandbox;

fn numbers(from: usize, to: usize) -> String {
    (from..=to).map(|n| format!("line {n}\n")).collect()
}

#[test]
fn lines_appended_to_an_idle_file_before_its_rotation_come() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, &numbers(1, 10));
    assert_eq!(drain(&sandbox, &["app.log"]), (numbers(1, 10), 0));
    append(&log, &numbers(11, 12));
    fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
    append(&log, &numbers(13, 13));
    assert_eq!(drain(&sandbox, &["app.log"]), (numbers(11, 13), 0));
}

#[test]
fn lines_of_more_files_than_are_open_come_over_a_rotation() {
    let sandbox = Sandbox::new();
    let count = 150;
    let name = |at: usize| sandbox.path().join(format!("logs/{at:03}.log"));
    for at in 0..count {
        sandbox.file(format!("logs/{at:03}.log"), "first\n");
    }
    let mut child = sandbox.start(["follow", "--start", "begin", "logs/*.log"]);
    let mut lines = Lines::of(&mut child);
    (0..count).for_each(|_| lines.expect(&["first"]));
    wait_for("jug to close files", || {
        (held_by(&child).0 < 100).then_some(())
    });
    for at in [0, 70, 149] {
        append(name(at), "second\nthird\n");
        fs::rename(name(at), name(at).with_extension("log.1")).expect("a rotation");
        append(name(at), "fourth\n");
        lines.expect(&["second", "third", "fourth"]);
    }
}

#[test]
fn an_offset_is_not_used_for_another_file_with_the_same_inode() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, &numbers(1, 1000));
    assert_eq!(drain(&sandbox, &["app.log"]).1, 0);
    let inode = fs::metadata(&log).expect("a file").ino();
    fs::remove_file(&log).expect("a file");
    // Some file systems give the inode to the next file, some much later.
    for attempt in 0..1000 {
        append(&log, "a\nb\nc\n");
        if fs::metadata(&log).expect("a file").ino() == inode || attempt == 999 {
            break;
        }
        fs::remove_file(&log).expect("a file");
    }
    assert_eq!(drain(&sandbox, &["app.log"]), ("a\nb\nc\n".to_owned(), 3));
    assert_eq!(drain(&sandbox, &["app.log"]), (String::new(), 0));
    let state = fs::read_to_string(sandbox.path().join("state")).expect("a state");
    let marks = state
        .lines()
        .filter(|line| line.starts_with("position") || line.starts_with("finished"));
    assert_eq!(marks.count(), 1, "{state}");
}

#[test]
fn several_rotations_between_two_runs_are_read_in_order() {
    for keeps_all in [true, false] {
        let sandbox = Sandbox::new();
        let name = |end: &str| sandbox.path().join(format!("app.log{end}"));
        let rename = |from: &str, to: &str| fs::rename(name(from), name(to)).expect("a rotation");
        append(name(""), "first\n");
        drain(&sandbox, &["app.log"]);
        append(name(""), "a\n");
        rename("", ".1");
        append(name(""), "b\n");
        rename(".1", ".2");
        rename("", ".1");
        sandbox.shell("gzip app.log.2", b"").clean();
        append(name(""), "c\n");
        rename(".2.gz", ".3.gz");
        rename(".1", ".2");
        rename("", ".1");
        append(name(""), "d\n");
        if !keeps_all {
            fs::remove_file(name(".3.gz")).expect("the oldest");
        }
        let expected = match keeps_all {
            true => ("a\nb\nc\nd\n".to_owned(), 0),
            false => ("b\nc\nd\n".to_owned(), 3),
        };
        assert_eq!(drain(&sandbox, &["app.log"]), expected);
        assert_eq!(drain(&sandbox, &["app.log"]), (String::new(), 0));
    }
}

/// The reader takes one line and stops; the pipe fills up; the log is rotated twice.
#[test]
fn a_slow_reader_gets_every_line_once_over_rotations() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    let filler = "x".repeat(100);
    let lines = |from: usize, to: usize| -> String {
        (from..to).map(|n| format!("{n} {filler}\n")).collect()
    };
    append(&log, &lines(0, 5000));
    let mut child = sandbox.start(["follow", "--start", "begin", "app.log"]);
    let mut reader = Lines::of(&mut child);
    assert_eq!(reader.next(), format!("0 {filler}"));
    wait_for("jug to wait for its reader", || {
        crate::stalled::are_all_asleep(child.id()).then_some(())
    });
    for (number, from) in [(1, 5000), (2, 10_000)] {
        append(&log, &lines(from, from + 1000));
        for old in (1..number).rev() {
            let (from, to) = (format!("app.log.{old}"), format!("app.log.{}", old + 1));
            fs::rename(sandbox.path().join(from), sandbox.path().join(to)).expect("a rotation");
        }
        fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
        append(&log, &lines(from + 1000, from + 5000));
    }
    for number in 1..15_000 {
        assert_eq!(reader.next(), format!("{number} {filler}"));
    }
}

#[test]
fn a_state_that_is_cut_or_overwritten_at_any_place_is_never_ignored_in_silence() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, "one\n");
    drain(&sandbox, &["app.log"]);
    append(&log, "two\n");
    drain(&sandbox, &["app.log"]);
    let state = sandbox.path().join("state");
    let good = fs::read(&state).expect("a state");
    let previous = fs::read(sandbox.path().join("state.previous")).expect("the one before");
    let step = 1 + good.len() / 60;
    for (length, has_previous) in (0..good.len())
        .step_by(step)
        .zip([true, false].into_iter().cycle())
    {
        for nuls in [false, true] {
            let mut damaged = good[..length].to_vec();
            if nuls {
                damaged.resize(good.len(), 0);
            }
            fs::write(&state, &damaged).expect("a state");
            sandbox.file(
                "state.previous",
                if has_previous { &previous[..] } else { b"" },
            );
            let (printed, status) = drain(&sandbox, &["app.log"]);
            let expected = if has_previous { "two\n" } else { "one\ntwo\n" };
            assert_eq!((printed.as_str(), status), (expected, 3), "{length} {nuls}");
            assert_eq!(drain(&sandbox, &["app.log"]), (String::new(), 0));
        }
    }
}

#[test]
fn a_log_that_is_rotated_straight_into_an_archive_is_not_read_again() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), &numbers(1, 100));
    assert_eq!(drain(&sandbox, &["app.log*"]), (numbers(1, 100), 0));
    append(sandbox.path().join("app.log"), &numbers(101, 105));
    sandbox
        .shell("gzip < app.log > app.log.1.gz; rm app.log", b"")
        .clean();
    append(sandbox.path().join("app.log"), &numbers(106, 107));
    assert_eq!(drain(&sandbox, &["app.log*"]), (numbers(101, 107), 0));
    assert_eq!(drain(&sandbox, &["app.log*"]), (String::new(), 0));
}

#[test]
fn a_hole_that_a_truncation_leaves_is_skipped() {
    let sandbox = Sandbox::new();
    let path = sandbox.path().join("app.log");
    let writer = File::create(&path).expect("a new file");
    writer
        .write_all_at(b"first\n", 1 << 30)
        .expect("a sparse file");
    let args = ["follow", "--ndjson", "--start", "line:-1", "app.log"];
    let mut child = sandbox.start(args);
    let mut lines = Lines::of(&mut child);
    assert!(lines.next().contains("\"text\":\"first\""));
    writer.set_len(0).expect("a truncation");
    let started = Instant::now();
    writer
        .write_all_at(b"x\n", (1 << 30) + 6)
        .expect("a sparse file");
    let record = lines.next();
    assert!(record.starts_with("{\"event\":\"truncated\""), "{record}");
    let line = lines.next();
    assert!(line.ends_with("\"text\":\"x\"}"), "{line}");
    // Reading the hole would take many times as long, even here.
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn of_dated_logs_the_last_lines_of_the_old_come_before_the_new() {
    let sandbox = Sandbox::new();
    let name = |month: usize, day: usize| format!("app-2026-{month:02}-{day:02}.log");
    for at in 0..365 {
        let file = name(1 + at / 31, 1 + at % 31);
        sandbox.file(&file, format!("{file}\n"));
    }
    let today = sandbox.path().join(name(12, 24));
    assert!(today.exists());
    let args = ["follow", "--start", "end", "app-*.log"];
    let mut child = sandbox.start(args);
    let mut lines = Lines::of(&mut child);
    wait_for("jug to watch the last log", || {
        (held_by(&child).1 > 365).then_some(())
    });
    let (open, _) = held_by(&child);
    assert!(open < 100, "{open} files are open");
    append(&today, "late 1\nlate 2\n");
    append(sandbox.path().join(name(12, 25)), "first of the new\n");
    append(sandbox.path().join(name(12, 25)), "second\n");
    lines.expect(&["late 1", "late 2", "first of the new", "second"]);
}

#[test]
fn many_rotations_leave_no_files_or_watches_behind() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, "0\n");
    let args = [
        "follow",
        "--start",
        "begin",
        "--rotate-grace",
        "1ms",
        "app.log",
    ];
    let mut child = sandbox.start(args);
    let mut lines = Lines::of(&mut child);
    lines.expect(&["0"]);
    append(&log, "begin\n");
    lines.expect(&["begin"]);
    let before = held_by(&child);
    for number in 1..=2000 {
        // The last ones are kept: their watches end with the interest in them, not with the files.
        let oldest = if number <= 1900 { 1 } else { number };
        let rotated = sandbox.path().join(format!("app.log.{oldest}"));
        fs::rename(&log, rotated).expect("a rotation");
        append(&log, &format!("{number}\n"));
        assert_eq!(lines.next(), number.to_string());
    }
    wait_for("jug to close the last rotated files", || {
        let now = held_by(&child);
        (now.0 <= before.0 + 2 && now.1 <= before.1 + 2).then_some(())
    });
}
