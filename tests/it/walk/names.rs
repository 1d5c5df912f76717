//! Unusual names: any bytes but NUL and a slash.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use data_encoding::BASE64;
use serde_json::Value;

use super::{found, pieces, walked, walked_sorted};
use crate::support::Sandbox;
use crate::terminal::shown;

/// A newline, a tab, escape sequences, a dash, bytes that are not UTF-8, names of the greatest length.
fn odd_names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        &b"two\nlines"[..],
        b"a\ttab",
        b"\x1b[31mred\x1b[2J\x07",
        b"-rf",
        b"--help",
        b"\xe8",
        b"\xff\xfe.log",
        b"cut \xf0\x9f\x98",
        "\u{202e}gnp.exe".as_bytes(),
        "\u{9b}31m".as_bytes(),
        "é".as_bytes(),
        b" ",
        b"\"quoted\\",
        b"*",
        b"...",
        b"\\n",
    ]
    .map(<[u8]>::to_vec)
    .into();
    names.push(vec![b'x'; 255]);
    names.push("é".repeat(127).into_bytes());
    names
}

/// A tree with a directory for each odd name, which contains a file for each odd name.
fn odd_tree() -> (Sandbox, usize) {
    let sandbox = Sandbox::new();
    let names = odd_names();
    let name = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    for outer in &names {
        for inner in &names {
            let path = std::path::Path::new("odd")
                .join(name(outer))
                .join(name(inner));
            sandbox.file(path, "");
        }
    }
    (sandbox, 1 + names.len() + names.len() * names.len())
}

#[test]
fn nul_terminates_any_name() {
    let (sandbox, count) = odd_tree();
    let expected = found(&sandbox, "odd");
    assert_eq!(expected.len(), count);
    for order in ["dir", "path", "none"] {
        for engine in ["auto", "portable"] {
            for threads in [1, 8] {
                let args = format!("--order {order} --engine {engine} -j{threads} odd");
                assert_eq!(walked_sorted(&sandbox, &args), expected, "{args}");
            }
        }
    }
    // Other programs receive the exact names.
    let line = "jug walk -0 --type f odd | xargs -0 stat -c %s -- | sort | uniq -c | tr -s ' '";
    let files = count - 1 - odd_names().len();
    assert_eq!(sandbox.shell(line, b"").clean(), format!(" {files} 0\n"));
}

#[test]
fn json_contains_the_exact_bytes() {
    let (sandbox, _) = odd_tree();
    let expected = found(&sandbox, "odd");
    let outcome = sandbox.shell("jug walk --ndjson --fields path,name --order path odd", b"");
    assert_eq!((outcome.status, outcome.stderr().as_str()), (0, ""));
    let text = std::str::from_utf8(&outcome.stdout).expect("JSON is UTF-8");
    let paths = text.lines().map(|line| {
        let record: Value = serde_json::from_str(line).expect("each line is a record");
        let exact = |name: &str, lossy: &str| match record.get(name) {
            Some(Value::String(encoded)) => {
                let bytes = BASE64.decode(encoded.as_bytes()).expect("base64");
                assert!(std::str::from_utf8(&bytes).is_err(), "it was needed");
                assert_eq!(
                    String::from_utf8_lossy(&bytes),
                    record[lossy].as_str().unwrap()
                );
                bytes
            }
            _ => record[lossy].as_str().expect("text").as_bytes().to_vec(),
        };
        let path = exact("path_b64", "path");
        let name = exact("name_b64", "name");
        assert!(path.ends_with(&name));
        path
    });
    assert_eq!(paths.collect::<Vec<_>>(), expected);
}

#[test]
fn a_json_tree_of_odd_names_is_valid() {
    let (sandbox, count) = odd_tree();
    let outcome = sandbox.shell("jug walk --tree --fields type odd", b"");
    let tree: Value = serde_json::from_slice(&outcome.stdout).expect("one JSON object");
    let root = &tree["roots"][0];
    assert_eq!(
        root["children"].as_array().unwrap().len(),
        odd_names().len()
    );
    let total = &root["total"];
    let of = |name: &str| total[name].as_u64().unwrap();
    assert_eq!(of("files") + of("dirs") + 1, count as u64);
    assert_eq!(outcome.status, 0);
}

#[test]
fn names_do_not_control_a_terminal() {
    let (sandbox, _) = odd_tree();
    for args in [
        &["walk", "odd"][..],
        &["walk", "--template", "{path} {name}", "odd"],
        &["walk", "--color", "never", "--fields", "path,ext", "odd"],
        &["walk", "--color", "never", "--to", "tsv", "odd"],
        &["walk", "--color", "never", "--to", "csv", "odd"],
        &["walk", "--ndjson", "odd"],
        &["walk", "--tree", "odd"],
        &["walk", "-0", "odd"],
        &["walk", "-o", "-", "odd"],
        &["walk", "-o", "/dev/stdout", "odd"],
        &["walk", "-o", "/dev/stdout", "--tree", "odd"],
        &["walk", "--color", "never", "--totals", "name", "odd"],
        &["walk", "odd/missing\x1b[31m"],
    ] {
        let lines = shown(&sandbox, args);
        let acts = |line: &String| {
            let is_harmful = |char: char| {
                (char.is_control() && char != '\t')
                    || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            line.chars().any(is_harmful)
        };
        assert!(!lines.iter().any(acts), "{args:?}: {lines:?}");
    }
    let lines = shown(&sandbox, &["walk", "--depth", "1", "odd"]);
    assert!(lines.contains(&r"odd/two\nlines".to_owned()), "{lines:?}");
    assert!(lines.contains(&r"odd/\x1b[31mred\x1b[2J\x07".to_owned()));
    assert!(lines.contains(&r"odd/\xe8".to_owned()));
}

#[test]
fn roots_may_have_odd_names() {
    let sandbox = Sandbox::new();
    sandbox.file("-n/a", "").file("two\nlines/b", "");
    assert_eq!(walked(&sandbox, "-- -n"), [&b"-n"[..], b"-n/a"]);
    sandbox.file("list", "-n\0two\nlines\0");
    for (line, stdin) in [
        ("jug walk -0 --files0-from list", &b""[..]),
        ("jug walk -0 --files0-from - < list", b""),
        ("jug walk -0 --files0-from -", b"-n\0two\nlines\0"),
        ("jug walk -0 --files0-from - -- -n", b"two\nlines"),
    ] {
        let outcome = sandbox.shell(line, stdin);
        assert_eq!(
            (outcome.status, outcome.stderr().as_str()),
            (0, ""),
            "{line}"
        );
        let expected = [&b"-n"[..], b"-n/a", b"two\nlines", b"two\nlines/b"];
        assert_eq!(pieces(&outcome.stdout), expected, "{line}");
    }
    // An empty list does not mean the working directory.
    let empty = sandbox.shell("jug walk --files0-from -", b"");
    assert_eq!((empty.status, empty.stdout().as_str()), (0, ""));
}
