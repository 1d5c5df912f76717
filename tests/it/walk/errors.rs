//! Directories without permission, walked by a user who is not root.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::{Outcome, Sandbox};

/// The IDs of the user and group nobody.
const NOBODY: u32 = 65534;

/// A tree with directories that cannot be read, and a copy of jug that another user can run.
pub(super) struct Guarded {
    pub(super) sandbox: Sandbox,
    jug: PathBuf,
    closed: Vec<PathBuf>,
}

impl Guarded {
    /// `tree/open/file`, and `count` directories `tree/c0`, `tree/c1`, …, each with a file, that cannot be read.
    pub(super) fn new(count: usize) -> Guarded {
        let sandbox = Sandbox::new();
        sandbox.file("tree/open/file", "x");
        let closed = (0..count).map(|index| {
            sandbox.file(format!("tree/c{index}/file"), "x");
            sandbox.path().join(format!("tree/c{index}"))
        });
        let closed: Vec<PathBuf> = closed.collect();
        let top = sandbox.path();
        let jug = top.join("jug");
        // Copied by another process: a file that is open for writing cannot be run, and processes that other tests start at
        // that moment inherit the descriptor.
        let copied = Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_jug"))
            .arg(&jug)
            .status();
        assert!(copied.is_ok_and(|status| status.success()), "a copy");
        let set = |path: &PathBuf, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the test owns it");
        };
        set(
            &top.parent().expect("a sandbox has parts").to_owned(),
            0o755,
        );
        closed.iter().for_each(|path| set(path, 0));
        Guarded {
            sandbox,
            jug,
            closed,
        }
    }

    /// Root can read everything, so then nobody runs it.
    pub(super) fn run(&self, program: &str, args: &[&str]) -> Outcome {
        let program = match program {
            "jug" => self.jug.as_path(),
            other => other.as_ref(),
        };
        let mut command = Command::new(program);
        command.args(args);
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        self.sandbox.run(command, b"")
    }

    pub(super) fn walk(&self, args: &[&str]) -> Outcome {
        self.run("jug", &[&["walk"], args].concat())
    }
}

/// A directory that cannot be read cannot be removed with its contents.
impl Drop for Guarded {
    fn drop(&mut self) {
        for path in &self.closed {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
        }
    }
}

#[test]
fn unreadable_directories_are_reported_and_the_rest_is_walked() {
    let guarded = Guarded::new(8);
    let find = guarded.run("find", &["tree"]);
    assert_eq!(find.status, 1, "find reports it, too: {find}");
    let mut expected: Vec<String> = find.stdout().lines().map(str::to_owned).collect();
    expected.sort();
    for args in [
        &["-j1"][..],
        &["-j8"],
        &["--order", "none"],
        &["--order", "path"],
        &["--engine", "portable"],
    ] {
        let outcome = guarded.walk(&[args, &["tree"]].concat());
        let mut paths: Vec<String> = outcome.stdout().lines().map(str::to_owned).collect();
        paths.sort();
        assert_eq!((outcome.status, &paths), (3, &expected), "{outcome}");
        let stderr = outcome.stderr();
        let lines: Vec<&str> = stderr.lines().collect();
        assert_eq!(lines.len(), 6, "{outcome}");
        for line in &lines[..5] {
            let is_reported =
                line.starts_with("jug walk: tree/c") && line.ends_with(": Permission denied");
            assert!(is_reported, "{outcome}");
        }
        assert_eq!(lines[5], "jug walk: 3 more like these");
    }
}

#[test]
fn errors_are_reported_in_the_order_of_the_entries() {
    let guarded = Guarded::new(8);
    let reported = guarded.walk(&["-j1", "tree"]).stderr();
    for _ in 0..10 {
        assert_eq!(guarded.walk(&["-j8", "tree"]).stderr(), reported);
    }
    assert!(
        reported.starts_with("jug walk: tree/c0: Permission denied\n"),
        "{reported}"
    );
}

