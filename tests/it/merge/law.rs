//! One law for every aggregate: one run over all the data, on any number of threads, and the merge of partial results of any cuts,
//! in any order and any tree, give the same bytes.

use super::{access_log, cut, every_aggregate, shuffled};
use crate::support::random::Random;
use crate::support::{Outcome, Sandbox};

const MANY_BAD: [&str; 4] = ["--from", "combined", "--tz", "Europe/Berlin"];

fn log(sandbox: &Sandbox, query: &str, more: &[&str], files: &[String]) -> Outcome {
    let words = ["log", query]
        .into_iter()
        .chain(MANY_BAD)
        .chain(more.iter().copied());
    let files = files.iter().map(String::as_str);
    sandbox.jug(words.chain(files), b"")
}

fn partial(sandbox: &Sandbox, query: &str, name: &str) -> Vec<u8> {
    let outcome = log(sandbox, query, &["--partial"], &[name.to_owned()]);
    assert!(outcome.status == 0, "{outcome}");
    outcome.stdout
}

#[test]
fn partial_results_of_any_cuts_merge_to_the_answer_of_one_run() {
    for (seed, keys) in (0..).zip([
        "by path, status",
        "by 1d, path",
        "",
        "by 3h",
        "by bytes",
        "by status | where count > 20 | head 3",
    ]) {
        let sandbox = Sandbox::new();
        let mut random = Random::new(seed);
        let log_bytes = access_log(700, seed);
        let query = every_aggregate(keys);
        let parts = cut(&log_bytes, 2 + random.below(5), &mut random);
        sandbox.file("whole.log", &log_bytes);
        let whole = log(&sandbox, &query, &["-j1"], &["whole.log".to_owned()]);
        assert_eq!(whole.status, 3, "there are bad lines: {whole}");
        let parallel = log(&sandbox, &query, &["-j3"], &["whole.log".to_owned()]);
        assert_eq!(parallel.stdout, whole.stdout);
        let mut names = Vec::new();
        let mut all = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let name = format!("part{number}.log");
            sandbox.file(&name, part);
            let lines = partial(&sandbox, &query, &name);
            sandbox.file(format!("{number}.part"), &lines);
            all.extend_from_slice(&lines);
            names.push(format!("{number}.part"));
        }
        let check = |what: &str, outcome: &Outcome| {
            assert_eq!(outcome.stdout(), whole.stdout(), "{what}: {query}");
            // The same lines are bad, and they are too many.
            assert_eq!(outcome.status, 3, "{what}: {outcome}");
            let count = |outcome: &Outcome| {
                outcome
                    .stderr()
                    .lines()
                    .next()
                    .map(|line| line.replace("jug merge", "jug log"))
            };
            assert_eq!(count(outcome), count(&whole), "{what}");
        };
        let merge = |words: &[String], stdin: &[u8]| {
            let words = [&["merge".to_owned()], words].concat();
            sandbox.jug(words, stdin)
        };
        check("files", &merge(&names, b""));
        // Groups go to temporary files.
        let with_memory = [&["--mem".to_owned(), "1K".to_owned()], names.as_slice()].concat();
        check("little memory", &merge(&with_memory, b""));
        let all_partial = [&["--partial".to_owned()], names.as_slice()].concat();
        let in_memory = merge(&all_partial, b"").stdout;
        let all_partial = [&["--partial".to_owned()], with_memory.as_slice()].concat();
        assert_eq!(merge(&all_partial, b"").stdout, in_memory, "{query}");
        names.reverse();
        check("files in reverse", &merge(&names, b""));
        let lines = shuffled(&all, &mut random).concat();
        check("shuffled lines", &merge(&[], &lines));
        // Some become one, which is merged with the others.
        let (some, others) = names.split_at(1 + random.below(names.len() - 1));
        let words = [
            &[
                "--partial".to_owned(),
                "-o".to_owned(),
                "some.part".to_owned(),
            ],
            some,
        ]
        .concat();
        let merged = merge(&words, b"");
        assert!(merged.status == 0, "{merged}");
        let words = [&["some.part".to_owned()], others].concat();
        check("a tree", &merge(&words, b""));
        // A partial result that is merged alone is the same.
        let again = merge(&["some.part".to_owned(), "--partial".to_owned()], b"").stdout;
        sandbox.file("some.part", &again);
        check("a tree of trees", &merge(&words, b""));
    }
}

