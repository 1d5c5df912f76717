//! What public reports say that watchers get wrong, each as a test.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::{Watching, await_text, commanding};
use crate::process::{signal, wait_for};
use crate::support::Sandbox;

#[test]
fn a_configuration_behind_two_links_is_followed() {
    let sandbox = Sandbox::new();
    sandbox.file("v1/conf", "1");
    symlink("v1", sandbox.path().join("..data")).expect("a link");
    symlink("..data/conf", sandbox.path().join("conf")).expect("a link");
    let mut watching = Watching::of(sandbox, &["conf"]);
    for version in 2..5 {
        let name = format!("v{version}");
        watching.sandbox.file(format!("{name}/conf"), &name);
        symlink(&name, watching.path("..tmp")).expect("a link");
        fs::rename(watching.path("..tmp"), watching.path("..data")).expect("a rename");
        fs::remove_dir_all(watching.path(&format!("v{}", version - 1))).expect("a directory");
        watching.expect(&["modify! conf"]);
    }
    let (_, watches) = crate::follow::held_by(&watching.child);
    assert_eq!(
        watches, 2,
        "the directory of the links, and the present version"
    );
    fs::write(watching.path("v4/conf"), "more text").expect("a file");
    watching.expect(&["modify conf"]);
}

#[test]
fn a_directory_that_is_removed_and_made_again_is_heard() {
    let mut watching = Watching::new(&[], |sandbox| {
        sandbox.file("d/sub/old", "");
    });
    for round in 0..50 {
        fs::remove_dir_all(watching.path("d/sub")).expect("a directory");
        fs::create_dir(watching.path("d/sub")).expect("a directory");
        File::create(watching.path(&format!("d/sub/f{round}"))).expect("a file");
        watching.await_record(&format!("create d/sub/f{round}"));
    }
    for round in 0..50 {
        fs::remove_dir_all(watching.path("d")).expect("a directory");
        fs::create_dir(watching.path("d")).expect("a directory");
        File::create(watching.path(&format!("d/g{round}"))).expect("a file");
        watching.await_record(&format!("create d/g{round}"));
    }
    fs::remove_dir_all(watching.path("d")).expect("a directory");
    watching.await_record("root_gone d");
    fs::create_dir(watching.path("d")).expect("a directory");
    watching.await_record("root_back d");
}

#[test]
fn the_same_bytes_are_no_change_with_content() {
    let sandbox = Sandbox::new();
    sandbox.file("d/file", "text");
    let args = [
        "d",
        "--content",
        "--",
        "sh",
        "-c",
        "echo \"$@\" >> log",
        "x",
        "{}",
    ];
    let child = commanding(&sandbox, &args);
    let path = sandbox.path().join("d/file");
    fs::write(&path, "text").expect("a file");
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&path, mode).expect("a mode");
    File::create(&path).expect("a truncation");
    fs::write(&path, "text").expect("a file");
    // What comes after all of this shows that nothing came before.
    sandbox.file("d/other", "other");
    await_text(&sandbox, "log", "d/other\n");
    fs::write(&path, "texT").expect("a file");
    await_text(&sandbox, "log", "d/other\nd/file\n");
    signal(&child, "TERM");
    assert_eq!(child.end().signal, Some(15));
}

#[test]
fn a_restart_waits_for_the_old_run_and_nothing_is_left() {
    let sandbox = Sandbox::new();
    sandbox.file("d/file", "").file(
        "run",
        "flock -n 9 || { echo taken >> log; exit 1; }\n\
         trap 'sleep 0.3; exit' TERM\n\
         echo run >> log\n\
         sleep 1000 &\n\
         echo $! > pid\n\
         wait\n",
    );
    let args = [
        "d",
        "--debounce",
        "10ms",
        "--busy",
        "restart",
        "--",
        "sh",
        "-c",
        "exec sh run 9>lock",
    ];
    let child = commanding(&sandbox, &args);
    for round in 1..6 {
        fs::write(sandbox.path().join("d/file"), round.to_string()).expect("a file");
        await_text(&sandbox, "log", &"run\n".repeat(round));
    }
    wait_for("the command's child", || {
        (!fs::read_to_string(sandbox.path().join("pid"))
            .ok()?
            .trim()
            .is_empty())
        .then_some(())
    });
    signal(&child, "TERM");
    assert_eq!(child.end().signal, Some(15));
    let number = fs::read_to_string(sandbox.path().join("pid")).expect("a number");
    wait_for("the end of the group", || {
        let status = fs::read_to_string(format!("/proc/{}/stat", number.trim()));
        status
            .map_or(true, |status| status.contains(") Z "))
            .then_some(())
    });
}

#[test]
fn a_time_limit_holds_although_a_grandchild_keeps_the_output() {
    let sandbox = Sandbox::new();
    sandbox.file("d/file", "");
    let script = "setsid sleep 20 & echo started; sleep 60";
    for more in [&[][..], &["--max-output", "1M"]] {
        let limits = [
            "d",
            "--once",
            "--cmd-timeout",
            "300ms",
            "--debounce",
            "10ms",
        ];
        let args = [&limits[..], more, &["--", "sh", "-c", script]].concat();
        let mut child = commanding(&sandbox, &args);
        let stdout = child.stdout.take();
        sandbox.file("d/file", "more");
        let started = std::time::Instant::now();
        let mut first = String::new();
        let mut lines = std::io::BufReader::new(stdout.expect("a pipe"));
        std::io::BufRead::read_line(&mut lines, &mut first).expect("text");
        assert_eq!(first, "started\n");
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(124));
        assert!(
            started.elapsed().as_secs() < 15,
            "the grandchild was not awaited"
        );
    }
}

#[test]
fn a_command_that_only_reads_causes_no_run() {
    let sandbox = Sandbox::new();
    sandbox.file("d/sub/file", "");
    let times = fs::FileTimes::new().set_accessed(std::time::UNIX_EPOCH);
    let file = File::options()
        .write(true)
        .open(sandbox.path().join("d/sub/file"));
    file.and_then(|file| file.set_times(times)).expect("times");
    let script = "ls -R d > /dev/null; cat d/sub/*; echo run >> log; echo $1 >> log";
    let args = [
        "d",
        "--debounce",
        "10ms",
        "--",
        "sh",
        "-c",
        script,
        "x",
        "{}",
    ];
    let child = commanding(&sandbox, &args);
    sandbox.file("d/sub/file", "text");
    await_text(&sandbox, "log", "run\nd/sub/file\n");
    sandbox.file("d/other", "");
    await_text(&sandbox, "log", "run\nd/sub/file\nrun\nd/other\n");
    signal(&child, "TERM");
    assert_eq!(child.end().signal, Some(15));
}

#[test]
fn a_missing_path_is_awaited() {
    // Directories appear while the watcher looks for them.
    for (engine, rounds) in [("inotify", 100), ("poll", 3)] {
        let args = ["a/b/c/file", "--engine", engine, "--interval", "20ms"];
        let mut watching = Watching::of(Sandbox::new(), &args);
        for _ in 0..rounds {
            watching.sandbox.file("a/b/c/file", "text");
            watching.await_record("create a/b/c/file");
            fs::remove_dir_all(watching.path("a")).expect("a directory");
            watching.await_record("remove a/b/c/file");
        }
    }
    let sandbox = Sandbox::new();
    let outcome = sandbox.jug(["watch", "--must-exist", "a/b"], b"");
    assert_eq!(outcome.status, 2, "{outcome}");
}
