//! Sums of entries, compared with du(1), stat(1) and awk(1).

use std::fs;

use crate::support::Sandbox;

fn tree() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, size) in [
        ("a/one.log", 1),
        ("a/two.LOG", 70_000),
        ("a/deep/three.txt", 4096),
        ("a/deep/four.tar.gz", 12_345),
        ("b/.hidden", 10),
        ("b/none", 0),
        ("b/sparse.img", 3),
    ] {
        sandbox.file(format!("tree/{name}"), vec![b'x'; size]);
    }
    let sparse = fs::OpenOptions::new()
        .write(true)
        .open(sandbox.path().join("tree/b/sparse.img"))
        .expect("a file");
    sparse.set_len(5_000_000).expect("a file with a hole");
    sandbox
}

fn hard_link(sandbox: &Sandbox, from: &str, to: &str) {
    let path = |name: &str| sandbox.path().join("tree").join(name);
    fs::hard_link(path(from), path(to)).expect("another name");
}

/// Compares the sum of a column with the result of du.
#[track_caller]
fn equals_du(sandbox: &Sandbox, walk: &str, du: &str) {
    let line =
        format!("jug walk {walk} | awk -F'\\t' 'NR > 1 {{ sum += $1 }} END {{ print sum }}'");
    let ours = sandbox.shell(&line, b"").stdout();
    let theirs = sandbox
        .shell(&format!("{du} | tail -n 1 | cut -f 1"), b"")
        .stdout();
    assert_eq!(ours, theirs, "{walk}");
}

fn all_equals_du(sandbox: &Sandbox, flags: &str, du_flags: &str) {
    for keys in ["ext", "user,type", "name"] {
        for threads in [1, 8] {
            let column = |name: &str| {
                format!(
                    "{flags} -j{threads} --totals {keys} --to ndjson tree 2> messages | \
                     sed 's/.*\"{name}\":\\([0-9]*\\).*/\\1/' | sed '1i {name}'"
                )
            };
            equals_du(
                sandbox,
                &column("size"),
                &format!("du -s -b {du_flags} tree"),
            );
            equals_du(
                sandbox,
                &column("allocated"),
                &format!("du -s -B1 {du_flags} tree"),
            );
        }
    }
}

#[test]
fn sizes_add_up_as_in_du() {
    let sandbox = tree();
    all_equals_du(&sandbox, "", "");
    all_equals_du(&sandbox, "--exclude deep", "--exclude=deep");
}

#[test]
fn a_file_with_hard_links_is_counted_once() {
    let sandbox = tree();
    hard_link(&sandbox, "a/two.LOG", "b/two.txt");
    hard_link(&sandbox, "a/two.LOG", "b/0.bin");
    hard_link(&sandbox, "a/two.LOG", "a/zwei.zip");
    hard_link(&sandbox, "b/none", "a/nichts");
    all_equals_du(&sandbox, "", "");
    // It counts under the smallest of its paths.
    let by_ext = |args: &str| {
        let line = format!("jug walk {args} --totals ext --type f --ndjson tree");
        sandbox.shell(&line, b"").clean()
    };
    let once = by_ext("-j1");
    assert!(
        once.contains("{\"ext\":\"log\",\"files\":2,\"dirs\":0,\"size\":70001,"),
        "{once}"
    );
    assert!(!once.contains("zip") && !once.contains("bin"), "{once}");
    for threads in [2, 8] {
        for _ in 0..10 {
            assert_eq!(by_ext(&format!("-j{threads}")), once);
        }
    }
    // If that path is excluded, it counts under another.
    let some = by_ext("--exclude a");
    assert!(
        some.contains("{\"ext\":\"bin\",\"files\":1,\"dirs\":0,\"size\":70000,"),
        "{some}"
    );
}

#[test]
fn a_followed_file_is_counted_once() {
    let sandbox = tree();
    for (target, name) in [
        ("../a/two.LOG", "link"),
        ("../a", "all"),
        ("../a/deep", "some"),
    ] {
        let path = sandbox.path().join("tree/b").join(name);
        std::os::unix::fs::symlink(target, path).expect("a new link");
    }
    all_equals_du(&sandbox, "-L", "-L");
    all_equals_du(&sandbox, "", "");
}

#[test]
fn sums_equal_those_of_stat() {
    let sandbox = tree();
    let line = r#"find tree -type f -printf '%f\t%s\t%b\n' | awk -F'\t' '
        { n = split($1, part, "."); ext = n > 1 && !($1 ~ /^\.[^.]*$/) ? tolower(part[n]) : ""
          files[ext]++; size[ext] += $2; blocks[ext] += 512 * $3 }
        END { for (e in files) print size[e] "\t" e "\t" files[e] "\t" blocks[e] }' |
        sort -t "$(printf '\t')" -k1,1nr -k2,2"#;
    let expected = sandbox.shell(line, b"").clean();
    let line = "jug walk --type f --totals ext --header never tree | \
                awk -F'\\t' '{ print $4 \"\\t\" $1 \"\\t\" $2 \"\\t\" $5 }'";
    assert_eq!(sandbox.shell(line, b"").clean(), expected);
    let line = "jug walk --type f --totals ext --header never -n 2 tree | cut -f 1 | tr '\\n' ' '";
    assert_eq!(sandbox.shell(line, b"").clean(), "img log ");
}
