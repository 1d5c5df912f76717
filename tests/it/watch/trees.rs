//! Trees that come, change and go.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use super::{Watching, short};

#[test]
fn changes_are_reported_by_both_engines() {
    for engine in ["inotify", "poll"] {
        let args = ["--engine", engine, "--interval", "20ms"];
        let mut watching = Watching::new(&args, |sandbox| {
            sandbox
                .file("d/old", "1")
                .file("d/gone", "")
                .file("d/x", "x");
        });
        fs::write(watching.path("d/old"), "2").expect("a file");
        watching.await_record("modify d/old");
        fs::rename(watching.path("d/x"), watching.path("d/y")).expect("a rename");
        watching.await_record("rename d/x > d/y");
        fs::remove_file(watching.path("d/gone")).expect("a file");
        watching.await_record("remove d/gone");
        fs::create_dir(watching.path("d/new")).expect("a directory");
        watching.await_record("create d/new");
        fs::write(watching.path("d/new/file"), "").expect("a file");
        watching.await_record("create d/new/file");
        fs::remove_dir_all(watching.path("d")).expect("a directory");
        watching.await_record("root_gone d");
        fs::create_dir_all(watching.path("d/back")).expect("a directory");
        watching.await_record("root_back d");
        watching.await_record("create d/back");
    }
}

#[test]
fn new_directories_are_reported_with_all_that_is_in_them() {
    let mut watching = Watching::new(&[], |_| {});
    let mut expected = BTreeSet::new();
    for round in 0..5 {
        let mut path = format!("d/{round}");
        let deepest = format!("{path}/1/2/3/4/5/6/7/8/9");
        fs::create_dir_all(watching.path(&deepest)).expect("directories");
        fs::write(watching.path(&format!("{deepest}/file")), "x").expect("a file");
        fs::write(watching.path(&format!("{path}/file")), "x").expect("a file");
        expected.insert(format!("create {path}/file"));
        expected.insert(format!("create {deepest}/file"));
        for level in 0..10 {
            if level > 0 {
                path = format!("{path}/{level}");
            }
            expected.insert(format!("create {path}"));
        }
    }
    let found = watching.until_end();
    let created: Vec<&String> = found
        .iter()
        .filter(|record| record.starts_with("create"))
        .collect();
    assert_eq!(created.len(), expected.len(), "each once: {found:?}");
    assert_eq!(
        created.into_iter().cloned().collect::<BTreeSet<_>>(),
        expected
    );
}

#[test]
fn a_renamed_directory_keeps_its_watches_and_gets_its_paths() {
    let mut watching = Watching::new(&[], |sandbox| {
        sandbox.file("d/a/b/c/file", "");
    });
    fs::rename(watching.path("d/a"), watching.path("d/x")).expect("a rename");
    fs::rename(watching.path("d/x"), watching.path("d/y")).expect("a rename");
    // Not truncated first: that may be reported alone.
    File::options()
        .append(true)
        .open(watching.path("d/y/b/c/file"))
        .and_then(|mut file| file.write_all(b"more"))
        .expect("a file");
    watching.expect(&[
        "rename d/a > d/x",
        "rename d/x > d/y",
        "modify d/y/b/c/file",
    ]);
    assert_eq!(watching.until_end(), [""; 0]);
}

#[test]
fn a_tree_that_is_moved_out_is_silent_and_one_that_is_moved_in_is_reported() {
    let mut watching = Watching::new(&[], |sandbox| {
        sandbox.file("d/a/b/file", "").file("other/c/file", "");
    });
    fs::rename(watching.path("d/a"), watching.path("out")).expect("a rename");
    let mut gone = BTreeSet::new();
    while gone.len() < 3 {
        gone.insert(short(&watching.next()));
    }
    let expected = ["remove d/a", "remove d/a/b", "remove d/a/b/file"];
    assert_eq!(gone, expected.map(str::to_owned).into_iter().collect());
    fs::write(watching.path("out/b/file"), "more").expect("a file");
    fs::write(watching.path("out/new"), "more").expect("a file");
    assert_eq!(watching.until_end(), [""; 0]);
    fs::rename(watching.path("other"), watching.path("d/in")).expect("a rename");
    let found: BTreeSet<String> = watching.until_end().into_iter().collect();
    let expected = ["create d/in", "create d/in/c", "create d/in/c/file"];
    assert_eq!(found, expected.map(str::to_owned).into_iter().collect());
    fs::write(watching.path("d/in/c/file"), "more").expect("a file");
    watching.expect(&["modify d/in/c/file"]);
}

