//! Laws of the order: for any tree and any number of threads the output equals that of `walkdir`, sorted.

use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use walkdir::WalkDir;

use super::node::PART;
use super::text::Paths;
use super::{BACKLOG, Events, Follow, Needs, Order, Output, Plan, run};
use crate::dirs::{DescriptorBudget, Engine, FileSystems, Tolerated};

/// Keeps the output of a walk.
#[derive(Default)]
pub(super) struct Kept(Vec<u8>);

impl Output for Kept {
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> ControlFlow<()> {
        assert_eq!(ends.last(), Some(&bytes.len()), "it ends with a record");
        self.0.extend_from_slice(bytes);
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

pub(super) fn plan(root: &Path, order: Order) -> Plan {
    Plan {
        roots: vec![root.as_os_str().as_bytes().to_vec()],
        follow: Follow::Never,
        order,
        depth: u32::MAX,
        selection: Default::default(),
        pruning: Default::default(),
        ignores: None,
        is_without_caches: false,
        conditions: Vec::new(),
        file_systems: FileSystems::default(),
        own_file: None,
        tolerated: Tolerated::default(),
        events: Events::default(),
        needs: Needs::default(),
        nests: false,
        cumulative: None,
        wants_ends: true,
        limit: None,
        backlog: BACKLOG,
        engine: Engine::Native,
        threads: Some(1),
        max_threads: 8,
        descriptors: DescriptorBudget::new(64),
    }
}

fn walked(plan: &Plan) -> Vec<Vec<u8>> {
    let mut kept = Kept::default();
    let paths = || Paths {
        end: 0,
        escape: None,
    };
    let (_, report) = run(plan, &paths, &mut kept, &());
    assert_eq!((report.errors, report.vanished), (0, 0));
    let mut paths: Vec<Vec<u8>> = kept
        .0
        .split(|byte| *byte == 0)
        .map(<[u8]>::to_vec)
        .collect();
    assert_eq!(paths.pop(), Some(Vec::new()));
    assert_eq!(report.records, paths.len() as u64);
    if plan.limit.is_none() {
        assert_eq!(report.sums.files + report.sums.dirs, report.records);
    }
    paths
}

/// What `walkdir` finds: sorted within directories, and by whole paths.
fn expected(top: &Path) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let entries = WalkDir::new(top).sort_by_file_name().into_iter();
    let by_directory: Vec<Vec<u8>> = entries
        .map(|entry| entry.unwrap().path().as_os_str().as_bytes().to_vec())
        .collect();
    let mut by_path = by_directory.clone();
    by_path.sort();
    (by_directory, by_path)
}

/// Makes a tree: each directory in one that was made before, by its index; names of bytes that sort before and after a slash
/// and a dot. There are always enough directories for threads to be started.
fn make(top: &Path, nodes: &[(usize, Vec<u8>, bool)]) {
    let mut directories: Vec<PathBuf> = vec![top.to_owned()];
    for index in 0..12 {
        let path = top.join(format!("always{index}"));
        fs::create_dir(&path).unwrap();
        directories.push(path);
    }
    for (parent, name, is_directory) in nodes {
        let path = directories[parent % directories.len()].join(OsStr::from_bytes(name));
        // The name may exist already.
        if *is_directory && fs::create_dir(&path).is_ok() {
            directories.push(path);
        } else {
            drop(fs::File::create_new(&path));
        }
    }
}

fn node() -> impl Strategy<Value = (usize, Vec<u8>, bool)> {
    let byte = prop::sample::select(b"ab0AZ.-_ !~\n\t\x1b\\*\x80\xc3\xa9\xff".to_vec());
    let name = vec(byte, 1..5).prop_filter("the system has its own names", |name| {
        !matches!(&name[..], b"." | b"..")
    });
    (any::<usize>(), name, prop::bool::weighted(0.6))
}

/// The temporary file of an output, where it needs a name. Only a file in the tree is passed over, and only itself.
#[test]
fn the_own_file_is_left_out_in_any_order() {
    let directory = tempfile::tempdir().unwrap();
    let top = directory.path();
    for name in ["a", "own", "own.txt"] {
        fs::write(top.join(name), "").unwrap();
    }
    for order in [Order::Directory, Order::Path, Order::None] {
        let mut plan = plan(top, order);
        assert_eq!(walked(&plan).len(), 4, "{order:?}");
        plan.own_file = Some(b"own".to_vec());
        let mut found = walked(&plan);
        found.sort();
        let names: Vec<&[u8]> = found[1..]
            .iter()
            .map(|path| &path[top.as_os_str().len() + 1..])
            .collect();
        assert_eq!(names, [&b"a"[..], b"own.txt"], "{order:?}");
    }
}

/// Larger than a part, with some directories to enter.
#[test]
fn a_directory_read_in_parts_is_written_as_one() {
    let top = tempfile::tempdir().unwrap();
    for index in 0..2 * PART + 5 {
        let path = top.path().join(format!("{index:05}"));
        if index % 100 == 7 {
            fs::create_dir(&path).unwrap();
            fs::File::create_new(path.join("file")).unwrap();
        } else {
            fs::File::create_new(&path).unwrap();
        }
    }
    let (by_directory, by_path) = expected(top.path());
    for order in [Order::Directory, Order::Path, Order::None] {
        for (threads, backlog) in [(1, BACKLOG), (8, BACKLOG), (8, 0)] {
            for limit in [None, Some(PART as u64 + 1)] {
                let mut plan = plan(top.path(), order);
                plan.needs.stat = true;
                plan.threads = Some(threads);
                plan.backlog = backlog;
                plan.limit = limit;
                let mut found = walked(&plan);
                match (order, limit) {
                    (Order::None, Some(limit)) => assert_eq!(found.len() as u64, limit),
                    (Order::None, None) => {
                        found.sort();
                        assert_eq!(found, by_path);
                    }
                    (Order::Directory, _) => assert_eq!(found, by_directory[..found.len()]),
                    (Order::Path, _) => assert_eq!(found, by_path[..found.len()]),
                }
                let all = by_path.len() as u64;
                assert_eq!(found.len() as u64, limit.unwrap_or(all));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn threads_engines_and_backlogs_make_no_difference(nodes in vec(node(), 0..120)) {
        let top = tempfile::tempdir().unwrap();
        make(top.path(), &nodes);
        let (by_directory, by_path) = expected(top.path());
        for order in [Order::Directory, Order::Path, Order::None] {
            for engine in [Engine::Native, Engine::Portable] {
                for (threads, backlog) in [(1, BACKLOG), (2, BACKLOG), (8, BACKLOG), (2, 0), (8, 0), (8, 100)] {
                    let mut plan = plan(top.path(), order);
                    plan.engine = engine;
                    plan.threads = Some(threads);
                    plan.backlog = backlog;
                    let mut found = walked(&plan);
                    let expected = match order {
                        Order::Directory => &by_directory,
                        Order::Path => &by_path,
                        Order::None => {
                            found.sort();
                            &by_path
                        }
                    };
                    prop_assert_eq!(&found, expected, "{:?} {:?} {} {}", order, engine, threads, backlog);
                }
            }
        }
    }

    #[test]
    fn a_limit_takes_the_first(nodes in vec(node(), 0..60), limit in 0_u64..80) {
        let top = tempfile::tempdir().unwrap();
        make(top.path(), &nodes);
        for order in [Order::Directory, Order::Path] {
            let mut plan = plan(top.path(), order);
            let all = walked(&plan);
            plan.limit = Some(limit);
            for (threads, backlog) in [(1, BACKLOG), (8, BACKLOG), (8, 0)] {
                plan.threads = Some(threads);
                plan.backlog = backlog;
                let mut kept = Kept::default();
                let paths = || Paths { end: 0, escape: None };
                let (_, report) = run(&plan, &paths, &mut kept, &());
                let first = all.iter().take(limit as usize).flat_map(|path| {
                    path.iter().copied().chain([0])
                });
                prop_assert!(first.eq(kept.0.iter().copied()));
                prop_assert_eq!(report.records, limit.min(all.len() as u64));
            }
        }
    }
}
