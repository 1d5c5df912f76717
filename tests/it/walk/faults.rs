//! What may not be read, as somebody who may not read it sees it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::{Outcome, Sandbox};

/// The user and group that own nothing.
const NOBODY: u32 = 65534;

/// A tree of which some directories may not be read, and a jug for somebody to whom that applies.
struct Guarded {
    sandbox: Sandbox,
    jug: PathBuf,
    closed: Vec<PathBuf>,
}

impl Guarded {
    /// `tree/open/file`, and so many directories `tree/c0` and on, each with a file in it, that may not be read.
    fn new(count: usize) -> Guarded {
        let sandbox = Sandbox::new();
        sandbox.file("tree/open/file", "x");
        let closed = (0..count).map(|index| {
            sandbox.file(format!("tree/c{index}/file"), "x");
            sandbox.path().join(format!("tree/c{index}"))
        });
        let closed: Vec<PathBuf> = closed.collect();
        let top = sandbox.path();
        let jug = top.join("jug");
        // By another process: a file that this one has open for writing cannot be run, and every process that another test
        // starts at that moment has it open too.
        let copied = Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_jug"))
            .arg(&jug)
            .status();
        assert!(copied.is_ok_and(|status| status.success()), "a copy");
        let set = |path: &PathBuf, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
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

    /// To root nothing is closed, so then somebody else runs it.
    fn run(&self, program: &str, args: &[&str]) -> Outcome {
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

    fn walk(&self, args: &[&str]) -> Outcome {
        self.run("jug", &[&["walk"], args].concat())
    }
}

/// A directory that may not be read cannot be taken away with what is in it.
impl Drop for Guarded {
    fn drop(&mut self) {
        for path in &self.closed {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
        }
    }
}

#[test]
fn what_may_not_be_read_is_said_and_the_rest_is_walked() {
    let guarded = Guarded::new(8);
    let find = guarded.run("find", &["tree"]);
    assert_eq!(find.status, 1, "find sees it, too: {find}");
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
            let is_said =
                line.starts_with("jug walk: tree/c") && line.ends_with(": Permission denied");
            assert!(is_said, "{outcome}");
        }
        assert_eq!(lines[5], "jug walk: 3 more like these");
    }
}

#[test]
fn in_order_the_same_is_said_in_the_same_order() {
    let guarded = Guarded::new(8);
    let said = guarded.walk(&["-j1", "tree"]).stderr();
    for _ in 0..10 {
        assert_eq!(guarded.walk(&["-j8", "tree"]).stderr(), said);
    }
    assert!(
        said.starts_with("jug walk: tree/c0: Permission denied\n"),
        "{said}"
    );
}

#[test]
fn faults_are_records_where_asked() {
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
fn a_tree_has_them_too_and_stays_json() {
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
fn they_may_be_no_faults() {
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
fn whether_there_is_any_where_not_all_is_seen() {
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
fn attributes_that_may_not_be_asked_for_are_missing() {
    let guarded = Guarded::new(1);
    // It may be listed, and nothing in it may be touched.
    fs::set_permissions(&guarded.closed[0], fs::Permissions::from_mode(0o744)).expect("it is ours");
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
