//! What happens while jug follows.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::symlink;

use super::{Lines, append};
use crate::process::{signal, wait_for};
use crate::support::Sandbox;

/// A log with a line that has come already.
fn following(args: &[&str]) -> (Sandbox, crate::support::Running, Lines) {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "begin\n");
    let args: Vec<&str> = ["follow", "app.log"].iter().chain(args).copied().collect();
    let mut child = sandbox.start(&args);
    let mut lines = Lines::of(&mut child);
    lines.expect(&["begin"]);
    (sandbox, child, lines)
}

#[test]
fn lines_come_as_they_are_written_and_never_in_parts() {
    for engine in ["auto", "inotify", "poll"] {
        let args = ["--engine", engine, "--interval", "20ms"];
        let (sandbox, _child, mut lines) = following(&args);
        let log = sandbox.path().join("app.log");
        append(&log, "one\ntw");
        lines.expect(&["one"]);
        append(&log, "o\nthree\n");
        lines.expect(&["two", "three"]);
    }
}

#[test]
fn late_writers_of_a_rotated_file_are_heard() {
    for engine in ["auto", "poll"] {
        let args = [
            "--engine",
            engine,
            "--interval",
            "20ms",
            "--rotate-grace",
            "100s",
        ];
        let (sandbox, _child, mut lines) = following(&args);
        let log = sandbox.path().join("app.log");
        let mut writer = File::options().append(true).open(&log).expect("a writer");
        fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
        append(&log, "new\n");
        lines.expect(&["new"]);
        for line in ["late 1", "late 2"] {
            writeln!(writer, "{line}").expect("a late line");
            lines.expect(&[line]);
        }
        fs::remove_file(sandbox.path().join("app.log.1")).expect("a file");
        writeln!(writer, "from a removed file").expect("a late line");
        lines.expect(&["from a removed file"]);
        append(&log, "newer\n");
        lines.expect(&["newer"]);
    }
}

#[test]
fn a_truncated_file_is_read_from_its_beginning() {
    let (sandbox, child, mut lines) = following(&[]);
    let log = sandbox.path().join("app.log");
    fs::write(&log, "after the truncation\n").expect("a shorter file");
    lines.expect(&["after the truncation"]);
    fs::write(&log, "longer than what was there before it was truncated\n").expect("a longer file");
    lines.expect(&["longer than what was there before it was truncated"]);
    signal(&child, "TERM");
    let outcome = child.end();
    assert_eq!(outcome.signal, Some(15), "{outcome}");
    assert_eq!(
        outcome.stderr().matches("truncated after byte").count(),
        2,
        "{outcome}"
    );
}

#[test]
fn a_copy_is_read_to_its_end_after_a_truncation() {
    let (sandbox, child, mut lines) = following(&[]);
    let log = sandbox.path().join("app.log");
    // Stopped, so that it sees nothing of what happens in between.
    signal(&child, "STOP");
    append(&log, "before the copy\n");
    fs::copy(&log, sandbox.path().join("app.log.1")).expect("a copy");
    File::options()
        .write(true)
        .truncate(true)
        .open(&log)
        .expect("a truncation");
    append(&log, "after\n");
    signal(&child, "CONT");
    lines.expect(&["before the copy", "after"]);
}

#[test]
fn a_file_that_does_not_exist_yet_is_awaited() {
    let sandbox = Sandbox::new();
    let mut child = sandbox.start(["follow", "below/it/app.log"]);
    let mut lines = Lines::of(&mut child);
    wait_for("jug to watch", || {
        (super::held_by(&child).1 > 0).then_some(())
    });
    sandbox.file("below/it/app.log", "one\n");
    lines.expect(&["one"]);
    fs::remove_file(sandbox.path().join("below/it/app.log")).expect("a file");
    sandbox.file("below/it/app.log", "two\n");
    lines.expect(&["two"]);
}

