//! Outputs are complete, or as they were.

use super::*;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

const ALWAYS: FileOptions = FileOptions {
    mode: Mode::Replace,
    durability: Durability::Unsynced,
};

const fn with_mode(mode: Mode) -> FileOptions {
    FileOptions { mode, ..ALWAYS }
}

const IF_CHANGED: FileOptions = with_mode(Mode::ReplaceIfChanged);
const APPEND: FileOptions = with_mode(Mode::Append);
const EXCLUSIVE: FileOptions = with_mode(Mode::Exclusive);

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
    sink.commit().unwrap();
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
    sink.commit().unwrap();
    assert!(fs::read(&path).unwrap() == content);
    assert_eq!(names(directory.path()), ["out"]);
}

#[test]
fn aborted_or_dropped_it_leaves_no_trace() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    fs::write(&path, "old").unwrap();
    for end in [Sink::abort, drop] {
        let mut sink = Sink::file(&path, ALWAYS).unwrap();
        sink.write_all(&[b'x'; 100_000]).unwrap();
        end(sink);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn appending_keeps_what_was_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    symlink("out", directory.path().join("link")).unwrap();
    for durability in [Durability::Unsynced, Durability::Synced] {
        let options = FileOptions {
            durability,
            ..APPEND
        };
        let _ = fs::remove_file(&path);
        put(&path, options, b"one ");
        put(&directory.path().join("link"), options, b"two");
        assert_eq!(fs::read(&path).unwrap(), b"one two");
        assert_eq!(names(directory.path()), ["link", "out"]);
    }
}

#[test]
fn appended_bytes_are_visible_when_they_are_flushed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    fs::write(&path, "old\n").unwrap();
    let mut sink = Sink::file(&path, APPEND).unwrap();
    assert!(!sink.is_replacing());
    sink.write_all(b"flushed\n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old\n");
    sink.flush().unwrap();
    // Another process appends, too.
    let mut other = File::options().append(true).open(&path).unwrap();
    other.write_all(b"other\n").unwrap();
    sink.write_all(b"second\n").unwrap();
    sink.flush().unwrap();
    sink.write_all(b"not flushed").unwrap();
    sink.abort();
    assert_eq!(fs::read(&path).unwrap(), b"old\nflushed\nother\nsecond\n");
}

#[test]
fn exclusive_output_refuses_everything_that_exists() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    put(&path, EXCLUSIVE, b"new");
    symlink("none", directory.path().join("dangling")).unwrap();
    for existing in [
        &path,
        &directory.path().join("dangling"),
        Path::new("/dev/null"),
    ] {
        let refused = Sink::file(existing, EXCLUSIVE).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
    }
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(directory.path()), ["dangling", "out"]);
}

#[test]
fn a_replacing_output_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    assert!(Sink::file(&path, ALWAYS).unwrap().is_replacing());
    assert!(Sink::file(&path, EXCLUSIVE).unwrap().is_replacing());
    assert!(
        !Sink::file(Path::new("/dev/null"), ALWAYS)
            .unwrap()
            .is_replacing()
    );
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
fn devices_and_pipes_are_written_directly() {
    put(Path::new("/dev/null"), IF_CHANGED, b"gone");
    let mut full = Sink::file(Path::new("/dev/full"), ALWAYS).unwrap();
    full.write_all(b"x").unwrap();
    assert_eq!(
        full.commit().unwrap_err().kind(),
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
fn a_file_that_cannot_be_written_is_reported_at_opening() {
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

/// Run again in a separate process by the test below; writes the outcome to the file that the environment names.
#[test]
fn child_writes_to_stdout() {
    let Some(report) = std::env::var_os("JUG_TEST_SINK_REPORT") else {
        return;
    };
    let outcome = Sink::stdout().and_then(|mut sink| {
        sink.write_all(b"from the sink\n")?;
        sink.commit()
    });
    let code = outcome
        .err()
        .map_or(0, |error| error.raw_os_error().unwrap_or(-1));
    fs::write(report, code.to_string()).unwrap();
}

#[test]
fn a_closed_stdout_is_an_error() {
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
