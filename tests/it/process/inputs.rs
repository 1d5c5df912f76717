//! Inputs: named in several ways, with very long lines, missing, or truncated while they are read.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jiff::tz::TimeZone;
use jug::format::Settings;
use jug::io::source::InputName;
use jug::io::wait::Until;
use jug::log::chunk::CHUNK;
use jug::log::input::{Input, Opening};
use jug::log::options::{Engine, Options};
use jug::log::plan::plan;
use jug::log::query::parse;
use jug::log::run::run;
use jug::observe::Observe;
use jug::record::Timestamp;

use crate::support::{Sandbox, deadline};

#[test]
fn inputs_come_in_many_ways() {
    let sandbox = Sandbox::new();
    sandbox.file("two.log", "a\nb\n");
    for (line, count) in [
        ("jug log count - < two.log", 2),
        ("{ read first; jug log count; } < two.log", 1),
        ("mkfifo p; cat two.log > p & jug log count p", 2),
        ("cat two.log | jug log count /dev/fd/0", 2),
        ("jug log count /dev/fd/5 5< two.log", 2),
        ("jug log count /dev/null", 0),
        ("env -i jug=1 \"$(command -v jug)\" log count two.log", 2),
    ] {
        assert_eq!(
            sandbox.shell(line, b"").clean(),
            format!("count\n{count}\n"),
            "{line}"
        );
    }
}

#[test]
fn a_line_longer_than_allowed_is_skipped_and_counted_as_bad() {
    let sandbox = Sandbox::new();
    let text = ["a b\n", &"a".repeat(5 << 20), "\nb c\n"].concat();
    sandbox.file("long.log", &text);
    for input in ["< long.log", "long.log", "-j3 < long.log", "-j3 long.log"] {
        let line = format!(
            "cat /dev/null; jug log --from columns --max-line 1M --stats 'count by $1' {input}"
        );
        let outcome = sandbox.shell(&line, b"");
        let piped = sandbox.shell(
            &line
                .replace("cat /dev/null; ", "cat long.log | ")
                .replace("< long.log", ""),
            b"",
        );
        for outcome in [outcome, piped] {
            let stderr = outcome.stderr();
            assert!(
                stderr.contains("lines    3 read, 2 kept, 1 bad, 0 blank"),
                "{outcome}"
            );
            assert_eq!(
                (outcome.stdout().as_str(), outcome.status),
                ("f1\tcount\na\t1\nb\t1\n", 3)
            );
        }
    }
}

#[test]
fn stats_print_lines_bytes_and_threads() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.shell(
        "jug log --stats -j1 'count by status' fixtures/logs/access.log",
        b"",
    );
    let stderr = outcome.stderr();
    let stats: Vec<&str> = stderr.lines().collect();
    assert!(
        stats[0].starts_with("read     ") && stats[0].contains(" KiB in "),
        "{outcome}"
    );
    assert_eq!(
        stats[1..],
        [
            "lines    202 read, 200 kept, 2 bad, 0 blank",
            "groups   7",
            "work     1 chunk, 1 thread"
        ]
    );
}

#[test]
fn a_missing_file_makes_a_description_incomplete() {
    let sandbox = Sandbox::new();
    sandbox.file("good.csv", "name,x\na,1\n");
    let outcome = sandbox.shell("jug log --describe good.csv missing.csv", b"");
    assert_eq!(outcome.status, 3, "{outcome}");
    assert!(outcome.stdout().contains("name"), "{outcome}");
    assert!(outcome.stderr().contains("missing.csv"), "{outcome}");
}

/// Cuts a file short as soon as a part of it has been read.
struct Cutter {
    file: fs::File,
    length: u64,
    is_done: AtomicBool,
    was_told: AtomicBool,
}

impl Observe for Cutter {
    fn advanced(&self, _: u64) {
        if !self.is_done.swap(true, Relaxed) {
            self.file.set_len(self.length).expect("a file of ours");
        }
    }

    fn missed(&self, message: &str) {
        assert!(message.contains("shorter"), "{message}");
        self.was_told.store(true, Relaxed);
    }
}

#[test]
fn a_truncated_file_gives_its_remaining_lines() {
    let _deadline = deadline::for_this_test();
    let line = "a line of twenty by\n";
    let lines = 3 * CHUNK / line.len();
    // In the middle of the file, where a mapped page is gone; and in its last page, where bytes become zeros without a signal.
    let middle = CHUNK + CHUNK / 2;
    let last = lines * line.len() - 10;
    for (engine, cut) in [
        (Engine::Read, middle),
        (Engine::Mmap, middle),
        (Engine::Read, last),
        (Engine::Mmap, last),
    ] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("long.log");
        fs::write(&path, line.repeat(lines)).expect("a file");
        let file = fs::File::options()
            .write(true)
            .open(&path)
            .expect("it is there");
        // The line in which the file now ends has lost its end and does not count.
        let kept = cut / line.len();
        let cutter = Cutter {
            file,
            length: (kept * line.len() + 5) as u64,
            is_done: AtomicBool::new(false),
            was_told: AtomicBool::new(false),
        };
        let settings = Settings {
            zone: TimeZone::UTC,
            infer: false,
            years: jug::record::time::Years::Known(2026),
            has_header: true,
            rule: None,
        };
        let clock = jug::expr::Clock {
            now: Timestamp::now(),
            zone: TimeZone::UTC,
        };
        let query = "\"twenty\" | count";
        let plan = plan(&parse(query).expect("a query"), query, &clock).expect("a plan");
        let opening = Opening {
            from: None,
            settings: &settings,
            needs_schema: false,
            max_line: 16 << 20,
            chunk: CHUNK,
            needs: jug::format::Needs::ALL,
            counts_records: true,
            range: None,
            until: Until::stopped(&|| false),
        };
        let input = Input::open(InputName::Path(path), 0, &opening).expect("it opens");
        let options = Options {
            threads: 1,
            engine,
            strict: false,
            max_line: CHUNK,
            live: false,
            watched: 0,
            memory: None,
            hashes_streams: false,
        };
        let report = run(
            std::sync::Arc::new(plan),
            vec![input],
            options,
            &cutter,
            None,
        );
        assert_eq!(report.account.kept, kept as u64, "{engine:?}, {cut}");
        assert!(cutter.was_told.load(Relaxed), "{engine:?}, {cut}");
    }
}
