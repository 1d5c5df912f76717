//! A cache is never wrong, only sometimes empty.

use super::*;
use proptest::prelude::*;
use rustix::fs::FlockOperation;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};

fn key(name: &str) -> Key {
    Key::of("test", &[("name", name.as_bytes())])
}

fn cache(max: u64) -> (tempfile::TempDir, Cache) {
    let root = tempfile::tempdir().unwrap();
    let cache = Cache::open(root.path(), max).unwrap();
    (root, cache)
}

/// The files in the directory that are no entries.
fn others(cache: &Cache) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(cache.directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Key::from_file_name(name.as_bytes()).is_none())
        .collect();
    names.sort();
    names
}

/// Makes it the `rank`-th in the order of use, long ago.
fn used(cache: &Cache, name: &str, rank: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(rank);
    let file = File::open(cache.path(key(name))).unwrap();
    file.set_modified(time).unwrap();
}

fn has(cache: &Cache, name: &str) -> bool {
    cache.path(key(name)).exists()
}

#[test]
fn what_is_put_is_got_and_nothing_is_made_before() {
    let (root, cache) = cache(DEFAULT_MAX);
    assert_eq!(cache.get(&key("a")).unwrap(), None);
    assert_eq!(cache.stat().unwrap(), Stat::default());
    assert_eq!(cache.clear().unwrap(), Removed::default());
    assert_eq!(cache.verify().unwrap(), Verdict::default());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    cache.put(&key("a"), b"content").unwrap();
    cache.put(&key("empty"), b"").unwrap();
    assert_eq!(cache.get(&key("a")).unwrap().unwrap(), b"content");
    assert_eq!(cache.get(&key("empty")).unwrap().unwrap(), b"");
    assert_eq!(cache.get(&key("b")).unwrap(), None);
    assert_eq!(others(&cache), ["CACHEDIR.TAG", "ledger"]);
    let mode = fs::metadata(cache.directory()).unwrap().mode();
    assert_eq!(mode & 0o7777, 0o700);
}

#[test]
fn every_corrupted_byte_is_a_miss_and_heals() {
    let (_root, cache) = cache(DEFAULT_MAX);
    let key = key("a");
    cache.put(&key, b"a small picture").unwrap();
    let path = cache.path(key);
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(&path, &bad).unwrap();
        let found = cache.get(&key);
        assert!(
            matches!(found, Err(CacheError::Damaged(_))),
            "{at}: {found:?}"
        );
        assert_eq!(cache.get(&key).unwrap(), None, "{at}");
        cache.put(&key, b"a small picture").unwrap();
        assert_eq!(fs::read(&path).unwrap(), good, "{at}");
    }
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    assert!(matches!(cache.get(&key), Err(CacheError::Damaged(_))));
}

#[test]
fn a_put_replaces_a_damaged_entry_unseen() {
    let (_root, cache) = cache(DEFAULT_MAX);
    cache.put(&key("a"), b"content").unwrap();
    fs::write(cache.path(key("a")), "half").unwrap();
    cache.put(&key("a"), b"content").unwrap();
    assert_eq!(cache.get(&key("a")).unwrap().unwrap(), b"content");
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let content = [b'x'; 1000];
    let (_root, cache) = cache(4 * 1048);
    for (rank, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        cache.put(&key(name), &content).unwrap();
        used(&cache, name, rank as u64);
    }
    assert_eq!(cache.stat().unwrap().bytes, 4 * 1048);
    // Read, the oldest is the newest.
    cache.get(&key("a")).unwrap().unwrap();
    cache.put(&key("e"), &content).unwrap();
    let left: Vec<_> = ["a", "b", "c", "d", "e"]
        .into_iter()
        .filter(|name| has(&cache, name))
        .collect();
    assert_eq!(left, ["a", "d", "e"]);
}

#[test]
fn what_was_just_put_stays_unless_it_is_too_large() {
    let (_root, cache) = cache(1000);
    cache.put(&key("small"), &[0; 100]).unwrap();
    cache.put(&key("large"), &[0; 952]).unwrap();
    assert!(!has(&cache, "small") && has(&cache, "large"));
    let refused = cache.put(&key("larger"), &[0; 953]);
    assert!(matches!(
        refused,
        Err(CacheError::TooLarge {
            size: 1001,
            max: 1000
        })
    ));
    assert!(has(&cache, "large"));
}

