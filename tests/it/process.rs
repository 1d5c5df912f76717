//! What jug does as a process: pipes that close, signals, descriptors that are not there. Nothing here waits for a time to
//! pass: it waits for something to happen, and fails after a long time.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jug::format::Settings;
use jug::io::source::InputName;
use jug::io::wait::Until;
use jug::log::chunk::CHUNK;
use jug::log::input::{Input, Opening};
use jug::log::options::{Engine, Options};
use jug::log::plan::plan;
use jug::log::query::parse;
use jug::log::run::run;
use jug::observe::Observe;
use jug::record::Timestamp;

use crate::support::{JUG, Running, Sandbox, command, deadline};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until there is an answer.
#[track_caller]
fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
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

fn signal(child: &Running, signal: &str) {
    let sent = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
}

/// The exit status or the signal, and both streams, of a command whose standard input stays open.
fn output(child: Running) -> (Option<i32>, Option<i32>, String, String) {
    let outcome = child.end();
    let code = outcome.signal.is_none().then_some(outcome.status);
    (code, outcome.signal, outcome.stdout(), outcome.stderr())
}

#[test]
fn a_reader_that_has_gone_ends_it_without_a_word() {
    let sandbox = Sandbox::new();
    sandbox.file("long.log", "a line\n".repeat(500_000));
    let line = "{ jug log '\"line\"' long.log; echo $? >&2; } | head -n 1";
    let outcome = sandbox.shell(line, b"");
    assert_eq!(
        (outcome.stdout().as_str(), outcome.stderr().as_str()),
        ("a line\n", "141\n")
    );
}

#[test]
fn a_reader_that_has_gone_ends_the_wait_for_input() {
    for (args, lines) in [
        (&["log", "\"x\""][..], ""),
        (&["log", "\"x\""], "a\nb\n"),
        (&["log", "count by line"], "a\nb\n"),
    ] {
        let mut child = waiting(args, lines);
        let still_open = child.stdin.take();
        drop(child.stdout.replace(nothing()));
        let (code, signal, _, stderr) = output(child);
        let sigpipe = Some(13);
        assert_eq!(
            (code, signal, stderr.as_str()),
            (None, sigpipe, ""),
            "{args:?}"
        );
        drop(still_open);
    }
}

/// The end of a pipe that never had anything.
fn nothing() -> std::process::ChildStdout {
    let (reader, _writer) = rustix::pipe::pipe().expect("a pipe");
    reader.into()
}

#[test]
fn a_reader_that_has_gone_ends_a_busy_run_that_prints_nothing() {
    let mut child = waiting(&["log", "\"x\""], "a\n");
    let mut input = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        // Ends when jug does.
        scope.spawn(move || while input.write_all(&[b'\n'; 4096]).is_ok() {});
        drop(child.stdout.replace(nothing()));
        let (code, signal, _, stderr) = output(child);
        assert_eq!((code, signal, stderr.as_str()), (None, Some(13), ""));
    });
}

