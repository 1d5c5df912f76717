//! The law of `jug log`: the same answer, to the byte, however many threads there are and however the input comes.
//!
//! Every aggregate of the list takes part, so a new one does from its first day.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jug::expr::Clock;
use jug::format::{self, Settings};
use jug::io::source::InputName;
use jug::io::wait::Until;
use jug::log::aggregate::{AGGREGATES, Takes};
use jug::log::chunk::CHUNK;
use jug::log::input::{Input, Opening};
use jug::log::options::{Engine, Options};
use jug::log::plan::{Plan, plan};
use jug::log::query::parse;
use jug::log::run::run;
use jug::record::Timestamp;
use proptest::prelude::*;

use crate::support::{Sandbox, deadline};

fn planned(query: &str) -> Plan {
    let now = Timestamp::parse(b"2026-03-14T12:00:00Z", &TimeZone::UTC).expect("a time");
    let clock = Clock {
        now,
        zone: TimeZone::UTC,
    };
    let parsed = parse(query).unwrap_or_else(|fault| panic!("{}", fault.render(query)));
    plan(&parsed, query, &clock).unwrap_or_else(|fault| panic!("{}", fault.render(query)))
}

/// The rows of an answer as TSV, and how many lines were bad.
fn answer(query: &str, files: &[PathBuf], threads: usize, engine: Engine, chunk: usize) -> String {
    let settings = Settings {
        zone: TimeZone::UTC,
        infer: false,
        years: jug::record::time::Years::Known(2026),
        has_header: true,
        rule: None,
    };
    let plan = planned(query);
    let opening = Opening {
        from: format::find("combined"),
        settings: &settings,
        needs_schema: plan.reads_fields(),
        needs: format::Needs::ALL,
        counts_records: true,
        max_line: 16 << 20,
        chunk,
        range: None,
        until: Until::stopped(&|| false),
    };
    let inputs = files.iter().enumerate().map(|(index, file)| {
        Input::open(InputName::Path(file.clone()), index, &opening).expect("a file just written")
    });
    let options = Options {
        threads,
        engine,
        strict: false,
        max_line: 1 << 20,
        live: false,
        watched: 0,
        memory: None,
        hashes_streams: false,
    };
    let report = run(
        std::sync::Arc::new(plan.clone()),
        inputs.collect(),
        options,
        &(),
        None,
    );
    let columns: Vec<String> = plan
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let writer = (format::find_output("ndjson").expect("a format").writer)(&columns);
    let mut out = Vec::new();
    report
        .table
        .rows()
        .for_each(|row| writer.row(&row, &mut out));
    let mut text = String::from_utf8(out).expect("JSON is text");
    let _ = writeln!(
        text,
        "{} of {} bad",
        report.account.bad, report.account.judged
    );
    text
}

/// One query with every aggregate there is.
fn everything(by: &str) -> String {
    let calls = AGGREGATES.iter().flat_map(|spec| {
        let arguments: &[&str] = match spec.takes.first() {
            None => &[""],
            Some(Takes::Condition) => &["", "(status >= 400)"],
            Some(Takes::Number) => &["(bytes)"],
            Some(Takes::Any) => &["(path)", "(bytes)"],
        };
        let calls = spec.names().flat_map(move |name| {
            let calls = arguments
                .iter()
                .map(move |argument| format!("{name}{argument}"));
            calls.collect::<Vec<_>>()
        });
        calls.collect::<Vec<_>>()
    });
    format!("{}{by}", calls.collect::<Vec<_>>().join(", "))
}

/// Lines are evaluated in batches; a bad one among them is not counted, and no other is lost.
#[test]
fn bad_lines_are_bad_alone_and_among_others() {
    let _deadline = deadline::for_this_test();
    let sandbox = Sandbox::new();
    let path = sandbox.path().join("log");
    let (mut text, mut sums, mut bad) = (String::new(), [(0, 0); 2], 0);
    for number in 0..100 {
        let user = if number % 3 == 0 {
            "ada".to_owned()
        } else {
            number.to_string()
        };
        let status = if number % 7 == 0 {
            "none"
        } else {
            ["200", "404"][number % 2]
        };
        let _ = writeln!(
            text,
            "192.0.2.1 - {user} [17/May/2026:10:05:03 +0000] \"GET / HTTP/1.1\" {status} 7 \"-\" \"-\"",
        );
        if number % 3 == 0 || number % 7 == 0 {
            bad += 1;
        } else {
            let (count, sum) = &mut sums[number % 2];
            *count += 1;
            *sum += number;
        }
    }
    fs::write(&path, text).expect("a file");
    let row = |status: &str, (count, sum): (usize, usize)| {
        format!("{{\"status\":{status},\"count\":{count},\"sum_user\":{sum}}}\n")
    };
    let expected = format!(
        "{}{}{bad} of 100 bad\n",
        row("200", sums[0]),
        row("404", sums[1])
    );
    for chunk in [1, 100, 1000, CHUNK] {
        let query = "count, sum(user) by status | sort status";
        let found = answer(query, std::slice::from_ref(&path), 2, Engine::Read, chunk);
        assert_eq!(found, expected, "pieces of {chunk} bytes");
    }
}

