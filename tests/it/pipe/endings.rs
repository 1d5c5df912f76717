//! Readers that go away, stay and take nothing, or never were; files that must survive.

use std::fs;
use std::io::Write as _;
use std::process::ChildStdout;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use crate::process::{output, signal, wait_for, waiting};
use crate::stalled::{start, wait_until_stalled};
use crate::support::Sandbox;

/// Chains of one thread, of several, and with a program in them.
const CHAINS: [&[&str]; 6] = [
    &["pipe", "upper"],
    &["pipe", "match", "zzz"],
    &["pipe", "match", "zzz", "+", "hash", "+", "upper"],
    &["pipe", "lines", "+", "base64", "+", "hash"],
    &["pipe", "exec", "cat"],
    &["pipe", "upper", "+", "exec", "grep", "zzz", "+", "lower"],
];

/// The end of a pipe that never had anything.
fn nothing() -> ChildStdout {
    let (reader, _writer) = rustix::pipe::pipe().expect("a pipe");
    reader.into()
}

#[test]
fn a_chain_that_waits_for_input_notices_that_its_reader_has_gone() {
    let timers: [&[&str]; 3] = [
        &["pipe", "tick", "1h"],
        &["pipe", "timeout", "1h"],
        &["pipe", "exec", "--no-input", "sleep", "1000"],
    ];
    for args in CHAINS.into_iter().chain(timers) {
        let mut child = waiting(args, "");
        drop(child.stdout.replace(nothing()));
        let (code, signal, _, stderr) = output(child);
        let found = (code, signal, stderr.as_str());
        assert_eq!(found, (None, Some(13), ""), "{args:?}");
    }
}

#[test]
fn a_busy_chain_that_prints_nothing_notices_that_its_reader_has_gone() {
    for args in CHAINS {
        let mut child = waiting(args, "");
        let mut input = child.stdin.take().expect("a pipe");
        thread::scope(|threads| {
            // Ends when jug does.
            threads.spawn(move || while input.write_all(&b"y\n".repeat(2048)).is_ok() {});
            drop(child.stdout.replace(nothing()));
            let (code, signal, _, stderr) = output(child);
            let found = (code, signal, stderr.as_str());
            assert_eq!(found, (None, Some(13), ""), "{args:?}");
        });
    }
}

#[test]
fn a_reader_that_takes_one_line_ends_the_chain_silently() {
    let sandbox = Sandbox::new();
    for chain in [
        "upper",
        "lines + hex",
        "exec cat",
        "exec cat + upper + gzip + unpack",
    ] {
        let line = format!("yes | {{ jug pipe {chain}; echo $? >&2; }} | head -n 1 | wc -l");
        let outcome = sandbox.shell(&line, b"");
        let found = (outcome.stdout(), outcome.stderr());
        assert_eq!(found, ("1\n".into(), "141\n".into()), "{chain}");
    }
}

#[test]
fn an_output_that_is_closed_or_full_is_an_error() {
    let sandbox = Sandbox::new();
    for chain in ["upper", "hash + upper", "lines + hex", "exec cat", "gzip"] {
        for (redirection, why) in [
            (">&-", "Bad file descriptor"),
            ("> /dev/full", "No space left on device"),
        ] {
            let line = format!("echo a | jug pipe {chain} {redirection}");
            let outcome = sandbox.shell(&line, b"");
            let stderr = outcome.stderr();
            assert!(outcome.status == 2 && stderr.contains(why), "{outcome}");
            assert_eq!(stderr.lines().count(), 1, "{outcome}");
        }
        let line = format!("echo a | jug pipe -o /dev/full {chain}");
        let outcome = sandbox.shell(&line, b"");
        assert!(outcome.status == 2, "{outcome}");
    }
}

