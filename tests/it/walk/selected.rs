//! Which entries match, beside find(1) and tar(1): permissions in symbols, files that may be executed, owners without a name,
//! marked caches.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::errors::Guarded;
use super::{found, walked_sorted};
use crate::support::Sandbox;
use crate::support::random::Random;

/// A directory and files with random modes, which the owner may list.
fn with_modes(random: &mut Random) -> Sandbox {
    let sandbox = Sandbox::new();
    for number in 0..60 {
        let path = sandbox.path().join(format!("tree/{number}"));
        let mode = match number % 3 {
            0 => {
                fs::create_dir_all(&path).expect("a directory");
                0o700
            }
            _ => {
                sandbox.file(&path, "");
                0
            }
        };
        let mode = mode | u32::try_from(random.below(0o10000)).expect("twelve bits");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("the owner may");
    }
    sandbox
}

/// Something like `-u+rw,g=o`.
fn symbolic(random: &mut Random) -> String {
    let some = |random: &mut Random, letters: &str, most: usize| -> String {
        let count = random.below(most + 1);
        let letters = letters.as_bytes();
        let mut letter = || char::from(letters[random.below(letters.len())]);
        (0..count).map(|_| letter()).collect()
    };
    let mut text = ["", "-", "/"][random.below(3)].to_owned();
    for clause in 0..=random.below(3) {
        if clause > 0 {
            text.push(',');
        }
        text += &some(random, "ugoa", 2);
        for _ in 0..=random.below(2) {
            text += ["+", "-", "="][random.below(3)];
            text += &match random.below(4) {
                0 => ["u", "g", "o"][random.below(3)].to_owned(),
                _ => some(random, "rwxXst", 3),
            };
        }
    }
    text
}

#[test]
fn symbolic_permissions_mean_what_they_mean_to_find() {
    let mut random = Random::new(17);
    let sandbox = with_modes(&mut random);
    let mut matching = 0;
    for _ in 0..400 {
        let mode = symbolic(&mut random);
        let depth = "--where 'depth > 0'";
        let find = format!("find tree -mindepth 1 -perm {mode}");
        if sandbox.shell(&find, b"").status != 0 {
            let refused = sandbox.shell(&format!("jug walk --perm={mode} tree"), b"");
            assert_eq!(refused.status, 2, "{refused}");
            continue;
        }
        let expected = found(&sandbox, &format!("tree -mindepth 1 -perm {mode}"));
        let walked = walked_sorted(&sandbox, &format!("--perm {mode} {depth} tree"));
        assert_eq!(walked, expected, "{mode}");
        matching += usize::from(!expected.is_empty());
    }
    assert!(matching > 50, "{matching} match something");
}

#[test]
fn files_that_may_be_executed_are_those_that_find_finds() {
    let mut random = Random::new(18);
    let sandbox = with_modes(&mut random);
    sandbox
        .shell("ln -s 1 tree/link; mkfifo -m 755 tree/fifo", b"")
        .clean();
    for follow in ["", "-L"] {
        let expected = found(&sandbox, &format!("{follow} tree -type f -executable"));
        assert!(expected.len() > 5, "some are");
        for engine in ["auto", "portable"] {
            let args = format!("{follow} --type x --engine {engine} tree");
            assert_eq!(walked_sorted(&sandbox, &args), expected, "{args}");
        }
    }
    let both = found(&sandbox, "tree \\( -type d -o -type f -executable \\)");
    assert_eq!(walked_sorted(&sandbox, "--type d,x tree"), both);
}