#[test]
fn a_signal_ends_it_while_its_reader_takes_nothing() {
    for name in ["INT", "TERM"] {
        let sandbox = Sandbox::new();
        sandbox.file("long.log", "a line\n".repeat(500_000));
        let mut command = command(JUG);
        command
            .args(["log", "\"line\"", "long.log"])
            .current_dir(sandbox.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = Running::new(&mut command);
        let pipe = child.stdout.as_ref().expect("a pipe");
        let mut before = 0;
        wait_for("the pipe to be full", || {
            // A page at a time goes in; one more may not fit.
            let filled = rustix::io::ioctl_fionread(pipe).ok()?;
            let is_full = filled >= 60_000 && filled == before;
            before = filled;
            is_full.then_some(())
        });
        signal(&child, name);
        // Nobody reads the pipe: that must not be needed.
        let status = wait_for("jug to end", || child.try_wait().expect("a child of ours"));
        assert!(status.signal().is_some(), "{status:?}");
    }
}

#[test]
fn an_output_that_takes_nothing_is_an_error() {
    let sandbox = Sandbox::new();
    for command in [
        "log count fixtures/logs/six.log",
        "log '\"GET\"' fixtures/logs/six.log",
        "--help",
        "--version",
        "completions bash",
    ] {
        let closed = sandbox.shell(&format!("jug {command} >&-"), b"");
        assert!(
            closed.status == 2 && closed.stderr().contains("Bad file descriptor"),
            "{closed}"
        );
        let full = sandbox.shell(&format!("jug {command} > /dev/full"), b"");
        assert!(
            full.status == 2 && full.stderr().contains("No space left on device"),
            "{full}"
        );
    }
    let closed = sandbox.shell("jug log count <&-", b"");
    assert!(
        closed.status == 2 && closed.stderr().contains("Bad file descriptor"),
        "{closed}"
    );
}

#[test]
fn a_signal_ends_it_with_what_is_known() {
    for (name, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        let child = waiting(&["log", "count by line"], "a\na\nb\ncut off");
        signal(&child, name);
        let (code, signal, stdout, stderr) = output(child);
        assert_eq!(
            (code, signal, stdout.as_str()),
            (None, Some(number), "line\tcount\na\t2\nb\t1\n")
        );
        assert!(stderr.contains("interrupted"), "{stderr}");
    }
}

#[test]
fn lines_come_out_while_the_pipe_is_silent() {
    for args in [
        &["log", "\"a\""][..],
        &[
            "log",
            "-f",
            "csv",
            "--to",
            "csv",
            "--header",
            "never",
            "where x == \"a\" | select x",
        ],
    ] {
        let mut child = waiting(args, "x\na\nb\na\n");
        let mut found = [0; 4];
        let stdout = child.stdout.as_mut().expect("a pipe");
        stdout.read_exact(&mut found).expect("two lines");
        assert_eq!(&found, b"a\na\n", "{args:?}");
        drop(child.stdin.take());
        let (code, ..) = output(child);
        assert_eq!(code, Some(0), "{args:?}");
    }
}

#[test]
fn what_has_been_found_ends_the_waiting() {
    for args in [
        &["log", "-q", "\"a\""][..],
        &["log", "\"a\" | head 1"],
        &["log", "-n", "1", "\"a\""],
    ] {
        let mut child = waiting(args, "a\nb\n");
        let still_open = child.stdin.take();
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{args:?}");
        drop(still_open);
    }
}

#[test]
fn a_signal_leaves_no_file() {
    for (name, number) in [("HUP", 1), ("TERM", 15)] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("out.tsv");
        let child = waiting(&["log", "count", "-o", path.to_str().expect("text")], "a\n");
        signal(&child, name);
        let (_, signal, _, stderr) = output(child);
        let left = fs::read_dir(directory.path()).expect("it is there").count();
        assert_eq!((signal, left), (Some(number), 0));
        assert!(stderr.contains("out.tsv was not written"), "{stderr}");
    }
}

#[test]
fn half_of_the_values_make_no_chart() {
    for (args, given) in [
        (&["pie", "--to", "bars"][..], "a\t1\n"),
        (&["pie"], "a\t1\nb\t"),
        (
            &["render"],
            "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        ),
    ] {
        let child = waiting(args, given);
        signal(&child, "TERM");
        let (code, signal, stdout, stderr) = output(child);
        assert_eq!((code, signal), (None, Some(15)), "{args:?}");
        assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""), "{args:?}");
    }
}

#[test]
fn standard_output_by_its_name_is_no_file() {
    let child = waiting(&["log", "count", "-o", "-"], "a\n");
    signal(&child, "TERM");
    let (_, _, stdout, stderr) = output(child);
    assert_eq!(stdout, "count\n1\n");
    assert!(
        stderr.contains("interrupted: results cover only the input read so far"),
        "{stderr}"
    );
}

#[test]
fn progress_can_be_asked_for() {
    let mut child = waiting(&["log", "count"], "a\nb\n");
    signal(&child, "USR1");
    let mut stderr = child.stderr.take().expect("a pipe");
    let mut said = Vec::new();
    while !said.ends_with(b"\n") {
        let mut byte = [0];
        stderr.read_exact(&mut byte).expect("a line of progress");
        said.push(byte[0]);
    }
    assert!(
        String::from_utf8_lossy(&said).contains("so far"),
        "{said:?}"
    );
    drop(child.stdin.take());
    let outcome = child.end();
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (0, "count\n2\n")
    );
}

#[test]
fn what_was_ignored_stays_ignored() {
    let sandbox = Sandbox::new();
    let line = "trap '' INT; { echo a; kill -s INT 0; echo b; } | jug log count";
    let outcome = sandbox.shell(&format!("setsid sh -c \"{line}\""), b"");
    assert_eq!(outcome.clean(), "count\n2\n");
}

#[test]
fn inputs_come_in_many_ways() {
    let sandbox = Sandbox::new();
    sandbox.file("two.log", "a\nb\n");
    for (line, count) in [
        ("jug log count - < two.log", 2),
        ("{ read first; jug log count; } < two.log", 1),
        ("mkfifo p; cat two.log > p & jug log count p", 2),
        ("cat two.log | jug log count /dev/fd/0", 2),
        ("jug log count /dev/fd/5 5< two.log", 2),
        ("jug log count /dev/null", 0),
        ("env -i jug=1 \"$(command -v jug)\" log count two.log", 2),
    ] {
        assert_eq!(
            sandbox.shell(line, b"").clean(),
            format!("count\n{count}\n"),
            "{line}"
        );
    }
}

