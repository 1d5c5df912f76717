//! Arguments and what they mean.

use super::*;
use clap::Parser as _;

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    log: Log,
}

fn intent(words: &[&str]) -> Result<Intent> {
    let line = Line::try_parse_from(std::iter::once(&"jug").chain(words))
        .map_err(|error| Error::usage(error.to_string()))?;
    line.log.plan(Timestamp::now())
}

#[test]
fn arguments_are_planned() {
    let found = intent(&[
        "count by status",
        "-j",
        "3",
        "--max-line",
        "64K",
        "--from",
        "json",
        "-n",
        "5",
        "--tz",
        "UTC",
    ])
    .unwrap();
    assert_eq!((found.options.threads, found.options.max_line), (3, 65_536));
    assert_eq!(found.from.map(|spec| spec.name), Some("json"));
    assert!(matches!(
        found.query.stages.last().map(|stage| &stage.kind),
        Some(StageKind::Head(5))
    ));
}

#[test]
fn contradictions_are_rejected() {
    for (words, message) in [
        (
            &["count", "-o", "x.csv", "--to", "json"][..],
            "x.csv: the extension selects csv, but --to selects json",
        ),
        (
            &["where status = 5"],
            "a single = does not compare\n  where status = 5\n               ^",
        ),
        (&["count", "-j", "0"], "invalid thread count '0'"),
        (&["count", "--max-line", "0"], "invalid line length"),
        (&["count", "--ndjson", "--to", "csv"], "cannot be used with"),
    ] {
        let error = intent(words)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains(message), "{words:?}: {error}");
    }
}