#[test]
fn who_may_execute_a_file_depends_on_the_user() {
    let guarded = Guarded::new(0);
    for mode in [0o744, 0o755, 0o711, 0o644] {
        let path = guarded.sandbox.path().join(format!("tree/{mode:o}"));
        guarded.sandbox.file(&path, "");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("the owner may");
    }
    let expected = guarded.run("find", &["tree", "-type", "f", "-executable"]);
    let mut expected: Vec<String> = expected.clean().lines().map(str::to_owned).collect();
    expected.sort();
    let walked = guarded
        .walk(&["--type", "x", "--order", "path", "tree"])
        .clean();
    assert_eq!(walked.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn owners_without_a_name_are_those_that_find_finds() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/known", "").file("tree/a/b", "");
    if rustix::process::geteuid().is_root() {
        sandbox
            .shell("chown 4123456 tree/a/b; chown 4123457 tree/a", b"")
            .clean();
        assert_eq!(found(&sandbox, "tree -nouser").len(), 2);
    }
    let expected = found(&sandbox, "tree -nouser");
    assert_eq!(walked_sorted(&sandbox, "--no-user tree"), expected);
    let files = found(&sandbox, "tree -type f -nouser");
    assert_eq!(walked_sorted(&sandbox, "--no-user --type f tree"), files);
}

#[test]
fn marked_caches_are_left_out_as_by_tar() {
    let signature = "Signature: 8a477f597d28d172789f06886806bc55";
    let sandbox = Sandbox::new();
    for (name, tag) in [
        ("exact", signature.to_owned()),
        ("longer", format!("{signature}\n# a comment\n")),
        ("short", signature[..42].to_owned()),
        ("other", signature.to_uppercase()),
        ("empty", String::new()),
        ("sub/dir\nwith a newline", format!("{signature}\n")),
    ] {
        sandbox.file(format!("tree/{name}/CACHEDIR.TAG"), tag);
        sandbox.file(format!("tree/{name}/deep/file"), "x");
    }
    sandbox.file("tree/not/CACHEDIR.TAG/file", signature);
    sandbox
        .file("tree/linked/file", "x")
        .file("tree/broken/file", "x");
    sandbox
        .shell(
            "ln -s ../exact/CACHEDIR.TAG tree/linked; ln -s none tree/broken/CACHEDIR.TAG",
            b"",
        )
        .clean();
    let tar = "tar --exclude-caches-all --warning=none --quoting-style=literal -cf - tree | tar --null -t --quoting-style=escape";
    let listed = sandbox.shell(tar, b"").clean();
    let mut expected: Vec<&str> = listed
        .lines()
        .map(|path| path.trim_end_matches('/'))
        .collect();
    expected.sort_unstable();
    // A FIFO is not waited for.
    sandbox
        .shell("mkdir tree/fifo; mkfifo tree/fifo/CACHEDIR.TAG", b"")
        .clean();
    expected.extend(["tree/fifo", "tree/fifo/CACHEDIR.TAG"]);
    expected.sort_unstable();
    for engine in ["auto", "portable"] {
        let args = format!("--no-cache-dirs --engine {engine} tree");
        let walked = walked_sorted(&sandbox, &args);
        let walked: Vec<String> = walked
            .iter()
            .map(|path| String::from_utf8_lossy(path).replace('\n', "\\n"))
            .collect();
        assert_eq!(walked, expected, "{args}");
    }
    // What was asked for by name is shown.
    assert_eq!(
        walked_sorted(&sandbox, "--no-cache-dirs tree/exact").len(),
        4
    );
}

#[test]
fn a_mark_that_cannot_be_read_is_reported() {
    let guarded = Guarded::new(0);
    guarded
        .sandbox
        .file("tree/d/CACHEDIR.TAG", "x")
        .file("tree/d/file", "");
    let tag = guarded.sandbox.path().join("tree/d/CACHEDIR.TAG");
    fs::set_permissions(tag, fs::Permissions::from_mode(0o000)).expect("the owner may");
    let outcome = guarded.walk(&["--no-cache-dirs", "tree/d", "tree"]);
    assert_eq!(outcome.status, 3, "{outcome}");
    assert_eq!(outcome.stderr(), "jug walk: tree/d: Permission denied\n");
    assert_eq!(
        outcome
            .stdout()
            .lines()
            .filter(|path| path.ends_with("d/file"))
            .count(),
        2
    );
}

#[test]
fn paths_below_the_root_are_those_that_find_prints() {
    let sandbox = Sandbox::new();
    sandbox.file("tree/a/b\nc", "").file("tree/a b", "");
    for roots in ["tree", "tree/", "./tree//", "tree/a tree", "."] {
        let find = format!("find {roots} -printf '%P\\0' | sort -z");
        let expected = sandbox.shell(&find, b"").clean();
        let walk = format!("jug walk -0 --template '{{rel}}' {roots} | sort -z");
        assert_eq!(sandbox.shell(&walk, b"").clean(), expected, "{roots}");
    }
}
