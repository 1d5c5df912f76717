//! Waits and what ends them. No test waits for a time to pass: what would hang is caught by a far deadline.

use super::*;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

fn pipe() -> (OwnedFd, OwnedFd) {
    rustix::pipe::pipe().unwrap()
}

fn far() -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(120))
}

#[test]
fn of_many_descriptors_the_ready_ones_are_marked() {
    let (one, _one) = pipe();
    let (two, two_end) = pipe();
    let (three, three_end) = pipe();
    let (_four, four) = pipe();
    File::from(two_end).write_all(b"x").unwrap();
    drop(three_end);
    let mut interests = [
        Interest::read(&one),
        Interest::read(&two),
        Interest::read(&three),
        Interest::write(&four),
    ];
    let found = wait(&mut interests, &Wakers::default()).unwrap();
    assert_eq!(found, Woken::Ready);
    let ready = interests.map(|interest| interest.is_ready);
    assert_eq!(ready, [false, true, true, true]);
}

#[test]
fn the_next_wait_clears_the_ready_marks() {
    let (one, one_end) = pipe();
    let (two, two_end) = pipe();
    File::from(one_end).write_all(b"x").unwrap();
    let mut interests = [Interest::read(&one), Interest::read(&two)];
    wait(&mut interests, &Wakers::default()).unwrap();
    assert_eq!(
        (interests[0].is_ready, interests[1].is_ready),
        (true, false)
    );
    assert_eq!(rustix::io::read(&one, &mut [0; 8]).unwrap(), 1);
    drop(two_end);
    // The writing end of the first is closed too: only the data is gone.
    wait(&mut interests[1..], &Wakers::default()).unwrap();
    assert!(interests[1].is_ready);
    let (empty, _end) = pipe();
    let mut interests = [Interest::read(&empty)];
    interests[0].is_ready = true;
    let wakers = Wakers {
        deadline: Some(Instant::now()),
        ..Wakers::default()
    };
    assert_eq!(wait(&mut interests, &wakers).unwrap(), Woken::Deadline);
    assert!(!interests[0].is_ready);
}

#[test]
fn a_deadline_ends_a_wait_and_never_early() {
    let (empty, _end) = pipe();
    for wait_for in [Duration::ZERO, Duration::from_millis(3)] {
        let deadline = Instant::now() + wait_for;
        let wakers = Wakers {
            deadline: Some(deadline),
            ..Wakers::default()
        };
        let found = wait(&mut [Interest::read(&empty)], &wakers).unwrap();
        assert_eq!(found, Woken::Deadline);
        assert!(Instant::now() >= deadline);
    }
}

#[test]
fn a_ready_descriptor_is_reported_after_the_deadline_too() {
    let (filled, end) = pipe();
    File::from(end).write_all(b"x").unwrap();
    let wakers = Wakers {
        deadline: Some(Instant::now()),
        ..Wakers::default()
    };
    let found = wait(&mut [Interest::read(&filled)], &wakers).unwrap();
    assert_eq!(found, Woken::Ready);
}

#[test]
fn an_event_ends_all_current_and_later_waits() {
    let event = Event::new();
    let (empty, _end) = pipe();
    let wait_for_event = || {
        let wakers = Wakers {
            event: Some(&event),
            deadline: far(),
            ..Wakers::default()
        };
        wait(&mut [Interest::read(&empty)], &wakers).unwrap()
    };
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..4).map(|_| scope.spawn(wait_for_event)).collect();
        scope.spawn(|| event.set());
        for waiting in waiting {
            assert_eq!(waiting.join().unwrap(), Woken::Event);
        }
    });
    assert!(event.is_set());
    assert_eq!(wait_for_event(), Woken::Event);
}

#[test]
fn an_event_set_before_the_first_wait_is_seen() {
    let event = Event::new();
    assert!(!event.is_set());
    event.set();
    event.set();
    let (filled, end) = pipe();
    File::from(end).write_all(b"x").unwrap();
    let wakers = Wakers {
        event: Some(&event),
        deadline: far(),
        ..Wakers::default()
    };
    // It is reported before the ready descriptor, so a reader that always has data does not miss it.
    let found = wait(&mut [Interest::read(&filled)], &wakers).unwrap();
    assert_eq!(found, Woken::Event);
}

#[test]
fn an_event_that_does_not_stop_a_reader_wakes_it_once() {
    let event = Event::new();
    event.set();
    let (empty, _end) = pipe();
    let asked = std::cell::Cell::new(0);
    let is_stopping = || {
        asked.set(asked.get() + 1);
        false
    };
    let until = Until {
        event: Some(&event),
        deadline: Some(Instant::now() + Duration::from_millis(5)),
        ..Until::stopped(&is_stopping)
    };
    assert_eq!(
        ready(Interest::read(&empty), &until).unwrap(),
        Outcome::Deadline
    );
    assert_eq!(asked.get(), 2);
}

