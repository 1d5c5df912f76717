//! Memory: a walk needs that of the directories on its path, not that of its output.

use std::fs;
use std::io::Read as _;

use super::{Caught, by_a_long_name};
use crate::support::Sandbox;

/// A tree of `count` files, in directories of a hundred.
fn files(sandbox: &Sandbox, count: usize) {
    for file in 0..count {
        sandbox.file(format!("tree/{:04}/{:08}", file / 100, file), "");
    }
}

/// The peak of the resident memory so far, in KiB.
fn peak(caught: &Caught) -> u64 {
    let path = format!("/proc/{}/status", caught.child.id());
    let status = fs::read_to_string(path).expect("it is running");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let words = line.expect("Linux tells").split_whitespace().nth(1);
    words.expect("a number").parse().expect("KiB")
}

/// Reads `count` lines, of more than that: so the walk is still running.
fn read_lines(caught: &mut Caught, count: usize) {
    let mut lines = 0;
    let mut buffer = vec![0; 1 << 20];
    while lines < count {
        let read = caught.stdout.read(&mut buffer).expect("bytes");
        assert!(read > 0, "there are more lines to come");
        lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
    }
}

#[test]
fn memory_does_not_depend_on_the_number_of_entries() {
    const FILES: usize = 10_000;
    const ROOTS: usize = 100;
    // The rest, 2 MB, is more than a pipe and all buffers hold, so the walk is still running.
    const FEW: usize = 11;
    let sandbox = Sandbox::new();
    files(&sandbox, FILES);
    let roots = vec!["tree"; ROOTS];
    let all = ROOTS * (1 + FILES / 100 + FILES);
    for args in [
        &["-j1"][..],
        &["-j1", "--order", "none"],
        &["-j8", "--order", "none"],
    ] {
        let mut few = Caught::new(&sandbox, &[args, &roots[..FEW]].concat());
        read_lines(&mut few, FILES);
        let before = peak(&few);
        few.finish();
        let mut many = Caught::new(&sandbox, &[args, &roots].concat());
        read_lines(&mut many, all - (FEW - 1) * FILES);
        let after = peak(&many);
        let (rest, stderr, status) = many.finish();
        assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));
        assert!(rest.len() > 1, "it was running still");
        // All paths together are 20 MB.
        assert!(
            after < before + 8192,
            "{args:?}: {before} KiB became {after}"
        );
    }
}

#[test]
fn threads_wait_for_a_slow_output() {
    const FILES: usize = 2_000;
    let sandbox = Sandbox::new();
    files(&sandbox, FILES);
    // 100 000 paths of 3 KB.
    let root = by_a_long_name("tree");
    let roots = vec![root.as_str(); 50];
    let mut caught = Caught::new(&sandbox, &[&["-j8"], &roots[..]].concat());
    let all = roots.len() * (1 + FILES / 100 + FILES);
    read_lines(&mut caught, all - FILES);
    let peak = peak(&caught);
    let (_, stderr, status) = caught.finish();
    assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));
    // 64 MiB may wait for their turn.
    assert!(peak < 160 << 10, "{peak} KiB");
}
