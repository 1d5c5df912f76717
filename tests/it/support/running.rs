//! Commands that a test starts: each has a deadline and default signal handling, even if the test process ignores some signals.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write as _};
use std::ops::{Deref, DerefMut};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus};
use std::sync::OnceLock;
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};

use super::Outcome;
use super::deadline::{COMMAND, Deadline};

/// The jug under test.
pub(crate) const JUG: &str = env!("CARGO_BIN_EXE_jug");

/// The signals that tests send, with their numbers on Linux.
const SIGNALS: [(&str, u32); 5] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("USR1", 10),
    ("TERM", 15),
];

/// A command whose signals have their default effect. Background jobs of scripts and children of `nohup` inherit ignored
/// signals, and jug rightly keeps ignoring them.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let Some(option) = reset_option() else {
        return Command::new(program);
    };
    let mut command = Command::new("/usr/bin/env");
    command.arg(option).arg(program);
    command
}

/// `--default-signal=…` for env(1), if this process ignores any of them.
fn reset_option() -> Option<&'static str> {
    static OPTION: OnceLock<Option<String>> = OnceLock::new();
    let option = OPTION.get_or_init(|| {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))?;
        let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
        let ignored = SIGNALS
            .iter()
            .filter(|(_, number)| mask >> (number - 1) & 1 == 1);
        let names: Vec<&str> = ignored.map(|(name, _)| *name).collect();
        (!names.is_empty()).then(|| format!("--default-signal={}", names.join(",")))
    });
    option.as_deref()
}

/// A command that runs. It is killed, with its children, at its deadline or when this is dropped.
pub(crate) struct Running {
    child: Child,
    group: Pid,
    shown: String,
    deadline: Deadline,
    has_ended: bool,
}

impl Running {
    pub(crate) fn new(command: &mut Command) -> Running {
        let shown = format!("{command:?}");
        let child = command
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{shown}: {error}"));
        let group = Pid::from_child(&child);
        let deadline = Deadline::new(COMMAND, move || kill(group));
        Running {
            child,
            group,
            shown,
            deadline,
            has_ended: false,
        }
    }

    /// Writes `stdin` to its standard input, if that is a pipe, and closes it; reads its output, and waits for its end.
    #[track_caller]
    pub(crate) fn finish(mut self, stdin: &[u8]) -> Outcome {
        let input = self.child.stdin.take();
        thread::scope(|scope| {
            // A command may end without reading all of it.
            scope.spawn(move || input.map(|mut pipe| pipe.write_all(stdin)));
            self.end()
        })
    }

    /// Reads its output and waits for its end, while its standard input stays open.
    #[track_caller]
    pub(crate) fn end(mut self) -> Outcome {
        let (output, messages) = (self.child.stdout.take(), self.child.stderr.take());
        let (stdout, stderr) = thread::scope(|scope| {
            let messages = scope.spawn(move || messages.map_or_else(Vec::new, read));
            let output = output.map_or_else(Vec::new, read);
            (output, messages.join().expect("reading does not panic"))
        });
        // `Child::wait` would close it.
        let input = self.child.stdin.take();
        let status = self.child.wait().expect("it is a child of this process");
        drop(input);
        self.has_ended = true;
        let outcome = Outcome {
            command: std::mem::take(&mut self.shown),
            stdout,
            stderr,
            status: as_in_a_shell(status),
            signal: status.signal(),
        };
        let limit = COMMAND.as_secs();
        assert!(
            !self.deadline.has_passed(),
            "killed after {limit} s: {outcome}"
        );
        outcome
    }
}

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once it has been waited for, its number may belong to another process group.
        if !self.has_ended && matches!(self.child.try_wait(), Ok(None)) {
            kill(self.group);
            let _ = self.child.wait();
        }
    }
}

fn kill(group: Pid) {
    let _ = kill_process_group(group, Signal::KILL);
}

fn read(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).expect("a pipe can be read");
    bytes
}

/// The exit status, or 128 and the number of the signal that ended it.
fn as_in_a_shell(status: ExitStatus) -> i32 {
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .expect("it has ended")
}

#[test]
fn a_command_past_its_deadline_is_killed_with_its_children() {
    let mut command = command("sh");
    command
        .args(["-c", "echo before; sleep 1000 & wait"])
        .stdout(std::process::Stdio::piped());
    let running = Running::new(&mut command);
    kill(running.group);
    let outcome = running.finish(b"");
    // The pipe is closed only when the sleeping child is gone, too.
    assert_eq!(outcome.status, 128 + 9, "{outcome}");
}

#[test]
fn ignored_signals_are_not_inherited() {
    let outcome = Command::new("sh")
        .args(["-c", "trap '' INT HUP; exec \"$0\" --exact support::running::reports_ignored_signals --ignored --nocapture"])
        .arg(std::env::current_exe().expect("this test has a path"))
        .output()
        .expect("sh runs");
    let printed = String::from_utf8_lossy(&outcome.stdout);
    let mask = printed
        .lines()
        .find_map(|line| line.strip_prefix("ignored: "));
    let mask = u64::from_str_radix(mask.expect("a mask"), 16).expect("a number");
    assert_eq!(mask & 0b11, 0, "SIGHUP and SIGINT: {printed}");
}

#[test]
#[ignore = "run by the test above in a process that ignores signals"]
#[allow(clippy::print_stdout)]
fn reports_ignored_signals() {
    let mut grep = command("sed");
    grep.args(["-n", "s/SigIgn:\t/ignored: /p", "/proc/self/status"])
        .stdout(std::process::Stdio::piped());
    println!("{}", Running::new(&mut grep).finish(b"").stdout());
}
