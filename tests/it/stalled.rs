//! A reader that stays but takes nothing: the pipe is full, and jug waits in a write.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::process::wait_for;
use crate::support::{JUG, Running, Sandbox, command};

/// Starts jug with pipes that nobody reads.
pub(crate) fn start(args: &[&str], directory: &Path) -> Running {
    let mut command = command(JUG);
    command
        .args(args)
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Running::new(&mut command)
}

fn send(child: &Running, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it runs");
}

/// Waits until the pipe of its results stays as full as it is and all its threads sleep.
pub(crate) fn wait_until_stalled(child: &Running) {
    let mut before = 0;
    wait_for("jug to wait for its reader", || {
        let stdout = child.stdout.as_ref().expect("a pipe");
        let full = rustix::io::ioctl_fionread(stdout).ok()?;
        let is_stalled = full > 0 && full == before && are_all_asleep(child.id());
        before = full;
        is_stalled.then_some(())
    });
}

/// Whether all threads of a process sleep: the state after the name in /proc/PID/task/TID/stat, proc(5).
pub(crate) fn are_all_asleep(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return false;
    };
    threads.flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        let state = status.rsplit_once(") ");
        state.is_some_and(|(_, state)| state.starts_with('S'))
    })
}

#[test]
fn a_request_for_progress_is_answered_while_nobody_reads_the_results() {
    let sandbox = Sandbox::new();
    let tree = sandbox.path().join("tree");
    fs::create_dir(&tree).expect("the sandbox can be written to");
    for number in 0..2000 {
        let name = format!("{number:0100}");
        fs::write(tree.join(name), "").expect("the sandbox can be written to");
    }
    sandbox.file("long.log", "yes\n".repeat(100_000));
    for args in [
        &["log", "-j1", "\"y\""][..],
        &["log", "-j4", "\"y\""],
        &["log", "-j1", "\"y\"", "long.log"],
        &["log", "-j4", "\"y\"", "long.log"],
        &["log", "sort line", "long.log"],
        &["walk", "-j1", "tree"],
        &["walk", "-j4", "--order", "path", "tree"],
    ] {
        let mut child = start(args, &sandbox.path());
        let mut input = child.stdin.take().expect("a pipe");
        let mut messages = BufReader::new(child.stderr.take().expect("a pipe"));
        thread::scope(|threads| {
            // Ends when jug does.
            threads.spawn(move || while input.write_all(b"yes\n".as_slice()).is_ok() {});
            for _ in 0..3 {
                wait_until_stalled(&child);
                send(&child, Signal::USR1);
                let mut line = String::new();
                messages.read_line(&mut line).expect("a line of progress");
                assert!(line.contains("so far"), "{args:?}: {line}");
            }
            send(&child, Signal::TERM);
            let outcome = child.end();
            assert_eq!(outcome.signal, Some(15), "{args:?}: {outcome}");
        });
        let mut rest = messages.lines().map_while(Result::ok);
        let another = rest.find(|line| !line.contains("interrupted"));
        assert_eq!(another, None, "{args:?}");
    }
}

#[test]
fn each_request_for_progress_is_answered_once_while_many_threads_wait_for_input() {
    let sandbox = Sandbox::new();
    let names = ["one", "two", "three", "four"];
    let made = sandbox.shell(&format!("mkfifo {}", names.join(" ")), b"");
    assert_eq!(made.status, 0, "{made}");
    let args = ["log", "-j4", "--from", "lines", "count by line"];
    let args: Vec<&str> = args.into_iter().chain(names).collect();
    let mut child = start(&args, &sandbox.path());
    let mut messages = BufReader::new(child.stderr.take().expect("a pipe"));
    let writers = names.map(|name| {
        let fifo = fs::File::options()
            .write(true)
            .open(sandbox.path().join(name));
        let mut fifo = fifo.expect("jug opens it");
        fifo.write_all(b"a line\n").expect("jug reads");
        fifo
    });
    wait_for("all threads to wait", || {
        are_all_asleep(child.id()).then_some(())
    });
    for _ in 0..20 {
        send(&child, Signal::USR1);
        let mut line = String::new();
        messages.read_line(&mut line).expect("a line of progress");
        assert!(line.contains("so far"), "{line}");
    }
    drop(writers);
    let outcome = child.end();
    assert_eq!(outcome.stdout(), "line\tcount\na line\t4\n", "{outcome}");
    let rest: Vec<String> = messages.lines().map_while(Result::ok).collect();
    assert!(rest.is_empty(), "{rest:?}");
}
