//! Files with and without a temporary name are replaced in the same way.

use super::*;
use std::io::Write as _;
use std::os::unix::fs::symlink;

type Create = fn(&Path, u32) -> io::Result<Content>;

const CREATE: [Create; 2] = [Content::new, Content::named];

const REPLACE: AtomicOptions = AtomicOptions {
    if_changed: false,
    is_exclusive: false,
    durability: Durability::Unsynced,
    mode: 0o666,
};

const EXCLUSIVE: AtomicOptions = AtomicOptions {
    is_exclusive: true,
    ..REPLACE
};

const SYNCED: AtomicOptions = AtomicOptions {
    durability: Durability::Synced,
    ..REPLACE
};

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A file that has been written but not committed.
fn written(path: &Path, options: AtomicOptions, create: Create) -> AtomicFile {
    let file = AtomicFile::with(path.to_path_buf(), options, create).unwrap();
    file.file().write_all(b"new").unwrap();
    file
}

#[test]
fn a_new_and_an_old_target_get_the_content_at_the_commit() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let file = written(&path, REPLACE, create);
        assert!(!path.exists());
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        fs::write(&path, "old content").unwrap();
        let file = written(&path, REPLACE, create);
        assert_eq!(fs::read(&path).unwrap(), b"old content");
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn a_target_that_appears_during_the_run_is_replaced() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let file = written(&path, REPLACE, create);
        fs::write(&path, "appeared").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn an_exclusive_file_replaces_nothing_at_any_time() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        written(&path, EXCLUSIVE, create).commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let refused = AtomicFile::with(path.clone(), EXCLUSIVE, create).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        fs::remove_file(&path).unwrap();
        let file = written(&path, EXCLUSIVE, create);
        fs::write(&path, "appeared").unwrap();
        let refused = file.commit().unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"appeared");
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn content_is_synced_before_the_rename_and_the_directory_after_it() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        fs::write(&path, "old").unwrap();
        let mut steps = Vec::new();
        let mut record = |descriptor: BorrowedFd<'_>| {
            let synced = rustix::fs::fstat(descriptor)?;
            let of = |path: &Path| fs::metadata(path).unwrap().ino();
            let is_directory = synced.st_ino == of(directory.path());
            steps.push((is_directory, fs::read(&path).unwrap()));
            Ok(())
        };
        written(&path, SYNCED, create)
            .commit_with(&mut record)
            .unwrap();
        assert_eq!(steps, [(false, b"old".to_vec()), (true, b"new".to_vec())]);
    }
}

#[test]
fn the_file_that_is_synced_is_the_one_that_gets_the_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    let mut first = None;
    let mut record = |descriptor: BorrowedFd<'_>| {
        first.get_or_insert(rustix::fs::fstat(descriptor)?.st_ino);
        Ok(())
    };
    let file = written(&path, SYNCED, Content::new);
    file.commit_with(&mut record).unwrap();
    assert_eq!(first, Some(fs::metadata(&path).unwrap().ino()));
}

#[test]
fn an_unsynced_file_is_never_synced() {
    let directory = tempfile::tempdir().unwrap();
    let mut refuse = |_: BorrowedFd<'_>| -> io::Result<()> { panic!("synced") };
    written(&directory.path().join("out"), REPLACE, Content::new)
        .commit_with(&mut refuse)
        .unwrap();
}

#[test]
fn a_failed_sync_leaves_the_target_as_it_was() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        fs::write(&path, "old").unwrap();
        let mut fail = |_: BorrowedFd<'_>| Err(Errno::IO.into());
        let failed = written(&path, SYNCED, create)
            .commit_with(&mut fail)
            .unwrap_err();
        assert_eq!(failed.raw_os_error(), Some(Errno::IO.raw_os_error()));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn an_equal_file_is_left_alone_only_where_that_is_asked_for() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let inode = || fs::metadata(&path).unwrap().ino();
        let options = AtomicOptions {
            if_changed: true,
            ..REPLACE
        };
        written(&path, options, create).commit().unwrap();
        let before = inode();
        written(&path, options, create).commit().unwrap();
        assert_eq!(inode(), before);
        for other in ["nex", "newer", "ne", ""] {
            fs::write(&path, other).unwrap();
            written(&path, options, create).commit().unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"new", "{other}");
        }
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn a_failed_commit_leaves_no_temporary_file() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let file = written(&path, REPLACE, create);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "").unwrap();
        assert!(file.commit().is_err());
        assert_eq!(names(directory.path()), ["out"]);
    }
}

#[test]
fn a_temporary_name_is_hidden_locked_and_known_as_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("n".repeat(255));
    let file = written(&path, REPLACE, Content::named);
    let name = file.temporary_name().unwrap().to_owned();
    assert!(is_temporary_name(&name));
    assert_eq!(names(directory.path()), [name.to_str().unwrap()]);
    let other = File::open(directory.path().join(&name)).unwrap();
    assert!(!lock::try_lock(&other).unwrap());
    file.commit().unwrap();
    assert_eq!(names(directory.path()), ["n".repeat(255)]);
    for (name, is_temporary) in [(".a.tmp", true), ("a.tmp", false), (".a", false)] {
        assert_eq!(is_temporary_name(OsStr::new(name)), is_temporary, "{name}");
    }
}

#[test]
fn a_long_name_can_be_replaced() {
    for create in CREATE {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("n".repeat(255));
        fs::write(&path, "old").unwrap();
        written(&path, REPLACE, create).commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}

#[test]
fn a_path_in_the_current_directory_has_a_directory() {
    assert_eq!(directory(Path::new("out")), Path::new("."));
    assert_eq!(directory(Path::new("a/out")), Path::new("a"));
    assert_eq!(directory(Path::new("/out")), Path::new("/"));
}

#[test]
fn a_loop_of_links_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("loop");
    symlink("loop", &path).unwrap();
    let error = resolve(&path).map(|_| ()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::LOOP.raw_os_error()));
}
