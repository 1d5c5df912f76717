//! Everything that a person reads is plain English: phrases that earlier versions used in place of the usual terms are
//! rejected, in help and messages, comments, names of tests and cases, and documents.

use std::fs;
use std::path::Path;

use crate::support::{files_under, project};

/// Phrases that belong in no text.
const REJECTED: &[&str] = &[
    "«",
    "»",
    " so many ",
    " such a share",
    " to be had",
    " is borne",
    " anew",
    " lest ",
    " whoever ",
    " no fault",
    " that are none",
    " and is none ",
    " so much earlier",
    " so much later",
    " is no panic",
    " is said ",
    " is told",
    " are told ",
    " without a word ",
];

/// Phrases that belong in no help and no message. A comment may say "if there is no such file".
const REJECTED_FOR_USERS: &[&str] = &[
    " is no ",
    " there is no such",
    " makes no sense",
    " wants a ",
    " wants to ",
];

/// Directories and files whose whole text is read.
const TEXTS: &[&str] = &["src", "tests", "fuzz", "benches", "fixtures/cases", ".ci"];
const DOCUMENTS: &[&str] = &[
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "Cargo.toml",
    "fixtures/README.md",
];

/// A text in lower case as words: without marks of comments, blanks and line ends as one blank, `_` in names as a blank.
fn words(text: &str) -> String {
    let lines = text.lines().map(|line| {
        line.trim_start()
            .trim_start_matches(['/', '!', '#'])
            .replace('_', " ")
    });
    let lines: Vec<String> = lines.collect();
    let words: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    format!(" {} ", words.join(" ").to_lowercase())
}

/// The phrases that a text contains, each with some words around it.
fn found(text: &str, phrases: &[&str]) -> Vec<String> {
    let text = words(text);
    let places = phrases
        .iter()
        .flat_map(|phrase| text.match_indices(phrase).map(|(at, _)| (at, *phrase)));
    places
        .map(|(at, phrase)| {
            let before: String = text[..at].chars().rev().take(30).collect();
            let before: String = before.chars().rev().collect();
            let after: String = text[at..].chars().take(phrase.len() + 30).collect();
            format!("'{}': …{before}{after}…", phrase.trim())
        })
        .collect()
}

/// Checks texts, each with its name.
fn check<N: std::fmt::Display>(texts: impl Iterator<Item = (N, String)>, phrases: &[&str]) {
    let mut faults = Vec::new();
    for (name, text) in texts {
        for phrase in found(&text, phrases) {
            faults.push(format!("{name}: {phrase}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn read(path: &Path) -> String {
    let bytes = fs::read(project().join(path)).expect("a file of the project can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn help_and_man_pages_are_plain_english() {
    let artifacts = jug::cli::artifacts::all();
    let texts = artifacts.iter().map(|artifact| {
        let text = String::from_utf8_lossy(&artifact.bytes).into_owned();
        (&artifact.path, text)
    });
    check(texts, &[REJECTED, REJECTED_FOR_USERS].concat());
}

#[test]
fn messages_are_plain_english() {
    let sources = files_under("src").into_iter();
    let sources = sources.filter(|path| !path.ends_with("tests.rs"));
    let texts = sources.map(|path| {
        let text = read(&path);
        let code = text.split("#[cfg(test)]\nmod tests {").next();
        let lines = code.unwrap_or("").lines();
        let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
        let text = lines.collect::<Vec<_>>().join("\n");
        (path.display().to_string(), text)
    });
    check(texts, REJECTED_FOR_USERS);
}

#[test]
fn comments_names_and_documents_are_plain_english() {
    let paths = TEXTS.iter().flat_map(|directory| files_under(directory));
    let is_text = |path: &Path| {
        // Code and cases; not generated code, not this list.
        let ending = path.extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("rs" | "toml" | "sh" | "md") | None)
            && !path.iter().any(|part| part == "target")
            && !path.ends_with("tests/it/language.rs")
    };
    let paths = paths.filter(|path| is_text(path));
    let paths = paths.chain(DOCUMENTS.iter().map(Into::into));
    let texts = paths.map(|path| (path.display().to_string(), read(&path)));
    check(texts, REJECTED);
}

#[test]
fn phrases_are_found_across_lines_and_in_names() {
    for text in [
        "at most\n  So\n  many bytes",
        "/// at most so\n    /// many",
        "fn so_many_rows() {}",
    ] {
        assert_eq!(found(text, REJECTED).len(), 1, "{text}");
    }
    assert_eq!(found("this is not a number", REJECTED_FOR_USERS), [""; 0]);
    assert_eq!(found("this is no number", REJECTED_FOR_USERS).len(), 1);
}
