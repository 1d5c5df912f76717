//! What chains show on a terminal, and what `--stats` says of their stages.

use std::io::Write as _;

use crate::process::{signal, waiting};
use crate::support::Sandbox;
use crate::terminal::{read_until, shown, start};

#[test]
fn control_characters_are_escaped_and_binary_data_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file("evil", "a \x1b[31mred\x07\n");
    let shown_by = |chain: &[&str]| shown(&sandbox, &[&["pipe", "-i", "evil"], chain].concat());
    for chain in [&["upper"][..], &["lines"], &["from", "csv", "--no-header"]] {
        let lines = shown_by(chain);
        let is_escaped = |line: &String| !line.chars().any(char::is_control);
        assert!(lines.iter().all(is_escaped), "{chain:?}: {lines:?}");
        let has_text = |line: &String| line.to_lowercase().contains("[31mred");
        assert!(lines.iter().any(has_text), "{chain:?}: {lines:?}");
    }
    assert_eq!(shown_by(&["gzip"]), [""; 0]);
}

#[test]
fn rows_of_a_table_appear_while_the_input_waits() {
    let (mut ours, mut child) = start(&["pipe", "from", "csv", "+", "where", "a > 0"]);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut write = |text: &str| stdin.write_all(text.as_bytes()).expect("jug reads");
    write("a,b\n1,x\n");
    assert_eq!(read_until(&mut ours, "x\r\n"), "a  b\r\n1  x\r\n");
    write("0,left out\n2,longer\n");
    assert_eq!(read_until(&mut ours, "longer\r\n"), "2  longer\r\n");
    drop(stdin);
    assert_eq!(child.end().status, 0);
}

/// The words of the lines of a report, without the shares of time and the rate.
fn figures(report: &str) -> Vec<String> {
    let lines = report
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let words = lines.map(|line| {
        let cells: Vec<&str> = line
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect();
        cells[..6].join(" | ")
    });
    words.collect()
}

#[test]
fn stats_count_what_goes_into_each_stage_and_out_of_it() {
    let sandbox = Sandbox::new();
    let chain = "upper + lines + match A + hash crc32 + from csv --no-header";
    let outcome = sandbox.shell(&format!("jug pipe --stats {chain} | wc -l"), b"a\nb\nab\n");
    assert_eq!(outcome.stdout(), "2\n");
    assert_eq!(
        figures(&outcome.stderr()),
        [
            "1 | upper | 7 B | - | 7 B | -",
            "2 | lines | 7 B | - | 7 B | 3",
            "3 | match | 7 B | 3 | 5 B | 2",
            "4 | hash | 5 B | 2 | 18 B | 2",
            "5 | from | 18 B | 2 | 16 B | 2",
            "5 | to ndjson | 16 B | 2 | 48 B | -",
        ],
        "{outcome}"
    );
}

#[test]
fn stats_are_printed_on_request() {
    let mut child = waiting(
        &["pipe", "--stats", "tee", "/dev/stdout", "+", "upper"],
        "a\n",
    );
    let mut seen = [0; 2];
    let stdout = child.stdout.as_mut().expect("a pipe");
    std::io::Read::read_exact(stdout, &mut seen).expect("a line");
    signal(&child, "USR1");
    let mut stderr = child.stderr.take().expect("a pipe");
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("2      upper") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut stderr, &mut byte).expect("a report");
        said.push(byte[0]);
    }
    drop(child.stdin.take());
    assert_eq!(child.end().status, 0);
}
