//! Sums of directories with everything below them, beside du(1) and a model.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::Value;

use super::trees::Trees;
use crate::support::Sandbox;
use crate::terminal::shown;

/// Path, and files, directories, size and space.
type Rows = BTreeMap<Vec<u8>, [u64; 4]>;

#[track_caller]
fn summed(sandbox: &Sandbox, args: &str) -> Rows {
    let text = sandbox
        .shell(&format!("jug walk --sum --ndjson {args}"), b"")
        .clean();
    let mut rows = Rows::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let path = match row.get("path_b64").and_then(Value::as_str) {
            Some(path) => BASE64.decode(path.as_bytes()).expect("base64"),
            None => row["path"].as_str().expect("a path").as_bytes().to_vec(),
        };
        let numbers = ["files", "dirs", "size", "allocated"]
            .map(|name| row[name].as_u64().expect("a number"));
        assert_eq!(rows.insert(path, numbers), None, "a path twice: {line}");
    }
    rows
}

/// What a directory contains: its own files first, then what is below its directories, in the order of names.
fn model(
    sandbox: &Sandbox,
    path: &Path,
    counted: &mut HashSet<(u64, u64)>,
    rows: &mut Rows,
) -> [u64; 4] {
    let mut sum = [0; 4];
    let mut add = |found: &fs::Metadata| {
        if found.nlink() > 1 && !found.is_dir() && !counted.insert((found.dev(), found.ino())) {
            return;
        }
        let is_directory = u64::from(found.is_dir());
        let numbers = [
            1 - is_directory,
            is_directory,
            found.size(),
            found.blocks() * 512,
        ];
        sum.iter_mut()
            .zip(numbers)
            .for_each(|(sum, number)| *sum += number);
    };
    add(&path.symlink_metadata().expect("it exists"));
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    let (directories, others): (Vec<PathBuf>, Vec<PathBuf>) = entries
        .into_iter()
        .partition(|path| path.symlink_metadata().is_ok_and(|found| found.is_dir()));
    for other in others {
        add(&other.symlink_metadata().expect("it exists"));
    }
    for directory in directories {
        let below = model(sandbox, &directory, counted, rows);
        sum.iter_mut()
            .zip(below)
            .for_each(|(sum, number)| *sum += number);
    }
    let path = path
        .strip_prefix(sandbox.path())
        .expect("it is in the sandbox");
    rows.insert(path.as_os_str().as_bytes().to_vec(), sum);
    sum
}

/// Path and bytes as du prints them.
#[track_caller]
fn du(sandbox: &Sandbox, args: &str) -> BTreeMap<Vec<u8>, u64> {
    let outcome = sandbox.shell(&format!("du -0 -B1 {args}"), b"");
    assert_eq!(outcome.status, 0, "{outcome}");
    let rows = outcome
        .stdout
        .split(|byte| *byte == 0)
        .filter(|row| !row.is_empty());
    rows.map(|row| {
        let tab = row
            .iter()
            .position(|byte| *byte == b'\t')
            .expect("two columns");
        let size = std::str::from_utf8(&row[..tab]).expect("digits");
        (row[tab + 1..].to_vec(), size.parse().expect("a number"))
    })
    .collect()
}

fn allocated(rows: &Rows) -> BTreeMap<Vec<u8>, u64> {
    rows.iter()
        .map(|(path, row)| (path.clone(), row[3]))
        .collect()
}

#[test]
fn sums_of_random_trees_are_those_of_a_model() {
    for seed in 0..12 {
        let mut trees = Trees::new(seed);
        (0..150).for_each(|_| trees.add());
        let mut expected = Rows::new();
        let top = trees.sandbox.path().join("tree");
        model(&trees.sandbox, &top, &mut HashSet::new(), &mut expected);
        for flags in ["-j1", "-j8", "-j8 --order -size", "--engine portable"] {
            assert_eq!(
                summed(&trees.sandbox, &format!("{flags} tree")),
                expected,
                "{seed} {flags}"
            );
        }
    }
}

#[test]
fn space_is_what_du_prints_at_every_depth() {
    for seed in 100..106 {
        let mut trees = Trees::new(seed);
        let mut added = 0;
        while added < 120 {
            trees.add();
            added += 1;
        }
        // Which of the directories a file with several names counts in differs, so they have one here.
        for path in trees.files() {
            if path.symlink_metadata().is_ok_and(|found| found.nlink() > 1) {
                fs::remove_file(path).expect("the test owns it");
            }
        }
        let sandbox = &trees.sandbox;
        assert_eq!(allocated(&summed(sandbox, "tree")), du(sandbox, "tree"));
        assert_eq!(
            allocated(&summed(sandbox, "--depth 1 tree")),
            du(sandbox, "-d1 tree")
        );
        assert_eq!(
            allocated(&summed(sandbox, "--depth 0 tree/*")),
            du(sandbox, "-s tree/*")
        );
        assert_eq!(
            allocated(&summed(sandbox, "--depth 2 ./tree/")),
            du(sandbox, "-d2 ./tree/")
        );
    }
}

