//! The image cache, used by many processes at once.

use std::fs;
use std::process::Stdio;

use crate::support::{JUG, Running, Sandbox, command};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="150" cy="100" r="90" fill="#0072b2"/><text x="90" y="105" font-size="24">drawn once</text></svg>"##;

/// jug in a sandbox, with the cache there.
fn jug(sandbox: &Sandbox, args: &[&str]) -> Running {
    let mut command = command(JUG);
    command
        .args(args)
        .current_dir(sandbox.path())
        .env_clear()
        .env("JUG_CACHE_DIR", sandbox.path().join("cache"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Running::new(&mut command)
}

#[test]
fn concurrent_runs_get_the_right_image() {
    let sandbox = Sandbox::new();
    sandbox.file("a.svg", SVG);
    let right = jug(&sandbox, &["render", "--cache", "off", "a.svg"]);
    let right = right.end().stdout;
    assert!(right.starts_with(b"\x89PNG"));
    let mut drawing = Vec::new();
    let mut evicting = Vec::new();
    for number in 0..64 {
        drawing.push(jug(&sandbox, &["render", "a.svg"]));
        if number % 8 == 0 {
            evicting.push(jug(&sandbox, &["cache", "prune", "--max", "1"]));
            let mut killed = jug(&sandbox, &["render", "a.svg"]);
            killed.kill().expect("a child of ours");
            killed.wait().expect("it is gone");
        }
    }
    for child in drawing {
        let outcome = child.end();
        assert!(
            outcome.status == 0 && outcome.stderr.is_empty(),
            "{outcome}"
        );
        assert!(outcome.stdout == right, "another image");
    }
    for child in evicting {
        // Its exit status does not matter: if another process is pruning, it leaves the work to that one.
        let _ = child.end();
    }
    let cleared = jug(&sandbox, &["cache", "prune"]);
    let outcome = cleared.end();
    assert!(outcome.status == 0, "{outcome}");
    let left = fs::read_dir(sandbox.path().join("cache/v1")).expect("a cache");
    let unfinished = left
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name of ours")
        })
        .find(|name| name.contains("tmp"));
    assert_eq!(unfinished, None, "a temporary file is left");
    let verified = jug(&sandbox, &["cache", "verify"]);
    let outcome = verified.end();
    assert!(outcome.status == 0, "{outcome}");
}