#[test]
fn a_tree_that_is_copied_in_is_reported_once() {
    let mut watching = Watching::new(&["--on", "create"], |sandbox| {
        for number in 0..30 {
            sandbox.file(format!("other/{}/{number}/file", number % 3), "text");
        }
    });
    let copied = crate::support::command("cp")
        .args(["-r", "other", "d/copy"])
        .current_dir(watching.sandbox.path())
        .status();
    assert!(copied.expect("cp runs").success());
    let found = watching.until_end();
    let mut expected = BTreeSet::from(["create d/copy".to_owned()]);
    for number in 0..30 {
        let top = format!("create d/copy/{}", number % 3);
        expected.insert(format!("{top}/{number}/file"));
        expected.insert(format!("{top}/{number}"));
        expected.insert(top);
    }
    assert_eq!(found.len(), expected.len(), "each once: {found:?}");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn a_large_tree_is_looked_at_completely() {
    let mut watching = Watching::new(&["--initial", "--gitignore"], |sandbox| {
        sandbox.file("d/.gitignore", "*.o\n");
        for number in 0..2_000 {
            let directory = format!("d/{}/{number}", number % 7);
            sandbox
                .file(format!("{directory}/file"), "text")
                .file(format!("{directory}/file.o"), "");
        }
    });
    let (_, watches) = crate::follow::held_by(&watching.child);
    assert_eq!(watches, 2_009, "each directory, and the one above");
    let found = watching.until_end();
    let listed = crate::support::command("find")
        .args(["d", "!", "-name", "*.o"])
        .current_dir(watching.sandbox.path())
        .output()
        .expect("find runs");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let listed = listed.lines().filter(|path| !path.starts_with("d/end"));
    let mut expected: Vec<Vec<String>> = listed
        .map(|path| path.split('/').map(str::to_owned).collect())
        .collect();
    expected.sort_unstable();
    let exists: Vec<Vec<String>> = found
        .iter()
        .filter_map(|record| record.strip_prefix("exists "))
        .map(|path| path.split('/').map(str::to_owned).collect())
        .collect();
    assert!(exists == expected, "{} of {}", exists.len(), expected.len());
    fs::write(watching.path("d/4/1999/file"), "more").expect("a file");
    watching.await_record("modify d/4/1999/file");
}

#[test]
fn lost_events_are_announced_and_found() {
    const FILES: usize = 20_000;
    let mut watching = Watching::new(&["--on", "create,remove"], |sandbox| {
        sandbox.file("d/sub/old", "");
    });
    watching.signal("STOP");
    for file in 0..FILES {
        File::create(watching.path(&format!("d/sub/{file}"))).expect("a file");
    }
    fs::remove_file(watching.path("d/sub/old")).expect("a file");
    watching.signal("CONT");
    let (mut found, mut events) = (BTreeSet::new(), Vec::new());
    while events.last().is_none_or(|event| event != "rescan_done") || found.len() < FILES + 1 {
        let record = watching.next();
        match record["path"].as_str() {
            Some(_) => assert!(found.insert(short(&record)), "twice: {record}"),
            None => events.push(short(&record)),
        }
    }
    let mut expected: BTreeSet<String> = (0..FILES)
        .map(|file| format!("create d/sub/{file}"))
        .collect();
    expected.insert("remove d/sub/old".to_owned());
    assert!(found == expected);
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").expect("a limit");
    if limit.trim().parse::<usize>().expect("a number") < FILES {
        assert_eq!(events, ["overflow", "rescan_begin", "rescan_done"]);
    }
}

#[test]
fn many_appends_are_few_records_and_the_last_is_final() {
    const APPENDS: u64 = 200_000;
    let mut watching = Watching::new(&[], |sandbox| {
        sandbox.file("d/log", "");
    });
    let mut log = File::options()
        .append(true)
        .open(watching.path("d/log"))
        .expect("a file");
    for _ in 0..APPENDS {
        log.write_all(b"x").expect("a byte");
    }
    let mut count = 0;
    loop {
        let record = watching.next();
        assert_eq!(short(&record), "modify d/log");
        count += 1;
        if record["size"] == APPENDS {
            break;
        }
    }
    assert!(count < 1_000, "{count} records");
}

#[test]
fn reading_is_no_change_unless_asked_for() {
    let prepare = |sandbox: &crate::support::Sandbox| {
        sandbox.file("d/sub/file", "text");
    };
    for (args, expected) in [
        (&[][..], &[][..]),
        (&["--on", "create,access"], &["access d/sub/file"]),
    ] {
        let mut watching = Watching::new(args, prepare);
        fs::read(watching.path("d/sub/file")).expect("a file");
        let found = watching.until_end();
        assert_eq!(found, expected);
    }
}

#[test]
fn what_cannot_be_looked_at_is_said() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may look at everything");
        return;
    }
    for mode in [0o400, 0o000] {
        let mut watching = Watching::new(&[], |sandbox| {
            sandbox.file("d/closed/file", "").file("d/open/file", "");
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(sandbox.path().join("d/closed"), mode).expect("a mode");
        });
        fs::write(watching.path("d/open/file"), "text").expect("a file");
        watching.await_record("modify d/open/file");
        let again = fs::Permissions::from_mode(0o700);
        fs::set_permissions(watching.path("d/closed"), again).expect("a mode");
        watching.signal("TERM");
        let outcome = watching.child.end();
        let messages = outcome.stderr();
        assert!(
            messages.contains("d/closed: Permission denied"),
            "{messages}"
        );
    }
}

