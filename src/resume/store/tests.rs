//! States on disk: kept, damaged, locked, refused.

use super::*;
use crate::resume::state_text::tests::sample;
use std::fs;

const PATIENCE: Duration = Duration::ZERO;

fn open(path: &Path) -> Store {
    Store::open(path, PATIENCE).unwrap()
}

fn load(path: &Path) -> Loaded {
    open(path).load("follow", "lines of text").unwrap()
}

fn other() -> State {
    let mut state = sample();
    state.logs.pop();
    state
}

#[test]
fn a_run_that_is_killed_right_after_its_commit_was_not_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let lock = beside(&path, ".lock");
    // Of a state that there was not, and of one that was replaced.
    for state in [other(), sample()] {
        let mut store = open(&path);
        store.load("follow", "lines of text").unwrap();
        store.mark_running(false).unwrap();
        let mark = fs::read(&lock).unwrap();
        drop(store);
        assert!(load(&path).was_interrupted);
        // As if the lock file had not been emptied.
        let mut store = open(&path);
        store.load("follow", "lines of text").unwrap();
        store.commit(&state).unwrap();
        drop(store);
        fs::write(&lock, &mark).unwrap();
        assert!(!load(&path).was_interrupted);
        let mut store = open(&path);
        store.load("follow", "lines of text").unwrap();
        store.mark_running(false).unwrap();
        drop(store);
        assert!(fs::read(&lock).unwrap().len() > mark.len());
        assert!(load(&path).was_interrupted, "the last line counts");
        fs::write(&lock, "").unwrap();
    }
}

#[test]
fn a_state_is_kept_with_the_one_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    assert_eq!(load(&path).condition, Condition::New);
    open(&path).commit(&other()).unwrap();
    let mut store = open(&path);
    assert_eq!(
        store.load("follow", "lines of text").unwrap().state,
        other()
    );
    store.commit(&sample()).unwrap();
    drop(store);
    let loaded = load(&path);
    assert_eq!(
        (loaded.state, loaded.condition),
        (sample(), Condition::Good)
    );
    // Whatever happens to the state, the one before is used.
    let good = fs::read(&path).unwrap();
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        let loaded = load(&path);
        assert_eq!(loaded.state, other(), "{length}");
        assert!(matches!(loaded.condition, Condition::Previous(_)));
    }
    fs::write(path.with_extension("previous"), "").unwrap();
    let loaded = load(&path);
    assert_eq!(loaded.state.logs, []);
    assert!(matches!(loaded.condition, Condition::Lost(_)));
}

#[test]
fn a_damaged_state_does_not_replace_the_good_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    open(&path).commit(&other()).unwrap();
    let mut store = open(&path);
    store.load("follow", "lines of text").unwrap();
    store.commit(&sample()).unwrap();
    drop(store);
    fs::write(&path, "jug state 1\n").unwrap();
    let mut store = open(&path);
    store.load("follow", "lines of text").unwrap();
    store.commit(&sample()).unwrap();
    drop(store);
    fs::write(&path, "").unwrap();
    assert_eq!(load(&path).state, other());
}

#[test]
fn the_same_state_is_not_written_again() {
    use std::os::unix::fs::MetadataExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    open(&path).commit(&sample()).unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    let mut store = open(&path);
    store.load("follow", "lines of text").unwrap();
    store.commit(&sample()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
    assert!(!path.with_extension("previous").exists());
    store.commit(&other()).unwrap();
    assert_ne!(fs::metadata(&path).unwrap().ino(), inode);
}

#[test]
fn other_states_and_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    open(&path).commit(&sample()).unwrap();
    let refused = |command, plan| {
        let error = open(&path).load(command, plan).unwrap_err();
        error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Mismatch>())
            .cloned()
    };
    assert_eq!(
        refused("log", "lines of text"),
        Some(Mismatch::Command("follow".to_owned()))
    );
    assert_eq!(
        refused("follow", "fixed 8"),
        Some(Mismatch::Plan("lines of text".to_owned()))
    );
    fs::write(&path, "127.0.0.1 - - a log\n").unwrap();
    assert!(matches!(
        refused("follow", "lines of text"),
        Some(Mismatch::Foreign(_))
    ));
    assert_eq!(fs::read(&path).unwrap(), b"127.0.0.1 - - a log\n");
}

#[test]
fn a_run_that_did_not_commit_is_noticed_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let mut store = open(&path);
    assert!(matches!(Store::open(&path, PATIENCE), Err(OpenError::Busy)));
    store.mark_running(false).unwrap();
    store.mark_running(true).unwrap();
    drop(store);
    assert!(load(&path).was_interrupted);
    let mut store = open(&path);
    store.load("follow", "lines of text").unwrap();
    store.commit(&sample()).unwrap();
    drop(store);
    assert!(!load(&path).was_interrupted);
}

#[test]
fn a_state_that_cannot_be_written_is_left_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing/state");
    assert!(matches!(
        Store::open(&path, PATIENCE),
        Err(OpenError::Io(_))
    ));
    let path = directory.path().join("state");
    let mut store = open(&path);
    store.commit(&sample()).unwrap();
    // What a rename cannot replace.
    let blocked = path.with_extension("previous");
    fs::create_dir(&blocked).unwrap();
    fs::write(blocked.join("file"), "").unwrap();
    assert!(store.commit(&other()).is_err());
    drop(store);
    assert_eq!(load(&path).state, sample());
}
