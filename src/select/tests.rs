//! Which entries are selected, flag by flag. Where find(1) has the same test, the expectation is its output.

use proptest::prelude::*;

use super::selection::Unresolved;
use super::*;
use crate::record::Timestamp;

/// An entry below the root `./top`, which counts the requests for its attributes.
struct Entry {
    path: String,
    file_type: FileType,
    stat: Option<Stat>,
    is_odd: bool,
    asked: u32,
}

const ROOT: usize = "./top".len();

impl Entry {
    fn new(below: &str, file_type: FileType, size: u64) -> Entry {
        let mtime = Timestamp::new(1_000, 500, 9);
        Entry {
            path: if below.is_empty() {
                "./top".to_owned()
            } else {
                format!("./top/{below}")
            },
            file_type,
            stat: Some(Stat {
                file_type: FileType::File,
                size,
                allocated: 4096,
                mode: 0o644,
                nlink: 2,
                uid: 1000,
                gid: 100,
                dev: 1,
                ino: 7,
                mount: None,
                mtime,
                ctime: mtime,
                atime: mtime,
                btime: None,
            }),
            is_odd: true,
            asked: 0,
        }
    }

    fn file(below: &str) -> Entry {
        Entry::new(below, FileType::File, 10)
    }
}

impl Subject for Entry {
    fn name(&self) -> &[u8] {
        self.path.rsplit('/').next().unwrap().as_bytes()
    }
    fn path(&self) -> &[u8] {
        self.path.as_bytes()
    }
    fn below(&self) -> &[u8] {
        self.path[ROOT..].trim_start_matches('/').as_bytes()
    }
    fn file_type(&self) -> FileType {
        self.file_type
    }
    fn stat(&mut self) -> Option<&Stat> {
        self.asked += 1;
        self.stat.as_ref()
    }
    fn is_empty_directory(&mut self) -> bool {
        self.is_odd
    }
    fn is_broken_link(&mut self) -> bool {
        self.is_odd
    }
    fn is_executable(&mut self) -> bool {
        self.is_odd
    }
}

fn names(globs: &[&str], ignores_case: bool) -> Patterns {
    let patterns = globs
        .iter()
        .map(|glob| Pattern::of_names(glob, ignores_case).unwrap());
    Patterns(patterns.collect())
}

