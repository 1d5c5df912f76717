//! What jug does as a process: pipes that close, signals, missing descriptors, inputs that change. Nothing here waits for a time
//! to pass: it waits for an event, and fails after a long time.

mod inputs;
mod pipes;
mod signals;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{JUG, Running, command};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until there is an answer.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::yield_now();
    }
}

/// jug reading from a pipe that stays open, with some lines written to it and read.
pub(crate) fn waiting(args: &[&str], lines: &str) -> Running {
    let mut command = command(JUG);
    command
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = Running::new(&mut command);
    let pipe = child.stdin.as_mut().expect("a pipe");
    pipe.write_all(lines.as_bytes()).expect("jug reads");
    // It has read everything once it waits for more: the pipe is empty then.
    let fd = format!("/proc/{}/fd/0", child.id());
    wait_for("jug to read its input", || {
        let pipe = fs::File::open(&fd).ok()?;
        rustix::io::ioctl_fionread(&pipe)
            .ok()
            .filter(|left| *left == 0)
    });
    child
}

pub(crate) fn signal(child: &Running, signal: &str) {
    let sent = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
}

/// The exit status or the signal, and both streams, of a command whose standard input stays open.
pub(crate) fn output(child: Running) -> (Option<i32>, Option<i32>, String, String) {
    let outcome = child.end();
    let code = outcome.signal.is_none().then_some(outcome.status);
    (code, outcome.signal, outcome.stdout(), outcome.stderr())
}