/// The text in every form that it can come in.
fn forms(directory: &Path, text: &[u8]) -> Vec<(&'static str, PathBuf)> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).expect("memory");
    let forms = [
        ("plain", text.to_vec()),
        ("gzip", gzip.finish().expect("memory")),
        ("zstd", zstd::encode_all(text, 1).expect("memory")),
    ];
    forms
        .map(|(form, bytes)| {
            let path = directory.join(form);
            fs::write(&path, bytes).expect("a file");
            (form, path)
        })
        .to_vec()
}

#[track_caller]
fn hold(query: &str, text: &[u8], chunk: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let forms = forms(directory.path(), text);
    let wanted = answer(query, &[forms[0].1.clone()], 1, Engine::Read, usize::MAX);
    for (form, path) in &forms {
        for threads in [1, 2, 8] {
            for engine in [Engine::Read, Engine::Mmap] {
                if *form != "plain" && engine == Engine::Mmap {
                    continue;
                }
                let found = answer(query, std::slice::from_ref(path), threads, engine, chunk);
                assert_eq!(
                    found, wanted,
                    "{query}: {form}, {threads} threads, {engine:?}, chunks of {chunk}"
                );
            }
        }
    }
}

const WHOLE: &str =
    "192.0.2.1 - - [14/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"-\"\n";

fn line() -> impl Strategy<Value = String> {
    let whole = (0_u8..4, 0_u32..40, 0_u8..6, 0_u32..3000, 0_u8..60).prop_map(|(host, path, status, bytes, second)| {
        let status = [200, 200, 304, 404, 500, 502][usize::from(status)];
        let bytes = if bytes < 100 { "-".to_owned() } else { bytes.to_string() };
        format!("192.0.2.{host} - - [14/Mar/2026:10:00:{second:02} +0000] \"GET /p{path}?q HTTP/1.1\" {status} {bytes} \"-\" \"-\"")
    });
    let damaged = (whole.clone(), 0_usize..90).prop_map(|(mut line, cut)| {
        line.truncate(cut);
        line
    });
    let odd = prop_oneof![
        Just(String::new()),
        Just("\0\u{7f}\u{e9}".to_owned()),
        Just("x".repeat(300))
    ];
    let ending = prop_oneof![8 => Just("\n"), 1 => Just("\r\n")];
    (prop_oneof![12 => whole, 2 => damaged, 1 => odd], ending)
        .prop_map(|(line, ending)| line + ending)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn small_logs_give_one_answer(lines in prop::collection::vec(line(), 0..60), cut in any::<bool>(), seam in 0_usize..60, chunk in 1_usize..2000) {
        let _deadline = deadline::for_this_test();
        // A file of this format begins with a line of this format, or it would be refused.
        let (before, after) = lines.split_at(seam.min(lines.len()));
        let one = format!("{WHOLE}{}", before.concat());
        let mut two = format!("{WHOLE}{}", after.concat());
        if cut {
            two.pop();
        }
        let text = format!("{one}{two}");
        for by in ["", " by status", " by path, 5m"] {
            hold(&everything(by), text.as_bytes(), chunk);
        }
        for query in ["select path, bytes | tail 5", "sort -bytes | head 7", "\"p1\" | top 3 by status", "count"] {
            hold(query, text.as_bytes(), chunk);
        }
        // Two files are what the one is that they make together.
        let directory = tempfile::tempdir().unwrap();
        let names = ["one", "two", "both"].map(|name| directory.path().join(name));
        fs::write(&names[0], one).unwrap();
        fs::write(&names[1], two).unwrap();
        fs::write(&names[2], &text).unwrap();
        let query = everything(" by status");
        prop_assert_eq!(
            answer(&query, &names[..2], 2, Engine::Auto, chunk),
            answer(&query, &names[2..], 1, Engine::Auto, chunk)
        );
    }
}

