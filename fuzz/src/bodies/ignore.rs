use std::fs;

use jug::select::{Ignores, Pruning};

/// Paths that the rules decide on, with whether they are directories.
const PATHS: [(&str, bool); 8] = [
    ("a", false),
    ("a", true),
    ("a/b", false),
    ("a/b/c.o", false),
    (".x", false),
    ("build", true),
    ("build/y.log", false),
    ("[a]*\\", false),
];

/// Any bytes are an ignore file. Comments and blank lines do not change what it ignores, and a plain name at its end does.
pub fn ignore(data: &[u8]) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let decide = |text: &[u8]| {
        let file = directory.path().join("rules");
        fs::write(&file, text).expect("a file");
        let pruning = Pruning {
            ignore_files: vec![file],
            ..Pruning::default()
        };
        let mut problems = Vec::new();
        let ignores = Ignores::read(&pruning, &mut problems).expect("the file can be read");
        let rules = ignores
            .expect("there are rules")
            .at_root(b".", &mut problems);
        PATHS.map(|(path, is_dir)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            rules.ignore(name.as_bytes(), path.as_bytes(), is_dir)
        })
    };
    // A byte-order mark belongs to the file, not to its first line.
    let data = data.strip_prefix("\u{feff}".as_bytes()).unwrap_or(data);
    let decided = decide(data);
    let marked = ["\u{feff}".as_bytes(), data].concat();
    assert_eq!(decided, decide(&marked));
    assert_eq!(decided, decide(&[data, b"\n\n# a comment\n"].concat()));
    assert_eq!(
        decided,
        decide(&[b"# a comment\n\n".as_slice(), data].concat())
    );
    let all = decide(&[data, b"\na\n"].concat());
    assert!(all[0] && all[1]);
}