/// Run again by the tests below in a process of its own, since signals and standard output belong to a whole process. Prints on
/// standard error that three threads wait, and what woke each.
#[test]
#[allow(clippy::print_stderr)]
fn child_waits() {
    let Ok(script) = std::env::var("JUG_TEST_WAIT") else {
        return;
    };
    signals::install().unwrap();
    let (empty, _end) = pipe();
    let _watch = script.contains("results").then(stdout::Watch::new);
    let wakers = Wakers {
        stop_signals: true,
        progress: true,
        reader: true,
        deadline: far(),
        event: None,
    };
    if script.contains("early") {
        // SAFETY: raise takes any number.
        #[allow(unsafe_code)]
        unsafe {
            libc::raise(libc::SIGTERM);
        }
    }
    if script.contains("readers") {
        wait_as_a_reader(&empty);
        return;
    }
    let waits = || {
        let found = wait(&mut [Interest::read(&empty)], &wakers).unwrap();
        let seen = (stdout::was_reader_gone(), is_stopping());
        eprintln!("{found:?} {seen:?}");
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(waits);
        }
        eprintln!("waiting");
    });
}

/// Waits for input although all signals have come and nobody reads the results. Prints how it ended, and how often it asked
/// whether to stop.
#[allow(clippy::print_stderr)]
fn wait_as_a_reader(empty: &OwnedFd) {
    for signal in [libc::SIGUSR1, libc::SIGTERM] {
        // SAFETY: raise takes any number.
        #[allow(unsafe_code)]
        unsafe {
            libc::raise(signal);
        }
    }
    eprintln!("waiting");
    let reader = Wakers {
        reader: true,
        deadline: far(),
        ..Wakers::default()
    };
    assert_eq!(wait(&mut [], &reader).unwrap(), Woken::ReaderGone);
    let asked = std::cell::Cell::new(0);
    let is_stopping = || {
        asked.set(asked.get() + 1);
        asked.get() > 10
    };
    let until = Until {
        deadline: Some(Instant::now() + Duration::from_millis(5)),
        ..Until::stopped(&is_stopping)
    };
    let ended = ready(Interest::read(empty), &until).unwrap();
    eprintln!("{ended:?} {}", asked.get());
}

/// A child that waits, and the lines that it prints.
struct Waiting {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

impl Waiting {
    fn start(script: &str) -> Waiting {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "io::wait::tests::child_waits", "--nocapture"])
            .env("JUG_TEST_WAIT", script)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut waiting = Waiting { child, lines };
        if script != "early" {
            assert_eq!(waiting.line(), "waiting");
        }
        waiting
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    fn kill(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn close_stdout(&mut self) {
        drop(self.child.stdout.take());
    }

    /// Checks the lines that its threads print, and waits for its end.
    fn ends_with(mut self, count: usize, line: &str) {
        for _ in 0..count {
            assert_eq!(self.line(), line);
        }
        self.close_stdout();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_signal_ends_the_waits_of_all_threads() {
    let child = Waiting::start("");
    child.kill(Signal::TERM);
    child.ends_with(3, "StopSignal (false, true)");
}

#[test]
fn a_signal_before_the_first_wait_ends_it() {
    let mut child = Waiting::start("early");
    let mut lines: Vec<String> = (0..4).map(|_| child.line()).collect();
    lines.sort();
    assert_eq!(lines[..3], ["StopSignal (false, true)"; 3]);
    child.ends_with(0, "");
}

#[test]
fn each_request_for_progress_wakes_one_thread() {
    let mut child = Waiting::start("");
    for _ in 0..2 {
        child.kill(Signal::USR1);
        assert_eq!(child.line(), "Progress (false, false)");
    }
    child.kill(Signal::TERM);
    child.ends_with(1, "StopSignal (false, true)");
}

#[test]
fn the_end_of_the_reader_ends_waits_if_results_go_there() {
    let mut child = Waiting::start("results");
    child.close_stdout();
    child.ends_with(3, "ReaderGone (true, true)");
}

#[test]
fn the_end_of_the_reader_does_not_matter_without_results() {
    let mut child = Waiting::start("");
    child.close_stdout();
    child.kill(Signal::TERM);
    child.ends_with(3, "StopSignal (false, true)");
}

#[test]
fn each_thing_that_does_not_stop_a_reader_wakes_it_once() {
    let mut child = Waiting::start("readers with results");
    child.close_stdout();
    // Before the first wait, and after SIGTERM, SIGUSR1 and the end of the reader.
    child.ends_with(1, "Deadline 4");
}
