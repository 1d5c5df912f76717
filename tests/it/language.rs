//! Help, man pages and messages are plain English: words that earlier versions used in place of the usual terms are rejected.

use std::fs;

use crate::support::{files_under, project};

/// Words and phrases that do not belong in a text for users.
const REJECTED: &[&str] = &[
    "«",
    "»",
    "so many",
    "such a share",
    " is no ",
    " it is no",
    "there is no such",
    "to be had",
    "is borne",
    "makes no sense",
    "wants a ",
    "wants to ",
];

/// The rejected phrases of a text, in lower case and with line ends as blanks.
fn rejected(text: &str) -> Vec<&'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!(" {} ", text.to_lowercase());
    let found = REJECTED.iter().filter(|phrase| text.contains(**phrase));
    found.copied().collect()
}

#[test]
fn help_and_man_pages_are_plain_english() {
    let mut faults = Vec::new();
    for artifact in jug::cli::artifacts::all() {
        for phrase in rejected(&String::from_utf8_lossy(&artifact.bytes)) {
            faults.push(format!("{}: '{phrase}'", artifact.path));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn messages_are_plain_english() {
    let mut faults = Vec::new();
    for path in files_under("src") {
        let text = fs::read_to_string(project().join(&path)).expect("a source file is text");
        if path.ends_with("tests.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        for (index, line) in code.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for phrase in rejected(line) {
                faults.push(format!("{}:{}: '{phrase}'", path.display(), index + 1));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn phrases_are_found_across_lines() {
    assert_eq!(rejected("at most\n  So\n  many bytes"), ["so many"]);
    assert_eq!(rejected("this is not a number"), [""; 0]);
    assert_eq!(rejected("this is no number"), [" is no "]);
}