/// What is taken from the input fits into the pipes, the buffers and the queues.
#[test]
fn a_reader_that_takes_nothing_stops_the_reading() {
    let chains: [&[&str]; 6] = [
        &["pipe", "upper"],
        &["pipe", "lines", "+", "hex", "+", "base64", "+", "upper"],
        // Several threads, with queues of bytes, of items and of records.
        &["pipe", "throttle", "--rate", "100G", "+", "hex"],
        &["pipe", "lines", "+", "hash", "crc32", "+", "upper"],
        &[
            "pipe",
            "from",
            "csv",
            "--no-header",
            "+",
            "select",
            "column_1",
            "+",
            "to",
            "csv",
        ],
        &["pipe", "exec", "cat", "+", "exec", "cat"],
    ];
    let sandbox = Sandbox::new();
    for args in chains {
        let mut child = start(args, &sandbox.path());
        let mut input = child.stdin.take().expect("a pipe");
        let taken = AtomicUsize::new(0);
        thread::scope(|threads| {
            let taken = &taken;
            threads.spawn(move || {
                let piece = b"sixteen bytes.\n\n".repeat(256);
                // Ends when jug does.
                while input.write_all(&piece).is_ok() {
                    taken.fetch_add(piece.len(), Relaxed);
                }
            });
            wait_until_stalled(&child);
            let most = 4 << 20;
            assert!(taken.load(Relaxed) < most, "{args:?} took {taken:?} bytes");
            signal(&child, "KILL");
        });
    }
}

#[test]
fn a_killed_chain_leaves_the_old_files() {
    let sandbox = Sandbox::new();
    sandbox.file("out/old", "old\n").file("out/saved", "old\n");
    let (old, saved) = (
        sandbox.path().join("out/old"),
        sandbox.path().join("out/saved"),
    );
    let [output_file, saved_file] = [&old, &saved].map(|path| path.to_str().expect("text"));
    let child = waiting(
        &["pipe", "-o", output_file, "upper", "+", "save", saved_file],
        "new\n",
    );
    signal(&child, "KILL");
    let (_, signal, ..) = output(child);
    assert_eq!(signal, Some(9));
    for path in [&old, &saved] {
        assert_eq!(fs::read(path).expect("it is there"), b"old\n", "{path:?}");
    }
    let left = fs::read_dir(sandbox.path().join("out")).expect("it is there");
    assert_eq!(left.count(), 2);
}

#[test]
fn one_stage_that_fails_is_reported_once_and_nothing_is_replaced() {
    let sandbox = Sandbox::new();
    sandbox.file("old", "old\n").file("saved", "old\n");
    for (chain, status, message) in [
        (
            "hex + save saved + hex -d + base64 -d",
            2,
            "stage 4 (base64)",
        ),
        (
            "save saved + exec sh -c 'cat; exit 9' + upper",
            9,
            "stage 2 (exec)",
        ),
        (
            "exec cat + save saved + exec sh -c 'cat >&2; exit 9'",
            9,
            "stage 3 (exec)",
        ),
    ] {
        let line =
            format!("echo '!' | jug pipe -o old {chain} 2>&1 | grep -c '^jug'; cat old saved");
        let outcome = sandbox.shell(&line, b"");
        assert_eq!(outcome.stdout(), "1\nold\nold\n", "{chain}");
        let line = format!("echo '!' | jug pipe -o old {chain}");
        let outcome = sandbox.shell(&line, b"");
        let is_named = outcome.stderr().contains(message);
        assert!(outcome.status == status && is_named, "{outcome}");
    }
}

/// A program behind the failure is stopped instead: an end of its input would look like success.
#[test]
fn everything_before_a_failure_comes_out_whenever_the_threads_ran() {
    let sandbox = Sandbox::new();
    let lines = |count: u32| (0..count).map(|number| format!("line {number:06}\n"));
    let encoded: String = lines(9_000)
        .map(|line| {
            line.bytes()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                + "\n"
        })
        .collect();
    sandbox.file("in", encoded + "6c6!\n0a\n");
    let expected: String = lines(9_000).chain(["l".to_owned()]).collect();
    for chain in [
        "hex -d",
        "exec cat + hex -d",
        "hex -d + gzip -1 + unpack",
        "gzip -1 + unpack + hex -d + zstd -1 + unpack + save copy",
    ] {
        for _ in 0..5 {
            let outcome = sandbox.shell(&format!("jug pipe -i in {chain} >out"), b"");
            assert_eq!(outcome.status, 2, "{chain}: {outcome}");
            let written = fs::read_to_string(sandbox.path().join("out")).expect("text");
            let is_equal = written == expected;
            let (found, wanted) = (written.len(), expected.len());
            assert!(
                is_equal,
                "{chain}: {found} bytes instead of {wanted}: {outcome}"
            );
        }
    }
}

