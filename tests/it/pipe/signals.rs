//! Signals while a chain waits for input, for its reader, or for a program.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::thread;

use super::wait_until_gone;
use crate::process::{output, signal, wait_for, waiting};
use crate::stalled::{start, wait_until_stalled};
use crate::support::Sandbox;

#[test]
fn a_signal_ends_a_chain_that_waits_for_input() {
    for args in [
        &["pipe", "upper"][..],
        &["pipe", "hash", "+", "upper", "+", "gzip"],
        &["pipe", "exec", "cat"],
        &["pipe", "exec", "--no-input", "sleep", "1000"],
        &["pipe", "tick", "1h", "+", "hash"],
    ] {
        for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
            let child = waiting(args, "");
            signal(&child, name);
            let (code, signal, ..) = output(child);
            assert_eq!((code, signal), (None, Some(number)), "{args:?}");
        }
    }
}

#[test]
fn a_signal_ends_a_chain_whose_reader_takes_nothing() {
    let sandbox = Sandbox::new();
    for args in [
        &["pipe", "upper"][..],
        &["pipe", "lines", "+", "hex", "+", "base64"],
        &["pipe", "exec", "cat"],
        &["pipe", "exec", "--no-input", "yes"],
    ] {
        let mut child = start(args, &sandbox.path());
        let mut input = child.stdin.take().expect("a pipe");
        thread::scope(|threads| {
            // Ends when jug does.
            threads.spawn(move || while input.write_all(&b"y\n".repeat(2048)).is_ok() {});
            wait_until_stalled(&child);
            signal(&child, "TERM");
            // Nobody reads the pipe: that must not be needed.
            let status = wait_for("jug to end", || child.try_wait().expect("a child of ours"));
            let signal = std::os::unix::process::ExitStatusExt::signal(&status);
            assert_eq!(signal, Some(15), "{args:?}");
        });
    }
}

/// The last thread waits for the first, which reads a file that has no end in sight.
#[test]
fn a_signal_ends_a_chain_that_reads_a_file_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let file = File::create(sandbox.path().join("endless")).expect("a new file");
    file.set_len(1 << 40).expect("a file with a hole");
    let args = ["pipe", "-i", "endless", "count", "+", "hash", "+", "upper"];
    let child = start(&args, &sandbox.path());
    let io = format!("/proc/{}/io", child.id());
    wait_for("jug to read", || {
        let text = fs::read_to_string(&io).ok()?;
        let read = text.lines().find_map(|line| line.strip_prefix("rchar: "))?;
        (read.parse::<u64>().ok()? > 10 << 20).then_some(())
    });
    signal(&child, "TERM");
    let (code, signal, stdout, _) = output(child);
    assert_eq!((code, signal, stdout.as_str()), (None, Some(15), ""));
}

#[test]
fn a_signal_ends_the_program_too() {
    for line in [
        "echo $$; exec sleep 1000",
        "trap '' TERM INT; echo $$; while :; do sleep 1000; done",
    ] {
        for name in ["TERM", "INT"] {
            let mut child = waiting(&["pipe", "exec", "--no-input", "/bin/sh", "-c", line], "");
            let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
            let mut pid = String::new();
            reader.read_line(&mut pid).expect("a line");
            signal(&child, name);
            let (code, signal, ..) = output(child);
            assert!(code.is_none() && signal.is_some(), "{line}");
            wait_until_gone(&pid);
        }
    }
}

/// The first line shows that the input was read.
#[test]
fn counts_so_far_are_printed_when_a_signal_ends_the_input() {
    for (chain, expected) in [
        (&["count"][..], "2\n"),
        (&["tally"], "      1 b\n      1 a\n"),
        (&["lines", "+", "hash", "crc32", "+", "count"], "2\n"),
        (
            &["tally", "+", "head", "-n", "1", "+", "upper"],
            "      1 B\n",
        ),
        (
            &["from", "csv", "--no-header", "+", "tally", "column_1"],
            "      1 b\n      1 a\n",
        ),
        // A digest or an archive of a part would look like that of the whole.
        (&["hash"], ""),
    ] {
        for (name, number) in [("TERM", 15), ("INT", 2)] {
            let args = [&["pipe", "tee", "/dev/stderr", "+"], chain].concat();
            let mut child = waiting(&args, "a\nb\n");
            let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
            let mut seen = String::new();
            while !seen.ends_with("b\n") {
                stderr.read_line(&mut seen).expect("a line");
            }
            signal(&child, name);
            let (code, signal, stdout, _) = output(child);
            assert_eq!((code, signal), (None, Some(number)), "{args:?}");
            assert_eq!(stdout, expected, "{args:?}");
            let mut message = String::new();
            stderr.read_to_string(&mut message).expect("text");
            let is_reported =
                message.contains("interrupted: results cover only the input read so far");
            assert_eq!(is_reported, !expected.is_empty(), "{args:?}: {message}");
        }
    }
}

#[test]
fn progress_can_be_asked_for_while_a_chain_waits() {
    for args in [
        &["pipe", "upper"][..],
        &["pipe", "hash", "+", "upper"],
        &["pipe", "exec", "cat"],
        &["pipe", "exec", "--no-input", "sleep", "1000"],
        &["pipe", "tick", "1h"],
    ] {
        let mut child = waiting(args, "");
        signal_when_ready(&child);
        let mut stderr = child.stderr.take().expect("a pipe");
        let mut said = Vec::new();
        while !said.ends_with(b"\n") {
            let mut byte = [0];
            stderr.read_exact(&mut byte).expect("a line of progress");
            said.push(byte[0]);
        }
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("so far"), "{args:?}: {said}");
        // It ends its program with it, which a killed jug does not.
        signal(&child, "TERM");
        assert_eq!(child.end().signal, Some(15), "{args:?}");
    }
}

/// Asks for progress once jug handles the signal.
fn signal_when_ready(child: &crate::support::Running) {
    let status = format!("/proc/{}/status", child.id());
    wait_for("jug to handle signals", || {
        let text = fs::read_to_string(&status).ok()?;
        let mask = text.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
        (mask >> 9 & 1 == 1).then_some(())
    });
    signal(child, "USR1");
}
