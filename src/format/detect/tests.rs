//! Which format is found, from how many lines, and that more lines do not change it.

use jiff::tz::TimeZone;

use crate::record::time::Years;
use proptest::prelude::*;

use super::super::{combined, common, csv, json, nginx, tsv};
use super::*;

fn settings() -> Settings {
    Settings {
        zone: TimeZone::UTC,
        infer: false,
        years: Years::Known(2026),
        has_header: true,
        rule: None,
    }
}

fn detected(text: &[u8], name: Option<&str>) -> &'static str {
    let sample = Sample {
        bytes: text,
        whole: true,
    };
    detect(sample, name.map(Path::new), &settings()).spec().name
}

/// The decision after the beginning of an input, as text: the format, its fields and its time.
fn decided(bytes: &[u8], whole: bool, from: Option<&'static Spec>, needs: Needs) -> Option<String> {
    match decide(Sample { bytes, whole }, from, None, &settings(), needs) {
        Ok(Decision::Decided(schema)) => Some(format!(
            "{} {:?} {:?} {}",
            schema.spec().name,
            schema.fields(),
            schema.time_field(),
            schema.header_lines()
        )),
        Ok(Decision::NeedsMore) => None,
        Err(refused) => Some(refused.to_string()),
    }
}

/// How many lines it takes to decide; none if that takes the end.
fn lines_needed(text: &str, from: Option<&'static Spec>, needs: Needs) -> Option<usize> {
    let count = text.lines().count();
    (0..=count).find(|count| {
        let lines: String = text.split_inclusive('\n').take(*count).collect();
        decided(lines.as_bytes(), false, from, needs).is_some()
    })
}

/// How many texts are not made of one example.
const SPECIAL: usize = 11;

/// Texts of all sorts: each example once and many times, the same behind banners, and [`SPECIAL`] others.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = FORMATS
        .iter()
        .flat_map(|spec| [spec.example.to_owned(), spec.example.repeat(40)])
        .collect();
    let examples = texts.clone();
    for banner in [
        "Starting.\n",
        "\n\n",
        "a,b\n",
        "a\tb\tc\n",
        "2026-05-17T10:05:03Z up\n",
    ] {
        texts.extend(examples.iter().map(|text| [banner, text].concat()));
    }
    for (one, other) in [(0, 8), (4, 14), (6, 2), (8, 6), (14, 4), (10, 12), (12, 10)] {
        texts.push([&*examples[one], &examples[other]].concat());
    }
    texts.push("a,b,c\n1,2\n1,2,3\n".to_owned());
    texts.push("a;b\n1;2\n3;4\n5;6\n7\n".to_owned());
    texts.push(format!("{{\"a\":\"{}\"}}\nx\n", "y".repeat(70_000)));
    texts.push(format!("{}\n", "word ".repeat(20_000)));
    texts
}

#[test]
fn every_example_is_recognised() {
    for spec in FORMATS {
        assert_eq!(detected(spec.example.as_bytes(), None), spec.name);
    }
}

/// The confusion matrix: of each format's example, and of each of its lines alone, what is found, and which formats of records
/// read all of its lines if they are asked for.
#[test]
fn examples_are_confused_with_no_other_format() {
    let mut matrix = Vec::new();
    for spec in FORMATS {
        let records = FORMATS
            .iter()
            .copied()
            .filter(|spec| spec.kind == Kind::Records);
        let mut found: Vec<&str> = vec![detected(spec.example.as_bytes(), None)];
        if spec.kind == Kind::Records {
            found.extend(
                spec.example
                    .split_inclusive('\n')
                    .map(|line| detected(line.as_bytes(), None)),
            );
        }
        found.sort_unstable();
        found.dedup();
        let reads = |other: &&'static Spec| {
            let sample = Sample {
                bytes: spec.example.as_bytes(),
                whole: true,
            };
            other.open(sample, &settings()).is_ok_and(|schema| {
                let mut reader = schema.reader(&[]).expect("nothing is wanted");
                spec.example
                    .lines()
                    .all(|line| reader.check(line.as_bytes()).is_ok())
            })
        };
        let readers: Vec<&str> = records.filter(reads).map(|other| other.name).collect();
        matrix.push((spec.name, found.join(" "), readers.join(" ")));
    }
    let matrix: Vec<_> = matrix
        .iter()
        .map(|(name, found, readers)| (*name, &**found, &**readers))
        .collect();
    assert_eq!(matrix, MATRIX);
}