#[test]
fn kinds_are_reported_alone_and_directories_are_watched_all_the_same() {
    let mut watching = Watching::new(&["--on", "close"], |_| {});
    fs::create_dir(watching.path("d/new")).expect("a directory");
    let mut file = File::create(watching.path("d/new/file")).expect("a file");
    file.write_all(b"text").expect("text");
    drop(file);
    watching.expect(&["close d/new/file"]);
    let mut watching = Watching::new(&["--on", "attrib"], |sandbox| {
        sandbox.file("d/file", "");
    });
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(watching.path("d/file"), mode).expect("a mode");
    watching.expect(&["attrib d/file"]);
}

#[test]
fn filters_prune_what_is_watched() {
    let args = ["--ext", "rs", "--exclude", "target", "--depth", "2"];
    let mut watching = Watching::new(&args, |sandbox| {
        sandbox
            .file("d/target/a.rs", "")
            .file("d/sub/deep/a.rs", "");
    });
    let (_, watches) = crate::follow::held_by(&watching.child);
    assert_eq!(watches, 3, "the directory above, d and d/sub");
    for name in ["d/target/b.rs", "d/sub/deep/b.rs", "d/a.txt"] {
        fs::write(watching.path(name), "").expect("a file");
    }
    fs::write(watching.path("d/sub/b.rs"), "").expect("a file");
    watching.expect(&["create d/sub/b.rs"]);
}

#[test]
fn ignore_files_are_read_again_when_they_change() {
    let mut watching = Watching::new(&["--gitignore"], |sandbox| {
        sandbox.file("d/.gitignore", "*.o\n").file("d/sub/a.o", "");
    });
    fs::write(watching.path("d/sub/b.o"), "").expect("a file");
    assert_eq!(watching.until_end(), [""; 0]);
    fs::write(watching.path("d/.gitignore"), "*.log\n").expect("a file");
    watching.await_record("modify d/.gitignore");
    fs::write(watching.path("d/sub/a.o"), "1").expect("a file");
    watching.await_record("modify d/sub/a.o");
    fs::write(watching.path("d/sub/c.log"), "").expect("a file");
    assert!(
        !watching
            .until_end()
            .contains(&"create d/sub/c.log".to_owned())
    );
}

#[test]
fn a_removed_file_is_reported_at_once_unless_it_may_come_back() {
    let mut watching = Watching::new(&[], |sandbox| {
        sandbox.file("d/a", "").file("d/b", "");
    });
    fs::remove_file(watching.path("d/a")).expect("a file");
    watching.expect(&["remove d/a"]);
    // Written beside it, removed, renamed.
    fs::write(watching.path("d/new"), "text").expect("a file");
    watching.await_record("create d/new");
    watching.signal("STOP");
    fs::remove_file(watching.path("d/b")).expect("a file");
    fs::rename(watching.path("d/new"), watching.path("d/b")).expect("a rename");
    watching.signal("CONT");
    watching.await_record("modify! d/new > d/b");
}

