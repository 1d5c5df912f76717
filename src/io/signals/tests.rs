//! What a process does with signals, tried in processes of their own.

use super::*;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

/// Run again in a process of its own, as the tests below ask: signals belong to a whole process.
#[test]
fn child_gets_signals() {
    let Ok(script) = std::env::var("JUG_TEST_SIGNALS") else {
        return;
    };
    install().unwrap();
    install().unwrap();
    // To this thread, and so delivered before the call returns; another thread might take its time.
    // SAFETY: raise takes any number.
    #[allow(unsafe_code)]
    let raise = |signal| assert_eq!(unsafe { libc::raise(signal) }, 0);
    for word in script.split(' ') {
        match word {
            "int" => raise(libc::SIGINT),
            "term" => raise(libc::SIGTERM),
            "usr1" => raise(libc::SIGUSR1),
            "stopping-by-int" => assert!(stopping() && which() == Some(libc::SIGINT)),
            "going" => assert!(!stopping() && which().is_none()),
            "stopping" => assert!(stopping()),
            "progress" => assert!(take_progress_request() && !take_progress_request()),
            "no-progress" => assert!(!take_progress_request()),
            "hup" => raise(libc::SIGHUP),
            "hup-is-a-request" => take_hangup_as_request().unwrap(),
            "look" => assert!(take_look_request() && !take_look_request()),
            "no-look" => assert!(!take_look_request()),
            "die-by-pipe" => assert_eq!(die_by(libc::SIGPIPE), 0, "survived"),
            "die-by-int" => assert_eq!(die_by(libc::SIGINT), 0, "survived"),
            other => panic!("{other}"),
        }
    }
}

fn run(before: &str, script: &str) -> ExitStatus {
    run_by(before, "", script)
}

/// The same, started by another program, such as setsid.
fn run_by(before: &str, program: &str, script: &str) -> ExitStatus {
    Command::new("sh")
        .arg("-c")
        .arg(format!(
            "{before} exec {program} \"$0\" --exact io::signals::tests::child_gets_signals --test-threads=1"
        ))
        .arg(std::env::current_exe().unwrap())
        .env("JUG_TEST_SIGNALS", script)
        .output()
        .unwrap()
        .status
}

#[test]
fn without_a_terminal_a_hangup_can_be_a_request() {
    // setsid leaves the terminal, if there is one.
    let script =
        "going no-look usr1 progress look no-look hup-is-a-request hup going look no-progress";
    let script = format!("{script} usr1 look progress hup hup going");
    assert!(run_by("", "setsid -w", &script).success());
    let ignored = "hup-is-a-request hup no-look going";
    assert!(run_by("trap '' HUP;", "setsid -w", ignored).success());
    assert!(run("", "hup stopping").success());
}

#[test]
fn the_first_signal_asks_and_the_second_ends() {
    assert!(run("", "going int stopping-by-int").success());
    assert_eq!(run("", "int int").signal(), Some(libc::SIGINT));
    assert_eq!(run("", "int term").signal(), Some(libc::SIGTERM));
    assert_eq!(
        run("", "int stopping-by-int die-by-int").signal(),
        Some(libc::SIGINT)
    );
    assert_eq!(run("", "die-by-pipe").signal(), Some(libc::SIGPIPE));
}

#[test]
fn progress_is_asked_for_by_usr1() {
    assert!(run("", "no-progress usr1 progress usr1 usr1 progress going").success());
}

#[test]
fn an_inherited_ignore_is_kept() {
    assert!(
        run(
            "trap '' INT TERM USR1;",
            "int int term usr1 no-progress going"
        )
        .success()
    );
}

#[test]
fn a_signal_that_is_none_gives_a_code() {
    assert_eq!(die_by(0), 128);
    assert_eq!(die_by(-5), 128);
    assert_eq!(die_by(4000), 255);
}