/// Format, what is found, what reads it if asked for.
const MATRIX: &[(&str, &str, &str)] = &[
    ("apache-error", "apache-error", "apache-error"),
    ("app", "app", ""),
    ("columns", "columns", ""),
    ("combined", "combined", "combined common"),
    ("common", "common", "common"),
    ("cri", "cri", "cri ltsv"),
    ("csv", "csv", ""),
    ("docker", "docker", "docker json"),
    ("journald", "journald", "journald json"),
    ("json", "json", "json"),
    ("lines", "lines", ""),
    ("logfmt", "logfmt", "logfmt"),
    ("ltsv", "ltsv", "ltsv"),
    ("nginx", "nginx", "combined common nginx"),
    ("nginx-error", "nginx-error", "nginx-error"),
    ("syslog", "syslog", ""),
    ("tsv", "tsv", ""),
    ("vhost_combined", "vhost_combined", "ltsv vhost_combined"),
    // A line of it says nothing without its header.
    ("w3c", "app w3c", ""),
];

#[test]
fn every_longer_beginning_gives_the_same_decision() {
    let needs = [
        Needs::default(),
        Needs::ALL,
        Needs {
            time: true,
            ..Needs::default()
        },
    ];
    let texts = texts();
    // A banner matters where the format is not asked for.
    let count = 2 * FORMATS.len();
    let asked = [&texts[..count], &texts[texts.len() - SPECIAL..]].concat();
    let froms = FORMATS.iter().map(|spec| Some(*spec)).chain([None]);
    for (from, needs) in froms.flat_map(|from| needs.map(|needs| (from, needs))) {
        for text in from.map_or(&texts, |_| &asked) {
            let bytes = text.as_bytes();
            let whole = decided(bytes, true, from, needs);
            assert!(whole.is_some(), "{text}");
            // Within a line nothing changes, so the places around line ends are enough.
            let ends: Vec<usize> = memchr::memchr_iter(b'\n', bytes)
                .flat_map(|newline| [newline, newline + 1])
                .collect();
            let decide = |end: &usize| decided(&bytes[..*end], false, from, needs);
            let first = ends.iter().position(|end| decide(end).is_some());
            for end in first.into_iter().flat_map(|first| {
                let later = ends.len() - first;
                ends[first..].iter().step_by(1 + later / 8)
            }) {
                assert_eq!(decide(end), whole, "{end} bytes of {text}");
            }
        }
    }
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for text in texts() {
        let marked = format!("\u{feff}{text}");
        for whole in [false, true] {
            assert_eq!(
                decided(marked.as_bytes(), whole, None, Needs::ALL),
                decided(text.as_bytes(), whole, None, Needs::ALL)
            );
        }
    }
    assert_eq!(detected("\u{feff}".as_bytes(), None), "lines");
}

#[test]
fn an_unterminated_line_is_only_considered_at_the_end() {
    let line = b"{\"a\":1}";
    assert_eq!(decided(line, false, None, Needs::default()), None);
    assert!(decided(line, true, None, Needs::default()).is_some());
}

#[test]
fn records_are_recognised_by_the_first_line() {
    let records = FORMATS.iter().filter(|spec| spec.kind == Kind::Records);
    for spec in records {
        for from in [None, Some(*spec)] {
            let needed = lines_needed(spec.example, from, Needs::default());
            assert_eq!(needed, Some(1), "{}", spec.name);
        }
    }
}

