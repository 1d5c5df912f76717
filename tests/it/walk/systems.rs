//! Other file systems. Without /proc there is nothing to test.

use std::path::Path;

use serde_json::Value;

use super::found;
use crate::support::Sandbox;

fn has_proc() -> bool {
    Path::new("/proc/self/mountinfo").exists()
}

#[test]
fn file_systems_may_be_skipped() {
    if !has_proc() {
        return;
    }
    let sandbox = Sandbox::new();
    let skipped = sandbox.shell("jug walk --skip-fs proc /proc", b"");
    assert_eq!(skipped.clean(), "/proc\n");
    let other = sandbox.shell("jug walk --depth 1 --skip-fs nfs,ext /proc", b"");
    assert!(other.stdout().contains("/proc/self\n"));
    // Entries of / that are on another file system are shown, but not entered.
    let mounted = found(&sandbox, "/ -maxdepth 1 -mindepth 1 -type d");
    let dev = |path: &str| rustix::fs::stat(path).map(|stat| stat.st_dev).ok();
    assert_ne!(dev("/"), dev("/proc"), "a mount is another device");
    assert!(mounted.contains(&b"/proc".to_vec()));
    for flags in ["-x", "--skip-fs proc", "-x --engine portable"] {
        let line = format!(
            "jug walk {flags} --depth 2 --tolerate all --path '/proc*' --path '/proc/**' /"
        );
        assert_eq!(sandbox.shell(&line, b"").clean(), "/proc\n", "{flags}");
    }
}

#[test]
fn mounts_are_records_with_events() {
    if !has_proc() {
        return;
    }
    let sandbox = Sandbox::new();
    let events = "--ndjson --fields path --events mount --depth 2 --tolerate all --no-hidden";
    let mount = |flags: &str| {
        let line = format!("jug walk {flags} {events} --name proc / | grep '\"event\":\"mount\"'");
        let records = sandbox.shell(&line, b"").stdout();
        let mut records = records
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        records
            .find(|record| record["path"] == "/proc")
            .expect("it is mounted")
    };
    let entered = mount("");
    assert_eq!(
        (&entered["kind"], &entered["entered"]),
        (&"proc".into(), &true.into())
    );
    assert_eq!(mount("-x")["entered"], false);
}

#[test]
fn proc_can_be_walked() {
    if !has_proc() {
        return;
    }
    let sandbox = Sandbox::new();
    for args in [
        "-j1",
        "-j8 --ndjson --fields @all",
        "-j8 --order none --fields path,@stat",
        "--tree",
    ] {
        // Processes come and go, so errors may or may not occur.
        let outcome = sandbox.shell(&format!("jug walk {args} /proc > walked; echo $?"), b"");
        let status = outcome.stdout();
        assert!(
            ["0\n", "3\n"].contains(&status.as_str()),
            "{args}: {status}"
        );
        assert!(!outcome.stderr().contains("panic"), "{outcome}");
        let walked = std::fs::read(sandbox.path().join("walked")).expect("its output");
        let walked = String::from_utf8_lossy(&walked);
        assert!(walked.contains("mountinfo"), "{args}");
        if args == "--tree" {
            serde_json::from_str::<Value>(&walked).expect("one JSON object");
        }
    }
}

/// More directories than a part holds, so that parts must know the file system, too.
#[test]
fn one_file_system_is_walked_completely() {
    const DIRECTORIES: usize = 3000;
    let sandbox = Sandbox::new();
    for index in 0..DIRECTORIES {
        sandbox.file(format!("tree/{index:04}/file"), "x");
    }
    for args in [
        "-j1",
        "-j2",
        "-j2 --order none",
        "-j2 --order path",
        "-j2 --skip-fs proc",
    ] {
        let line = format!("jug walk -x {args} --ndjson tree | wc -l");
        let count = sandbox.shell(&line, b"").clean();
        assert_eq!(count.trim(), (1 + 2 * DIRECTORIES).to_string(), "{args}");
    }
}
