//! Ignore rules on trees of files. The expected files are those of `git ls-files -o --exclude-standard` in such trees.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::dirs::{Directory, Engine};
use crate::select::Pruning;

/// Makes files with these texts, and their directories.
fn make(files: &[(&str, &str)]) -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = top.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    top
}

struct Walk {
    pruning: Pruning,
    files: Vec<String>,
    problems: Vec<Problem>,
}

impl Walk {
    /// All files below a root that are not left out: their paths relative to the root, sorted.
    fn of(root: &Path, pruning: Pruning, global: Option<&Path>) -> Walk {
        let mut problems = Vec::new();
        let ignores = Ignores::read_with(&pruning, global, &mut problems).unwrap();
        let root = root.as_os_str().as_bytes();
        let rules = ignores.at_root(root, &mut problems);
        let mut walk = Walk {
            pruning,
            files: Vec::new(),
            problems,
        };
        walk.enter(root, b"", &rules);
        walk.files.sort();
        walk
    }

    fn enter(&mut self, directory: &[u8], below: &[u8], rules: &Arc<Rules>) {
        let mut listing = Listing::default();
        let working = Directory::working(Engine::Native);
        working
            .list(directory, &mut Vec::new(), &mut listing)
            .unwrap();
        let rules = rules.enter(directory, below, &listing, &mut self.problems);
        for (name, file_type) in (0..listing.len()).map(|index| listing.get(index)) {
            let (mut path, mut below) = (directory.to_vec(), below.to_vec());
            join(&mut path, name);
            join(&mut below, name);
            let is_dir = file_type == FileType::Directory;
            if self
                .pruning
                .excludes(name, &path, &below, is_dir, Some(&rules))
            {
                continue;
            }
            if is_dir {
                self.enter(&path, &below, &rules);
            } else {
                self.files.push(String::from_utf8(below).unwrap());
            }
        }
    }
}

fn gitignore() -> Pruning {
    Pruning {
        reads_gitignore: true,
        ..Pruning::default()
    }
}

/// The files of a tree that are not left out, `.gitignore` files aside.
fn left(files: &[(&str, &str)]) -> Vec<String> {
    let top = make(files);
    fs::create_dir(top.path().join(".git")).unwrap();
    fs::write(top.path().join(".git/HEAD"), b"").unwrap();
    let mut walk = Walk::of(top.path(), gitignore(), None);
    walk.files.retain(|file| !file.ends_with(".gitignore"));
    walk.files
}

#[test]
fn patterns_match_as_in_git() {
    let names = [
        "a.o",
        "foo",
        "dir/a.o",
        "dir/foo/x",
        "dir/{a,b}",
        "dir/a",
        "a b",
        "e.",
    ];
    for (rules, expected) in [
        (
            "*.o",
            &["a b", "dir/a", "dir/foo/x", "dir/{a,b}", "e.", "foo"][..],
        ),
        (
            "foo/",
            &["a b", "a.o", "dir/a", "dir/a.o", "dir/{a,b}", "e.", "foo"],
        ),
        (
            "/foo",
            &[
                "a b",
                "a.o",
                "dir/a",
                "dir/a.o",
                "dir/foo/x",
                "dir/{a,b}",
                "e.",
            ],
        ),
        ("dir/*\n!dir/a.o", &["a b", "a.o", "dir/a.o", "e.", "foo"]),
        // What is in an ignored directory cannot be called back.
        ("dir/\n!dir/a.o", &["a b", "a.o", "e.", "foo"]),
        ("*\n!*/\n!x", &["dir/foo/x"]),
        (
            "{a,b}",
            &["a b", "a.o", "dir/a", "dir/a.o", "dir/foo/x", "e.", "foo"],
        ),
        (
            "a\\ b  \r\n[!a-z]*\n#foo\n",
            &["a.o", "dir/a", "dir/a.o", "dir/foo/x", "e.", "foo"],
        ),
        (
            "**/foo/**",
            &["a b", "a.o", "dir/a", "dir/a.o", "dir/{a,b}", "e.", "foo"],
        ),
        (
            "\u{feff}e.\n?",
            &["a b", "a.o", "dir/a.o", "dir/{a,b}", "foo"],
        ),
    ] {
        let mut files: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
        files.push((".gitignore", rules));
        assert_eq!(left(&files), expected, "{rules}");
    }
}

#[test]
fn inner_files_take_precedence_and_the_user_comes_last() {
    let top = make(&[
        (".gitignore", "*.log\n"),
        (".git/HEAD", ""),
        (".git/info/exclude", "*.tmp\n!*.bak\n/top\n"),
        ("a.log", ""),
        ("a.tmp", ""),
        ("a.bak", ""),
        ("a.swp", ""),
        ("top", ""),
        ("in/.gitignore", "!keep.log\n!*.tmp\n/only\n"),
        ("in/keep.log", ""),
        ("in/b.log", ""),
        ("in/b.tmp", ""),
        ("in/only", ""),
        ("in/top", ""),
        ("in/deep/only", ""),
    ]);
    let users = make(&[("ignore", "*.bak\n*.swp\n")]);
    let global = users.path().join("ignore");
    let walk = Walk::of(top.path(), gitignore(), Some(&global));
    let expected = [
        ".gitignore",
        "a.bak",
        "in/.gitignore",
        "in/b.tmp",
        "in/deep/only",
        "in/keep.log",
        "in/top",
    ];
    assert_eq!(walk.files, expected);
    // From a directory inside, the rules above it apply, too.
    let walk = Walk::of(&top.path().join("in"), gitignore(), Some(&global));
    assert_eq!(
        walk.files,
        [".gitignore", "b.tmp", "deep/only", "keep.log", "top"]
    );
    assert_eq!(walk.problems, []);
}