#[test]
fn tables_are_recognised_by_three_delimiters_behind_the_header() {
    for (text, needed) in [
        ("a,b,c,d\n1,2,3,4\n", Some(2)),
        ("a\tb\tc\td\te\n1\t2\t3\t4\t5\n", Some(2)),
        ("a;b;c\n1;2;3\n4;5;6\n", Some(3)),
        ("a,b\n1,2\n3,4\n5,6\n", Some(4)),
        ("a,b\n1,2\n3,4\n", None),
        ("a,b,c,d\n1,2\n1,2,3,4\n", None),
    ] {
        assert_eq!(lines_needed(text, None, Needs::default()), needed, "{text}");
    }
}

#[test]
fn a_requested_table_needs_a_header_and_a_record() {
    for (text, spec) in [
        ("a,b\n1,2\n", &csv::SPEC),
        ("a;b\n1;2\n", &csv::SPEC),
        ("a\n1\n", &csv::SPEC),
        ("a\n1\n", &tsv::SPEC),
    ] {
        let needed = lines_needed(text, Some(spec), Needs::default());
        assert_eq!(needed, Some(2), "{text}");
    }
    // Whether the semicolon separates columns is not certain.
    let needed = lines_needed("a;b\n1\n2\n", Some(&csv::SPEC), Needs::default());
    assert_eq!(needed, None);
}

#[test]
fn text_is_recognised_by_ten_lines_in_which_nothing_else_was_seen() {
    let text = |pairs: usize| "it goes on\n\nand on\n".repeat(pairs);
    assert_eq!(lines_needed(&text(5), None, Needs::default()), Some(15));
    assert_eq!(lines_needed(&text(4), None, Needs::default()), None);
    // A record among other lines: there may be more of them.
    let mixed = ["oops\n", &"oops\n{}\n".repeat(200)].concat();
    assert_eq!(lines_needed(&mixed, None, Needs::default()), Some(100));
    assert_eq!(detected(mixed.as_bytes(), None), "lines");
    // A record among other lines of a table, likewise.
    let table = ["a,b\noops\n", &"1,2\n".repeat(30)].concat();
    assert_eq!(lines_needed(&table, None, Needs::default()), Some(11));
    assert_eq!(detected(table.as_bytes(), None), "csv");
}

#[test]
fn a_requested_text_format_waits_only_for_what_is_needed() {
    let time = Needs {
        time: true,
        ..Needs::default()
    };
    let text = "up\n2026-05-17T10:05:03Z a\n".to_owned() + &"b c\n".repeat(20);
    for spec in FORMATS.iter().filter(|spec| spec.kind.fits_any_text()) {
        let needed = |needs| lines_needed(&text, Some(spec), needs);
        assert_eq!(needed(Needs::default()), Some(1));
        assert_eq!(needed(time), Some(2));
        assert_eq!(needed(Needs::ALL), Some(10));
        let timeless = "b c\n".repeat(200);
        assert_eq!(lines_needed(&timeless, Some(spec), time), None);
        let late = [&*timeless, "2026-05-17T10:05:03Z a\n"].concat();
        assert_eq!(lines_needed(&late, Some(spec), time), Some(201));
    }
}

#[test]
fn names_of_json_come_from_all_lines_that_are_looked_at() {
    let text: String = (0..150).map(|n| format!("{{\"a{n}\":1}}\n")).collect();
    let names = Needs {
        names: true,
        ..Needs::default()
    };
    assert_eq!(lines_needed(&text, None, names), Some(100));
    let schema = detect(
        Sample {
            bytes: text.as_bytes(),
            whole: true,
        },
        None,
        &settings(),
    );
    assert_eq!(schema.fields().len(), 100);
    let long = format!("{{\"a\":\"{}\"}}\n", "y".repeat(40_000)).repeat(3);
    assert_eq!(lines_needed(&long, None, names), Some(2));
}

