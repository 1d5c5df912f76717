//! What entries add up to, held against du(1), stat(1) and awk(1).

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

/// The sum of a column of what a line prints, and what du says.
#[track_caller]
fn as_du_says(sandbox: &Sandbox, walk: &str, du: &str) {
    let line =
        format!("jug walk {walk} | awk -F'\\t' 'NR > 1 {{ sum += $1 }} END {{ print sum }}'");
    let ours = sandbox.shell(&line, b"").stdout();
    let theirs = sandbox
        .shell(&format!("{du} | tail -n 1 | cut -f 1"), b"")
        .stdout();
    assert_eq!(ours, theirs, "{walk}");
}

fn all_as_du_says(sandbox: &Sandbox, flags: &str, du_flags: &str) {
    for keys in ["ext", "user,type", "name"] {
        for threads in [1, 8] {
            let column = |name: &str| {
                format!(
                    "{flags} -j{threads} --totals {keys} --to ndjson tree 2> said | \
                     sed 's/.*\"{name}\":\\([0-9]*\\).*/\\1/' | sed '1i {name}'"
                )
            };
            as_du_says(
                sandbox,
                &column("size"),
                &format!("du -s -b {du_flags} tree"),
            );
            as_du_says(
                sandbox,
                &column("allocated"),
                &format!("du -s -B1 {du_flags} tree"),
            );
        }
    }
}

#[test]
fn sizes_add_up_as_du_says() {
    let sandbox = tree();
    all_as_du_says(&sandbox, "", "");
    all_as_du_says(&sandbox, "--exclude deep", "--exclude=deep");
}

#[test]
fn a_file_of_many_names_is_counted_once() {
    let sandbox = tree();
    hard_link(&sandbox, "a/two.LOG", "b/two.txt");
    hard_link(&sandbox, "a/two.LOG", "b/0.bin");
    hard_link(&sandbox, "a/two.LOG", "a/zwei.zip");
    hard_link(&sandbox, "b/none", "a/nichts");
    all_as_du_says(&sandbox, "", "");
    // The smallest of its paths counts.
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
    // Only where some of its names are looked for, another counts.
    let some = by_ext("--exclude a");
    assert!(
        some.contains("{\"ext\":\"bin\",\"files\":1,\"dirs\":0,\"size\":70000,"),
        "{some}"
    );
}

#[test]
fn what_links_lead_to_is_counted_once() {
    let sandbox = tree();
    for (target, name) in [
        ("../a/two.LOG", "link"),
        ("../a", "all"),
        ("../a/deep", "some"),
    ] {
        let path = sandbox.path().join("tree/b").join(name);
        std::os::unix::fs::symlink(target, path).expect("a new link");
    }
    all_as_du_says(&sandbox, "-L", "-L");
    all_as_du_says(&sandbox, "", "");
}

#[test]
fn rows_are_what_stat_says() {
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
