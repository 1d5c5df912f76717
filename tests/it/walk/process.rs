//! A walk as a process: readers that go away, full disks, signals, few descriptors.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Caught, found, walked, walked_sorted, wide};
use crate::support::Sandbox;

fn send(caught: &Caught, signal: Signal) {
    let pid = Pid::from_child(&caught.child);
    kill_process(pid, signal).expect("a child of ours");
}

#[test]
fn a_closed_pipe_ends_the_walk_silently() {
    let sandbox = Sandbox::new();
    let root = wide(&sandbox);
    for args in [
        "-j1",
        "-j8",
        "--order none",
        "--ndjson",
        "--tree",
        "--order path",
    ] {
        let line = format!("{{ jug walk {args} {root}; echo $? >&2; }} | head -c 1 > first");
        let outcome = sandbox.shell(&line, b"");
        assert_eq!(outcome.stderr(), "141\n", "{args}");
    }
}

/// The loop ends when the reader has gone, so the walk finds it gone however fast both are.
#[test]
fn a_walk_without_output_ends_when_its_reader_has_gone() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a", "");
    for args in [
        "--name missing",
        "--totals ext",
        "--type l --to table",
        "--order none --name missing",
    ] {
        let line = format!(
            "{{ trap '' PIPE; while echo; do :; done 2> /dev/null; \
             jug walk -j1 {args} tree; echo $? >&2; }} | true"
        );
        assert_eq!(sandbox.shell(&line, b"").stderr(), "141\n", "{args}");
    }
}

#[test]
fn an_output_that_cannot_be_opened_is_found_before_the_walk() {
    let sandbox = Sandbox::new();
    for args in ["", "--ndjson", "--tree", "--totals ext", "--to table"] {
        let outcome = sandbox.shell(&format!("jug walk {args} -o none/out missing"), b"");
        let stderr = outcome.stderr();
        assert!(
            !stderr.contains("missing") && stderr.contains("none/out"),
            "{outcome}"
        );
        assert_eq!(outcome.status, 2, "{outcome}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a", "");
    for args in [
        "",
        "--ndjson",
        "--tree",
        "--totals ext",
        "--fields path,size",
        "-0",
    ] {
        let full = sandbox.shell(&format!("jug walk {args} tree > /dev/full"), b"");
        let is_reported = full.stderr().contains("No space left on device");
        assert!(full.status == 2 && is_reported, "{full}");
        let closed = sandbox.shell(&format!("jug walk {args} tree >&-"), b"");
        let is_reported = closed.stderr().contains("Bad file descriptor");
        assert!(closed.status == 2 && is_reported, "{closed}");
    }
}

#[test]
fn a_signal_ends_the_walk_with_valid_output() {
    let sandbox = Sandbox::new();
    let root = wide(&sandbox);
    for (signal, number) in [(Signal::INT, 2), (Signal::TERM, 15)] {
        for threads in ["-j1", "-j8"] {
            let tree = Caught::new(
                &sandbox,
                &[threads, "--tree", "--fields", "type,dir", &root],
            );
            send(&tree, signal);
            let (stdout, stderr, status) = tree.finish();
            assert_eq!(status.signal(), Some(number));
            assert!(stderr.contains("interrupted"), "{stderr}");
            let tree: Value = serde_json::from_slice(&stdout).expect("one JSON object");
            let shown = tree["roots"][0]["children"].as_array().expect("some");
            let dirs = tree["summary"]["dirs"].as_u64().expect("a number");
            assert!(!shown.is_empty() && dirs >= shown.len() as u64);

            let rows = Caught::new(&sandbox, &[threads, "--ndjson", "--fields", "path", &root]);
            send(&rows, signal);
            let (stdout, _, status) = rows.finish();
            assert_eq!(status.signal(), Some(number));
            let lines = stdout.split_inclusive(|byte| *byte == b'\n');
            for line in lines {
                serde_json::from_slice::<Value>(line).expect("whole records");
            }
        }
    }
}

#[test]
fn sigusr1_prints_progress() {
    let sandbox = Sandbox::new();
    let root = wide(&sandbox);
    let mut caught = Caught::new(&sandbox, &["-j1", &root]);
    let stderr = caught.child.stderr.take().expect("a pipe");
    send(&caught, Signal::USR1);
    let mut stderr = BufReader::new(stderr);
    let mut line = String::new();
    stderr.read_line(&mut line).expect("text");
    assert!(
        line.starts_with("jug walk: ") && line.contains("entries"),
        "{line}"
    );
    let mut rest = Vec::new();
    caught.stdout.read_to_end(&mut rest).expect("bytes");
    let lines = rest.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 1 + 200 * 6);
    stderr.read_line(&mut line).expect("text");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_eq!(caught.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn few_descriptors_are_enough() {
    let sandbox = Sandbox::new();
    // Two directories in each, ten levels deep: on the path to each leaf ten directories have another one to open.
    for leaf in 0..1024 {
        let steps: String = (0..10)
            .map(|level| format!("{}/", leaf >> level & 1))
            .collect();
        sandbox.file(format!("tree/{steps}file"), "x");
    }
    let expected = found(&sandbox, "tree");
    for args in [
        "-j1",
        "-j8",
        "-j8 --order none",
        "-j8 --where 'size >= 0'",
        "-L -j8",
    ] {
        let line = format!("ulimit -n 12; jug walk -0 {args} tree");
        let outcome = sandbox.shell(&line, b"");
        assert_eq!(
            (outcome.status, outcome.stderr().as_str()),
            (0, ""),
            "{args}"
        );
        let mut paths = super::pieces(&outcome.stdout);
        paths.sort();
        assert!(
            paths == expected,
            "{args}: {} of {}",
            paths.len(),
            expected.len()
        );
    }
}

#[test]
fn a_limit_takes_the_first() {
    let sandbox = Sandbox::new();
    for directory in 0..20 {
        for file in 0..5 {
            sandbox.file(format!("tree/{directory}/{file}"), "");
        }
    }
    for order in ["dir", "path"] {
        let all = walked(&sandbox, &format!("--order {order} tree"));
        assert_eq!(all.len(), 121);
        for limit in [0, 1, 2, 6, 7, 8, 60, 120, 121, 500] {
            for threads in [1, 8] {
                let args = format!("--order {order} -n {limit} -j{threads} tree");
                assert!(
                    walked(&sandbox, &args).iter().eq(all.iter().take(limit)),
                    "{args}"
                );
            }
        }
    }
    let some = walked_sorted(&sandbox, "--order none -n 7 -j8 tree");
    assert_eq!(some.len(), 7);
    let all = found(&sandbox, "tree");
    assert!(some.iter().all(|path| all.contains(path)));
}

#[test]
fn quiet_walks_answer_with_their_exit_status() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a/b.log", "");
    for (args, status, stderr) in [
        ("tree", 0, ""),
        ("--name b.log tree", 0, ""),
        ("--name b.txt tree", 1, ""),
        (
            "--name b.txt missing tree",
            3,
            "jug walk: missing: No such file or directory\n",
        ),
        ("--name b.txt --tolerate enoent missing tree", 1, ""),
        (
            "missing",
            2,
            "jug walk: missing: No such file or directory\n",
        ),
    ] {
        for threads in [1, 8] {
            let outcome = sandbox.shell(&format!("jug walk -q -j{threads} {args}"), b"");
            assert_eq!(
                (
                    outcome.status,
                    outcome.stdout().as_str(),
                    outcome.stderr().as_str()
                ),
                (status, "", stderr),
                "{args}"
            );
        }
    }
}
