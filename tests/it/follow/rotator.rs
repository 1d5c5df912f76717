//! A real rotator under a writer, if it is installed.

use std::fs::{self, File};
use std::io::Write as _;
use std::process::Command;

use super::append;
use crate::support::Sandbox;

const LINES: usize = 200_000;
const ROTATIONS: usize = 20;

/// Where Debian installs it, which is not in every PATH.
const LOGROTATE: &str = "/usr/sbin/logrotate";

fn has_logrotate() -> bool {
    Command::new(LOGROTATE).arg("--version").output().is_ok()
}

/// Writes lines while logrotate works; returns what jug has printed. The writer opens the log again after each rotation, as
/// programs do on a signal.
fn rotated(directives: &str) -> Option<String> {
    if !has_logrotate() {
        return None;
    }
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    let config = format!("{} {{\n rotate 30\n {directives}\n}}\n", log.display());
    sandbox.file("rotate.conf", config);
    fs::set_permissions(
        sandbox.path().join("rotate.conf"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .expect("a file of ours");
    append(&log, "");
    let args = [
        "follow",
        "--start",
        "begin",
        "--wait-for",
        "^end$",
        "app.log",
    ];
    let child = sandbox.start(args);
    let mut writer = File::options().append(true).open(&log).expect("a log");
    for number in 1..=LINES {
        writeln!(writer, "{number} of the log").expect("a line");
        if number % (LINES / ROTATIONS) == LINES / ROTATIONS / 2 {
            sandbox
                .shell(&format!("{LOGROTATE} -f -s status rotate.conf 2>&1"), b"")
                .clean();
            writer = File::options()
                .append(true)
                .create(true)
                .open(&log)
                .expect("a new log");
        }
    }
    writeln!(writer, "end").expect("a line");
    let outcome = child.end();
    assert_eq!(outcome.status, 0, "{directives}: {}", outcome.stderr());
    Some(outcome.stdout())
}

#[test]
fn logrotate_makes_no_line_disappear() {
    let expected: String = (1..=LINES).map(|n| format!("{n} of the log\n")).collect();
    for directives in [
        "create",
        "create\n compress",
        "create\n compress\n delaycompress",
        "nocreate",
    ] {
        if let Some(printed) = rotated(directives) {
            let printed = printed.strip_suffix("end\n").expect("the last line");
            assert!(
                printed == expected,
                "{directives}: {} of {LINES} lines",
                printed.lines().count()
            );
        }
    }
}
