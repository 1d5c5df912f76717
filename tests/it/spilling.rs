//! Groups beyond `--mem` go to temporary files, and the answer is the same to the byte.

use std::fmt::Write as _;

use crate::support::Sandbox;
use crate::support::random::Random;

/// Lines with keys of several kinds: numbers, the same as texts, missing ones, texts that share their beginnings.
fn lines(count: usize, keys: usize) -> String {
    let mut random = Random::new(count as u64);
    let mut text = String::new();
    for number in 0..count {
        let key = random.below(keys);
        let _ = match random.below(9) {
            0 => writeln!(text, "{{\"k\": {key}, \"v\": {number}}}"),
            1 => writeln!(text, "{{\"k\": \"{key}\", \"v\": 0.{number}}}"),
            2 => writeln!(text, "{{\"k\": null, \"v\": {number}}}"),
            3 => writeln!(text, "{{\"v\": {number}, \"k\": \"\"}}"),
            _ => writeln!(
                text,
                "{{\"k\": \"/a/long/path/{key}\", \"v\": {}}}",
                number % 97
            ),
        };
    }
    text
}

#[test]
fn answers_are_the_same_with_and_without_spilling() {
    let sandbox = Sandbox::new();
    // Several chunks, so that there are several runs.
    sandbox.file("a.log", lines(80_000, 6_000));
    for query in [
        "count, sum(v), uniq(v), p99(v) by k",
        "count, max(v) by k | head 20",
        "count by k | where count > 20 | sort k",
        "count as n by k | count, sum(n) by n",
        "count, uniq(v), p50(v)",
    ] {
        let log = |more: &[&str]| {
            let words = ["log", "--from", "json", query, "a.log"];
            let outcome = sandbox.jug(words.iter().chain(more), b"");
            assert_eq!(outcome.status, 0, "{outcome}");
            outcome.stdout
        };
        let whole = log(&["-j1"]);
        assert!(log(&["-j1", "--mem", "1M"]) == whole, "{query}, one thread");
        assert!(
            log(&["-j3", "--mem", "300K"]) == whole,
            "{query}, three threads"
        );
        assert!(
            log(&["-j2", "--mem", "1M", "--engine", "mmap"]) == whole,
            "{query}, mapped"
        );
        assert!(
            log(&["-j2", "--mem", "2M", "--to", "csv"]) == log(&["--to", "csv"]),
            "{query}"
        );
    }
    let partial = |more: &[&str]| {
        let words = ["log", "--partial", "count, uniq(v) by k", "a.log"];
        sandbox.jug(words.iter().chain(more), b"").clean()
    };
    assert!(partial(&["--mem", "1M"]) == partial(&[]), "partial results");
}

#[test]
fn groups_use_the_memory_they_may() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", lines(120_000, 100_000));
    // The address space of the whole process; without spilling, the groups alone are larger.
    let run = |more: &str| {
        let query = "count, uniq(v), p99(v), list(v), stddev(v) by k, v";
        let line = format!(
            "ulimit -v 230000; exec jug log -j1 --engine read --from json '{query}' {more} a.log | tail -n 1"
        );
        sandbox.shell(&line, b"")
    };
    let outcome = run("--mem 24M");
    assert!(
        outcome.status == 0 && outcome.stderr.is_empty() && !outcome.stdout.is_empty(),
        "{outcome}"
    );
}

#[test]
fn a_full_disk_is_an_error_and_nothing_is_half_written() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", lines(70_000, 50_000));
    // Files may have 64 KiB, and the signal for more is ignored.
    let line = "trap '' XFSZ; ulimit -f 64; echo old > out.tsv; jug log --mem 1M 'count by k, v' -o out.tsv a.log; echo $?; cat out.tsv; ls";
    let outcome = sandbox.shell(line, b"");
    assert_eq!(
        outcome.stdout(),
        "2\nold\na.log\nfixtures\nout.tsv\n",
        "{outcome}"
    );
    assert_eq!(
        outcome.stderr(),
        "jug log: /tmp: groups could not be kept in a temporary file: File too large\n"
    );
    let line = "TMPDIR=/missing/directory jug log --mem 1M 'count by k, v' a.log";
    let outcome = sandbox.shell(line, b"");
    assert_eq!(
        (outcome.status, outcome.stdout()),
        (2, String::new()),
        "{outcome}"
    );
    assert!(
        outcome
            .stderr()
            .starts_with("jug log: /missing/directory: groups could not be kept"),
        "{outcome}"
    );
}

#[test]
fn a_merge_beyond_its_memory_uses_temporary_files() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", lines(2_000, 800));
    let words = [
        "log",
        "--partial",
        "-o",
        "a.part",
        "count, uniq(v) by k",
        "a.log",
    ];
    sandbox.jug(words, b"").clean();
    let whole = sandbox.jug(["merge", "a.part"], b"").clean();
    let merge = |more: &str| sandbox.shell(&format!("TMPDIR=/none jug merge {more} a.part"), b"");
    assert_eq!(merge("").clean(), whole);
    for more in ["--mem 1K", "--mem 1K --partial"] {
        let outcome = merge(more);
        assert_eq!(
            (outcome.status, outcome.stdout().as_str()),
            (2, ""),
            "{outcome}"
        );
        let said = outcome.stderr();
        assert!(
            said.contains("/none: groups could not be kept in a temporary file"),
            "{said}"
        );
    }
    // With some of these, the last groups are in memory when others are in files.
    for size in ["1K", "30K", "60K", "100K", "150K", "250K", "400K", "700K"] {
        let merged = sandbox.jug(["merge", "--mem", size, "a.part"], b"").clean();
        assert!(merged == whole, "{size}");
    }
}
