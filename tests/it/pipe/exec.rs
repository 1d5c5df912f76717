//! Programs in a chain: their statuses, limits and ends.

use super::wait_until_gone;
use crate::support::Sandbox;

#[test]
fn the_status_of_the_program_is_that_of_jug() {
    let sandbox = Sandbox::new();
    sandbox.file("plain", "no program\n");
    for (command, status, message) in [
        ("exec sh -c 'exit 7'", 7, "'sh' exited with status 7"),
        ("exec sh -c 'kill -9 $$'", 137, "'sh' was ended by SIGKILL"),
        (
            "exec no-such-program",
            127,
            "'no-such-program': No such file or directory",
        ),
        ("exec ./plain", 126, "'./plain': Permission denied"),
        (
            "upper + exec false + lower",
            1,
            "stage 2 (exec): 'false' exited with status 1",
        ),
    ] {
        let outcome = sandbox.shell(&format!("echo a | jug pipe {command}"), b"");
        assert_eq!(outcome.status, status, "{outcome}");
        let stderr = outcome.stderr();
        assert!(stderr.contains(message), "{outcome}");
        assert_eq!(stderr.lines().count(), 1, "{outcome}");
    }
}

#[test]
fn what_a_program_wrote_before_it_failed_comes_out() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.shell(
        "jug pipe exec --no-input sh -c 'echo part; exit 3' + upper",
        b"",
    );
    assert_eq!((outcome.status, outcome.stdout().as_str()), (3, "PART\n"));
}

#[test]
fn a_program_that_reads_nothing_or_only_the_beginning_is_no_failure() {
    let sandbox = Sandbox::new();
    for (chain, expected) in [
        ("exec true", ""),
        ("upper + exec true + upper", ""),
        ("exec head -n 1", "y\n"),
        ("exec sh -c 'exec <&-; echo done'", "done\n"),
        ("exec cat + head -n 1", "y\n"),
        ("exec cat + exec cat + upper + head -n 2", "Y\nY\n"),
    ] {
        let outcome = sandbox.shell(&format!("yes | jug pipe {chain}"), b"");
        assert_eq!(outcome.clean(), expected, "{chain}");
    }
}

#[test]
fn the_end_of_the_input_is_passed_on() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.jug(["pipe", "exec", "sort", "+", "exec", "cat"], b"b\na\n");
    assert_eq!(outcome.clean(), "a\nb\n");
    let outcome = sandbox.jug(["pipe", "exec", "wc", "-c"], b"");
    assert_eq!(outcome.clean().trim(), "0");
}

#[test]
fn a_program_without_input_reads_nothing_of_ours() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.jug(["pipe", "exec", "--no-input", "cat"], b"not this\n");
    assert_eq!(outcome.clean(), "");
    let outcome = sandbox.jug(["pipe", "upper", "+", "exec", "--no-input", "cat"], b"");
    assert!(
        outcome.status == 2 && outcome.stderr().contains("first stage"),
        "{outcome}"
    );
}

#[test]
fn output_beyond_the_limit_stops_the_program() {
    let sandbox = Sandbox::new();
    let run = |program: &str| {
        let line = format!("jug pipe exec --no-input --max-output 10 {program}");
        sandbox.shell(&line, b"")
    };
    let flood = run("yes");
    assert_eq!((flood.status, flood.stdout().len()), (2, 10), "{flood}");
    assert!(
        flood.stderr().contains("'yes' wrote more than 10 bytes"),
        "{flood}"
    );
    assert_eq!(run("printf 0123456789").clean(), "0123456789");
}

/// A grandchild outside the group keeps the output open, long after the time limit.
#[test]
fn a_grandchild_that_holds_the_output_does_not_extend_the_time_limit() {
    let sandbox = Sandbox::new();
    let line = "jug pipe exec --no-input --timeout 300ms sh -c \
                'setsid sh -c \"echo \\$\\$ > pid; exec sleep 1000\" 2> /dev/null & echo started; sleep 1000'";
    let outcome = sandbox.shell(line, b"");
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (124, "started\n")
    );
    assert_eq!(outcome.stderr().lines().count(), 1, "{outcome}");
    let killed = sandbox.shell("kill -9 $(cat pid)", b"");
    assert_eq!(killed.status, 0, "{killed}");
}