#[test]
fn stats_say_what_was_done() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.shell(
        "jug log --stats -j1 'count by status' fixtures/logs/access.log",
        b"",
    );
    let stderr = outcome.stderr();
    let stats: Vec<&str> = stderr.lines().collect();
    assert!(
        stats[0].starts_with("read     ") && stats[0].contains(" KiB in "),
        "{outcome}"
    );
    assert_eq!(
        stats[1..],
        [
            "lines    202 read, 200 kept, 2 bad, 0 blank",
            "groups   7",
            "work     1 chunk, 1 thread"
        ]
    );
}

#[test]
fn a_line_longer_than_allowed_is_skipped_and_counted_as_bad() {
    let sandbox = Sandbox::new();
    let text = ["a b\n", &"a".repeat(5 << 20), "\nb c\n"].concat();
    sandbox.file("long.log", &text);
    for input in ["< long.log", "long.log", "-j3 < long.log", "-j3 long.log"] {
        let line = format!(
            "cat /dev/null; jug log --from columns --max-line 1M --stats 'count by $1' {input}"
        );
        let outcome = sandbox.shell(&line, b"");
        let piped = sandbox.shell(
            &line
                .replace("cat /dev/null; ", "cat long.log | ")
                .replace("< long.log", ""),
            b"",
        );
        for outcome in [outcome, piped] {
            let stderr = outcome.stderr();
            assert!(
                stderr.contains("lines    3 read, 2 kept, 1 bad, 0 blank"),
                "{outcome}"
            );
            assert_eq!(
                (outcome.stdout().as_str(), outcome.status),
                ("f1\tcount\na\t1\nb\t1\n", 3)
            );
        }
    }
}

#[test]
fn a_missing_file_makes_a_description_incomplete() {
    let sandbox = Sandbox::new();
    sandbox.file("good.csv", "name,x\na,1\n");
    let outcome = sandbox.shell("jug log --describe good.csv missing.csv", b"");
    assert_eq!(outcome.status, 3, "{outcome}");
    assert!(outcome.stdout().contains("name"), "{outcome}");
    assert!(outcome.stderr().contains("missing.csv"), "{outcome}");
}

/// Cuts a file short as soon as a part of it has been read.
struct Cutter {
    file: fs::File,
    length: u64,
    is_done: AtomicBool,
    was_told: AtomicBool,
}

impl Observe for Cutter {
    fn advanced(&self, _: u64) {
        if !self.is_done.swap(true, Relaxed) {
            self.file.set_len(self.length).expect("a file of ours");
        }
    }

    fn missed(&self, message: &str) {
        assert!(message.contains("shorter"), "{message}");
        self.was_told.store(true, Relaxed);
    }
}

#[test]
fn a_file_cut_short_gives_what_is_left() {
    let _deadline = deadline::for_this_test();
    let line = "a line of twenty by\n";
    let lines = 3 * CHUNK / line.len();
    // In the middle of the file, where a mapped page is gone; and in its last page, where bytes become zeros without a signal.
    let middle = CHUNK + CHUNK / 2;
    let last = lines * line.len() - 10;
    for (engine, cut) in [
        (Engine::Read, middle),
        (Engine::Mmap, middle),
        (Engine::Read, last),
        (Engine::Mmap, last),
    ] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("long.log");
        fs::write(&path, line.repeat(lines)).expect("a file");
        let file = fs::File::options()
            .write(true)
            .open(&path)
            .expect("it is there");
        // The line in which the file now ends has lost its end and does not count.
        let kept = cut / line.len();
        let cutter = Cutter {
            file,
            length: (kept * line.len() + 5) as u64,
            is_done: AtomicBool::new(false),
            was_told: AtomicBool::new(false),
        };
        let settings = Settings {
            zone: TimeZone::UTC,
            infer: false,
        };
        let clock = jug::expr::Clock {
            now: Timestamp::now(),
            zone: TimeZone::UTC,
        };
        let query = "\"twenty\" | count";
        let plan = plan(&parse(query).expect("a query"), query, &clock).expect("a plan");
        let opening = Opening {
            from: None,
            settings: &settings,
            needs_schema: false,
            chunk: CHUNK,
            needs: jug::format::Needs::ALL,
            counts_records: true,
            until: Until::stopped(&|| false),
        };
        let input = Input::open(InputName::Path(path), 0, &opening).expect("it opens");
        let options = Options {
            threads: 1,
            engine,
            strict: false,
            max_line: CHUNK,
            live: false,
        };
        let report = run(
            std::sync::Arc::new(plan),
            vec![input],
            options,
            &cutter,
            None,
        );
        assert_eq!(report.account.kept, kept as u64, "{engine:?}, {cut}");
        assert!(cutter.was_told.load(Relaxed), "{engine:?}, {cut}");
    }
}
