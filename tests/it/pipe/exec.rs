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

/// As first stage of a chain without -i it reads what jug would, and only if it wants to.
#[test]
fn a_program_that_begins_a_chain_reads_our_input_itself() {
    let sandbox = Sandbox::new();
    sandbox.file("in", "b\na\n");
    for (line, expected) in [
        ("jug pipe exec sort < in", "a\nb\n"),
        ("jug pipe -i in exec sort", "a\nb\n"),
        ("jug pipe -i - exec sort < in", "a\nb\n"),
        ("jug pipe exec sort <&-", ""),
        // What the program leaves is there for the next one.
        ("{ jug pipe exec true + upper; cat; } < in", "b\na\n"),
        (
            "while read x; do jug pipe exec echo $x + upper; done < in",
            "B\nA\n",
        ),
        ("jug pipe exec cat + exec sort < in", "a\nb\n"),
    ] {
        assert_eq!(sandbox.shell(line, b"").clean(), expected, "{line}");
    }
    // Nobody waits for an input that is not read.
    let child = crate::process::waiting(&["pipe", "exec", "echo", "done", "+", "upper"], "");
    let (code, _, stdout, stderr) = crate::process::output(child);
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (Some(0), "DONE\n", "")
    );
}

#[test]
fn items_are_written_to_a_program_as_lines() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.shell(
        "jug pipe lines + base64 -d + exec sort + upper",
        b"Yg==\nYQ==\n",
    );
    assert_eq!(outcome.clean(), "A\nB\n");
    let outcome = sandbox.shell("jug pipe bytes 2 + upper + exec wc -l", b"abcde");
    assert_eq!(outcome.clean().trim(), "0");
}

#[test]
fn other_statuses_can_mean_success() {
    let sandbox = Sandbox::new();
    let run = |words: &str| sandbox.shell(&format!("jug pipe {words}"), b"a\n").status;
    assert_eq!(run("exec --ok-status 1 grep zzz"), 0);
    assert_eq!(run("exec --ok-status 3,1 false"), 0);
    assert_eq!(run("exec --ok-status 1 sh -c 'exit 2'"), 2);
    assert_eq!(run("exec --ok-status 137 sh -c 'kill -9 $$'"), 137);
    let outcome = sandbox.shell(
        "jug pipe -o out exec --ok-status 1 grep zzz; wc -c < out",
        b"a\n",
    );
    assert_eq!(outcome.clean().trim(), "0");
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