#[test]
fn states_that_need_many_lines_are_merged_too() {
    let sandbox = Sandbox::new();
    // More distinct values than are kept one by one, in the whole and in one of the parts.
    let line = |number: usize| format!("{{\"k\": {}, \"v\": {number}}}\n", number % 2);
    let part = |from: usize, to: usize| (from..to).map(line).collect::<String>();
    let parts = [
        part(0, 3_000),
        part(3_000, 140_000),
        String::new(),
        part(140_000, 150_000),
    ];
    let query = "uniq(v), p50(v), p99.9(v), count, list(v, 300) by k";
    sandbox.file("all.log", parts.concat());
    let whole = sandbox.jug(["log", query, "all.log"], b"").clean();
    let mut lines = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let name = format!("{number}.log");
        sandbox.file(&name, part);
        lines.extend(
            sandbox
                .jug(["log", "--partial", query, &name], b"")
                .clean()
                .into_bytes(),
        );
    }
    let count = lines.split(|byte| *byte == b'\n').count();
    assert!(count > 8, "{count} lines");
    let mut random = Random::new(5);
    for _ in 0..2 {
        let merged = sandbox.jug(["merge"], &shuffled(&lines, &mut random).concat());
        assert_eq!(merged.clean(), whole);
    }
}

#[test]
fn a_partial_result_answers_coarser_questions() {
    let sandbox = Sandbox::new();
    let log_bytes = access_log(900, 77);
    let mut random = Random::new(3);
    for (number, part) in cut(&log_bytes, 3, &mut random).iter().enumerate() {
        let name = format!("part{number}.log");
        sandbox.file(&name, part);
        let query = every_aggregate("by 1h, path as page, status");
        sandbox.file(format!("{number}.part"), partial(&sandbox, &query, &name));
    }
    sandbox.file("whole.log", &log_bytes);
    let parts = ["0.part", "1.part", "2.part"];
    let berlin = [
        "--since",
        "2026-03-14T23:00:00Z",
        "--until",
        "2026-03-15T23:00:00Z",
    ];
    for (asked, keys, times) in [
        (&["--by", "status"][..], "by status", &[][..]),
        (
            &["--by", "page,status", "top 4 by count"],
            "by path as page, status | top 4 by count",
            &[],
        ),
        (&["--by", "1d", "--tz", "Europe/Berlin"], "by 1d", &[]),
        (
            &["--tz", "Europe/Berlin", "--by", "1d,page"],
            "by 1d, path as page",
            &[],
        ),
        (&["--by", "time,status"], "by 1h, status", &[]),
        (&["head 5"], "by 1h, path as page, status | head 5", &[]),
        (&["--by", "page"], "by path as page", &berlin),
        (&[], "by 1h, path as page, status", &berlin[..2]),
    ] {
        let words = ["merge"].iter().chain(asked).chain(times).chain(&parts);
        let merged = sandbox.jug(words, b"");
        let whole = log(
            &sandbox,
            &every_aggregate(keys),
            times,
            &["whole.log".to_owned()],
        );
        assert_eq!(merged.stdout(), whole.stdout(), "{asked:?}: {merged}");
        assert!(!merged.stdout.is_empty(), "{merged}");
        // What was asked again can be merged once more.
        if asked.contains(&"--by") && asked.len() != 3 {
            let words = ["merge", "--partial", "-o", "again.part"];
            let words = words.iter().chain(asked).chain(times).chain(&parts);
            let again = sandbox.jug(words, b"");
            assert_eq!(again.status, 0, "{again}");
            assert_eq!(
                sandbox.jug(["merge", "again.part"], b"").stdout(),
                whole.stdout()
            );
        }
    }
}