/// Short chunks are cut in the same way as those of the default size, and take a tenth of the time.
const SHORT_CHUNK: usize = 200 << 10;

/// Lines over two and a half chunks, with more distinct values than percentiles keep one by one.
fn long_log(chunk: usize) -> String {
    let mut text = String::new();
    let mut place = 0_u64;
    while text.len() < 2 * chunk + chunk / 2 {
        let noise = place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let _ = match noise % 5000 {
            0 => writeln!(text, "not a line of this log"),
            1 => writeln!(text, "{}", "long ".repeat(30_000)),
            _ => writeln!(
                text,
                "192.0.2.{} - - [14/Mar/2026:10:{:02}:{:02} +0000] \"GET /page/{} HTTP/1.1\" {} {} \"-\" \"Mozilla/5.0\"",
                noise % 250,
                place / 600 % 60,
                place % 60,
                noise % 9000,
                [200, 304, 404, 500][(noise % 4) as usize],
                noise % 100_000,
            ),
        };
        place += 1;
    }
    text.pop();
    text
}

#[test]
fn a_long_log_gives_one_answer_in_chunks_of_the_default_size() {
    let _deadline = deadline::for_this_test();
    let query = everything(" by status");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let forms = forms(directory.path(), long_log(CHUNK).as_bytes());
    let plain = [forms[0].1.clone()];
    let wanted = answer(&query, &plain, 1, Engine::Read, usize::MAX);
    assert_eq!(wanted.lines().count(), 5, "four groups and the account");
    for (form, path) in &forms {
        let found = answer(&query, std::slice::from_ref(path), 3, Engine::Auto, CHUNK);
        assert_eq!(found, wanted, "{form}");
    }
}

#[test]
fn a_long_log_gives_one_answer() {
    let _deadline = deadline::for_this_test();
    let text = long_log(SHORT_CHUNK);
    let queries = [
        &everything(" by status"),
        "where status == 500 | select path, bytes | tail 3",
        "top 5 by bytes",
        "sort path, -bytes | tail 1500 | select path, bytes",
        "count",
    ];
    for query in queries {
        hold(query, text.as_bytes(), SHORT_CHUNK);
    }
}

#[test]
fn early_and_late_limits_give_the_same_rows() {
    let _deadline = deadline::for_this_test();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("log");
    fs::write(&path, long_log(CHUNK)).expect("a file");
    let rows = |query: &str| {
        let answer = answer(query, std::slice::from_ref(&path), 2, Engine::Read, CHUNK);
        let rows: Vec<String> = answer.lines().map(str::to_owned).collect();
        rows[..rows.len() - 1].to_vec()
    };
    let sorted = rows("sort -bytes, path | select bytes, path, line");
    assert_eq!(
        rows("sort -bytes, path | head 1300 | select bytes, path, line"),
        sorted[..1300]
    );
    assert_eq!(
        rows("sort -bytes, path | tail 70 | select bytes, path, line"),
        sorted[sorted.len() - 70..]
    );
    let all = rows("select line");
    assert_eq!(rows("tail 2000 | select line"), all[all.len() - 2000..]);
}

#[test]
fn the_program_prints_the_same_for_any_number_of_threads() {
    let sandbox = Sandbox::new();
    sandbox.file("long.log", long_log(CHUNK));
    let query = everything(" by status");
    let wanted = sandbox
        .jug(["log", "-j1", &query, "long.log"], b"")
        .clean_or_bad();
    for line in [
        format!("jug log -j8 '{query}' long.log"),
        format!("jug log -j2 '{query}' < long.log"),
        format!("cat long.log | jug log -j8 '{query}'"),
        format!("gzip -1 < long.log | jug log -j2 '{query}'"),
        format!("mkfifo pipe; cat long.log > pipe & jug log -j2 '{query}' pipe"),
    ] {
        assert_eq!(sandbox.shell(&line, b"").clean_or_bad(), wanted, "{line}");
    }
    let raw = sandbox.jug(["log", "-j1", "\"page/1\"", "long.log"], b"");
    let many = sandbox.jug(["log", "-j8", "\"page/1\"", "long.log"], b"");
    assert_eq!(raw.stdout, many.stdout);
    assert_eq!(
        raw.stdout,
        sandbox.shell("grep page/1 long.log", b"").stdout
    );
}
