//! What the system may refuse: watches, space on the disk, a terminal. Skipped where namespaces cannot be made.

use std::fs;
use std::process::Stdio;

use super::{Lines, append};
use crate::process::{signal, wait_for};
use crate::support::{JUG, Running, Sandbox, command};

/// Whether a command line works in new user and mount namespaces, in which this process is root.
fn is_possible(sandbox: &Sandbox, line: &str) -> bool {
    sandbox
        .shell(&format!("unshare -Urm sh -c '{line}'"), b"")
        .status
        == 0
}

#[test]
fn without_watches_files_are_looked_at_from_time_to_time() {
    let sandbox = Sandbox::new();
    let limit = "echo 0 > /proc/sys/user/max_inotify_watches";
    if !is_possible(&sandbox, limit) {
        return;
    }
    append(sandbox.path().join("app.log"), "begin\n");
    let line = format!("{limit}; exec jug follow --interval 20ms app.log");
    let mut shell = command("unshare");
    shell
        .args(["-Urm", "sh", "-c", &line.replace("jug", JUG)])
        .current_dir(sandbox.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = Running::new(&mut shell);
    let mut lines = Lines::of(&mut child);
    lines.expect(&["begin"]);
    append(sandbox.path().join("app.log"), "more\n");
    lines.expect(&["more"]);
    fs::rename(
        sandbox.path().join("app.log"),
        sandbox.path().join("app.log.1"),
    )
    .expect("a rotation");
    append(sandbox.path().join("app.log"), "new\n");
    lines.expect(&["new"]);
    signal(&child, "TERM");
    let said = child.end().stderr();
    assert!(
        said.contains("since they cannot be watched: No space left"),
        "{said}"
    );
    assert!(said.contains("fs.inotify.max_user_watches"), "{said}");
    assert_eq!(said.matches("warning").count(), 1, "{said}");
}

#[test]
fn on_a_full_disk_lines_come_out_and_the_state_stays() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path().join("small")).expect("a directory");
    let mount = "mount -t tmpfs -o size=16k none small";
    if !is_possible(&sandbox, mount) {
        return;
    }
    sandbox.file("app.log", "one\n").file(
        "script",
        "jug follow --state small/state --drain app.log; echo $?
echo two >> app.log
cp small/state before
cat /dev/zero > small/filler 2>/dev/null
jug follow --state small/state --drain app.log; echo $?
cmp before small/state && rm small/filler
jug follow --state small/state --drain app.log; echo $?
jug follow --state small/state --drain app.log; echo $?
",
    );
    let outcome = sandbox.shell(&format!("unshare -Urm sh -c '{mount}; sh script'"), b"");
    assert_eq!(outcome.stdout(), "one\n0\ntwo\n2\ntwo\n0\n0\n", "{outcome}");
    let said = outcome.stderr();
    assert!(
        said.contains("the state could not be saved: No space left"),
        "{said}"
    );
}

/// `setsid` takes the terminal away, if there is one.
#[test]
fn without_a_terminal_sighup_asks_to_look_again() {
    let sandbox = Sandbox::new();
    append(sandbox.path().join("app.log"), "begin\n");
    let line =
        format!("setsid {JUG} follow --engine poll --interval 1h app.log & echo $!; wait $!");
    let mut shell = command("sh");
    shell
        .args(["-c", &line])
        .current_dir(sandbox.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = Running::new(&mut shell);
    let mut lines = Lines::of(&mut child);
    let (one, other) = (lines.next(), lines.next());
    // The shell and jug write at the same time.
    let number = if one == "begin" { other } else { one };
    wait_for("jug to expect signals", || {
        let status = fs::read_to_string(format!("/proc/{number}/wchan"));
        status.is_ok().then_some(())
    });
    append(sandbox.path().join("app.log"), "more\n");
    let kill = |name: &str| {
        sandbox
            .shell(&format!("kill -{name} {number}"), b"")
            .clean()
    };
    kill("HUP");
    lines.expect(&["more"]);
    append(sandbox.path().join("app.log"), "even more\n");
    kill("HUP");
    lines.expect(&["even more"]);
    kill("TERM");
    assert_eq!(child.end().status, 128 + 15);
}

/// Both are stopped while the log is rotated twice. What was written in between is in a file that never was the log when tail
/// looked.
#[test]
fn lines_come_over_two_rotations_at_once_of_which_tail_loses_some() {
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("app.log");
    append(&log, "begin\n");
    let mut child = sandbox.start(["follow", "app.log"]);
    let mut tail = command("tail");
    tail.args(["-F", "app.log"])
        .current_dir(sandbox.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut tail = Running::new(&mut tail);
    let (mut lines, mut of_tail) = (Lines::of(&mut child), Lines::of(&mut tail));
    lines.expect(&["begin"]);
    of_tail.expect(&["begin"]);
    signal(&child, "STOP");
    signal(&tail, "STOP");
    for (from, to, line) in [(".1", ".2", "first"), (".1", ".2", "second")] {
        if sandbox.path().join("app.log.1").exists() {
            let path = |end: &str| sandbox.path().join(format!("app.log{end}"));
            fs::rename(path(from), path(to)).expect("a rotation");
        }
        append(&log, &format!("{line}\n"));
        fs::rename(&log, sandbox.path().join("app.log.1")).expect("a rotation");
    }
    append(&log, "third\n");
    signal(&child, "CONT");
    signal(&tail, "CONT");
    lines.expect(&["first", "second", "third"]);
    let mut came = vec![of_tail.next()];
    while came.last().is_some_and(|line| line != "third") {
        came.push(of_tail.next());
    }
    assert!(!came.contains(&"second".to_owned()), "{came:?}");
}
