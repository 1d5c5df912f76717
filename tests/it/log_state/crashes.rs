//! Runs that are killed at any time: the sum over all runs is what was written.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::process::Command;

use super::lines;
use crate::follow::append;
use crate::support::random::Random;
use crate::support::{JUG, Sandbox, command};

const QUERY: &str = "count, sum(bytes) by status";

/// Adds rows of `status count sum_bytes` to the sums; headers are left out.
fn add(sums: &mut BTreeMap<String, (u64, u64)>, rows: &str) {
    for row in rows.lines().filter(|row| !row.starts_with("status")) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [status, count, bytes] = cells.as_slice() else {
            panic!("a row of three cells: {row}");
        };
        let number = |cell: &str| cell.parse::<u64>().expect("a number");
        let sum = sums.entry((*status).to_owned()).or_default();
        *sum = (sum.0 + number(count), sum.1 + number(bytes));
    }
}

/// What the lines sum up to, by a model that knows nothing of jug.
fn model(written: &str) -> BTreeMap<String, (u64, u64)> {
    let mut sums = BTreeMap::new();
    for line in written.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let sum: &mut (u64, u64) = sums.entry(words[8].to_owned()).or_default();
        *sum = (
            sum.0 + 1,
            sum.1 + words[9].parse::<u64>().expect("a number"),
        );
    }
    sums
}

/// The ways of rotating a log.
const ROTATIONS: [&str; 4] = [
    "mv app.log app.log.1; : > app.log",
    "mv app.log app.log.1; gzip -c app.log.1 > app.log.1.gz.tmp && mv app.log.1.gz.tmp app.log.1.gz && rm app.log.1; : > app.log",
    "cp app.log app.log.1; : > app.log",
    "mv app.log app.log-202603$((10 + $N)); : > app.log",
];

/// Makes place for `app.log.1`.
const SHIFT: &str = "for n in 40 39 38 37 36 35 34 33 32 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1; do for z in '' .gz; do [ ! -e app.log.$n$z ] || mv app.log.$n$z app.log.$((n+1))$z; done; done;";

struct Killed {
    sandbox: Sandbox,
    written: String,
    sums: BTreeMap<String, (u64, u64)>,
    random: Random,
    /// How many runs were killed between their output and their commit.
    repeated: usize,
}

impl Killed {
    fn new(seed: u64) -> Killed {
        Killed {
            sandbox: Sandbox::new(),
            written: String::new(),
            sums: BTreeMap::new(),
            random: Random::new(seed),
            repeated: 0,
        }
    }

    /// Whether the next run will repeat what came.
    fn will_repeat(&self) -> bool {
        let read = |name: &str| fs::read(self.sandbox.path().join(name)).ok();
        let state = read("state").map(|state| blake3::hash(&state).to_hex()[..32].to_owned());
        let mark = format!("running {}\n", state.unwrap_or("none".to_owned()));
        read("state.lock").is_some_and(|lock| lock.ends_with(mark.as_bytes()))
    }

    fn write(&mut self) {
        let count = 1 + self.random.below(300);
        let from = self.written.lines().count();
        let lines = lines(from, count);
        self.written.push_str(&lines);
        append(self.sandbox.path().join("app.log"), &lines);
    }

    fn rotate(&mut self, kind: usize, round: usize) {
        // Dated names and numbers are not mixed.
        let shift = if kind == 3 { "" } else { SHIFT };
        let line = format!("N={}; {shift} {}", round / 10, ROTATIONS[kind]);
        self.sandbox.shell(&line, b"").clean();
    }

    /// Runs to the end. What it prints counts.
    fn finish(&mut self, more: &[&str]) {
        let was_killed = self.will_repeat();
        let words = ["log", "--state", "state", QUERY, "app.log"];
        let outcome = self.sandbox.jug(words.iter().chain(more), b"");
        assert!(outcome.status == 0, "{outcome}");
        let says = outcome.stderr().contains("did not end properly");
        let is_appended = more.contains(&"--append");
        assert_eq!(says, was_killed && !is_appended, "{outcome}");
        add(&mut self.sums, &outcome.stdout());
    }
}

