//! Records that are not lines: the same answer for any size of blocks, any number of threads and any cut into files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::format::{self, Rule, Settings};
use crate::io::source::InputName;
use crate::log::input::Opening;
use crate::log::options::Engine;
use crate::log::plan::plan;
use crate::log::query::parse;
use crate::record::Timestamp;

/// How an input is opened and read.
#[derive(Clone, Copy)]
struct Way {
    format: &'static str,
    chunk: usize,
    threads: usize,
}

/// The rows of a query over files with these texts, each of which goes on in the next.
fn rows(
    directory: &Path,
    texts: &[&str],
    query: &str,
    rule: Option<Rule>,
    way: Way,
) -> Vec<String> {
    let settings = Settings {
        rule,
        ..Settings::of_zone(TimeZone::UTC)
    };
    let opening = Opening {
        from: format::find(way.format),
        settings: &settings,
        needs_schema: true,
        needs: format::Needs::default(),
        counts_records: true,
        max_line: 1 << 20,
        chunk: way.chunk,
        range: None,
        until: crate::io::wait::Until::stopped(&|| false),
    };
    let inputs = texts.iter().enumerate().map(|(number, text)| {
        let path = directory.join(format!("{number}.log"));
        fs::write(&path, text).unwrap();
        let mut input = Input::open(InputName::Path(path), number, &opening).unwrap();
        input.goes_on = number + 1 < texts.len();
        input
    });
    let clock = crate::expr::Clock {
        now: Timestamp::parse(b"2026-03-14T12:00:00Z", &TimeZone::UTC).unwrap(),
        zone: TimeZone::UTC,
    };
    let plan = Arc::new(plan(&parse(query).unwrap(), query, &clock).unwrap());
    let options = Options {
        threads: way.threads,
        engine: Engine::Auto,
        strict: false,
        max_line: 1 << 20,
        live: true,
        watched: 0,
        memory: None,
        hashes_streams: false,
    };
    let report = run(plan, inputs.collect(), options, &(), None);
    assert_eq!(report.account.bad, 0);
    let shown = |row: &[crate::record::Cell]| {
        let cells = row
            .iter()
            .map(|cell| String::from_utf8_lossy(&cell.value.bytes()).into_owned());
        cells.collect::<Vec<_>>().join("|")
    };
    report.table.rows().map(|row| shown(&row)).collect()
}

/// A line of a container: its stream, whether it goes on, its text.
type Line = (bool, bool, String);

fn line((is_error, goes_on, text): &Line) -> String {
    let stream = if *is_error { "stderr" } else { "stdout" };
    let tag = if *goes_on { "P" } else { "F" };
    format!("2026-03-15T10:00:00Z {stream} {tag} {text}\n")
}

/// The messages, in the order in which they are complete; those that are not at the end, by the place of their last piece.
fn messages(lines: &[Line]) -> Vec<String> {
    let mut open: BTreeMap<bool, (usize, String)> = BTreeMap::new();
    let mut messages = Vec::new();
    for (place, (stream, goes_on, text)) in lines.iter().enumerate() {
        let (_, before) = open.remove(stream).unwrap_or_default();
        let message = before + text;
        match goes_on {
            true => drop(open.insert(*stream, (place, message))),
            false => messages.push(message),
        }
    }
    let mut open: Vec<_> = open.into_values().collect();
    open.sort_unstable();
    messages.extend(open.into_iter().map(|(_, message)| message));
    messages
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pieces_are_joined_over_blocks_and_files(
        lines in prop::collection::vec((any::<bool>(), any::<bool>(), "[a-z]{1,30}"), 1..60),
        chunk in 1_usize..300,
        threads in 1_usize..4,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let whole: String = lines.iter().map(line).collect();
        let way = Way { format: "cri", chunk, threads };
        let expected = messages(&lines);
        let found = rows(directory.path(), &[&whole], "select message", None, way);
        prop_assert_eq!(&found, &expected);
        let counted = rows(directory.path(), &[&whole], "count, uniq(message)", None, way);
        let distinct: std::collections::BTreeSet<&String> = expected.iter().collect();
        prop_assert_eq!(counted, vec![format!("{}|{}", expected.len(), distinct.len())]);
    }

    #[test]
    fn columns_are_those_of_the_last_header_in_any_block(
        parts in prop::collection::vec((any::<bool>(), 1_u32..9), 1..30),
        chunk in 1_usize..80,
        threads in 1_usize..4,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (mut text, mut expected) = ("#Fields: a b\n".to_owned(), Vec::new());
        for (is_swapped, lines) in &parts {
            text.push_str(if *is_swapped { "#Fields: b a\n" } else { "#Fields: a b\n" });
            for line in 0..*lines {
                text.push_str(&format!("{line} x\n"));
                expected.push(if *is_swapped { format!("x|{line}") } else { format!("{line}|x") });
            }
        }
        let way = Way { format: "w3c", chunk, threads };
        let found = rows(directory.path(), &[&text], "select a, b", None, way);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn pieces_go_on_in_the_next_file(
        lines in prop::collection::vec((Just(false), any::<bool>(), "[a-z]{1,9}"), 2..30),
        cut in any::<prop::sample::Index>(),
        threads in 1_usize..4,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (first, second) = lines.split_at(1 + cut.index(lines.len() - 1));
        let text = |lines: &[Line]| lines.iter().map(line).collect::<String>();
        let way = Way { format: "cri", chunk: 64, threads };
        let texts = [text(first), text(second)];
        let texts = [&*texts[0], &*texts[1]];
        let found = rows(directory.path(), &texts, "select message", None, way);
        prop_assert_eq!(found, messages(&lines));
        let counted = rows(directory.path(), &texts, "count, max(len(message))", None, way);
        let longest = messages(&lines).iter().map(String::len).max().unwrap_or(0);
        prop_assert_eq!(counted, vec![format!("{}|{longest}", messages(&lines).len())]);
    }

    #[test]
    fn rows_and_records_are_the_same_however_they_are_cut(
        cells in prop::collection::vec("[a\n\",]{0,6}", 1..20),
        chunk in 1_usize..60,
        threads in 1_usize..4,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(["name", "n"]).unwrap();
        for (number, cell) in cells.iter().enumerate() {
            writer.write_record([cell.as_str(), &number.to_string()]).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let way = Way { format: "csv", chunk, threads };
        let found = rows(directory.path(), &[&text], "select n, name", Some(Rule::Quotes(None)), way);
        let expected: Vec<String> = cells.iter().enumerate().map(|(number, cell)| format!("{number}|{cell}")).collect();
        prop_assert_eq!(found, expected);

        let text: String = cells.iter().map(|cell| format!("#{cell}.\n")).collect();
        let way = Way { format: "lines", chunk, threads };
        let regex = regex_automata::meta::Regex::new("^#").unwrap();
        let found = rows(directory.path(), &[&text], "select line", Some(Rule::From(regex, "^#".to_owned())), way);
        let expected: Vec<String> = cells.iter().map(|cell| format!("#{cell}.")).collect();
        prop_assert_eq!(found, expected);
    }
}
