//! The completion scripts and man pages that are kept in the project are those that this jug makes.

use std::fs;

use crate::support::{files_under, project};

#[test]
fn completions_and_pages_are_fresh() {
    let made = jug::cli::artifacts::all();
    assert!(!made.is_empty());
    let mut faults = Vec::new();
    for artifact in &made {
        match fs::read(project().join(&artifact.path)) {
            Ok(bytes) if bytes == artifact.bytes => {}
            Ok(_) => faults.push(format!("{}: not what this jug makes", artifact.path)),
            Err(error) => faults.push(format!("{}: {error}", artifact.path)),
        }
    }
    for path in ["completions", "man"].into_iter().flat_map(files_under) {
        if !made
            .iter()
            .any(|artifact| path.as_os_str() == artifact.path.as_str())
        {
            faults.push(format!(
                "{}: nothing makes this file: remove it",
                path.display()
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "\n{}\nrun `cargo regen`",
        faults.join("\n")
    );
}
