//! Directories deeper than any path may be long.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};

use crate::support::Sandbox;

/// Deeper than PATH_MAX, 4096 bytes, lets anybody name.
const DEPTH: usize = 5000;

/// Chains of directories called `d`, with a file called `end` in the last. No path leads there, so they are made and taken
/// away from one directory to the next.
struct Chain(PathBuf);

fn open(directory: impl std::os::fd::AsFd, name: impl rustix::path::Arg) -> OwnedFd {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    openat(directory, name, flags, Mode::empty()).expect("a directory")
}

impl Chain {
    fn new(sandbox: &Sandbox, name: &str, depth: usize) -> Chain {
        let top = sandbox.path().join(name);
        std::fs::create_dir_all(&top).expect("a new directory");
        let mut at = open(CWD, &top);
        for _ in 0..depth {
            mkdirat(&at, "d", Mode::RWXU).expect("a new directory");
            at = open(&at, "d");
        }
        let flags = OFlags::CREATE | OFlags::WRONLY;
        openat(&at, "end", flags, Mode::RUSR).expect("a new file");
        Chain(top)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        let top = open(CWD, &self.0);
        while let Ok(next) = openat(&top, "d", OFlags::RDONLY, Mode::empty()) {
            // What is below comes up, and what was above it goes.
            let has_more = renameat(&next, "d", &top, "next").is_ok();
            let _ = unlinkat(&next, "end", AtFlags::empty());
            let gone = unlinkat(&top, "d", AtFlags::REMOVEDIR);
            if gone.is_err() || (has_more && renameat(&top, "next", &top, "d").is_err()) {
                return;
            }
        }
    }
}

#[test]
fn a_chain_longer_than_any_path_is_walked_to_its_end() {
    let sandbox = Sandbox::new();
    let _chain = Chain::new(&sandbox, "chain", DEPTH);
    let last = format!("chain/{}end", "d/".repeat(DEPTH));
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
        assert_eq!(text.lines().last(), Some(last.as_str()), "{line}");
    }
    let line = "jug walk --fields depth,name,type,size --where 'depth > 4999' chain";
    let text = sandbox.shell(line, b"").clean();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "depth\tname\ttype\tsize");
    assert!(lines[1].starts_with("5000\td\tdir\t"), "{}", lines[1]);
    assert_eq!(lines[2..], ["5001\tend\tfile\t0"]);
    for depth in [0, 1000, 5000] {
        let line = format!("jug walk --depth {depth} chain");
        let text = sandbox.shell(&line, b"").clean();
        assert_eq!(text.lines().count(), depth + 1, "{line}");
    }
}

#[test]
fn a_nested_object_may_be_as_deep() {
    let sandbox = Sandbox::new();
    let _chain = Chain::new(&sandbox, "chain", DEPTH);
    let line = "jug walk --tree --fields name chain";
    let text = sandbox.shell(line, b"").clean();
    // No name has a bracket in it, so that counting them is parsing enough.
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
