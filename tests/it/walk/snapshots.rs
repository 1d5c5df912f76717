//! Snapshots, and what has changed since: beside a model over random changes, and mtree(8).

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use data_encoding::BASE64;
use serde_json::Value;

use super::errors::Guarded;
use super::trees::Trees;
use crate::support::{Outcome, Sandbox};

/// Everything that is compared of an entry, and what identifies its file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    fields: BTreeMap<&'static str, String>,
    file: (u64, u64, u128, String),
}

type World = BTreeMap<Vec<u8>, Seen>;

fn seen(found: &fs::Metadata) -> Seen {
    let kind = found.file_type();
    let kind = match () {
        () if kind.is_dir() => "dir",
        () if kind.is_symlink() => "symlink",
        () if kind.is_file() => "file",
        () => "fifo",
    };
    let born = found.created().expect("the file system records it");
    let born = born
        .duration_since(UNIX_EPOCH)
        .expect("it is later")
        .as_nanos();
    Seen {
        fields: BTreeMap::from([
            ("type", kind.to_owned()),
            ("size", found.size().to_string()),
            ("mode", format!("{:04o}", found.mode() & 0o7777)),
            (
                "mtime",
                format!("{}.{:09}", found.mtime(), found.mtime_nsec()),
            ),
            ("ino", found.ino().to_string()),
        ]),
        file: (found.dev(), found.ino(), born, kind.to_owned()),
    }
}

fn world(trees: &Trees) -> World {
    let mut paths = trees.paths(false);
    paths.push(trees.sandbox.path().join("tree"));
    let relative = |path: &PathBuf| {
        let path = path
            .strip_prefix(trees.sandbox.path())
            .expect("it is in the sandbox");
        path.as_os_str().as_bytes().to_vec()
    };
    let entry = |path: PathBuf| {
        (
            relative(&path),
            seen(&path.symlink_metadata().expect("it exists")),
        )
    };
    paths.into_iter().map(entry).collect()
}

/// `kind`, the path, the path before, and the names of fields that differ.
type Line = (Vec<u8>, String, Vec<u8>, Vec<String>);

fn expected(old: &World, new: &World) -> Vec<Line> {
    let differing = |one: &Seen, other: &Seen| -> Vec<String> {
        let names = one
            .fields
            .keys()
            .filter(|name| one.fields[**name] != other.fields[**name]);
        names.map(|name| (*name).to_owned()).collect()
    };
    let all = |seen: &Seen| {
        seen.fields
            .keys()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    let mut gone: Vec<(&Vec<u8>, &Seen)> = old
        .iter()
        .filter(|(path, _)| !new.contains_key(*path))
        .collect();
    for (path, now) in new {
        match old.get(path) {
            Some(before) => {
                let fields = differing(before, now);
                if !fields.is_empty() {
                    lines.push((path.clone(), "changed".to_owned(), Vec::new(), fields));
                }
            }
            None => match gone.iter().position(|(_, before)| before.file == now.file) {
                Some(at) => {
                    let (from, before) = gone.remove(at);
                    lines.push((
                        path.clone(),
                        "moved".to_owned(),
                        from.clone(),
                        differing(before, now),
                    ));
                }
                None => lines.push((path.clone(), "added".to_owned(), Vec::new(), all(now))),
            },
        }
    }
    for (path, before) in gone {
        lines.push((path.clone(), "removed".to_owned(), Vec::new(), all(before)));
    }
    lines.sort();
    lines
}

fn bytes(row: &Value, name: &str) -> Vec<u8> {
    match row.get(format!("{name}_b64")).and_then(Value::as_str) {
        Some(text) => BASE64.decode(text.as_bytes()).expect("base64"),
        None => row
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .as_bytes()
            .to_vec(),
    }
}

fn reported(outcome: &Outcome) -> Vec<Line> {
    let lines: Vec<Line> = outcome
        .stdout()
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("JSON");
            let keys = |side: &str| {
                row[side]
                    .as_object()
                    .map(|object| object.keys().cloned().collect::<Vec<String>>())
            };
            let mut fields = keys("after").or_else(|| keys("before")).unwrap_or_default();
            fields.sort();
            let kind = row["change"].as_str().expect("a kind").to_owned();
            (bytes(&row, "path"), kind, bytes(&row, "from"), fields)
        })
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
    lines
}