#[test]
fn a_file_that_is_removed_and_made_again_is_another_one() {
    for root in ["d", "d/a"] {
        let sandbox = crate::support::Sandbox::new();
        sandbox.file("d/a", "");
        let mut watching = Watching::of(sandbox, &[root, "--on", "modify,close"]);
        for _ in 0..3 {
            // Both are seen together; many file systems use the same inode again.
            watching.signal("STOP");
            fs::remove_file(watching.path("d/a")).expect("a file");
            File::create(watching.path("d/a")).expect("a file");
            watching.signal("CONT");
            watching.expect(&["modify! d/a", "close d/a"]);
        }
    }
}

#[test]
fn two_changes_in_one_step_of_the_clock_are_two() {
    let mut watching = Watching::new(&[], |sandbox| {
        sandbox.file("d/a", "0");
    });
    let file = File::options().write(true).open(watching.path("d/a"));
    let mut file = file.expect("a file");
    for _ in 0..10 {
        file.write_all(b"x").expect("a byte");
        watching.await_record("modify d/a");
        // Neither the size nor, at times, the modification time differs.
        std::os::unix::fs::FileExt::write_all_at(&file, b"y", 0).expect("a byte");
        watching.await_record("modify d/a");
    }
}

#[test]
fn a_file_is_replaced_again_and_again() {
    for root in ["d", "d/conf"] {
        let mut watching = Watching::of(
            {
                let sandbox = crate::support::Sandbox::new();
                sandbox.file("d/conf", "0");
                sandbox
            },
            &[root],
        );
        for round in 1..4 {
            // Outside of what is watched, so that nothing is reported of it.
            fs::write(watching.path("new"), round.to_string()).expect("a file");
            fs::rename(watching.path("new"), watching.path("d/conf")).expect("a rename");
            watching.expect(&["modify! d/conf"]);
        }
        for _ in 0..3 {
            // Both are seen together, however busy the machine is.
            watching.signal("STOP");
            fs::rename(watching.path("d/conf"), watching.path("old")).expect("a rename");
            fs::write(watching.path("d/conf"), "text").expect("a file");
            watching.signal("CONT");
            watching.await_record("modify! d/conf");
        }
        fs::write(watching.path("d/conf"), "other text").expect("a file");
        watching.await_record("modify d/conf");
    }
}

#[test]
fn a_save_that_is_seen_at_once_is_one_change() {
    let mut watching = Watching::new(&["--on", "create,modify,remove,rename"], |sandbox| {
        sandbox.file("d/conf", "text");
    });
    for _ in 0..3 {
        watching.signal("STOP");
        fs::rename(watching.path("d/conf"), watching.path("d/conf~")).expect("a rename");
        fs::write(watching.path("d/conf"), "new text").expect("a file");
        fs::remove_file(watching.path("d/conf~")).expect("a backup");
        watching.signal("CONT");
        assert_eq!(watching.until_end(), ["modify! d/conf"]);
    }
}

#[test]
fn editors_save_in_one_change() {
    for (editor, args) in [
        (
            "vim",
            &[
                "-u",
                "NONE",
                "-N",
                "-es",
                "-c",
                // Below /tmp, vim saves in place.
                "set backupcopy=no backupskip=",
                "-c",
                "normal ax",
                "-c",
                "wq",
            ][..],
        ),
        ("sed", &["-i", "s/$/x/"]),
    ] {
        if crate::support::command("which")
            .arg(editor)
            .output()
            .map_or(true, |found| !found.status.success())
        {
            continue;
        }
        let mut watching = Watching::new(&["--on", "create,modify,remove,rename"], |sandbox| {
            sandbox.file("d/conf", "text\n");
        });
        for _ in 0..3 {
            let started = Instant::now();
            let status = crate::support::command(editor)
                .args(args)
                .arg("d/conf")
                .current_dir(watching.sandbox.path())
                .env("HOME", watching.sandbox.path())
                .stdin(std::process::Stdio::null())
                .status()
                .expect("the editor runs");
            assert!(status.success());
            // The end of a name is held back for as long as this. On a busy machine an editor may need longer.
            let is_quick = started.elapsed() < Duration::from_millis(100);
            let found = watching.until_end();
            let about: Vec<&String> = found
                .iter()
                .filter(|record| record.ends_with("d/conf"))
                .collect();
            assert!(!about.is_empty(), "{editor}: {found:?}");
            if is_quick {
                assert_eq!(about.len(), 1, "{editor}: {found:?}");
                assert!(about[0].starts_with("modify! "), "{editor}: {found:?}");
            }
        }
    }
}