/// The arguments that have the output appended to a file, if it is.
fn appending(is_appended: bool) -> &'static [&'static str] {
    match is_appended {
        true => &["--append", "all.tsv"],
        false => &[],
    }
}

/// Kills runs at random times under writing and rotation of one kind.
fn killed_at_random(kind: usize, is_appended: bool, rounds: usize) -> usize {
    let mut killed = Killed::new(kind as u64 + 10);
    let more = appending(is_appended);
    killed.write();
    killed.finish(more);
    for round in 0..rounds {
        killed.write();
        if round % 10 == 3 {
            killed.rotate(kind, round);
            killed.write();
        }
        let words = ["log", "--state", "state", QUERY, "app.log"];
        let mut child = killed.sandbox.start(words.iter().chain(more));
        let mut output = child.stdout.take().expect("a pipe");
        let pauses = killed.random.below(3000);
        (0..pauses).for_each(|_| std::thread::yield_now());
        child.kill().expect("a process of ours");
        let mut text = String::new();
        output.read_to_string(&mut text).expect("text");
        drop(child);
        match killed.will_repeat() {
            true => killed.repeated += 1,
            false => add(&mut killed.sums, &text),
        }
        if round % 5 == 4 {
            killed.finish(more);
        }
    }
    killed.finish(more);
    if is_appended {
        let all = fs::read_to_string(killed.sandbox.path().join("all.tsv")).expect("the output");
        killed.sums.clear();
        add(&mut killed.sums, &all);
    }
    assert_eq!(killed.sums, model(&killed.written), "rotation {kind}");
    killed.repeated
}

#[test]
fn the_sum_over_runs_that_are_killed_at_random_is_what_was_written() {
    for kind in 0..ROTATIONS.len() {
        killed_at_random(kind, false, 60);
    }
}

#[test]
fn with_append_each_result_comes_exactly_once_whenever_runs_are_killed() {
    for kind in [0, 2] {
        killed_at_random(kind, true, 60);
    }
}

/// The system calls by which a run changes something that others see.
const STEPS: &str = "write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,ftruncate,flock,openat,close,unlink";

#[test]
fn a_run_may_be_killed_at_any_of_its_steps() {
    if Command::new("strace").arg("-V").output().is_err() {
        return;
    }
    for is_appended in [false, true] {
        let mut killed = Killed::new(7);
        let more = appending(is_appended);
        killed.write();
        killed.finish(more);
        for step in 1.. {
            assert!(step < 500, "the run does not end");
            killed.write();
            if step % 20 == 7 {
                killed.rotate(0, 0);
                killed.write();
            }
            let mut traced = command("strace");
            traced.args(["-f", "-o", "/dev/null", "-e", &format!("trace={STEPS}")]);
            traced.args(["-e", &format!("inject={STEPS}:signal=KILL:when={step}")]);
            traced
                .args([JUG, "log", "--state", "state", QUERY, "app.log"])
                .args(more);
            let outcome = killed.sandbox.run(traced, b"");
            let is_over = outcome.status == 0 && outcome.signal.is_none();
            match killed.will_repeat() {
                true => killed.repeated += 1,
                false => add(&mut killed.sums, &outcome.stdout()),
            }
            if is_over {
                break;
            }
            if step % 3 == 0 {
                killed.finish(more);
            }
        }
        killed.finish(more);
        if is_appended {
            let all =
                fs::read_to_string(killed.sandbox.path().join("all.tsv")).expect("the output");
            killed.sums.clear();
            add(&mut killed.sums, &all);
        }
        assert_eq!(killed.sums, model(&killed.written), "append: {is_appended}");
        assert!(
            killed.repeated > 0,
            "no run was killed between output and commit"
        );
    }
}
