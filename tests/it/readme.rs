//! The examples in README and in the man pages: every `console` block is run, and must print what is shown.
//!
//! A block is a sequence of `$ command` lines, each followed by what it prints on either stream. A command ending in a
//! backslash goes on in the next line. The commands of a block share a directory that has the project's `fixtures/` in it;
//! a command that fails is followed by a line such as `[exit 3]`.

use std::fmt::Write as _;
use std::fs;

use crate::support::{Sandbox, files_under, project};

/// A command with its expected output.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    command: String,
    output: String,
}

/// The `console` blocks of a text in Markdown.
fn blocks(text: &str) -> Vec<Vec<Step>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<(usize, &str)> = lines
            .by_ref()
            .take_while(|(_, line)| *line != "```")
            .collect();
        if language.trim() == "console" {
            blocks.push(steps(&body));
        }
    }
    blocks
}

fn steps(body: &[(usize, &str)]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for (index, line) in body {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) if !goes_on => steps.push(Step {
                line: index + 1,
                command: command.to_owned(),
                output: String::new(),
            }),
            (_, Some(step)) if goes_on => {
                let _ = write!(step.command, "\n{line}");
            }
            (_, Some(step)) => {
                let _ = writeln!(step.output, "{line}");
            }
            (_, None) => panic!(
                "line {}: a console block starts with '$ command'",
                index + 1
            ),
        }
        let command = steps.last().map_or("", |step| step.command.as_str());
        let is_in_command = steps.last().is_some_and(|step| step.output.is_empty());
        goes_on = is_in_command && command.ends_with('\\');
    }
    steps
}

/// Runs the blocks of a text; returns a report for each step with another output.
fn run(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for block in blocks(text) {
        let sandbox = Sandbox::new();
        for step in block {
            let outcome = sandbox.shell(&format!("exec 2>&1\n{}", step.command), b"");
            let mut printed = outcome.stdout();
            if outcome.status != 0 {
                let _ = writeln!(printed, "[exit {}]", outcome.status);
            }
            if printed != step.output {
                faults.push(format!(
                    "line {}: $ {}\nwanted:\n{}got:\n{printed}",
                    step.line, step.command, step.output
                ));
            }
        }
    }
    faults
}

/// Checks a file with examples.
fn check(path: &str) {
    let text = fs::read_to_string(project().join(path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(!blocks(&text).is_empty(), "{path}: no console block");
    let faults = run(&text).join(&format!("\n{path}: "));
    assert!(faults.is_empty(), "\n{path}: {faults}");
}

#[test]
fn examples_in_readme_print_what_is_shown() {
    check("README.md");
}

#[test]
fn examples_in_man_pages_print_what_is_shown() {
    let files = files_under("fixtures/examples");
    assert!(!files.is_empty());
    for file in files {
        check(&file.to_string_lossy());
    }
}

#[test]
fn blocks_are_cut_into_steps() {
    let text = "# T\n```sh\n$ no\n```\n```console\n$ a |\\\n  b\nx\n\n$ c\n```\nrest\n```console\n$ d\n```\n";
    let step = |line, command: &str, output: &str| Step {
        line,
        command: command.to_owned(),
        output: output.to_owned(),
    };
    let wanted = [
        vec![step(6, "a |\\\n  b", "x\n\n"), step(10, "c", "")],
        vec![step(14, "d", "")],
    ];
    assert_eq!(blocks(text), wanted);
}

#[test]
fn other_output_is_reported() {
    let block = |body: &str| format!("```console\n{body}```\n");
    assert_eq!(
        run(&block(
            "$ printf 'a\\nb\\n' > f; jug log count f\ncount\n2\n"
        )),
        [""; 0]
    );
    assert_eq!(
        run(&block("$ sh -c 'echo no >&2; exit 3'\nno\n[exit 3]\n")),
        [""; 0]
    );
    assert_eq!(run(&block("$ echo one\ntwo\n")).len(), 1);
    assert_eq!(run(&block("$ echo one\none\n\n")).len(), 1);
}