#[test]
fn errors_are_records_with_events() {
    let guarded = Guarded::new(2);
    let args = [
        "--ndjson",
        "--fields",
        "path",
        "--events",
        "error,summary",
        "tree",
    ];
    let outcome = guarded.walk(&args);
    let error = |name: &str| {
        format!(
            "{{\"event\":\"error\",\"path\":\"tree/{name}\",\"operation\":\"open\",\
             \"code\":\"EACCES\",\"message\":\"Permission denied\"}}"
        )
    };
    let stdout = outcome.stdout();
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(
        lines[..5],
        [
            r#"{"event":"entry","path":"tree"}"#,
            r#"{"event":"entry","path":"tree/c0"}"#,
            &error("c0"),
            r#"{"event":"entry","path":"tree/c1"}"#,
            &error("c1"),
        ]
    );
    let summary: Value = serde_json::from_str(lines[7]).expect("JSON");
    assert_eq!(
        (&summary["errors"], &summary["files"]),
        (&2.into(), &1.into())
    );
    assert_eq!(outcome.status, 3);
}

#[test]
fn a_json_tree_contains_errors() {
    let guarded = Guarded::new(1);
    let outcome = guarded.walk(&["--tree", "--fields", "type", "tree"]);
    let tree: Value = serde_json::from_slice(&outcome.stdout).expect("one JSON object");
    let closed = &tree["roots"][0]["children"][0];
    assert_eq!(closed["name"], "c0");
    assert_eq!(closed["error"]["code"], "EACCES");
    assert_eq!(closed["children"], Value::Array(Vec::new()));
    assert_eq!(
        tree["roots"][0]["children"][1]["children"][0]["name"],
        "file"
    );
    assert_eq!((&tree["summary"]["errors"], outcome.status), (&1.into(), 3));
}

#[test]
fn errors_may_be_tolerated() {
    let guarded = Guarded::new(8);
    let plain = guarded.walk(&["tree"]).stdout();
    for (cause, status) in [
        ("eacces", 0),
        ("all", 0),
        ("eacces,enoent", 0),
        ("enoent", 3),
    ] {
        let outcome = guarded.walk(&["--tolerate", cause, "tree"]);
        assert_eq!(
            (outcome.status, outcome.stdout()),
            (status, plain.clone()),
            "{cause}"
        );
        assert_eq!(outcome.stderr().is_empty(), status == 0, "{cause}");
    }
}

#[test]
fn a_quiet_walk_that_is_incomplete_finds_something_or_exits_with_3() {
    let guarded = Guarded::new(1);
    for (name, status) in [("open", 0), ("nothing", 3)] {
        let outcome = guarded.walk(&["-q", "--name", name, "tree"]);
        assert_eq!(
            (outcome.status, outcome.stdout()),
            (status, String::new()),
            "{name}"
        );
    }
}

#[test]
fn attributes_without_permission_are_missing() {
    let guarded = Guarded::new(1);
    // It can be listed, but not searched.
    fs::set_permissions(&guarded.closed[0], fs::Permissions::from_mode(0o744))
        .expect("the test owns it");
    if !rustix::process::geteuid().is_root() {
        fs::set_permissions(&guarded.closed[0], fs::Permissions::from_mode(0o400)).expect("ours");
    }
    let names = guarded.walk(&["tree/c0"]);
    assert_eq!(names.clean(), "tree/c0\ntree/c0/file\n");
    let outcome = guarded.walk(&[
        "--ndjson",
        "--fields",
        "path,size",
        "--type",
        "f",
        "tree/c0",
    ]);
    assert_eq!(
        outcome.stdout(),
        "{\"path\":\"tree/c0/file\",\"size\":null}\n"
    );
    assert_eq!(
        outcome.stderr(),
        "jug walk: tree/c0/file: Permission denied\n"
    );
    assert_eq!(outcome.status, 3);
}
