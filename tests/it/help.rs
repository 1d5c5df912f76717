//! The examples at the end of `--help`: each command line runs, succeeds and prints no message.

use std::fs;

use crate::support::{Sandbox, command};

/// The commands that have examples.
const COMMANDS: [&str; 7] = ["log", "walk", "follow", "pipe", "pie", "render", "cache"];

const SVG: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0H9V9z'/></svg>";

/// A directory with everything that examples name. Absolute paths are below it, too.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    // An access log with request times.
    let log = fs::read(sandbox.path().join("fixtures/logs/nginx.log")).expect("a fixture");
    sandbox
        .file("access.log", log)
        .file("tokens.txt", "YQ==\n")
        .file("file", "text\n")
        .file("app.ndjson", "{\"status\":500,\"host\":\"a\"}\n")
        .file("app.log", "a timeout\n")
        .file("logs/a.log", "ready\n")
        .file("sizes.tsv", "a\t1\nb\t2\n")
        .file("chart.svg", SVG)
        .file("graph.dot", "graph { a -- b }")
        .file("icons/one.svg", SVG)
        .file("icons/two.svg", SVG)
        .file("src/main.rs", "")
        .file("var/log/small.log", "small\n")
        .file("srv/a.txt", "text")
        .file("data/new", "")
        .file("var/run/last-backup", "")
        .file("var/cache/README", "")
        .file("build/README", "")
        .file("a/same", "1")
        .file("b/same", "1");
    sandbox
        .shell(
            "gzip app.log; gzip -k access.log; touch -d 2000-01-01 var/run/last-backup",
            b"",
        )
        .clean();
    sandbox
}

/// The command lines below `Examples:`; they are indented more than their descriptions.
fn examples(help: &str) -> Vec<&str> {
    let (_, examples) = help.split_once("\nExamples:\n").unwrap_or_default();
    let lines = examples.lines();
    lines
        .filter_map(|line| line.strip_prefix("      "))
        .collect()
}

#[test]
fn examples_in_help_run() {
    for name in COMMANDS {
        let sandbox = sandbox();
        let help = sandbox.jug([name, "--help"], b"").clean();
        let examples = examples(&help);
        assert!(examples.len() >= 3, "{help}");
        for example in examples {
            // Everything is below the sandbox.
            let mut line = example.to_owned();
            for directory in ["/var/", "/srv", "/data"] {
                let below = format!(".{directory}");
                for before in [" ", "="] {
                    line = line.replace(&[before, directory].concat(), &[before, &below].concat());
                }
            }
            let functions =
                "dot() { cat chart.svg; }; run-backup() { echo backup; }; set -o pipefail";
            let mut bash = command("bash");
            bash.args(["-c", &format!("{functions}; {line}")]);
            let outcome = sandbox.run(bash, b"");
            assert!(
                outcome.status == 0 && outcome.stderr.is_empty(),
                "{example}\n{outcome}"
            );
            let is_to_file = example.contains(" -o ")
                || example.contains(" > ")
                || example.contains("--dir")
                || example.contains("--save");
            let may_be_silent = example.starts_with("diff")
                || example.contains("gzip")
                || example.contains("--against")
                || example.contains("--dups")
                || example.contains("prune");
            assert!(
                is_to_file || may_be_silent || !outcome.stdout.is_empty(),
                "{example}: no output"
            );
        }
    }
}
