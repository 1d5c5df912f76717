//! Symbolic links: followed or not as find does, and no directory entered twice.

use std::os::unix::fs::symlink;

use super::{found, walked, walked_sorted};
use crate::support::Sandbox;

fn link(sandbox: &Sandbox, target: &str, name: &str) {
    symlink(target, sandbox.path().join(name)).expect("a new link");
}

/// Links to a file, to a directory, to a link, to nothing.
fn linked() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("elsewhere/sub/file", "x")
        .file("tree/real/file", "x");
    for (target, name) in [
        ("real/file", "to-file"),
        ("../elsewhere", "to-dir"),
        ("nowhere", "broken"),
    ] {
        link(&sandbox, target, &format!("tree/{name}"));
    }
    link(&sandbox, "tree/to-dir", "root");
    sandbox
}

#[test]
fn links_are_followed_as_find_follows_them() {
    let sandbox = linked();
    for follow in ["-P", "-H", "-L"] {
        for root in [
            "tree",
            "root",
            "root/",
            "root/.",
            "tree/to-file",
            "tree/broken",
            "./root//",
        ] {
            let args = format!("{follow} {root}");
            let expected = found(&sandbox, &args);
            for engine in ["auto", "portable"] {
                let args = format!("{follow} --engine {engine} {root}");
                assert_eq!(walked_sorted(&sandbox, &args), expected, "{args}");
            }
            for kind in ["f", "d", "l"] {
                let expected = found(&sandbox, &format!("{follow} {root} -type {kind}"));
                let args = format!("{follow} --type {kind} {root}");
                assert_eq!(walked_sorted(&sandbox, &args), expected, "{args}");
            }
        }
    }
}

#[test]
fn links_have_a_target_and_its_type() {
    let sandbox = linked();
    // %l is the text of a link, %Y the type of what it leads to: N for nothing, L for a loop.
    let line = "find tree -type l -printf '%p %l %Y\n' | LC_ALL=C sort | \
                sed 's/ f$/ file/; s/ d$/ dir/; s/ [NL]$/ missing/; s/ ?$/ missing/'";
    let expected = sandbox.shell(line, b"").clean();
    let line = "jug walk --type l --template '{path} {target} {target_type}' tree";
    assert_eq!(sandbox.shell(line, b"").clean(), expected);
    let broken = found(&sandbox, "tree -xtype l");
    assert_eq!(walked_sorted(&sandbox, "--broken tree"), broken);
}

#[test]
fn a_link_that_cannot_be_followed_stands_for_itself() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/file", "x");
    link(&sandbox, "loop", "tree/loop");
    link(&sandbox, "file/below", "tree/through-a-file");
    for engine in ["auto", "portable"] {
        let line = format!(
            "jug walk -L --engine {engine} --fields path,type,target_type --header never tree"
        );
        assert_eq!(
            sandbox.shell(&line, b"").clean(),
            "tree\tdir\t\ntree/file\tfile\t\ntree/loop\tsymlink\tmissing\n\
             tree/through-a-file\tsymlink\tmissing\n"
        );
    }
}

#[test]
fn directories_that_link_to_each_other_are_entered_once() {
    const DIRECTORIES: usize = 5;
    let sandbox = Sandbox::new();
    for from in 0..DIRECTORIES {
        sandbox.file(format!("grid/{from}/file"), "x");
    }
    for from in 0..DIRECTORIES {
        for to in (0..DIRECTORIES).filter(|to| *to != from) {
            link(
                &sandbox,
                &format!("../{to}"),
                &format!("grid/{from}/to-{to}"),
            );
        }
    }
    let expected = found(&sandbox, "grid");
    assert_eq!(expected.len(), 1 + DIRECTORIES * (2 + DIRECTORIES - 1));
    let repeats = DIRECTORIES * (DIRECTORIES - 1);
    for order in ["dir", "path", "none"] {
        for threads in [1, 8] {
            let line = format!("jug walk -v -L --order {order} -j{threads} grid");
            let outcome = sandbox.shell(&line, b"");
            assert_eq!(
                (outcome.status, outcome.stdout().lines().count()),
                (0, expected.len())
            );
            let stderr = outcome.stderr();
            let notes = stderr.matches("; not entered again\n").count();
            assert_eq!(
                (notes, stderr.lines().count()),
                (repeats, repeats),
                "{stderr}"
            );
        }
    }
    let records = |threads: usize| {
        let events = "--ndjson --fields path --events loop,enter,leave,summary";
        sandbox
            .shell(&format!("jug walk -L -j{threads} {events} grid"), b"")
            .stdout()
    };
    let one = records(1);
    assert_eq!(one.matches("\"event\":\"loop\"").count(), repeats);
    assert_eq!(one.matches("\"event\":\"enter\"").count(), 1 + DIRECTORIES);
    assert!(one.ends_with(&format!("\"loops\":{repeats}}}\n")), "{one}");
    for _ in 0..10 {
        assert_eq!(records(8), one);
    }
}

#[test]
fn a_link_to_a_parent_is_followed_once() {
    let sandbox = Sandbox::new();
    sandbox
        .file("top/a/b/file", "x")
        .file("top/other/file", "x");
    link(&sandbox, "../..", "top/a/b/up");
    let outcome = sandbox.shell("jug walk -v -L top/a", b"");
    let expected = [
        "top/a",
        "top/a/b",
        "top/a/b/file",
        "top/a/b/up",
        "top/a/b/up/a",
        "top/a/b/up/other",
        "top/a/b/up/other/file",
    ];
    assert_eq!(outcome.stdout().lines().collect::<Vec<_>>(), expected);
    assert_eq!(
        outcome.stderr(),
        "jug walk: top/a/b/up/a: already visited as top/a; not entered again\n"
    );
}

#[test]
fn roots_given_twice_are_walked_twice() {
    let sandbox = linked();
    for roots in ["tree tree", "tree tree/real", "tree/real tree"] {
        let once = |root: &str| walked(&sandbox, root);
        let each: Vec<Vec<u8>> = roots.split(' ').flat_map(once).collect();
        assert_eq!(walked(&sandbox, roots), each, "{roots}");
        let sorted = found(&sandbox, roots);
        assert_eq!(walked_sorted(&sandbox, roots), sorted, "{roots}");
    }
}
