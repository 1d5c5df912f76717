//! Outputs that are whole or as they were.

use super::*;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

const ALWAYS: FileOptions = FileOptions { if_changed: false };
const IF_CHANGED: FileOptions = FileOptions { if_changed: true };

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn put(path: &Path, options: FileOptions, content: &[u8]) {
    let mut sink = Sink::file(path, options).unwrap();
    sink.write_all(content).unwrap();
    sink.finish().unwrap();
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    let content: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
    let mut sink = Sink::file(&path, ALWAYS).unwrap();
    for piece in content.chunks(70_001) {
        sink.write_all(&piece[..100]).unwrap();
        sink.write_all(&piece[100..]).unwrap();
        assert!(!path.exists());
    }
    sink.finish().unwrap();
    assert!(fs::read(&path).unwrap() == content);
    assert_eq!(names(directory.path()), ["out"]);
}

#[test]
fn dropped_before_the_end_it_leaves_no_trace() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    fs::write(&path, "old").unwrap();
    let mut sink = Sink::file(&path, ALWAYS).unwrap();
    sink.write_all(&[b'x'; 100_000]).unwrap();
    drop(sink);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(directory.path()), ["out"]);
}

#[test]
fn the_mode_is_kept_and_a_new_file_has_the_usual_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    let usual = directory.path().join("usual");
    fs::write(&usual, "").unwrap();
    put(&path, ALWAYS, b"one");
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&path), mode(&usual));
    for kept in [0o640, 0o755, 0o606] {
        fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
        put(&path, ALWAYS, b"two");
        assert_eq!(mode(&path), kept);
    }
}

#[test]
fn links_stay_and_their_targets_are_replaced() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("sub")).unwrap();
    let at = |name: &str| directory.path().join(name);
    symlink("sub/second", at("first")).unwrap();
    symlink("../target", at("sub/second")).unwrap();
    put(&at("first"), ALWAYS, b"through a dangling link");
    put(&at("first"), ALWAYS, b"through a link");
    assert_eq!(fs::read(at("target")).unwrap(), b"through a link");
    assert!(fs::symlink_metadata(at("first")).unwrap().is_symlink());
    assert!(fs::symlink_metadata(at("sub/second")).unwrap().is_symlink());
    symlink("loop", at("loop")).unwrap();
    assert!(Sink::file(&at("loop"), ALWAYS).is_err());
}

#[test]
fn an_equal_file_is_left_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    let content = vec![b'x'; 150_000];
    put(&path, IF_CHANGED, &content);
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    let before = inode(&path);
    put(&path, IF_CHANGED, &content);
    assert_eq!(inode(&path), before);
    let mut changed = content.clone();
    changed[149_999] = b'y';
    put(&path, IF_CHANGED, &changed);
    assert!(fs::read(&path).unwrap() == changed);
    let before = inode(&path);
    put(&path, ALWAYS, &changed);
    assert_ne!(inode(&path), before);
    assert_eq!(names(directory.path()), ["out"]);
}

#[test]
fn devices_and_pipes_are_written_as_they_are() {
    put(Path::new("/dev/null"), IF_CHANGED, b"gone");
    let mut full = Sink::file(Path::new("/dev/full"), ALWAYS).unwrap();
    full.write_all(b"x").unwrap();
    assert_eq!(
        full.finish().unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    let directory = tempfile::tempdir().unwrap();
    let fifo = directory.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| fs::read(&fifo).unwrap());
        put(&fifo, ALWAYS, b"through");
        reader.join().unwrap()
    });
    assert_eq!(read, b"through");
}

#[test]
fn what_cannot_be_written_is_told_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let kind = |path: &Path| Sink::file(path, ALWAYS).map(|_| ()).unwrap_err().kind();
    assert_eq!(kind(directory.path()), io::ErrorKind::IsADirectory);
    assert_eq!(
        kind(&directory.path().join("none/out")),
        io::ErrorKind::NotFound
    );
    assert_eq!(kind(Path::new("")), io::ErrorKind::NotFound);
}

#[test]
fn an_input_is_recognised_under_any_name() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("one"), "x").unwrap();
    fs::write(at("two"), "x").unwrap();
    symlink("one", at("link")).unwrap();
    fs::hard_link(at("one"), at("hard")).unwrap();
    let one = InputName::Path(at("one"));
    for (name, same) in [
        ("one", true),
        ("link", true),
        ("hard", true),
        ("two", false),
        ("none", false),
    ] {
        assert_eq!(is_same_file(&one, &at(name)), same, "{name}");
    }
    let null = Path::new("/dev/null");
    assert!(!is_same_file(&InputName::Path(null.into()), null));
}

/// Run again in a process of its own, by the test below; writes what happened to the file named by the environment.
#[test]
fn child_writes_to_stdout() {
    let Some(report) = std::env::var_os("JUG_TEST_SINK_REPORT") else {
        return;
    };
    let outcome = Sink::stdout().and_then(|mut sink| {
        sink.write_all(b"from the sink\n")?;
        sink.finish()
    });
    let code = outcome
        .err()
        .map_or(0, |error| error.raw_os_error().unwrap_or(-1));
    fs::write(report, code.to_string()).unwrap();
}

#[test]
fn a_closed_or_full_stdout_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let report = directory.path().join("report");
    let run = |redirection: &str| {
        Command::new("sh")
            .arg("-c")
            .arg(format!("\"$0\" --exact io::sink::tests::child_writes_to_stdout --nocapture --quiet {redirection}"))
            .arg(std::env::current_exe().unwrap())
            .env("JUG_TEST_SINK_REPORT", &report)
            .stderr(std::process::Stdio::null())
            .output()
            .unwrap();
        fs::read_to_string(&report).unwrap()
    };
    assert_eq!(run("> /dev/null"), "0");
    assert_eq!(run(">&-"), libc::EBADF.to_string());
    let into = directory.path().join("stdout");
    assert_eq!(run(&format!("> '{}'", into.display())), "0");
    assert!(
        fs::read_to_string(into)
            .unwrap()
            .contains("from the sink\n")
    );
}