#[test]
fn globs_over_names() {
    for (glob, name, matches) in [
        ("*.log", "a.log", true),
        ("*.log", ".log", true),
        ("*.log", "a.log.gz", false),
        ("a*", "abc", true),
        ("*", ".hidden", true),
        ("a.log", "A.log", false),
        ("[a-c]?", "b1", true),
        ("[!a-c]?", "b1", false),
        ("{a,b}.o", "b.o", true),
        ("a{,.gz}", "a", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("??", "é", true),
        ("*.", "e.", true),
        ("[[:digit:]]*", "7z", true),
        ("*a*", "b\na\nb", true),
    ] {
        let selection = Selection {
            names: names(&[glob], false),
            ..Selection::default()
        };
        assert_eq!(
            selection.selects(&mut Entry::file(name)),
            matches,
            "{glob} {name:?}"
        );
    }
    assert!(names(&["*"], false).match_any(b"\xff\xfe", b"", b"", false));
    assert!(names(&["a?*z"], false).match_any(b"a\xff\xfez", b"", b"", false));
    let any_case = Selection {
        names_of_any_case: names(&["x", "re*"], true),
        ..Selection::default()
    };
    assert!(any_case.selects(&mut Entry::file("README")));
    assert!(!any_case.selects(&mut Entry::file("notes")));
    for wrong in ["a/b", "[", "{a", "a\\"] {
        assert!(Pattern::of_names(wrong, false).is_err(), "{wrong}");
    }
}

#[test]
fn globs_over_paths() {
    for (glob, below, matches) in [
        ("top/*.rs", "a.rs", true),
        ("./top/*.rs", "a.rs", true),
        ("*.rs", "a.rs", true),
        ("*.rs", "io/a.rs", false),
        ("**/*.rs", "io/b/a.rs", true),
        ("io/**/a.rs", "io/a.rs", true),
        ("io/**", "io/b/c", true),
        ("io*", "io/b", false),
        ("io?b", "io/b", false),
        ("top", "", true),
        ("top/", "", false),
    ] {
        let pattern = Pattern::of_paths(glob).unwrap();
        let selection = Selection {
            paths: Patterns(vec![pattern]),
            ..Selection::default()
        };
        assert_eq!(
            selection.selects(&mut Entry::file(below)),
            matches,
            "{glob} {below}"
        );
    }
}

#[test]
fn the_cheapest_tests_come_first() {
    let selection = Selection {
        names: names(&["*.log"], false),
        types: vec![FileType::File.into()],
        tests: vec![Test::Size(Comparison {
            relation: Relation::Greater,
            value: 5,
        })],
        is_empty: false,
        ..Selection::default()
    };
    assert!(selection.needs_stat() && !selection.is_all());
    let mut log = Entry::file("a.log");
    assert!(selection.selects(&mut log));
    assert_eq!(log.asked, 1);
    let mut other = Entry::file("a.txt");
    assert!(!selection.selects(&mut other));
    let mut directory = Entry::new("b.log", FileType::Directory, 10);
    assert!(!selection.selects(&mut directory));
    assert_eq!((other.asked, directory.asked), (0, 0));
    // An unknown type is taken from the attributes.
    assert!(selection.selects(&mut Entry::new("c.log", FileType::Unknown, 10)));
    let gone = &mut Entry {
        stat: None,
        ..Entry::file("d.log")
    };
    assert!(!selection.selects(gone));
    assert!(Selection::default().is_all() && !Selection::default().needs_stat());
}

#[test]
fn attributes() {
    let at = |seconds, nanos| Timestamp::new(seconds, nanos, 9).unwrap();
    let time = |time, relation, value| Test::Time(time, Comparison { relation, value });
    let links = |relation, value| Test::Links(Comparison { relation, value });
    for (test, holds) in [
        (
            time(Time::Modified, Relation::Greater, at(1_000, 499)),
            true,
        ),
        (
            time(Time::Modified, Relation::Greater, at(1_000, 500)),
            false,
        ),
        (time(Time::Changed, Relation::AtMost, at(1_000, 500)), true),
        (time(Time::Accessed, Relation::Less, at(1_000, 500)), false),
        // Not known: neither before nor after.
        (time(Time::Born, Relation::Less, at(1_000, 500)), false),
        (time(Time::Born, Relation::AtLeast, at(1_000, 500)), false),
        (links(Relation::Greater, 1), true),
        (links(Relation::Equal, 1), false),
        (Test::Owners(vec![(Some(1000), None)]), true),
        (Test::Owners(vec![(Some(1000), Some(1))]), false),
        (Test::Owners(vec![(None, Some(100))]), true),
        (Test::Owners(vec![(Some(0), None), (None, Some(100))]), true),
        (Test::Owners(vec![(Some(0), None), (None, Some(1))]), false),
        (Test::Permissions(Permissions::All(0o600.into())), true),
    ] {
        let selection = Selection {
            tests: vec![test.clone()],
            ..Selection::default()
        };
        assert_eq!(selection.selects(&mut Entry::file("a")), holds, "{test:?}");
    }
}

#[test]
fn empty_and_broken() {
    let empty = Selection {
        is_empty: true,
        ..Selection::default()
    };
    let broken = Selection {
        is_broken: true,
        ..Selection::default()
    };
    assert!(empty.needs_stat() && !broken.is_all());
    for (file_type, size, is_empty, is_broken) in [
        (FileType::File, 0, true, false),
        (FileType::File, 1, false, false),
        (FileType::Directory, 4096, true, false),
        (FileType::Symlink, 0, false, true),
        (FileType::Fifo, 0, false, false),
    ] {
        let entry = || Entry::new("a", file_type, size);
        assert_eq!(
            empty.selects(&mut entry()),
            is_empty,
            "{file_type:?} {size}"
        );
        assert_eq!(broken.selects(&mut entry()), is_broken, "{file_type:?}");
        assert!(!broken.selects(&mut Entry {
            is_odd: false,
            ..entry()
        }));
    }
}

#[test]
fn files_and_users_are_looked_up() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let when = std::time::UNIX_EPOCH + std::time::Duration::new(1_000, 499);
    file.as_file().set_modified(when).unwrap();
    let resolved = |unresolved: Unresolved| {
        let mut selection = Selection {
            unresolved: vec![unresolved],
            ..Selection::default()
        };
        assert!(!selection.is_all() && selection.needs_stat());
        selection.resolve().map(|()| selection)
    };
    let newer = resolved(Unresolved::Newer(file.path().to_owned())).unwrap();
    assert!(newer.selects(&mut Entry::file("a")));
    assert!(resolved(Unresolved::Newer(file.path().join("absent"))).is_err());
    let owner = |user: Option<&str>, group: Option<&str>| {
        let owner = (user.map(str::to_owned), group.map(str::to_owned));
        resolved(Unresolved::Owners(vec![owner]))
    };
    assert!(
        owner(Some("1000"), Some("100"))
            .unwrap()
            .selects(&mut Entry::file("a"))
    );
    assert!(
        !owner(Some("0"), None)
            .unwrap()
            .selects(&mut Entry::file("a"))
    );
    let unknown = owner(None, Some("no such group")).unwrap_err();
    assert_eq!(unknown.to_string(), "unknown group 'no such group'");
}

