//! Files written with `-o`: complete, or as they were.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{JUG, Running, Sandbox, command};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The IDs of the user and group nobody.
const NOBODY: u32 = 65534;

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'>\
    <circle cx='150' cy='150' r='140' fill='red'/></svg>";

/// Commands that write more than 1 KiB to a file called `out`.
const WRITERS: [&str; 5] = [
    "jug log 'select line' long.log -o out --to csv",
    "jug log 'select line' short.log -o out --to csv",
    "jug walk tree -o out --to csv",
    "jug pie -i values.tsv -o out --to svg",
    "jug render picture.svg -o out",
];

/// A directory with inputs for all writers and a file `out` that contains `old`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("long.log", "a line of a log\n".repeat(20_000))
        .file("short.log", "a line of a log\n".repeat(200))
        .file("values.tsv", "a\t1\nb\t2\nc\t3\nd\t4\ne\t5\nf\t6\n")
        .file("picture.svg", SVG)
        .file("out", "old");
    for number in 0..100 {
        sandbox.file(format!("tree/a file with a name {number}"), "");
    }
    sandbox
}

/// The names in a directory that are not inputs.
fn hidden(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the sandbox can be listed");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| name.starts_with('.'))
        .collect()
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let sandbox = sandbox();
    let out = sandbox.path().join("out");
    for writer in WRITERS {
        // One block of 512 or 1024 bytes; then write(2) fails as on a full disk.
        let outcome = sandbox.shell(&format!("trap '' XFSZ; ulimit -f 1; {writer}"), b"");
        assert_eq!(outcome.status, 2, "{writer}: {outcome}");
        let stderr = outcome.stderr();
        assert!(stderr.contains("out: File too large"), "{writer}: {stderr}");
        assert_eq!(fs::read(&out).expect("it is there"), b"old", "{writer}");
        assert_eq!(hidden(&sandbox.path()), [""; 0], "{writer}");
        // Without the limit it is replaced: the commands are right.
        let outcome = sandbox.shell(writer, b"");
        assert_eq!(outcome.status, 0, "{writer}: {outcome}");
        assert!(
            fs::metadata(&out).expect("it is there").len() > 1024,
            "{writer}"
        );
        fs::write(&out, "old").expect("it can be written");
    }
}

#[test]
fn a_killed_run_leaves_the_old_file() {
    let sandbox = Sandbox::new();
    sandbox.file("out", "old");
    let mut command = command(JUG);
    command
        .args(["log", "select line", "-o", "out", "--to", "csv"])
        .current_dir(sandbox.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = Running::new(&mut command);
    let lines = "a line of a log\n".repeat(50_000);
    let pipe = child.stdin.as_mut().expect("a pipe");
    pipe.write_all(lines.as_bytes()).expect("jug reads");
    // Some of the new content has been written, but its input has not ended.
    let started = Instant::now();
    let directory = format!("/proc/{}/fd", child.id());
    let old = fs::metadata(sandbox.path().join("out")).expect("it is there");
    let is_being_written = |entry: fs::DirEntry| {
        fs::metadata(entry.path())
            .is_ok_and(|status| status.is_file() && status.dev() == old.dev() && status.len() > 0)
            && fs::read_link(entry.path()).is_ok_and(|path| path.starts_with(sandbox.path()))
    };
    while !fs::read_dir(&directory)
        .expect("jug is running")
        .filter_map(Result::ok)
        .any(is_being_written)
    {
        assert!(started.elapsed() < PATIENCE, "nothing is written");
        std::thread::yield_now();
    }
    child.kill().expect("it runs");
    let outcome = child.end();
    assert_eq!(outcome.signal, Some(9), "{outcome}");
    let left = fs::read(sandbox.path().join("out")).expect("it is there");
    assert_eq!(left, b"old");
}

#[test]
fn a_write_protected_file_is_not_replaced() {
    let sandbox = sandbox();
    let top = sandbox.path();
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the test owns it");
    };
    set(top.parent().expect("a sandbox has parts"), 0o755);
    set(&top, 0o777);
    set(&top.join("out"), 0o444);
    // The copy is made by another process, since a file that this one has open for writing cannot be run.
    let copy = top.join("copy");
    let copied = Command::new("cp").args([Path::new(JUG), &copy]).status();
    assert!(copied.is_ok_and(|status| status.success()), "a copy of jug");
    for (target, status) in [("out", 2), ("other", 0)] {
        let mut command = Command::new(&copy);
        command.args(["log", "count", "short.log", "--to", "csv", "-o", target]);
        // Root may write to everything, so another user runs it then.
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let outcome = sandbox.run(command, b"");
        assert_eq!(outcome.status, status, "{target}: {outcome}");
        let is_refused = outcome.stderr().contains("out: Permission denied");
        assert_eq!(is_refused, status == 2, "{target}: {outcome}");
    }
    assert_eq!(fs::read(top.join("out")).expect("it is there"), b"old");
    assert_eq!(
        fs::read(top.join("other")).expect("it is new"),
        b"count\n200\n"
    );
    assert_eq!(hidden(&top), [""; 0]);
}
