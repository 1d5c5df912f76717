//! `--keep`: a rolling report from a state.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use super::count;
use crate::follow::append;
use crate::merge::every_aggregate;
use crate::support::Sandbox;
use crate::support::random::Random;

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("it is after 1970").as_secs()
}

const HOUR: u64 = 3_600;

/// Where the window of 50 hours begins, in buckets of two hours.
fn begin() -> u64 {
    (now() - 50 * HOUR) / (2 * HOUR) * (2 * HOUR)
}

/// Lines of the last hours, some of them older than the window, in any order.
fn lines(count: usize, random: &mut Random) -> String {
    let line = |_| {
        let time = now() - random.below(80 * 3_600) as u64;
        let (status, bytes) = ([200, 404, 500][random.below(3)], random.below(1_000));
        format!("{{\"time\": {time}, \"status\": {status}, \"bytes\": {bytes}}}\n")
    };
    (0..count).map(line).collect()
}

#[test]
fn a_rolling_report_is_one_run_over_the_window() {
    let query = every_aggregate("by 2h, status");
    for seed in 0.. {
        assert!(seed < 5, "the window moves all the time");
        let (sandbox, mut random, window) = (Sandbox::new(), Random::new(seed), begin());
        let mut report = String::new();
        for run in 0..6 {
            append(sandbox.path().join("a.log"), &lines(40 + run, &mut random));
            let outcome = count(&sandbox, &query, &["--keep", "50h", "--tz", "UTC", "a.log"]);
            assert_eq!(outcome.status, 0, "{outcome}");
            report = outcome.stdout();
        }
        let since = format!("@{window}");
        let whole = sandbox.jug(
            ["log", "--tz", "UTC", "--since", &since, &query, "a.log"],
            b"",
        );
        if window != begin() {
            continue;
        }
        assert_eq!(report, whole.stdout());
        assert!(report.lines().count() > 20, "{report}");
        break;
    }
}

#[test]
fn buckets_that_have_become_too_old_are_dropped() {
    let sandbox = Sandbox::new();
    let line = |hours: u64| format!("{{\"time\": {}, \"n\": {hours}}}\n", now() - hours * HOUR);
    append(
        sandbox.path().join("a.log"),
        &(line(1) + &line(30) + &line(70)),
    );
    let rows = |keep: &str| {
        let outcome = count(
            &sandbox,
            "sum(n) by 1h | where sum_n > 0 | select sum_n",
            &["--keep", keep, "a.log"],
        );
        assert_eq!(outcome.status, 0, "{outcome}");
        outcome.stdout()
    };
    assert_eq!(rows("100h"), "sum_n\n70\n30\n1\n");
    // Nothing is new, but the window is shorter.
    assert_eq!(rows("40h"), "sum_n\n30\n1\n");
    assert_eq!(rows("100h"), "sum_n\n30\n1\n");
    append(sandbox.path().join("a.log"), &line(2));
    assert_eq!(rows("10h"), "sum_n\n2\n1\n");
}

#[test]
fn older_lines_are_counted() {
    let sandbox = Sandbox::new();
    let line = |hours: u64| format!("{{\"time\": {}}}\n", now() - hours * HOUR);
    append(
        sandbox.path().join("a.log"),
        &(line(1) + &line(300) + &line(400)),
    );
    let outcome = count(
        &sandbox,
        "count by 1h",
        &["--keep", "10h", "--stats", "-v", "a.log"],
    );
    let said = outcome.stderr();
    assert!(
        said.contains("2 of 3 lines are older than what --keep keeps"),
        "{said}"
    );
    assert!(said.contains("2 older than what is kept"), "{said}");
    assert_eq!(outcome.status, 0, "{outcome}");
}

#[test]
fn equal_results_of_two_runs_both_count() {
    let sandbox = Sandbox::new();
    let line = format!("{{\"time\": {}}}\n", now() - 5);
    for run in 1..5 {
        append(sandbox.path().join("a.log"), &line);
        let outcome = count(
            &sandbox,
            "count by 1d | select count",
            &["--keep", "3d", "a.log"],
        );
        assert_eq!(outcome.clean(), format!("count\n{run}\n"));
    }
}

#[test]
fn a_report_after_a_kill_counts_each_line_once() {
    let sandbox = Sandbox::new();
    let line = format!("{{\"time\": {}}}\n", now() - 5);
    let mut random = Random::new(3);
    let words = [
        "log",
        "--state",
        "state",
        "--keep",
        "3d",
        "--tz",
        "UTC",
        "sum(1) as n by 1d | select n",
        "a.log",
    ];
    for run in 1..40 {
        append(sandbox.path().join("a.log"), &line);
        let child = sandbox.start(words);
        let pauses = random.below(3_000);
        (0..pauses).for_each(|_| std::thread::yield_now());
        drop(child);
        if run % 4 == 0 {
            let outcome = sandbox.jug(words, b"");
            assert_eq!(outcome.stdout(), format!("n\n{run}\n"), "{outcome}");
        }
    }
}

#[test]
fn a_state_that_was_cut_falls_back_to_the_report_before() {
    let sandbox = Sandbox::new();
    let line = format!("{{\"time\": {}}}\n", now() - 5);
    let run = || {
        count(
            &sandbox,
            "count by 1d | select count",
            &["--keep", "3d", "a.log"],
        )
    };
    for _ in 0..2 {
        append(sandbox.path().join("a.log"), &line);
        run().clean();
    }
    let state = fs::read(sandbox.path().join("state")).expect("a state");
    sandbox.file("state", &state[..state.len() - 9]);
    append(sandbox.path().join("a.log"), &line);
    let outcome = run();
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (3, "count\n3\n"),
        "{outcome}"
    );
}