impl Trees {
    /// Does one of the things that happen to trees.
    fn change(&mut self) {
        let paths = self.paths(false);
        let Some(path) = paths.get(self.random.below(paths.len())).cloned() else {
            return self.add();
        };
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        match self.random.below(8) {
            0 | 1 => self.add(),
            2 => {
                let place = self.place();
                // Not into itself, nor over what is there.
                if !place.starts_with(&path) && place.symlink_metadata().is_err() {
                    fs::rename(&path, &place).expect("a free place");
                }
            }
            3 => drop(match path.is_dir() && !path.is_symlink() {
                true => fs::remove_dir_all(&path),
                false => fs::remove_file(&path),
            }),
            4 if is_file => self.write(&path),
            5 if is_file => self.touch(&path),
            6 if is_file => {
                let mode = 0o400 | u32::try_from(self.random.below(0o1000)).expect("nine bits");
                fs::set_permissions(&path, fs::Permissions::from_mode(mode))
                    .expect("the owner may");
            }
            _ => {}
        }
    }
}

#[test]
fn random_changes_are_reported_as_a_model_tells() {
    let (mut moved, mut changed) = (0, 0);
    for seed in 0..12 {
        let mut trees = Trees::new(seed);
        (0..100).for_each(|_| trees.add());
        let old = world(&trees);
        trees.sandbox.shell("jug walk --save old tree", b"").clean();
        (0..seed * 5).for_each(|_| trees.change());
        let new = world(&trees);
        let lines = expected(&old, &new);
        moved += lines.iter().filter(|line| line.1 == "moved").count();
        changed += lines.iter().filter(|line| line.1 == "changed").count();
        let sandbox = &trees.sandbox;
        for flags in ["-j1", "-j8", "--engine portable"] {
            let outcome = sandbox.shell(
                &format!("jug walk {flags} --ndjson --against old tree"),
                b"",
            );
            assert_eq!(
                (outcome.status, outcome.stderr().as_str()),
                (0, ""),
                "{seed}: {outcome}"
            );
            assert_eq!(reported(&outcome), lines, "{seed} {flags}");
        }
        // The same without the tree.
        sandbox.shell("jug walk --save new -j8 tree", b"").clean();
        let outcome = sandbox.shell("jug walk --ndjson --against old --snapshot new", b"");
        assert_eq!(reported(&outcome), lines, "{seed}");
        let quiet = sandbox.shell("jug walk -q --against old tree", b"");
        assert_eq!(quiet.status, i32::from(lines.is_empty()), "{seed}");
        let quiet = sandbox.shell("jug walk -q --against old --snapshot new", b"");
        assert_eq!(quiet.status, i32::from(lines.is_empty()), "{seed}");
        let same = sandbox.shell(
            "jug walk --against new tree; jug walk -q --against new --snapshot new",
            b"",
        );
        assert_eq!(
            (same.status, same.stdout().as_str(), same.stderr().as_str()),
            (1, "", ""),
            "{seed}"
        );
    }
    assert!(
        moved > 20 && changed > 50,
        "{moved} moved, {changed} changed"
    );
}

#[test]
fn one_run_compares_with_a_snapshot_and_replaces_it() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a", "1");
    sandbox.shell("jug walk --save kept tree", b"").clean();
    sandbox.file("tree/b", "2");
    let line = "jug walk --against kept --save kept tree --header never | cut -f 1,2 | sort";
    assert_eq!(
        sandbox.shell(line, b"").clean(),
        "added\ttree/b\nchanged\ttree\n"
    );
    assert_eq!(sandbox.shell(line, b"").clean(), "");
}

#[test]
fn changes_are_rows_with_the_fields_before_and_after() {
    let sandbox = Sandbox::new();
    sandbox
        .file("tree/grown", "1")
        .file("tree/gone", "")
        .file("tree/old name", "x");
    let fields = "--fields type,size,mode";
    sandbox
        .shell(
            &format!("chmod 644 tree/*; jug walk --save s {fields} tree"),
            b"",
        )
        .clean();
    sandbox.file("tree/grown", "123").file("tree/new\tname", "");
    sandbox.shell("rm tree/gone; chmod 600 'tree/old name'; mkdir tree/z; mv 'tree/old name' tree/z/moved; chmod 640 tree/new*", b"").clean();
    let changes = sandbox.shell(
        "jug walk --against s tree --fields type,size,mode --name '[!t]*'",
        b"",
    );
    assert!(
        changes.stderr().contains("made with other filters"),
        "{changes}"
    );
    let changes = sandbox
        .shell(
            "jug walk --against s tree | grep -v 'tree.*dir\\|^changed.tree\\s\\|z\t'",
            b"",
        )
        .clean();
    assert_eq!(
        changes,
        "change\tpath\tfrom\tfields\n\
         removed\ttree/gone\t\t\n\
         changed\ttree/grown\t\tsize 1 -> 3\n\
         added\ttree/new\\tname\t\t\n\
         moved\ttree/z/moved\ttree/old name\tmode 0644 -> 0600\n"
    );
    let changes = sandbox
        .shell(
            "jug walk --against s tree --ndjson | grep -v 'z\"\\|\"tree\"'",
            b"",
        )
        .clean();
    assert_eq!(
        changes,
        "{\"change\":\"removed\",\"path\":\"tree/gone\",\"from\":null,\"before\":{\"type\":\"file\",\"size\":0,\"mode\":\"0644\"},\"after\":null}\n\
         {\"change\":\"changed\",\"path\":\"tree/grown\",\"from\":null,\"before\":{\"size\":1},\"after\":{\"size\":3}}\n\
         {\"change\":\"added\",\"path\":\"tree/new\\tname\",\"from\":null,\"before\":null,\"after\":{\"type\":\"file\",\"size\":0,\"mode\":\"0640\"}}\n\
         {\"change\":\"moved\",\"path\":\"tree/z/moved\",\"from\":\"tree/old name\",\"before\":{\"mode\":\"0644\"},\"after\":{\"mode\":\"0600\"}}\n"
    );
    let one = sandbox
        .shell(
            "jug walk --against s tree --fields mode -n 1 --header never",
            b"",
        )
        .clean();
    assert_eq!(one, "removed\ttree/gone\t\t\n");
}