#[test]
fn a_glob_finds_new_files() {
    let sandbox = Sandbox::new();
    sandbox.file("logs/a.log", "a\n");
    let mut child = sandbox.start(["follow", "--prefix", "logs/*.log"]);
    let mut lines = Lines::of(&mut child);
    lines.expect(&["logs/a.log: a"]);
    sandbox.file("logs/b.txt", "no\n").file("logs/c.log", "c\n");
    lines.expect(&["logs/c.log: c"]);
    append(sandbox.path().join("logs/a.log"), "more\n");
    lines.expect(&["logs/a.log: more"]);
}

#[test]
fn a_link_is_followed_but_a_planted_one_is_not() {
    let sandbox = Sandbox::new();
    sandbox
        .file("a", "a\n")
        .file("b", "b\n")
        .file("secret", "secret\n");
    symlink("a", sandbox.path().join("link")).expect("a link");
    let mut child = sandbox.start(["follow", "link"]);
    let mut lines = Lines::of(&mut child);
    lines.expect(&["a"]);
    symlink("b", sandbox.path().join("new")).expect("a link");
    fs::rename(sandbox.path().join("new"), sandbox.path().join("link")).expect("a rename");
    lines.expect(&["b"]);
    append(sandbox.path().join("b"), "more\n");
    lines.expect(&["more"]);

    let (sandbox, child, mut lines) = following(&["--rotate-grace", "100s"]);
    let log = sandbox.path().join("app.log");
    let mut writer = File::options().append(true).open(&log).expect("a writer");
    sandbox.file("secret", "secret\n");
    fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
    symlink("secret", &log).expect("a link");
    writeln!(writer, "late").expect("a late line");
    lines.expect(&["late"]);
    fs::remove_file(&log).expect("the link");
    append(&log, "the file is back\n");
    lines.expect(&["the file is back"]);
    signal(&child, "TERM");
    let said = child.end().stderr();
    assert!(
        said.contains("a link has taken the place of the file"),
        "{said}"
    );
}

#[test]
fn a_signal_asks_to_look_again_or_ends() {
    for args in [
        &["--engine", "poll", "--interval", "1h"][..],
        &["--engine", "inotify"],
    ] {
        let (sandbox, child, mut lines) = following(args);
        append(sandbox.path().join("app.log"), "more\n");
        signal(&child, "USR1");
        lines.expect(&["more"]);
        for (name, number) in [("INT", 2), ("TERM", 15)] {
            let (_sandbox, child, _lines) = following(args);
            signal(&child, name);
            assert_eq!(child.end().signal, Some(number));
        }
    }
}

#[test]
fn the_end_of_the_reader_ends_the_run() {
    let (_sandbox, child, lines) = following(&[]);
    drop(lines);
    assert_eq!(child.end().signal, Some(13));
}

#[test]
fn an_awaited_line_ends_the_run() {
    let (sandbox, child, mut lines) = following(&["--wait-for", "Started", "--timeout", "100s"]);
    append(sandbox.path().join("app.log"), "Starting\nStarted\nmore\n");
    lines.expect(&["Starting", "Started"]);
    assert_eq!(child.end().status, 0);
    let (sandbox, child, mut lines) = following(&["-n", "3"]);
    append(sandbox.path().join("app.log"), "1\n2\n3\n");
    lines.expect(&["1", "2"]);
    assert_eq!(child.end().status, 0);
}

#[test]
fn a_ring_of_files_with_fixed_names_is_followed() {
    let sandbox = Sandbox::new();
    let file = |number: usize| sandbox.path().join(format!("logfile.{number}"));
    append(file(1), "old\n");
    let mut child = sandbox.start(["follow", "logfile"]);
    let mut lines = Lines::of(&mut child);
    wait_for("jug to watch the file", || {
        (super::held_by(&child).1 >= 2).then_some(())
    });
    append(file(1), "one\n");
    lines.expect(&["one"]);
    append(file(2), "two\n");
    lines.expect(&["two"]);
    append(file(2), "more\n");
    lines.expect(&["more"]);
    fs::write(file(1), "its turn again\n").expect("a file");
    lines.expect(&["its turn again"]);
    append(file(1), "and on\n");
    lines.expect(&["and on"]);
}

