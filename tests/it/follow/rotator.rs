//! A real rotator under a writer, if it is installed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use super::{Lines, append};
use crate::process::wait_for;
use crate::support::{Running, Sandbox};

const LINES: usize = 200_000;
const ROTATIONS: usize = 20;

/// Where Debian installs it, which is not in every PATH.
const LOGROTATE: &str = "/usr/sbin/logrotate";

/// A log that logrotate rotates.
struct Rotated {
    sandbox: Sandbox,
}

impl Rotated {
    /// The log, and a follower that has read its first line. None if logrotate is not installed.
    fn new(directives: &str) -> Option<(Rotated, Running, Lines)> {
        Command::new(LOGROTATE).arg("--version").output().ok()?;
        let sandbox = Sandbox::new();
        let log = sandbox.path().join("app.log");
        let config = format!("{} {{\n rotate 30\n {directives}\n}}\n", log.display());
        sandbox.file("rotate.conf", config);
        let mode = fs::Permissions::from_mode(0o644);
        fs::set_permissions(sandbox.path().join("rotate.conf"), mode).expect("a file of ours");
        append(&log, "begin\n");
        let args = [
            "follow",
            "--start",
            "begin",
            "--wait-for",
            "^end$",
            "app.log",
        ];
        let mut child = sandbox.start(args);
        let mut lines = Lines::of(&mut child);
        lines.expect(&["begin"]);
        Some((Rotated { sandbox }, child, lines))
    }

    fn rotate(&self) {
        let line = format!("{LOGROTATE} -f -s status rotate.conf 2>&1");
        self.sandbox.shell(&line, b"").clean();
    }

    /// Opens the log as programs do after a signal.
    fn writer(&self) -> File {
        let mut options = File::options();
        let options = options.append(true).create(true);
        let log = options.open(self.sandbox.path().join("app.log"));
        log.expect("a log")
    }
}

/// Reads lines until the end.
fn rest(lines: Lines) -> String {
    let mut text = String::new();
    let mut pipe = lines.0;
    pipe.read_to_string(&mut text).expect("text");
    text
}

/// Writes lines; between two of them logrotate works. Returns what jug has printed, which is read meanwhile or only at the end.
fn rotated_between_lines(directives: &str, is_read_meanwhile: bool) -> Option<String> {
    let (rotated, child, lines) = Rotated::new(directives)?;
    let mut writer = rotated.writer();
    let write = |writer: &mut File, from: usize, to: usize| {
        let lines: String = (from..to).map(|n| format!("{n} of the log\n")).collect();
        writer.write_all(lines.as_bytes()).expect("lines");
    };
    let every = LINES / ROTATIONS;
    let mut work = || {
        for round in 0..ROTATIONS {
            let from = round * every;
            write(&mut writer, from, from + every / 2);
            rotated.rotate();
            writer = rotated.writer();
            write(&mut writer, from + every / 2, from + every);
        }
        writeln!(writer, "end").expect("a line");
    };
    let printed = match is_read_meanwhile {
        true => thread::scope(|scope| {
            let reader = scope.spawn(|| rest(lines));
            work();
            reader.join().expect("a text")
        }),
        false => {
            work();
            rest(lines)
        }
    };
    let outcome = child.end();
    assert_eq!(outcome.status, 0, "{directives}: {}", outcome.stderr());
    Some(printed)
}

#[test]
fn logrotate_makes_no_line_disappear_or_come_twice() {
    let expected: String = (0..LINES).map(|n| format!("{n} of the log\n")).collect();
    for directives in [
        "create",
        "create\n compress",
        "create\n compress\n delaycompress",
        "nocreate",
        "copytruncate",
        "copytruncate\n compress",
        "copytruncate\n compress\n delaycompress",
    ] {
        for is_read_meanwhile in [true, false] {
            let Some(printed) = rotated_between_lines(directives, is_read_meanwhile) else {
                return;
            };
            let printed = printed.strip_suffix("end\n").expect("the last line");
            assert!(
                printed == expected,
                "{directives}: {} of {LINES} lines, read meanwhile: {is_read_meanwhile}",
                printed.lines().count()
            );
        }
    }
}

/// The numbers in all files of the log.
fn kept(directory: &Path) -> BTreeSet<usize> {
    let names = fs::read_dir(directory).expect("a directory");
    let mut numbers = BTreeSet::new();
    for path in names.map(|entry| entry.expect("an entry").path()) {
        let name = path.file_name().expect("a name").to_string_lossy();
        if !name.starts_with("app.log") {
            continue;
        }
        let mut text = String::new();
        let mut file = File::open(&path).expect("a file");
        match name.ends_with(".gz") {
            true => flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text),
            false => file.read_to_string(&mut text),
        }
        .expect("text");
        // The end of a copy may be a part of a line.
        let lines = text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'));
        numbers.extend(lines.filter_map(number));
    }
    numbers
}

fn number(line: &str) -> Option<usize> {
    line.strip_suffix(" of the log")?.parse().ok()
}

/// Nothing is written while logrotate works in other tests. Here the writer does not stop, so that lines that come between the
/// copy and the truncation are in no file any more; all others must come.
#[test]
fn every_line_comes_once_that_a_copying_logrotate_leaves() {
    for directives in [
        "copytruncate",
        "copytruncate\n compress",
        "copytruncate\n compress\n delaycompress",
    ] {
        let Some((rotated, child, lines)) = Rotated::new(directives) else {
            return;
        };
        let (written, mut writer) = (AtomicUsize::new(0), rotated.writer());
        let write = || {
            for number in 0..LINES {
                writeln!(writer, "{number} of the log").expect("a line");
                written.store(number, SeqCst);
            }
        };
        let printed = thread::scope(|scope| {
            let reader = scope.spawn(|| rest(lines));
            let writing = scope.spawn(write);
            for round in 1..=ROTATIONS {
                wait_for("the writer", || {
                    let enough = round * LINES / (ROTATIONS + 2);
                    (written.load(SeqCst) >= enough).then_some(())
                });
                rotated.rotate();
            }
            writing.join().expect("all lines");
            writeln!(rotated.writer(), "end").expect("a line");
            reader.join().expect("a text")
        });
        let printed: Vec<usize> = printed.lines().filter_map(number).collect();
        let disorder = printed.windows(2).find(|pair| pair[0] >= pair[1]);
        assert!(
            disorder.is_none(),
            "{directives}: {} lines, out of order or twice: {disorder:?}",
            printed.len()
        );
        let printed: BTreeSet<usize> = printed.into_iter().collect();
        let lost: Vec<usize> = kept(&rotated.sandbox.path())
            .difference(&printed)
            .copied()
            .collect();
        assert!(lost.is_empty(), "{directives}: lost {lost:?}");
        let outcome = child.end();
        assert!(
            outcome.stderr().contains("truncated after byte"),
            "{outcome}"
        );
    }
}