#[test]
fn prune_goes_by_age_and_by_size() {
    let (_root, cache) = cache(DEFAULT_MAX);
    for name in ["a", "b", "c", "d"] {
        cache.put(&key(name), &[0; 52]).unwrap();
    }
    used(&cache, "c", 1);
    let removed = |entries| Removed {
        entries,
        bytes: entries * 100,
    };
    let day = Duration::from_secs(86400);
    assert_eq!(cache.prune(u64::MAX, Some(day)).unwrap(), removed(1));
    assert!(!has(&cache, "c"));
    used(&cache, "d", 1);
    assert_eq!(cache.prune(299, None).unwrap(), removed(1));
    assert!(!has(&cache, "d"));
    // An age before all time is no age.
    let forever = Some(Duration::MAX);
    assert_eq!(cache.prune(u64::MAX, forever).unwrap(), removed(0));
    assert_eq!(cache.clear().unwrap(), removed(2));
    assert_eq!(cache.stat().unwrap(), Stat::default());
}

#[test]
fn stat_counts_and_verify_finds_the_damaged() {
    let (_root, cache) = cache(DEFAULT_MAX);
    for (rank, name) in ["a", "b", "c"].into_iter().enumerate() {
        cache.put(&key(name), &[0; 52]).unwrap();
        used(&cache, name, rank as u64);
    }
    let epoch = SystemTime::UNIX_EPOCH;
    let expected = Stat {
        entries: 3,
        bytes: 300,
        oldest: Some(epoch),
        newest: Some(epoch + Duration::from_secs(2)),
    };
    assert_eq!(cache.stat().unwrap(), expected);
    let damaged = cache.path(key("b"));
    fs::write(&damaged, "x").unwrap();
    let verdict = cache.verify().unwrap();
    assert_eq!((verdict.good, &verdict.damaged), (2, &vec![damaged]));
    assert_eq!(cache.verify().unwrap().good, 2);
}

#[test]
fn leftovers_go_and_what_is_being_written_stays() {
    let (_root, cache) = cache(DEFAULT_MAX);
    cache.put(&key("a"), b"content").unwrap();
    let at = |name: &str| cache.directory().join(name);
    for name in [".killed.a1.tmp", ".alive.b2.tmp", ".strange", "strange.tmp"] {
        fs::write(at(name), "x").unwrap();
    }
    let alive = File::open(at(".alive.b2.tmp")).unwrap();
    let lock = |operation| rustix::fs::flock(&alive, operation).unwrap();
    lock(FlockOperation::NonBlockingLockExclusive);
    cache.prune(u64::MAX, None).unwrap();
    assert_eq!(
        others(&cache),
        [
            ".alive.b2.tmp",
            ".strange",
            "CACHEDIR.TAG",
            "ledger",
            "strange.tmp"
        ]
    );
    lock(FlockOperation::Unlock);
    cache.clear().unwrap();
    assert_eq!(
        others(&cache),
        [".strange", "CACHEDIR.TAG", "ledger", "strange.tmp"]
    );
}

#[test]
fn while_one_evicts_others_go_on() {
    let (_root, cache) = cache(1000);
    cache.put(&key("a"), &[0; 600]).unwrap();
    let ledger = ledger::Ledger::of(cache.directory());
    let locked = ledger.try_lock().unwrap().unwrap();
    cache.put(&key("b"), &[0; 600]).unwrap();
    assert!(has(&cache, "a") && has(&cache, "b"));
    assert!(matches!(cache.clear(), Err(CacheError::Busy)));
    drop(locked);
    // What was left over then is made good by the next.
    cache.put(&key("c"), &[0; 10]).unwrap();
    assert!(cache.stat().unwrap().bytes <= 1000);
}

#[test]
fn a_lost_or_damaged_ledger_is_written_again() {
    let (_root, cache) = cache(1000);
    let ledger = cache.directory().join(ledger::NAME);
    for (round, damage) in [None, Some(&b"=5\n?"[..]), Some(b"\xff\n"), Some(b"")]
        .into_iter()
        .enumerate()
    {
        cache.clear().unwrap();
        cache.put(&key("a"), &[0; 600]).unwrap();
        match damage {
            None => fs::remove_file(&ledger).unwrap(),
            Some(damage) => fs::write(&ledger, damage).unwrap(),
        }
        cache.put(&key("b"), &[0; 600]).unwrap();
        assert!(!has(&cache, "a") && has(&cache, "b"), "{round}");
    }
}

