//! A panic anywhere ends the run with one message. No input is known to cause one, so the test binary runs itself with code
//! that panics.

use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::stalled::wait_until_stalled;
use crate::support::{Outcome, Running, Sandbox, command};

/// Runs one of the ignored tests below in a separate process.
fn run(name: &str, backtrace: Option<&str>) -> Outcome {
    let mut command = Command::new(std::env::current_exe().expect("this test has a path"));
    command
        .args(["--ignored", "--exact", "--nocapture", "--quiet"])
        .arg(format!("panics::{name}"));
    let sandbox = Sandbox::new();
    sandbox.file("kept.tsv", "old\n");
    if let Some(backtrace) = backtrace {
        command = with_environment(&command, backtrace);
    }
    let outcome = sandbox.run(command, b"");
    let left: Vec<_> = std::fs::read_dir(sandbox.path())
        .expect("the sandbox can be listed")
        .map(|entry| entry.expect("an entry of it").file_name())
        .collect();
    assert_eq!(
        left.len(),
        2,
        "only fixtures and kept.tsv are left: {left:?}"
    );
    let kept = std::fs::read(sandbox.path().join("kept.tsv")).expect("it is still there");
    assert_eq!(kept, b"old\n");
    outcome
}

/// The sandbox clears the environment, so the variable is set by a command that runs the test.
fn with_environment(test: &Command, backtrace: &str) -> Command {
    let mut command = Command::new("env");
    command
        .arg(format!("RUST_BACKTRACE={backtrace}"))
        .arg(test.get_program())
        .args(test.get_args());
    command
}

#[test]
fn a_panic_is_one_message_and_exit_2_and_leaves_output_files_alone() {
    let outcome = run("panic_while_writing", None);
    let stderr = outcome.stderr();
    let (message, hint) = stderr.split_once('\n').expect("two lines");
    let start = "jug log: internal error: line 7\\nis odd at tests/it/panics.rs:";
    assert!(message.starts_with(start), "{stderr}");
    assert!(hint.starts_with("  hint: this is a bug in jug"), "{stderr}");
    assert_eq!(hint.lines().count(), 1, "{stderr}");
    assert_eq!(outcome.status, 2);
}

#[test]
fn a_panic_of_a_thread_that_nobody_joins_fails_the_run_too() {
    let outcome = run("panic_of_a_thread", None);
    let stderr = outcome.stderr();
    assert!(stderr.contains("internal error: nobody waits"), "{stderr}");
    assert_eq!(outcome.status, 2);
}

#[test]
fn a_backtrace_is_printed_only_on_request() {
    for (value, is_printed) in [("1", true), ("0", false)] {
        let outcome = run("panic_while_writing", Some(value));
        let stderr = outcome.stderr();
        assert_eq!(stderr.contains("stack backtrace"), is_printed, "{stderr}");
        assert!(stderr.contains("internal error"), "{stderr}");
    }
}

#[test]
fn a_signal_ends_a_run_that_panicked_while_nobody_reads_the_results() {
    let sandbox = Sandbox::new();
    sandbox.file("kept.tsv", "old\n");
    let mut command = command(std::env::current_exe().expect("this test has a path"));
    command
        .args(["--ignored", "--exact", "--nocapture", "--quiet"])
        .arg("panics::panic_beside_a_full_pipe")
        .current_dir(sandbox.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = Running::new(&mut command);
    wait_until_stalled(&child);
    kill_process(Pid::from_child(&child), Signal::TERM).expect("it runs");
    let outcome = child.end();
    assert_eq!(outcome.status, 2, "{outcome}");
    let message = "internal error: beside a full pipe";
    assert!(outcome.stderr().contains(message), "{outcome}");
}

/// Ends the process as `main` would.
#[allow(clippy::exit)]
fn end(work: impl FnOnce() -> jug::exit::Exit) {
    if !std::path::Path::new("kept.tsv").exists() {
        // Somebody runs all tests, the ignored ones too.
        return;
    }
    let exit = jug::guarded("jug log", jug::ui::Settings::default(), work);
    std::process::exit(exit.code().into());
}

/// Starts to replace `kept.tsv`.
fn open() -> jug::ui::results::Results {
    let path = std::path::Path::new("kept.tsv");
    let mut out =
        jug::ui::results::Results::open(Some(path), jug::io::sink::FileOptions::default())
            .expect("the sandbox can be written to");
    out.put(b"new\n").expect("there is room");
    out
}

#[test]
#[ignore = "panics; run by the tests above in a process of its own"]
fn panic_while_writing() {
    end(|| {
        let _out = open();
        let (line, what) = (7, "odd");
        panic!("line {line}\nis {what}");
    });
}

#[test]
#[ignore = "panics; run by the tests above in a process of its own"]
fn panic_of_a_thread() {
    end(|| {
        let out = open();
        let thread = std::thread::spawn(|| panic!("nobody waits"));
        while !thread.is_finished() {
            std::thread::yield_now();
        }
        out.close()
            .expect("it is closed without being put in place");
        jug::exit::Exit::Done
    });
}

#[test]
#[ignore = "panics; run by the tests above in a process of its own"]
fn panic_beside_a_full_pipe() {
    end(|| {
        jug::io::signals::install().expect("signals can be handled");
        let thread = std::thread::spawn(|| panic!("beside a full pipe"));
        while !thread.is_finished() {
            std::thread::yield_now();
        }
        let mut out = jug::ui::results::Results::open(None, jug::io::sink::FileOptions::default())
            .expect("it is a pipe");
        while out.put(&[b'\n'; 4096]).is_ok() {}
        jug::exit::Exit::Failed
    });
}
