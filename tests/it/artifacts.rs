//! The committed completion scripts and man pages are those that this version generates.

use std::fs;

use crate::support::{files_under, project};

#[test]
fn committed_completions_and_man_pages_are_up_to_date() {
    let made = jug::cli::artifacts::all();
    assert!(!made.is_empty());
    let mut faults = Vec::new();
    for artifact in &made {
        match fs::read(project().join(&artifact.path)) {
            Ok(bytes) if bytes == artifact.bytes => {}
            Ok(_) => faults.push(format!("{}: out of date", artifact.path)),
            Err(error) => faults.push(format!("{}: {error}", artifact.path)),
        }
    }
    for path in ["completions", "man"].into_iter().flat_map(files_under) {
        if !made
            .iter()
            .any(|artifact| path.as_os_str() == artifact.path.as_str())
        {
            faults.push(format!("{}: not generated: remove it", path.display()));
        }
    }
    assert!(
        faults.is_empty(),
        "\n{}\nrun `cargo regen`",
        faults.join("\n")
    );
}
