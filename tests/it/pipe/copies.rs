//! `tee` and `save`: copies beside the stream.

use std::fs;

use crate::support::Sandbox;

#[test]
fn copies_are_complete_although_the_output_is_not_wanted() {
    let sandbox = Sandbox::new();
    let lines: String = (0..100_000).map(|line| format!("{line}\n")).collect();
    for chain in [
        "tee one two + head -n 1",
        "hex + hex -d + tee one two + hex + hex -d + head -n 1",
        "save one + save two + exec head -n 1",
    ] {
        let outcome = sandbox.shell(
            &format!("rm -f one two; jug pipe {chain}"),
            lines.as_bytes(),
        );
        assert_eq!(outcome.clean(), "0\n", "{chain}");
        for name in ["one", "two"] {
            let copy = fs::read(sandbox.path().join(name)).expect("a copy");
            assert!(copy == lines.as_bytes(), "{chain}: {name}");
        }
    }
}

#[test]
fn a_copy_that_cannot_be_completed_is_reported_once_and_the_rest_goes_on() {
    let sandbox = Sandbox::new();
    let lines: String = (0..1_000_000).map(|line| format!("{line}\n")).collect();
    sandbox.file("in", &lines);
    for (before, file) in [
        ("", "/dev/full"),
        ("mkfifo fifo; head -c 1 fifo > /dev/null & ", "fifo"),
    ] {
        let line = format!("{before} jug pipe -i in tee {file} good > out");
        let outcome = sandbox.shell(&line, b"");
        assert_eq!(outcome.status, 3, "{outcome}");
        let stderr = outcome.stderr();
        let is_named = stderr.contains(&format!("stage 1 (tee): {file}: the copy is incomplete"));
        assert!(is_named && stderr.lines().count() == 1, "{outcome}");
        for name in ["out", "good"] {
            assert!(fs::read(sandbox.path().join(name)).expect("it is there") == lines.as_bytes());
        }
    }
}

#[test]
fn a_copy_can_be_added_to_a_file() {
    let sandbox = Sandbox::new();
    sandbox.file("copy", "old\n");
    let outcome = sandbox.jug(["pipe", "tee", "--append", "copy"], b"new\n");
    assert_eq!(outcome.clean(), "new\n");
    assert_eq!(
        fs::read(sandbox.path().join("copy")).expect("it is there"),
        b"old\nnew\n"
    );
    let outcome = sandbox.jug(["pipe", "tee", "copy"], b"new\n");
    assert_eq!(outcome.clean(), "new\n");
    assert_eq!(
        fs::read(sandbox.path().join("copy")).expect("it is there"),
        b"new\n"
    );
}

#[test]
fn an_input_is_not_overwritten_by_a_copy() {
    let sandbox = Sandbox::new();
    sandbox.file("in", "kept\n");
    for chain in [
        "tee in",
        "tee --append ./in",
        "upper + save in",
        "tee other in",
    ] {
        let outcome = sandbox.shell(
            &format!("jug pipe -i in {chain}; jug pipe {chain} < in"),
            b"",
        );
        assert_eq!(outcome.status, 2, "{outcome}");
        let refusals = outcome.stderr().matches("is also an input").count();
        assert_eq!(refusals, 2, "{outcome}");
        assert_eq!(
            fs::read(sandbox.path().join("in")).expect("it is there"),
            b"kept\n"
        );
    }
}

#[test]
fn a_copy_that_cannot_be_opened_is_an_error_before_anything_is_read() {
    let sandbox = Sandbox::new();
    sandbox.file("there", "old\n");
    for chain in [
        "upper + tee nowhere/copy",
        "save nowhere/copy",
        "save --exclusive there",
    ] {
        let outcome = sandbox.shell(&format!("jug pipe {chain} + exec touch started"), b"a\n");
        assert!(
            outcome.status == 2 && outcome.stdout().is_empty(),
            "{outcome}"
        );
        assert!(!sandbox.path().join("started").exists(), "{chain}");
    }
    assert_eq!(
        fs::read(sandbox.path().join("there")).expect("it is there"),
        b"old\n"
    );
}
