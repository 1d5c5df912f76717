//! The contract with engines that move lines: in any order, mixed, with a tab behind, some tasks run twice, some over nothing.

use super::{access_log, cut, shuffled};
use crate::support::Sandbox;
use crate::support::random::Random;

const QUERY: &str = "count, uniq(ip), p99(bytes) by path";

/// The lines of the partial results of some parts of a log, and the answer of one run.
fn parts(sandbox: &Sandbox, count: usize) -> (Vec<Vec<u8>>, String) {
    let log = access_log(400, 9);
    sandbox.file("whole.log", &log);
    let query = ["log", "--max-bad", "100%", "--from", "combined", QUERY];
    let whole = sandbox.jug(query.iter().chain(&["whole.log"]), b"").clean();
    let mut random = Random::new(count as u64);
    let parts = cut(&log, count, &mut random);
    let lines = parts.iter().enumerate().map(|(number, part)| {
        let name = format!("{number}.log");
        sandbox.file(&name, part);
        sandbox
            .jug(query.iter().chain(&["--partial", &name]), b"")
            .clean()
            .into_bytes()
    });
    (lines.collect(), whole)
}

fn merge(sandbox: &Sandbox, lines: &[u8]) -> crate::support::Outcome {
    sandbox.jug(["merge", "--max-bad", "100%"], lines)
}

#[test]
fn an_engine_may_shuffle_lines_add_tabs_run_tasks_twice_and_on_nothing() {
    let sandbox = Sandbox::new();
    let (mut lines, whole) = parts(&sandbox, 6);
    sandbox.file("empty.log", "");
    for _ in 0..2 {
        let nothing = sandbox.jug(
            ["log", "--partial", "--from", "combined", QUERY, "empty.log"],
            b"",
        );
        lines.push(nothing.clean().into_bytes());
    }
    let mut random = Random::new(1);
    for end in ["\n", "\t\n", "\t\r\n", "\r\n\n"] {
        let mixed: Vec<Vec<u8>> = shuffled(&lines.concat(), &mut random);
        let mixed = mixed
            .iter()
            .map(|line| [line.trim_ascii_end(), end.as_bytes()].concat());
        let mixed: Vec<u8> = mixed.flatten().collect();
        assert_eq!(merge(&sandbox, &mixed).clean(), whole, "{end:?}");
    }
    // A task that ran twice is counted once, and that is said.
    let twice = [lines.concat(), lines[2].clone()].concat();
    let outcome = merge(&sandbox, &twice);
    assert_eq!((outcome.status, outcome.stdout()), (0, whole));
    assert!(
        outcome.stderr().contains("came again; it is counted once"),
        "{outcome}"
    );
}

#[test]
fn every_lost_line_fails_the_merge_by_name() {
    let sandbox = Sandbox::new();
    let log: String = (0..40_000)
        .map(|number| format!("{{\"v\": {number}}}\n"))
        .collect();
    sandbox.file("a.log", log);
    let lines = sandbox
        .jug(["log", "--partial", "uniq(v)", "a.log"], b"")
        .clean();
    let lines: Vec<&str> = lines.lines().collect();
    assert!(lines.len() > 4, "{} lines", lines.len());
    for lost in 0..lines.len() {
        let rest = [&lines[..lost], &lines[lost + 1..]].concat().join("\n");
        sandbox.file("lost.part", &rest);
        let outcome = sandbox.jug(["merge", "lost.part"], b"");
        assert_eq!(
            (outcome.status, outcome.stdout().as_str()),
            (2, ""),
            "{outcome}"
        );
        let expected = format!(
            "lost.part: damaged: 1 of its {} lines is missing, the first is line {}",
            lines.len(),
            lost + 1
        );
        assert!(outcome.stderr().contains(&expected), "{outcome}");
    }
    // Two halves that lack different lines are enough together.
    let (first, second) = lines.split_at(2);
    sandbox.file("lost.part", first.join("\n"));
    sandbox.file("rest.part", [second, &first[1..]].concat().join("\n"));
    let outcome = sandbox.jug(["merge", "lost.part", "rest.part"], b"");
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (0, "uniq_v\n40000\n"),
        "{outcome}"
    );
}

#[test]
fn every_changed_byte_is_refused_by_file() {
    let sandbox = Sandbox::new();
    let (lines, _) = parts(&sandbox, 2);
    let good = &lines[0];
    sandbox.file("other.part", &lines[1]);
    let mut random = Random::new(4);
    for _ in 0..60 {
        let mut bad = good.clone();
        let at = random.below(bad.len() - 1);
        bad[at] = match bad[at] {
            b'A' => b'B',
            _ => b'A',
        };
        sandbox.file("bad.part", &bad);
        let outcome = sandbox.jug(["merge", "other.part", "bad.part"], b"");
        assert_eq!(
            (outcome.status, outcome.stdout().as_str()),
            (2, ""),
            "byte {at}: {outcome}"
        );
        assert!(
            outcome.stderr().contains("bad.part: "),
            "byte {at}: {outcome}"
        );
    }
}

#[test]
fn hosts_and_days_of_which_some_are_missing() {
    let sandbox = Sandbox::new();
    let mut names = Vec::new();
    let mut shown = String::new();
    for host in 1..=4 {
        for day in 1..=3 {
            let line = format!("{{\"s\": {}}}\n", host * day);
            shown.push_str(&line);
            sandbox.file("a.log", line.repeat(host * 10 + day));
            let labels = [
                "--label",
                &format!("host=web{host}"),
                "--label",
                &format!("day={day}"),
            ]
            .map(str::to_owned);
            let words = [
                "log",
                "--partial",
                "count, sum(s) by host, day | sort host, day",
                "a.log",
            ]
            .map(str::to_owned);
            let name = format!("{host}-{day}.part");
            sandbox.file(&name, sandbox.jug(words.iter().chain(&labels), b"").clean());
            std::fs::remove_file(sandbox.path().join("a.log")).expect("it was written");
            names.push(name);
        }
    }
    let expected = |missing: &[&str]| {
        let mut rows = String::from("host\tday\tcount\tsum_s\n");
        for host in 1..=4 {
            for day in 1..=3 {
                let count = host * 10 + day;
                if !missing.contains(&format!("{host}-{day}.part").as_str()) {
                    rows.push_str(&format!(
                        "web{host}\t{day}\t{count}\t{}\n",
                        count * host * day
                    ));
                }
            }
        }
        rows
    };
    let merge = |names: &[String]| sandbox.jug(["merge".to_owned()].iter().chain(names), b"");
    assert_eq!(merge(&names).clean(), expected(&[]));
    // One host of all days, and one day of all hosts, are whole.
    assert_eq!(merge(&names[..3]).clean().lines().count(), 4);
    let day: Vec<String> = names
        .iter()
        .filter(|name| name.ends_with("-2.part"))
        .cloned()
        .collect();
    assert_eq!(merge(&day).clean().lines().count(), 5);
    let without: Vec<String> = names
        .iter()
        .filter(|name| *name != "3-2.part")
        .cloned()
        .collect();
    let outcome = merge(&without);
    assert_eq!(
        (outcome.status, outcome.stdout()),
        (3, expected(&["3-2.part"]))
    );
    assert_eq!(outcome.stderr(), "jug merge: missing: day=2 host=web3\n");
}