/// The changes that were reported, without that of the tree itself.
fn changes_below(outcome: &Outcome) -> Vec<String> {
    let text = outcome.stdout();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("changed\ttree\t"));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_cannot_be_read_is_not_taken_for_removed_or_added() {
    let guarded = Guarded::new(0);
    let sandbox = &guarded.sandbox;
    sandbox
        .file("tree/d/x", "")
        .file("tree/d/deep/y", "")
        .file("tree/d-e/z", "")
        .file("tree/e", "");
    let set = |path: &str, mode| {
        fs::set_permissions(sandbox.path().join(path), fs::Permissions::from_mode(mode))
            .expect("the owner may");
    };
    set("", 0o777);
    let save = |name: &str| guarded.walk(&["--fields", "type,size", "--save", name, "tree"]);
    assert_eq!(save("whole").status, 0);
    // Not listed; and listed, but nothing of what is in it is known.
    for mode in [0o000, 0o744] {
        set("tree/d", mode);
        fs::remove_file(sandbox.path().join("tree/e")).expect("the test owns it");
        let part = save("part");
        assert_eq!(part.status, 3, "{part}");
        for args in [
            &["--against", "whole", "tree"][..],
            &["--against", "whole", "--snapshot", "part"],
        ] {
            let outcome = guarded.walk(&[args, &["--header", "never"]].concat());
            let changes = changes_below(&outcome);
            assert_eq!(
                (outcome.status, changes),
                (3, vec!["removed\ttree/e\t\t".to_owned()]),
                "{mode:o} {args:?} {outcome}"
            );
        }
        set("tree/d", 0o755);
        sandbox.file("tree/e", "");
        for args in [
            &["--against", "part", "tree"][..],
            &["--against", "part", "--snapshot", "whole"],
        ] {
            let outcome = guarded.walk(&[args, &["--header", "never"]].concat());
            let changes = changes_below(&outcome);
            assert_eq!(
                (outcome.status, changes),
                (3, vec!["added\ttree/e\t\t".to_owned()]),
                "{mode:o} {args:?} {outcome}"
            );
            assert!(
                outcome
                    .stderr()
                    .contains("part: the snapshot is incomplete"),
                "{outcome}"
            );
        }
        let quiet = guarded.walk(&["-q", "--against", "part", "--snapshot", "part"]);
        assert_eq!(
            quiet.status, 3,
            "nothing found, but not all is known: {quiet}"
        );
        assert_eq!(
            guarded.walk(&["-q", "--against", "part", "tree"]).status,
            0,
            "something was found"
        );
    }
}

#[test]
fn a_root_that_is_gone_changes_nothing_and_is_not_saved() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a", "").file("other/b", "");
    sandbox
        .shell(
            "jug walk --save one tree; jug walk --save two tree other; mv tree away",
            b"",
        )
        .clean();
    let outcome = sandbox.shell("jug walk --against one --save one tree", b"");
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (2, ""),
        "{outcome}"
    );
    let outcome = sandbox.shell("jug walk --against two tree other", b"");
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (3, ""),
        "{outcome}"
    );
    // The snapshot of what was there is kept, and a copy elsewhere can be compared with it.
    assert_eq!(
        sandbox.shell("jug walk -q --against one away", b"").status,
        1
    );
}

