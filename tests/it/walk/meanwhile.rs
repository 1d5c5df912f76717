//! Changes during a walk. A walk whose output is not read stops; so what is changed then is changed before the walk gets there,
//! without any timing.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use super::{Caught, wide};
use crate::support::Sandbox;

/// The last of the records: the summary.
fn summary(records: &[u8]) -> Value {
    let last = records
        .trim_ascii_end()
        .rsplit(|byte| *byte == b'\n')
        .next();
    let summary = serde_json::from_slice(last.expect("a record")).expect("JSON");
    assert_eq!(Value::clone(&summary)["event"], "summary");
    summary
}

/// A walk that waits near the beginning of `wide`.
fn caught(sandbox: &Sandbox, root: &str) -> Caught {
    let args = ["-j1", "--ndjson", "--fields", "path", "--events", "summary"];
    Caught::new(sandbox, &[&args[..], &[root]].concat())
}

#[test]
fn a_directory_that_disappears_is_not_an_error() {
    let sandbox = Sandbox::new();
    let root = wide(&sandbox);
    let caught = caught(&sandbox, &root);
    fs::remove_dir_all(sandbox.path().join("wide/d198")).expect("it was there");
    let (stdout, stderr, status) = caught.finish();
    assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));
    let summary = summary(&stdout);
    assert_eq!(summary["vanished"], 1, "{summary}");
    assert_eq!(summary["errors"], 0, "{summary}");
    assert_eq!(summary["files"], 199 * 5, "{summary}");
}

#[test]
fn a_link_that_replaces_a_directory_is_not_followed() {
    let sandbox = Sandbox::new();
    let root = wide(&sandbox);
    sandbox.file("elsewhere/secret", "");
    let caught = caught(&sandbox, &root);
    let place = sandbox.path().join("wide/d198");
    fs::rename(&place, sandbox.path().join("away")).expect("it was there");
    symlink("../elsewhere", &place).expect("a new link");
    let (stdout, stderr, status) = caught.finish();
    assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));
    let text = String::from_utf8(stdout.clone()).expect("JSON");
    assert!(text.contains("/d199/4\"") && !text.contains("secret"));
    assert_eq!(summary(&stdout)["vanished"], 1);
}

#[test]
fn a_new_entry_is_listed_if_its_directory_was_not_read_yet() {
    let sandbox = Sandbox::new();
    let root = wide(&sandbox);
    let caught = caught(&sandbox, &root);
    sandbox.file("wide/d198/new/file", "");
    let (stdout, stderr, status) = caught.finish();
    assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));
    let text = String::from_utf8(stdout).expect("JSON");
    assert!(text.contains("/d198/new/file\""));
}
