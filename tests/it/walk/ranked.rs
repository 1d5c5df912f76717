//! Entries in the order of an attribute, beside find(1) and sort(1).

use std::fs;

use super::pieces;
use super::trees::Trees;
use crate::support::Sandbox;

/// Paths in the order of find's `format`, with ties in the order of paths.
#[track_caller]
fn sorted(sandbox: &Sandbox, args: &str, format: &str, keys: &str) -> Vec<Vec<u8>> {
    let line =
        format!("find {args} -printf '{format} %p\\0' | sort -z {keys} | sed -z 's/^[^ ]* //'");
    let outcome = sandbox.shell(&line, b"");
    assert_eq!(outcome.status, 0, "{outcome}");
    pieces(&outcome.stdout)
}

#[test]
fn entries_are_in_the_order_of_their_attributes() {
    for seed in 0..4 {
        let mut trees = Trees::new(seed);
        (0..150).for_each(|_| trees.add());
        for path in trees.files() {
            trees.touch(&path);
        }
        let sandbox = &trees.sandbox;
        for (order, format, keys) in [
            ("size", "%s", "-k1,1n -k2"),
            ("-size", "%s", "-k1,1nr -k2"),
            ("allocated", "%b", "-k1,1n -k2"),
            ("-allocated", "%b", "-k1,1nr -k2"),
            ("mtime", "%T@", "-k1,1g -k2"),
            ("-mtime", "%T@", "-k1,1gr -k2"),
        ] {
            // sort takes numbers with a sign and a fraction only approximately, so times are of whole seconds.
            let args = match format {
                "%T@" => "tree -type f",
                _ => "tree",
            };
            if format == "%T@" {
                sandbox.shell("find tree -type f -exec sh -c 'touch -d @$(stat -c %Y \"$0\") \"$0\"' {} \\;", b"").clean();
            }
            let kind = if format == "%T@" { "--type f" } else { "" };
            let expected = sorted(sandbox, args, format, keys);
            for (flags, count) in [
                ("-j1", usize::MAX),
                ("-j8", usize::MAX),
                ("-j8 -n 7", 7),
                ("-n 1000000", usize::MAX),
            ] {
                let line = format!("jug walk -0 {flags} {kind} --order {order} tree");
                let outcome = sandbox.shell(&line, b"");
                assert_eq!(outcome.status, 0, "{outcome}");
                let count = count.min(expected.len());
                assert_eq!(pieces(&outcome.stdout), expected[..count], "{seed} {line}");
            }
        }
    }
}

#[test]
fn every_form_of_output_has_the_order() {
    let sandbox = Sandbox::new();
    for (name, size) in [("a", 3), ("b", 30), ("c", 3), ("d", 1)] {
        sandbox.file(format!("tree/{name}"), vec![b'x'; size]);
    }
    for (args, expected) in [
        ("--template '{name} {size}'", "b 30\na 3\nc 3\n"),
        ("--fields name,size", "name\tsize\nb\t30\na\t3\nc\t3\n"),
        (
            "--fields name --to json",
            "[\n{\"name\":\"b\"},\n{\"name\":\"a\"},\n{\"name\":\"c\"}\n]\n",
        ),
        ("--fields name --to table", "name\nb\na\nc\n"),
    ] {
        let line = format!("jug walk --type f --order -size -n 3 {args} tree");
        assert_eq!(sandbox.shell(&line, b"").clean(), expected, "{line}");
    }
}

#[test]
fn times_before_1970_come_before_those_after() {
    let sandbox = Sandbox::new();
    for (name, time) in [
        ("a", "1969-12-31T23:59:59.5Z"),
        ("b", "1970-01-01T00:00:00.25Z"),
        ("c", "1960-01-01T00:00:00Z"),
        ("d", "1969-12-31T23:59:59.75Z"),
    ] {
        sandbox.file(format!("tree/{name}"), "");
        sandbox
            .shell(&format!("touch -d {time} tree/{name}"), b"")
            .clean();
    }
    let walked = |order: &str| {
        sandbox
            .shell(
                &format!("jug walk --type f --template '{{name}}' --order {order} tree"),
                b"",
            )
            .clean()
    };
    assert_eq!(walked("mtime"), "c\na\nd\nb\n");
    assert_eq!(walked("-mtime"), "b\nd\na\nc\n");
}

#[test]
fn entries_without_the_attribute_come_last() {
    let guarded = super::errors::Guarded::new(0);
    guarded
        .sandbox
        .file("tree/d/x", "123")
        .file("tree/small", "1");
    let set = |mode| {
        let path = guarded.sandbox.path().join("tree/d");
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
            .expect("the owner may");
    };
    // Names can be listed, but not asked about.
    set(0o744);
    for order in ["size", "-size"] {
        let outcome = guarded.walk(&["--type", "f", "--order", order, "tree"]);
        assert_eq!(outcome.status, 3, "{outcome}");
        assert!(outcome.stdout().ends_with("tree/d/x\n"), "{outcome}");
        assert_eq!(outcome.stdout().lines().count(), 3, "{outcome}");
    }
    set(0o755);
}
