//! What changes do while a command runs, and how many commands run at once. Each command waits at a FIFO, which opens when the test
//! opens it; records tell what the watcher has seen.

use std::fs::{self, File};
use std::io::Write as _;

use rustix::fs::{CWD, FileType, Mode};

use super::{Watching, await_text, short};
use crate::support::Sandbox;

/// Notes its arguments in `log`, and waits for a line in `gate`.
const WAITS: &str = "echo \"$@\" >> log; read line < gate";

/// A watcher of `d` with a command that is a script, and a FIFO `gate`.
fn commanding(args: &[&str], script: &str) -> Watching {
    let sandbox = Sandbox::new();
    sandbox.file("d/old", "");
    let gate = sandbox.path().join("gate");
    rustix::fs::mknodat(CWD, &gate, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a FIFO");
    let args = [
        &["d", "--debounce", "0"],
        args,
        &["--", "sh", "-c", script, "x", "{}"],
    ];
    Watching::of(sandbox, &args.concat())
}

/// Lets one command that waits go on.
fn open_gate(watching: &Watching) {
    let gate = File::options().write(true).open(watching.path("gate"));
    gate.and_then(|mut gate| gate.write_all(b"go\n"))
        .expect("a FIFO");
}

/// Creates files, and waits for the records about them.
#[track_caller]
fn create(watching: &mut Watching, name: &str) {
    fs::write(watching.path(name), "").expect("a file");
    watching.await_record(&format!("create {name}"));
}

#[test]
fn changes_during_a_run_wait_for_its_end() {
    let mut watching = commanding(&[], WAITS);
    create(&mut watching, "d/a");
    watching.await_record("run_start");
    create(&mut watching, "d/b");
    create(&mut watching, "d/c");
    open_gate(&watching);
    watching.expect(&["run_end", "run_start"]);
    await_text(&watching.sandbox, "log", "d/a\nd/b d/c\n");
}

#[test]
fn changes_during_a_run_are_dropped() {
    let mut watching = commanding(&["--busy", "drop"], WAITS);
    create(&mut watching, "d/a");
    watching.await_record("run_start");
    create(&mut watching, "d/b");
    open_gate(&watching);
    watching.expect(&["run_end"]);
    create(&mut watching, "d/c");
    await_text(&watching.sandbox, "log", "d/a\nd/c\n");
}

#[test]
fn changes_during_a_run_send_a_signal() {
    let script = "trap 'echo signal >> log; exit 5' USR1; echo \"$@\" >> log; read line < gate";
    let mut watching = commanding(&["--busy", "signal=USR1"], script);
    create(&mut watching, "d/a");
    watching.await_record("run_start");
    await_text(&watching.sandbox, "log", "d/a\n");
    create(&mut watching, "d/b");
    let end = watching.next();
    assert_eq!(
        (short(&end), &end["code"]),
        ("run_end".to_owned(), &5.into())
    );
    create(&mut watching, "d/c");
    await_text(&watching.sandbox, "log", "d/a\nsignal\nd/c\n");
}

#[test]
fn as_many_commands_run_at_once_as_jobs_allow() {
    let mut watching = commanding(&["--per-path", "--jobs", "2"], WAITS);
    for name in ["d/a", "d/b", "d/c"] {
        create(&mut watching, name);
    }
    await_lines(&watching, 2);
    let mut found = Vec::new();
    open_gate(&watching);
    while found.last().is_none_or(|last| last != "run_end") {
        found.push(short(&watching.next()));
    }
    let started = found.iter().filter(|record| *record == "run_start");
    assert!(started.count() <= 2, "{found:?}");
    watching.await_record("run_start");
    await_lines(&watching, 3);
    let log = fs::read_to_string(watching.path("log")).expect("a log");
    let mut paths: Vec<&str> = log.lines().collect();
    paths.sort_unstable();
    assert_eq!(paths, ["d/a", "d/b", "d/c"]);
}

/// Waits until `log` has this number of lines.
#[track_caller]
fn await_lines(watching: &Watching, count: usize) {
    let path = watching.path("log");
    crate::process::wait_for("lines of the commands", || {
        let log = fs::read_to_string(&path).ok()?;
        (log.lines().count() == count).then_some(())
    });
}

#[test]
fn a_path_that_is_not_quiet_is_reported_with_what_is_final() {
    let mut other = crate::support::command("sleep")
        .arg("1000")
        .spawn()
        .expect("sleep");
    let number = other.id().to_string();
    let args = ["--settle", "1h", "--pid", &number, "--on", "create,modify"];
    let mut watching = Watching::new(&args, |sandbox| {
        sandbox.file("d/old", "");
    });
    // Directories are reported at once: this shows that the changes before were seen.
    fs::write(watching.path("d/a"), "1").expect("a file");
    fs::create_dir(watching.path("d/one")).expect("a directory");
    watching.expect(&["create d/one"]);
    fs::write(watching.path("d/a"), "final").expect("a file");
    fs::write(watching.path("d/old"), "other").expect("a file");
    fs::create_dir(watching.path("d/two")).expect("a directory");
    watching.expect(&["create d/two"]);
    other.kill().expect("a signal");
    other.wait().expect("its end");
    let mut found = Vec::new();
    loop {
        let record = watching.next();
        if record["event"] == "end" {
            break;
        }
        assert_eq!(record["size"], 5, "{record}");
        found.push(short(&record));
    }
    assert_eq!(found, ["create d/a", "modify d/old"]);
}

#[test]
fn what_a_command_has_left_in_its_group_is_ended_with_it() {
    let script = "sleep 1000 & echo $! > pid; echo \"$@\" >> log";
    let mut watching = commanding(&[], script);
    create(&mut watching, "d/a");
    watching.await_record("run_end");
    let number = fs::read_to_string(watching.path("pid")).expect("a number");
    crate::process::wait_for("the end of the group", || {
        let status = fs::read_to_string(format!("/proc/{}/stat", number.trim()));
        status
            .map_or(true, |status| status.contains(") Z "))
            .then_some(())
    });
}