#[test]
fn what_is_given_or_reached_twice_counts_once_as_by_du() {
    let sandbox = Sandbox::new();
    sandbox
        .file("tree/a/big", vec![1; 100_000])
        .file("tree/b/c/small", "x");
    sandbox
        .shell("ln tree/a/big tree/a/again; ln -s ../a tree/b/link", b"")
        .clean();
    for roots in [
        "tree tree",
        "tree tree/a",
        "tree/a tree",
        "tree/b tree/a",
        "tree/a/big tree/a/again",
        "tree/a/again tree/a tree",
        "tree/a/big",
        "tree ./tree/b/",
    ] {
        for threads in [1, 4] {
            let ours = allocated(&summed(&sandbox, &format!("-j{threads} {roots}")));
            assert_eq!(ours, du(&sandbox, roots), "{roots}");
        }
    }
    let followed = allocated(&summed(&sandbox, "-L tree"));
    assert_eq!(
        followed[&b"tree"[..]],
        du(&sandbox, "-L tree")[&b"tree"[..]]
    );
}

#[test]
fn a_directory_comes_after_those_in_it() {
    let sandbox = Sandbox::new();
    sandbox
        .file("tree/b/c/1", "x")
        .file("tree/a/2", "x")
        .file("tree/b/3", "x");
    let rows = sandbox
        .shell("jug walk --sum --header never tree | cut -f 1-4", b"")
        .clean();
    let paths: Vec<&str> = rows
        .lines()
        .map(|row| row.split('\t').next().expect("a path"))
        .collect();
    assert_eq!(paths, ["tree/a", "tree/b/c", "tree/b", "tree"]);
    let first = sandbox
        .shell("jug walk --sum --header never -n 2 tree | cut -f 1", b"")
        .clean();
    assert_eq!(first, "tree/a\ntree/b/c\n");
}

#[test]
fn filters_limit_what_counts() {
    let sandbox = Sandbox::new();
    sandbox
        .file("tree/a/x.log", "12345")
        .file("tree/a/y.txt", "123")
        .file("tree/b/z.txt", "1");
    let rows = summed(&sandbox, "--name '*.log' tree");
    let paths: Vec<&[u8]> = rows.keys().map(Vec::as_slice).collect();
    assert_eq!(
        paths,
        [&b"tree"[..], b"tree/a"],
        "a directory with nothing selected has no row"
    );
    assert_eq!(rows[&b"tree"[..]][..3], [1, 0, 5]);
    let rows = summed(&sandbox, "--type f --exclude a tree");
    assert_eq!(rows[&b"tree"[..]][..3], [1, 0, 1]);
    assert!(
        sandbox
            .shell("jug walk --sum --name none tree", b"")
            .clean()
            .is_empty()
    );
}

#[test]
fn an_unreadable_directory_has_a_row_and_is_reported() {
    let guarded = super::errors::Guarded::new(2);
    let ours = guarded.walk(&["--sum", "--header", "never", "tree"]);
    let theirs = guarded.run("du", &["-B1", "tree"]);
    assert_eq!((ours.status, theirs.status), (3, 1), "{ours}");
    assert!(
        ours.stderr().contains("tree/c0: Permission denied"),
        "{ours}"
    );
    let ours: Vec<String> = ours
        .stdout()
        .lines()
        .map(|row| {
            let cells: Vec<&str> = row.split('\t').collect();
            format!("{}\t{}", cells[4], cells[0])
        })
        .collect();
    let mut theirs: Vec<String> = theirs.stdout().lines().map(str::to_owned).collect();
    theirs.sort_by_key(|row| {
        row.split('\t')
            .nth(1)
            .map(|path| (path == "tree", path.to_owned()))
    });
    assert_eq!(ours, theirs);
}

#[test]
fn a_terminal_shows_a_table_with_bars_of_the_space() {
    let sandbox = Sandbox::new();
    sandbox
        .file("tree/a/big", vec![1; 300_000])
        .file("tree/b/small", "x");
    let lines = shown(
        &sandbox,
        &[
            "walk",
            "--sum",
            "--depth",
            "1",
            "--order",
            "-allocated",
            "tree",
        ],
    );
    let lines: Vec<&String> = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert!(
        lines[0].contains("path") && lines[0].contains("allocated"),
        "{lines:?}"
    );
    let bars = |line: &str| line.chars().filter(|letter| *letter == '█').count();
    let lengths: Vec<usize> = lines[1..4].iter().map(|line| bars(line)).collect();
    assert!(
        lines[1].contains("tree ") && lines[2].contains("tree/a"),
        "{lines:?}"
    );
    assert!(
        lengths[0] >= lengths[1] && lengths[1] > 4 * lengths[2],
        "{lines:?}"
    );
}