#[test]
fn fields_at_the_end_of_access_logs_come_from_all_lines_that_are_looked_at() {
    let line = combined::SPEC.example.lines().next().unwrap();
    let first = format!("{line} \"-\"\n");
    let text = first.clone() + &format!("{line} \"203.0.113.9\"\n").repeat(150);
    let unusual = Needs {
        unusual: true,
        ..Needs::default()
    };
    assert_eq!(lines_needed(&text, None, Needs::default()), Some(1));
    assert_eq!(lines_needed(&text, None, unusual), Some(100));
    for (name, expected) in [
        ("forwarded_for", true),
        ("upstream_time", true),
        ("rest", false),
        ("rt", false),
        ("status", false),
        ("line", false),
    ] {
        assert_eq!(is_unusual(&FieldName::key(name)), expected, "{name}");
    }
}

#[test]
fn damage_is_tolerated_until_most_lines_are_whole() {
    let line = json::SPEC.example.lines().next().unwrap();
    let text = |bad: usize, good: usize| {
        let good = format!("{line}\n").repeat(good);
        format!("{}{good}", "oops\n\n".repeat(bad))
    };
    assert_eq!(detected(text(1, 2).as_bytes(), None), "json");
    assert_ne!(detected(text(2, 2).as_bytes(), None), "json");
    assert_eq!(detected(text(9, 10).as_bytes(), None), "json");
    let mixed = [combined::SPEC.example, nginx::SPEC.example].concat();
    assert_eq!(detected(mixed.as_bytes(), None), "combined");
    for spec in [&combined::SPEC, &common::SPEC, &nginx::SPEC] {
        let damaged = ["oops\n", spec.example, spec.example].concat();
        assert_eq!(detected(damaged.as_bytes(), None), spec.name);
    }
}

#[test]
fn names_decide_between_tables() {
    let numbers = b"1,2\n3,4\n";
    assert_eq!(detected(numbers, None), "lines");
    assert_eq!(detected(numbers, Some("a.csv")), "csv");
    assert_eq!(detected(numbers, Some("dir.d/a.CSV.gz")), "csv");
    assert_eq!(detected(b"a\n1\n", Some("a.tab")), "tsv");
    assert_eq!(detected(b"a\n", Some("a.csv")), "csv");
    assert_eq!(
        detected(json::SPEC.example.as_bytes(), Some("a.csv")),
        "json"
    );
    assert_eq!(detected(b"", Some("a.csv")), "lines");
    assert_eq!(detected(b"a,b\n1\n2\n", Some("a.csv")), "lines");
}

#[test]
fn prose_and_noise_are_lines() {
    assert_eq!(detected(b"", None), "lines");
    assert_eq!(
        detected(b"Dear all,\nthe log is full, again.\n", None),
        "lines"
    );
    assert_eq!(detected(b"x = {a, b}\ny = {c, d}\nz = e\n", None), "lines");
    assert_eq!(detected(b"\x00\xff,\x01\n\x02,\x03\n", None), "lines");
    assert_eq!(detected(b"[\n  {\n    \"a\": 1\n  }\n]\n", None), "lines");
    assert_eq!(detected(b"a,b\n\x01,\x02\n", None), "lines");
}

proptest! {
    #[test]
    fn any_lines_are_decided_once(
        lines in prop::collection::vec(prop::sample::select(vec!["{}", "oops", "a,b", "1,2", "a\tb\tc", "x y", "", "2026-05-17T10:05:03Z x"]), 0..24),
    ) {
        let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
        let whole = decided(text.as_bytes(), true, None, Needs::default());
        let needed = lines_needed(&text, None, Needs::default()).unwrap_or(lines.len());
        for count in needed..lines.len() {
            let lines: String = lines[..count].iter().flat_map(|line| [*line, "\n"]).collect();
            prop_assert_eq!(&decided(lines.as_bytes(), false, None, Needs::default()), &whole);
        }
    }
}