#[test]
fn rules_of_the_user_are_relative_to_the_top_of_the_repository() {
    let top = make(&[
        (".git/HEAD", ""),
        (".git/info/exclude", ""),
        ("a", ""),
        ("in/a", ""),
        ("in/b", ""),
    ]);
    let users = make(&[("ignore", "/a\n/in/b\n")]);
    let global = users.path().join("ignore");
    let walk = Walk::of(top.path(), gitignore(), Some(&global));
    assert_eq!(walk.files, ["in/a"]);
    let walk = Walk::of(&top.path().join("in"), gitignore(), Some(&global));
    assert_eq!(walk.files, ["a"]);
}

#[test]
fn a_repository_inside_another_has_its_own_rules() {
    let top = make(&[
        (".git/HEAD", ""),
        (".git/info/exclude", "*.o\n"),
        (".gitignore", "*.log\n"),
        ("inner/.git/HEAD", ""),
        ("inner/.git/info/exclude", "*.tmp\n"),
        ("inner/a.log", ""),
        ("inner/a.o", ""),
        ("inner/a.tmp", ""),
        ("linked/.git", "gitdir: ../.git/worktrees/linked\n"),
        (".git/worktrees/linked/commondir", "../..\n"),
        ("linked/a.log", ""),
        ("linked/a.o", ""),
    ]);
    let walk = Walk::of(top.path(), gitignore(), None);
    assert_eq!(
        walk.files,
        [".gitignore", "inner/a.log", "inner/a.o", "linked/a.log"]
    );
    let walk = Walk::of(&top.path().join("inner"), gitignore(), None);
    assert_eq!(walk.files, ["a.log", "a.o"]);
}

#[test]
fn without_a_repository_files_above_the_root_do_not_apply() {
    let top = make(&[
        (".gitignore", "a\n"),
        ("in/.gitignore", "b\n"),
        ("in/a", ""),
        ("in/b", ""),
    ]);
    let walk = Walk::of(&top.path().join("in"), gitignore(), None);
    assert_eq!(walk.files, [".gitignore", "a"]);
}

#[test]
fn files_on_the_command_line_take_precedence() {
    let top = make(&[
        (".gitignore", "a\n"),
        ("a", ""),
        ("b", ""),
        ("c", ""),
        ("in/a", ""),
    ]);
    let named = make(&[("one", "!a\nb\n/c\n"), ("two", "!/b\n")]);
    let pruning = |reads_gitignore| Pruning {
        reads_gitignore,
        ignore_files: ["one", "two"].map(|name| named.path().join(name)).to_vec(),
        ..Pruning::default()
    };
    for reads_gitignore in [true, false] {
        let walk = Walk::of(top.path(), pruning(reads_gitignore), None);
        assert_eq!(walk.files, [".gitignore", "a", "b", "in/a"]);
    }
    let mut absent = pruning(false);
    absent.ignore_files.push(named.path().join("absent"));
    assert!(Ignores::read_with(&absent, None, &mut Vec::new()).is_err());
}

#[test]
fn invalid_rules_are_reported_and_the_others_apply() {
    let top = make(&[
        ("in/x", ""),
        ("fifo/x", ""),
        ("link/x", ""),
        ("a", ""),
        ("c", ""),
    ]);
    fs::write(top.path().join(".gitignore"), b"a\n\xff\nb//c\n\\\nc\n").unwrap();
    fs::create_dir(top.path().join("in/.gitignore")).unwrap();
    let fifo = top.path().join("fifo/.gitignore");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &fifo,
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    fs::write(top.path().join("all"), "*\n").unwrap();
    symlink("../all", top.path().join("link/.gitignore")).unwrap();
    let walk = Walk::of(top.path(), gitignore(), None);
    let expected = [
        ".gitignore",
        "all",
        "fifo/.gitignore",
        "fifo/x",
        "in/x",
        "link/.gitignore",
        "link/x",
    ];
    assert_eq!(walk.files, expected);
    let lines: Vec<Option<usize>> = walk.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(3), Some(4)]);
    assert!(
        walk.problems[0]
            .to_string()
            .ends_with(".gitignore:2: the pattern is not UTF-8")
    );
}

#[test]
fn a_long_chain_of_rules_is_dropped() {
    let mut innermost = None;
    for _ in 0..200_000 {
        innermost = Some(Level::new(innermost, Gitignore::empty(), Base::default()));
    }
    drop(innermost);
}