#[test]
fn of_links_that_a_glob_finds_only_those_are_followed_that_are_there_from_the_start() {
    let sandbox = Sandbox::new();
    sandbox.file("elsewhere", "one\n").file("logs/a.log", "a\n");
    symlink("../elsewhere", sandbox.path().join("logs/link.log")).expect("a link");
    let mut child = sandbox.start(["follow", "--prefix", "logs/*.log"]);
    let mut lines = Lines::of(&mut child);
    let mut first = [lines.next(), lines.next()];
    first.sort();
    assert_eq!(first, ["logs/a.log: a", "logs/link.log: one"]);
    append(sandbox.path().join("elsewhere"), "two\n");
    lines.expect(&["logs/link.log: two"]);
    symlink("../elsewhere", sandbox.path().join("logs/planted.log")).expect("a link");
    sandbox.file("logs/z.log", "z\n");
    lines.expect(&["logs/z.log: z"]);
    signal(&child, "TERM");
    let said = child.end().stderr();
    assert!(
        said.contains("logs/planted.log: a link that appeared later is not followed"),
        "{said}"
    );
}

#[test]
fn an_archive_that_is_still_written_is_waited_for() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    let lines: String = (0..20_000)
        .map(|n| format!("{} {n}\n", n * 7919 % 10_007))
        .collect();
    append(&log, &lines);
    super::drain(&sandbox, &["app.log"]);
    append(&log, "one\ntwo\n");
    sandbox.shell("gzip app.log", b"").clean();
    let archive = fs::read(sandbox.path().join("app.log.gz")).expect("an archive");
    fs::remove_file(sandbox.path().join("app.log.gz")).expect("an archive");
    append(&log, "three\n");
    let path = sandbox.path().join("app.log.1.gz");
    let (begin, rest) = archive.split_at(archive.len() / 2);
    fs::write(&path, begin).expect("half an archive");
    let file = File::options().append(true).open(&path);
    let mut file = file.expect("the archive");
    let child = sandbox.start(["follow", "--state", "state", "--drain", "app.log"]);
    let fds = format!("/proc/{}/fd", child.id());
    let pauses = || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("voluntary"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    let (mut opened_at, mut before) = (None, None);
    wait_for("jug to look at the archive again and again", || {
        // It is being written as long as it changes; it changes while jug pauses.
        let now = pauses()?;
        if before.replace(now) != Some(now) {
            let time = std::time::SystemTime::now();
            file.set_modified(time).expect("a time");
        }
        let open = fs::read_dir(&fds).ok()?;
        let mut targets = open
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok());
        if opened_at.is_none() && targets.any(|target| target == path) {
            opened_at = Some(now);
        }
        (now >= opened_at? + 10).then_some(())
    });
    file.write_all(rest).expect("the rest");
    let outcome = child.end();
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (0, "one\ntwo\nthree\n"),
        "{outcome}"
    );
}

#[test]
fn a_line_whose_report_was_lost_is_found() {
    // More than the kernel queues, unless somebody has raised the limit: then nothing is lost.
    const REPORTS: usize = 20_000;
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, "one\n");
    let mut child = sandbox.start(["follow", "app.log"]);
    let mut lines = Lines::of(&mut child);
    lines.expect(&["one"]);
    append(&log, "two\n");
    lines.expect(&["two"]);
    signal(&child, "STOP");
    for number in 0..REPORTS / 2 {
        let other = sandbox.path().join(number.to_string());
        fs::write(&other, "").expect("a file");
        fs::remove_file(&other).expect("a file");
    }
    append(&log, "three\n");
    signal(&child, "CONT");
    lines.expect(&["three"]);
}
