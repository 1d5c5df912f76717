//! When the system allows no more watches.

use std::fs;
use std::io::BufReader;
use std::process::Stdio;

use super::Watching;
use crate::support::{JUG, Running, Sandbox, command};

#[test]
fn what_cannot_be_watched_is_looked_at() {
    // A user namespace has limits of its own.
    let limit = "echo 3 > /proc/sys/user/max_inotify_watches && exec \"$@\"";
    let namespace = ["-Ur", "sh", "-c", limit, "x"];
    let probe = command("unshare").args(namespace).arg("true").output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("skipped: no user namespace with a limit of its own");
        return;
    }
    let sandbox = Sandbox::new();
    for name in ["one", "two", "three", "four"] {
        sandbox.file(format!("d/{name}/old"), "");
    }
    let mut watcher = command("unshare");
    watcher
        .args(namespace)
        .args([JUG, "watch", "d", "--ndjson", "--interval", "20ms"])
        .current_dir(sandbox.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = Running::new(&mut watcher);
    let lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut watching = Watching {
        sandbox,
        child,
        lines,
        seq: 0,
    };
    let ready = watching.next();
    assert_eq!(ready["event"], "ready");
    assert_eq!(ready["entries"], 9);
    let watches = ready["watches"].as_u64().expect("a number");
    let polled = ready["polled"].as_u64().expect("a number");
    assert!(watches <= 3 && polled >= 2, "{ready}");
    let degraded = watching.next();
    assert_eq!(
        (&degraded["event"], &degraded["reason"]),
        (&"degraded".into(), &"ENOSPC".into())
    );
    for name in ["one", "two", "three", "four"] {
        let path = format!("d/{name}/old");
        fs::write(watching.path(&path), "text").expect("a file");
        watching.await_record(&format!("modify {path}"));
        let path = format!("d/{name}/new/deep");
        fs::create_dir_all(watching.path(&path)).expect("directories");
        watching.await_record(&format!("create {path}"));
        fs::write(watching.path(&format!("{path}/file")), "").expect("a file");
        watching.await_record(&format!("create {path}/file"));
    }
    watching.signal("TERM");
    let outcome = watching.child.end();
    assert_eq!(outcome.signal, Some(15), "{outcome}");
    let messages = outcome.stderr();
    assert!(
        messages.contains("fs.inotify.max_user_watches"),
        "{messages}"
    );
    assert_eq!(messages.matches("ENOSPC").count(), 1, "{messages}");
}