#[test]
fn where_nothing_can_be_kept_the_reason_is_reported() {
    let (root, cache) = cache(DEFAULT_MAX);
    fs::write(root.path().join("file"), "").unwrap();
    let told = Cache::open(&root.path().join("file"), 1).unwrap_err();
    assert!(told.to_string().starts_with("looking at "), "{told}");
    // A link to nowhere can be looked into, but nothing can be made there.
    std::os::unix::fs::symlink("none/at/all", root.path().join("link")).unwrap();
    let nowhere = Cache::open(&root.path().join("link"), DEFAULT_MAX).unwrap();
    assert_eq!(nowhere.get(&key("a")).unwrap(), None);
    let told = nowhere.put(&key("a"), b"x").unwrap_err();
    assert!(told.to_string().starts_with("making "), "{told}");
    // An entry that is no file.
    cache.put(&key("a"), b"x").unwrap();
    fs::create_dir(cache.path(key("b"))).unwrap();
    assert!(cache.get(&key("b")).is_err());
    assert!(cache.put(&key("b"), b"x").is_err());
    assert_eq!(cache.stat().unwrap().entries, 1);
}

#[test]
fn a_directory_that_others_can_write_is_not_used() {
    let (root, cache) = cache(DEFAULT_MAX);
    cache.put(&key("a"), b"x").unwrap();
    fs::set_permissions(cache.directory(), fs::Permissions::from_mode(0o770)).unwrap();
    let told = Cache::open(root.path(), DEFAULT_MAX).unwrap_err();
    assert!(matches!(told, CacheError::Foreign(_)));
}

/// What each of the processes below puts again and again: larger than a page, so that halves could be seen.
fn content(name: usize) -> Vec<u8> {
    name.to_string().repeat(9000).into_bytes()
}

/// Run again in processes of its own, by the test below.
#[test]
fn child_uses_the_cache() {
    let Some(root) = std::env::var_os("JUG_TEST_CACHE_ROOT") else {
        return;
    };
    let cache = Cache::open(Path::new(&root), 40_000).unwrap();
    for round in 0..60 {
        // All begin with the same one, which is cold.
        let name = round % 6;
        let key = key(&name.to_string());
        match cache.get(&key).unwrap() {
            Some(found) => assert!(found == content(name)),
            None => cache.put(&key, &content(name)).unwrap(),
        }
    }
}

#[test]
fn many_processes_share_it_while_it_overflows_and_some_are_killed() {
    let root = tempfile::tempdir().unwrap();
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "io::cache::tests::child_uses_the_cache"])
            .env("JUG_TEST_CACHE_ROOT", root.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..16).map(|_| start()).collect();
    for (number, mut child) in children.into_iter().enumerate() {
        if number % 4 == 1 {
            child.kill().unwrap();
            child.wait().unwrap();
            continue;
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }
    let cache = Cache::open(root.path(), 40_000).unwrap();
    cache.put(&key("last"), b"").unwrap();
    assert_eq!(others(&cache), ["CACHEDIR.TAG", "ledger"]);
    assert!(cache.stat().unwrap().bytes <= 40_000);
    assert_eq!(cache.verify().unwrap().damaged, Vec::<PathBuf>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_never_holds_more_than_its_maximum_nor_anything_wrong(
        puts in prop::collection::vec((0..12_usize, 0..900_usize), 1..40),
    ) {
        let (_root, cache) = cache(2000);
        for (name, length) in puts {
            let key = key(&name.to_string());
            if let Some(found) = cache.get(&key).unwrap() {
                prop_assert!(found.iter().all(|byte| usize::from(*byte) == name));
            }
            cache.put(&key, &vec![name as u8; length]).unwrap();
            prop_assert_eq!(cache.get(&key).unwrap().map(|found| found.len()), Some(length));
            prop_assert!(cache.stat().unwrap().bytes <= 2000);
        }
    }
}
