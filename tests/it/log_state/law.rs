//! One law for every aggregate: one thread, several threads, groups in temporary files, partial results of any cuts in any order,
//! and a state over any number of runs give the same bytes.

use std::fs;

use crate::follow::append;
use crate::merge::{access_log, cut, every_aggregate, shuffled};
use crate::support::random::Random;
use crate::support::{Outcome, Sandbox};

/// How all runs read.
const FLAGS: [&str; 4] = ["--from", "combined", "--tz", "Europe/Berlin"];

fn log(sandbox: &Sandbox, query: &str, more: &[&str]) -> Outcome {
    let words = ["log", query].into_iter().chain(FLAGS);
    let outcome = sandbox.jug(words.chain(more.iter().copied()), b"");
    assert!(outcome.status == 0 || outcome.status == 3, "{outcome}");
    outcome
}

#[test]
fn threads_files_partial_results_and_states_give_the_same_bytes() {
    for (seed, keys) in (0..).zip(["by 1d, path", "by 3h", "by status, 6h, bytes | head 40"]) {
        let sandbox = Sandbox::new();
        let mut random = Random::new(seed);
        let bytes = access_log(500, seed + 40);
        let query = every_aggregate(keys);
        sandbox.file("whole.log", &bytes);
        let whole = log(&sandbox, &query, &["-j1", "whole.log"]).stdout();
        assert!(whole.lines().count() > 3, "{whole}");
        let is_whole = |what: &str, outcome: &Outcome| {
            assert_eq!(outcome.stdout(), whole, "{what}: {query}");
        };
        is_whole("-j3", &log(&sandbox, &query, &["-j3", "whole.log"]));
        is_whole(
            "--mem",
            &log(&sandbox, &query, &["--mem", "1K", "whole.log"]),
        );
        let parts = cut(&bytes, 2 + random.below(4), &mut random);
        let mut lines = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let name = format!("part{number}.log");
            sandbox.file(&name, part);
            lines.extend(log(&sandbox, &query, &["--partial", &name]).stdout);
            append(sandbox.path().join("a.log"), "");
            fs::File::options()
                .append(true)
                .open(sandbox.path().join("a.log"))
                .and_then(|mut log| std::io::Write::write_all(&mut log, part))
                .expect("a log");
            let keep = ["--state", "state", "--keep", "36500d", "a.log"];
            let outcome = log(&sandbox, &query, &keep);
            if number + 1 == parts.len() {
                is_whole("state", &outcome);
            } else if number % 2 == 0 && !part.is_empty() {
                let rotate = "mv a.log.1 a.log.2 2>/dev/null; mv a.log a.log.1";
                sandbox.shell(rotate, b"").clean();
            }
            is_whole_again(&sandbox, &query, &keep, &outcome);
        }
        let shuffled = shuffled(&lines, &mut random).concat();
        is_whole("merge", &sandbox.jug(["merge"], &shuffled));
    }
}

/// A report is the same if nothing is new.
fn is_whole_again(sandbox: &Sandbox, query: &str, keep: &[&str], before: &Outcome) {
    if sandbox.path().join("a.log").exists() {
        assert_eq!(log(sandbox, query, keep).stdout(), before.stdout());
    }
}
