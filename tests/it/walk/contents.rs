//! Fields that read contents, beside sha256sum(1) and file(1), and files with equal contents beside a model.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use data_encoding::BASE64;
use serde_json::Value;

use super::errors::Guarded;
use super::trees::Trees;
use crate::support::{Sandbox, project};

#[test]
fn digests_are_those_of_other_programs() {
    for seed in [3, 4] {
        let mut trees = Trees::new(seed);
        (0..120).for_each(|_| trees.add());
        let sandbox = &trees.sandbox;
        let theirs =
            "find tree -type f -print0 | sort -z | xargs -0 sha256sum -z | cut -z -c 1-64,67-";
        let theirs = sandbox.shell(theirs, b"");
        for flags in [
            "-j1",
            "-j8",
            "-j8 --order none",
            "--engine portable",
            "--order path",
        ] {
            let ours = format!(
                "jug walk -0 --type f {flags} --template '{{sha256}}{{path}}' tree | sort -z -k1.65"
            );
            let ours = sandbox.shell(&ours, b"");
            assert_eq!(ours.stdout, theirs.stdout, "{seed} {flags}");
            assert_eq!((ours.status, ours.stderr().as_str()), (0, ""));
        }
    }
}

#[test]
fn hashes_and_tags_have_their_published_values() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/abc", "abc").file("tree/none", "");
    sandbox
        .shell(
            "touch -d 1970-01-01T00:00:01.5Z tree/abc; touch -d 1969-12-31T23:59:59Z tree/none",
            b"",
        )
        .clean();
    let walk = "jug walk --type f --header never --fields name,hash,etag,etag_weak tree";
    // The test vectors of BLAKE3; 1.5 and -1 seconds are 0x59682f00 and -0x3b9aca00 nanoseconds.
    let (abc, none) = (
        "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    );
    assert_eq!(
        sandbox.shell(walk, b"").clean(),
        format!(
            "abc\t{abc}\t\"{abc}\"\tW/\"3-59682f00\"\nnone\t{none}\t\"{none}\"\tW/\"0--3b9aca00\"\n"
        )
    );
    let same = sandbox.shell("jug walk tree --type f --where 'blake3 == \"af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262\"'", b"").clean();
    assert_eq!(same, "tree/none\n");
    let others = sandbox.shell("mkfifo tree/fifo; jug walk --fields name,hash,sha256,etag,mime --header never --depth 1 tree | grep -v 'abc\\|none'", b"").clean();
    assert_eq!(
        others,
        "tree\t\t\t\tinode/directory\nfifo\t\t\t\tinode/fifo\n"
    );
}