#[test]
fn a_program_that_has_exited_keeps_its_status_when_its_output_stays_open() {
    let sandbox = Sandbox::new();
    for status in [0, 5] {
        let line = format!(
            "jug pipe exec --no-input --timeout 300ms sh -c 'sleep 1000 & echo $! > pid; echo started; exit {status}'"
        );
        let outcome = sandbox.shell(&line, b"");
        assert_eq!(
            (outcome.status, outcome.stdout().as_str()),
            (status, "started\n")
        );
        assert!(
            outcome.stderr().contains("kept its output open"),
            "{outcome}"
        );
        wait_until_gone(&sandbox.shell("cat pid", b"").stdout());
    }
}

#[test]
fn a_program_that_ignores_the_signal_is_killed() {
    let sandbox = Sandbox::new();
    let line = "jug pipe exec --no-input --timeout 200ms sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1000; done'";
    let outcome = sandbox.shell(line, b"");
    assert_eq!(outcome.status, 124, "{outcome}");
    wait_until_gone(&outcome.stdout());
}

#[test]
fn the_signal_can_be_chosen() {
    let sandbox = Sandbox::new();
    let line = "jug pipe exec --no-input --timeout 200ms --signal int sh -c 'trap \"echo cleaned > f; exit\" INT; echo on; while :; do sleep 0.01; done'; cat f";
    assert_eq!(sandbox.shell(line, b"").stdout(), "on\ncleaned\n");
}

#[test]
fn a_program_ends_with_the_chain() {
    let sandbox = Sandbox::new();
    let sleeper = "sh -c 'echo $$ > pid; echo $$; exec sleep 1000'";
    for (chain, status) in [
        // The stages after it have enough.
        (format!("exec --no-input {sleeper} + head -n 1"), 0),
        (format!("exec {sleeper} + upper + head -n 1"), 0),
        // A stage after it fails.
        (
            "exec --no-input sh -c 'echo $$ > pid; echo !; exec sleep 1000' + base64 -d".into(),
            2,
        ),
    ] {
        let outcome = sandbox.shell(&format!("jug pipe {chain} < /dev/zero"), b"");
        assert_eq!(outcome.status, status, "{outcome}");
        wait_until_gone(&sandbox.shell("cat pid", b"").stdout());
    }
}

#[test]
fn a_program_ends_when_a_stage_before_it_fails() {
    let sandbox = Sandbox::new();
    // The program has started once it opens the FIFO, and the chain gets its input only then.
    let line = "mkfifo go; (read pid < go; echo '!') | jug pipe base64 -d + exec sh -c 'echo $$ > pid; echo $$ > go; exec sleep 1000'";
    let outcome = sandbox.shell(line, b"");
    assert!(
        outcome.status == 2 && outcome.stderr().contains("stage 1 (base64)"),
        "{outcome}"
    );
    wait_until_gone(&sandbox.shell("cat pid", b"").stdout());
}

/// The masks that the kernel shows: bit 12 is SIGPIPE, bit 1 SIGINT.
#[test]
fn a_program_has_default_signals_and_keeps_what_was_ignored() {
    let sandbox = Sandbox::new();
    let show = "jug pipe exec --no-input grep SigIgn /proc/self/status";
    let mask = |line: &str| {
        let stdout = sandbox.shell(line, b"").stdout();
        let mask = stdout.split_whitespace().nth(1).expect("a mask");
        u64::from_str_radix(mask, 16).expect("hexadecimal")
    };
    assert_eq!(mask(show) & (1 << 12 | 1 << 1), 0);
    let ignored = mask(&format!("trap '' PIPE INT; {show}"));
    assert_eq!(ignored & (1 << 12 | 1 << 1), 1 << 12 | 1 << 1);
}
