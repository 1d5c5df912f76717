//! The index is what is on the disk, whatever happens; and records tell the way from one to the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::*;
use crate::dirs::FileType;
use crate::select::{Pruning, Selection};

/// Operations of a random run, in each engine.
const OPERATIONS: usize = 50_000;

fn watcher(root: &Path, engine: Engine) -> Watcher {
    let options = Options {
        roots: vec![root.as_os_str().as_bytes().to_vec()],
        engine,
        interval: Duration::ZERO,
        reads: false,
    };
    let scope = Scope::new(u32::MAX, Selection::default(), Pruning::default(), None);
    let mut watcher = Watcher::new(&options, scope).unwrap();
    watcher.start();
    watcher
}

/// What the index knows: path to type, size and inode.
fn indexed(watcher: &Watcher) -> BTreeMap<Vec<u8>, (FileType, u64, u64)> {
    let index = watcher.index();
    let roots = watcher.root_ids();
    let below = roots.into_iter().flat_map(|root| index.below(root));
    let entries = below.map(|id| {
        let facts = index.facts(id);
        let size = match facts.file_type {
            FileType::File => facts.size,
            _ => 0,
        };
        (index.path(id), (facts.file_type, size, facts.ino))
    });
    entries.collect()
}

/// The same, as the standard library sees it.
fn on_disk(root: &Path) -> BTreeMap<Vec<u8>, (FileType, u64, u64)> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        let (file_type, size) = match metadata.file_type() {
            kind if kind.is_dir() => (FileType::Directory, 0),
            kind if kind.is_symlink() => (FileType::Symlink, 0),
            _ => (FileType::File, metadata.len()),
        };
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        }
        let name = path.as_os_str().as_bytes().to_vec();
        found.insert(name, (file_type, size, metadata.ino()));
    }
    found
}

/// Does one of many things below a directory, as a seed says.
fn operate(root: &Path, seed: &mut u64) {
    let mut random = |below: u64| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % below
    };
    let mut path = |root: &Path| {
        let mut path = PathBuf::from(root);
        for _ in 0..=random(3) {
            path.push(["a", "b", "c", "d", "e"][random(5) as usize]);
        }
        path
    };
    let (one, other) = (path(root), path(root));
    let outside = root.with_extension("outside");
    // Most of them fail at times: that is no operation.
    match random(12) {
        0 | 1 => drop(fs::create_dir_all(&one)),
        2 | 3 => drop(fs::write(&one, vec![b'x'; random(50) as usize])),
        4 => drop(fs::remove_file(&one)),
        5 => drop(fs::remove_dir_all(&one)),
        6 | 7 => drop(fs::rename(&one, &other)),
        // No hard links: the kernel reports a change under the name that was used, and no other.
        8 => drop(fs::copy(&one, &other)),
        9 => drop(std::os::unix::fs::symlink("a", &one)),
        10 => {
            let mode = fs::Permissions::from_mode(0o700 + random(2) as u32 * 0o55);
            if one
                .symlink_metadata()
                .is_ok_and(|found| !found.is_symlink())
            {
                drop(fs::set_permissions(&one, mode));
            }
        }
        _ => {
            let aside = outside.join(random(3).to_string());
            if fs::rename(&one, &aside).is_err() {
                drop(fs::rename(&aside, &one));
            }
        }
    }
}

/// What records say about the paths that exist.
fn apply(model: &mut BTreeMap<Vec<u8>, ()>, record: &Record) {
    let below = |path: &[u8], top: &[u8]| {
        path.strip_prefix(top)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    match record.kind {
        Kind::Create | Kind::Exists => drop(model.insert(record.path.clone(), ())),
        Kind::Remove => model.retain(|path, ()| !below(path, &record.path)),
        Kind::Rename | Kind::Modify => {
            if let Some(from) = &record.from {
                let moved: Vec<Vec<u8>> = model
                    .keys()
                    .filter(|path| below(path, from))
                    .cloned()
                    .collect();
                for path in moved {
                    model.remove(&path);
                    model.insert([&record.path, &path[from.len()..]].concat(), ());
                }
            }
            model.insert(record.path.clone(), ());
        }
        Kind::Attrib | Kind::Close | Kind::Access => {}
    }
}

fn collect(watcher: &mut Watcher, until_quiet: bool) -> Vec<Record> {
    let mut records = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let mut out = Vec::new();
        watcher.collect(&mut out).unwrap();
        let is_quiet = out.is_empty() && watcher.is_settled();
        records.extend(out.into_iter().filter_map(|output| match output {
            Output::Change(record) => Some(record),
            Output::Missed(message) => panic!("{message}"),
            _ => None,
        }));
        if !until_quiet || is_quiet {
            return records;
        }
        assert!(Instant::now() < deadline, "it never comes to rest");
        std::thread::yield_now();
    }
}

#[test]
fn after_any_operations_the_index_is_what_is_on_the_disk() {
    for engine in [Engine::Inotify, Engine::Poll] {
        let top = tempfile::tempdir().unwrap();
        let root = top.path().join("root");
        fs::create_dir(&root).unwrap();
        fs::create_dir(root.with_extension("outside")).unwrap();
        let mut watcher = watcher(&root, engine);
        // Another seed is another run: JUG_SEED=$RANDOM cargo test.
        let given = std::env::var("JUG_SEED").ok();
        let first = given.map_or(20_261_128, |text| text.parse::<u64>().unwrap());
        let mut seed = first;
        let mut model = BTreeMap::new();
        for record in watcher.existing() {
            apply(&mut model, &record);
        }
        for step in 0..OPERATIONS {
            operate(&root, &mut seed);
            // Now and then, so that several operations meet.
            if step % 7 == 0 {
                for record in collect(&mut watcher, false) {
                    apply(&mut model, &record);
                }
            }
            if step % 2_500 == 2_499 {
                for record in collect(&mut watcher, true) {
                    apply(&mut model, &record);
                }
                let disk = on_disk(&root);
                assert_eq!(
                    indexed(&watcher),
                    disk,
                    "{engine:?} after {step}, seed {first}"
                );
                let shown = |path: &Vec<u8>| String::from_utf8_lossy(path).into_owned();
                let told: BTreeSet<String> = model.keys().map(shown).collect();
                let there: BTreeSet<String> = disk.keys().map(shown).collect();
                let differing: Vec<&String> = told.symmetric_difference(&there).collect();
                assert!(
                    differing.is_empty(),
                    "{engine:?}: records, after {step}, seed {first}: {differing:?}"
                );
            }
        }
    }
}