#[test]
fn media_types_are_those_of_file() {
    let sandbox = Sandbox::new();
    if sandbox.shell("command -v file", b"").status != 0 {
        return;
    }
    let fixture = |name: &str| fs::read(project().join("fixtures").join(name)).expect("a fixture");
    sandbox
        .file("c/image.png", fixture("pie/status.png"))
        .file("c/picture.svg", fixture("pie/status.svg"))
        .file("c/log.zst", fixture("logs/six.log.zst"))
        .file("c/text.log", fixture("logs/six.log"))
        .file(
            "c/page.html",
            "<!DOCTYPE html>\n<html><head><title>x</title></head><body></body></html>\n",
        )
        .file(
            "c/document.pdf",
            "%PDF-1.4\n%\u{e9}\n1 0 obj\n<<>>\nendobj\n",
        )
        .file("c/latin", b"gr\xf6\xdfer als alles andere auf der Welt\n")
        .file("c/utf-8", "größer als alles andere auf der Welt\n")
        .file("c/empty", "")
        .file("c/zeros", [0; 100])
        .file("c/data.json", "{\"a\": [1, 2, 3]}\n")
        .file("c/script", "#!/bin/sh\necho\n");
    sandbox.shell("cd c; gzip -c text.log > text.gz; tar -cf text.tar text.log; cp $(command -v sh) program; ln -s empty link; mkfifo fifo; mkdir dir; gzip -c text.log | head -c 5 > cut.gz", b"").clean();
    let walked = sandbox.shell("cd c; jug walk -0 --template '{name}: {mime}' --where 'depth > 0' --order path | tr '\\0' '\\n'", b"").clean();
    let theirs = sandbox
        .shell(
            "cd c; for f in *; do printf '%s: ' \"$f\"; file --mime-type -b \"$f\"; done",
            b"",
        )
        .clean();
    // By name: what jug says in place of what file says, which looks into texts for languages, and into programs for how they
    // are linked.
    let differences = BTreeMap::from([
        ("data.json", "text/plain"),
        ("program", "application/x-executable"),
    ]);
    let ours: BTreeMap<&str, &str> = walked
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let theirs: BTreeMap<&str, &str> = theirs
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    assert_eq!(ours.len(), theirs.len(), "{walked}");
    let unlike: BTreeMap<&str, (&str, &str)> = theirs
        .iter()
        .filter(|(name, theirs)| ours[*name] != **theirs)
        .map(|(name, theirs)| (*name, (ours[name], *theirs)))
        .filter(|(name, (ours, _))| differences.get(name) != Some(ours))
        .collect();
    assert!(unlike.is_empty(), "{unlike:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_reported() {
    let guarded = Guarded::new(0);
    guarded
        .sandbox
        .file("tree/secret", "abc")
        .file("tree/also", "abc")
        .file("tree/third", "abc");
    let secret = guarded.sandbox.path().join("tree/secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).expect("the owner may");
    let outcome = guarded.walk(&[
        "--type",
        "f",
        "--fields",
        "name,sha256",
        "--header",
        "never",
        "tree",
    ]);
    assert_eq!(
        (outcome.status, outcome.stderr().as_str()),
        (3, "jug walk: tree/secret: Permission denied\n"),
        "{outcome}"
    );
    assert!(
        outcome.stdout().contains("secret\t\n") && outcome.stdout().contains("also\tba7816bf"),
        "{outcome}"
    );
    // Without them nothing is opened.
    let outcome = guarded.walk(&["--type", "f", "--fields", "@all,etag_weak", "tree"]);
    assert_eq!((outcome.status, outcome.stderr().as_str()), (0, ""));
    // Only what a condition selects is read.
    let outcome = guarded.walk(&["--where", "name == \"also\"", "--fields", "hash", "tree"]);
    assert_eq!((outcome.status, outcome.stderr().as_str()), (0, ""));
    let outcome = guarded.walk(&["--dups", "--header", "never", "tree"]);
    assert_eq!(
        (outcome.status, outcome.stderr().as_str()),
        (3, "jug walk: tree/secret: Permission denied\n"),
        "{outcome}"
    );
    assert_eq!(outcome.stdout().lines().count(), 2, "{outcome}");
    let outcome = guarded.walk(&["--dups", "--tolerate", "eacces", "tree"]);
    assert_eq!((outcome.status, outcome.stderr().as_str()), (0, ""));
}

#[test]
fn explain_tells_whether_contents_are_read() {
    let sandbox = Sandbox::new();
    for (args, expected) in [
        (
            "",
            "attributes  not read\nlinks       not read\ncontents    not read\n",
        ),
        (
            "--fields size,target",
            "attributes  read\nlinks       read\ncontents    not read\n",
        ),
        (
            "--fields mime",
            "attributes  read\nlinks       not read\ncontents    the first 4096 bytes of regular files that are selected\n",
        ),
        (
            "--where 'mime == \"a\"' --fields etag",
            "attributes  read\nlinks       not read\ncontents    all bytes of regular files that are selected\n",
        ),
        (
            "--dups",
            "attributes  read\nlinks       not read\ncontents    the first 4096 bytes of regular files with a size in common; all of those that are equal so far\n",
        ),
        (
            "--save s --fields hash",
            "attributes  read\nlinks       not read\ncontents    all bytes of regular files that are selected\n",
        ),
    ] {
        let found = sandbox
            .shell(&format!("jug walk --explain {args} none"), b"")
            .clean();
        assert_eq!(found, format!("names       read\n{expected}"), "{args}");
    }
    assert!(!sandbox.path().join("s").exists());
}

/// The first names of files, by device and inode.
type Names = BTreeMap<(u64, u64), Vec<u8>>;

/// Paths of files with equal contents, in groups.
type Groups = Vec<(u64, Vec<Vec<u8>>)>;

fn reported(text: &str) -> Groups {
    let mut groups: BTreeMap<u64, (u64, Vec<Vec<u8>>)> = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let path = match row.get("path_b64").and_then(Value::as_str) {
            Some(path) => BASE64.decode(path.as_bytes()).expect("base64"),
            None => row["path"].as_str().expect("a path").as_bytes().to_vec(),
        };
        let size = row["size"].as_u64().expect("a number");
        let group = groups
            .entry(row["group"].as_u64().expect("a number"))
            .or_insert((size, Vec::new()));
        assert_eq!(group.0, size);
        group.1.push(path);
    }
    assert!(
        groups.keys().copied().eq(1..=groups.len() as u64),
        "they are numbered"
    );
    let groups: Groups = groups.into_values().collect();
    assert!(
        groups.is_sorted_by(|one, other| one.0 >= other.0),
        "the largest first"
    );
    groups
}

#[test]
fn files_with_equal_contents_are_found_as_by_a_model() {
    let mut found = 0;
    for seed in 20..28 {
        let mut trees = Trees::new(seed);
        (0..200).for_each(|_| trees.add());
        let mut contents: BTreeMap<Vec<u8>, Names> = BTreeMap::new();
        for file in trees.files() {
            let stat = file.metadata().expect("it exists");
            let path = file
                .strip_prefix(trees.sandbox.path())
                .expect("it is in the sandbox");
            let path = path.as_os_str().as_bytes().to_vec();
            let names = contents
                .entry(fs::read(&file).expect("it can be read"))
                .or_default();
            let known = names
                .entry((stat.dev(), stat.ino()))
                .or_insert_with(|| path.clone());
            *known = path.min(known.clone());
        }
        let mut expected: Groups = contents
            .into_iter()
            .filter(|(_, files)| files.len() > 1)
            .map(|(content, files)| {
                let mut paths: Vec<Vec<u8>> = files.into_values().collect();
                paths.sort();
                (content.len() as u64, paths)
            })
            .collect();
        expected.sort();
        found += expected.len();
        for (flags, roots) in [
            ("-j1", "tree"),
            ("-j8", "tree"),
            ("-j3", "tree tree"),
            ("--engine portable", "tree"),
        ] {
            let mut groups = reported(
                &trees
                    .sandbox
                    .shell(&format!("jug walk --dups --ndjson {flags} {roots}"), b"")
                    .clean(),
            );
            groups.sort();
            assert_eq!(groups, expected, "{seed} {flags}");
        }
    }
    assert!(found > 40, "{found} groups");
}

#[test]
fn large_files_that_differ_only_at_their_ends_are_not_equal() {
    let sandbox = Sandbox::new();
    let mut content = vec![7; 400_000];
    sandbox.file("tree/a", &content).file("tree/b", &content);
    content[399_999] = 8;
    sandbox.file("tree/c", &content);
    content[5_000] = 8;
    sandbox.file("tree/d", &content).file("tree/e", &content);
    let rows = sandbox.shell("jug walk --dups --header never tree | cut -f 1,2,4; jug walk --dups -n 3 --header never tree | cut -f 1", b"").clean();
    let lines: Vec<&str> = rows.lines().collect();
    let pairs = |pair: &[&str], group: &str| {
        let paths: Vec<String> = pair
            .iter()
            .map(|name| format!("{group}\t400000\ttree/{name}"))
            .collect();
        paths
    };
    let expected =
        |first: &[&str], second: &[&str]| [pairs(first, "1"), pairs(second, "2")].concat();
    let is_expected = lines[..4] == expected(&["a", "b"], &["d", "e"])
        || lines[..4] == expected(&["d", "e"], &["a", "b"]);
    assert!(is_expected, "{rows}");
    assert_eq!(lines[4..], ["1", "1", "2"]);
}