#[test]
fn a_copy_is_compared_with_its_original() {
    let sandbox = Sandbox::new();
    sandbox.file("a/x", "1").file("a/d/y", "2");
    sandbox
        .shell("cp -a a 'b 2'; jug walk --save s a/", b"")
        .clean();
    let fields = "--fields type,size,mtime,mode --type f,d";
    sandbox
        .shell(&format!("jug walk --save s {fields} a/"), b"")
        .clean();
    for copy in ["'b 2'", "'b 2/'", "./b*", "'b 2//'"] {
        let outcome = sandbox.shell(&format!("jug walk -q {fields} --against s {copy}"), b"");
        assert_eq!(
            (outcome.status, outcome.stderr().as_str()),
            (1, ""),
            "{copy}"
        );
    }
    sandbox.file("b 2/d/z", "");
    let changes = sandbox
        .shell(
            &format!("cd 'b 2' && jug walk {fields} --against ../s --header never | grep z"),
            b"",
        )
        .clean();
    assert_eq!(changes, "added\t./d/z\t\t\n");
}

#[test]
fn mtree_finds_the_same_files_changed() {
    let sandbox = Sandbox::new();
    if sandbox.shell("command -v mtree", b"").status != 0 {
        return;
    }
    for name in ["a", "b", "c", "d/e", "d/f", "g/h", "same"] {
        sandbox.file(format!("tree/{name}"), name);
    }
    let script = "mtree -c -p tree -k type,size,mode,time > spec; jug walk --save s --fields type,size,mode,mtime tree
        echo more >> tree/a; chmod 600 tree/b; rm tree/c; mv tree/d/e tree/new; rm -r tree/g; touch tree/d/f; mkdir tree/n; ln -s a tree/l";
    sandbox.shell(script, b"").clean();
    let theirs = sandbox.shell("mtree -f spec -p tree | sed -nE 's/^(extra|missing): (.\\/)?/\\1 /p; s/^([^ \\t:]+):[ \\t].*/changed \\1/p' | LC_ALL=C sort", b"").clean();
    let ours = sandbox
        .shell(
            "jug walk --against s --header never tree | awk -F'\\t' '
        { path = $2; sub(/^tree\\/?/, \"\", path); if (path == \"\") path = \".\"
          from = $3; sub(/^tree\\//, \"\", from) }
        $1 == \"added\" { print \"extra \" path }
        $1 == \"removed\" { print \"missing \" path }
        $1 == \"changed\" { print \"changed \" path }
        $1 == \"moved\" { print \"extra \" path; print \"missing \" from }' | LC_ALL=C sort",
            b"",
        )
        .clean();
    assert_eq!(ours, theirs);
    assert!(ours.lines().count() > 8, "{ours}");
}

#[test]
fn damaged_snapshots_are_refused_wherever_they_are_damaged() {
    let sandbox = Sandbox::new();
    for number in 0..60 {
        sandbox.file(format!("tree/{number}"), "");
    }
    sandbox.shell("jug walk --save good tree", b"").clean();
    let good = fs::read(sandbox.path().join("good")).expect("it was saved");
    let refused = |bytes: &[u8], what: &str| {
        sandbox.file("bad", bytes);
        for args in [
            "--against bad tree",
            "-q --against bad --snapshot good",
            "--against good --snapshot bad",
        ] {
            let outcome = sandbox.shell(&format!("jug walk {args}"), b"");
            assert_eq!(
                (outcome.status, outcome.stdout().as_str()),
                (2, ""),
                "{what} {args} {outcome}"
            );
            assert!(
                outcome.stderr().starts_with("jug walk: bad: "),
                "{what} {args} {outcome}"
            );
        }
    };
    let step = good.len() / 12;
    for at in (0..good.len()).step_by(step) {
        refused(&good[..at], &format!("cut at {at}"));
        let mut changed = good.clone();
        changed[at] ^= 0x10;
        refused(&changed, &format!("byte {at}"));
    }
    refused(b"path\tsize\n", "another file");
    refused(&[&good[..], &good[..]].concat(), "twice");
    let missing = sandbox.shell("jug walk --against none tree", b"");
    assert_eq!(missing.status, 2, "{missing}");
    // What is there stays if a run fails.
    sandbox
        .shell("jug walk --against bad --save good tree", b"")
        .stderr();
    assert_eq!(
        fs::read(sandbox.path().join("good")).expect("it is still there"),
        good
    );
}

#[test]
fn a_snapshot_does_not_contain_the_file_that_it_is_written_to() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a", "");
    sandbox.shell("jug walk --save tree/s tree; jug walk --save t --fields type tree; jug walk --against tree/s --fields type tree --header never", b"").clean();
    let rows = sandbox
        .shell(
            "jug walk --against tree/s --fields type tree --header never",
            b"",
        )
        .clean();
    assert_eq!(rows, "added\ttree/s\t\t\n");
}
