//! The examples at the end of `jug watch --help`, each with a change that it waits for.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::process::wait_for;
use crate::support::{Running, Sandbox, command};

#[test]
fn examples_in_help_run() {
    let sandbox = Sandbox::new();
    let help = sandbox.jug(["watch", "--help"], b"").clean();
    let (_, examples) = help.split_once("\nExamples:\n").expect("examples");
    let examples: Vec<&str> = examples
        .lines()
        .filter_map(|line| line.strip_prefix("      "))
        .collect();
    assert_eq!(examples.len(), 5, "{help}");
    for example in examples {
        let sandbox = Sandbox::new();
        sandbox
            .file("src/main.rs", "")
            .file("srv/upload/old", "")
            .file("etc/app.conf", "a");
        for name in ["cargo", "import", "systemctl"] {
            let path = format!("bin/{name}");
            sandbox.file(&path, format!("#!/bin/sh\necho {name} \"$@\"\n"));
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(sandbox.path().join(path), mode).expect("a mode");
        }
        // Everything is below the sandbox, and one change is enough.
        let once = match example.contains("--wait-for") {
            true => "",
            false => "--once",
        };
        let line = example
            .replace("jug watch", &format!("jug watch --ready-file ready {once}"))
            .replace(" /", " ./")
            .replace("jq -r .path", "grep -o '\"path\":\"[^\"]*\"'");
        let mut shell = command("sh");
        let bin = sandbox.path().join("../bin");
        shell
            .args(["-c", &line])
            .current_dir(sandbox.path())
            .env_clear()
            .env("PATH", format!("{}:bin:/usr/bin:/bin", bin.display()))
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let child = Running::new(&mut shell);
        let ready = sandbox.path().join("ready");
        wait_for("the watcher", || ready.exists().then_some(()));
        let changed = match example {
            _ if example.contains("src") => "src/main.rs",
            _ if example.contains("upload") => "srv/upload/new",
            _ if example.contains("flag") => "done.flag",
            _ => "etc/app.conf",
        };
        sandbox.file(changed, "text");
        let outcome = child.end();
        assert!(
            outcome.status == 0 && outcome.stderr.is_empty() && !outcome.stdout.is_empty(),
            "{example}\n{outcome}"
        );
    }
}
