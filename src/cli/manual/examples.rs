//! The section EXAMPLES: the short ones of `--help`, and longer ones with their output, which tests run.

use clap_mangen::roff::{Roff, bold, roman};

/// Longer examples of each page, in Markdown: a paragraph and a `console` block for each task.
const LONG: [(&str, &str); 6] = [
    (
        "jug-follow",
        include_str!("../../../fixtures/examples/follow.md"),
    ),
    ("jug-log", include_str!("../../../fixtures/examples/log.md")),
    ("jug-pie", include_str!("../../../fixtures/examples/pie.md")),
    (
        "jug-pipe",
        include_str!("../../../fixtures/examples/pipe.md"),
    ),
    (
        "jug-render",
        include_str!("../../../fixtures/examples/render.md"),
    ),
    (
        "jug-walk",
        include_str!("../../../fixtures/examples/walk.md"),
    ),
];

/// Appends the examples of a page, of which `short` are the ones of `--help`: tasks, and below each its command, indented.
pub(super) fn section(roff: &mut Roff, page: &str, short: &str) {
    roff.control("SH", ["EXAMPLES"]);
    for line in short.lines().skip(1) {
        match line.strip_prefix("      ") {
            Some(command) => literal(roff, std::iter::once(format!("$ {command}").as_str())),
            None if line.trim().is_empty() => {}
            None => task(roff, line.trim()),
        }
    }
    let long = LONG.iter().filter(|(name, _)| *name == page);
    for (_, text) in long {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line == "```console" {
                literal(roff, lines.by_ref().take_while(|line| *line != "```"));
            } else if !line.is_empty() {
                task(roff, line);
            }
        }
    }
}

fn task(roff: &mut Roff, text: &str) {
    roff.control("PP", []);
    roff.text([roman(text)]);
}

/// A command, and lines that are shown as they are.
fn literal<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("sp", []);
    roff.control("RS", ["4"]);
    roff.control("ta", ["16n", "32n", "48n", "64n"]);
    roff.control("nf", []);
    for line in lines {
        roff.text([match line.starts_with("$ ") {
            true => bold(line),
            false => roman(line),
        }]);
    }
    roff.control("fi", []);
    roff.control("RE", []);
}