#[test]
fn a_chain_that_would_read_its_own_output_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file("in", "kept\n");
    for line in [
        "jug pipe -i in upper >> in",
        "jug pipe upper < in >> in",
        "jug pipe -i /dev/null -i ./in upper >> in",
        "jug pipe -i in -o in upper",
    ] {
        let outcome = sandbox.shell(line, b"");
        let is_refused = outcome.status == 2 && outcome.stderr().contains("also");
        assert!(is_refused, "{outcome}");
        let kept = fs::read(sandbox.path().join("in")).expect("it is there");
        assert_eq!(kept, b"kept\n", "{line}");
    }
    assert_eq!(
        sandbox
            .shell("jug pipe -i in upper >> out; cat out", b"")
            .clean(),
        "KEPT\n"
    );
}

#[test]
fn a_limit_of_the_whole_time_holds_whatever_the_chain_waits_for() {
    let limit = ["timeout", "--total", "300ms"];
    // For its input, for its reader, and for another thread.
    for (before, after) in [
        (&[][..], &[][..]),
        (&["upper", "+"], &["+", "hash"]),
        (&[], &["+", "throttle", "--rate", "1"]),
    ] {
        for input in ["", "some input that is slow to pass\n"] {
            let args = [&["pipe"], before, &limit, after].concat();
            let child = waiting(&args, input);
            let (code, _, _, stderr) = output(child);
            assert_eq!(code, Some(124), "{args:?}: {stderr}");
            assert!(
                stderr.ends_with("(timeout): the chain did not end within 300ms\n"),
                "{stderr}"
            );
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
        }
    }
    let sandbox = Sandbox::new();
    let mut child = start(
        &["pipe", "timeout", "--total", "300ms", "+", "upper"],
        &sandbox.path(),
    );
    let mut input = child.stdin.take().expect("a pipe");
    thread::scope(|threads| {
        // Ends when jug does.
        threads.spawn(move || while input.write_all(&b"y\n".repeat(2048)).is_ok() {});
        // Nobody reads its output.
        let status = wait_for("jug to end", || child.try_wait().expect("a child of ours"));
        assert_eq!(status.code(), Some(124));
    });
    let outcome = sandbox.shell("jug pipe timeout --total 1h + upper", b"in time\n");
    assert_eq!(outcome.clean(), "IN TIME\n");
}

/// A file may have 8 blocks of 512 bytes; beyond that, a write fails as on a full disk.
#[test]
fn a_full_disk_behind_an_output_file_leaves_the_old_file() {
    let sandbox = Sandbox::new();
    let lines: String = (0..10_000).map(|line| format!("{line}\n")).collect();
    sandbox.file("in", &lines).file("out/old", "old\n");
    for chain in [
        "-o out/old -i in upper",
        "-i in save out/old",
        "-o out/old -i in hash + upper + exec cat in",
    ] {
        let line = format!("trap '' XFSZ; ulimit -f 8; jug pipe {chain} > /dev/null");
        let outcome = sandbox.shell(&line, b"");
        let stderr = outcome.stderr();
        assert!(
            outcome.status == 2 && stderr.contains("old: File too large"),
            "{outcome}"
        );
        assert_eq!(stderr.lines().count(), 1, "{outcome}");
        let left = sandbox.shell("cat out/*; ls -A out", b"").clean();
        assert_eq!(left, "old\nold\n", "{chain}");
    }
}
