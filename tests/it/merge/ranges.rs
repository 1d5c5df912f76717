//! `--range`: parts of one file that engines give to several tasks.

use super::{access_log, every_aggregate, shuffled};
use crate::support::Sandbox;
use crate::support::random::Random;

/// Offsets that cut a file into ranges, some of them empty, some within lines.
fn ranges(length: usize, random: &mut Random) -> Vec<String> {
    let mut cuts: Vec<usize> = (0..6).map(|_| random.below(length + 50)).collect();
    cuts.push(cuts[0]);
    cuts.sort_unstable();
    let mut ranges = vec![format!(":{}", cuts[0])];
    ranges.extend(
        cuts.windows(2)
            .map(|pair| format!("{}:{}", pair[0], pair[1])),
    );
    ranges.push(format!("{}:", cuts[6]));
    ranges
}

#[test]
fn ranges_of_a_file_merge_to_the_answer_of_one_run() {
    let flags = ["--from", "combined", "--tz", "UTC", "--max-bad", "100%"];
    for seed in 0..4 {
        let (sandbox, mut random) = (Sandbox::new(), Random::new(seed));
        let log = access_log(300, seed);
        sandbox.file("a.log", &log);
        let query = every_aggregate("by path, status");
        let whole = sandbox.jug(["log", &query, "a.log"].iter().chain(&flags), b"");
        let whole_count = sandbox.jug(["log", "count", "a.log"], b"").clean();
        let (mut lines, mut counts) = (Vec::new(), Vec::new());
        for range in ranges(log.len(), &mut random) {
            let part = ["log", "--partial", "--range", &range, &query, "a.log"];
            lines.extend(
                sandbox
                    .jug(part.iter().chain(&flags), b"")
                    .clean()
                    .into_bytes(),
            );
            let part = ["log", "--partial", "--range", &range, "count", "a.log"];
            counts.extend(sandbox.jug(part, b"").clean().into_bytes());
        }
        // An engine moves lines in any order, adds tabs, and runs a task again.
        let mixed = shuffled(&lines, &mut random);
        let mixed: Vec<Vec<u8>> = mixed
            .iter()
            .map(|line| [line.trim_ascii_end(), b"\t\n"].concat())
            .collect();
        let merged = sandbox.jug(["merge", "--max-bad", "100%"], &mixed.concat());
        assert_eq!(merged.clean(), whole.stdout(), "{seed}");
        assert_eq!(sandbox.jug(["merge"], &counts).clean(), whole_count);
        let twice = [mixed.concat(), mixed[mixed.len() / 2].clone()].concat();
        let merged = sandbox.jug(["merge", "--max-bad", "100%"], &twice);
        assert_eq!((merged.status, merged.stdout()), (0, whole.stdout()));
    }
}

#[test]
fn lines_of_ranges_are_those_of_the_file_in_order() {
    let sandbox = Sandbox::new();
    let text = "one\n\ntwo three\nfour\n";
    sandbox.file("a.txt", text);
    for first in 0..=text.len() + 2 {
        for second in first..=text.len() + 2 {
            let ranges = [
                format!(":{first}"),
                format!("{first}:{second}"),
                format!("{second}:"),
            ];
            let parts = ranges.iter().map(|range| {
                let outcome = sandbox.jug(["log", "--range", range, "/^/", "a.txt"], b"");
                outcome.clean()
            });
            assert_eq!(parts.collect::<String>(), text, "{first} {second}");
        }
    }
}

#[test]
fn a_line_belongs_to_the_range_in_which_it_begins() {
    let sandbox = Sandbox::new();
    sandbox.file("a.txt", "one\n\ntwo three\nfour");
    for (range, expected) in [
        ("0:1", "one\n"),
        ("0:4", "one\n"),
        ("1:4", ""),
        ("4:5", "\n"),
        ("5:6", "two three\n"),
        ("6:15", ""),
        ("14:16", "four\n"),
        ("15:", "four\n"),
        ("16:", ""),
        ("1K:2K", ""),
    ] {
        let outcome = sandbox.jug(["log", "--range", range, "/^/", "a.txt"], b"");
        assert_eq!(outcome.clean(), expected, "{range}");
    }
}

#[test]
fn ranges_that_overlap_are_refused_by_the_merge() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", access_log(100, 3));
    let mut lines = Vec::new();
    for range in [":5000", "4000:"] {
        let part = [
            "log",
            "--partial",
            "--range",
            range,
            "--max-bad",
            "100%",
            "--from",
            "combined",
            "count by path",
            "a.log",
        ];
        lines.extend(sandbox.jug(part, b"").clean().into_bytes());
    }
    let outcome = sandbox.jug(["merge"], &lines);
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (2, ""),
        "{outcome}"
    );
}
