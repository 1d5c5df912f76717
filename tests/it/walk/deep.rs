//! Directories deeper than the longest path.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};

use crate::support::Sandbox;

/// PATH_MAX: the system accepts no longer path.
const PATH_MAX: usize = 4096;

/// Directories inside each other, all with the same name, and a file called `end` in the last. No path leads there, so they
/// are made and removed one by one.
struct Chain {
    top: PathBuf,
    name: String,
    depth: usize,
}

fn open(directory: impl std::os::fd::AsFd, name: impl rustix::path::Arg) -> OwnedFd {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    openat(directory, name, flags, Mode::empty()).expect("a directory")
}

impl Chain {
    fn new(sandbox: &Sandbox, name: &str, depth: usize) -> Chain {
        let top = sandbox.path().join("chain");
        std::fs::create_dir_all(&top).expect("a new directory");
        let mut at = open(CWD, &top);
        for _ in 0..depth {
            mkdirat(&at, name, Mode::RWXU).expect("a new directory");
            at = open(&at, name);
        }
        let flags = OFlags::CREATE | OFlags::WRONLY;
        openat(&at, "end", flags, Mode::RUSR).expect("a new file");
        let name = name.to_owned();
        Chain { top, name, depth }
    }

    /// The path of the file.
    fn end(&self) -> String {
        let path = format!("chain/{}end", format!("{}/", self.name).repeat(self.depth));
        assert!(path.len() > PATH_MAX);
        path
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        let top = open(CWD, &self.top);
        let name = self.name.as_str();
        while let Ok(next) = openat(&top, name, OFlags::RDONLY, Mode::empty()) {
            // What is below moves up, and the directory above it is removed.
            let has_more = renameat(&next, name, &top, "next").is_ok();
            let _ = unlinkat(&next, "end", AtFlags::empty());
            let gone = unlinkat(&top, name, AtFlags::REMOVEDIR);
            if gone.is_err() || (has_more && renameat(&top, "next", &top, name).is_err()) {
                return;
            }
        }
    }
}

/// Long names, so that few levels exceed the longest path; far more levels than descriptors.
#[test]
fn a_chain_longer_than_the_longest_path_is_walked_to_its_end() {
    const DEPTH: usize = 200;
    let sandbox = Sandbox::new();
    let chain = Chain::new(&sandbox, &"long".repeat(25), DEPTH);
    let end = chain.end();
    for line in [
        "jug walk -j1 chain",
        "jug walk -j8 chain",
        "jug walk -j8 --order path chain",
        "jug walk -j8 --order none chain",
        "ulimit -n 16; jug walk -j1 chain",
        "ulimit -n 16; jug walk -j8 chain",
    ] {
        let text = sandbox.shell(line, b"").clean();
        assert_eq!(text.lines().count(), DEPTH + 2, "{line}");
        assert_eq!(text.lines().last(), Some(end.as_str()), "{line}");
    }
    let line = "jug walk --fields depth,type,size --where 'depth > 199' chain";
    let text = sandbox.shell(line, b"").clean();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "depth\ttype\tsize");
    assert!(lines[1].starts_with("200\tdir\t"), "{}", lines[1]);
    assert_eq!(lines[2..], ["201\tfile\t0"]);
    for depth in [0, 100, 200] {
        let line = format!("jug walk --depth {depth} chain");
        let text = sandbox.shell(&line, b"").clean();
        assert_eq!(text.lines().count(), depth + 1, "{line}");
    }
}

/// Enough levels to overflow the stack of a recursion.
#[test]
fn a_json_tree_of_thousands_of_levels_is_complete() {
    const DEPTH: usize = 5000;
    let sandbox = Sandbox::new();
    let _chain = Chain::new(&sandbox, "d", DEPTH);
    let line = "jug walk --tree --fields name chain";
    let text = sandbox.shell(line, b"").clean();
    // No name contains a bracket, so counting them is enough.
    let mut open = Vec::new();
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => open.push(byte),
            b'}' => assert_eq!(open.pop(), Some(b'{')),
            b']' => assert_eq!(open.pop(), Some(b'[')),
            _ => {}
        }
        deepest = deepest.max(open.len());
    }
    // An object and an array for each directory, one of each around all, and the object of the file.
    assert_eq!((open.len(), deepest), (0, 2 * (DEPTH + 1) + 3));
    let total = format!("\"summary\":{{\"files\":1,\"dirs\":{}", DEPTH + 1);
    assert!(text.contains(&total), "{}", &text[text.len() - 200..]);
}