#[test]
fn exclusions() {
    let pruning = |exclude: &[&str], is_without_hidden| Pruning {
        exclude: Patterns(
            exclude
                .iter()
                .map(|glob| Pattern::of_either(glob).unwrap())
                .collect(),
        ),
        is_without_hidden,
        ..Pruning::default()
    };
    let excludes = |pruning: &Pruning, below: &str, is_dir| {
        let entry = Entry::file(below);
        pruning.excludes(entry.name(), entry.path(), entry.below(), is_dir, None)
    };
    for (glob, below, is_dir, excluded) in [
        ("target", "a/target", true, true),
        ("target/", "a/target", true, true),
        ("target/", "a/target", false, false),
        ("./target", "target", true, true),
        ("./target", "a/target", true, false),
        ("a/target", "a/target", true, true),
        ("top/target", "target", true, true),
        ("a/*/", "a/b", false, false),
        ("top", "", true, true),
    ] {
        assert_eq!(
            excludes(&pruning(&[glob], false), below, is_dir),
            excluded,
            "{glob} {below}"
        );
    }
    let hidden = pruning(&[], true);
    assert!(excludes(&hidden, ".git", true) && excludes(&hidden, "a/.b", false));
    assert!(!excludes(&hidden, "a.b", false));
    // The root is never hidden, and `.` is not matched.
    assert!(!hidden.excludes(b".config", b".config", b"", true, None));
    assert!(!pruning(&["*"], false).excludes(b".", b".", b"", true, None));
    assert!(pruning(&["*"], false).excludes(b"a", b"./a", b"a", true, None));
    let pruned = Pruning {
        prune: names(&["node_modules"], false),
        ..Pruning::default()
    };
    assert!(pruned.prunes(b"node_modules", b"./node_modules", b"node_modules"));
    assert!(!pruned.excludes(
        b"node_modules",
        b"./node_modules",
        b"node_modules",
        true,
        None
    ));
}

proptest! {
    /// The oracle is globset.
    #[test]
    fn globs_without_a_regex_match_the_same(glob in "[*]?[ab./]{0,4}[*]?", text in "[ab./]{0,6}") {
        let slow = globset::GlobBuilder::new(&glob).literal_separator(true).build().unwrap();
        let slow = slow.compile_matcher().is_match(&text);
        let bare = Pattern::of_paths(&glob).unwrap();
        let same = !glob.contains("./") && !glob.ends_with('/') && !text.starts_with("./");
        if same {
            prop_assert_eq!(Patterns(vec![bare]).match_any(b"", text.as_bytes(), b"", false), slow);
        }
    }

    #[test]
    fn arbitrary_globs_do_not_panic(glob in "[*?\\[\\]{}!a,/\\\\^-]{0,12}", text in any::<Vec<u8>>()) {
        for pattern in [Pattern::of_names(&glob, true), Pattern::of_paths(&glob), Pattern::of_either(&glob)] {
            let patterns = Patterns(pattern.into_iter().collect());
            patterns.match_any(&text, &text, &text, true);
        }
    }
}
